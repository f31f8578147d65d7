//! The store: segments on the disk, blocks in memory, and the catalog over both.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use payamgir_log::Reader;
use payamgir_open::Keyring;

use super::build::{build, each_on};
use super::catalog::Catalog;
use super::held::{Held, Meta, called, dropbox};
use super::search::{Found, Search};
use super::segment::Segment;
use super::vault::{StoreError, Vault};
use super::{BLOCK, SEGMENT};

/// What was opened, and how to find it.
pub struct Store {
    maker: Arc<Maker>,
    segments: Vec<Segment>,
    /// Of [`BLOCK`] records each, but for the last.
    blocks: Vec<Segment>,
    catalog: Catalog,
}

/// Makes segments, beside whoever reads those there are.
pub struct Maker {
    vault: Vault,
    /// Where the copy of the log is.
    log: PathBuf,
    threads: usize,
}

/// How far reading is: records done. Shared with whoever shows it.
pub type Progress = AtomicU64;

impl Store {
    /// A store in `vault` of the log's copy in `log`, empty until it is told to [`Store::read`].
    pub fn new(vault: Vault, log: &Path, threads: usize) -> Self {
        let (segments, blocks, catalog) = (vec![], vec![], Catalog::default());
        let maker = Arc::new(Maker { vault, log: log.to_owned(), threads });
        Self { maker, segments, blocks, catalog }
    }

    /// What makes its segments.
    pub fn maker(&self) -> Arc<Maker> {
        self.maker.clone()
    }

    /// Records read so far.
    pub fn size(&self) -> u64 {
        self.catalog.size()
    }

    /// Reads the log's copy up to `size`: what the disk has from there, the rest by opening it.
    pub fn read(&mut self, keys: &Keyring, size: u64, done: &Progress) -> Result<(), StoreError> {
        let whole = size / SEGMENT;
        let from = self.segments.len() as u64;
        let (taken, whole_from) = (self.catalog.size(), from.min(whole));
        self.maker.make_missing(keys, (whole_from, whole), done)?;
        for number in whole_from..whole {
            let mut segment =
                Segment::in_vault(self.vault(), &name(number))?.ok_or(StoreError::Form)?;
            done.fetch_max((number + 1) * SEGMENT, Ordering::Relaxed);
            let new = taken.saturating_sub(segment.first) as usize;
            let metas = std::mem::take(&mut segment.metas);
            self.segments.push(segment);
            self.list(metas.get(new..).unwrap_or_default());
        }
        let in_segments = whole * SEGMENT;
        self.blocks.retain(|block| block.first >= in_segments);
        self.read_blocks(keys, (in_segments, size))
    }

    /// Opens what no segment holds. Full blocks stay as they are.
    fn read_blocks(&mut self, keys: &Keyring, (from, to): (u64, u64)) -> Result<(), StoreError> {
        if self.blocks.last().is_some_and(|last| u64::from(last.count) < BLOCK) {
            self.blocks.pop();
        }
        let from = self.blocks.last().map_or(from, |last| last.first + BLOCK);
        let spans: Vec<(u64, u64)> = (from..to)
            .step_by(BLOCK as usize)
            .map(|first| (first, (first + BLOCK).min(to)))
            .collect();
        let made = std::sync::Mutex::new(vec![]);
        let unseen = Progress::default();
        each_on(self.maker.threads, &spans, |span| {
            let sections = build(&Reader::open(&self.maker.log)?, keys, *span, &unseen)?;
            let segment = Segment::in_memory(sections.encode())?;
            made.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(segment);
            Ok(())
        })?;
        let mut made = made.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        made.sort_by_key(|segment| segment.first);
        for mut block in made {
            let metas = std::mem::take(&mut block.metas);
            let new = self.catalog.size().saturating_sub(block.first) as usize;
            self.blocks.push(block);
            self.list(metas.get(new..).unwrap_or_default());
        }
        Ok(())
    }

    /// Puts the next records into the catalog.
    fn list(&mut self, metas: &[Meta]) {
        for meta in metas {
            let record = self.catalog.size();
            let alias = meta.alias.then(|| self.alias(record)).flatten();
            self.catalog.take(meta, || alias);
        }
    }

    /// What a source's submissions are joined by: the alias, and what tells two of one alias apart.
    fn alias(&self, record: u64) -> Option<Box<str>> {
        let Ok(Held::Part(entry)) = self.held(record) else { return None };
        let (called, dropbox) = (called(&entry)?, dropbox(&entry).map(|dropbox| dropbox.id));
        let person = entry.origin.and_then(|origin| origin.person).or(dropbox);
        Some(person.map_or(called.clone(), |person| format!("{called}\0{person}")).into())
    }

    /// What there is.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// A record, opened.
    pub fn held(&self, record: u64) -> Result<Held, StoreError> {
        let segment = match self.segments.get((record / SEGMENT) as usize) {
            Some(segment) => segment,
            None => {
                let first = self.segments.len() as u64 * SEGMENT;
                let at = record.checked_sub(first).map(|at| at / BLOCK);
                let block = at.and_then(|at| self.blocks.get(at as usize));
                block.ok_or(StoreError::Form)?
            }
        };
        segment.held(record)
    }

    /// Finds conversations by their words, the newest first. `belongs` tells a record's conversation and group,
    /// or that the record is not wanted.
    pub fn search(
        &self,
        search: &Search<'_>,
        belongs: impl FnMut(u64) -> Option<(u64, u64)>,
    ) -> Result<Found, StoreError> {
        search.run(self.blocks.iter().rev().chain(self.segments.iter().rev()), belongs)
    }

    /// Makes anew what holds a record whose content must go, or has come: an erasure, a key that was
    /// forgotten. The catalog is made anew too.
    pub fn renew(&mut self, keys: &Keyring, records: &[u64]) -> Result<(), StoreError> {
        let size = self.size();
        for record in records {
            let number = record / SEGMENT;
            if number < size / SEGMENT {
                self.vault().remove(&name(number))?;
            }
        }
        self.segments.clear();
        self.blocks.clear();
        self.catalog = Catalog::default();
        self.read(keys, size, &Progress::default())
    }

    /// The vault, for what else is kept under the same key.
    pub fn vault(&self) -> &Vault {
        &self.maker.vault
    }
}

impl Maker {
    /// Makes the whole segments of the records below `size` that are not there. The disk must have
    /// been looked through once: only those after the last one there are made.
    pub fn make(&self, keys: &Keyring, size: u64, done: &Progress) -> Result<(), StoreError> {
        let have = self.vault.names("segment-")?.len() as u64;
        let whole = size / SEGMENT;
        self.make_missing(keys, (have.min(whole), whole), done)
    }

    /// Makes the segments that are not on the disk, or not usable there.
    fn make_missing(
        &self,
        keys: &Keyring,
        (from, to): (u64, u64),
        done: &Progress,
    ) -> Result<(), StoreError> {
        let usable = |number: &u64| matches!(self.look(*number), Ok(true));
        let missing: Vec<u64> = (from..to).filter(|number| !usable(number)).collect();
        let have = (to - from - missing.len() as u64) * SEGMENT;
        done.store(from * SEGMENT + have, Ordering::Relaxed);
        each_on(self.threads, &missing, |number| {
            let reader = Reader::open(&self.log)?;
            let span = (number * SEGMENT, (number + 1) * SEGMENT);
            let sections = build(&reader, keys, span, done)?;
            self.vault.write(&name(*number), &sections.encode())
        })
    }

    fn look(&self, number: u64) -> Result<bool, StoreError> {
        let segment = Segment::in_vault(&self.vault, &name(number))?;
        Ok(segment.is_some_and(|s| s.first == number * SEGMENT && u64::from(s.count) == SEGMENT))
    }
}

fn name(number: u64) -> String {
    format!("segment-{number:08}.age")
}
