//! The database: how it is opened, and its tables.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use tlog_tiles::Hash;

use crate::edge::{Edge, TILE, split, tile_root};
use crate::{Error, Record};

/// "pygr", so that `file` and other programs can tell.
const APPLICATION_ID: i32 = 0x7079_6772;
const VERSION: i32 = 1;
/// Other processes (an erasure by the operator) hold the write lock for moments only.
const BUSY: Duration = Duration::from_secs(10);

const TABLES: &str = "
CREATE TABLE record (
  seq INTEGER PRIMARY KEY,      -- its index, from 0, without gaps
  record BLOB NOT NULL,         -- what the leaf is the hash of
  body BLOB,                    -- sealed bytes; NULL once erased
  erased_by INTEGER             -- the erasure's seq
) STRICT;
CREATE TABLE tile (             -- full tiles only; partial ones follow from what is below them
  level INTEGER NOT NULL,
  number INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE blob (             -- blobs of records that are not erased
  hash BLOB NOT NULL PRIMARY KEY,
  size INTEGER NOT NULL,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_by_seq ON blob (seq);
CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 0),
  note BLOB NOT NULL
) STRICT;
";

/// Where the log's things are.
#[derive(Clone)]
pub(crate) struct Folder(pub PathBuf);

impl Folder {
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("log.db")
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

    pub(crate) fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }
}

/// Makes an empty log's database.
pub(crate) fn create(folder: &Folder) -> Result<(), Error> {
    let connection = Connection::open(folder.database())?;
    connection.pragma_update(None, "page_size", 16_384)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(&format!("BEGIN; {TABLES} COMMIT;"))?;
    connection.pragma_update(None, "user_version", VERSION)?;
    Ok(())
}

/// Opens the database to write.
pub(crate) fn open_writer(folder: &Folder) -> Result<Connection, Error> {
    let connection = open(folder, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 500)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.pragma_update(None, "cache_size", -4096)?;
    Ok(connection)
}

/// Opens the database to read.
pub(crate) fn open_reader(folder: &Folder) -> Result<Connection, Error> {
    let connection = open(folder, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -1024)?;
    Ok(connection)
}

fn open(folder: &Folder, flags: OpenFlags) -> Result<Connection, Error> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.database(), flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(16);
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    if number("application_id")? != APPLICATION_ID || number("user_version")? != VERSION {
        return Err(Error::NotALog);
    }
    Ok(connection)
}

/// Records in the database.
pub(crate) fn size(connection: &Connection) -> Result<u64, Error> {
    let mut query = connection.prepare_cached("SELECT coalesce(max(seq) + 1, 0) FROM record")?;
    Ok(query.query_row([], |row| row.get::<_, i64>(0))? as u64)
}

/// The last checkpoint's note; `None` in a log that never had one.
pub(crate) fn checkpoint(connection: &Connection) -> Result<Option<Vec<u8>>, Error> {
    let mut query = connection.prepare_cached("SELECT note FROM checkpoint WHERE id = 0")?;
    Ok(query.query_row([], |row| row.get(0)).optional()?)
}

pub(crate) fn put_checkpoint(connection: &Connection, note: &[u8]) -> Result<(), Error> {
    let sql = "INSERT INTO checkpoint (id, note) VALUES (0, ?1)
               ON CONFLICT (id) DO UPDATE SET note = excluded.note";
    connection.prepare_cached(sql)?.execute([note])?;
    Ok(())
}

/// A full tile's bytes.
pub(crate) fn tile(c: &Connection, level: u32, number: u64) -> Result<Option<Vec<u8>>, Error> {
    let sql = "SELECT hashes FROM tile WHERE level = ?1 AND number = ?2";
    let mut query = c.prepare_cached(sql)?;
    Ok(query.query_row(params![level, number as i64], |row| row.get(0)).optional()?)
}

/// Writes a record, its body, its blobs and the tiles it filled.
pub(crate) fn insert(c: &Connection, record: &Record, body: Option<&[u8]>) -> Result<(), Error> {
    let sql = "INSERT INTO record (seq, record, body) VALUES (?1, ?2, ?3)";
    c.prepare_cached(sql)?.execute(params![record.index as i64, record.encode(), body])?;
    for blob in &record.blobs {
        let sql = "INSERT OR IGNORE INTO blob (hash, size, seq) VALUES (?1, ?2, ?3)";
        let values = params![&blob.hash.0[..], blob.size as i64, record.index as i64];
        c.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}

pub(crate) fn insert_tiles(c: &Connection, full: &[(u32, u64, Vec<u8>)]) -> Result<(), Error> {
    let sql = "INSERT INTO tile (level, number, hashes) VALUES (?1, ?2, ?3)";
    for (level, number, hashes) in full {
        c.prepare_cached(sql)?.execute(params![level, *number as i64, hashes])?;
    }
    Ok(())
}

/// Reads the right edge: at most 255 records and 255 tiles of each level.
pub(crate) fn load_edge(connection: &Connection) -> Result<Edge, Error> {
    let size = size(connection)?;
    let mut partial = vec![leaves(connection, size / TILE as u64 * TILE as u64, size)?];
    let mut below = size / TILE as u64;
    let mut level = 0;
    while below > 0 {
        let first = below / TILE as u64 * TILE as u64;
        partial.push(roots(connection, level, first, below)?);
        below /= TILE as u64;
        level += 1;
    }
    Ok(Edge::restore(size, partial))
}

/// The leaf hashes of records `from..to`.
pub(crate) fn leaves(c: &Connection, from: u64, to: u64) -> Result<Vec<Hash>, Error> {
    let sql = "SELECT record FROM record WHERE seq >= ?1 AND seq < ?2 ORDER BY seq";
    let mut query = c.prepare_cached(sql)?;
    let rows = query.query_map([from as i64, to as i64], |row| row.get::<_, Vec<u8>>(0))?;
    let leaves: Vec<Hash> =
        rows.map(|row| row.map(|bytes| tlog_tiles::record_hash(&bytes))).collect::<Result<_, _>>()?;
    if leaves.len() as u64 == to - from { Ok(leaves) } else { Err(Error::Corrupt) }
}

/// The roots of the full tiles `from..to` of a level.
pub(crate) fn roots(c: &Connection, level: u32, from: u64, to: u64) -> Result<Vec<Hash>, Error> {
    (from..to).map(|n| Ok(tile_root(&tile(c, level, n)?.ok_or(Error::Corrupt)?))).collect()
}

/// A tile's first `width` hashes, from the tile itself or from what is below it.
pub(crate) fn tile_hashes(
    c: &Connection,
    level: u32,
    number: u64,
    width: u64,
) -> Result<Vec<Hash>, Error> {
    if let Some(bytes) = tile(c, level, number)? {
        return Ok(split(&bytes).into_iter().take(width as usize).collect());
    }
    let first = number * TILE as u64;
    match level {
        0 => leaves(c, first, first + width),
        _ => roots(c, level - 1, first, first + width),
    }
}

/// Bytes of bodies and blobs that are kept.
pub(crate) fn used(connection: &Connection) -> Result<u64, Error> {
    let sum = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let blobs = sum("SELECT coalesce(sum(size), 0) FROM blob")?;
    let pages = sum("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?;
    Ok((blobs + pages) as u64)
}

/// Opens a folder as a log's, checking nothing.
pub(crate) fn folder(path: &Path) -> Folder {
    Folder(path.to_owned())
}
