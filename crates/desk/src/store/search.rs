//! Answering a query from the segments' indices, the newest first.

use std::collections::{HashMap, HashSet};

use payamgir_text::search::{Clause, Query, Term};

use super::SEGMENT;
use super::segment::Segment;
use super::vault::StoreError;

/// Records of one segment, a bit each.
struct Bits(Box<[u64; SEGMENT as usize / 64]>);

/// What to look for, and where to stop.
pub struct Search<'q> {
    /// The words; filters are the caller's.
    pub query: &'q Query,
    /// Only records below this one; what stands on the pages before is looked for too, and left out.
    pub before: u64,
    /// So many conversations.
    pub most: usize,
    /// What was found elsewhere, the newest first.
    pub beside: Vec<Hit>,
}

/// A conversation found, by its newest record that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The conversation's number.
    pub conversation: u64,
    /// The record.
    pub record: u64,
    /// Of those with one group, the first that is found stands for all.
    pub group: u64,
}

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The newest first, each conversation once.
    pub hits: Vec<Hit>,
    /// Where to go on: records below this one have not been looked at. `None` at the end.
    pub next: Option<u64>,
}

impl Search<'_> {
    /// Looks in the segments, the newest first. `belongs` tells a record's conversation and group, or that the
    /// record is not wanted.
    pub(super) fn run<'s>(
        &self,
        segments: impl Iterator<Item = &'s Segment>,
        mut belongs: impl FnMut(u64) -> Option<(u64, u64)>,
    ) -> Result<Found, StoreError> {
        let mut page = Page { search: self, seen: HashSet::new(), found: Found::default() };
        let mut beside = self.beside.iter().peekable();
        for segment in segments {
            let bits = fitting(segment, self.query)?;
            for at in bits.downwards() {
                let record = segment.first + u64::from(at);
                while let Some(hit) = beside.next_if(|hit| hit.record >= record) {
                    if page.is_full_with(*hit) {
                        return Ok(page.found);
                    }
                }
                let Some((conversation, group)) = belongs(record) else { continue };
                if page.is_full_with(Hit { conversation, record, group }) {
                    return Ok(page.found);
                }
            }
        }
        for hit in beside {
            if page.is_full_with(*hit) {
                break;
            }
        }
        Ok(page.found)
    }
}

/// What one page shows.
struct Page<'s> {
    search: &'s Search<'s>,
    /// Groups of which one stands on it or on a page before it.
    seen: HashSet<u64>,
    found: Found,
}

impl Page<'_> {
    /// Takes what was found next; whether the page is full, and the next begins with it.
    fn is_full_with(&mut self, hit: Hit) -> bool {
        if !self.seen.insert(hit.group) || hit.record >= self.search.before {
            return false;
        }
        if self.found.hits.len() == self.search.most {
            self.found.next = Some(hit.record + 1);
            return true;
        }
        self.found.hits.push(hit);
        false
    }
}

/// The records that all clauses fit.
fn fitting(segment: &Segment, query: &Query) -> Result<Bits, StoreError> {
    let mut all = Bits::first(segment.count);
    for Clause { negated, term } in &query.clauses {
        if all.is_empty() {
            break;
        }
        let with = match term {
            Term::Word { start, joined } => with_word(segment, start, joined)?,
            Term::Phrase(words) => with_phrase(segment, words)?,
        };
        all.keep(&with, *negated);
    }
    Ok(all)
}

fn with_word(segment: &Segment, start: &str, joined: &[String]) -> Result<Bits, StoreError> {
    let mut bits = Bits::none();
    segment.each_with(start, false, |record, _| bits.set(record))?;
    for start in joined {
        segment.each_with(start, false, |record, _| bits.set(record))?;
    }
    Ok(bits)
}

/// Records with the words one after another.
fn with_phrase(segment: &Segment, words: &[String]) -> Result<Bits, StoreError> {
    // For each record where the next word may stand; `None` before the first.
    let mut open: Option<HashMap<u32, Vec<u32>>> = None;
    for word in words {
        let mut next: HashMap<u32, Vec<u32>> = HashMap::new();
        segment.each_with(word, true, |record, places| {
            let after = match &open {
                None => Some(places.iter().map(|place| place.at + place.width).collect()),
                Some(open) => open.get(&record).map(|allowed| {
                    let fits = places.iter().filter(|place| allowed.contains(&place.at));
                    fits.map(|place| place.at + place.width).collect::<Vec<u32>>()
                }),
            };
            if let Some(after) = after.filter(|after| !after.is_empty()) {
                next.entry(record).or_default().extend(after);
            }
        })?;
        open = Some(next);
    }
    let mut bits = Bits::none();
    open.unwrap_or_default().into_keys().for_each(|record| bits.set(record));
    Ok(bits)
}

impl Bits {
    fn none() -> Self {
        Self(Box::new([0; SEGMENT as usize / 64]))
    }

    fn first(count: u32) -> Self {
        let mut bits = Self::none();
        (0..count).for_each(|at| bits.set(at));
        bits
    }

    fn set(&mut self, at: u32) {
        if let Some(word) = self.0.get_mut(at as usize / 64) {
            *word |= 1 << (at % 64);
        }
    }

    fn keep(&mut self, with: &Self, negated: bool) {
        let flip = if negated { u64::MAX } else { 0 };
        self.0.iter_mut().zip(with.0.iter()).for_each(|(own, with)| *own &= with ^ flip);
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The bits that are set, the last first.
    fn downwards(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().enumerate().rev().filter(|(_, word)| **word != 0).flat_map(|(at, word)| {
            let bits = (0..64).rev().filter(move |bit| word >> bit & 1 == 1);
            bits.map(move |bit| at as u32 * 64 + bit)
        })
    }
}
