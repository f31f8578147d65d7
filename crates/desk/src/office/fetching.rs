//! Attachments that somebody looks for are fetched beside all else: a film of an hour holds up
//! neither what others do nor an alarm.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use payamgir_wire::Hash;

use super::{Office, Said, lock};

/// How long to wait before a server that could not be reached is asked again.
const PAUSE: Duration = Duration::from_secs(20);

/// The way to the server's attachments, as the program makes it.
pub trait Fetch: Send {
    /// Fetches an attachment's sealed bytes; `false` where the server does not have it.
    fn fetch(&mut self, blob: Hash) -> Result<bool, Said>;
}

/// What is wanted of the server, and what came of it.
#[derive(Default)]
pub(super) struct Wanted {
    waiting: Vec<Hash>,
    /// What the server does not have. Asked for again after the next unlocking.
    lost: HashSet<Hash>,
    /// How many were fetched since unlocking.
    fetched: u64,
    unreachable: bool,
    /// What must not be missed of it, until the desk is locked.
    alarm: Option<Said>,
}

/// Why an attachment is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// It is being fetched, or will be.
    Coming,
    /// The server cannot be reached.
    Unreachable,
    /// The server does not have it.
    Lost,
}

impl Office {
    /// Wants an attachment, unless the server does not have it.
    pub(super) fn want(&self, blob: Hash) {
        let mut wanted = lock(&self.wanted);
        if !wanted.lost.contains(&blob) && !wanted.waiting.contains(&blob) {
            wanted.waiting.push(blob);
            self.hungry.notify_all();
        }
    }

    /// Why an attachment is not here.
    pub fn absent(&self, blob: &Hash) -> Absent {
        let wanted = lock(&self.wanted);
        match (wanted.lost.contains(blob), wanted.unreachable) {
            (true, _) => Absent::Lost,
            (false, true) => Absent::Unreachable,
            (false, false) => Absent::Coming,
        }
    }

    /// How many attachments came since the desk was unlocked.
    pub fn fetched(&self) -> u64 {
        lock(&self.wanted).fetched
    }

    /// What of the attachments must not be missed.
    pub(super) fn fetching_alarm(&self) -> Option<Said> {
        lock(&self.wanted).alarm.clone()
    }

    /// Fetches what is wanted until `stop`.
    pub fn keep_fetching(&self, mut from: impl Fetch, stop: &AtomicBool) {
        while !stop.load(Ordering::Relaxed) {
            let next = lock(&self.wanted).waiting.first().copied();
            let stuck = next.is_some_and(|blob| !self.fetch(&mut from, blob));
            let wanted = lock(&self.wanted);
            if stuck || wanted.waiting.is_empty() {
                let _ = self.hungry.wait_timeout(wanted, PAUSE);
            }
        }
    }

    /// Fetches one; whether the server could be asked.
    pub fn fetch(&self, from: &mut impl Fetch, blob: Hash) -> bool {
        let fetched = from.fetch(blob);
        let mut wanted = lock(&self.wanted);
        wanted.unreachable = fetched.is_err();
        match fetched {
            Ok(true) => wanted.fetched += 1,
            Ok(false) => drop(wanted.lost.insert(blob)),
            // What is not what the log names is not asked for again, and must not be missed.
            Err(said) if said.alarm => {
                wanted.unreachable = false;
                wanted.lost.insert(blob);
                wanted.alarm = Some(said);
            }
            Err(_) => return false,
        }
        wanted.waiting.retain(|other| *other != blob);
        true
    }
}

impl Fetch for Box<dyn Fetch> {
    fn fetch(&mut self, blob: Hash) -> Result<bool, Said> {
        (**self).fetch(blob)
    }
}
