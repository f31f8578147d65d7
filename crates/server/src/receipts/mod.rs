//! Receipts, and the checkpoints that everybody may have (docs/FORMAT.md §21).
//!
//! The log's own checkpoints go to desks alone: they would show when something arrives. What is published
//! grows by the same number of records at each turn of the clock, whatever came ([`publishing`]).

pub(crate) mod http;
mod publishing;

use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use payamgir_ledger::Failed;
use payamgir_log::{Code, Error, Hash, Log, RECEIPT_RECORDS, Reader, Salt, write_receipt};

use crate::world::World;

/// Receipts there may be however small the log is; beyond that two for each record: who asks again and again
/// for receipts of the same records fills no disk.
const RECEIPTS: u64 = 100_000;
/// Bytes of what a receipt stands for: its salt, how many records, and each of them; always as many.
const INSIDE: usize = 16 + 1 + 8 * RECEIPT_RECORDS;

/// When and how the log is published.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Seconds from one turn to the next, which are at multiples of it; 0 for never, and no receipts.
    pub every: u64,
    /// Records by which what is published grows at a turn.
    pub step: u64,
}

/// The server's receipts.
pub struct Receipts {
    ledger: payamgir_ledger::Receipts,
    clock: Clock,
    world: World,
}

/// What a code finds.
pub(crate) enum Found {
    /// No receipt of this server.
    Nothing,
    /// Its records are in the log, and are published in so many seconds at the earliest.
    Waits(u64),
    /// They are, and nothing is published any more.
    Never,
    /// The proofs as they travel, and of how many records.
    Proofs(String, u64),
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Unread;

/// What a receipt stands for.
struct Inside {
    salt: Salt,
    records: Vec<u64>,
}

impl Receipts {
    /// Opens `receipts.db` in a folder, or makes it.
    pub fn open(folder: &Path, clock: Clock, world: World) -> Result<Self, Failed> {
        let ledger = payamgir_ledger::Receipts::open(&folder.join("receipts.db"))?;
        Ok(Self { ledger, clock, world })
    }

    /// Whether there are any.
    pub(crate) fn are_given(&self) -> bool {
        self.clock.every > 0
    }

    /// The code of records; `None` where there are none or too many, or too many receipts. Blocks.
    pub(crate) fn give(
        &self,
        log: &Log,
        records: &[u64],
        salt: Salt,
    ) -> Result<Option<Code>, Unread> {
        let mut records = records.to_vec();
        records.sort_unstable();
        records.dedup();
        if records.is_empty() || records.len() > RECEIPT_RECORDS || !self.are_given() {
            return Ok(None);
        }
        let reader = log.reader()?;
        let contents = records.iter().map(|index| Ok(reader.record(*index)?.content()));
        let code = Code::of(&salt, contents.collect::<Result<Vec<Hash>, Error>>()?);
        let sealed = Inside { salt, records }.seal(code).ok_or(Unread)?;
        let most = RECEIPTS + 2 * reader.size()?;
        Ok(self.ledger.keep(&code.id(), &sealed, most)?.then_some(code))
    }

    /// The proofs that the records of a code are in what was published last. Blocks.
    pub(crate) fn find(&self, log: &Log, code: Code) -> Result<Found, Unread> {
        let Some(sealed) = self.ledger.find(&code.id())? else { return Ok(Found::Nothing) };
        let inside = Inside::open(&sealed, code).ok_or(Unread)?;
        let (reader, last) = (log.reader()?, inside.records.last().copied().unwrap_or(0));
        let size = reader.size()?;
        let published = self.ledger.published()?;
        match published.filter(|published| (last + 1..=size).contains(&published.size)) {
            Some(published) => inside.prove(&reader, (published.size, &published.note)),
            None if self.are_given() => Ok(Found::Waits(self.until())),
            None => Ok(Found::Never),
        }
    }

    /// The checkpoint that was published last.
    pub(crate) fn published(&self) -> Result<Option<String>, Unread> {
        Ok(self.ledger.published()?.map(|published| published.note))
    }

    /// Seconds until the next turn. How much waits for it, and whether one turn is enough, is told to nobody.
    pub(crate) fn until(&self) -> u64 {
        let every = self.clock.every.max(1);
        every - (self.world.now)() % every
    }
}

impl Inside {
    /// Sealed under its code, which only its holder has. One code has one salt, so one key seals one thing.
    fn seal(&self, code: Code) -> Option<Vec<u8>> {
        let mut plain = Vec::with_capacity(INSIDE);
        plain.extend_from_slice(&self.salt);
        plain.push(u8::try_from(self.records.len()).ok()?);
        self.records.iter().for_each(|record| plain.extend_from_slice(&record.to_be_bytes()));
        plain.resize(INSIDE, 0);
        cipher(code).encrypt(&XNonce::default(), &plain[..]).ok()
    }

    fn open(sealed: &[u8], code: Code) -> Option<Self> {
        let plain = cipher(code).decrypt(&XNonce::default(), sealed).ok()?;
        let (salt, rest) = plain.split_first_chunk()?;
        let (count, records) = rest.split_first()?;
        let records = records.as_chunks::<8>().0.get(..usize::from(*count))?;
        let records = records.iter().map(|record| u64::from_be_bytes(*record)).collect();
        Some(Self { salt: *salt, records })
    }

    fn prove(&self, reader: &Reader, published: (u64, &str)) -> Result<Found, Unread> {
        let prove = |index: &u64| reader.proof(*index, published);
        let proofs: Vec<_> = self.records.iter().map(prove).collect::<Result<_, _>>()?;
        Ok(Found::Proofs(write_receipt(&self.salt, &proofs), proofs.len() as u64))
    }
}

fn cipher(code: Code) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&code.key()).into())
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Unread> + Send + 'static,
) -> Result<T, Unread> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Unread)?
}

impl From<Error> for Unread {
    fn from(_: Error) -> Self {
        Self
    }
}

impl From<Failed> for Unread {
    fn from(_: Failed) -> Self {
        Self
    }
}
