//! Where blobs stand, and who may still take one away.
//!
//! A blob's fate hangs on a commit: that of the record that names it, or of the erasure of the
//! last such record. Before either, an *intent* (an empty file in `tmp/` named by the hash) says
//! so durably. What a crash leaves behind is decided at the next opening by the database alone:
//! an intent whose hash no record names takes the blob with it.
//!
//! Two blobs may have the same bytes, so the same hash and file. A file is therefore removed only
//! when nothing in this process waits for it and no record names it.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use data_encoding::HEXLOWER;
use rusqlite::{Connection, TransactionBehavior};
use tlog_tiles::Hash;

use crate::folder::{self, Folder, Lock};
use crate::{Error, schema};

const INTENT: &str = "intent";

/// What is known of a blob when the last that waits for it lets go.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// Nothing else has it: it goes.
    Unnamed,
    /// A record may name it: the next opening decides.
    Doubtful,
    /// A record names it: it stays.
    Named,
}

/// The blobs of one log, and the lock that lets this process write them. It is held for as long
/// as anything can still touch a blob's file.
pub(crate) struct Shelf {
    pub(crate) folder: Folder,
    waiting: Mutex<HashMap<[u8; 32], Waiting>>,
    _lock: Option<Lock>,
}

struct Waiting {
    count: usize,
    fate: Fate,
}

impl Shelf {
    pub(crate) fn new(folder: Folder, lock: Option<Lock>) -> Self {
        Self { folder, waiting: Mutex::default(), _lock: lock }
    }

    /// One more waits for this blob. A file that is there already was not put there by it.
    pub(crate) fn wait(&self, hash: &Hash) {
        let mut waiting = self.waiting();
        let there = if path(&self.folder, hash).exists() { Fate::Doubtful } else { Fate::Unnamed };
        let entry = waiting.entry(hash.0).or_insert(Waiting { count: 0, fate: there });
        entry.count += 1;
    }

    /// One that waited lets go; the last one's leaving carries out the blob's fate.
    pub(crate) fn leave(&self, hash: &Hash, fate: Fate) -> Result<(), Error> {
        let mut waiting = self.waiting();
        let Some(entry) = waiting.get_mut(&hash.0) else { return Ok(()) };
        entry.count -= 1;
        entry.fate = entry.fate.max(fate);
        let fate = entry.fate;
        if entry.count > 0 {
            return Ok(());
        }
        waiting.remove(&hash.0);
        match fate {
            Fate::Unnamed => self.take_away(hash),
            Fate::Doubtful => Ok(()),
            Fate::Named => Ok(self.withdraw(hash)?),
        }
    }

    /// Says, durably, that the fate of this blob hangs on a commit.
    pub(crate) fn announce(&self, hash: &Hash) -> Result<(), Error> {
        match folder::create_file(&self.intent(hash)) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e.into()),
            _ => {}
        }
        Ok(folder::sync_folder(&self.folder.tmp())?)
    }

    /// Moves a finished file to its place, durably.
    pub(crate) fn place(&self, from: &Path, hash: &Hash) -> Result<(), Error> {
        let to = path(&self.folder, hash);
        let parent = to.parent().ok_or(Error::NotALog)?;
        {
            // Held, so that a folder another writer just made is durable before it is relied on.
            let _waiting = self.waiting();
            folder::create_folder(parent)?;
        }
        fs::rename(from, &to)?;
        Ok(folder::sync_folder(parent)?)
    }

    /// Removes a blob no record names any more; one that something waits for goes with that.
    pub(crate) fn remove(&self, hash: &Hash) -> Result<(), Error> {
        let mut waiting = self.waiting();
        match waiting.get_mut(&hash.0) {
            Some(entry) => entry.fate = Fate::Unnamed,
            None => self.take_away(hash)?,
        }
        Ok(())
    }

    /// Takes an intent back.
    pub(crate) fn withdraw(&self, hash: &Hash) -> io::Result<()> {
        folder::remove_file(&self.intent(hash))
    }

    /// Clears what a crash left in `tmp/`. Only the holder of the lock may. An erasure announces
    /// within its transaction, so under the write lock every intent is of a finished one.
    pub(crate) fn sweep(&self, connection: &mut Connection) -> Result<(), Error> {
        let lock = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // A folder made just before a crash may not be durable yet.
        folder::sync_folder(&self.folder.blobs())?;
        for entry in fs::read_dir(self.folder.tmp())? {
            let path = entry?.path();
            match announced(&path) {
                Some(hash) if !schema::names(&lock, &hash)? => self.take_away(&hash)?,
                _ if path.is_dir() => {}
                _ => folder::remove_file(&path)?,
            }
        }
        Ok(())
    }

    fn take_away(&self, hash: &Hash) -> Result<(), Error> {
        let path = path(&self.folder, hash);
        folder::remove_file(&path)?;
        // The intent may go only once the blob can not come back.
        if let Some(parent) = path.parent().filter(|parent| parent.exists()) {
            folder::sync_folder(parent)?;
        }
        Ok(self.withdraw(hash)?)
    }

    fn intent(&self, hash: &Hash) -> PathBuf {
        self.folder.tmp().join(HEXLOWER.encode(&hash.0)).with_extension(INTENT)
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<[u8; 32], Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens a blob. Something else in its place, a pipe or a link, is not waited for or followed.
pub(crate) fn open(folder: &Folder, hash: &Hash) -> io::Result<File> {
    let path = path(folder, hash);
    if fs::symlink_metadata(&path)?.is_file() {
        File::open(path)
    } else {
        Err(io::ErrorKind::InvalidData.into())
    }
}

/// Where a blob is, or would be.
pub(crate) fn path(folder: &Folder, hash: &Hash) -> PathBuf {
    let name = HEXLOWER.encode(&hash.0);
    folder.blobs().join(&name[..2]).join(&name)
}

/// The hash an intent is named by.
fn announced(path: &Path) -> Option<Hash> {
    if path.extension()? != INTENT {
        return None;
    }
    let bytes = HEXLOWER.decode(path.file_stem()?.to_str()?.as_bytes()).ok()?;
    Some(Hash(bytes.try_into().ok()?))
}
