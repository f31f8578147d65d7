//! A desk's verified copy of a server's log.
//!
//! Records are taken page by page as *pending*; they count only once a checkpoint signed by the
//! log's key covers them. An interrupted sync goes on where it stopped. A log that shrank,
//! forked or was altered is named and changes nothing here.

use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use tlog_tiles::Hash;

use crate::edge::Edge;
use crate::folder::Folder;
use crate::intake::Intake;
use crate::quota::{Limits, Quota};
use crate::schema::{self, Role};
use crate::shelf::Shelf;
use crate::{BODY_BYTES, BlobRef, Checkpoint, Error, Kind, Reader, Record, Verifier, erase, proof};

/// How a server's log contradicts itself or what it signed before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Divergence {
    /// The checkpoint is not signed by the log's key.
    BadSignature,
    /// The log became shorter than a checkpoint this desk holds.
    Shrunk {
        /// Records in the checkpoint held.
        had: u64,
        /// Records in the checkpoint offered.
        offered: u64,
    },
    /// The records do not lead from the checkpoint held to the one offered.
    Forked {
        /// Records in the checkpoint offered.
        offered: u64,
    },
    /// A record is malformed, out of place, or its body is not the one it describes.
    Altered {
        /// Its index.
        index: u64,
    },
}

/// A record as a server sent it, with its body unless that is withheld. Made where there is time
/// for hashing, which need not be where the mirror is.
pub struct Fetched {
    /// `None` where it is malformed or its body is another's.
    record: Option<Record>,
    body: Option<Vec<u8>>,
}

/// The copy.
pub struct Mirror {
    connection: Connection,
    shelf: Arc<Shelf>,
    quota: Quota,
    verifier: Verifier,
    edge: Edge,
    held: Option<Checkpoint>,
}

impl Mirror {
    /// Opens the copy in `folder`, or starts one. [`Error::Key`] where it is a copy of a log with
    /// another key, [`Error::Corrupt`] where its records are not those its checkpoint covers.
    pub fn open(folder: &Path, verifier: Verifier) -> Result<Self, Error> {
        let folder = Folder::new(folder);
        folder.make()?;
        let lock = folder.lock()?;
        if !folder.database().exists() {
            schema::create(&folder, Role::Mirror, None)?;
        }
        let mut connection = schema::open_writer(&folder, Role::Mirror)?;
        let held = schema::checkpoint(&connection)?.map(|note| verifier.open(&note)).transpose()?;
        let edge = schema::load_edge(&connection)?;
        if let Some(held) = &held
            && (held.size > edge.size() || proof::root(&connection, held.size)? != held.root)
        {
            return Err(Error::Corrupt);
        }
        let quota = Quota::new(Limits { storage: u64::MAX, keep_free: 0 }, folder.path());
        let shelf = Arc::new(Shelf::new(folder, Some(lock)));
        shelf.sweep(&mut connection)?;
        Ok(Self { connection, shelf, quota, verifier, edge, held })
    }

    /// Records taken so far, pending ones included: where to go on.
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The last checkpoint whose records are all here.
    pub fn held(&self) -> Option<&Checkpoint> {
        self.held.as_ref()
    }

    /// Reads the server's current checkpoint and holds it against ours.
    pub fn offer(&self, note: &[u8]) -> Result<Checkpoint, Divergence> {
        let offered = self.verifier.open(note).map_err(|_| Divergence::BadSignature)?;
        let had = self.held.as_ref().map_or(0, |held| held.size);
        if offered.size < had {
            return Err(Divergence::Shrunk { had, offered: offered.size });
        }
        if self.held.as_ref().is_some_and(|h| h.size == offered.size && h.root != offered.root) {
            return Err(Divergence::Forked { offered: offered.size });
        }
        Ok(offered)
    }

    /// Forgets what is pending if it goes beyond `size`: nothing that was signed covers it.
    pub fn trim(&mut self, size: u64) -> Result<(), Error> {
        if self.edge.size() > size { self.forget_pending() } else { Ok(()) }
    }

    /// Takes the next records as pending, all or none. On a divergence none is taken and those that
    /// were pending are forgotten.
    pub fn extend(&mut self, rows: &[Fetched]) -> Result<Result<(), Divergence>, Error> {
        let mut edge = self.edge.clone();
        // What is pending may be lost with the power; the checkpoint that makes it count is
        // written durably, and all before it with it.
        self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let mut full = vec![];
        for Fetched { record, body } in rows {
            let index = edge.size();
            let Some(record) = record.as_ref().filter(|record| record.index == index) else {
                drop(transaction);
                self.forget_pending()?;
                return Ok(Err(Divergence::Altered { index }));
            };
            schema::insert(&transaction, record, body.as_deref())?;
            mark_erasure(&transaction, record, body.as_deref())?;
            edge.push(record.leaf(), &mut full);
        }
        schema::insert_tiles(&transaction, &full)?;
        transaction.commit()?;
        self.edge = edge;
        Ok(Ok(()))
    }

    /// Makes the pending records count, if they are those the checkpoint commits to. Otherwise
    /// they are forgotten. [`Error::NotFound`] while records it covers were not taken yet.
    pub fn accept(&mut self, offered: Checkpoint) -> Result<Result<(), Divergence>, Error> {
        let offered = match self.offer(&offered.note) {
            Ok(offered) => offered,
            Err(divergence) => return Ok(Err(divergence)),
        };
        if self.edge.size() < offered.size {
            return Err(Error::NotFound);
        }
        if self.edge.size() > offered.size || self.edge.root() != offered.root {
            self.forget_pending()?;
            return Ok(Err(Divergence::Forked { offered: offered.size }));
        }
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        schema::put_checkpoint(&self.connection, &offered.note)?;
        self.held = Some(offered);
        Ok(Ok(()))
    }

    /// Holds a checkpoint that others were shown against the copy: it must be of the same log. One that is
    /// larger than what is here says nothing yet.
    pub fn compare(&self, note: &[u8]) -> Result<Result<(), Divergence>, Error> {
        let Ok(shown) = self.verifier.open(note) else { return Ok(Err(Divergence::BadSignature)) };
        let held = self.held.as_ref().map_or(0, |held| held.size);
        let same = shown.size > held || proof::root(&self.connection, shown.size)? == shown.root;
        Ok(if same { Ok(()) } else { Err(Divergence::Forked { offered: shown.size }) })
    }

    /// Records whose body the server did not send although no erasure in the log explains it.
    pub fn unexplained(&self) -> Result<Vec<u64>, Error> {
        let sql = "SELECT seq FROM record WHERE body IS NULL AND erased_by IS NULL ORDER BY seq";
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query.query_map([], |row| row.get::<_, i64>(0))?;
        Ok(rows.map(|seq| seq.map(|seq| seq as u64)).collect::<Result<_, _>>()?)
    }

    /// Takes a body that was missing; `false` where it is not the one the record describes. One
    /// that is here stays.
    pub fn supply(&mut self, index: u64, body: &[u8]) -> Result<bool, Error> {
        let record = Record::decode(&self.reader()?.row(index)?.record).ok_or(Error::Corrupt)?;
        if !record.describes(body) {
            return Ok(false);
        }
        let transaction = self.connection.transaction()?;
        let sql = "UPDATE record SET body = ?2 WHERE seq = ?1 AND body IS NULL";
        transaction.execute(sql, params![index as i64, body])?;
        // It may be an erasure that was withheld.
        mark_erasure(&transaction, &record, Some(body))?;
        transaction.commit()?;
        Ok(true)
    }

    /// Forgets the body and the blobs of a record that an erasure in the log names; `false` where
    /// there was nothing to forget. The caller knows that the desk wants it: a server alone does not
    /// decide what a desk keeps. [`Error::NotErasable`] where no erasure names it.
    pub fn forget(&mut self, index: u64) -> Result<bool, Error> {
        let row = self.reader()?.row(index)?;
        if !row.erased {
            return Err(Error::NotErasable);
        }
        if row.body.is_none() {
            return Ok(false);
        }
        let record = Record::decode(&row.record).ok_or(Error::Corrupt)?;
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        for blob in &record.blobs {
            self.shelf.announce(&blob.hash)?;
        }
        transaction.execute("UPDATE record SET body = NULL WHERE seq = ?1", [index as i64])?;
        transaction.execute("DELETE FROM blob WHERE seq = ?1", [index as i64])?;
        transaction.commit()?;
        erase::remove_blobs(&mut self.connection, &self.shelf, &record.blobs)?;
        Ok(true)
    }

    /// What takes the attachments of the records here: beside this, on a thread of its own if need be.
    pub fn intake(&self) -> Result<Intake, Error> {
        Intake::new(&self.shelf, &self.quota)
    }

    /// A reader of the copy; it sees pending records too, so ask [`Mirror::held`] how far to go.
    pub fn reader(&self) -> Result<Reader, Error> {
        Reader::open(self.shelf.folder.path())
    }

    fn forget_pending(&mut self) -> Result<(), Error> {
        let keep = self.held.as_ref().map_or(0, |held| held.size) as i64;
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let blobs = blobs_from(&transaction, keep)?;
        for blob in &blobs {
            self.shelf.announce(&blob.hash)?;
        }
        transaction.execute("DELETE FROM record WHERE seq >= ?1", [keep])?;
        transaction.execute("DELETE FROM blob WHERE seq >= ?1", [keep])?;
        transaction.execute("UPDATE record SET erased_by = NULL WHERE erased_by >= ?1", [keep])?;
        let sql = "DELETE FROM tile WHERE (number + 1) << (8 * (level + 1)) > ?1";
        transaction.execute(sql, [keep])?;
        transaction.commit()?;
        self.edge = schema::load_edge(&self.connection)?;
        erase::remove_blobs(&mut self.connection, &self.shelf, &blobs)?;
        Ok(())
    }
}

/// The blobs that records from `seq` on name.
fn blobs_from(c: &Connection, seq: i64) -> Result<Vec<BlobRef>, Error> {
    let mut query = c.prepare("SELECT hash FROM blob WHERE seq >= ?1")?;
    let rows = query.query_map([seq], |row| row.get::<_, [u8; 32]>(0))?;
    Ok(rows
        .map(|hash| hash.map(|hash| BlobRef { hash: Hash(hash), size: 0 }))
        .collect::<Result<_, _>>()?)
}

impl Fetched {
    /// Reads a record's bytes and holds its body against it. What does not fit is found out when
    /// the mirror is to take it.
    pub fn new(record: &[u8], body: Option<Vec<u8>>) -> Self {
        let record = Record::decode(record)
            .filter(|record| record.body_size as usize <= BODY_BYTES)
            .filter(|record| body.as_deref().is_none_or(|body| record.describes(body)));
        Self { record, body }
    }
}

/// An erasure explains a missing body, that of an erasure excepted. A body that is here already
/// stays: the server does not decide what a desk keeps. The first erasure counts, so that a later
/// one, pending and then forgotten, does not take the explanation with it.
fn mark_erasure(c: &Connection, record: &Record, body: Option<&[u8]>) -> Result<(), Error> {
    let Some(target) = body.and_then(|body| record.erases(body)) else { return Ok(()) };
    let sql = "SELECT record FROM record WHERE seq = ?1 AND erased_by IS NULL";
    let found: Option<Vec<u8>> =
        c.prepare_cached(sql)?.query_row([target as i64], |row| row.get(0)).optional()?;
    let erased = found.and_then(|bytes| Record::decode(&bytes));
    if erased.is_some_and(|erased| erased.kind != Kind::ERASURE) {
        let sql = "UPDATE record SET erased_by = ?2 WHERE seq = ?1";
        c.prepare_cached(sql)?.execute(params![target as i64, record.index as i64])?;
    }
    Ok(())
}
