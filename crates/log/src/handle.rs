//! The handle through which the server uses its log.

use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::{mpsc, oneshot};

use crate::blobs;
use crate::edge::Edge;
use crate::quota::Quota;
use crate::schema::{self, Folder};
use crate::writer::{Append, Job, Writer};
use crate::{BlobWriter, Error, Kind, Limits, LogKey, PendingBlob, Reader, Record};

/// Appends waiting for the writer; more wait at the door.
const QUEUE: usize = 1024;

/// How a log is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By the one process that takes blobs; holds the lock and sweeps what a crash left.
    Server,
    /// By a tool beside a running server: erases, takes no blobs.
    Tool,
}

/// An open log. Clones share the one writer.
#[derive(Clone)]
pub struct Log {
    jobs: mpsc::Sender<Job>,
    folder: Folder,
    quota: Quota,
    writer: Arc<Mutex<Option<JoinHandle<()>>>>,
    _lock: Arc<Option<File>>,
}

impl Log {
    /// Makes an empty log in `folder`, which must not hold one, with a checkpoint of size 0.
    pub fn create(folder: &Path, key: &LogKey) -> Result<(), Error> {
        let folder = prepare(folder)?;
        let connection = schema::open_writer(&folder)?;
        let empty = Edge::default();
        schema::put_checkpoint(&connection, &key.sign(empty.size(), empty.root())?.note)?;
        blobs::sync_folder(&folder.0)?;
        Ok(())
    }

    /// Opens a log and starts its writer. What a crash interrupted is settled here: there is no
    /// repair to run.
    pub fn open(folder: &Path, key: LogKey, limits: Limits, mode: Mode) -> Result<Self, Error> {
        let folder = schema::folder(folder);
        let lock = match mode {
            Mode::Server => Some(lock(&folder)?),
            Mode::Tool => None,
        };
        let connection = schema::open_writer(&folder)?;
        if mode == Mode::Server {
            blobs::sweep(&folder, &connection)?;
        }
        let quota = Quota::new(limits, &folder.0, schema::used(&connection)?);
        let (jobs, queue) = mpsc::channel(QUEUE);
        let writer = Writer::new(connection, folder.clone(), quota.clone(), key)?;
        let thread = thread::Builder::new().name("log".into()).spawn(|| writer.run(queue))?;
        let writer = Arc::new(Mutex::new(Some(thread)));
        Ok(Self { jobs, folder, quota, writer, _lock: Arc::new(lock) })
    }

    /// Appends a record; answers with its index once it is durable. The blobs belong to it from
    /// then on. Where this fails nothing is acknowledged; the body may be tried again.
    pub async fn append(
        &self,
        kind: Kind,
        body: Vec<u8>,
        blobs: Vec<PendingBlob>,
    ) -> Result<u64, Error> {
        let record = Record::new(kind, &body, blobs.iter().map(PendingBlob::blob).collect())?;
        let hold = self.quota.hold(body.len() as u64)?;
        let (answer, answered) = oneshot::channel();
        let append = Append { record, body, blobs, hold, answer };
        self.jobs.send(Job::Append(append)).await.map_err(|_| Error::Closed)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    /// Removes a record's body and blobs for good and appends the erasure, whose index it gives.
    /// The tree still verifies.
    pub fn erase(&self, index: u64) -> Result<u64, Error> {
        let (answer, answered) = oneshot::channel();
        self.jobs.blocking_send(Job::Erase(index, answer)).map_err(|_| Error::Closed)?;
        answered.blocking_recv().map_err(|_| Error::Closed)?
    }

    /// Starts a blob. Writing blocks.
    pub fn blob(&self) -> Result<BlobWriter, Error> {
        BlobWriter::new(&self.folder, &self.quota)
    }

    /// A new reader. Reading blocks.
    pub fn reader(&self) -> Result<Reader, Error> {
        Reader::open(&self.folder.0)
    }

    /// Whether there is room for at least one more small record.
    pub fn has_room(&self) -> bool {
        self.quota.check_disk().is_ok() && self.quota.hold(crate::BODY_BYTES as u64).is_ok()
    }

    /// Finishes what is queued and stops the writer. Blocks.
    pub fn close(self) {
        let Self { jobs, writer, .. } = self;
        drop(jobs);
        let thread = writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

/// Makes the folders and an empty database.
pub(crate) fn prepare(path: &Path) -> Result<Folder, Error> {
    let folder = schema::folder(path);
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    for path in [&folder.0, &folder.blobs(), &folder.tmp()] {
        builder.create(path)?;
    }
    File::create_new(folder.database())?;
    schema::create(&folder)?;
    Ok(folder)
}

/// Takes the lock; it is held until the file is closed, also by a crash.
pub(crate) fn lock(folder: &Folder) -> Result<File, Error> {
    let file = File::create(folder.lock())?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked),
        Err(TryLockError::Error(e)) => Err(e.into()),
    }
}
