//! One pass over everything that is stored, for `verify`.

use std::io::{self, Read};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};
use sha2::{Digest, Sha256};
use tlog_tiles::Hash;

use crate::edge::Edge;
use crate::folder::Folder;
use crate::schema::{self, Role};
use crate::{BlobRef, Checkpoint, Damage, Error, Kind, Reader, Record, Report, Verifier, shelf};

/// A larger gap is not walked through: the next record's place is what is damaged.
const GAP: u64 = 1 << 20;

#[derive(Default)]
pub(crate) struct Walk {
    pub(crate) report: Report,
    edge: Edge,
    signed: Vec<Checkpoint>,
    /// Rows of the list of blobs that belong to a record.
    listed: i64,
    all_blobs: bool,
}

/// A record as found, which may be anything.
struct Found {
    index: u64,
    bytes: Option<Vec<u8>>,
    body: Body,
    erased_by: Option<i64>,
}

enum Body {
    Gone,
    Bytes(Vec<u8>),
    NotBytes,
}

impl Walk {
    pub(crate) fn new(all_blobs: bool) -> Self {
        Self { all_blobs, ..Self::default() }
    }

    pub(crate) fn run(
        &mut self,
        folder: &Folder,
        verifier: &Verifier,
        notes: &[&[u8]],
    ) -> Result<(), Error> {
        let reader = Reader::open(folder.path())?;
        let snapshot = reader.connection.unchecked_transaction()?;
        self.database(&snapshot)?;
        let own = self.checkpoints(&snapshot, verifier, notes)?;
        self.compare_roots();
        self.records(&reader)?;
        (self.report.size, self.report.root) = (self.edge.size(), self.edge.root());
        self.ends(own.filter(|_| reader.role == Role::Log));
        self.left_over(&snapshot)?;
        Ok(snapshot.commit()?)
    }

    fn database(&mut self, c: &Connection) -> Result<(), Error> {
        let mut query = c.prepare("PRAGMA integrity_check(20)")?;
        let lines = query.query_map([], |row| row.get::<_, String>(0))?;
        for line in lines {
            match line? {
                fine if fine == "ok" => {}
                words => self.find(None, Damage::Database(words)),
            }
        }
        if !schema::is_laid_out(c)? {
            self.find(None, Damage::Database("the tables are not those of a log".into()));
        }
        Ok(())
    }

    /// Opens the log's own checkpoint and the others; gives how many records its own covers.
    fn checkpoints(
        &mut self,
        c: &Connection,
        verifier: &Verifier,
        notes: &[&[u8]],
    ) -> Result<Option<u64>, Error> {
        let own = schema::checkpoint(c)?;
        if own.is_none() {
            self.find(None, Damage::CheckpointMissing);
        }
        let signed = own.as_deref().and_then(|note| self.checkpoint(verifier, note));
        for note in notes {
            self.checkpoint(verifier, note);
        }
        Ok(signed)
    }

    fn checkpoint(&mut self, verifier: &Verifier, note: &[u8]) -> Option<u64> {
        let Ok(checkpoint) = verifier.open(note) else {
            self.find(None, Damage::CheckpointInvalid);
            return None;
        };
        let size = checkpoint.size;
        self.signed.push(checkpoint);
        Some(size)
    }

    fn records(&mut self, reader: &Reader) -> Result<(), Error> {
        let sql = "SELECT seq, record, body, erased_by FROM record ORDER BY seq";
        let mut query = reader.connection.prepare(sql)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            let next = self.edge.size();
            match u64::try_from(seq).ok().filter(|index| (next..=next + GAP).contains(index)) {
                Some(index) => self.record(reader, Found::read(index, row))?,
                None => {
                    let words = format!("a record is numbered {seq}");
                    self.find(None, Damage::Database(words));
                }
            }
        }
        Ok(())
    }

    fn record(&mut self, reader: &Reader, found: Found) -> Result<(), Error> {
        let index = found.index;
        while self.edge.size() < index {
            self.find(Some(self.edge.size()), Damage::RecordMissing);
            self.push(reader, Hash::default());
        }
        let leaf = found.bytes.as_deref().map(tlog_tiles::record_hash).unwrap_or_default();
        self.push(reader, leaf);
        let Some(record) = found.bytes.as_deref().and_then(Record::decode) else {
            self.find(Some(index), Damage::RecordMalformed);
            return Ok(());
        };
        if record.index != index {
            self.find(Some(index), Damage::RecordMisplaced { belongs: record.index });
        }
        let erased = self.body(reader, &record, &found);
        let absent = erased && reader.role == Role::Log;
        // A mirror that forgot the body forgot its list; one that never had the body has a list.
        let may_be = erased && matches!(found.body, Body::Gone);
        let named = if absent { &[][..] } else { &record.blobs };
        self.listing(&reader.connection, index, (named, may_be))?;
        if !erased {
            record.blobs.iter().for_each(|blob| self.blob(reader, index, blob));
        }
        Ok(())
    }

    /// Checks a record's body and the mark of its erasure; gives whether it is erased.
    fn body(&mut self, reader: &Reader, record: &Record, found: &Found) -> bool {
        let index = Some(found.index);
        let explained = record.kind != Kind::ERASURE && is_erased(&reader.connection, found.index);
        match &found.body {
            Body::Gone if explained => self.report.erased.push(found.index),
            Body::Gone => self.find(index, Damage::BodyMissing),
            Body::Bytes(body) if record.describes(body) => {}
            _ => self.find(index, Damage::BodyAltered),
        }
        let gone = matches!(found.body, Body::Gone);
        let kept = reader.role == Role::Mirror && explained;
        if found.erased_by.is_some() && !gone && !kept {
            self.find(index, Damage::ErasureForged);
        }
        gone && explained
    }

    fn push(&mut self, reader: &Reader, leaf: Hash) {
        let mut full = vec![];
        self.edge.push(leaf, &mut full);
        for (level, number, hashes) in full {
            if schema::tile(&reader.connection, level, number).ok().flatten() != Some(hashes) {
                self.find(None, Damage::Tile { level, number });
            }
        }
        self.compare_roots();
    }

    fn compare_roots(&mut self) {
        let size = self.edge.size();
        let wrong = |c: &&Checkpoint| c.size == size && c.root != self.edge.root();
        if self.signed.iter().any(|c| wrong(&c)) {
            self.find(None, Damage::RootDiffers { signed: size });
        }
    }

    /// Holds the log's length against what was signed; `own` is its own checkpoint's.
    fn ends(&mut self, own: Option<u64>) {
        let size = self.edge.size();
        let most = self.signed.iter().map(|checkpoint| checkpoint.size).max().unwrap_or(0);
        if most > size {
            self.find(None, Damage::RolledBack { signed: most });
        }
        if let Some(own) = own.filter(|own| *own < size) {
            self.find(Some(own), Damage::Unsigned);
        }
    }

    /// Checks which blobs are listed for a record; where `may_be`, none is as good.
    fn listing(
        &mut self,
        c: &Connection,
        index: u64,
        (blobs, may_be): (&[BlobRef], bool),
    ) -> Result<(), Error> {
        let mut query =
            c.prepare_cached("SELECT hash, size FROM blob WHERE seq = ?1 ORDER BY hash")?;
        let rows = query.query_map([index as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let listed: Vec<(Vec<u8>, i64)> = rows.collect::<Result<_, _>>()?;
        let mut named: Vec<_> =
            blobs.iter().map(|b| (b.hash.0.to_vec(), schema::stored_size(b.size))).collect();
        named.sort_by(|a, b| a.0.cmp(&b.0));
        named.dedup_by(|later, first| later.0 == first.0);
        self.listed += listed.len() as i64;
        if listed != named && !(may_be && listed.is_empty()) {
            self.find(Some(index), Damage::BlobListing);
        }
        Ok(())
    }

    /// Rows that belong to nothing.
    /// Bodies that are not taken again, each under the record that has it.
    fn once(&mut self, c: &Connection) -> Result<(), Error> {
        if !c.table_exists(None, "once")? {
            return Ok(());
        }
        let sql =
            "SELECT once.hash, once.seq, record.record FROM once LEFT JOIN record USING (seq)";
        let mut query = c.prepare(sql)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let (hash, index): (Vec<u8>, i64) = (row.get(0)?, row.get(1)?);
            let record = row.get::<_, Option<Vec<u8>>>(2)?;
            let record = record.and_then(|bytes| Record::decode(&bytes));
            if record.is_none_or(|record| record.content().0[..] != hash) {
                self.find(u64::try_from(index).ok(), Damage::OnceListing);
            }
        }
        Ok(())
    }

    fn left_over(&mut self, c: &Connection) -> Result<(), Error> {
        self.once(c)?;
        let blobs: i64 = c.query_row("SELECT count(*) FROM blob", [], |row| row.get(0))?;
        if blobs != self.listed {
            self.find(None, Damage::BlobListing);
        }
        let mut query = c.prepare("SELECT level, number FROM tile ORDER BY level, number")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            let (level, number): (u32, i64) = row?;
            let number = u64::try_from(number).unwrap_or(u64::MAX);
            let height = level.saturating_add(1).saturating_mul(8);
            let full = self.edge.size().checked_shr(height).unwrap_or(0);
            if number >= full {
                self.find(None, Damage::Tile { level, number });
            }
        }
        Ok(())
    }

    fn blob(&mut self, reader: &Reader, index: u64, blob: &BlobRef) {
        self.report.blobs += 1;
        match check_blob(reader, blob) {
            Ok(None) => {}
            Ok(Some(damage)) => self.find(Some(index), damage),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                if self.all_blobs && !erased_meanwhile(reader, index) {
                    self.find(Some(index), Damage::BlobMissing);
                }
            }
            Err(_) => self.find(Some(index), Damage::BlobAltered),
        }
    }

    fn find(&mut self, index: Option<u64>, damage: Damage) {
        self.report.find(index, damage);
    }
}

impl Found {
    fn read(index: u64, row: &Row<'_>) -> Self {
        let value = |column| row.get_ref(column).unwrap_or(ValueRef::Null);
        let body = match value(2) {
            ValueRef::Null => Body::Gone,
            ValueRef::Blob(bytes) => Body::Bytes(bytes.to_vec()),
            _ => Body::NotBytes,
        };
        let bytes = value(1).as_blob().ok().map(<[u8]>::to_vec);
        // Anything but nothing is a mark, if only a wrong one.
        let erased_by = match value(3) {
            ValueRef::Null => None,
            other => Some(other.as_i64().unwrap_or(-1)),
        };
        Self { index, bytes, body, erased_by }
    }
}

/// Whether a later erasure in the log names this record.
fn is_erased(c: &Connection, index: u64) -> bool {
    let sql = "SELECT e.record, e.body FROM record r JOIN record e ON e.seq = r.erased_by
               WHERE r.seq = ?1";
    let read = |row: &Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?));
    let query = c.prepare_cached(sql);
    let found = query.and_then(|mut query| query.query_row([index as i64], read).optional());
    found.ok().flatten().is_some_and(|(record, body)| {
        Record::decode(&record)
            .is_some_and(|record| record.describes(&body) && record.erases(&body) == Some(index))
    })
}

/// Whether the record was erased after the snapshot that is being walked.
fn erased_meanwhile(reader: &Reader, index: u64) -> bool {
    Reader::open(reader.folder.path()).is_ok_and(|now| is_erased(&now.connection, index))
}

fn check_blob(reader: &Reader, blob: &BlobRef) -> io::Result<Option<Damage>> {
    let mut file = shelf::open(&reader.folder, &blob.hash)?;
    let found = file.metadata()?.len();
    if found != blob.size {
        return Ok(Some(Damage::BlobLength { found, expected: blob.size }));
    }
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    let right = <[u8; 32]>::from(hash.finalize()) == blob.hash.0;
    Ok((!right).then_some(Damage::BlobAltered))
}
