//! Every finder's candidates, and which of those that overlap are kept.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::plain::Plain;
use crate::what::What;
use crate::{address, iban, link, names, numbers, place, plate};

/// Something that could tell who somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Find {
    /// Where it begins in the original, in bytes.
    pub start: usize,
    /// Where it ends in the original, in bytes, exclusive.
    pub end: usize,
    /// What it is.
    pub what: What,
}

/// A find in the folded text that another may yet displace.
pub(crate) struct Candidate {
    /// Bytes of the folded text.
    pub(crate) range: Range<usize>,
    pub(crate) what: What,
    /// How certain: of two that overlap the higher is kept, of equals the longer.
    pub(crate) rank: u8,
}

/// Everything found in `text`, sorted, not overlapping; of two that overlap the more certain is
/// kept, of equals the longer.
///
/// `names` is the desk's own list. A name is found as whole words, however its letters were typed
/// (ي or ی, with or without vowel marks, half spaces and capitals), also before a Persian ending
/// ("احمدی‌ها"). Names of fewer than two letters are passed over.
pub fn find(text: &str, names: &[String]) -> Vec<Find> {
    let plain = Plain::of(text);
    let mut all = numbers::candidates(&plain.text);
    all.extend(iban::candidates(&plain.text));
    all.extend(address::candidates(&plain.text));
    all.extend(link::candidates(&plain.text));
    all.extend(place::candidates(&plain.text));
    all.extend(plate::candidates(&plain.text));
    all.extend(names::candidates(&plain.text, names));
    let original = |(start, (end, what)): (usize, (usize, What))| {
        let range = plain.original(&(start..end))?;
        Some(Find { start: range.start, end: range.end, what })
    };
    settle(all).into_iter().filter_map(original).collect()
}

/// Keeps the best of those that overlap: start to end and kind.
fn settle(mut all: Vec<Candidate>) -> BTreeMap<usize, (usize, What)> {
    all.retain(|one| !one.range.is_empty());
    all.sort_by_key(|one| std::cmp::Reverse((one.rank, one.range.len())));
    let mut kept: BTreeMap<usize, (usize, What)> = BTreeMap::new();
    for Candidate { range, what, .. } in all {
        let before = kept.range(..range.end).next_back();
        if before.is_none_or(|(_, (end, _))| *end <= range.start) {
            kept.insert(range.start, (range.end, what));
        }
    }
    kept
}
