//! Sources who come back with a codename, and the answers that wait for them
//! (docs/FORMAT.md §19).
//!
//! What is opened here is a reply, by the words its reader has just brought, in memory, for the
//! one page that shows it. The server keeps no codename and no key; it keeps sealed answers under
//! ids, each for so many days.

mod deposits;
mod stills;
pub(crate) mod tickets;
pub(crate) mod visit;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use payamgir_dropbox::{Codename, Dropbox};
use payamgir_ledger::{Answers, Failed};
use payamgir_wire::hex::Hex;

use crate::desk::Desk;
use crate::world::World;

pub(crate) use deposits::deposit;
pub(crate) use stills::Lane;
use stills::Stills;

/// How often it is looked whether a day began.
const LOOK: Duration = Duration::from_secs(600);
/// Days for which a reply's id is known, so that no desk hands it over a second time. Desks that
/// heard nothing of it for longer hand it over anew.
const KNOWN_DAYS: u32 = 90;

/// What the server keeps for sources who come back.
pub struct Returning {
    answers: Answers,
    stills: Stills,
    founding: [u8; 32],
    world: World,
    /// Days for which an answer is kept.
    days: u32,
    /// The day on which old answers were forgotten last.
    forgot: AtomicU32,
}

impl Returning {
    /// Opens `answers.db` in a folder, or makes it. Answers are kept for `days`.
    pub fn open(folder: &Path, days: u32, desk: &Desk, world: World) -> Result<Self, Failed> {
        let answers = Answers::open(&folder.join("answers.db"))?;
        let founding = desk.id();
        let forgot = AtomicU32::new(0);
        let returning = Self { answers, stills: Stills::default(), founding, world, days, forgot };
        returning.turn()?;
        Ok(returning)
    }

    /// What a codename opens here; `None` where too many wait already.
    pub(crate) async fn grow(&self, lane: Lane, codename: &Codename) -> Option<Dropbox> {
        self.stills.grow(lane, codename.clone(), self.founding).await
    }

    /// Days since 1970-01-01.
    fn today(&self) -> u32 {
        ((self.world.now)() / 86_400) as u32
    }

    /// Forgets what is over its time, once a day.
    fn turn(&self) -> Result<(), Failed> {
        let today = self.today();
        if self.forgot.swap(today, Ordering::Relaxed) == today {
            return Ok(());
        }
        let forgotten =
            self.answers.forget(today.saturating_sub(self.days), today.saturating_sub(KNOWN_DAYS));
        if forgotten.is_err() {
            self.forgot.store(0, Ordering::Relaxed);
        }
        forgotten
    }

    /// Forgets for as long as the server runs, whether anybody comes or not.
    pub(crate) async fn keep_turning(self: Arc<Self>) {
        loop {
            tokio::time::sleep(LOOK).await;
            let returning = self.clone();
            // Where the disk fails, it is tried again.
            let _ = tokio::task::spawn_blocking(move || returning.turn()).await;
        }
    }
}

/// The public half, as an entry carries it.
pub(crate) fn public(dropbox: &Dropbox) -> payamgir_wire::Dropbox {
    payamgir_wire::Dropbox { id: Hex(dropbox.id()), key: Box::new(*dropbox.public()) }
}
