//! Taking submissions: what every way in shares, a turn, a place in the log, a seal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use payamgir_log::{Error, Kind, Log, PendingBlob};
use payamgir_seal::seal_entry;
use payamgir_wire::Entry;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use crate::desk::Desk;
use crate::flood::{Admitted, Flood, KeptOut, Ticket};
use crate::guard::{Guarded, Watch};
use crate::journal::{Event, Journal};
use crate::pages::Problem;
use crate::receipts::Receipts;
use crate::returning::Returning;
use crate::settings::Settings;
use crate::uploads::Uploads;
use crate::world::World;

/// Takes submissions.
pub(crate) struct Intake {
    pub settings: Arc<Settings>,
    pub log: Log,
    pub desk: Desk,
    pub world: World,
    pub journal: Journal,
    pub returning: Arc<Returning>,
    pub receipts: Arc<Receipts>,
    pub flood: Arc<Flood>,
    /// Turns to send a file.
    pub turns: Semaphore,
    /// Turns to read an upload that is whole: no line is waited for in them.
    pub adopting: Semaphore,
    pub uploads: Arc<Uploads>,
    /// How many files wait for a turn.
    pub waiting: Arc<AtomicU64>,
    /// Cancelled when the grace of a stop is over.
    pub cut_off: CancellationToken,
}

impl Intake {
    /// A request's body, watched.
    pub(crate) fn guarded(&self, body: Body) -> (Guarded, Watch) {
        let watch = Watch::beside(&self.waiting);
        let limits = self.settings.limits;
        (Guarded::new(body, watch.clone(), limits, self.cut_off.clone()), watch)
    }

    /// A turn to send a file; `None` where there was none in time. Who waits makes those who have
    /// one hurry.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(turn) = self.turns.try_acquire() {
            return Some(turn);
        }
        let _counted = Waiting::new(&self.waiting);
        let wait = self.settings.limits.upload_wait;
        tokio::time::timeout(wait, self.turns.acquire()).await.ok()?.ok()
    }

    /// Lets somebody in, or says what is to be done first.
    pub(crate) async fn let_in(&self, ticket: &Ticket) -> Result<Admitted, KeptOut> {
        let passed = self.flood.let_in(ticket, self.log.filled()).await;
        if let Err(kept_out) = &passed
            && self.flood.is_news()
        {
            (self.journal)(if kept_out.full { Event::ShareFull } else { Event::Flooded });
        }
        passed
    }

    /// Whether one more piece is taken of who was let in.
    pub(crate) async fn takes_more(&self, admitted: &mut Admitted) -> bool {
        self.flood.takes_more(admitted, self.log.filled()).await
    }

    /// Whether the storage still has room for what somebody is sending who was let in.
    pub(crate) async fn has_room_for(&self, admitted: &mut Admitted) -> bool {
        self.flood.has_room_for(admitted, self.log.filled()).await
    }

    /// Seals an entry and adds it. The answer is durable.
    pub(crate) async fn append(
        &self,
        entry: Entry,
        blobs: Vec<PendingBlob>,
    ) -> Result<u64, Problem> {
        let body = entry.encode().map_err(|_| Problem::Internal)?;
        let sealed = seal_entry(&self.desk.now().recipient, &body);
        drop(body);
        let appended = match sealed {
            Ok(sealed) => self.log.append(Kind::ENTRY, sealed, blobs).await,
            Err(error) => Err(error.into()),
        };
        appended.map_err(|error| self.storage_problem(error))
    }

    pub(crate) fn storage_problem(&self, error: Error) -> Problem {
        match error {
            Error::Full => {
                (self.journal)(Event::StorageFull);
                Problem::Full
            }
            other => {
                (self.journal)(Event::StorageFailed(other));
                Problem::Internal
            }
        }
    }
}

/// Whether a request is let in: asked once, before the first thing of it is kept, with what it brought until then.
pub(crate) enum Entrance {
    Waits(Ticket),
    In(Admitted),
    /// Nothing of it is taken.
    KeptOut(KeptOut),
}

impl Entrance {
    /// What it brings besides; too late once it was asked.
    pub(crate) fn bring(&mut self, add: impl FnOnce(&mut Ticket)) {
        if let Self::Waits(ticket) = self {
            add(ticket);
        }
    }

    /// Asks, the first time.
    pub(crate) async fn enter(&mut self, intake: &Intake) -> Option<&mut Admitted> {
        if let Self::Waits(ticket) = self {
            *self = match intake.let_in(ticket).await {
                Ok(admitted) => Self::In(admitted),
                Err(kept_out) => Self::KeptOut(kept_out),
            };
        }
        if let Self::In(admitted) = self { Some(admitted) } else { None }
    }

    /// What was said where it was kept out.
    pub(crate) fn kept_out(&self) -> Option<&KeptOut> {
        if let Self::KeptOut(kept_out) = self { Some(kept_out) } else { None }
    }
}

/// Counted while it lives.
pub(crate) struct Waiting<'a>(&'a AtomicU64);

impl<'a> Waiting<'a> {
    pub(crate) fn new(count: &'a AtomicU64) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
