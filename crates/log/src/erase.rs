//! Erasing: what happens in the database. The files follow once that is committed.

use rusqlite::{Connection, OptionalExtension, params};

use crate::edge::Edge;
use crate::shelf::Shelf;
use crate::{BlobRef, Error, Kind, Record, schema};

/// An erasure within a transaction.
pub(crate) struct Erased {
    /// The erasure's index.
    pub index: u64,
    /// What the record named.
    pub blobs: Vec<BlobRef>,
    /// Bytes the database no longer takes.
    pub freed: u64,
}

/// Appends the erasure of record `index` and removes its body. Within the transaction: the blobs'
/// intents are swept by who opens the log meanwhile only before it or after.
pub(crate) fn erase(
    c: &Connection,
    edge: &mut Edge,
    shelf: &Shelf,
    index: u64,
) -> Result<Erased, Error> {
    let blobs = erasable(c, index)?.blobs;
    for blob in &blobs {
        shelf.announce(&blob.hash)?;
    }
    let before = schema::used_pages(c)?;
    let mut erasure = Record::new(Kind::ERASURE, &index.to_be_bytes(), vec![])?;
    erasure.index = edge.size();
    append(c, edge, &erasure, &index.to_be_bytes())?;
    let sql = "UPDATE record SET body = NULL, erased_by = ?2 WHERE seq = ?1";
    c.execute(sql, params![index as i64, erasure.index as i64])?;
    c.execute("DELETE FROM blob WHERE seq = ?1", [index as i64])?;
    let freed = before.saturating_sub(schema::used_pages(c)?);
    Ok(Erased { index: erasure.index, blobs, freed })
}

/// Writes a record and what it adds to the tree.
pub(crate) fn append(
    c: &Connection,
    edge: &mut Edge,
    record: &Record,
    body: &[u8],
) -> Result<(), Error> {
    let mut full = vec![];
    schema::insert(c, record, Some(body))?;
    edge.push(record.leaf(), &mut full);
    schema::insert_tiles(c, &full)
}

/// Removes those blobs that no record names any more; gives how many bytes they took. The write
/// lock is held: a record that names the same bytes is committed before, or finds them gone.
pub(crate) fn remove_blobs(
    c: &mut Connection,
    shelf: &Shelf,
    blobs: &[BlobRef],
) -> Result<u64, Error> {
    let lock = c.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut bytes = 0;
    for BlobRef { hash, size } in blobs {
        if schema::names(&lock, hash)? {
            shelf.withdraw(hash)?;
        } else {
            shelf.remove(hash)?;
            bytes += size;
        }
    }
    Ok(bytes)
}

/// The record, if its body may be erased.
fn erasable(c: &Connection, index: u64) -> Result<Record, Error> {
    let index = i64::try_from(index).map_err(|_| Error::NotFound)?;
    let sql = "SELECT record, erased_by IS NOT NULL FROM record WHERE seq = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?));
    let row = c.query_row(sql, [index], read).optional()?;
    let (record, erased) = row.ok_or(Error::NotFound)?;
    let record = Record::decode(&record).ok_or(Error::Corrupt)?;
    match (record.kind, erased) {
        (Kind::ERASURE, _) => Err(Error::NotErasable),
        (_, true) => Err(Error::AlreadyErased),
        _ => Ok(record),
    }
}
