//! The one writer: batches appends into group commits.
//!
//! An answer is sent only after COMMIT returned under synchronous=FULL, that is after the WAL
//! was fsynced. A crash before that leaves no trace of the batch; a crash after it leaves all of
//! it. The edge in memory is a cache of the database: after a failure, and whenever another
//! process wrote, it is read again.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use crate::blobs::{self, PendingBlob};
use crate::edge::Edge;
use crate::quota::{Hold, Quota};
use crate::schema::{self, Folder};
use crate::{Error, Kind, LogKey, Record};

/// Most appends in one commit.
const BATCH: usize = 512;

pub(crate) type Answer = oneshot::Sender<Result<u64, Error>>;

/// What the writer is asked to do.
pub(crate) enum Job {
    Append(Append),
    /// Erase the body of this record; answered with the erasure's index.
    Erase(u64, Answer),
}

/// A record to be, its body and the blobs that wait for it.
pub(crate) struct Append {
    pub record: Record,
    pub body: Vec<u8>,
    pub blobs: Vec<PendingBlob>,
    pub hold: Hold,
    pub answer: Answer,
}

pub(crate) struct Writer {
    connection: Connection,
    folder: Folder,
    quota: Quota,
    key: LogKey,
    edge: Option<Edge>,
    data_version: i64,
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        folder: Folder,
        quota: Quota,
        key: LogKey,
    ) -> Result<Self, Error> {
        Ok(Self { connection, folder, quota, key, edge: None, data_version: -1 })
    }

    /// Works until every handle is gone, then leaves an empty WAL.
    pub(crate) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut batch = Vec::with_capacity(BATCH);
        while jobs.blocking_recv_many(&mut batch, BATCH) > 0 {
            let mut appends = Vec::with_capacity(batch.len());
            for job in batch.drain(..) {
                match job {
                    Job::Append(append) => appends.push(append),
                    Job::Erase(index, answer) => {
                        self.append(std::mem::take(&mut appends));
                        let _ = answer.send(self.erase(index));
                    }
                }
            }
            self.append(appends);
        }
        let _ = truncate_wal(&self.connection);
    }

    fn append(&mut self, mut appends: Vec<Append>) {
        if appends.is_empty() {
            return;
        }
        match self.commit_appends(&mut appends) {
            Ok(checkpoint) => {
                appends.into_iter().for_each(Append::succeed);
                self.copy_checkpoint(&checkpoint);
            }
            Err(error) => {
                self.edge = None;
                appends.into_iter().for_each(|append| append.fail(&error));
            }
        }
    }

    fn commit_appends(&mut self, appends: &mut [Append]) -> Result<Vec<u8>, Error> {
        self.quota.check_disk()?;
        self.commit(|transaction, edge| {
            let mut full = vec![];
            for append in appends {
                append.record.index = edge.size();
                schema::insert(transaction, &append.record, Some(&append.body))?;
                edge.push(append.record.leaf(), &mut full);
            }
            schema::insert_tiles(transaction, &full)
        })
    }

    /// Runs `change` in a transaction that ends with a new checkpoint; gives the checkpoint.
    fn commit(
        &mut self,
        change: impl FnOnce(&Connection, &mut Edge) -> Result<(), Error>,
    ) -> Result<Vec<u8>, Error> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let version = transaction.pragma_query_value(None, "data_version", |row| row.get(0))?;
        let edge = self.edge.take().filter(|_| version == self.data_version);
        let mut edge = edge.map_or_else(|| schema::load_edge(&transaction), Ok)?;
        change(&transaction, &mut edge)?;
        let checkpoint = self.key.sign(edge.size(), edge.root())?.note;
        schema::put_checkpoint(&transaction, &checkpoint)?;
        transaction.commit()?;
        (self.edge, self.data_version) = (Some(edge), version);
        Ok(checkpoint)
    }

    fn erase(&mut self, index: u64) -> Result<u64, Error> {
        let hashes = self.erasable(index)?;
        for hash in &hashes {
            blobs::announce(&self.folder, hash)?;
        }
        let mut erasure = Record::new(Kind::ERASURE, &index.to_be_bytes(), vec![])?;
        let checkpoint = self.commit(|transaction, edge| {
            let mut full = vec![];
            erasure.index = edge.size();
            schema::insert(transaction, &erasure, Some(&index.to_be_bytes()))?;
            edge.push(erasure.leaf(), &mut full);
            schema::insert_tiles(transaction, &full)?;
            let sql = "UPDATE record SET body = NULL, erased_by = ?2 WHERE seq = ?1";
            transaction.execute(sql, params![index as i64, erasure.index as i64])?;
            transaction.execute("DELETE FROM blob WHERE seq = ?1", [index as i64])?;
            Ok(())
        })?;
        self.copy_checkpoint(&checkpoint);
        for hash in &hashes {
            blobs::remove(&self.folder, hash)?;
        }
        // The WAL still held the body.
        truncate_wal(&self.connection)?;
        Ok(erasure.index)
    }

    /// The blobs of a record whose body may be erased.
    fn erasable(&self, index: u64) -> Result<Vec<tlog_tiles::Hash>, Error> {
        let sql = "SELECT record, erased_by IS NOT NULL FROM record WHERE seq = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?));
        let row = self.connection.query_row(sql, [index as i64], read).optional()?;
        let (record, erased) = row.ok_or(Error::NotFound)?;
        let record = Record::decode(&record).ok_or(Error::Corrupt)?;
        match (record.kind, erased) {
            (Kind::ERASURE, _) => Err(Error::NotErasable),
            (_, true) => Err(Error::AlreadyErased),
            _ => Ok(record.blobs.iter().map(|blob| blob.hash).collect()),
        }
    }

    /// Best effort and never ahead of the database: `verify` takes an older copy as it is and a
    /// newer one as proof that the database was rolled back.
    fn copy_checkpoint(&self, note: &[u8]) {
        let fresh = self.folder.checkpoint().with_extension("new");
        if std::fs::write(&fresh, note).is_ok() {
            let _ = std::fs::rename(&fresh, self.folder.checkpoint());
        }
    }
}

impl Append {
    fn succeed(self) {
        self.blobs.into_iter().for_each(PendingBlob::settle);
        self.hold.keep();
        let _ = self.answer.send(Ok(self.record.index));
    }

    /// The commit may have reached the disk all the same; its blobs must then be there.
    fn fail(self, error: &Error) {
        self.blobs.into_iter().for_each(PendingBlob::leave);
        let _ = self.answer.send(Err(error.clone()));
    }
}

/// Moves everything into the database and empties the WAL.
pub(crate) fn truncate_wal(connection: &Connection) -> Result<(), Error> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}
