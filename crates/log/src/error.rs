//! What can go wrong, for the operator. Nothing in it comes from an entry.

use std::io;
use std::sync::Arc;

/// Why the log could not do something.
#[derive(Debug, Clone)]
pub enum Error {
    /// The configured storage, or the room to keep free on the disk, is used up.
    Full,
    /// The operating system refused.
    Io(Arc<io::Error>),
    /// SQLite refused.
    Sqlite(Arc<rusqlite::Error>),
    /// The folder may not be written in, which the database needs even to be read.
    ReadOnly,
    /// Another process has this log open for writing.
    Locked,
    /// The log is closed.
    Closed,
    /// There is no log in this folder, or one of another version.
    NotALog,
    /// A body over [`crate::BODY_BYTES`], or over 16 blobs.
    TooLarge,
    /// No such record.
    NotFound,
    /// The record's body is already erased.
    AlreadyErased,
    /// Erasures cannot be erased.
    NotErasable,
    /// Only the log itself appends erasures.
    Reserved,
    /// The record is erased, but a copy of its bytes is still on the disk: a reader holds on to
    /// the write-ahead log, or a blob could not be removed. It goes with a later
    /// [`crate::Log::wipe`], or when the log is opened again.
    Lingering,
    /// A key or note is not what it should be.
    Key,
    /// What is stored contradicts itself; run `log verify`.
    Corrupt,
    /// The database is older than the checkpoint beside it, or another's: no desk would follow.
    RolledBack,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Full => "storage is full",
            Self::Io(_) => "the operating system refused",
            Self::Sqlite(_) => "the database refused",
            Self::ReadOnly => "the folder is read-only",
            Self::Locked => "the log is open in another process",
            Self::Closed => "the log is closed",
            Self::NotALog => "no log of a known version here",
            Self::TooLarge => "too large for one record",
            Self::NotFound => "no such record",
            Self::AlreadyErased => "already erased",
            Self::NotErasable => "an erasure cannot be erased",
            Self::Reserved => "only the log itself appends records of this kind",
            Self::Lingering => "erased, but a copy of the bytes is still on the disk",
            Self::Key => "a log key or signed note is malformed or does not fit",
            Self::Corrupt => "what is stored contradicts itself",
            Self::RolledBack => "the database is not the one its last checkpoint was made from",
        })
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(e) => Some(&**e),
            Self::Sqlite(e) => Some(&**e),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Io(Arc::new(error)),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            Some(rusqlite::ErrorCode::ReadOnly) => Self::ReadOnly,
            _ => Self::Sqlite(Arc::new(error)),
        }
    }
}

impl From<tlog_tiles::Error> for Error {
    fn from(_: tlog_tiles::Error) -> Self {
        Self::Corrupt
    }
}
