//! What the lists share: how many stand on each, who waits since when, and which of many alike is
//! shown for the others. Made in one walk over all conversations, and kept until something changes.

use std::collections::HashMap;
use std::sync::Arc;

use payamgir_roster::Key;
use payamgir_work::{Case, Stage, Work};

use super::{Office, State, Wanted, lock};
use crate::store::{Catalog, Conversation, Store};

/// How many stand on each list, and since when the oldest waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By the order of [`Wanted::ALL`].
    pub of: [u64; 8],
    /// When the part came that waits longest for an answer, in unix seconds.
    pub oldest: Option<u64>,
}

/// What the lists share.
#[derive(Default)]
pub(super) struct Tally {
    counts: Counts,
    /// Those that wait: the first part that waits, and the number. Ordered by it.
    pub(super) waiting: Vec<(u32, u32)>,
    /// Of those of nearly the same text in the same state the first, by their twin and state.
    heads: HashMap<(u32, State), u32>,
}

/// Of which records, version and minute a tally is.
pub(super) type Tallied = ((u64, u64, u64), Arc<Tally>);

impl Office {
    /// How many stand on each list now.
    pub fn counts(&self) -> Counts {
        let store = self.store();
        let (work, version) = self.work_now();
        self.tally(&store, (&work, version)).counts
    }

    /// What the lists share, of this store and this work.
    pub(super) fn tally(&self, store: &Store, (work, version): (&Work, u64)) -> Arc<Tally> {
        let now = self.now();
        let of = (store.size(), version, now / 60);
        let mut kept = lock(&self.tally);
        if let Some((same, tally)) = &*kept
            && *same == of
        {
            return tally.clone();
        }
        let tally = Arc::new(Tally::new(store.catalog(), work, &self.me(), now));
        *kept = Some((of, tally.clone()));
        tally
    }
}

impl Tally {
    fn new(catalog: &Catalog, work: &Work, me: &Key, now: u64) -> Self {
        let mut tally = Self::default();
        for conversation in catalog.conversations() {
            let case = work.case(conversation.key);
            let state = State::of(conversation, case, work, now);
            if state == State::Waiting {
                let since = waits_from(catalog, conversation, case, work);
                tally.waiting.push((since as u32, conversation.number as u32));
            }
            if !tally.leads(catalog, conversation, state) {
                continue;
            }
            let assignee = case.and_then(|case| case.assignee.as_ref());
            for (count, wanted) in tally.counts.of.iter_mut().zip(Wanted::ALL) {
                *count += u64::from(wanted.holds(state, assignee, me));
            }
        }
        tally.waiting.sort_unstable();
        let oldest = tally.waiting.first().and_then(|(since, _)| catalog.part((*since).into()));
        tally.counts.oldest = oldest.map(|part| part.arrived);
        tally
    }

    /// Whether it is shown for itself; notes that those like it which come later are not.
    fn leads(&mut self, catalog: &Catalog, conversation: &Conversation, state: State) -> bool {
        let Some(twin) = catalog.twin(conversation) else { return true };
        let own = conversation.number as u32;
        *self.heads.entry((twin, state)).or_insert(own) == own
    }

    /// The conversation that is shown for this one, which is in that state.
    pub(super) fn head(&self, catalog: &Catalog, of: &Conversation, state: State) -> u64 {
        let twin = catalog.twin(of);
        let head = twin.and_then(|twin| self.heads.get(&(twin, state)));
        head.map_or(of.number, |head| u64::from(*head))
    }
}

/// The first part that waits: that no reply answered and that nobody was done with.
pub(super) fn waits_from(
    catalog: &Catalog,
    conversation: &Conversation,
    case: Option<&Case>,
    work: &Work,
) -> u64 {
    let Some(case) = case else { return conversation.number };
    let answered = case.replies.iter().filter_map(|id| work.reply(id)).filter_map(|reply| {
        let Stage::Queued { seen, .. } = reply.stage else { return None };
        Some(seen)
    });
    let done = case.resolved.into_iter().chain(case.snoozed.map(|(_, cover)| cover));
    let covered = answered.chain(done).max().unwrap_or(0);
    let parts = catalog.submissions(conversation).flat_map(|submission| catalog.parts(submission));
    let after = parts.map(|(record, _)| record).filter(|record| *record >= covered);
    after.min().unwrap_or(conversation.last)
}
