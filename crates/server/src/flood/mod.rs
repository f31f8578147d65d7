//! Who is let in when more comes than people send (docs/FORMAT.md §22).
//!
//! Nobody is known here, and no address is looked at. What comes with nothing has a lane of its own: it takes
//! a great deal at once, more than a day of the busiest, and then a steady trickle. When that lane is used up,
//! or the part of the storage that it may fill, a browser with scripts and the courier's program do some work and
//! go by another, which nobody fills without work; and who has a pass of the desk goes by always.

mod bucket;
pub(crate) mod connection;
mod passes;
mod work;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payamgir_ledger::Failed;
use payamgir_pass::Pass;

use crate::world::World;
use bucket::Bucket;
use passes::Passes;
pub(crate) use passes::sign;
use work::Work;

/// What a browser that is to work is told, and what it brings.
const CHALLENGE: HeaderName = HeaderName::from_static("challenge");
const PROOF: HeaderName = HeaderName::from_static("proof");
/// A pass's digits.
const PASS: HeaderName = HeaderName::from_static("pass");
/// Seconds after which who was not let in may come again.
const LATER: &str = "120";

/// What a lane bears: so many at once, and then so many in a second.
pub type Rate = (f64, f64);

/// What the lanes bear.
#[derive(Debug, Clone, Copy)]
pub struct Lanes {
    /// With nothing.
    pub plain: Rate,
    /// With a proof of work.
    pub proven: Rate,
    /// Hashes that a proof takes at most; half of it on average.
    pub work: u64,
    /// The share of the storage that what comes with nothing may fill.
    pub share: f64,
}

/// Nothing is held back.
impl Default for Lanes {
    fn default() -> Self {
        let all = (f64::INFINITY, f64::INFINITY);
        Self { plain: all, proven: all, work: 200_000, share: 1.0 }
    }
}

/// The lanes at work.
pub struct Flood {
    plain: Bucket,
    proven: Bucket,
    lanes: Lanes,
    work: Work,
    passes: Arc<Passes>,
    /// Whether it was told that some were not let in, since the last that was.
    told: AtomicBool,
}

/// What somebody brings to be let in.
#[derive(Default)]
pub(crate) struct Ticket {
    proof: Option<HeaderValue>,
    pub(crate) pass: Option<Pass>,
}

impl Ticket {
    /// What the head of a request brings.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let pass = headers.get(PASS).and_then(|value| Pass::read(value.to_str().ok()?));
        Self { proof: headers.get(PROOF).cloned(), pass }
    }
}

/// Not let in. A browser or a program may come again with the answer to this.
pub(crate) struct Challenge(HeaderValue);

impl Flood {
    /// Opens `passes.db` in a folder, or makes it.
    pub fn open(folder: &Path, lanes: Lanes, world: World) -> Result<Self, Failed> {
        let passes = Arc::new(Passes::open(folder, world.clone())?);
        let (plain, proven) = (Bucket::new(lanes.plain), Bucket::new(lanes.proven));
        let work = Work::new(lanes.work, world);
        Ok(Self { plain, proven, lanes, work, passes, told: AtomicBool::new(false) })
    }

    /// Lets in, or says what is to be solved first. `filled` is the share of the storage that is used.
    pub(crate) async fn let_in(&self, ticket: &Ticket, filled: f64) -> Result<(), Challenge> {
        if let Some(pass) = &ticket.pass
            && self.passes.clone().lets_in(pass.clone()).await
        {
            return Ok(());
        }
        if ticket.proof.as_ref().is_some_and(|proof| self.work.is_done(proof)) && self.proven.take()
        {
            return Ok(());
        }
        if filled < self.lanes.share && self.plain.take() {
            self.told.store(false, Ordering::Relaxed);
            return Ok(());
        }
        Err(Challenge(self.work.challenge()))
    }

    /// What is to be solved by who would bring much and nothing else just now; `None` where that is let in.
    pub(crate) fn ahead(&self, filled: f64) -> Option<Challenge> {
        let open = filled < self.lanes.share && self.plain.has_one();
        (!open).then(|| Challenge(self.work.challenge()))
    }

    /// Whether it is the first that was not let in, after some that were.
    pub(crate) fn is_news(&self) -> bool {
        !self.told.swap(true, Ordering::Relaxed)
    }

    /// Whether a desk has given out passes.
    pub(crate) fn has_given(&self) -> bool {
        self.passes.has_signed()
    }
}

impl IntoResponse for Challenge {
    fn into_response(self) -> Response {
        let later = HeaderValue::from_static(LATER);
        (StatusCode::SERVICE_UNAVAILABLE, [(CHALLENGE, self.0), (header::RETRY_AFTER, later)])
            .into_response()
    }
}
