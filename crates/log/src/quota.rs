//! How much the log may take. Counted in bytes that are or will be on the disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;

/// Limits on storage, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of bodies and blobs.
    pub storage: u64,
    /// Bytes to leave free on the disk.
    pub keep_free: u64,
}

/// Bytes in use, shared by all that write.
#[derive(Clone)]
pub(crate) struct Quota {
    limits: Limits,
    folder: PathBuf,
    used: Arc<AtomicU64>,
}

impl Quota {
    pub(crate) fn new(limits: Limits, folder: &Path, used: u64) -> Self {
        Self { limits, folder: folder.to_owned(), used: Arc::new(AtomicU64::new(used)) }
    }

    /// Takes `bytes` until the [`Hold`] is dropped, or for good once it is kept.
    pub(crate) fn hold(&self, bytes: u64) -> Result<Hold, Error> {
        let mut hold = Hold { quota: self.clone(), bytes: 0 };
        hold.grow(bytes)?;
        Ok(hold)
    }

    pub(crate) fn release(&self, bytes: u64) {
        let less = |used: u64| Some(used.saturating_sub(bytes));
        let _ = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    /// Asks the file system. [`Error::Full`] where less than `keep_free` is left.
    pub(crate) fn check_disk(&self) -> Result<(), Error> {
        if self.limits.keep_free == 0 {
            return Ok(());
        }
        let disk = rustix::fs::statvfs(&self.folder).map_err(std::io::Error::from)?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < self.limits.keep_free { Err(Error::Full) } else { Ok(()) }
    }
}

/// Bytes taken for something on its way.
pub(crate) struct Hold {
    quota: Quota,
    bytes: u64,
}

impl Hold {
    pub(crate) fn grow(&mut self, bytes: u64) -> Result<(), Error> {
        let fits = |used: u64| {
            used.checked_add(bytes).filter(|used| *used <= self.quota.limits.storage)
        };
        let update = self.quota.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits);
        update.map_err(|_| Error::Full)?;
        self.bytes += bytes;
        Ok(())
    }

    pub(crate) fn keep(mut self) {
        self.bytes = 0;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.quota.release(self.bytes);
    }
}
