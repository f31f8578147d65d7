//! A stretch of the log, opened and indexed: written once, read in parts.
//!
//! ```text
//! form u32 ‖ first record u64 ‖ records u32 ‖ offsets of the sections u64 × 4
//! metas, META_BYTES each ‖ ends of the contents, u32 each
//! dictionary ‖ postings ‖ contents
//! ```
//!
//! Numbers are little-endian. The first line of sections is read at each unlocking; postings and
//! contents only where they are asked for.

use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::bytes::numbers;
use super::held::{Held, META_BYTES, Meta};
use super::index::{Place, Words};
use super::vault::{self, Sealed, StoreError, Vault};

/// Changes when what is kept of a record changes, or how words are folded: older segments are made
/// again.
const FORM: u32 = 2;
const HEAD_BYTES: usize = 4 + 8 + 4 + 4 * 8;
/// Largest section that is read at once.
const SECTION_BYTES: u64 = 1 << 30;

/// A stretch of the log.
pub(super) struct Segment {
    /// Its first record.
    pub(super) first: u64,
    /// What the lists show of each record, until the catalog has taken it.
    pub(super) metas: Vec<Meta>,
    /// Records in it.
    pub(super) count: u32,
    ends: Vec<u32>,
    words: Words,
    posts_at: u64,
    contents_at: u64,
    from: From,
}

/// Where its bytes are.
enum From {
    Memory(Zeroizing<Vec<u8>>),
    Sealed(Box<Mutex<Sealed>>),
}

/// The sections' content, before they are put together.
pub(super) struct Sections {
    pub(super) first: u64,
    pub(super) metas: Vec<u8>,
    pub(super) ends: Vec<u32>,
    pub(super) words: Words,
    pub(super) posts: Vec<u8>,
    pub(super) contents: Zeroizing<Vec<u8>>,
}

impl Sections {
    /// The segment's bytes.
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut words = Zeroizing::new(vec![]);
        self.words.encode(&mut words);
        let sizes = [
            self.metas.len() + self.ends.len() * 4,
            words.len(),
            self.posts.len(),
            self.contents.len(),
        ];
        let all = HEAD_BYTES + sizes.iter().sum::<usize>();
        let mut out = Zeroizing::new(Vec::with_capacity(all));
        out.extend(FORM.to_le_bytes());
        out.extend(self.first.to_le_bytes());
        out.extend((self.ends.len() as u32).to_le_bytes());
        let mut at = HEAD_BYTES as u64;
        for size in sizes {
            out.extend(at.to_le_bytes());
            at += size as u64;
        }
        out.extend(&self.metas);
        self.ends.iter().for_each(|end| out.extend(end.to_le_bytes()));
        out.extend(&*words);
        out.extend(&self.posts);
        out.extend(&*self.contents);
        out
    }
}

impl Segment {
    /// One that lives in memory.
    pub(super) fn in_memory(bytes: Zeroizing<Vec<u8>>) -> Result<Self, StoreError> {
        Self::new(From::Memory(bytes))
    }

    /// The one in a file; `None` where there is none.
    pub(super) fn in_vault(vault: &Vault, name: &str) -> Result<Option<Self>, StoreError> {
        let Some(sealed) = vault.read(name)? else { return Ok(None) };
        Self::new(From::Sealed(Box::new(Mutex::new(sealed)))).map(Some)
    }

    fn new(from: From) -> Result<Self, StoreError> {
        let mut head = [0; HEAD_BYTES];
        from.read(0, &mut head)?;
        let u32_at = |at: usize| u32::from_le_bytes(std::array::from_fn(|n| head[at + n]));
        let u64_at = |at: usize| u64::from_le_bytes(std::array::from_fn(|n| head[at + n]));
        let (first, count) = (u64_at(4), u32_at(12));
        let [metas_at, words_at, posts_at, contents_at] = [16, 24, 32, 40].map(u64_at);
        if u32_at(0) != FORM || u64::from(count) > super::SEGMENT {
            return Err(StoreError::Form);
        }
        let table = from.section(metas_at, words_at)?;
        let split = count as usize * META_BYTES;
        let (metas, ends) = table.split_at_checked(split).ok_or(StoreError::Form)?;
        let metas = metas.as_chunks().0.iter().map(Meta::decode).collect::<Option<Vec<_>>>();
        let words = Words::decode(&from.section(words_at, posts_at)?);
        let (metas, words) = metas.zip(words).ok_or(StoreError::Form)?;
        let ends = numbers(ends);
        let whole = ends.len() == count as usize
            && ends.is_sorted()
            && u64::from(words.posts()) == contents_at.wrapping_sub(posts_at);
        if !whole {
            return Err(StoreError::Form);
        }
        let segment = Self { first, metas, count, ends, words, posts_at, contents_at, from };
        segment.check_end()?;
        Ok(segment)
    }

    /// Whether the last byte is there: a file that was cut ends before it.
    fn check_end(&self) -> Result<(), StoreError> {
        let end = self.ends.last().copied().unwrap_or(0);
        match end.checked_sub(1) {
            Some(last) => self.from.read(self.contents_at + u64::from(last), &mut [0]),
            None => Ok(()),
        }
    }

    /// The record, opened.
    pub(super) fn held(&self, record: u64) -> Result<Held, StoreError> {
        let at = record.checked_sub(self.first).map(|at| at as usize).ok_or(StoreError::Form)?;
        let end = *self.ends.get(at).ok_or(StoreError::Form)?;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        let mut bytes = Zeroizing::new(vec![0; (end - start) as usize]);
        self.from.read(self.contents_at + u64::from(start), &mut bytes)?;
        Held::decode(&bytes).ok_or(StoreError::Form)
    }

    /// Hands over the records (by their place here) that hold a word, with its places in them: one
    /// that begins so, or the word itself where `whole`. A record may come more than once.
    pub(super) fn each_with(
        &self,
        start: &str,
        whole: bool,
        each: impl FnMut(u32, &[Place]),
    ) -> Result<(), StoreError> {
        let Some((begin, end)) = self.words.stretch(start, whole) else { return Ok(()) };
        let mut posts = vec![0; (end - begin) as usize];
        self.from.read(self.posts_at + u64::from(begin), &mut posts)?;
        let whole = self.words.each_record((begin, end), &posts, each);
        if whole { Ok(()) } else { Err(StoreError::Form) }
    }
}

impl From {
    fn read(&self, at: u64, out: &mut [u8]) -> Result<(), StoreError> {
        match self {
            Self::Memory(bytes) => {
                let from = usize::try_from(at).ok().and_then(|at| bytes.get(at..));
                let from = from.and_then(|from| from.get(..out.len())).ok_or(StoreError::Form)?;
                out.copy_from_slice(from);
                Ok(())
            }
            Self::Sealed(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(vault::read_at(&mut file, at, out)?)
            }
        }
    }

    fn section(&self, from: u64, to: u64) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let size = to.checked_sub(from).filter(|size| *size <= SECTION_BYTES);
        let mut bytes = Zeroizing::new(vec![0; size.ok_or(StoreError::Form)? as usize]);
        self.read(from, &mut bytes)?;
        Ok(bytes)
    }
}
