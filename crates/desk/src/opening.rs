//! Opening what is in the log, on all cores.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use payamgir_log::{Error, Kind, Reader, Record, Row};
use payamgir_open::{Identity, OpenError, open_entry};
use payamgir_wire::entry::Malformed;
use payamgir_wire::{Entry, limits};

/// Most bytes of an opened entry: its JSON, the length before it and its padding.
const ENTRY_BYTES: usize = limits::ENTRY_JSON_BYTES + limits::ENTRY_JSON_BYTES / 8 + 8192;
/// Records a thread takes at a time: with the number of threads it bounds memory.
const SHARE: u64 = 64;

/// One record of the log, opened.
pub struct Item {
    /// The record's index.
    pub index: u64,
    /// What is in it.
    pub opened: Opened,
}

/// What is in a record.
pub enum Opened {
    /// A part of a submission.
    Part(Entry),
    /// The body is not here.
    Trouble(Trouble),
    /// A record of the log's own, such as an erasure; nothing to read.
    Other,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Its body was erased.
    Erased,
    /// It does not open.
    Sealed(OpenError),
    /// It opens and is not an entry this program knows.
    Entry(Malformed),
}

/// Opens records `from..to` on `threads` threads and hands them over in the log's order.
pub fn open_all(
    reader: &mut Reader,
    identity: &Identity,
    (from, to): (u64, u64),
    threads: usize,
    mut take: impl FnMut(Item),
) -> Result<(), Error> {
    let threads = threads.max(1);
    let shares = Mutex::new(Shares { reader, next: from, to });
    thread::scope(|scope| {
        let (done, opened) = mpsc::sync_channel(threads);
        for _ in 0..threads {
            let (shares, done) = (&shares, done.clone());
            scope.spawn(move || work(shares, identity, &done));
        }
        drop(done);
        let (mut next, mut early) = (from, BTreeMap::new());
        for share in opened {
            let (at, items) = share?;
            early.insert(at, items);
            while let Some(items) = early.remove(&next) {
                items.into_iter().for_each(&mut take);
                next += SHARE;
            }
        }
        Ok(())
    })
}

/// The records that nobody has taken yet.
struct Shares<'a> {
    reader: &'a mut Reader,
    next: u64,
    to: u64,
}

/// A share's first index and what is in it.
type Share<T> = Result<(u64, Vec<T>), Error>;

impl Shares<'_> {
    fn take(&mut self) -> Option<Share<Row>> {
        let from = self.next;
        self.next = from.saturating_add(SHARE).min(self.to);
        (from < self.to).then(|| {
            let mut rows = Vec::with_capacity((self.next - from) as usize);
            self.reader.rows(from, self.next, |row| {
                rows.push(row);
                true
            })?;
            Ok((from, rows))
        })
    }
}

/// Takes and opens shares until there are none, or nobody wants them any more.
fn work(shares: &Mutex<Shares<'_>>, identity: &Identity, done: &mpsc::SyncSender<Share<Item>>) {
    let take = || shares.lock().unwrap_or_else(PoisonError::into_inner).take();
    while let Some(share) = take() {
        let opened =
            share.map(|(at, rows)| (at, rows.iter().map(|row| open(row, identity)).collect()));
        if done.send(opened).is_err() {
            return;
        }
    }
}

/// Opens one record.
fn open(row: &Row, identity: &Identity) -> Item {
    let entry = Record::decode(&row.record).is_some_and(|record| record.kind == Kind::ENTRY);
    let opened = match &row.body {
        _ if !entry => Opened::Other,
        None => Opened::Trouble(Trouble::Erased),
        Some(body) => open_body(body, identity),
    };
    Item { index: row.index, opened }
}

fn open_body(body: &[u8], identity: &Identity) -> Opened {
    let plain = match open_entry(identity, body, ENTRY_BYTES) {
        Ok(plain) => plain,
        Err(error) => return Opened::Trouble(Trouble::Sealed(error)),
    };
    match Entry::decode(&plain) {
        Ok(entry) => Opened::Part(entry),
        Err(error) => Opened::Trouble(Trouble::Entry(error)),
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Erased => f.write_str("erased"),
            Self::Sealed(error) => error.fmt(f),
            Self::Entry(error) => error.fmt(f),
        }
    }
}
