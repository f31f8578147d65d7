//! Blobs: files under the hash of their bytes.
//!
//! A blob is written to `tmp/`, fsynced, announced by an *intent* (an empty file in `tmp/` named
//! by the hash), renamed into place, and its folder fsynced. Only then may a record name it. The
//! intent goes when the record is committed. What a crash leaves behind is decided at the next
//! opening by the database alone: an intent whose hash no record names takes the blob with it.
//! An erasure announces itself in the same way before its commit.

use std::fs::{self, File, FileTimes};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use data_encoding::HEXLOWER;
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use tlog_tiles::Hash;

use crate::quota::{Hold, Quota};
use crate::schema::Folder;
use crate::{BlobRef, Error};

const INTENT: &str = "intent";
/// The disk is asked for its free space once in this many bytes.
const DISK_CHECK_BYTES: u64 = 8 << 20;
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A blob being written. Dropped unfinished, it leaves nothing.
pub struct BlobWriter {
    folder: Folder,
    path: PathBuf,
    file: Option<File>,
    hash: Sha256,
    size: u64,
    quota: Quota,
    hold: Option<Hold>,
}

/// A blob in its place, durable, waiting for the record that names it. Dropped, it is removed.
pub struct PendingBlob {
    folder: Folder,
    blob: BlobRef,
    hold: Option<Hold>,
    settled: bool,
}

impl BlobWriter {
    pub(crate) fn new(folder: &Folder, quota: &Quota) -> Result<Self, Error> {
        quota.check_disk()?;
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = folder.tmp().join(format!("{}-{number}.part", std::process::id()));
        let file = File::create_new(&path)?;
        let hold = Some(quota.hold(0)?);
        let (folder, quota) = (folder.clone(), quota.clone());
        Ok(Self { folder, path, file: Some(file), hash: Sha256::new(), size: 0, quota, hold })
    }

    /// Makes the blob durable under its hash.
    pub fn finish(mut self) -> Result<PendingBlob, Error> {
        let file = self.file.take().ok_or(Error::Closed)?;
        // The time of arrival is not for the disk.
        file.set_times(FileTimes::new().set_modified(SystemTime::UNIX_EPOCH))?;
        file.sync_all()?;
        let hash = Hash(std::mem::take(&mut self.hash).finalize().into());
        let blob = BlobRef { hash, size: self.size };
        announce(&self.folder, &hash)?;
        // From here on a drop must remove the blob under its final name.
        let folder = self.folder.clone();
        let pending = PendingBlob { folder, blob, hold: self.hold.take(), settled: false };
        let target = place(&self.folder, &hash)?;
        fs::rename(&self.path, &target)?;
        sync_folder(target.parent().ok_or(Error::NotALog)?)?;
        Ok(pending)
    }

    fn account(&mut self, bytes: u64) -> Result<(), Error> {
        if let Some(hold) = &mut self.hold {
            hold.grow(bytes)?;
        }
        if self.size / DISK_CHECK_BYTES != (self.size + bytes) / DISK_CHECK_BYTES {
            self.quota.check_disk()?;
        }
        Ok(())
    }
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.account(bytes.len() as u64).map_err(|_| io::ErrorKind::StorageFull)?;
        let file = self.file.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        file.write_all(bytes)?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for BlobWriter {
    fn drop(&mut self) {
        // After a rename there is nothing under this name.
        let _ = fs::remove_file(&self.path);
    }
}

impl PendingBlob {
    /// What a record says of it.
    pub fn blob(&self) -> BlobRef {
        self.blob
    }

    /// The record is committed: the blob stays.
    pub(crate) fn settle(mut self) {
        self.settled = true;
        if let Some(hold) = self.hold.take() {
            hold.keep();
        }
        withdraw(&self.folder, &self.blob.hash);
    }

    /// Whether the record was committed is not known: the next opening decides.
    pub(crate) fn leave(mut self) {
        self.settled = true;
        if let Some(hold) = self.hold.take() {
            hold.keep();
        }
    }
}

impl Drop for PendingBlob {
    fn drop(&mut self) {
        if !self.settled {
            let _ = fs::remove_file(path(&self.folder, &self.blob.hash));
            withdraw(&self.folder, &self.blob.hash);
        }
    }
}

/// Where a blob is, or would be.
pub(crate) fn path(folder: &Folder, hash: &Hash) -> PathBuf {
    let name = HEXLOWER.encode(&hash.0);
    folder.blobs().join(&name[..2]).join(&name)
}

/// The hash a file in `blobs/` is named by.
pub(crate) fn named_hash(path: &Path) -> Option<Hash> {
    let bytes = HEXLOWER.decode(path.file_stem()?.to_str()?.as_bytes()).ok()?;
    Some(Hash(bytes.try_into().ok()?))
}

/// Says, durably, that the fate of this blob hangs on a commit.
pub(crate) fn announce(folder: &Folder, hash: &Hash) -> Result<(), Error> {
    File::create(intent(folder, hash))?;
    Ok(sync_folder(&folder.tmp())?)
}

/// Takes an intent back.
pub(crate) fn withdraw(folder: &Folder, hash: &Hash) {
    let _ = fs::remove_file(intent(folder, hash));
}

/// Removes a blob no record names any more.
pub(crate) fn remove(folder: &Folder, hash: &Hash) -> Result<(), Error> {
    let path = path(folder, hash);
    match fs::remove_file(&path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e.into()),
        _ => {}
    }
    if let Some(parent) = path.parent().filter(|parent| parent.exists()) {
        sync_folder(parent)?;
    }
    withdraw(folder, hash);
    Ok(())
}

/// Clears what a crash left in `tmp/`. Only the holder of the lock may.
pub(crate) fn sweep(folder: &Folder, connection: &Connection) -> Result<(), Error> {
    let mut named = connection.prepare("SELECT 1 FROM blob WHERE hash = ?1")?;
    for entry in fs::read_dir(folder.tmp())? {
        let path = entry?.path();
        let announced = path.extension().is_some_and(|extension| extension == INTENT);
        match named_hash(&path).filter(|_| announced) {
            Some(hash) if !named.exists([&hash.0[..]])? => remove(folder, &hash)?,
            _ => fs::remove_file(&path)?,
        }
    }
    Ok(())
}

pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn intent(folder: &Folder, hash: &Hash) -> PathBuf {
    folder.tmp().join(HEXLOWER.encode(&hash.0)).with_extension(INTENT)
}

/// The blob's path, its folder made durably first.
fn place(folder: &Folder, hash: &Hash) -> Result<PathBuf, Error> {
    let path = path(folder, hash);
    let parent = path.parent().ok_or(Error::NotALog)?;
    match fs::create_dir(parent) {
        Ok(()) => sync_folder(&folder.blobs())?,
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
        Err(e) => return Err(e.into()),
    }
    Ok(path)
}
