//! Re-derives everything from storage and names what is not as it was signed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};
use tlog_tiles::Hash;

use crate::edge::Edge;
use crate::{BlobRef, Checkpoint, Error, Kind, Reader, Record, Row, Verifier, blobs, schema};

/// What is wrong with one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// SQLite finds its own file damaged; holds SQLite's words.
    Database(String),
    /// There is no record with this index, though there are later ones.
    RecordMissing,
    /// The record's bytes are not a record.
    RecordMalformed,
    /// The record belongs at another index.
    RecordMisplaced {
        /// Where it belongs.
        belongs: u64,
    },
    /// The body is not the one the record describes.
    BodyAltered,
    /// The body is gone and no erasure says so.
    BodyMissing,
    /// A blob is gone.
    BlobMissing,
    /// A blob is shorter or longer than the record says.
    BlobLength {
        /// Bytes there are.
        found: u64,
        /// Bytes there should be.
        expected: u64,
    },
    /// A blob's bytes are not those the record names.
    BlobAltered,
    /// A stored tile is not the one the records give.
    Tile {
        /// The tile's level.
        level: u32,
        /// Its number in the level.
        number: u64,
    },
    /// There is no checkpoint.
    CheckpointMissing,
    /// A checkpoint is not signed by the log's key.
    CheckpointInvalid,
    /// Fewer records than a signed checkpoint covers: the database was rolled back, or the last
    /// records were removed.
    RolledBack {
        /// Records the checkpoint covers.
        signed: u64,
    },
    /// The records do not give the root that was signed.
    RootDiffers {
        /// Records the checkpoint covers.
        signed: u64,
    },
}

/// One thing found, and the record it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The record's index; `None` where it is about the whole.
    pub index: Option<u64>,
    /// What is wrong.
    pub damage: Damage,
}

/// What `verify` saw.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Records in the log.
    pub size: u64,
    /// The root they give.
    pub root: Hash,
    /// Records whose body was erased, as an erasure in the log says.
    pub erased: Vec<u64>,
    /// Blobs checked.
    pub blobs: u64,
    /// Everything that is wrong, in the log's order.
    pub findings: Vec<Finding>,
}

/// Checks a log, also beside a running server. `trusted` are checkpoints kept elsewhere, such as
/// a desk's; `all_blobs` is whether every blob must be here (a desk fetches them when asked).
pub fn verify(
    folder: &Path,
    verifier: &Verifier,
    trusted: &[Vec<u8>],
    all_blobs: bool,
) -> Result<Report, Error> {
    // Read before the snapshot: the copy is never ahead of the database it was made from.
    let copy = std::fs::read(schema::folder(folder).checkpoint()).ok();
    let mut walk = Walk { all_blobs, ..Walk::default() };
    match walk.run(folder, verifier, trusted, copy) {
        Err(Error::Sqlite(e)) if is_damage(&e) => walk.find(None, Damage::Database(e.to_string())),
        other => other?,
    }
    Ok(walk.report)
}

#[derive(Default)]
struct Walk {
    report: Report,
    edge: Edge,
    signed: Vec<Checkpoint>,
    all_blobs: bool,
}

impl Walk {
    fn run(
        &mut self,
        folder: &Path,
        verifier: &Verifier,
        trusted: &[Vec<u8>],
        copy: Option<Vec<u8>>,
    ) -> Result<(), Error> {
        let reader = Reader::open(folder)?;
        let snapshot = reader.connection.unchecked_transaction()?;
        self.integrity(&reader)?;
        let own = schema::checkpoint(&reader.connection)?;
        if own.is_none() {
            self.find(None, Damage::CheckpointMissing);
        }
        for note in own.iter().chain(&copy).chain(trusted) {
            match verifier.open(note) {
                Ok(checkpoint) => self.signed.push(checkpoint),
                Err(_) => self.find(None, Damage::CheckpointInvalid),
            }
        }
        self.compare_roots();
        reader.rows(0, u64::MAX, |row| {
            self.row(&reader, row);
            true
        })?;
        self.rolled_back();
        (self.report.size, self.report.root) = (self.edge.size(), self.edge.root());
        Ok(snapshot.commit()?)
    }

    fn integrity(&mut self, reader: &Reader) -> Result<(), Error> {
        let mut query = reader.connection.prepare("PRAGMA integrity_check(20)")?;
        let lines = query.query_map([], |row| row.get::<_, String>(0))?;
        for line in lines {
            match line? {
                fine if fine == "ok" => {}
                words => self.find(None, Damage::Database(words)),
            }
        }
        Ok(())
    }

    fn row(&mut self, reader: &Reader, row: Row) {
        while self.edge.size() < row.index {
            self.find(Some(self.edge.size()), Damage::RecordMissing);
            self.push(reader, Hash::default());
        }
        self.push(reader, tlog_tiles::record_hash(&row.record));
        let Some(record) = Record::decode(&row.record) else {
            return self.find(Some(row.index), Damage::RecordMalformed);
        };
        if record.index != row.index {
            self.find(Some(row.index), Damage::RecordMisplaced { belongs: record.index });
        }
        match row.body {
            Some(body) if !record.describes(&body) => {
                self.find(Some(row.index), Damage::BodyAltered);
            }
            Some(_) => record.blobs.iter().for_each(|blob| self.blob(reader, row.index, blob)),
            None if is_erased(reader, row.index) => self.report.erased.push(row.index),
            None => self.find(Some(row.index), Damage::BodyMissing),
        }
    }

    fn push(&mut self, reader: &Reader, leaf: Hash) {
        let mut full = vec![];
        self.edge.push(leaf, &mut full);
        for (level, number, hashes) in full {
            if schema::tile(&reader.connection, level, number).ok().flatten() != Some(hashes) {
                self.find(None, Damage::Tile { level, number });
            }
        }
        self.compare_roots();
    }

    fn compare_roots(&mut self) {
        let size = self.edge.size();
        let wrong = |c: &&Checkpoint| c.size == size && c.root != self.edge.root();
        if self.signed.iter().any(|c| wrong(&c)) {
            self.find(None, Damage::RootDiffers { signed: size });
        }
    }

    fn rolled_back(&mut self) {
        let most = self.signed.iter().map(|checkpoint| checkpoint.size).max().unwrap_or(0);
        if most > self.edge.size() {
            self.find(None, Damage::RolledBack { signed: most });
        }
    }

    fn blob(&mut self, reader: &Reader, index: u64, blob: &BlobRef) {
        self.report.blobs += 1;
        match check_blob(reader, blob) {
            Ok(None) => {}
            Ok(Some(damage)) => self.find(Some(index), damage),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                if self.all_blobs {
                    self.find(Some(index), Damage::BlobMissing);
                }
            }
            Err(_) => self.find(Some(index), Damage::BlobAltered),
        }
    }

    fn find(&mut self, index: Option<u64>, damage: Damage) {
        self.report.findings.push(Finding { index, damage });
    }
}

/// Whether a later erasure in the log names this record.
fn is_erased(reader: &Reader, index: u64) -> bool {
    let sql = "SELECT e.record, e.body FROM record r JOIN record e ON e.seq = r.erased_by
               WHERE r.seq = ?1 AND e.seq > r.seq";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?));
    let found: Option<(_, Option<Vec<u8>>)> =
        reader.connection.query_row(sql, [index as i64], read).optional().ok().flatten();
    found.is_some_and(|(record, body)| {
        Record::decode(&record).is_some_and(|record| record.kind == Kind::ERASURE)
            && body.as_deref() == Some(&index.to_be_bytes())
    })
}

fn check_blob(reader: &Reader, blob: &BlobRef) -> io::Result<Option<Damage>> {
    let mut file = File::open(blobs::path(&reader.folder, &blob.hash))?;
    let found = file.metadata()?.len();
    if found != blob.size {
        return Ok(Some(Damage::BlobLength { found, expected: blob.size }));
    }
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    let right = <[u8; 32]>::from(hash.finalize()) == blob.hash.0;
    Ok((!right).then_some(Damage::BlobAltered))
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}
