//! Where the log's files are. Whatever is made here, only its owner may read.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;

const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Where the log's things are.
#[derive(Clone)]
pub(crate) struct Folder(PathBuf);

/// The right to write blobs.
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing would not do while a process forked from this one has yet to close its copy.
        let _ = self.0.unlock();
    }
}

impl Folder {
    /// Names a folder, checking nothing.
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Makes what is missing of the folders.
    pub(crate) fn make(&self) -> Result<(), Error> {
        for path in [&self.0, &self.blobs(), &self.tmp()] {
            DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)?;
        }
        // A service may not be allowed to open what is above its own folder.
        if let Some(parent) = fs::canonicalize(&self.0)?.parent() {
            let _ = sync_folder(parent);
        }
        Ok(())
    }

    /// Whether a log was here, whatever became of its database.
    pub(crate) fn has_traces(&self) -> bool {
        self.checkpoint().exists() || self.0.join("blobs").is_dir()
    }

    /// Takes the lock; it is held until the file is closed, also by a crash.
    pub(crate) fn lock(&self) -> Result<Lock, Error> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(FILE_MODE);
        let file = options.open(self.0.join("lock")).map_err(not_a_log)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(Error::Locked),
            Err(TryLockError::Error(e)) => Err(e.into()),
        }
    }

    /// A path in `tmp/` that nothing else uses.
    pub(crate) fn fresh(&self, extension: &str) -> PathBuf {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        self.tmp().join(format!("{}-{number}.{extension}", std::process::id()))
    }

    /// Puts a file in place so that a crash leaves the old one or the new one.
    pub(crate) fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let fresh = self.fresh("new");
        let mut file = create_file(&fresh)?;
        file.write_all(bytes).and_then(|()| file.sync_all())?;
        fs::rename(fresh, path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("log.db")
    }

    pub(crate) fn wal(&self) -> PathBuf {
        self.0.join("log.db-wal")
    }

    pub(crate) fn checkpoint(&self) -> PathBuf {
        self.0.join("checkpoint")
    }

    pub(crate) fn blobs(&self) -> PathBuf {
        self.0.join("blobs")
    }

    pub(crate) fn tmp(&self) -> PathBuf {
        self.0.join("tmp")
    }
}

pub(crate) fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path)
}

/// Makes a folder, durably; one that is there is fine.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(FOLDER_MODE).create(path) {
        Ok(()) => path.parent().map_or(Ok(()), sync_folder),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(e),
    }
}

/// Removes a file; one that is not there is fine.
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn not_a_log(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound => Error::NotALog,
        _ => error.into(),
    }
}
