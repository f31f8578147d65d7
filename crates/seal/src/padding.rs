//! How long a sealed file is, so that its length says little (docs/FORMAT.md §4).
//!
//! The size of the whole sealed file is chosen from the plaintext's length alone, and zeros fill
//! it up. Padding the plaintext instead would not do: the `age` crate adds a stanza of random
//! length to each header, so equal plaintext lengths would give unequal files.

/// Plaintexts up to this many bytes all seal to [`SMALLEST`].
pub const FLOOR: u64 = 4096;
/// Room for the age header with one post-quantum stanza and any grease, and the nonce.
pub const HEADER_ROOM: u64 = 2048;
/// Size of the smallest sealed file.
pub const SMALLEST: u64 = FLOOR + HEADER_ROOM + TAG;

/// An age payload chunk's plaintext bytes, and what its tag adds.
const CHUNK: u64 = 64 * 1024;
const TAG: u64 = 16;

/// The size of the sealed file for a plaintext of `length` bytes: [`SMALLEST`], then PADMÉ of
/// what it needs at least.
pub fn sealed_size(length: u64) -> u64 {
    if length <= FLOOR { SMALLEST } else { padme(payload(length) + HEADER_ROOM) }
}

/// How many zeros to add to `length` bytes so that, after a header and nonce of `header` bytes,
/// the sealed file has [`sealed_size`]. Where no count of zeros gives that size exactly (it would
/// need an empty chunk), the file becomes up to 16 bytes longer.
pub fn zeros(length: u64, header: u64) -> u64 {
    let room = sealed_size(length).saturating_sub(header);
    let chunks = room.div_ceil(CHUNK + TAG).max(1);
    let plain = room.saturating_sub(chunks * TAG).max((chunks - 1) * CHUNK + 1);
    plain.saturating_sub(length)
}

/// Bytes of an age payload, after the nonce.
fn payload(length: u64) -> u64 {
    length + TAG * length.div_ceil(CHUNK).max(1)
}

/// PADMÉ (Nikitin et al., PETS 2019): keeps only the leading bits of a length that reveal its
/// magnitude. Adds at most 11.63 %, and at most 3.12 % from 64 KiB.
///
/// Lengths so near `u64::MAX` that rounding up would overflow stay as they are.
pub fn padme(length: u64) -> u64 {
    if length < 2 {
        return length;
    }
    let exponent = length.ilog2();
    let kept = exponent.ilog2() + 1;
    let mask = (1u64 << (exponent - kept.min(exponent))) - 1;
    length.checked_add(mask).map_or(length, |sum| sum & !mask)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_papers_figures() {
        let table = [(0, 0), (1, 1), (2, 2), (9, 10), (129, 144), (65_537, 67_584)];
        for (length, padded) in table {
            assert_eq!(padme(length), padded, "{length}");
        }
    }

    proptest! {
        #[test]
        fn never_shorter_never_over_the_bound(length in 1u64..1 << 62) {
            let long = padme(length);
            prop_assert!(long >= length);
            let bound = if length >= 65_536 { 0.0312 } else { 0.1163 };
            prop_assert!((long - length) as f64 <= length as f64 * bound + 1e-6);
        }

        #[test]
        fn monotone_and_stable(a in 0u64..1 << 40, b in 0u64..1 << 40) {
            prop_assert!(sealed_size(a.min(b)) <= sealed_size(a.max(b)));
            prop_assert_eq!(padme(padme(a)), padme(a));
        }

        #[test]
        fn the_sealed_file_has_its_size_whatever_the_header(
            length in prop_oneof![0u64..9000, 0u64..1 << 20, 0u64..1 << 34],
            header in 1500u64..=HEADER_ROOM,
        ) {
            let size = header + payload(length + zeros(length, header));
            let wanted = sealed_size(length);
            prop_assert!(size == wanted || (length > FLOOR && size > wanted && size <= wanted + 16));
        }

        #[test]
        fn no_overflow(length: u64) {
            prop_assert!(padme(length) >= length);
        }
    }
}
