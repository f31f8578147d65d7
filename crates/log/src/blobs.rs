//! Blobs on their way: written to `tmp/`, fsynced, announced, renamed to the hash of their bytes,
//! and the folder fsynced. Only then may a record name one.

use std::fs::{File, FileTimes};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use tlog_tiles::Hash;

use crate::quota::{Hold, Quota};
use crate::shelf::{self, Fate, Shelf};
use crate::{BlobRef, Error, folder};

/// The disk is asked for its free space once in this many bytes.
const DISK_CHECK_BYTES: u64 = 8 << 20;

/// A blob being written. Dropped unfinished, it leaves nothing. After an error it takes no more
/// and cannot be finished.
pub struct BlobWriter {
    shelf: Arc<Shelf>,
    path: PathBuf,
    file: Option<File>,
    hash: Sha256,
    size: u64,
    quota: Quota,
    hold: Option<Hold>,
}

/// A blob in its place, durable, waiting for the record that names it. Dropped, it is removed.
pub struct PendingBlob {
    shelf: Arc<Shelf>,
    blob: BlobRef,
    hold: Option<Hold>,
    fate: Fate,
}

impl BlobWriter {
    pub(crate) fn new(shelf: &Arc<Shelf>, quota: &Quota) -> Result<Self, Error> {
        quota.check_disk()?;
        let hold = Some(quota.hold(0)?);
        let path = shelf.folder.fresh("part");
        let file = Some(folder::create_file(&path)?);
        let (shelf, quota) = (shelf.clone(), quota.clone());
        Ok(Self { shelf, path, file, hash: Sha256::new(), size: 0, quota, hold })
    }

    /// Makes the blob durable under its hash.
    pub fn finish(mut self) -> Result<PendingBlob, Error> {
        let file = self.file.take().ok_or(Error::Closed)?;
        // The time of arrival is not for the disk.
        let epoch = SystemTime::UNIX_EPOCH;
        file.set_times(FileTimes::new().set_modified(epoch).set_accessed(epoch))?;
        file.sync_all()?;
        let hash = Hash(std::mem::take(&mut self.hash).finalize().into());
        let blob = BlobRef { hash, size: self.size };
        // From here on a drop must remove the blob under its final name, and the intent.
        self.shelf.wait(&hash);
        let (shelf, hold, fate) = (self.shelf.clone(), self.hold.take(), Fate::Unnamed);
        let pending = PendingBlob { shelf, blob, hold, fate };
        self.shelf.announce(&hash)?;
        self.shelf.place(&self.path, &hash)?;
        Ok(pending)
    }

    /// A blob of a whole file that somebody else wrote. It gets a second name here, so that the first
    /// stays until a record names the blob. Nothing happens before its hash is known to be the one that
    /// is asked for.
    pub(crate) fn adopt(
        (shelf, quota): (&Arc<Shelf>, &Quota),
        path: &Path,
        hash: &Hash,
    ) -> Result<PendingBlob, Error> {
        let mut file = File::options().read(true).write(true).open(path)?;
        let size = file.metadata()?.len();
        let hold = Some(quota.hold(size)?);
        let mut hasher = Sha256::new();
        io::copy(&mut file, &mut hasher)?;
        if hasher.clone().finalize()[..] != hash.0 {
            return Err(Error::Corrupt);
        }
        let named = shelf.folder.fresh("part");
        std::fs::hard_link(path, &named)?;
        let (shelf, path, quota) = (shelf.clone(), named, quota.clone());
        Self { shelf, path, file: Some(file), hash: hasher, size, quota, hold }.finish()
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let file = self.file.as_mut().ok_or(Error::Closed)?;
        let size = self.size + bytes.len() as u64;
        if let Some(hold) = &mut self.hold {
            hold.grow(bytes.len() as u64)?;
        }
        if self.size / DISK_CHECK_BYTES != size / DISK_CHECK_BYTES {
            self.quota.check_disk()?;
        }
        file.write_all(bytes)?;
        self.hash.update(bytes);
        self.size = size;
        Ok(())
    }
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.take(bytes);
        if taken.is_err() {
            // How much of it reached the file is not known; the hash no longer fits.
            self.file = None;
        }
        taken.map(|()| bytes.len()).map_err(|error| match error {
            Error::Full => io::ErrorKind::StorageFull.into(),
            Error::Io(e) => e.kind().into(),
            other => io::Error::other(other),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        // After a rename there is nothing under this name.
        let _ = folder::remove_file(&self.path);
    }
}

impl PendingBlob {
    /// What a record says of it.
    pub fn blob(&self) -> BlobRef {
        self.blob
    }

    /// Whether its file is still in its place: an erasure by another process, of a record that
    /// named the same bytes, may have taken it away.
    pub(crate) fn is_there(&self) -> bool {
        shelf::path(&self.shelf.folder, &self.blob.hash).exists()
    }

    /// A commit that names it is under way, or ended in an error that leaves its outcome open.
    pub(crate) fn doubt(&mut self) {
        self.fate = Fate::Doubtful;
    }

    pub(crate) fn is_doubtful(&self) -> bool {
        self.fate == Fate::Doubtful
    }

    /// A record that names it is committed, or for certain none is; `counted` where its bytes are
    /// another record's too, and in the quota for that one.
    pub(crate) fn settle(mut self, named: bool, counted: bool) {
        self.fate = if named { Fate::Named } else { Fate::Unnamed };
        if let Some(hold) = self.hold.take().filter(|_| named && !counted) {
            hold.keep();
        }
    }
}

impl Drop for PendingBlob {
    fn drop(&mut self) {
        // What cannot be removed now is removed at the next opening: the intent stays.
        let _ = self.shelf.leave(&self.blob.hash, self.fate);
    }
}
