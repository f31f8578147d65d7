//! How much the log may take. Counted in bytes that are or will be on the disk.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Error;

/// Limits on storage, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of the database and the blobs together.
    pub storage: u64,
    /// Bytes to leave free on the disk.
    pub keep_free: u64,
}

/// Bytes in use, shared by all that write.
#[derive(Clone)]
pub(crate) struct Quota {
    limits: Limits,
    folder: Arc<Path>,
    used: Arc<Mutex<Used>>,
}

#[derive(Default)]
struct Used {
    /// Committed; only the writer changes it.
    kept: u64,
    /// On its way.
    held: u64,
}

impl Quota {
    pub(crate) fn new(limits: Limits, folder: &Path) -> Self {
        Self { limits, folder: folder.into(), used: Arc::default() }
    }

    /// Takes `bytes` until the [`Hold`] is dropped, or for good once it is kept.
    pub(crate) fn hold(&self, bytes: u64) -> Result<Hold, Error> {
        let mut hold = Hold { quota: self.clone(), bytes: 0 };
        hold.grow(bytes)?;
        Ok(hold)
    }

    /// What the database says is kept.
    pub(crate) fn set_kept(&self, bytes: u64) {
        self.used().kept = bytes;
    }

    /// What was kept was erased.
    pub(crate) fn free(&self, bytes: u64) {
        let mut used = self.used();
        used.kept = used.kept.saturating_sub(bytes);
    }

    /// The share of the storage that is used or on its way.
    pub(crate) fn filled(&self) -> f64 {
        let used = self.used();
        used.kept.saturating_add(used.held) as f64 / self.limits.storage.max(1) as f64
    }

    /// Asks the file system. [`Error::Full`] where less than `keep_free` is left.
    pub(crate) fn check_disk(&self) -> Result<(), Error> {
        if self.limits.keep_free == 0 {
            return Ok(());
        }
        let disk = rustix::fs::statvfs(&*self.folder).map_err(std::io::Error::from)?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < self.limits.keep_free { Err(Error::Full) } else { Ok(()) }
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes taken for something on its way.
pub(crate) struct Hold {
    quota: Quota,
    bytes: u64,
}

impl Hold {
    pub(crate) fn grow(&mut self, bytes: u64) -> Result<(), Error> {
        let mut used = self.quota.used();
        let total = used.kept.saturating_add(used.held).saturating_add(bytes);
        if total > self.quota.limits.storage {
            return Err(Error::Full);
        }
        used.held += bytes;
        self.bytes += bytes;
        Ok(())
    }

    pub(crate) fn keep(mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        let mut used = self.quota.used();
        used.held -= bytes;
        used.kept = used.kept.saturating_add(bytes);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.quota.used().held -= self.bytes;
    }
}
