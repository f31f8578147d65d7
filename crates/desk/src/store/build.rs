//! Making segments from the log: opening, indexing, on all cores.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use payamgir_log::{Reader, Record, Row};
use payamgir_open::Keyring;
use payamgir_roster::kind;
use payamgir_wire::{Entry, Part};
use payamgir_work::{Act, Signed};
use zeroize::Zeroizing;

use super::held::{Held, Meta};
use super::index::Indexer;
use super::segment::Sections;
use super::sketch::Sketcher;
use super::vault::StoreError;
use crate::opening::{ENTRY_BYTES, Opened, Trouble, open};

/// Places between two texts of one record, so that no phrase spans them.
const APART: u32 = 100_000;
/// Rows read at once: an erasure meanwhile is not kept waiting for long.
const ROWS: u64 = 256;

/// Opens and indexes records `from..to`.
pub(super) fn build(
    reader: &Reader,
    keys: &Keyring,
    (from, to): (u64, u64),
    done: &AtomicU64,
) -> Result<Sections, StoreError> {
    let mut building = Building::new(from);
    let mut at = from;
    while at < to {
        let next = (at + ROWS).min(to);
        reader.rows(at, next, |row| {
            let (held, work) = hold(&row, keys);
            building.take(held, work);
            true
        })?;
        done.fetch_add(next - at, Ordering::Relaxed);
        at = next;
    }
    if building.ends.len() as u64 == to - from {
        Ok(building.finish())
    } else {
        Err(StoreError::Form)
    }
}

/// Calls `make` for each of `all` on as many threads as told; the first failure ends it.
pub(super) fn each_on<T: Sync>(
    threads: usize,
    all: &[T],
    make: impl Fn(&T) -> Result<(), StoreError> + Sync,
) -> Result<(), StoreError> {
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        let work = || {
            while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                if let Err(error) = make(one) {
                    next.store(u64::from(u32::MAX), Ordering::Relaxed);
                    return Err(error);
                }
            }
            Ok(())
        };
        let running: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        running.into_iter().try_for_each(|one| one.join().unwrap_or(Err(StoreError::Form)))
    })
}

/// A record, opened, and whether it is of the kind of desk work.
fn hold(row: &Row, keys: &Keyring) -> (Held, bool) {
    let record = Record::decode(&row.record);
    if record.as_ref().is_some_and(|record| record.kind.0 == kind::WORK) {
        return (hold_work(row, keys), true);
    }
    let held = match open(row, keys).opened {
        // What a server says that a member kept was kept by nobody.
        Opened::Part(entry) if matches!(entry.part, Part::Kept(_)) => Held::Other,
        Opened::Part(entry) => Held::Part(entry),
        Opened::Trouble(trouble) => Held::Trouble(trouble),
        Opened::Other => Held::Other,
    };
    (held, false)
}

fn hold_work(row: &Row, keys: &Keyring) -> Held {
    let Some(body) = &row.body else {
        let why = if row.erased { Trouble::Erased } else { Trouble::Withheld };
        return Held::Trouble(why);
    };
    if !Record::decode(&row.record).is_some_and(|record| record.describes(body)) {
        return Held::Trouble(Trouble::Altered);
    }
    let plain = match keys.open_entry(body, ENTRY_BYTES) {
        Ok(plain) => plain,
        Err(error) => return Held::Trouble(Trouble::Sealed(error)),
    };
    // Any bytes may pass for an event whose signature does not fit, and none for a kept file.
    if let Some(kept) = kept(&plain) {
        return Held::Part(kept);
    }
    match Signed::decode(&plain) {
        Ok(signed) => {
            let verified = signed.verify().is_ok();
            Held::Work(signed, verified)
        }
        Err(_) => Held::Trouble(Trouble::Entry(payamgir_wire::entry::Malformed::Json)),
    }
}

/// A file that a member keeps; nothing else of a member's is an entry.
fn kept(plain: &[u8]) -> Option<Entry> {
    let entry = Entry::decode(plain).ok()?;
    matches!(entry.part, Part::Kept(_)).then_some(entry)
}

struct Building {
    first: u64,
    metas: Vec<u8>,
    ends: Vec<u32>,
    contents: Zeroizing<Vec<u8>>,
    index: Indexer,
}

impl Building {
    fn new(first: u64) -> Self {
        let contents = Zeroizing::default();
        Self { first, metas: vec![], ends: vec![], contents, index: Indexer::default() }
    }

    fn take(&mut self, held: Held, work: bool) {
        let record = self.ends.len() as u32;
        let mut sketcher = Sketcher::default();
        let index = &mut self.index;
        each_text(&held, |n, text| {
            index.text(record, n * APART, text, |word| sketcher.word(word));
        });
        Meta::of(&held, work, sketcher.finish()).encode(&mut self.metas);
        self.contents.extend_from_slice(&held.encode());
        self.ends.push(self.contents.len() as u32);
    }

    fn finish(self) -> Sections {
        let (words, posts) = self.index.finish();
        let Self { first, metas, ends, contents, .. } = self;
        Sections { first, metas, ends, words, posts, contents }
    }
}

/// What of a record is searched.
pub(super) fn each_text(held: &Held, mut each: impl FnMut(u32, &str)) {
    match held {
        Held::Part(entry) => match &entry.part {
            Part::Text(text) => each(0, text),
            Part::Attachment(attachment) => each(0, &attachment.name),
            _ => {}
        },
        Held::Work(signed, true) => {
            let act = signed.event().map(|event| event.act);
            if let Ok(Act::Note { text, .. } | Act::Draft { text, .. }) = act {
                each(0, &text);
            }
        }
        _ => {}
    }
}
