//! What is known of an unfinished upload on the disk: how much of it is durable.
//!
//! Two slots, written in turn: a write that a crash tore leaves the other. After a crash of the machine a
//! file may be longer than what is durable of it; only what a slot says counts.

use sha2::{Digest, Sha256};

const SLOT: usize = 40;
/// Bytes of the file: the slots.
pub(super) const BYTES: usize = 2 * SLOT;

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// Counts the writes.
    pub turn: u64,
    /// Bytes it will have.
    pub length: u64,
    /// Bytes that are durable.
    pub offset: u64,
    /// When it is given up, unix seconds.
    pub expires: u64,
}

impl Slot {
    /// Its bytes and where they stand.
    pub(super) fn encode(&self) -> (u64, [u8; SLOT]) {
        let mut bytes = [0; SLOT];
        let fields = [self.turn, self.length, self.offset, self.expires];
        for (place, field) in bytes.chunks_exact_mut(8).zip(fields) {
            place.copy_from_slice(&field.to_be_bytes());
        }
        let sum = Sha256::digest(&bytes[..32]);
        bytes[32..].copy_from_slice(&sum[..8]);
        (self.turn % 2 * SLOT as u64, bytes)
    }

    /// The newer of the slots that are whole.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        bytes.chunks_exact(SLOT).take(2).filter_map(Self::one).max_by_key(|slot| slot.turn)
    }

    fn one(bytes: &[u8]) -> Option<Self> {
        let (fields, sum) = bytes.split_at_checked(32)?;
        if Sha256::digest(fields)[..8] != *sum {
            return None;
        }
        let mut fields = fields.chunks_exact(8).filter_map(|field| field.try_into().ok());
        let mut next = || fields.next().map(u64::from_be_bytes);
        let slot = Self { turn: next()?, length: next()?, offset: next()?, expires: next()? };
        (slot.offset <= slot.length).then_some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_newer_counts_and_a_torn_one_does_not(turn in 1u64..1 << 40, length: u32, cut in 1usize..SLOT, noise: u8) {
            let slot = |turn, offset| Slot { turn, length: length.into(), offset, expires: 9 };
            let (older, newer) = (slot(turn, 0), slot(turn + 1, length.into()));
            let mut file = vec![0; BYTES];
            for one in [older, newer] {
                let (at, bytes) = one.encode();
                file[at as usize..][..SLOT].copy_from_slice(&bytes);
            }
            prop_assert_eq!(Slot::read(&file), Some(newer));
            let (at, bytes) = newer.encode();
            let mut torn = bytes;
            torn[cut..].fill(noise);
            file[at as usize..][..SLOT].copy_from_slice(&torn);
            let expected = if torn == bytes { newer } else { older };
            prop_assert_eq!(Slot::read(&file), Some(expected));
        }

        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = Slot::read(&bytes);
        }
    }
}
