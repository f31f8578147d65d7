//! Receipts, and the checkpoints that everybody may have (docs/FORMAT.md §21).
//!
//! The log's own checkpoints go to desks alone: they would show when something arrives. What is published
//! grows by the same number of records at each turn of the clock, whatever came: where too little came,
//! records that are nothing are added, and where too much did, the rest waits for the next turns.

pub(crate) mod http;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use payamgir_ledger::{Failed, Published};
use payamgir_log::{Code, Error, Kind, Log, RECEIPT_RECORDS};
use tokio::task::JoinSet;

use crate::journal::{Event, Journal};
use crate::world::World;

/// Turns in which what waits should be published; else each turn takes twice as much.
const BACKLOG: u64 = 24;
/// Longest sleep in seconds: a clock may be set anew.
const LOOK: u64 = 30;
/// Places that are kept for each record of the log, and some more: who asks again and again for receipts
/// of the same records fills no disk.
const PLACES: u64 = 4;

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
    /// Its records are in the log, and are published within so many seconds at the earliest.
    Waits(u64),
    /// The proofs, one after another, and how many.
    Proofs(String, u64),
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) struct Unread;

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

    /// The code of records, by which the server finds them again, and the seconds until it can be checked, at
    /// the earliest. `None` where there are too many records, or none. Blocks.
    pub(crate) fn give(&self, log: &Log, records: &[u64]) -> Result<Option<(Code, u64)>, Unread> {
        if records.is_empty() || records.len() > RECEIPT_RECORDS || !self.are_given() {
            return Ok(None);
        }
        let mut records = records.to_vec();
        records.sort_unstable();
        records.dedup();
        let last = *records.last().ok_or(Unread)?;
        let reader = log.reader()?;
        let leaves = records.iter().map(|index| Ok(reader.record(*index)?.leaf()));
        let code = Code::of(leaves.collect::<Result<Vec<_>, Error>>()?);
        let places: Vec<_> = (0..).map(|place| code.place(place)).zip(records).collect();
        let most = 4096 + PLACES * reader.size()?;
        let seconds = self.wait(log, last)?;
        Ok(self.ledger.keep(&places, most)?.then_some((code, seconds)))
    }

    /// The proofs that the records of a code are in what was published last. Blocks.
    pub(crate) fn find(&self, log: &Log, code: Code) -> Result<Found, Unread> {
        let mut records = vec![];
        for place in 0..RECEIPT_RECORDS as u8 {
            match self.ledger.record(&code.place(place))? {
                Some(record) => records.push(record),
                None => break,
            }
        }
        let Some(last) = records.last() else { return Ok(Found::Nothing) };
        let published = self.ledger.published()?.filter(|published| published.size > *last);
        let Some(published) = published else { return Ok(Found::Waits(self.wait(log, *last)?)) };
        let (reader, mut proofs) = (log.reader()?, String::new());
        for index in &records {
            let proof = reader.proof(*index, (published.size, &published.note))?;
            proofs.push_str(&proof.to_string());
        }
        Ok(Found::Proofs(proofs, records.len() as u64))
    }

    /// The checkpoint that was published last.
    pub(crate) fn published(&self) -> Result<Option<String>, Unread> {
        Ok(self.ledger.published()?.map(|published| published.note))
    }

    /// Seconds until a record is published.
    fn wait(&self, log: &Log, record: u64) -> Result<u64, Unread> {
        let (size, step) = self.next(log.reader()?.size()?)?;
        let turns = (record + 1).saturating_sub(size).div_ceil(step.max(1));
        Ok(self.until() + turns * self.clock.every)
    }

    /// Seconds until the next turn.
    fn until(&self) -> u64 {
        let every = self.clock.every.max(1);
        every - (self.world.now)() % every
    }

    /// How large what is published is after the next turn, and the step by which it grows; `size` is the log's.
    fn next(&self, size: u64) -> Result<(u64, u64), Unread> {
        let step = self.clock.step.max(1);
        let last = self.ledger.published()?.map(|last| (last.size, last.step.max(step)));
        let (last, mut step) = last.unwrap_or((size / step * step, step));
        while size.saturating_sub(last + step) > BACKLOG * step {
            step *= 2;
        }
        Ok((last + step, step))
    }

    /// Publishes at each turn of the clock, for as long as the server runs.
    pub(crate) async fn keep_publishing(self: Arc<Self>, log: Log, journal: Journal) {
        while self.are_given() {
            let turn = (self.world.now)() / self.clock.every;
            while (self.world.now)() / self.clock.every == turn {
                tokio::time::sleep(Duration::from_secs(self.until().min(LOOK))).await;
            }
            if self.publish(&log).await.is_err() {
                journal(Event::PublishFailed);
            }
        }
    }

    /// Fills up what is published next, and has it signed. What stops it in between changes nothing that
    /// can be seen: the next turn goes on from what was published last.
    async fn publish(self: &Arc<Self>, log: &Log) -> Result<(), Unread> {
        let (reading, receipts) = (log.clone(), self.clone());
        let read = move || {
            let size = reading.reader()?.size()?;
            Ok((size, receipts.next(size)?))
        };
        let (size, (next, step)) = blocking(read).await?;
        let missing = next.saturating_sub(size);
        // A log that is shorter than what was published is another one, or an old copy.
        if missing > step {
            return Err(Unread);
        }
        let mut adding = JoinSet::new();
        for _ in 0..missing {
            let (log, body) = (log.clone(), self.world.bytes::<32>().to_vec());
            adding.spawn(async move { log.append(Kind::FILLER, body, vec![]).await });
        }
        while let Some(added) = adding.join_next().await {
            added.map_err(|_| Unread)??;
        }
        let (log, receipts) = (log.clone(), self.clone());
        blocking(move || {
            let note = String::from_utf8(log.checkpoint_of(next)?).map_err(|_| Unread)?;
            Ok(receipts.ledger.publish(&Published { size: next, step, note })?)
        })
        .await
    }
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
