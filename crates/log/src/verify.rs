//! Re-derives everything from storage and names what is not as it was signed.

use std::path::Path;

use tlog_tiles::Hash;

use crate::folder::Folder;
use crate::walk::Walk;
use crate::{Error, Verifier};

/// Findings that are listed; one more damaged record than this is not news.
const FINDINGS: usize = 10_000;

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
    /// The record is marked as erased, but no erasure in the log names it or its body is here.
    ErasureForged,
    /// The list of blobs is not what the record names; `None`: it lists what no record names.
    BlobListing,
    /// A body that was brought sealed is listed under a record that does not have it.
    OnceListing,
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
    /// Records that no checkpoint covers, from this one on, although this log signs every commit.
    Unsigned,
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
    /// What is wrong, in the log's order.
    pub findings: Vec<Finding>,
    /// Findings beyond those that are listed.
    pub omitted: u64,
    /// There was no checkpoint to hold the database against but its own: all is as was signed,
    /// but an older state put back whole would look the same.
    pub unwitnessed: bool,
}

impl Report {
    pub(crate) fn find(&mut self, index: Option<u64>, damage: Damage) {
        if self.findings.len() < FINDINGS {
            self.findings.push(Finding { index, damage });
        } else {
            self.omitted += 1;
        }
    }
}

/// Checks a log, also beside a running server. `trusted` are checkpoints kept elsewhere, such as
/// a desk's; `all_blobs` is whether every blob must be here (a desk fetches them when asked).
pub fn verify(
    folder: &Path,
    verifier: &Verifier,
    trusted: &[Vec<u8>],
    all_blobs: bool,
) -> Result<Report, Error> {
    let folder = Folder::new(folder);
    // Read before the snapshot: the copy is never ahead of the database it was made from.
    let copy = std::fs::read(folder.checkpoint()).ok();
    let notes: Vec<&[u8]> = copy.iter().chain(trusted).map(Vec::as_slice).collect();
    let mut walk = Walk::new(all_blobs);
    walk.report.unwitnessed = notes.is_empty();
    match walk.run(&folder, verifier, &notes) {
        Err(Error::Sqlite(e)) if is_damage(&e) => {
            walk.report.find(None, Damage::Database(e.to_string()));
        }
        // A folder that never held a log has none of this.
        Err(Error::NotALog) if folder.has_traces() => {
            let words = if folder.database().exists() { "it is no log's" } else { "it is gone" };
            walk.report.find(None, Damage::Database(words.into()));
        }
        other => other?,
    }
    Ok(walk.report)
}

/// Whether the error is about what is in the file, not about reaching it.
fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, TooBig, TypeMismatch, Unknown};
    match error.sqlite_error_code() {
        Some(code) => {
            matches!(code, DatabaseCorrupt | NotADatabase | TooBig | TypeMismatch | Unknown)
        }
        None => true,
    }
}
