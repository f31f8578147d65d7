//! A sealed file read from any place in it.

use std::io::{self, Read, Seek, SeekFrom};

use age::stream::StreamReader;

use crate::{Identity, OpenError};

/// Reads any part of a sealed file, a 64 KiB chunk at a time; each chunk is authenticated before
/// any of it is given. That the file ends where it should is known only when its end is read.
pub struct SealedFile<R: Read + Seek> {
    stream: StreamReader<R>,
    size: u64,
}

impl<R: Read + Seek> SealedFile<R> {
    /// Reads the header of `from`, with the first key that opens it. `size` is the length of what
    /// is inside, in bytes, without padding: nothing after it is given.
    pub fn new<'k>(
        keys: impl IntoIterator<Item = &'k Identity>,
        from: R,
        size: u64,
    ) -> Result<Self, OpenError> {
        let keys = keys.into_iter().map(|identity| identity as &dyn age::Identity);
        let stream = age::Decryptor::new(from)?.decrypt(keys)?;
        Ok(Self { stream, size })
    }

    /// Fills `out` from the byte `at` on; [`io::ErrorKind::UnexpectedEof`] where there is not so
    /// much, [`io::ErrorKind::InvalidData`] where it is damaged.
    pub fn read_exact_at(&mut self, at: u64, out: &mut [u8]) -> io::Result<()> {
        let end = at.checked_add(out.len() as u64).filter(|end| *end <= self.size);
        if end.is_none() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if out.is_empty() {
            return Ok(());
        }
        self.stream.seek(SeekFrom::Start(at))?;
        self.stream.read_exact(out)
    }

    /// The length of what is inside, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl<R: Read + Seek> std::fmt::Debug for SealedFile<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedFile(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::*;

    fn sealed(plain: &[u8]) -> (Identity, Vec<u8>) {
        let identity = Identity::from_seed(Zeroizing::new([5; 32]));
        let recipient = identity.recipient().parse().unwrap();
        let mut sealer = payamgir_seal::BlobSealer::new(&recipient, vec![]).unwrap();
        sealer.write_all(plain).unwrap();
        (identity, sealer.finish().unwrap().0)
    }

    fn plain(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at / 251) as u8 ^ at as u8).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn any_part_is_read(length in 0usize..300_000, places in prop::collection::vec((0usize..310_000, 0usize..140_000), 1..8)) {
            let plain = plain(length);
            let (identity, sealed) = sealed(&plain);
            let mut file = SealedFile::new([&identity], Cursor::new(sealed), length as u64).unwrap();
            for (at, much) in places {
                let mut out = vec![0; much];
                let read = file.read_exact_at(at as u64, &mut out);
                match plain.get(at..at + much) {
                    Some(expected) => prop_assert!(read.is_ok() && out == expected),
                    None => prop_assert_eq!(read.unwrap_err().kind(), io::ErrorKind::UnexpectedEof),
                }
            }
        }
    }

    #[test]
    fn a_changed_chunk_gives_nothing_and_the_others_are_read() {
        let plain = plain(200_000);
        let (identity, mut sealed) = sealed(&plain);
        let late = sealed.len() - 70_000;
        sealed[late] ^= 1;
        let mut file = SealedFile::new([&identity], Cursor::new(sealed), 200_000).unwrap();
        let mut out = [0; 1000];
        file.read_exact_at(10, &mut out).unwrap();
        assert_eq!(out[..], plain[10..1010]);
        assert!(file.read_exact_at(140_000, &mut out).is_err());
    }
}
