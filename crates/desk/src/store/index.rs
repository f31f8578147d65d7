//! The words of a segment: a sorted dictionary, and for each word the records it is in, with its
//! places there.
//!
//! Postings of neighbouring words lie beside each other, so that all words that begin alike are
//! one stretch of bytes. For each record: the distance from the record before, the number of
//! places, then each place's distance from the one before it, times two, plus one where the word
//! spans several written pieces and their number follows.

use std::collections::HashMap;

use payamgir_text::search::each_token;
use zeroize::Zeroize;

use super::bytes::{put, take};

/// Collects the words of records, in their order.
#[derive(Default)]
pub(super) struct Indexer {
    words: HashMap<Box<str>, Posting>,
}

/// One word's records so far.
#[derive(Default)]
struct Posting {
    done: Vec<u8>,
    /// The record whose places are being collected, and the last one written.
    record: Option<u32>,
    written: u32,
    places: Vec<(u32, u32)>,
}

/// The dictionary.
#[derive(Default)]
pub(super) struct Words {
    /// All words, one after another, sorted.
    all: String,
    /// Where each ends.
    ends: Vec<u32>,
    /// Where each word's postings end.
    posts: Vec<u32>,
}

/// Where a word stands in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Counted in written pieces.
    pub(super) at: u32,
    /// The pieces it spans.
    pub(super) width: u32,
}

impl Indexer {
    /// Takes the words of a text of `record` (its place in the segment). The places of several texts
    /// of one record are far apart. Calls `each` with every written piece.
    pub(super) fn text(&mut self, record: u32, from: u32, text: &str, mut each: impl FnMut(&str)) {
        each_token(text, |word, _, _, place, width| {
            if width == 1 {
                each(word);
            }
            let posting = match self.words.get_mut(word) {
                Some(posting) => posting,
                None => self.words.entry(word.into()).or_default(),
            };
            posting.add(record, from.saturating_add(place), width);
        });
    }

    /// The dictionary and the postings.
    pub(super) fn finish(self) -> (Words, Vec<u8>) {
        let mut sorted: Vec<(Box<str>, Posting)> = self.words.into_iter().collect();
        sorted.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let (mut words, mut posts) = (Words::default(), vec![]);
        for (word, mut posting) in sorted {
            posting.flush();
            posts.append(&mut posting.done);
            words.all.push_str(&word);
            words.ends.push(words.all.len() as u32);
            words.posts.push(posts.len() as u32);
        }
        (words, posts)
    }
}

impl Posting {
    fn add(&mut self, record: u32, place: u32, width: u32) {
        if self.record != Some(record) {
            self.flush();
            self.record = Some(record);
        }
        self.places.push((place, width));
    }

    fn flush(&mut self) {
        let Some(record) = self.record.take() else { return };
        put(&mut self.done, record - self.written);
        self.written = record;
        self.places.sort_unstable();
        put(&mut self.done, self.places.len() as u32);
        let mut before = 0;
        for (place, width) in self.places.drain(..) {
            put(&mut self.done, (place - before) << 1 | u32::from(width > 1));
            if width > 1 {
                put(&mut self.done, width);
            }
            before = place;
        }
    }
}

impl Words {
    /// The word of that number.
    fn word(&self, n: usize) -> &str {
        let start = n.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.all[start..self.ends[n] as usize]
    }

    /// The stretch of postings of the words that begin so; of that word alone where `whole`.
    /// `None` where there is none.
    pub(super) fn stretch(&self, start: &str, whole: bool) -> Option<(u32, u32)> {
        let first = self.partition(|word| word < start);
        let last = match whole {
            true => first + usize::from(first < self.ends.len() && self.word(first) == start),
            false => self.partition(|word| word < start || word.starts_with(start)),
        };
        let begin = first.checked_sub(1).map_or(0, |before| self.posts[before]);
        (last > first).then(|| (begin, self.posts[last - 1]))
    }

    /// The postings of each word in a stretch end here.
    fn ends_in(&self, (begin, end): (u32, u32)) -> &[u32] {
        let first = self.posts.partition_point(|post| *post <= begin);
        let last = self.posts.partition_point(|post| *post < end);
        &self.posts[first..=last.min(self.posts.len() - 1)]
    }

    fn partition(&self, before: impl Fn(&str) -> bool) -> usize {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = (low + high) / 2;
            if before(self.word(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Hands over each record in a stretch of postings, with the word's places in it. A record
    /// comes once for each word. `false` where the postings are damaged.
    pub(super) fn each_record(
        &self,
        stretch: (u32, u32),
        mut posts: &[u8],
        mut each: impl FnMut(u32, &[Place]),
    ) -> bool {
        let mut places = vec![];
        let mut at = stretch.0;
        for end in self.ends_in(stretch) {
            let Some((mut own, rest)) = posts.split_at_checked((end - at) as usize) else {
                return false;
            };
            (posts, at) = (rest, *end);
            let mut record = 0;
            while !own.is_empty() {
                let Some(step) = record_of(&mut own, &mut places) else { return false };
                record += step;
                each(record, &places);
            }
        }
        true
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend((self.ends.len() as u32).to_le_bytes());
        self.ends.iter().chain(&self.posts).for_each(|n| out.extend(n.to_le_bytes()));
        out.extend(self.all.as_bytes());
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (count, rest) = bytes.split_first_chunk::<4>()?;
        let count = u32::from_le_bytes(*count) as usize;
        let (ends, rest) = rest.split_at_checked(count.checked_mul(4)?)?;
        let (posts, all) = rest.split_at_checked(count * 4)?;
        let (ends, posts) = (super::bytes::numbers(ends), super::bytes::numbers(posts));
        let all = String::from_utf8(all.to_vec()).ok()?;
        let sorted = ends.is_sorted() && posts.is_sorted();
        let whole = ends.last().is_none_or(|end| *end as usize == all.len());
        let between = ends.iter().all(|end| all.is_char_boundary(*end as usize));
        (sorted && whole && between).then_some(Self { all, ends, posts })
    }

    /// Bytes of all postings.
    pub(super) fn posts(&self) -> u32 {
        self.posts.last().copied().unwrap_or(0)
    }
}

/// The next record's distance, its places into `places`.
fn record_of(own: &mut &[u8], places: &mut Vec<Place>) -> Option<u32> {
    let step = take(own)?;
    let count = take(own)?;
    places.clear();
    let mut at = 0u32;
    for _ in 0..count {
        let coded = take(own)?;
        at = at.checked_add(coded >> 1)?;
        let width = if coded & 1 == 1 { take(own)? } else { 1 };
        places.push(Place { at, width });
    }
    Some(step)
}

impl Drop for Words {
    fn drop(&mut self) {
        self.all.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(words: &Words, posts: &[u8], start: &str, whole: bool) -> Vec<(u32, Vec<u32>)> {
        let mut found = vec![];
        if let Some((begin, end)) = words.stretch(start, whole) {
            let own = &posts[begin as usize..end as usize];
            assert!(words.each_record((begin, end), own, |record, places| {
                found.push((record, places.iter().map(|place| place.at).collect()));
            }));
        }
        found.sort();
        found
    }

    #[test]
    fn words_are_found_with_their_records_and_places() {
        let mut indexer = Indexer::default();
        let texts = ["the meeting met", "", "the other met meeting meet", "the"];
        for (record, text) in texts.iter().enumerate() {
            indexer.text(record as u32, 0, text, |_| {});
        }
        let (words, posts) = indexer.finish();
        let mut bytes = vec![];
        words.encode(&mut bytes);
        let words = Words::decode(&bytes).unwrap();
        assert_eq!(records(&words, &posts, "meet", true), [(2, vec![4])]);
        assert_eq!(
            records(&words, &posts, "meet", false),
            [(0, vec![1]), (2, vec![3]), (2, vec![4])]
        );
        assert_eq!(records(&words, &posts, "the", true).len(), 3);
        assert_eq!(records(&words, &posts, "", false).len(), 3 + 1 + 1 + 2 + 2);
        assert!(records(&words, &posts, "zz", false).is_empty());
        assert!(records(&words, &posts, "a", true).is_empty());
    }

    #[test]
    fn damaged_dictionaries_are_refused() {
        let mut indexer = Indexer::default();
        indexer.text(0, 0, "a bc def", |_| {});
        let mut bytes = vec![];
        indexer.finish().0.encode(&mut bytes);
        for cut in 0..bytes.len() {
            assert!(Words::decode(&bytes[..cut]).is_none(), "{cut}");
        }
        bytes[4] = 200;
        assert!(Words::decode(&bytes).is_none());
    }
}
