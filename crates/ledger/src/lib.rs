//! What the server must remember of messengers, so that nothing is taken twice, sent twice or
//! forgotten half way; answers that wait for a codename; what receipts stand for; and which passes were
//! used: keyed hashes, random ids, days, and what the caller sealed. Nothing here
//! says who anybody is or what anybody wrote, and what is noted of messengers and answers expires.
//!
//! What is noted is noted before it is acted on: each call is one transaction that is on the disk when
//! it returns (SQLite, `synchronous=FULL`). A crash before it leaves nothing of it. This
//! crate knows nothing of keys, network, clock or entries.

mod answers;
mod passes;
mod receipts;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

pub use answers::{Answers, DropboxId, Piece};
pub use passes::Passes;
pub use receipts::{Published, Receipts};

/// A keyed hash.
pub type Mark = [u8; 32];
/// A reply's random id.
pub type Reply = [u8; 16];

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS marks (
        mark BLOB PRIMARY KEY, place INTEGER NOT NULL, day INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS sent (
        mark BLOB PRIMARY KEY, reply BLOB NOT NULL, day INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS replies (
        reply BLOB PRIMARY KEY, over INTEGER NOT NULL, day INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS names (
        mark BLOB PRIMARY KEY, root BLOB NOT NULL, day INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
";

/// What the server remembers.
pub struct Ledger(Mutex<Connection>);

/// Why it could not be remembered or looked up.
#[derive(Debug)]
pub struct Failed(rusqlite::Error);

impl Failed {
    /// What was found is none of what is kept here.
    pub fn damaged() -> Self {
        Self(rusqlite::Error::InvalidQuery)
    }
}

/// How far sending a reply came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// It was begun, and its end is not known.
    Begun,
    /// What became of it is in the log.
    Over,
}

fn open(path: &Path, schema: &str) -> Result<Connection, Failed> {
    open_as(path, schema, "WAL")
}

/// A database that does not say in what order things came into it: a log of writes would.
fn open_unordered(path: &Path, schema: &str) -> Result<Connection, Failed> {
    open_as(path, schema, "DELETE")
}

/// Rows lie in a page as they came until they are written anew.
const TIDY: &str = "VACUUM";

fn open_as(path: &Path, schema: &str, journal: &str) -> Result<Connection, Failed> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", journal)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What expires is overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.execute_batch(schema)?;
    Ok(connection)
}

impl Ledger {
    /// Opens a database, or makes it.
    pub fn open(path: &Path) -> Result<Self, Failed> {
        Ok(Self(Mutex::new(open(path, SCHEMA)?)))
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first of these marks that was noted: which, and the number noted with it.
    pub fn find(&self, marks: &[Mark]) -> Result<Option<(usize, u32)>, Failed> {
        let db = self.db();
        let mut look = db.prepare_cached("SELECT place FROM marks WHERE mark = ?")?;
        for (at, mark) in marks.iter().enumerate() {
            if let Some(place) = look.query_row([&mark[..]], |row| row.get(0)).optional()? {
                return Ok(Some((at, place)));
            }
        }
        Ok(None)
    }

    /// Notes marks, each with a number, in place of what was noted under them.
    pub fn note(&self, marks: &[(Mark, u32)], day: u32) -> Result<(), Failed> {
        let mut db = self.db();
        let transaction = db.transaction()?;
        put_marks(&transaction, marks, day)?;
        Ok(transaction.commit()?)
    }

    /// Notes a mark if it was not noted before; whether it was not.
    pub fn first(&self, mark: &Mark, day: u32) -> Result<bool, Failed> {
        let sql = "INSERT OR IGNORE INTO marks (mark, place, day) VALUES (?, 0, ?)";
        Ok(self.db().execute(sql, params![&mark[..], day])? == 1)
    }

    /// What the first of these marks that is another name is a name of.
    pub fn root(&self, marks: &[Mark]) -> Result<Option<Mark>, Failed> {
        let db = self.db();
        let mut look = db.prepare_cached("SELECT root FROM names WHERE mark = ?")?;
        for mark in marks {
            if let Some(root) = look.query_row([&mark[..]], |row| row.get(0)).optional()? {
                return Ok(Some(root));
            }
        }
        Ok(None)
    }

    /// Notes that marks are other names of one thing.
    pub fn rename(&self, marks: &[Mark], root: &Mark, day: u32) -> Result<(), Failed> {
        let mut db = self.db();
        let transaction = db.transaction()?;
        put_names(&transaction, marks, root, day)?;
        Ok(transaction.commit()?)
    }

    /// Forgets what was noted before a day: events before `events`, what was sent and its replies
    /// before `replies`.
    pub fn forget(&self, events: u32, replies: u32) -> Result<(), Failed> {
        let db = self.db();
        db.execute("DELETE FROM marks WHERE day < ?", [events])?;
        db.execute("DELETE FROM names WHERE day < ?", [replies])?;
        db.execute("DELETE FROM sent WHERE day < ?", [replies])?;
        db.execute("DELETE FROM replies WHERE day < ?", [replies])?;
        // Else what was forgotten would stay in the write-ahead log.
        Ok(db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// How far sending a reply came; `None` where it was never begun.
    pub fn sending(&self, reply: &Reply) -> Result<Option<Sending>, Failed> {
        let sql = "SELECT over FROM replies WHERE reply = ?";
        let over =
            self.db().query_row(sql, [&reply[..]], |row| row.get::<_, bool>(0)).optional()?;
        Ok(over.map(|over| if over { Sending::Over } else { Sending::Begun }))
    }

    /// Notes that sending a reply begins; whether it had not begun before.
    pub fn begin(&self, reply: &Reply, day: u32) -> Result<bool, Failed> {
        let sql = "INSERT OR IGNORE INTO replies (reply, over, day) VALUES (?, 0, ?)";
        Ok(self.db().execute(sql, params![&reply[..], day])? == 1)
    }

    /// Notes that what became of a reply is in the log, and by what marks its platform will speak of
    /// it.
    pub fn end(&self, reply: &Reply, marks: &[Mark], day: u32) -> Result<(), Failed> {
        let mut db = self.db();
        let transaction = db.transaction()?;
        transaction.execute("UPDATE replies SET over = 1 WHERE reply = ?", [&reply[..]])?;
        for mark in marks {
            let sql = "INSERT OR REPLACE INTO sent (mark, reply, day) VALUES (?, ?, ?)";
            transaction.execute(sql, params![&mark[..], &reply[..], day])?;
        }
        Ok(transaction.commit()?)
    }

    /// Takes a beginning back: it is certain that nothing was sent.
    pub fn unbegin(&self, reply: &Reply) -> Result<(), Failed> {
        let sql = "DELETE FROM replies WHERE reply = ? AND over = 0";
        self.db().execute(sql, [&reply[..]])?;
        Ok(())
    }

    /// The replies whose sending was begun and whose end is not known: of a process that died.
    pub fn begun(&self) -> Result<Vec<Reply>, Failed> {
        let db = self.db();
        let mut all = db.prepare("SELECT reply FROM replies WHERE over = 0")?;
        let all = all.query_map([], |row| row.get::<_, Reply>(0))?;
        Ok(all.collect::<Result<_, _>>()?)
    }

    /// The reply that a platform speaks of.
    pub fn sent(&self, marks: &[Mark]) -> Result<Option<Reply>, Failed> {
        let db = self.db();
        let mut look = db.prepare_cached("SELECT reply FROM sent WHERE mark = ?")?;
        for mark in marks {
            if let Some(reply) = look.query_row([&mark[..]], |row| row.get(0)).optional()? {
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }

    /// Keeps sealed jobs, and notes marks with them, and that `names` are other names of one thing: all
    /// or nothing of it.
    pub fn keep(
        &self,
        jobs: &[Vec<u8>],
        marks: &[(Mark, u32)],
        (names, root): (&[Mark], &Mark),
        day: u32,
    ) -> Result<(), Failed> {
        let mut db = self.db();
        let transaction = db.transaction()?;
        for sealed in jobs {
            transaction.execute("INSERT INTO jobs (sealed) VALUES (?)", [sealed])?;
        }
        put_names(&transaction, names, root, day)?;
        put_marks(&transaction, marks, day)?;
        Ok(transaction.commit()?)
    }

    /// The jobs after one, the oldest first; at most `most`.
    pub fn jobs(&self, after: i64, most: u32) -> Result<Vec<(i64, Vec<u8>)>, Failed> {
        let db = self.db();
        let mut all = db.prepare("SELECT id, sealed FROM jobs WHERE id > ? ORDER BY id LIMIT ?")?;
        let all = all.query_map(params![after, most], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(all.collect::<Result<_, _>>()?)
    }

    /// Puts another job in a job's place.
    pub fn change(&self, id: i64, sealed: &[u8]) -> Result<(), Failed> {
        self.db().execute("UPDATE jobs SET sealed = ? WHERE id = ?", params![sealed, id])?;
        Ok(())
    }

    /// Removes a job that is done.
    pub fn done(&self, id: i64) -> Result<(), Failed> {
        self.db().execute("DELETE FROM jobs WHERE id = ?", [id])?;
        Ok(())
    }
}

fn put_marks(db: &Connection, marks: &[(Mark, u32)], day: u32) -> Result<(), Failed> {
    let sql = "INSERT OR REPLACE INTO marks (mark, place, day) VALUES (?, ?, ?)";
    for (mark, place) in marks {
        db.prepare_cached(sql)?.execute(params![&mark[..], place, day])?;
    }
    Ok(())
}

fn put_names(db: &Connection, names: &[Mark], root: &Mark, day: u32) -> Result<(), Failed> {
    let sql = "INSERT OR REPLACE INTO names (mark, root, day) VALUES (?, ?, ?)";
    for name in names {
        db.prepare_cached(sql)?.execute(params![&name[..], &root[..], day])?;
    }
    Ok(())
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self(error)
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the ledger of the messengers could not be read or written")
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> (tempfile::TempDir, Ledger) {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
        (folder, ledger)
    }

    #[test]
    fn marks_are_found_under_any_key_and_expire() {
        let (_folder, ledger) = ledger();
        ledger.note(&[([1; 32], 3), ([2; 32], 0)], 100).unwrap();
        assert_eq!(ledger.find(&[[9; 32], [1; 32]]).unwrap(), Some((1, 3)));
        assert_eq!(ledger.find(&[[9; 32]]).unwrap(), None);
        ledger.note(&[([1; 32], 4)], 101).unwrap();
        assert_eq!(ledger.find(&[[1; 32]]).unwrap(), Some((0, 4)));
        ledger.forget(101, 0).unwrap();
        assert_eq!(ledger.find(&[[2; 32]]).unwrap(), None);
        assert!(ledger.find(&[[1; 32]]).unwrap().is_some());
        ledger.rename(&[[6; 32], [7; 32]], &[6; 32], 101).unwrap();
        assert_eq!(ledger.root(&[[9; 32], [7; 32]]).unwrap(), Some([6; 32]));
        assert_eq!(ledger.root(&[[9; 32]]).unwrap(), None);
        assert!(ledger.first(&[5; 32], 101).unwrap() && !ledger.first(&[5; 32], 101).unwrap());
    }

    #[test]
    fn a_reply_begins_once_and_what_died_half_way_is_known() {
        let (folder, ledger) = ledger();
        assert!(ledger.begin(&[1; 16], 7).unwrap() && !ledger.begin(&[1; 16], 7).unwrap());
        assert!(ledger.begin(&[2; 16], 7).unwrap());
        ledger.end(&[1; 16], &[[8; 32]], 7).unwrap();
        drop(ledger);
        let ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
        assert_eq!(ledger.begun().unwrap(), [[2; 16]]);
        assert_eq!(ledger.sending(&[1; 16]).unwrap(), Some(Sending::Over));
        assert_eq!(ledger.sent(&[[9; 32], [8; 32]]).unwrap(), Some([1; 16]));
        ledger.unbegin(&[2; 16]).unwrap();
        ledger.unbegin(&[1; 16]).unwrap();
        assert_eq!(ledger.sending(&[2; 16]).unwrap(), None);
        assert_eq!(ledger.sending(&[1; 16]).unwrap(), Some(Sending::Over));
        ledger.forget(0, 8).unwrap();
        assert_eq!(ledger.sending(&[1; 16]).unwrap(), None);
    }

    #[test]
    fn jobs_stay_until_they_are_done() {
        let (folder, ledger) = ledger();
        ledger
            .keep(&[b"one".to_vec(), b"two".to_vec()], &[([1; 32], 1)], (&[], &[0; 32]), 7)
            .unwrap();
        drop(ledger);
        let ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
        let jobs = ledger.jobs(0, 9).unwrap();
        assert_eq!(jobs.len(), 2);
        ledger.change(jobs[1].0, b"2").unwrap();
        ledger.done(jobs[0].0).unwrap();
        assert_eq!(ledger.jobs(0, 9).unwrap(), [(jobs[1].0, b"2".to_vec())]);
        assert!(ledger.find(&[[1; 32]]).unwrap().is_some());
    }
}
