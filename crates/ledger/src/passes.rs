//! The key of passes, how many were signed, and which were used.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::{Failed, TIDY, open_unordered};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS issuer (
        id INTEGER PRIMARY KEY CHECK (id = 0), key BLOB NOT NULL, signed INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS used (pass BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
";

/// What the server must remember of passes. One transaction each call, on the disk when it returns.
pub struct Passes(Mutex<Connection>);

impl Passes {
    /// Opens a database, or makes it with the key that `draw` gives.
    pub fn open(path: &Path, draw: impl FnOnce() -> Vec<u8>) -> Result<Self, Failed> {
        let db = open_unordered(path, SCHEMA)?;
        let known: i64 = db.query_row("SELECT count(*) FROM issuer", [], |row| row.get(0))?;
        if known == 0 {
            db.execute("INSERT INTO issuer (id, key, signed) VALUES (0, ?, 0)", [draw()])?;
        }
        Ok(Self(Mutex::new(db)))
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key, and how many passes were signed by it.
    pub fn issuer(&self) -> Result<(Vec<u8>, u64), Failed> {
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64));
        Ok(self.db().query_row("SELECT key, signed FROM issuer", [], read)?)
    }

    /// Counts passes that are about to be signed; `false` where that would be more than `most` in all.
    pub fn count(&self, passes: u64, most: u64) -> Result<bool, Failed> {
        let sql = "UPDATE issuer SET signed = signed + ?1 WHERE signed + ?1 <= ?2";
        Ok(self.db().execute(sql, [passes as i64, most as i64])? == 1)
    }

    /// Notes that a pass was used; `false` where it was used before.
    pub fn use_up(&self, pass: &[u8; 16]) -> Result<bool, Failed> {
        let (sql, db) = ("INSERT OR IGNORE INTO used (pass) VALUES (?)", self.db());
        let first = db.execute(sql, [&pass[..]])? == 1;
        if first {
            // It is noted already: a disk that has no room to tidy up costs nobody a pass.
            let _ = db.execute_batch(TIDY);
        }
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stays_and_tokens_are_used_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passes.db");
        let passes = Passes::open(&path, || vec![1; 32]).unwrap();
        assert!(passes.count(60, 100).unwrap());
        assert!(!passes.count(41, 100).unwrap());
        assert!(passes.count(40, 100).unwrap());
        assert!(passes.use_up(&[3; 16]).unwrap());
        drop(passes);
        let again = Passes::open(&path, || vec![2; 32]).unwrap();
        assert_eq!(again.issuer().unwrap(), (vec![1; 32], 100));
        assert!(!again.use_up(&[3; 16]).unwrap());
    }
}
