//! A desk's verified copy of a server's log.
//!
//! Records are taken page by page as *pending*; they count only once a checkpoint signed by the
//! log's key covers them. An interrupted sync goes on where it stopped. A log that shrank,
//! forked or was altered is named and changes nothing here.

use std::fs::File;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior, params};
use tlog_tiles::Hash;

use crate::edge::Edge;
use crate::handle::{lock, prepare};
use crate::quota::{Limits, Quota};
use crate::schema::{self, Folder};
use crate::{BlobWriter, Checkpoint, Error, Kind, PendingBlob, Reader, Record, Verifier, blobs};

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

/// The copy.
pub struct Mirror {
    connection: Connection,
    folder: Folder,
    verifier: Verifier,
    edge: Edge,
    held: Option<Checkpoint>,
    _lock: File,
}

impl Mirror {
    /// Opens the copy in `folder`, or starts one. [`Error::Key`] where it is a copy of a log with
    /// another key.
    pub fn open(folder: &Path, verifier: Verifier) -> Result<Self, Error> {
        let there = schema::folder(folder);
        let folder = if there.database().exists() { there } else { prepare(folder)? };
        let lock = lock(&folder)?;
        let connection = schema::open_writer(&folder)?;
        blobs::sweep(&folder, &connection)?;
        let held = schema::checkpoint(&connection)?.map(|note| verifier.open(&note)).transpose()?;
        let edge = schema::load_edge(&connection)?;
        Ok(Self { connection, folder, verifier, edge, held, _lock: lock })
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

    /// Takes the next records as pending, in one durable commit. On a divergence none is taken.
    pub fn extend(
        &mut self,
        rows: &[(Vec<u8>, Option<Vec<u8>>)],
    ) -> Result<Result<(), Divergence>, Error> {
        let mut edge = self.edge.clone();
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let mut full = vec![];
        for (bytes, body) in rows {
            let index = edge.size();
            let Some(record) = checked(bytes, body.as_deref(), index) else {
                return Ok(Err(Divergence::Altered { index }));
            };
            schema::insert(&transaction, &record, body.as_deref())?;
            mark_erasure(&transaction, &record, body.as_deref())?;
            edge.push(record.leaf(), &mut full);
        }
        schema::insert_tiles(&transaction, &full)?;
        transaction.commit()?;
        self.edge = edge;
        Ok(Ok(()))
    }

    /// Makes the pending records count, if they are those the checkpoint commits to. Otherwise
    /// they are forgotten.
    pub fn accept(&mut self, offered: Checkpoint) -> Result<Result<(), Divergence>, Error> {
        if self.edge.size() != offered.size || self.edge.root() != offered.root {
            self.forget_pending()?;
            return Ok(Err(Divergence::Forked { offered: offered.size }));
        }
        schema::put_checkpoint(&self.connection, &offered.note)?;
        self.held = Some(offered);
        Ok(Ok(()))
    }

    /// Records whose body the server did not send although no erasure in the log explains it.
    pub fn unexplained(&self) -> Result<Vec<u64>, Error> {
        let sql = "SELECT seq FROM record WHERE body IS NULL AND erased_by IS NULL ORDER BY seq";
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query.query_map([], |row| row.get::<_, i64>(0))?;
        Ok(rows.map(|seq| seq.map(|seq| seq as u64)).collect::<Result<_, _>>()?)
    }

    /// Starts a blob on its way from the server.
    pub fn blob(&self) -> Result<BlobWriter, Error> {
        let limits = Limits { storage: u64::MAX, keep_free: 0 };
        BlobWriter::new(&self.folder, &Quota::new(limits, &self.folder.0, 0))
    }

    /// Keeps a fetched blob if it is the one asked for; otherwise it is removed and `false`.
    pub fn keep(&self, blob: PendingBlob, hash: &Hash) -> bool {
        let right = blob.blob().hash == *hash;
        if right {
            blob.settle();
        }
        right
    }

    /// A reader of the copy; it sees pending records too, so ask [`Mirror::held`] how far to go.
    pub fn reader(&self) -> Result<Reader, Error> {
        Reader::open(&self.folder.0)
    }

    fn forget_pending(&mut self) -> Result<(), Error> {
        let keep = self.held.as_ref().map_or(0, |held| held.size) as i64;
        let transaction = self.connection.transaction()?;
        transaction.execute("DELETE FROM record WHERE seq >= ?1", [keep])?;
        transaction.execute("DELETE FROM blob WHERE seq >= ?1", [keep])?;
        transaction.execute("UPDATE record SET erased_by = NULL WHERE erased_by >= ?1", [keep])?;
        let sql = "DELETE FROM tile WHERE (number + 1) << (8 * (level + 1)) > ?1";
        transaction.execute(sql, [keep])?;
        transaction.commit()?;
        self.edge = schema::load_edge(&self.connection)?;
        Ok(())
    }
}

fn checked(bytes: &[u8], body: Option<&[u8]>, index: u64) -> Option<Record> {
    let record = Record::decode(bytes)?;
    let fits = record.index == index && body.is_none_or(|body| record.describes(body));
    fits.then_some(record)
}

/// An erasure explains a missing body. A body that is here already stays: the server does not
/// decide what a desk keeps.
fn mark_erasure(c: &Connection, record: &Record, body: Option<&[u8]>) -> Result<(), Error> {
    let target = body.and_then(|body| body.try_into().ok()).map(u64::from_be_bytes);
    if let (Kind::ERASURE, Some(target)) = (record.kind, target) {
        let sql = "UPDATE record SET erased_by = ?2 WHERE seq = ?1 AND seq < ?2";
        c.execute(sql, params![target as i64, record.index as i64])?;
    }
    Ok(())
}
