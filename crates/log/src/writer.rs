//! The one writer: batches appends into group commits.
//!
//! An answer is sent only after COMMIT returned under synchronous=FULL, that is after the WAL
//! was fsynced. A crash before that leaves no trace of the batch; a crash after it leaves all of
//! it. A COMMIT that failed may have reached the disk all the same: its blobs stay until a later
//! commit succeeds, which overwrites what the failed one left in the WAL, or until the next
//! opening. The edge in memory is a cache of the database: after a failure, and whenever another
//! process wrote, it is read again and held against the checkpoint.

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, io, mem, thread};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::blobs::PendingBlob;
use crate::edge::Edge;
use crate::erase;
use crate::quota::{Hold, Quota};
use crate::shelf::Shelf;
use crate::{Error, LogKey, Record, Verifier, proof, schema};

/// Most appends in one commit.
const BATCH: usize = 512;
/// After a commit of at least this many appends, the next waits for [`GATHER`]: a crowd shares
/// the fixed cost of a commit, and somebody alone waits for nobody.
const CROWD: usize = 12;
const GATHER: Duration = Duration::from_millis(1);
/// Least time between two copies of the checkpoint.
const COPY_PAUSE: Duration = Duration::from_secs(1);

pub(crate) type Answer<T> = oneshot::Sender<Result<T, Error>>;

/// What the writer is asked to do.
pub(crate) enum Job {
    Append(Box<Append>),
    /// Erase the body of this record; answered with the erasure's index.
    Erase(u64, Answer<u64>),
    /// Sign the tree of the first so many records; answered with the note.
    Sign(u64, Answer<Vec<u8>>),
    /// Empty the WAL; answered with whether nothing erased is left in it.
    Wipe(Answer<bool>),
}

/// A record to be, its body and the blobs that wait for it.
pub(crate) struct Append {
    pub record: Record,
    pub body: Vec<u8>,
    pub blobs: Vec<PendingBlob>,
    pub hold: Hold,
    /// Whether a body that was taken before is not taken again.
    pub once: bool,
    /// The record that has this body already.
    pub known: Option<u64>,
    /// Which of the blobs another record named before: their bytes are counted already.
    pub named: Vec<bool>,
    pub answer: Answer<Appended>,
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The record's index.
    pub index: u64,
    /// Whether it was not there before.
    pub new: bool,
}

pub(crate) struct Writer {
    connection: Connection,
    shelf: Arc<Shelf>,
    quota: Quota,
    key: LogKey,
    edge: Option<Edge>,
    data_version: i64,
    /// Blobs of commits whose outcome is open.
    doubtful: Vec<PendingBlob>,
    /// The WAL may hold bytes that were erased.
    unwiped: bool,
    /// The last checkpoint, where its copy beside the database is older.
    uncopied: Option<Vec<u8>>,
    /// When the copy was made last, by the clock that only goes forward.
    copied: Option<Instant>,
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        shelf: Arc<Shelf>,
        quota: Quota,
        key: LogKey,
    ) -> Result<Self, Error> {
        // Read before the snapshot: an honest copy is never ahead of the database.
        let copy = fs::read(shelf.folder.checkpoint()).ok();
        let snapshot = connection.unchecked_transaction()?;
        let edge = load(&snapshot, &key.verifier())?;
        if let Some(copy) = copy
            && contradicts(&snapshot, &key.verifier(), &copy, edge.size())?
        {
            return Err(Error::RolledBack);
        }
        quota.set_kept(schema::used(&snapshot)?);
        snapshot.commit()?;
        // Without an edge it is read again under the write lock.
        let (edge, data_version, doubtful) = (None, 0, vec![]);
        // A crash may have come between an erasure and its wiping.
        let unwiped = true;
        let (uncopied, copied) = (None, None);
        Ok(Self {
            connection,
            shelf,
            quota,
            key,
            edge,
            data_version,
            doubtful,
            unwiped,
            uncopied,
            copied,
        })
    }

    /// Works until every handle is gone, then leaves an empty WAL.
    pub(crate) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        self.rest();
        let mut batch = Vec::with_capacity(BATCH);
        let mut last = 0;
        while jobs.blocking_recv_many(&mut batch, BATCH) > 0 {
            if last >= CROWD {
                gather(&mut jobs, &mut batch);
            }
            last = batch.len();
            self.work(batch.drain(..));
            if jobs.is_empty() {
                self.rest();
            }
        }
        let _ = self.wipe();
        self.copy();
    }

    fn work(&mut self, jobs: impl Iterator<Item = Job>) {
        let mut appends = vec![];
        for job in jobs {
            if let Job::Append(append) = job {
                appends.push(*append);
                continue;
            }
            self.append(mem::take(&mut appends));
            // Who asked may be gone.
            match job {
                Job::Erase(index, answer) => {
                    let _ = answer.send(self.erase(index));
                }
                Job::Sign(size, answer) => {
                    let _ = answer.send(self.sign(size));
                }
                Job::Wipe(answer) => {
                    self.unwiped = true;
                    let _ = answer.send(self.wipe());
                }
                Job::Append(_) => {}
            }
        }
        self.append(appends);
    }

    fn append(&mut self, mut appends: Vec<Append>) {
        if appends.is_empty() {
            return;
        }
        let mut robbed = vec![];
        let result = self.quota.check_disk().and_then(|()| {
            self.commit(|transaction, edge| {
                robbed = appends.extract_if(.., |append| !append.is_whole()).collect();
                appends.iter_mut().try_for_each(|append| append.insert(transaction, edge))?;
                // What fails before this fails for certain.
                let blobs = appends.iter_mut().flat_map(|append| &mut append.blobs);
                blobs.for_each(PendingBlob::doubt);
                Ok(())
            })
        });
        for append in robbed {
            append.fail(&io::Error::from(io::ErrorKind::NotFound).into());
        }
        match result {
            Ok(()) => appends.into_iter().for_each(Append::succeed),
            Err(error) => {
                let doubtful = appends.into_iter().flat_map(|append| append.fail(&error));
                self.doubtful.extend(doubtful);
            }
        }
    }

    /// Runs `change` in a transaction that ends with a new checkpoint.
    fn commit<T>(
        &mut self,
        change: impl FnOnce(&Connection, &mut Edge) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let version = schema::data_version(&transaction)?;
        let known = self.edge.take().filter(|_| version == self.data_version);
        let mut edge = match known {
            Some(edge) => edge,
            None => {
                // The other process may have erased something.
                self.unwiped = true;
                self.quota.set_kept(schema::used(&transaction)?);
                load(&transaction, &self.key.verifier())?
            }
        };
        let done = change(&transaction, &mut edge)?;
        let note = self.key.sign(edge.size(), edge.root())?.note;
        schema::put_checkpoint(&transaction, &note)?;
        transaction.commit()?;
        (self.edge, self.data_version) = (Some(edge), version);
        self.uncopied = Some(note);
        self.decide_doubtful();
        Ok(done)
    }

    /// After a commit that succeeded, an earlier one that failed can not come back.
    fn decide_doubtful(&mut self) {
        for blob in mem::take(&mut self.doubtful) {
            match schema::names(&self.connection, &blob.blob().hash) {
                Ok(named) => blob.settle(named, false),
                Err(_) => self.doubtful.push(blob),
            }
        }
    }

    fn sign(&self, size: u64) -> Result<Vec<u8>, Error> {
        if size > schema::size(&self.connection)? {
            return Err(Error::NotFound);
        }
        Ok(self.key.sign(size, proof::root(&self.connection, size)?)?.note)
    }

    fn erase(&mut self, index: u64) -> Result<u64, Error> {
        let shelf = self.shelf.clone();
        let erased = self.commit(|c, edge| erase::erase(c, edge, &shelf, index))?;
        self.unwiped = true;
        self.quota.free(erased.freed);
        let removed = erase::remove_blobs(&mut self.connection, &shelf, &erased.blobs);
        self.quota.free(removed.map_err(|_| Error::Lingering)?);
        Ok(erased.index)
    }

    /// Moves everything into the database and empties the WAL, unless somebody is reading it.
    fn wipe(&mut self) -> Result<bool, Error> {
        if self.unwiped {
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            // Appends wait behind this: who can not have the WAL now tries again later.
            self.connection.busy_timeout(Duration::ZERO)?;
            let busy = self.connection.query_row(sql, [], |row| row.get::<_, bool>(0));
            self.connection.busy_timeout(schema::BUSY)?;
            self.unwiped = busy?;
        }
        Ok(!self.unwiped)
    }

    /// What can wait until no job does. The copy costs an fsync, so under a steady load it is
    /// made once in a while; what it may then miss is what came since.
    fn rest(&mut self) {
        let _ = self.wipe();
        if self.copied.is_none_or(|copied| copied.elapsed() >= COPY_PAUSE) {
            self.copy();
        }
    }

    fn copy(&mut self) {
        // Never ahead of the database: `verify` takes an older copy as it is and a newer one as
        // proof that the database was rolled back.
        if let Some(note) = self.uncopied.take() {
            let _ = self.shelf.folder.replace(&self.shelf.folder.checkpoint(), &note);
            self.copied = Some(Instant::now());
        }
    }
}

/// Waits a moment and takes those who came meanwhile.
fn gather(jobs: &mut mpsc::Receiver<Job>, batch: &mut Vec<Job>) {
    thread::sleep(GATHER);
    let room = BATCH.saturating_sub(batch.len());
    batch.extend(std::iter::from_fn(|| jobs.try_recv().ok()).take(room));
}

/// Reads the edge, which must be what was signed: a log that lost records must not grow another
/// branch where they were.
fn load(connection: &Connection, verifier: &Verifier) -> Result<Edge, Error> {
    let edge = schema::load_edge(connection)?;
    let signed = verifier.open(&schema::checkpoint(connection)?.ok_or(Error::Corrupt)?)?;
    let same = signed.size == edge.size() && signed.root == edge.root();
    if same { Ok(edge) } else { Err(Error::Corrupt) }
}

/// Whether a signed copy is of records that are not in the database.
fn contradicts(
    connection: &Connection,
    verifier: &Verifier,
    copy: &[u8],
    size: u64,
) -> Result<bool, Error> {
    let Ok(signed) = verifier.open(copy) else { return Ok(false) };
    Ok(signed.size > size || proof::root(connection, signed.size)? != signed.root)
}

impl Append {
    /// Whether all its blobs are in their places.
    fn is_whole(&self) -> bool {
        self.blobs.iter().all(PendingBlob::is_there)
    }

    fn insert(&mut self, transaction: &Connection, edge: &mut Edge) -> Result<(), Error> {
        if self.once {
            self.known = schema::once(transaction, &self.record.content())?;
        }
        let named = self.blobs.iter().map(|blob| schema::names(transaction, &blob.blob().hash));
        self.named = named.collect::<Result<_, _>>()?;
        if self.known.is_some() {
            return Ok(());
        }
        self.record.index = edge.size();
        erase::append(transaction, edge, &self.record, &self.body)?;
        if self.once { schema::insert_once(transaction, &self.record) } else { Ok(()) }
    }

    fn succeed(self) {
        let new = self.known.is_none();
        for (place, blob) in self.blobs.into_iter().enumerate() {
            let counted = self.named.get(place) == Some(&true);
            blob.settle(new || counted, counted);
        }
        if new {
            self.hold.keep();
        }
        let index = self.known.unwrap_or(self.record.index);
        let _ = self.answer.send(Ok(Appended { index, new }));
    }

    /// Lets its blobs go and gives back those it is too early for.
    fn fail(self, error: &Error) -> Vec<PendingBlob> {
        let doubtful = self.blobs.into_iter().filter(PendingBlob::is_doubtful).collect();
        drop(self.hold);
        let _ = self.answer.send(Err(error.clone()));
        doubtful
    }
}
