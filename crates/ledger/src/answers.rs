//! Answers that wait for whoever has their codename: sealed, under the dropbox's id, for so many days.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::{Failed, Reply, open};

/// Under what answers lie.
pub type DropboxId = [u8; 16];

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS answers (
        id INTEGER PRIMARY KEY AUTOINCREMENT, dropbox BLOB NOT NULL, reply BLOB NOT NULL,
        day INTEGER NOT NULL, sealed BLOB NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS answers_of ON answers (dropbox);
    CREATE TABLE IF NOT EXISTS replies (
        reply BLOB PRIMARY KEY, told INTEGER NOT NULL, day INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

/// Sealed pieces of replies. One transaction each call, on the disk when it returns.
pub struct Answers(Mutex<Connection>);

/// A sealed piece, and the reply it belongs to.
pub type Piece = (Reply, Vec<u8>);

impl Answers {
    /// Opens a database, or makes it.
    pub fn open(path: &Path) -> Result<Self, Failed> {
        Ok(Self(Mutex::new(open(path, SCHEMA)?)))
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a reply's pieces; `false` where this reply was kept before, though it be gone again.
    pub fn keep(
        &self,
        dropbox: &DropboxId,
        reply: &Reply,
        pieces: &[Vec<u8>],
        day: u32,
    ) -> Result<bool, Failed> {
        let mut db = self.db();
        let transaction = db.transaction()?;
        let sql = "INSERT OR IGNORE INTO replies (reply, told, day) VALUES (?, 0, ?)";
        let new = transaction.execute(sql, params![reply, day])? == 1;
        if new {
            let sql = "INSERT INTO answers (dropbox, reply, day, sealed) VALUES (?, ?, ?, ?)";
            for piece in pieces {
                transaction.execute(sql, params![dropbox, reply, day, piece])?;
            }
        }
        transaction.commit()?;
        Ok(new)
    }

    /// Whether a reply was kept and the log says so; `None` where it is not known.
    pub fn told(&self, reply: &Reply) -> Result<Option<bool>, Failed> {
        let sql = "SELECT told FROM replies WHERE reply = ?";
        Ok(self.db().query_row(sql, [&reply[..]], |row| row.get(0)).optional()?)
    }

    /// Notes that the log says that a reply was kept.
    pub fn tell(&self, reply: &Reply) -> Result<(), Failed> {
        self.db().execute("UPDATE replies SET told = 1 WHERE reply = ?", [&reply[..]])?;
        Ok(())
    }

    /// What waits in a dropbox, in the order in which it came; at most `most` pieces.
    pub fn waiting(&self, dropbox: &DropboxId, most: usize) -> Result<Vec<Piece>, Failed> {
        let db = self.db();
        let sql = "SELECT reply, sealed FROM answers WHERE dropbox = ? ORDER BY id LIMIT ?";
        let mut look = db.prepare_cached(sql)?;
        let rows =
            look.query_map(params![dropbox, most as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Removes a reply from a dropbox, so that its bytes are gone.
    pub fn remove(&self, dropbox: &DropboxId, reply: &Reply) -> Result<(), Failed> {
        let mut db = self.db();
        let transaction = db.transaction()?;
        let sql = "DELETE FROM answers WHERE dropbox = ? AND reply = ?";
        let gone = transaction.execute(sql, params![dropbox, reply])?;
        transaction.commit()?;
        if gone > 0 { empty_wal(&db) } else { Ok(()) }
    }

    /// Forgets answers kept before the day `answers`, and which replies there were before `replies`.
    pub fn forget(&self, answers: u32, replies: u32) -> Result<(), Failed> {
        let mut db = self.db();
        let transaction = db.transaction()?;
        forget(&transaction, answers, replies)?;
        transaction.commit()?;
        empty_wal(&db)
    }
}

fn forget(transaction: &Transaction<'_>, answers: u32, replies: u32) -> Result<(), Failed> {
    transaction.execute("DELETE FROM answers WHERE day < ?", [answers])?;
    // Of an answer that is still there its reply stays known.
    let sql = "DELETE FROM replies WHERE day < ? AND reply NOT IN (SELECT reply FROM answers)";
    transaction.execute(sql, [replies])?;
    Ok(())
}

/// Else what was removed would stay in the write-ahead log.
fn empty_wal(db: &Connection) -> Result<(), Failed> {
    Ok(db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers() -> (tempfile::TempDir, Answers) {
        let folder = tempfile::tempdir().unwrap();
        let answers = Answers::open(&folder.path().join("answers.db")).unwrap();
        (folder, answers)
    }

    #[test]
    fn a_reply_is_kept_once_even_where_it_was_read_and_removed() {
        let (_folder, answers) = answers();
        let pieces = vec![vec![1; 100], vec![2; 100]];
        assert!(answers.keep(&[1; 16], &[9; 16], &pieces, 5).unwrap());
        assert_eq!(answers.told(&[9; 16]).unwrap(), Some(false));
        assert!(!answers.keep(&[1; 16], &[9; 16], &pieces, 6).unwrap());
        let waiting = answers.waiting(&[1; 16], 10).unwrap();
        assert_eq!(waiting, [([9; 16], vec![1; 100]), ([9; 16], vec![2; 100])]);
        answers.tell(&[9; 16]).unwrap();
        answers.remove(&[1; 16], &[9; 16]).unwrap();
        assert!(answers.waiting(&[1; 16], 10).unwrap().is_empty());
        assert!(!answers.keep(&[1; 16], &[9; 16], &pieces, 7).unwrap());
        assert_eq!(answers.told(&[9; 16]).unwrap(), Some(true));
    }

    #[test]
    fn a_dropbox_gives_and_loses_only_its_own() {
        let (_folder, answers) = answers();
        answers.keep(&[1; 16], &[8; 16], &[vec![1]], 5).unwrap();
        answers.keep(&[2; 16], &[9; 16], &[vec![2]], 5).unwrap();
        answers.remove(&[1; 16], &[9; 16]).unwrap();
        assert_eq!(answers.waiting(&[2; 16], 10).unwrap().len(), 1);
        assert_eq!(answers.waiting(&[1; 16], 10).unwrap(), [([8; 16], vec![1])]);
        assert!(answers.waiting(&[3; 16], 10).unwrap().is_empty());
    }

    #[test]
    fn what_is_over_its_time_is_gone_from_the_files() {
        let (folder, answers) = answers();
        answers.keep(&[1; 16], &[8; 16], &[b"canary of an old answer".to_vec()], 5).unwrap();
        answers.keep(&[1; 16], &[9; 16], &[b"a new one".to_vec()], 50).unwrap();
        answers.forget(40, 20).unwrap();
        assert_eq!(answers.waiting(&[1; 16], 10).unwrap(), [([9; 16], b"a new one".to_vec())]);
        assert_eq!(answers.told(&[8; 16]).unwrap(), None);
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(6).any(|window| window == b"canary"));
        }
    }
}
