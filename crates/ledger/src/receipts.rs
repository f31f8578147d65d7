//! Receipts, each sealed under its code, and what of the log was published last.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use crate::{Failed, TIDY, open_unordered};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS receipts (
        id BLOB PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS published (
        id INTEGER PRIMARY KEY CHECK (id = 0), size INTEGER NOT NULL, step INTEGER NOT NULL,
        calm INTEGER NOT NULL, note TEXT NOT NULL) STRICT;
";

/// Receipts. One transaction each call, on the disk when it returns.
pub struct Receipts(Mutex<Kept>);

struct Kept {
    db: Connection,
    /// How many receipts there are.
    count: u64,
    /// Whether some came since they were written anew.
    is_untidy: bool,
}

/// The last checkpoint that everybody may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Records in its tree.
    pub size: u64,
    /// Records by which the next one is larger.
    pub step: u64,
    /// Turns in a row in which a smaller step would have done.
    pub calm: u64,
    /// The signed note.
    pub note: String,
}

impl Receipts {
    /// Opens a database, or makes it.
    pub fn open(path: &Path) -> Result<Self, Failed> {
        let db = open_unordered(path, SCHEMA)?;
        let count =
            db.query_row("SELECT count(*) FROM receipts", [], |row| row.get::<_, i64>(0))?;
        Ok(Self(Mutex::new(Kept { db, count: count as u64, is_untidy: true })))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a receipt; one that is kept already stays. `false` where there would be more than `most`.
    pub fn keep(&self, id: &[u8; 16], sealed: &[u8], most: u64) -> Result<bool, Failed> {
        let mut kept = self.kept();
        if kept.count >= most {
            return Ok(false);
        }
        let sql = "INSERT OR IGNORE INTO receipts (id, sealed) VALUES (?, ?)";
        kept.count += kept.db.execute(sql, params![id, sealed])? as u64;
        kept.is_untidy = true;
        Ok(true)
    }

    /// Writes all anew, so that nothing says in which order receipts came before.
    pub fn tidy(&self) -> Result<(), Failed> {
        let mut kept = self.kept();
        if kept.is_untidy {
            kept.db.execute_batch(TIDY)?;
            kept.is_untidy = false;
        }
        Ok(())
    }

    /// What is kept under an id.
    pub fn find(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, Failed> {
        let sql = "SELECT sealed FROM receipts WHERE id = ?";
        Ok(self.kept().db.query_row(sql, [&id[..]], |row| row.get(0)).optional()?)
    }

    /// What was published last.
    pub fn published(&self) -> Result<Option<Published>, Failed> {
        let sql = "SELECT size, step, calm, note FROM published";
        let read = |row: &rusqlite::Row<'_>| {
            let number = |column| row.get::<_, i64>(column).map(|number| number as u64);
            let (size, step, calm) = (number(0)?, number(1)?, number(2)?);
            Ok(Published { size, step, calm, note: row.get(3)? })
        };
        Ok(self.kept().db.query_row(sql, [], read).optional()?)
    }

    /// Notes what is published from now on.
    pub fn publish(&self, published: &Published) -> Result<(), Failed> {
        let sql = "INSERT OR REPLACE INTO published (id, size, step, calm, note)
                   VALUES (0, ?, ?, ?, ?)";
        let Published { size, step, calm, note } = published;
        let [size, step, calm] = [size, step, calm].map(|number| *number as i64);
        self.kept().db.execute(sql, params![size, step, calm, note])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_are_kept_once_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("receipts.db");
        let receipts = Receipts::open(&path).unwrap();
        assert!(receipts.keep(&[1; 16], b"one", 2).unwrap());
        assert!(receipts.keep(&[1; 16], b"other", 2).unwrap());
        drop(receipts);
        let receipts = Receipts::open(&path).unwrap();
        assert!(receipts.keep(&[2; 16], b"two", 2).unwrap());
        assert!(!receipts.keep(&[3; 16], b"three", 2).unwrap());
        let found: Vec<_> = (1..=3).map(|n| receipts.find(&[n; 16]).unwrap()).collect();
        assert_eq!(found, [Some(b"one".to_vec()), Some(b"two".to_vec()), None]);
        // Nothing says in which order they came: no log of writes, nor how they lie.
        for n in (0..100u8).map(|n| n.wrapping_mul(37)) {
            receipts.keep(&[n; 16], &[n; 24], 1000).unwrap();
        }
        receipts.tidy().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let at = |n: u8| bytes.windows(24).position(|bytes| bytes == [n; 24]);
        let places: Vec<usize> = (5..100).filter_map(at).collect();
        assert!(places.len() > 20 && places.is_sorted_by(|one, two| one > two), "{places:?}");
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(files.len(), 1, "{files:?}");
    }

    #[test]
    fn what_was_published_last_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("receipts.db");
        let receipts = Receipts::open(&path).unwrap();
        assert_eq!(receipts.published().unwrap(), None);
        let mut published = Published { size: 64, step: 64, calm: 0, note: "a".into() };
        receipts.publish(&published).unwrap();
        published.size = 128;
        receipts.publish(&published).unwrap();
        drop(receipts);
        assert_eq!(Receipts::open(&path).unwrap().published().unwrap(), Some(published));
    }
}
