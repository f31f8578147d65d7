//! The database: how it is opened, and its tables.

use std::time::Duration;
use std::{fs, io};

use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use tlog_tiles::Hash;

use crate::edge::{Edge, FullTile, TILE, split, tile_root};
use crate::folder::{self, Folder};
use crate::{Error, Record};

const VERSION: i32 = 1;
/// Other processes (an erasure by the operator) hold the write lock for moments only.
pub(crate) const BUSY: Duration = Duration::from_secs(10);
/// Nothing the log writes is near this; a damaged file may claim more.
const LONGEST_VALUE: i32 = 1 << 20;

const TABLES: &str = "
CREATE TABLE record (
  seq INTEGER PRIMARY KEY,      -- its index, from 0, without gaps
  record BLOB NOT NULL,         -- what the leaf is the hash of
  body BLOB,                    -- sealed bytes; NULL once erased
  erased_by INTEGER             -- the erasure's seq
) STRICT;
CREATE INDEX record_unexplained ON record (seq) WHERE body IS NULL AND erased_by IS NULL;
CREATE INDEX record_other ON record (seq) WHERE substr(record, 10, 1) > x'02';
CREATE INDEX record_erased ON record (erased_by) WHERE erased_by IS NOT NULL;
CREATE TABLE tile (             -- full tiles only; partial ones follow from what is below them
  level INTEGER NOT NULL,
  number INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE blob (             -- blobs of records that are not erased
  hash BLOB NOT NULL,           -- more than one record may name the same bytes
  seq INTEGER NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (hash, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_by_seq ON blob (seq);
CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY CHECK (id = 0),
  note BLOB NOT NULL
) STRICT;
";

/// Bodies that were brought sealed, so that each is taken once: what was erased stays named, and is not
/// taken again. And an index for [`crate::Reader::others`], without what sources sealed. Both are added
/// to databases that were made without them.
const ONCE: &str = "
CREATE TABLE IF NOT EXISTS once (
  hash BLOB PRIMARY KEY,        -- of the body and the blobs
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_kinds ON record (seq)
  WHERE substr(record, 10, 1) BETWEEN x'03' AND x'07';
";

/// What a database is for; neither can be opened as the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The server's own: every commit is signed.
    Log,
    /// A desk's copy: records wait for a signed checkpoint, bodies may outlive their erasure.
    Mirror,
}

impl Role {
    /// A server commits a few records at a time and a mirror hundreds: ten of the usual size fill
    /// a large page, where a small one would leave a quarter empty.
    fn page_bytes(self) -> u32 {
        match self {
            Self::Log => 16_384,
            Self::Mirror => 65_536,
        }
    }

    /// "pygr" and "pygm", so that `file` and other programs can tell.
    fn application_id(self) -> i32 {
        match self {
            Self::Log => 0x7079_6772,
            Self::Mirror => 0x7079_676d,
        }
    }
}

/// Makes an empty database; there is none, or all of it.
pub(crate) fn create(folder: &Folder, role: Role, note: Option<&[u8]>) -> Result<(), Error> {
    // SQLite would replay a WAL that was left behind.
    if [folder.database(), folder.wal(), folder.checkpoint()].iter().any(|path| path.exists()) {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
    }
    let fresh = folder.tmp().join("log.db");
    for suffix in ["db", "db-wal", "db-shm", "db-journal"] {
        folder::remove_file(&fresh.with_extension(suffix))?;
    }
    folder::create_file(&fresh)?;
    let connection = Connection::open(&fresh)?;
    connection.pragma_update(None, "page_size", role.page_bytes())?;
    make_durable(&connection)?;
    connection.pragma_update(None, "application_id", role.application_id())?;
    connection.pragma_update(None, "user_version", VERSION)?;
    connection.execute_batch(&format!("BEGIN; {TABLES} {ONCE} COMMIT;"))?;
    note.map_or(Ok(()), |note| put_checkpoint(&connection, note))?;
    connection.close().map_err(|(_, error)| error)?;
    fs::File::open(&fresh)?.sync_all()?;
    fs::rename(&fresh, folder.database())?;
    Ok(folder::sync_folder(folder.path())?)
}

/// Opens the database to write.
pub(crate) fn open_writer(folder: &Folder, role: Role) -> Result<Connection, Error> {
    let (connection, found) = open(folder)?;
    if found != role {
        return Err(Error::NotALog);
    }
    make_durable(&connection)?;
    connection.execute_batch(ONCE)?;
    // Erased bytes are overwritten.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 500)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.pragma_update(None, "cache_size", -1024)?;
    Ok(connection)
}

/// Opens the database to read.
pub(crate) fn open_reader(folder: &Folder) -> Result<(Connection, Role), Error> {
    let (connection, role) = open(folder)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -1024)?;
    Ok((connection, role))
}

fn open(folder: &Folder) -> Result<(Connection, Role), Error> {
    if !folder.database().exists() {
        return Err(Error::NotALog);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.database(), flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(32);
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // Nothing of the log goes to a temporary file elsewhere.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let (id, version) = (number("application_id")?, number("user_version")?);
    let role = [Role::Log, Role::Mirror].into_iter().find(|role| role.application_id() == id);
    let role = role.filter(|_| version == VERSION).ok_or(Error::NotALog)?;
    Ok((connection, role))
}

/// A commit returns once the WAL is fsynced. Both settings are the connection's, not the file's.
fn make_durable(connection: &Connection) -> Result<(), Error> {
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Some file systems cannot do WAL; other modes promise less.
    if mode == "wal" { Ok(()) } else { Err(io::Error::from(io::ErrorKind::Unsupported).into()) }
}

/// What the tables are, and what they should be.
pub(crate) fn is_laid_out(connection: &Connection) -> Result<bool, Error> {
    let proper = Connection::open_in_memory()?;
    proper.execute_batch(TABLES)?;
    let (found, older) = (layout(connection)?, layout(&proper)?);
    proper.execute_batch(ONCE)?;
    Ok(found == layout(&proper)? || found == older)
}

fn layout(connection: &Connection) -> Result<Vec<[String; 4]>, Error> {
    let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name";
    let mut query = connection.prepare(sql)?;
    let rows =
        query.query_map([], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Records in the database.
pub(crate) fn size(connection: &Connection) -> Result<u64, Error> {
    let mut query = connection.prepare_cached("SELECT coalesce(max(seq) + 1, 0) FROM record")?;
    let size: i64 = query.query_row([], |row| row.get(0))?;
    u64::try_from(size).map_err(|_| Error::Corrupt)
}

/// A number that changes when another connection has written.
pub(crate) fn data_version(connection: &Connection) -> Result<i64, Error> {
    let mut query = connection.prepare_cached("PRAGMA data_version")?;
    Ok(query.query_row([], |row| row.get(0))?)
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
    let found: Option<Vec<u8>> =
        query.query_row(params![level, number as i64], |row| row.get(0)).optional()?;
    match found {
        Some(hashes) if hashes.len() != 32 * TILE => Err(Error::Corrupt),
        other => Ok(other),
    }
}

/// Writes a record, its body and its blobs.
pub(crate) fn insert(c: &Connection, record: &Record, body: Option<&[u8]>) -> Result<(), Error> {
    let sql = "INSERT INTO record (seq, record, body) VALUES (?1, ?2, ?3)";
    c.prepare_cached(sql)?.execute(params![record.index as i64, record.encode(), body])?;
    for blob in &record.blobs {
        let sql = "INSERT OR IGNORE INTO blob (hash, seq, size) VALUES (?1, ?2, ?3)";
        let values = params![&blob.hash.0[..], record.index as i64, stored_size(blob.size)];
        c.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}

/// The record of a body that was brought sealed before.
pub(crate) fn once(c: &Connection, hash: &Hash) -> Result<Option<u64>, Error> {
    let mut query = c.prepare_cached("SELECT seq FROM once WHERE hash = ?1")?;
    let seq: Option<i64> = query.query_row([&hash.0[..]], |row| row.get(0)).optional()?;
    Ok(seq.map(|seq| seq as u64))
}

pub(crate) fn insert_once(c: &Connection, record: &Record) -> Result<(), Error> {
    let sql = "INSERT INTO once (hash, seq) VALUES (?1, ?2)";
    c.prepare_cached(sql)?.execute(params![&record.content().0[..], record.index as i64])?;
    Ok(())
}

/// A blob's size as it is stored. What a server claims may be out of range.
pub(crate) fn stored_size(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// Whether a record that is not erased names this blob.
pub(crate) fn names(c: &Connection, hash: &Hash) -> Result<bool, Error> {
    Ok(c.prepare_cached("SELECT 1 FROM blob WHERE hash = ?1")?.exists([&hash.0[..]])?)
}

pub(crate) fn insert_tiles(c: &Connection, full: &[FullTile]) -> Result<(), Error> {
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
    let leaves: Vec<Hash> = rows
        .map(|row| row.map(|bytes| tlog_tiles::record_hash(&bytes)))
        .collect::<Result<_, _>>()?;
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

/// Bytes the database takes and the blobs should take.
pub(crate) fn used(connection: &Connection) -> Result<u64, Error> {
    let sql =
        "SELECT coalesce(sum(size), 0) FROM (SELECT max(size) AS size FROM blob GROUP BY hash)";
    let blobs: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    Ok(u64::try_from(blobs).unwrap_or(u64::MAX).saturating_add(used_pages(connection)?))
}

/// Bytes of the database's pages that are in use.
pub(crate) fn used_pages(connection: &Connection) -> Result<u64, Error> {
    let sql = "SELECT (page_count - freelist_count) * page_size
               FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
    let pages: i64 = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(u64::try_from(pages).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_writer_is_durable_and_overwrites_what_it_deletes() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path());
        folder.make().unwrap();
        create(&folder, Role::Log, None).unwrap();
        for _ in 0..2 {
            let connection = open_writer(&folder, Role::Log).unwrap();
            let number =
                |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
            let settings = ["synchronous", "secure_delete", "temp_store", "page_size"];
            assert_eq!(settings.map(|name| number(name).unwrap()), [2, 1, 2, 16_384]);
            let mode: String =
                connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
            assert_eq!(mode, "wal");
        }
    }
}
