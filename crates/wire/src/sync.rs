//! The stream in which a desk fetches the log (docs/FORMAT.md §6): frames one after another,
//! each `u16 record length ‖ record ‖ u32 body length ‖ body`, big-endian. A body length of
//! `0xFFFF_FFFF` says the body was erased.

use std::io::{self, Read};

use crate::limits::{BODY_BYTES, RECORD_BYTES};

const ERASED: u32 = u32::MAX;

/// One record of the log as it travels.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// The record's encoding, from which its leaf hash is computed.
    pub record: Vec<u8>,
    /// The body's bytes, or `None` once erased.
    pub body: Option<Vec<u8>>,
}

/// Appends one frame to `out`.
pub fn write_frame(out: &mut Vec<u8>, record: &[u8], body: Option<&[u8]>) {
    out.extend_from_slice(&(record.len() as u16).to_be_bytes());
    out.extend_from_slice(record);
    let length = body.map_or(ERASED, |body| body.len() as u32);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(body.unwrap_or_default());
}

/// Appends one record to be, of a kind, to what a desk adds to the log (docs/FORMAT.md §6.7).
pub fn write_addition(out: &mut Vec<u8>, kind: u8, body: &[u8]) {
    out.push(kind);
    out.extend_from_slice(&(body.len() as u32).to_be_bytes());
    out.extend_from_slice(body);
}

/// Reads what a desk adds; `None` where it is not whole additions of at most [`BODY_BYTES`] each.
pub fn read_additions(mut bytes: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut all = vec![];
    while let Some((kind, rest)) = bytes.split_first() {
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (body, rest) = rest.split_at_checked(length).filter(|_| length <= BODY_BYTES)?;
        all.push((*kind, body));
        bytes = rest;
    }
    Some(all)
}

/// Writes one of several files as they are handed over.
pub fn write_file(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Reads files that are handed over; `None` where they are not whole.
pub fn read_files(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut all = vec![];
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (file, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        all.push(file);
        bytes = rest;
    }
    Some(all)
}

/// Reads the next frame; `None` at a clean end. A length over its limit is
/// [`io::ErrorKind::InvalidData`], an end inside a frame [`io::ErrorKind::UnexpectedEof`].
pub fn read_frame(from: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut length = [0; 2];
    if from.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    from.read_exact(&mut length[1..])?;
    let record = read_bytes(from, u16::from_be_bytes(length).into(), RECORD_BYTES)?;
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let body = match u32::from_be_bytes(length) {
        ERASED => None,
        length => Some(read_bytes(from, length as usize, BODY_BYTES)?),
    };
    Ok(Some(Frame { record, body }))
}

fn read_bytes(from: &mut impl Read, length: usize, most: usize) -> io::Result<Vec<u8>> {
    if length > most {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A file that a desk keeps, as it is sent: the length of the sealed entry, the entry, the sealed blob.
pub fn write_kept(entry: &[u8], blob: &[u8]) -> Vec<u8> {
    [&(entry.len() as u32).to_be_bytes()[..], entry, blob].concat()
}

/// Reads it; `None` where it is malformed.
pub fn read_kept(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length) as usize;
    let (entry, blob) = rest.split_at_checked(length).filter(|_| length <= BODY_BYTES)?;
    (!blob.is_empty()).then_some((entry, blob))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(mut bytes: &[u8]) -> io::Result<Vec<Frame>> {
        std::iter::from_fn(|| read_frame(&mut bytes).transpose()).collect()
    }

    proptest! {
        #[test]
        fn frames_come_back(frames in prop::collection::vec(
            (prop::collection::vec(any::<u8>(), 0..100), prop::option::of(prop::collection::vec(any::<u8>(), 0..100))), 0..5)) {
            let mut bytes = vec![];
            for (record, body) in &frames {
                write_frame(&mut bytes, record, body.as_deref());
            }
            let read = all(&bytes).unwrap();
            prop_assert!(read.into_iter().map(|f| (f.record, f.body)).eq(frames));
        }

        #[test]
        fn additions_come_back_and_cut_ones_do_not(
            bodies in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..100)), 1..5),
            cut in 1usize..5,
        ) {
            let mut bytes = vec![];
            bodies.iter().for_each(|(kind, body)| write_addition(&mut bytes, *kind, body));
            let less = read_additions(&bytes[..bytes.len() - cut]);
            prop_assert!(less.is_none_or(|less| less.len() < bodies.len()));
            let read = read_additions(&bytes).unwrap();
            prop_assert!(read.into_iter().map(|(kind, body)| (kind, body.to_vec())).eq(bodies));
        }

        #[test]
        fn reading_never_panics_and_a_cut_is_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = all(&bytes);
        }
    }

    #[test]
    fn a_stream_cut_inside_a_frame_is_an_error() {
        let mut bytes = vec![];
        write_frame(&mut bytes, b"record", Some(b"body"));
        for cut in 1..bytes.len() {
            assert!(all(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn over_large_lengths_are_refused_before_anything_is_read() {
        assert!(all(&[0xff, 0xff]).is_err());
        assert!(all(&[0, 0, 0x7f, 0xff, 0xff, 0xff]).is_err());
    }
}
