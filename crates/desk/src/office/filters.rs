//! Which conversations a list and a search hold.

use std::collections::HashSet;
use std::sync::Arc;

use payamgir_roster::Key;
use payamgir_text::search::{FilterKind, Has, Is, Query, fold_word, matches};
use payamgir_work::{Act, Case, Check, Stage, Work};

use super::list::{Why, channel_word};
use super::tally::Tally;
use super::{Office, State, Wanted};
use crate::store::{Catalog, Class, Conversation, Held, Hit, Search, Store, StoreError};

/// What all looks at while a list is made.
pub(super) struct Looking<'a> {
    pub(super) store: &'a Store,
    pub(super) work: &'a Work,
    pub(super) tally: Arc<Tally>,
    pub(super) me: Key,
    pub(super) now: u64,
    pub(super) offset: i32,
    pub(super) query: &'a Query,
    /// For each `from:` of the query, the conversations it names.
    from: Vec<HashSet<u64>>,
}

impl Office {
    /// The numbers of all conversations that a list shows, of every page of it, with those that it
    /// shows as one with another. What has come since `seen` records of the log is left out: nobody
    /// has looked at it.
    pub fn all_on(
        &self,
        wanted: Wanted,
        query: &Query,
        offset: i32,
        seen: u64,
    ) -> Result<Vec<u64>, StoreError> {
        let store = self.store();
        let (work, version) = self.work_now();
        let looking = Looking::new(self, (&store, &work, version), query, offset);
        let held = |c: &Conversation| c.last < seen && looking.holds(c, wanted);
        let catalog = store.catalog();
        if query.clauses.is_empty() {
            let all = catalog.conversations().iter().filter(|c| held(c));
            return Ok(all.map(|c| c.number).collect());
        }
        // All of them, each for itself.
        let own = |hit: Hit| Hit { group: hit.conversation, ..hit };
        let beside = looking.beside(wanted).into_iter().map(|(hit, _)| own(hit)).collect();
        let search = Search { query, before: u64::MAX, most: usize::MAX, beside };
        let found = store.search(&search, |record| {
            let conversation = catalog.conversation(looking.about(record)?)?;
            held(conversation).then_some((conversation.number, conversation.number))
        })?;
        Ok(found.hits.into_iter().map(|hit| hit.conversation).collect())
    }
}

impl<'a> Looking<'a> {
    pub(super) fn new(
        office: &Office,
        (store, work, version): (&'a Store, &'a Work, u64),
        query: &'a Query,
        offset: i32,
    ) -> Self {
        let tally = office.tally(store, (work, version));
        let from = named(store.catalog(), query);
        Self { store, work, tally, me: office.me(), now: office.now(), offset, query, from }
    }

    /// The conversation that a record is of: a part, or a note or a draft about one.
    pub(super) fn about(&self, record: u64) -> Option<u64> {
        let catalog = self.store.catalog();
        if !catalog.part(record)?.work {
            return catalog.conversation_of(record).map(|conversation| conversation.number);
        }
        // What is passed over says nothing here either, whoever wrote it.
        if !self.work.counts(record) {
            return None;
        }
        let Ok(Held::Work(signed, true)) = self.store.held(record) else { return None };
        // The others hold no words, and would be found by what must not be there alone.
        let (Act::Note { on, .. } | Act::Draft { on, .. }) = signed.event().ok()?.act else {
            return None;
        };
        catalog.keyed(on).map(|conversation| conversation.number)
    }

    /// The conversation of a record that fits and is wanted.
    pub(super) fn wanted(&self, record: u64, wanted: Wanted) -> Option<(u64, u64)> {
        let conversation = self.store.catalog().conversation(self.about(record)?)?;
        self.fits(conversation, wanted).then(|| (conversation.number, self.group(conversation)))
    }

    /// Those of nearly the same text in one state are one find, unless each of them is asked for. The
    /// first of them is found by its own words: it may be the very line that sets it apart.
    fn group(&self, conversation: &Conversation) -> u64 {
        if self.query.filters.iter().any(|filter| filter.kind == FilterKind::Is(Is::Duplicate)) {
            return conversation.number;
        }
        let case = self.work.case(conversation.key);
        let state = State::of(conversation, case, self.work, self.now);
        self.tally.head(self.store.catalog(), conversation, state)
    }

    /// What fits beside the log's records: labels, and what is on its way. The newest first.
    pub(super) fn beside(&self, wanted: Wanted) -> Vec<(Hit, (Why, String))> {
        // What only says what must not be there is true of most labels, and means none of them.
        if self.query.clauses.iter().all(|clause| clause.negated) {
            return vec![];
        }
        let mut all = self.labelled();
        all.extend(self.on_its_way());
        let catalog = self.store.catalog();
        let hit = |(key, why)| {
            let conversation = catalog.keyed(key).filter(|c| self.fits(c, wanted))?;
            let group = self.group(conversation);
            let (conversation, record) = (conversation.number, conversation.last);
            Some((Hit { conversation, record, group }, why))
        };
        let mut hits: Vec<_> = all.into_iter().filter_map(hit).collect();
        hits.sort_by_key(|(hit, _)| std::cmp::Reverse(hit.record));
        hits.dedup_by_key(|(hit, _)| hit.conversation);
        hits
    }

    fn labelled(&self) -> Vec<(u64, (Why, String))> {
        let fitting = self.work.labels().filter(|(label, _)| matches(self.query, &[label]));
        let each = fitting.flat_map(|(label, on)| {
            on.iter().map(move |key| (*key, (Why::Label, label.to_owned())))
        });
        each.collect()
    }

    fn on_its_way(&self) -> Vec<(u64, (Why, String))> {
        let heard = self.work.heard().iter().rev().take_while(|heard| heard.record.is_none());
        let counted = heard.filter(|heard| heard.outcome.is_ok());
        let acts = counted.filter_map(|heard| Some(heard.event.as_ref()?.act.clone()));
        let words = acts.filter_map(|act| match act {
            Act::Note { on, text } => Some((on, (Why::Note, text))),
            Act::Draft { on, text, .. } => Some((on, (Why::Reply, text))),
            _ => None,
        });
        words.filter(|(_, (_, text))| matches(self.query, &[text])).collect()
    }

    /// Whether a list has a row for it.
    pub(super) fn fits(&self, conversation: &Conversation, wanted: Wanted) -> bool {
        let kinds = self.query.filters.iter().map(|filter| &filter.kind);
        let repetitions = kinds.into_iter().any(|kind| *kind == FilterKind::Is(Is::Duplicate))
            // What is searched for may be the very line that sets it apart.
            || !self.query.clauses.is_empty();
        let leads = || {
            let case = self.work.case(conversation.key);
            let state = State::of(conversation, case, self.work, self.now);
            self.tally.head(self.store.catalog(), conversation, state) == conversation.number
        };
        self.holds(conversation, wanted) && (repetitions || leads())
    }

    /// Whether it is one of the list, with a row of its own or folded under another.
    fn holds(&self, conversation: &Conversation, wanted: Wanted) -> bool {
        let case = self.work.case(conversation.key);
        let state = State::of(conversation, case, self.work, self.now);
        let assignee = case.and_then(|case| case.assignee.as_ref());
        wanted.holds(state, assignee, &self.me)
            && !self.is_put_out(state, wanted)
            && self.meets_all(conversation, state, case)
    }

    /// Whether it is in quarantine, and a search did not ask for that.
    fn is_put_out(&self, state: State, wanted: Wanted) -> bool {
        let asked = |kind: &FilterKind| *kind == FilterKind::Is(Is::Quarantined);
        wanted == Wanted::All
            && state == State::Quarantined
            && !self.query.is_empty()
            && !self.query.filters.iter().any(|filter| asked(&filter.kind))
    }

    fn meets_all(&self, conversation: &Conversation, state: State, case: Option<&Case>) -> bool {
        let mut from = self.from.iter();
        self.query.filters.iter().all(|filter| {
            let met = match &filter.kind {
                FilterKind::From(_) => {
                    from.next().is_some_and(|all| all.contains(&conversation.number))
                }
                kind => self.meets(conversation, (state, case), kind),
            };
            met != filter.negated
        })
    }

    fn meets(
        &self,
        conversation: &Conversation,
        (state, case): (State, Option<&Case>),
        kind: &FilterKind,
    ) -> bool {
        let catalog = self.store.catalog();
        let day = || payamgir_text::jalali::days(conversation.newest, self.offset);
        match kind {
            FilterKind::Channel(name) => channel_word(catalog.first(conversation).channel) == name,
            FilterKind::Label(label) => {
                let same = |own: &String| fold_word(own) == *label;
                case.is_some_and(|case| case.labels.iter().any(same))
            }
            FilterKind::Is(is) => self.is(*is, conversation, state, case),
            FilterKind::Has(has) => self.has(*has, conversation, case),
            FilterKind::Before(before) => day() < *before,
            FilterKind::After(after) => day() >= *after,
            FilterKind::Larger(size) => self.size(conversation) > *size,
            FilterKind::Smaller(size) => self.size(conversation) < *size,
            FilterKind::From(_) => unreachable!("known by its place"),
        }
    }

    fn is(&self, is: Is, conversation: &Conversation, state: State, case: Option<&Case>) -> bool {
        let catalog = self.store.catalog();
        let assignee = case.and_then(|case| case.assignee);
        let checked = |states: &[Check]| case.is_some_and(|case| states.contains(&case.check));
        let mut submissions = catalog.submissions(conversation);
        match is {
            Is::Open => state.is_open(),
            Is::Resolved => state == State::Resolved,
            Is::Snoozed => state == State::Snoozed,
            Is::Quarantined => state == State::Quarantined,
            Is::Assigned => assignee.is_some(),
            Is::Unassigned => assignee.is_none(),
            Is::Mine => assignee == Some(self.me),
            Is::Answered => state == State::Open,
            Is::Unanswered => state == State::Waiting,
            Is::Duplicate => submissions.any(|s| catalog.same(s) > 1),
            Is::Unreadable => self.any_part(conversation, |class| {
                matches!(class, Class::Unreadable | Class::Unknown)
            }),
            Is::Cut => submissions.any(|s| catalog.parts(s).iter().any(|(_, part)| part.cut)),
            Is::Verified => checked(&[Check::Confirmed]),
            Is::Doubtful => checked(&[Check::Doubtful, Check::False]),
            Is::Deleted => submissions.any(|s| s.deletion),
        }
    }

    fn has(&self, has: Has, conversation: &Conversation, case: Option<&Case>) -> bool {
        let part = |class: Class| self.any_part(conversation, |own| own == class);
        match has {
            Has::Text => part(Class::Text),
            Has::File => self.any_part(conversation, Class::is_attachment),
            Has::Image => part(Class::Image),
            Has::Audio => part(Class::Audio),
            Has::Video => part(Class::Video),
            Has::Document => part(Class::Document),
            Has::Note => case.is_some_and(|case| !case.notes.is_empty()),
            Has::Draft => case.is_some_and(|case| has_draft(case, self.work)),
            Has::Redaction => {
                self.records(conversation).any(|at| self.work.redaction(at).is_some())
            }
        }
    }

    pub(super) fn records<'c>(
        &'c self,
        conversation: &'c Conversation,
    ) -> impl Iterator<Item = u64> + 'c {
        let catalog = self.store.catalog();
        let all = catalog.submissions(conversation).flat_map(|s| catalog.parts(s));
        all.map(|(record, _)| record)
    }

    /// Characters of its texts and bytes of its attachments.
    fn size(&self, conversation: &Conversation) -> u64 {
        let catalog = self.store.catalog();
        let parts = self.records(conversation).filter_map(|at| catalog.part(at));
        parts.map(|part| u64::from(part.size)).sum()
    }

    fn any_part(&self, conversation: &Conversation, is: impl Fn(Class) -> bool) -> bool {
        let catalog = self.store.catalog();
        let mut classes =
            self.records(conversation).filter_map(|at| catalog.part(at)).map(|part| part.class);
        classes.any(is)
    }
}

/// The conversations that each `from:` of the query names, in their order.
fn named(catalog: &Catalog, query: &Query) -> Vec<HashSet<u64>> {
    let names = query.filters.iter().filter_map(|filter| match &filter.kind {
        FilterKind::From(name) => Some(fold_word(name)),
        _ => None,
    });
    let all = names.map(|folded| {
        let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
        let referred = (digits.len() == 9).then(|| catalog.referred(&digits)).flatten();
        let aliased = catalog.aliased(|alias| fold_word(alias).starts_with(&folded));
        aliased.into_iter().chain(referred).collect()
    });
    all.collect()
}

/// Whether a reply is being written.
pub(super) fn has_draft(case: &Case, work: &Work) -> bool {
    let mut replies = case.replies.iter().filter_map(|id| work.reply(id));
    replies.any(|reply| reply.stage == Stage::Draft)
}
