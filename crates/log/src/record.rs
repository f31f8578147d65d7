//! The small record whose hash is a leaf (docs/FORMAT.md §5).
//!
//! `version u8 = 1 ‖ index u64 ‖ kind u8 ‖ body length u32 ‖ SHA-256(body) ‖ blob count u8 ‖
//! (SHA-256(blob) ‖ blob length u64)…`, big-endian.

use sha2::{Digest, Sha256};
use tlog_tiles::Hash;

use crate::Error;

const VERSION: u8 = 1;
const FIXED_BYTES: usize = 1 + 8 + 1 + 4 + 32 + 1;
const BLOB_BYTES: usize = 32 + 8;
/// Most blobs one record names.
const BLOBS: usize = 16;

/// What a record is for. The log itself gives meaning only to erasures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind(pub u8);

impl Kind {
    /// A sealed entry; opaque.
    pub const ENTRY: Self = Self(1);
    /// The erasure of an earlier record's body; its own body is that record's index, u64.
    pub const ERASURE: Self = Self(2);
    /// A sealed entry that its source sealed; opaque.
    pub const BROUGHT: Self = Self(8);
    /// Nothing: 32 random bytes, so that the log grows by the clock.
    pub const FILLER: Self = Self(9);
}

/// A blob as a record names it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlobRef {
    /// SHA-256 of the sealed bytes.
    pub hash: Hash,
    /// Length of the sealed bytes.
    pub size: u64,
}

/// What the tree commits to.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its place in the log, from 0.
    pub index: u64,
    /// What it is for.
    pub kind: Kind,
    /// Length of the body in bytes.
    pub body_size: u32,
    /// SHA-256 of the body.
    pub body_hash: Hash,
    /// The blobs that belong to it.
    pub blobs: Vec<BlobRef>,
}

/// What a record holds, by its body's SHA-256 and its blobs'.
pub fn content<'a>(body: &Hash, blobs: impl IntoIterator<Item = &'a Hash>) -> Hash {
    let mut hash = Sha256::new().chain_update(b"payamgir content 1").chain_update(body.0);
    blobs.into_iter().for_each(|blob| hash.update(blob.0));
    Hash(hash.finalize().into())
}

impl Record {
    /// Describes a body and its blobs; the index is given by the log.
    pub fn new(kind: Kind, body: &[u8], blobs: Vec<BlobRef>) -> Result<Self, Error> {
        if body.len() > crate::BODY_BYTES || blobs.len() > BLOBS {
            return Err(Error::TooLarge);
        }
        let body_hash = sha256(body);
        Ok(Self { index: 0, kind, body_size: body.len() as u32, body_hash, blobs })
    }

    /// The record's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(FIXED_BYTES + BLOB_BYTES * self.blobs.len());
        out.push(VERSION);
        out.extend_from_slice(&self.index.to_be_bytes());
        out.push(self.kind.0);
        out.extend_from_slice(&self.body_size.to_be_bytes());
        out.extend_from_slice(&self.body_hash.0);
        out.push(self.blobs.len() as u8);
        for blob in &self.blobs {
            out.extend_from_slice(&blob.hash.0);
            out.extend_from_slice(&blob.size.to_be_bytes());
        }
        out
    }

    /// Reads a record's bytes; `None` where they are not one in every bit.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let (index, rest) = rest.split_first_chunk::<8>()?;
        let (kind, rest) = rest.split_first()?;
        let (body_size, rest) = rest.split_first_chunk::<4>()?;
        let (body_hash, rest) = rest.split_first_chunk::<32>()?;
        let (count, rest) = rest.split_first()?;
        let (chunks, tail) = rest.as_chunks::<BLOB_BYTES>();
        let whole = tail.is_empty() && chunks.len() == usize::from(*count);
        (*version == VERSION && whole && chunks.len() <= BLOBS).then(|| Self {
            index: u64::from_be_bytes(*index),
            kind: Kind(*kind),
            body_size: u32::from_be_bytes(*body_size),
            body_hash: Hash(*body_hash),
            blobs: chunks.iter().map(blob_ref).collect(),
        })
    }

    /// What it holds, wherever it stands: SHA-256 of its body's hash and its blobs'.
    pub fn content(&self) -> Hash {
        content(&self.body_hash, self.blobs.iter().map(|blob| &blob.hash))
    }

    /// The record's leaf hash in the tree.
    pub fn leaf(&self) -> Hash {
        tlog_tiles::record_hash(&self.encode())
    }

    /// Whether `body` is the one this record describes.
    pub fn describes(&self, body: &[u8]) -> bool {
        body.len() == self.body_size as usize && sha256(body) == self.body_hash
    }

    /// The record this one erases, if it is an erasure; `body` is its own.
    pub(crate) fn erases(&self, body: &[u8]) -> Option<u64> {
        let target = u64::from_be_bytes(body.try_into().ok()?);
        (self.kind == Kind::ERASURE && target < self.index).then_some(target)
    }
}

fn blob_ref(bytes: &[u8; BLOB_BYTES]) -> BlobRef {
    let (hash, size) = bytes.split_at(32);
    let mut blob = BlobRef { hash: Hash::default(), size: 0 };
    blob.hash.0.copy_from_slice(hash);
    blob.size = size.iter().fold(0, |size, byte| size << 8 | u64::from(*byte));
    blob
}

pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_record() -> impl Strategy<Value = Record> {
        let blob = (any::<[u8; 32]>(), any::<u64>())
            .prop_map(|(hash, size)| BlobRef { hash: Hash(hash), size });
        let blobs = prop::collection::vec(blob, 0..=BLOBS);
        (any::<u64>(), any::<u8>(), any::<u32>(), any::<[u8; 32]>(), blobs).prop_map(
            |(index, kind, body_size, hash, blobs)| Record {
                index,
                kind: Kind(kind),
                body_size,
                body_hash: Hash(hash),
                blobs,
            },
        )
    }

    proptest! {
        #[test]
        fn records_come_back(record in any_record()) {
            prop_assert_eq!(Record::decode(&record.encode()), Some(record));
        }

        #[test]
        fn there_is_one_encoding(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(record) = Record::decode(&bytes) {
                prop_assert_eq!(record.encode(), bytes);
            }
        }

        #[test]
        fn cut_or_longer_is_no_record(record in any_record(), cut in 1usize..40) {
            let bytes = record.encode();
            prop_assert_eq!(Record::decode(&bytes[..bytes.len() - cut]), None);
            prop_assert_eq!(Record::decode(&[&bytes[..], &[0]].concat()), None);
        }
    }

    #[test]
    fn the_bytes_are_those_of_the_format_document() {
        let blob = BlobRef { hash: Hash([0xbb; 32]), size: 0x0102 };
        let mut record = Record::new(Kind::ENTRY, b"abc", vec![blob]).unwrap();
        record.index = 7;
        let hex = data_encoding::HEXLOWER.encode(&record.encode());
        let expected = [
            "01",
            "0000000000000007",
            "01",
            "00000003",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "01",
            "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
            "0000000000000102",
        ];
        assert_eq!(hex, expected.concat());
    }
}
