//! Doing something: signed, kept, shown at once, sent when the server can be reached.

use payamgir_work::{Act, Event, Id, Ignored, SUBJECTS, Signed};

use super::{Office, lock, write};
use crate::store::StoreError;

/// Why something was not done.
#[derive(Debug)]
pub enum NotDone {
    /// The desk would pass over it.
    Ignored(Ignored),
    /// It could not be kept.
    Store(StoreError),
}

impl Office {
    /// Does something, with all that is here seen; durable and shown when this returns. Its
    /// conversations are named by their numbers here.
    pub fn act(&self, act: Act) -> Result<(), NotDone> {
        self.act_having_seen(act, u64::MAX)
    }

    /// Does something, having seen so many records of the log: what came since is not done with. An
    /// act about many conversations becomes as many events as it takes.
    pub fn act_having_seen(&self, act: Act, seen: u64) -> Result<(), NotDone> {
        let act = self.by_keys(&act)?;
        for act in shares(act) {
            self.act_once(act, seen)?;
        }
        self.wake.notify_all();
        Ok(())
    }

    /// The act with its conversations named as all desks name them.
    fn by_keys(&self, act: &Act) -> Result<Act, NotDone> {
        let store = self.store();
        let key = |number: &u64| Some(store.catalog().conversation(*number)?.key);
        let keys: Option<Vec<u64>> = act.subjects().iter().map(key).collect();
        Ok(act.with_subjects(keys.ok_or(NotDone::Ignored(Ignored::NoSuchThing))?))
    }

    fn act_once(&self, act: Act, seen: u64) -> Result<(), NotDone> {
        // The store before the desk, as everywhere: the other order could wait for ever.
        let store = self.store();
        let mut desk = write(&self.desk);
        let roster = desk.fold.roster().ok_or(NotDone::Ignored(Ignored::NoMember))?;
        let event = Event {
            desk: roster.desk(),
            id: self.id(),
            seen: seen.min(desk.heard),
            made: self.now(),
            act,
        };
        let signed = Signed::new(&event, self.me(), |message| self.member.sign(message))
            .map_err(NotDone::Ignored)?;
        let mut shown = (*desk.shown).clone();
        shown.hear(None, &signed, roster, true).map_err(NotDone::Ignored)?;
        lock(&self.outbox).keep(store.vault(), signed).map_err(NotDone::Store)?;
        desk.shown = std::sync::Arc::new(shown);
        desk.version += 1;
        Ok(())
    }

    /// A fresh id.
    pub fn id(&self) -> Id {
        let mut id = [0; 16];
        (self.world.random)(&mut id);
        payamgir_wire::hex::Hex(id)
    }
}

/// An act in pieces that an event may hold.
fn shares(act: Act) -> Vec<Act> {
    let on = act.subjects();
    if on.len() <= SUBJECTS {
        return vec![act];
    }
    on.chunks(SUBJECTS).map(|share| act.with_subjects(share.to_vec())).collect()
}

impl std::fmt::Display for NotDone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ignored(why) => why.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NotDone {}
