//! Who is let in when more comes than people send (docs/FORMAT.md §22).
//!
//! Nobody is known here, and no address is looked at. What comes with nothing has a lane of its own: it takes
//! a great deal at once, more than a day of the busiest, and then a steady trickle. When that lane is used up,
//! or the part of the storage that it may fill, who comes back a little later has a lane for that; a browser with
//! scripts and the courier's program do some work and go by a third, which nobody fills without work; and who has
//! a pass of the desk goes by always.

mod bucket;
pub(crate) mod connection;
mod passes;
mod spent;
mod turns;
mod work;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payamgir_ledger::Failed;
use payamgir_pass::Pass;

use crate::pages::Problem;
use crate::world::World;
use bucket::Bucket;
use passes::Passes;
pub(crate) use passes::sign;
use turns::{Look, Turns};
use work::Work;

/// What a browser that is to work is told, and what it brings.
const CHALLENGE: HeaderName = HeaderName::from_static("challenge");
const PROOF: HeaderName = HeaderName::from_static("proof");
/// A pass's digits.
const PASS: HeaderName = HeaderName::from_static("pass");
/// A turn, for who finds no room for its work.
const TURN: HeaderName = HeaderName::from_static("turn");
/// Seconds after which who was not let in may come again.
const LATER: &str = "120";
/// The share of the storage that what did some work may fill: the rest is for who has a pass.
const PROVEN_SHARE: f64 = 0.95;
/// Pieces that one proof of work lets in.
const PIECES: u32 = 16;
/// Seconds in which as many may come back as the trickle lets in.
const BACK: f64 = 20.0;

/// What a lane bears: so many at once, and then so many in a second.
pub type Rate = (f64, f64);

/// What the lanes bear.
#[derive(Debug, Clone, Copy)]
pub struct Lanes {
    /// With nothing; who comes back has as many in a second again.
    pub plain: Rate,
    /// With a proof of work.
    pub proven: Rate,
    /// Hashes that a proof takes at most; half of it on average, and up to eight times as many under load.
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
    turns: Turns,
    work: Work,
    passes: Arc<Passes>,
    /// Whether it was told that some were not let in, since the last that was.
    told: AtomicBool,
}

/// What somebody brings to be let in.
#[derive(Default, Clone)]
pub(crate) struct Ticket {
    proof: Option<HeaderValue>,
    /// A pass, as it was typed.
    pub(crate) pass: Typed,
    /// What a form brings that was given back.
    pub(crate) turn: Option<String>,
}

/// A pass, if one was typed.
#[derive(Default, Clone)]
pub(crate) enum Typed {
    #[default]
    Nothing,
    /// Digits that are none.
    Misread,
    Read(Pass),
}

impl Typed {
    pub(crate) fn read(text: &str) -> Self {
        match Pass::read(text) {
            _ if text.trim().is_empty() => Self::Nothing,
            Some(pass) => Self::Read(pass),
            None => Self::Misread,
        }
    }
}

impl Ticket {
    /// What the head of a request brings.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let pass = headers.get(PASS).and_then(|value| value.to_str().ok());
        let pass = pass.map(Typed::read).unwrap_or_default();
        let turn = headers.get(TURN).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Self { proof: headers.get(PROOF).cloned(), pass, turn }
    }
}

/// By which lane somebody came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    Plain,
    Proven,
    Passed,
}

/// Somebody was let in; what more comes in the same request is asked about again.
pub(crate) struct Admitted {
    lane: Lane,
    /// Pieces that came since.
    pieces: u32,
    /// What it brought.
    ticket: Ticket,
}

/// Not let in. A browser or a program may come again with the answer to the challenge; a form with the turn.
pub(crate) struct KeptOut {
    challenge: HeaderValue,
    /// Empty where there is none.
    pub turn: String,
    /// Seconds until it is up.
    pub wait: u64,
    /// The same as a page says it.
    pub why: Problem,
    /// It is not too much at once: what comes with nothing has filled its part of the storage.
    pub full: bool,
}

impl KeptOut {
    /// Asks for work beside another answer.
    pub(crate) fn ask(self, response: &mut Response) {
        response.headers_mut().insert(CHALLENGE, self.challenge);
    }
}

impl Flood {
    /// Opens `passes.db` in a folder, or makes it.
    pub fn open(folder: &Path, lanes: Lanes, world: World) -> Result<Self, Failed> {
        let passes = Arc::new(Passes::open(folder, world.clone())?);
        let (plain, proven) = (Bucket::new(lanes.plain), Bucket::new(lanes.proven));
        let turns = Turns::new((lanes.plain.1 * BACK, lanes.plain.1), world.clone());
        let work = Work::new(lanes.work, world);
        Ok(Self { plain, proven, lanes, turns, work, passes, told: AtomicBool::new(false) })
    }

    /// Lets in, or says what is to be done first. `filled` is the share of the storage that is used. What costs
    /// nothing is tried first: a pass is used up only where nothing else lets in.
    pub(crate) async fn let_in(&self, ticket: &Ticket, filled: f64) -> Result<Admitted, KeptOut> {
        let admitted = |lane| Ok(Admitted { lane, pieces: 0, ticket: ticket.clone() });
        let mut look = Look::None;
        if self.has_room(Lane::Plain, filled) {
            if self.plain.take() {
                self.told.store(false, Ordering::Relaxed);
                return admitted(Lane::Plain);
            }
            look = ticket.turn.as_ref().map_or(Look::None, |turn| self.turns.look(turn));
            if look == Look::Up {
                return admitted(Lane::Plain);
            }
        }
        match self.by_merit(ticket, filled).await {
            Some(lane) => admitted(lane),
            None => Err(self.kept_out(ticket, look, filled)),
        }
    }

    /// The lane of a proof of work, or of a pass.
    async fn by_merit(&self, ticket: &Ticket, filled: f64) -> Option<Lane> {
        if let Some(proof) = ticket.proof.as_ref().filter(|_| self.has_room(Lane::Proven, filled))
            && self.work.is_done(proof, || self.proven.take())
        {
            return Some(Lane::Proven);
        }
        match &ticket.pass {
            Typed::Read(pass) => {
                self.passes.clone().lets_in(pass.clone()).await.then_some(Lane::Passed)
            }
            _ => None,
        }
    }

    fn kept_out(&self, ticket: &Ticket, look: Look, filled: f64) -> KeptOut {
        let full = !self.has_room(Lane::Plain, filled);
        let why = match (&ticket.pass, look) {
            (_, Look::Spent) => Problem::Repeated,
            (Typed::Misread, _) => Problem::MisreadPass,
            (Typed::Read(_), _) => Problem::WrongPass,
            _ if full => Problem::Full,
            (_, Look::Early(_)) => Problem::TooEarly,
            _ => Problem::Flooded,
        };
        let (turn, wait) = match (look, &ticket.turn) {
            // Where there is no room a turn would be none.
            _ if full => (String::new(), 0),
            // Who is impatient does not begin again.
            (Look::Early(wait), Some(turn)) => (turn.clone(), wait),
            _ => (self.turns.draw(), turns::WAIT),
        };
        KeptOut { challenge: self.challenge(), turn, wait, why, full }
    }

    /// Takes one more piece of who was let in: else a proof, or a token, would let in any number. The first is
    /// free; where its lane has none left, a proof or a pass that was brought along lets in the rest.
    pub(crate) async fn takes_more(&self, admitted: &mut Admitted, filled: f64) -> bool {
        admitted.pieces += 1;
        let another = match admitted.lane {
            _ if admitted.pieces == 1 => true,
            Lane::Plain => self.plain.take(),
            Lane::Proven => admitted.pieces <= PIECES && self.proven.take(),
            Lane::Passed => true,
        };
        (another && self.has_room(admitted.lane, filled)) || self.goes_over(admitted, filled).await
    }

    /// By what was brought along.
    async fn goes_over(&self, admitted: &mut Admitted, filled: f64) -> bool {
        let lane = self.by_merit(&admitted.ticket, filled).await;
        if let Some(lane) = lane {
            (admitted.lane, admitted.pieces) = (lane, 1);
        }
        lane.is_some()
    }

    /// Whether the storage has room for what somebody is sending.
    pub(crate) async fn has_room_for(&self, admitted: &mut Admitted, filled: f64) -> bool {
        self.has_room(admitted.lane, filled) || self.goes_over(admitted, filled).await
    }

    /// Why no more is taken of who was let in, as a page says it; and a turn, where there will be room.
    pub(crate) fn no_more(&self, filled: f64) -> (Problem, (String, u64)) {
        match self.has_room(Lane::Plain, filled) {
            true => (Problem::Busy, (self.turns.draw(), turns::WAIT)),
            false => (Problem::Full, Default::default()),
        }
    }

    fn has_room(&self, lane: Lane, filled: f64) -> bool {
        match lane {
            Lane::Plain => filled < self.lanes.share,
            Lane::Proven => filled < self.lanes.share.max(PROVEN_SHARE),
            Lane::Passed => true,
        }
    }

    /// What is to be solved by who would bring much and nothing else just now; `None` where that is let in.
    pub(crate) fn ahead(&self, filled: f64) -> Option<KeptOut> {
        let open = self.has_room(Lane::Plain, filled) && self.plain.there() >= 1.0;
        let kept_out = || KeptOut {
            challenge: self.challenge(),
            turn: String::new(),
            wait: 0,
            why: Problem::Flooded,
            full: false,
        };
        (!open).then(kept_out)
    }

    /// Harder where many work already.
    fn challenge(&self) -> HeaderValue {
        let times = match self.proven.left() {
            0.5.. => 1,
            0.25.. => 2,
            0.1.. => 4,
            _ => 8,
        };
        self.work.challenge(times)
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

impl IntoResponse for KeptOut {
    fn into_response(self) -> Response {
        let later = HeaderValue::from_static(LATER);
        let fields = [(CHALLENGE, self.challenge), (header::RETRY_AFTER, later)];
        let mut response = (StatusCode::SERVICE_UNAVAILABLE, fields).into_response();
        if let Some(turn) = HeaderValue::try_from(self.turn).ok().filter(|turn| !turn.is_empty()) {
            response.headers_mut().insert(TURN, turn);
        }
        let pass = match self.why {
            Problem::WrongPass => "wrong",
            Problem::MisreadPass => "misread",
            _ => return response,
        };
        response.headers_mut().insert(PASS, HeaderValue::from_static(pass));
        response
    }
}
