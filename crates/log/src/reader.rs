//! Reading: a snapshot at a time, beside the writer.

use std::fs::File;
use std::ops::RangeInclusive;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use tlog_tiles::Hash;

use crate::folder::Folder;
use crate::schema::{self, Role};
use crate::{Error, shelf};

/// A connection that only reads.
pub struct Reader {
    pub(crate) connection: Connection,
    pub(crate) folder: Folder,
    pub(crate) role: Role,
}

/// A record as it is stored.
#[derive(Clone, PartialEq)]
pub struct Row {
    /// Its index.
    pub index: u64,
    /// The record's bytes.
    pub record: Vec<u8>,
    /// The body; `None` once erased, or at a desk also where a server withholds it.
    pub body: Option<Vec<u8>>,
    /// Whether an erasure in the log names it. A desk may have kept the body.
    pub erased: bool,
}

impl Reader {
    /// Opens the log in `folder` to read.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let folder = Folder::new(folder);
        let (connection, role) = schema::open_reader(&folder)?;
        Ok(Self { connection, folder, role })
    }

    /// Records in the log.
    pub fn size(&self) -> Result<u64, Error> {
        schema::size(&self.connection)
    }

    /// The last checkpoint's note.
    pub fn checkpoint(&self) -> Result<Vec<u8>, Error> {
        schema::checkpoint(&self.connection)?.ok_or(Error::NotALog)
    }

    /// One record.
    pub fn row(&self, index: u64) -> Result<Row, Error> {
        let sql = "SELECT seq, record, body, erased_by IS NOT NULL FROM record WHERE seq = ?1";
        let mut query = self.connection.prepare_cached(sql)?;
        query.query_row([index as i64], row).optional()?.ok_or(Error::NotFound)
    }

    /// Hands records `from..to` in order to `take`, until it returns `false`. All are of one
    /// snapshot, which keeps what is erased meanwhile in the write-ahead log: take pages.
    pub fn rows(&self, from: u64, to: u64, mut take: impl FnMut(Row) -> bool) -> Result<(), Error> {
        let sql = "SELECT seq, record, body, erased_by IS NOT NULL FROM record WHERE seq >= ?1 AND seq < ?2 ORDER BY seq";
        let mut query = self.connection.prepare_cached(sql)?;
        let bounds = [from, to].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        for found in query.query_map(bounds, row)? {
            if !take(found?) {
                break;
            }
        }
        Ok(())
    }

    /// Hands the records `from..to` of some kinds, which are neither entries nor erasures, in order
    /// to `take` until it returns `false`. Costs what they are, not what the log is.
    pub fn others(
        &self,
        kinds: RangeInclusive<u8>,
        (from, to): (u64, u64),
        mut take: impl FnMut(Row) -> bool,
    ) -> Result<(), Error> {
        let sql =
            "SELECT seq, record, body, erased_by IS NOT NULL FROM record INDEXED BY record_kinds
                   WHERE substr(record, 10, 1) BETWEEN x'03' AND x'07' AND seq >= ?1 AND seq < ?2
                   AND substr(record, 10, 1) BETWEEN ?3 AND ?4 ORDER BY seq";
        let mut query = self.connection.prepare_cached(sql)?;
        let [from, to] = [from, to].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        let [first, last] = [*kinds.start(), *kinds.end()].map(|kind| [kind]);
        for found in query.query_map(params![from, to, first, last], row)? {
            if !take(found?) {
                break;
            }
        }
        Ok(())
    }

    /// The records that an erasure in the log names, in no order.
    pub fn erased(&self) -> Result<Vec<u64>, Error> {
        let sql = "SELECT seq FROM record WHERE erased_by IS NOT NULL";
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query.query_map([], |row| row.get::<_, i64>(0))?;
        Ok(rows.map(|seq| seq.map(|seq| seq as u64)).collect::<Result<_, _>>()?)
    }

    /// The record of what [`crate::Log::append_once`] took, by its [`crate::content`].
    pub fn once(&self, hash: &Hash) -> Result<Option<u64>, Error> {
        schema::once(&self.connection, hash)
    }

    /// Opens a blob's file.
    pub fn blob(&self, hash: &Hash) -> Result<File, Error> {
        match shelf::open(&self.folder, hash) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(Error::NotFound),
            other => Ok(other?),
        }
    }
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let index = row.get::<_, i64>(0)? as u64;
    Ok(Row { index, record: row.get(1)?, body: row.get(2)?, erased: row.get(3)? })
}
