//! Opening what is in the log and joining parts into submissions.

use std::collections::BTreeMap;
use std::thread;

use payamgir_log::{Error, Kind, Reader, Record, Row};
use payamgir_open::{Identity, OpenError, open_entry};
use payamgir_wire::entry::Malformed;
use payamgir_wire::{Entry, Group, limits};

/// Most bytes of an opened entry: its JSON, the length before it and its padding.
const ENTRY_BYTES: usize = limits::ENTRY_JSON_BYTES + limits::ENTRY_JSON_BYTES / 8 + 8192;
/// Records opened at a time: bounds memory.
const BATCH: u64 = 2048;

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

/// The parts of one submission, in their order.
pub struct Submission {
    /// The index of its first record in the log: its number for the editor.
    pub number: u64,
    /// The parts and the record each is in.
    pub parts: Vec<(u64, Entry)>,
}

/// Everything that was opened, joined.
#[derive(Default)]
pub struct Library {
    /// In the order in which they first appear in the log.
    pub submissions: Vec<Submission>,
    /// Records that cannot be read.
    pub troubles: Vec<(u64, Trouble)>,
}

/// Opens records `from..to` on `threads` threads and hands them over in the log's order. While
/// a batch is being opened, the next is read.
pub fn open_all(
    reader: &Reader,
    identity: &Identity,
    (from, to): (u64, u64),
    threads: usize,
    mut take: impl FnMut(Item),
) -> Result<(), Error> {
    thread::scope(|scope| {
        let mut next = from;
        let mut working = vec![];
        loop {
            let end = to.min(next + BATCH);
            let rows = read(reader, next, end)?;
            let opened: Vec<Vec<Item>> = working
                .drain(..)
                .map(|worker: Worker<'_>| worker.join().unwrap_or_default())
                .collect();
            working = start(scope, rows, identity, threads);
            opened.into_iter().flatten().for_each(&mut take);
            if working.is_empty() {
                return Ok(());
            }
            next = end;
        }
    })
}

type Worker<'a> = thread::ScopedJoinHandle<'a, Vec<Item>>;

fn read(reader: &Reader, from: u64, to: u64) -> Result<Vec<Row>, Error> {
    let mut rows = vec![];
    if from < to {
        reader.rows(from, to, |row| {
            rows.push(row);
            true
        })?;
    }
    Ok(rows)
}

/// Starts opening rows, each thread its share.
fn start<'scope, 'env>(
    scope: &'scope thread::Scope<'scope, 'env>,
    mut rows: Vec<Row>,
    identity: &'env Identity,
    threads: usize,
) -> Vec<Worker<'scope>> {
    let share = rows.len().div_ceil(threads.max(1)).max(1);
    let mut workers = vec![];
    while !rows.is_empty() {
        let rest = rows.split_off(share.min(rows.len()));
        let part = std::mem::replace(&mut rows, rest);
        workers.push(scope.spawn(move || part.iter().map(|row| open(row, identity)).collect()));
    }
    workers
}

/// Opens one record.
pub fn open(row: &Row, identity: &Identity) -> Item {
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

impl Library {
    /// Opens and joins all records up to `size`.
    pub fn read(
        reader: &Reader,
        identity: &Identity,
        size: u64,
        threads: usize,
    ) -> Result<Self, Error> {
        let mut library = Self::default();
        let mut places: BTreeMap<Group, usize> = BTreeMap::new();
        open_all(reader, identity, (0, size), threads, |item| match item.opened {
            Opened::Part(entry) => library.add(item.index, entry, &mut places),
            Opened::Trouble(trouble) => library.troubles.push((item.index, trouble)),
            Opened::Other => {}
        })?;
        for submission in &mut library.submissions {
            submission.parts.sort_by_key(|(index, entry)| (entry.index, *index));
        }
        Ok(library)
    }

    /// The submission that holds record `index`.
    pub fn find(&self, index: u64) -> Option<&Submission> {
        let holds = |s: &&Submission| s.parts.iter().any(|(record, _)| *record == index);
        self.submissions.iter().find(holds)
    }

    fn add(&mut self, index: u64, entry: Entry, places: &mut BTreeMap<Group, usize>) {
        let place = *places.entry(entry.group).or_insert_with(|| {
            self.submissions.push(Submission { number: index, parts: vec![] });
            self.submissions.len() - 1
        });
        self.submissions[place].parts.push((index, entry));
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
