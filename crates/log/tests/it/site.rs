//! Logs in throw-away folders, and what is done with them in one line.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use payamgir_log::*;
use rusqlite::Connection;
use tempfile::TempDir;

pub const NO_LIMITS: Limits = Limits { storage: u64::MAX, keep_free: 0 };

/// The log's key.
pub fn key() -> LogKey {
    other_key(7)
}

/// A key of the same origin.
pub fn other_key(seed: u8) -> LogKey {
    LogKey::parse(&LogKey::generate("example.org/log", &[seed; 32]).unwrap()).unwrap()
}

pub fn verifier() -> Verifier {
    key().verifier()
}

/// Runs a future to its end.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// The body of record `n` in a filled log.
pub fn body(n: u64) -> Vec<u8> {
    format!("record {n} ").repeat(3).into_bytes()
}

/// A log's folder.
pub struct Site(TempDir);

impl Site {
    /// An empty log.
    pub fn new() -> Self {
        let site = Self::bare();
        Log::create(site.path(), &key()).unwrap();
        site
    }

    /// An empty folder.
    pub fn bare() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A log of `size` small records.
    pub fn filled(size: u64) -> Self {
        let site = Self::new();
        let log = site.open();
        fill(&log, 0..size);
        site
    }

    /// A copy of what is on the disk now.
    pub fn copy(&self) -> Self {
        let copy = Self::bare();
        copy_tree(self.path(), copy.path());
        copy
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Where a blob should be.
    pub fn blob_path(&self, hash: &Hash) -> PathBuf {
        let name: String = hash.0.iter().map(|byte| format!("{byte:02x}")).collect();
        self.path().join("blobs").join(&name[..2]).join(name)
    }

    pub fn open(&self) -> Log {
        self.try_open(NO_LIMITS, Mode::Server).unwrap()
    }

    pub fn tool(&self) -> Log {
        self.try_open(NO_LIMITS, Mode::Tool).unwrap()
    }

    pub fn try_open(&self, limits: Limits, mode: Mode) -> Result<Log, Error> {
        Log::open(self.path(), key(), limits, mode)
    }

    pub fn reader(&self) -> Reader {
        Reader::open(self.path()).unwrap()
    }

    /// Every record, read anew.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = vec![];
        self.reader()
            .rows(0, u64::MAX, |row| {
                rows.push(row);
                true
            })
            .unwrap();
        rows
    }

    /// The last checkpoint's note.
    pub fn note(&self) -> Vec<u8> {
        self.reader().checkpoint().unwrap()
    }

    /// Straight access to the tables.
    pub fn sql(&self) -> Connection {
        Connection::open(self.file("log.db")).unwrap()
    }

    /// What `verify` says, with every blob asked for.
    pub fn verify(&self, trusted: &[Vec<u8>]) -> Result<Report, Error> {
        verify(self.path(), &verifier(), trusted, true)
    }

    /// The report of a log in which nothing is wrong.
    pub fn clean(&self) -> Report {
        let report = self.verify(&[]).unwrap();
        assert_eq!(report.findings, []);
        report
    }

    /// Names of the files in `tmp/`, but for the copy of a checkpoint, which follows an answer.
    pub fn tmp(&self) -> Vec<String> {
        files(&self.file("tmp")).into_keys().filter(|name| !name.ends_with(".new")).collect()
    }

    /// How many blobs there are.
    pub fn blobs(&self) -> usize {
        files(&self.file("blobs")).len()
    }
}

/// Appends one record and waits for the answer.
pub fn append(log: &Log, body: &[u8], blobs: Vec<PendingBlob>) -> Result<u64, Error> {
    wait(log.append(Kind::ENTRY, body.to_vec(), blobs))
}

/// Appends the bodies of these records, in order and in few commits.
pub fn fill(log: &Log, records: std::ops::Range<u64>) {
    wait(async {
        let append = |n| {
            let log = log.clone();
            tokio::spawn(async move { log.append(Kind::ENTRY, body(n), vec![]).await })
        };
        let mut last = None;
        for appending in records.map(append).collect::<Vec<_>>() {
            let index = appending.await.unwrap().unwrap();
            assert!(last.is_none_or(|last| last + 1 == index));
            last = Some(index);
        }
    });
}

/// Writes a blob and finishes it.
pub fn pending(log: &Log, bytes: &[u8]) -> PendingBlob {
    let mut writer = log.blob().unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// Files below a folder by their paths in it, with their contents.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let inner = files(&path).into_iter();
            found.extend(inner.map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else if let Some(bytes) = read(&path) {
            found.insert(name, bytes);
        }
    }
    found
}

pub fn copy_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_tree(&path, &target);
        } else if let Some(bytes) = read(&path) {
            fs::write(&target, bytes).unwrap();
        }
    }
}

/// A file's bytes, unless it just went.
fn read(path: &Path) -> Option<Vec<u8>> {
    match fs::read(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        read => Some(read.unwrap()),
    }
}

/// Bytes that repeat nowhere, from a seed (SplitMix64).
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let next = |n: u64| {
        let state = (seed << 32 | n).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31).to_le_bytes()
    };
    (0..length as u64).flat_map(next).take(length).collect()
}
