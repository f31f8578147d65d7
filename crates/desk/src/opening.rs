//! Opening what is in the log, on all cores.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError, mpsc};
use std::thread;

use payamgir_log::{Error, Kind, Reader, Record, Row};
use payamgir_open::{Keyring, OpenError};
use payamgir_wire::entry::Malformed;
use payamgir_wire::{Channel, Entry, Origin, Part, limits};

/// Most bytes of an opened entry: its JSON, the length before it and its padding.
pub(crate) const ENTRY_BYTES: usize =
    limits::ENTRY_JSON_BYTES + limits::ENTRY_JSON_BYTES / 8 + 8192;
/// Records a thread takes at a time.
const SHARE: u64 = 64;
/// Shares for each thread that may be taken before the oldest is handed over: bounds memory.
const AHEAD: u64 = 4;

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
    /// Its body was erased, as the log says.
    Erased,
    /// Its body is not here and nothing in the log says why.
    Withheld,
    /// The record or its body is not the one the log describes.
    Altered,
    /// It does not open.
    Sealed(OpenError),
    /// It opens and is not an entry this program knows.
    Entry(Malformed),
}

/// Opens records `from..to` on `threads` threads and hands them over in the log's order.
pub fn open_all(
    reader: &mut Reader,
    keys: &Keyring,
    (from, to): (u64, u64),
    threads: usize,
    mut take: impl FnMut(Item),
) -> Result<(), Error> {
    let ahead = AHEAD * SHARE * threads.max(1) as u64;
    let shares = Shares {
        left: Mutex::new(Left { reader, next: from, most: from + ahead, to }),
        moved: Condvar::new(),
    };
    thread::scope(|scope| {
        let (done, opened) = mpsc::channel();
        for _ in 0..threads.max(1) {
            let (shares, done) = (&shares, done.clone());
            scope.spawn(move || work(shares, keys, &done));
        }
        drop(done);
        let (mut next, mut early) = (from, BTreeMap::new());
        let result = opened.into_iter().try_for_each(|share| {
            let (at, items) = share?;
            early.insert(at, items);
            while let Some(items) = early.remove(&next) {
                items.into_iter().for_each(&mut take);
                next += SHARE;
                shares.handed_over(next + ahead);
            }
            Ok(())
        });
        shares.handed_over(u64::MAX);
        result
    })
}

/// The records that nobody has taken yet.
struct Shares<'a> {
    left: Mutex<Left<'a>>,
    moved: Condvar,
}

struct Left<'a> {
    reader: &'a mut Reader,
    next: u64,
    /// Nothing from here on is taken before older records were handed over.
    most: u64,
    to: u64,
}

/// A share's first index and what is in it.
type Share<T> = Result<(u64, Vec<T>), Error>;

impl Shares<'_> {
    fn take(&self) -> Option<Share<Row>> {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |left: &mut Left<'_>| left.next >= left.most && left.next < left.to;
        let left = self.moved.wait_while(left, full);
        left.unwrap_or_else(PoisonError::into_inner).take()
    }

    fn handed_over(&self, most: u64) {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).most = most;
        self.moved.notify_all();
    }
}

impl Left<'_> {
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
fn work(shares: &Shares<'_>, keys: &Keyring, done: &mpsc::Sender<Share<Item>>) {
    while let Some(share) = shares.take() {
        let opened = share.map(|(at, rows)| (at, rows.iter().map(|row| open(row, keys)).collect()));
        if done.send(opened).is_err() {
            return;
        }
    }
}

/// Opens one record, if its body is the one the log describes.
pub(crate) fn open(row: &Row, keys: &Keyring) -> Item {
    let opened = match (Record::decode(&row.record), &row.body) {
        (None, _) => Opened::Trouble(Trouble::Altered),
        (Some(record), _) if ![Kind::ENTRY, Kind::BROUGHT].contains(&record.kind) => Opened::Other,
        (Some(record), Some(body)) if record.describes(body) => {
            let opened = open_body(body, keys);
            if record.kind == Kind::BROUGHT { brought(opened) } else { opened }
        }
        (Some(_), Some(_)) => Opened::Trouble(Trouble::Altered),
        (Some(_), None) if row.erased => Opened::Trouble(Trouble::Erased),
        (Some(_), None) => Opened::Trouble(Trouble::Withheld),
    };
    Item { index: row.index, opened }
}

fn open_body(body: &[u8], keys: &Keyring) -> Opened {
    let plain = match keys.open_entry(body, ENTRY_BYTES) {
        Ok(plain) => plain,
        Err(error) => return Opened::Trouble(Trouble::Sealed(error)),
    };
    match Entry::decode(&plain) {
        Ok(entry) => Opened::Part(entry),
        Err(error) => Opened::Trouble(Trouble::Entry(error)),
    }
}

/// What anybody can seal is not the server's word: of what it says of messengers, replies or deletions
/// nothing counts. Where answers go is its source's to say.
fn brought(opened: Opened) -> Opened {
    let Opened::Part(mut entry) = opened else { return opened };
    if !matches!(entry.part, Part::Text(_) | Part::Attachment(_)) {
        entry.part = Part::Unknown;
    }
    if entry.channel != Channel::Web {
        entry.channel = Channel::Carried;
    }
    (entry.alias, entry.revises) = (None, None);
    let dropbox = entry.origin.take().and_then(|origin| origin.dropbox);
    entry.origin =
        dropbox.map(|dropbox| Box::new(Origin { dropbox: Some(dropbox), ..Origin::default() }));
    Opened::Part(entry)
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Erased => f.write_str("erased"),
            Self::Withheld => f.write_str("withheld"),
            Self::Altered => f.write_str("altered"),
            Self::Sealed(error) => error.fmt(f),
            Self::Entry(error) => error.fmt(f),
        }
    }
}
