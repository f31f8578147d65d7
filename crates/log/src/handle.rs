//! The handle through which the server uses its log.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tlog_tiles::Hash;
use tokio::sync::{mpsc, oneshot};

use crate::edge::Edge;
use crate::folder::Folder;
use crate::quota::Quota;
use crate::schema::{self, Role};
use crate::shelf::Shelf;
use crate::writer::{Answer, Append, Appended, Job, Writer};
use crate::{BlobWriter, Error, Kind, Limits, LogKey, PendingBlob, Reader, Record};

/// Appends waiting for the writer; more wait at the door.
const QUEUE: usize = 1024;
/// How often, and how far apart, an erasure tries to empty the write-ahead log.
const WIPES: (u32, Duration) = (40, Duration::from_millis(50));

/// How a log is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By the one process that takes blobs; holds the lock and sweeps what a crash left.
    Server,
    /// By a tool beside a running server: erases, takes no blobs.
    Tool,
}

/// An open log. Clones share the one writer; dropping the last waits for what is queued.
#[derive(Clone)]
pub struct Log {
    // Dropped before the writer is waited for.
    jobs: mpsc::Sender<Job>,
    shelf: Arc<Shelf>,
    quota: Quota,
    mode: Mode,
    writer: Arc<Thread>,
}

struct Thread(Mutex<Option<JoinHandle<()>>>);

impl Log {
    /// Makes an empty log in `folder`, which must not hold one, with a checkpoint of size 0.
    pub fn create(folder: &Path, key: &LogKey) -> Result<(), Error> {
        let folder = Folder::new(folder);
        folder.make()?;
        let _lock = folder.lock()?;
        let empty = Edge::default();
        let note = key.sign(empty.size(), empty.root())?.note;
        schema::create(&folder, Role::Log, Some(&note))
    }

    /// Opens a log and starts its writer. What a crash interrupted is settled here: there is no
    /// repair to run. [`Error::Key`] where the log is another key's, [`Error::Corrupt`] where its
    /// records are not those that were signed last.
    pub fn open(folder: &Path, key: LogKey, limits: Limits, mode: Mode) -> Result<Self, Error> {
        let folder = Folder::new(folder);
        if folder.database().exists() {
            // A copy may have lost folders that were empty.
            folder.make()?;
        }
        let lock = match mode {
            Mode::Server => Some(folder.lock()?),
            Mode::Tool => None,
        };
        let mut connection = schema::open_writer(&folder, Role::Log)?;
        let shelf = Arc::new(Shelf::new(folder, lock));
        if mode == Mode::Server {
            shelf.sweep(&mut connection)?;
        }
        let quota = Quota::new(limits, shelf.folder.path());
        let writer = Writer::new(connection, shelf.clone(), quota.clone(), key)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new().name("log".into()).spawn(|| writer.run(queue))?;
        let writer = Arc::new(Thread(Mutex::new(Some(thread))));
        Ok(Self { jobs, shelf, quota, mode, writer })
    }

    /// Appends a record; answers with its index once it is durable. The blobs belong to it from
    /// then on. Where this fails nothing is acknowledged; the body may be tried again.
    pub async fn append(
        &self,
        kind: Kind,
        body: Vec<u8>,
        blobs: Vec<PendingBlob>,
    ) -> Result<u64, Error> {
        self.put(kind, body, blobs, false).await.map(|appended| appended.index)
    }

    /// The same, but a body that was brought so before is not taken again: the answer is then the
    /// record that has it, erased or not, and these blobs go.
    pub async fn append_once(
        &self,
        kind: Kind,
        body: Vec<u8>,
        blobs: Vec<PendingBlob>,
    ) -> Result<Appended, Error> {
        self.put(kind, body, blobs, true).await
    }

    async fn put(
        &self,
        kind: Kind,
        body: Vec<u8>,
        blobs: Vec<PendingBlob>,
        once: bool,
    ) -> Result<Appended, Error> {
        if kind == Kind::ERASURE {
            return Err(Error::Reserved);
        }
        let record = Record::new(kind, &body, blobs.iter().map(PendingBlob::blob).collect())?;
        // What grows by the clock must grow also when nothing else fits.
        let counted = if kind == Kind::FILLER { 0 } else { body.len() as u64 };
        let hold = self.quota.hold(counted)?;
        let (answer, answered) = oneshot::channel();
        let append = Append { record, body, blobs, hold, once, known: None, named: vec![], answer };
        self.jobs.send(Job::Append(Box::new(append))).await.map_err(|_| Error::Closed)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    /// Removes a record's body and blobs for good and appends the erasure, whose index it gives.
    /// The tree still verifies. Blocks, and not only for moments where somebody is reading: then
    /// it ends with [`Error::Lingering`].
    pub fn erase(&self, index: u64) -> Result<u64, Error> {
        let erasure = self.ask(|answer| Job::Erase(index, answer))?;
        self.wipe()?;
        Ok(erasure)
    }

    /// Signs the tree of the first `size` records: a checkpoint that tells nothing of what came after.
    /// [`Error::NotFound`] where there are fewer. Blocks.
    pub fn checkpoint_of(&self, size: u64) -> Result<Vec<u8>, Error> {
        self.ask(|answer| Job::Sign(size, answer))
    }

    /// Makes sure that nothing erased is left in the write-ahead log. Blocks as `erase` does.
    pub fn wipe(&self) -> Result<(), Error> {
        let (times, pause) = WIPES;
        for _ in 0..times {
            if self.ask(Job::Wipe)? {
                return Ok(());
            }
            thread::sleep(pause);
        }
        Err(Error::Lingering)
    }

    /// Starts a blob. Writing blocks. [`Error::Locked`] in a tool.
    pub fn blob(&self) -> Result<BlobWriter, Error> {
        match self.mode {
            Mode::Server => BlobWriter::new(&self.shelf, &self.quota),
            Mode::Tool => Err(Error::Locked),
        }
    }

    /// Makes a blob of a file that was written elsewhere on the same file system; `hash` is what its
    /// bytes must have, else [`Error::Corrupt`]. The file stays where it is, and must not change any
    /// more: it is the caller's to remove once a record names the blob. Blocks while it is read.
    pub fn adopt(&self, file: &Path, hash: &Hash) -> Result<PendingBlob, Error> {
        match self.mode {
            Mode::Server => BlobWriter::adopt((&self.shelf, &self.quota), file, hash),
            Mode::Tool => Err(Error::Locked),
        }
    }

    /// [`Error::Full`] where the disk has less left than is kept free.
    pub fn check_disk(&self) -> Result<(), Error> {
        self.quota.check_disk()
    }

    /// The share of the configured storage that is used or on its way.
    pub fn filled(&self) -> f64 {
        self.quota.filled()
    }

    /// A new reader. Reading blocks.
    pub fn reader(&self) -> Result<Reader, Error> {
        Reader::open(self.shelf.folder.path())
    }

    /// Whether the writer still works.
    pub fn is_alive(&self) -> bool {
        !self.jobs.is_closed()
    }

    /// Whether there is room for at least one more small record.
    pub fn has_room(&self) -> bool {
        self.quota.check_disk().is_ok() && self.quota.hold(crate::BODY_BYTES as u64).is_ok()
    }

    /// Finishes what is queued and stops the writer. Blocks, also until every clone is dropped.
    pub fn close(self) {
        let Self { jobs, writer, .. } = self;
        drop(jobs);
        writer.join();
    }

    fn ask<T>(&self, job: impl FnOnce(Answer<T>) -> Job) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        self.jobs.blocking_send(job(answer)).map_err(|_| Error::Closed)?;
        answered.blocking_recv().map_err(|_| Error::Closed)?
    }
}

impl Thread {
    fn join(&self) {
        let thread = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.join();
    }
}
