//! Blobs on their way into a mirror.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use crate::blobs::{BlobWriter, PendingBlob};
use crate::quota::Quota;
use crate::shelf::Shelf;
use crate::{Error, Hash, Reader, schema};

/// Takes blobs that records of the copy name. It shares the shelf with its mirror: what one keeps the
/// other does not sweep away.
pub struct Intake {
    connection: Connection,
    shelf: Arc<Shelf>,
    quota: Quota,
}

impl Intake {
    pub(crate) fn new(shelf: &Arc<Shelf>, quota: &Quota) -> Result<Self, Error> {
        let (connection, _) = schema::open_reader(&shelf.folder)?;
        Ok(Self { connection, shelf: shelf.clone(), quota: quota.clone() })
    }

    /// Whether the blob is here.
    pub fn has(&self, hash: &Hash) -> Result<bool, Error> {
        Ok(Reader::open(self.shelf.folder.path())?.blob(hash).is_ok())
    }

    /// The length of a blob that a record names, in bytes.
    pub fn blob_size(&self, hash: &Hash) -> Result<u64, Error> {
        let mut query = self.connection.prepare_cached("SELECT size FROM blob WHERE hash = ?1")?;
        let size = query.query_row([&hash.0[..]], |row| row.get::<_, i64>(0)).optional()?;
        size.map(|size| size as u64).ok_or(Error::NotFound)
    }

    /// Starts a blob on its way from the server.
    pub fn blob(&self) -> Result<BlobWriter, Error> {
        BlobWriter::new(&self.shelf, &self.quota)
    }

    /// Keeps a fetched blob if it is the one asked for and a record names it; otherwise it is
    /// removed and `false`.
    pub fn keep(&self, blob: PendingBlob, hash: &Hash) -> bool {
        let right = blob.blob().hash == *hash;
        let wanted = right && schema::names(&self.connection, hash).unwrap_or(false);
        blob.settle(wanted, false);
        wanted
    }
}
