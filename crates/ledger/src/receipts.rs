//! Which records receipts stand for, and what of the log was published last.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use crate::{Failed, open};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS places (
        place BLOB PRIMARY KEY, record INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS published (
        id INTEGER PRIMARY KEY CHECK (id = 0), size INTEGER NOT NULL, step INTEGER NOT NULL,
        note TEXT NOT NULL) STRICT;
";

/// Places of receipts, in no order that tells which belong together. One transaction each call, on the disk
/// when it returns.
pub struct Receipts(Mutex<Connection>);

/// The last checkpoint that everybody may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Records in its tree.
    pub size: u64,
    /// Records by which the next one is larger.
    pub step: u64,
    /// The signed note.
    pub note: String,
}

impl Receipts {
    /// Opens a database, or makes it.
    pub fn open(path: &Path) -> Result<Self, Failed> {
        Ok(Self(Mutex::new(open(path, SCHEMA)?)))
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the records of one receipt, each under its place; what is kept already stays. `false` where
    /// more than `most` would be kept in all.
    pub fn keep(&self, places: &[([u8; 16], u64)], most: u64) -> Result<bool, Failed> {
        let mut db = self.db();
        let transaction = db.transaction()?;
        for (place, record) in places {
            let sql = "INSERT OR IGNORE INTO places (place, record) VALUES (?, ?)";
            transaction.prepare_cached(sql)?.execute(params![place, *record as i64])?;
        }
        let all: i64 =
            transaction.query_row("SELECT count(*) FROM places", [], |row| row.get(0))?;
        let fits = all as u64 <= most;
        if fits {
            transaction.commit()?;
        }
        Ok(fits)
    }

    /// The record of a place.
    pub fn record(&self, place: &[u8; 16]) -> Result<Option<u64>, Failed> {
        let sql = "SELECT record FROM places WHERE place = ?";
        let found =
            self.db().query_row(sql, [&place[..]], |row| row.get::<_, i64>(0)).optional()?;
        Ok(found.map(|record| record as u64))
    }

    /// What was published last.
    pub fn published(&self) -> Result<Option<Published>, Failed> {
        let sql = "SELECT size, step, note FROM published";
        let read = |row: &rusqlite::Row<'_>| {
            let (size, step) = (row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64);
            Ok(Published { size, step, note: row.get(2)? })
        };
        Ok(self.db().query_row(sql, [], read).optional()?)
    }

    /// Notes what is published from now on.
    pub fn publish(&self, published: &Published) -> Result<(), Failed> {
        let sql = "INSERT OR REPLACE INTO published (id, size, step, note) VALUES (0, ?, ?, ?)";
        let values = params![published.size as i64, published.step as i64, published.note];
        self.db().execute(sql, values)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_once_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let receipts = Receipts::open(&folder.path().join("receipts.db")).unwrap();
        assert!(receipts.keep(&[([1; 16], 7), ([2; 16], 9)], 3).unwrap());
        assert!(receipts.keep(&[([1; 16], 8)], 3).unwrap());
        assert!(!receipts.keep(&[([3; 16], 1), ([4; 16], 2)], 3).unwrap());
        let found: Vec<_> = (1..=4).map(|n| receipts.record(&[n; 16]).unwrap()).collect();
        assert_eq!(found, [Some(7), Some(9), None, None]);
    }

    #[test]
    fn what_was_published_last_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("receipts.db");
        let receipts = Receipts::open(&path).unwrap();
        assert_eq!(receipts.published().unwrap(), None);
        let mut published = Published { size: 64, step: 64, note: "a".into() };
        receipts.publish(&published).unwrap();
        published.size = 128;
        receipts.publish(&published).unwrap();
        drop(receipts);
        assert_eq!(Receipts::open(&path).unwrap().published().unwrap(), Some(published));
    }
}
