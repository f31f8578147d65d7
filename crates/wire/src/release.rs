//! A release: every file of a bulletin as it is published at one time, and what it follows
//! (docs/FORMAT.md §24). What editors approve is the SHA-256 of these very bytes.

mod path;

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use crate::hex::{Hash, Hex};

pub use path::FilePath;

/// Largest release, in bytes: about 100,000 files.
pub const RELEASE_BYTES: usize = 15 << 20;
/// Largest file of a release, in bytes: what a desk may hand over in one request.
pub const FILE_BYTES: u64 = 15 << 20;

const FIRST: &str = "payamgir release 1";

/// Every file of a bulletin at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The desk: its founding's hash.
    pub desk: Hash,
    /// Counts from 1, so that no release comes back once another followed it.
    pub number: u64,
    /// The hash of the one before; zeros in the first.
    pub previous: Hash,
    /// The member who put it together.
    pub author: Hash,
    /// Files, by what they were made from.
    pub parts: Vec<Part>,
}

/// Files that were made from the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// A hash of all that they were made from: what has the same need not be made again.
    pub key: Hash,
    /// The files.
    pub files: Vec<File>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// SHA-256 of its bytes.
    pub hash: Hash,
    /// How many they are.
    pub size: u64,
    /// Where it is in the bulletin's folder.
    pub path: FilePath,
}

/// Bytes that are no release, or not in its one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoRelease;

impl Release {
    /// The bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = format!(
            "{FIRST}\ndesk {}\nnumber {}\nprevious {}\nauthor {}\n",
            self.desk, self.number, self.previous, self.author
        );
        for part in &self.parts {
            out.push_str(&format!("part {}\n", part.key));
            for File { hash, size, path } in &part.files {
                out.push_str(&format!("file {hash} {size} {path}\n"));
            }
        }
        out.into_bytes()
    }

    /// Reads the bytes; any other way to write the same is refused.
    pub fn decode(bytes: &[u8]) -> Result<Self, NoRelease> {
        if bytes.len() > RELEASE_BYTES {
            return Err(NoRelease);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| NoRelease)?;
        let mut lines = text.split('\n');
        let mut head = |word: &str| {
            let line = lines.next().ok_or(NoRelease)?;
            line.strip_prefix(word).ok_or(NoRelease)
        };
        if !head(FIRST)?.is_empty() {
            return Err(NoRelease);
        }
        let desk = hash(head("desk ")?)?;
        let number = head("number ")?.parse().map_err(|_| NoRelease)?;
        let (previous, author) = (hash(head("previous ")?)?, hash(head("author ")?)?);
        let parts = parts(lines)?;
        let this = Self { desk, number, previous, author, parts };
        if number == 0 || !this.is_apart() || this.encode() != bytes {
            return Err(NoRelease);
        }
        Ok(this)
    }

    /// What is approved.
    pub fn hash(&self) -> Hash {
        hash_of(&self.encode())
    }

    /// All files.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.parts.iter().flat_map(|part| &part.files)
    }

    /// Whether no two files are in one place, and none where another has a folder.
    fn is_apart(&self) -> bool {
        let mut paths = HashSet::new();
        if !self.files().all(|file| paths.insert(file.path.as_str())) {
            return false;
        }
        self.files().flat_map(|file| file.path.folders()).all(|folder| !paths.contains(folder))
    }
}

/// The hash by which a release's bytes are approved.
pub fn hash_of(bytes: &[u8]) -> Hash {
    Hex(Sha256::digest(bytes).into())
}

/// The id under which a text file is posted: the same words once, whoever asks.
pub fn post_id(hash: &Hash) -> Hex<16> {
    let id: [u8; 32] =
        Sha256::new().chain_update(b"payamgir post 1\0").chain_update(hash.0).finalize().into();
    let mut short = [0; 16];
    short.copy_from_slice(&id[..16]);
    Hex(short)
}

fn parts<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Part>, NoRelease> {
    let mut parts: Vec<Part> = Vec::new();
    for line in lines {
        match line.split_once(' ') {
            Some(("part", key)) => parts.push(Part { key: hash(key)?, files: Vec::new() }),
            Some(("file", rest)) => parts.last_mut().ok_or(NoRelease)?.files.push(file(rest)?),
            _ if line.is_empty() => {}
            _ => return Err(NoRelease),
        }
    }
    Ok(parts)
}

fn file(line: &str) -> Result<File, NoRelease> {
    let mut words = line.splitn(3, ' ');
    let mut next = || words.next().ok_or(NoRelease);
    let (digest, size, path) = (next()?, next()?, next()?);
    let size = size.parse().ok().filter(|size| *size <= FILE_BYTES).ok_or(NoRelease)?;
    Ok(File { hash: hash(digest)?, size, path: FilePath::parse(path).ok_or(NoRelease)? })
}

fn hash(text: &str) -> Result<Hash, NoRelease> {
    Hex::parse(text).map_err(|_| NoRelease)
}

impl std::fmt::Display for NoRelease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a release of this version")
    }
}

impl std::error::Error for NoRelease {}

#[cfg(test)]
mod tests;
