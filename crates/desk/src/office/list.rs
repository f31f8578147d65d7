//! The lists: which conversations, in which order, and what a row shows.

use std::collections::HashSet;

use payamgir_roster::Key;
use payamgir_text::search::{FilterKind, Has, Is, Piece, Query, context, fold_word};
use payamgir_wire::{Channel, Part as Content};
use payamgir_work::{Case, Check, Stage, Work};

use super::{Office, State, Wanted, lock};
use crate::store::{
    Catalog, Class, Conversation, Held, Search, Spoken, Store, StoreError, Submission,
};

/// Characters of the words around what was found.
const CONTEXT: usize = 140;

/// A page of a list.
pub struct Rows {
    /// In their order.
    pub rows: Vec<Row>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<u64>,
}

/// A conversation in a list.
pub struct Row {
    /// Its number.
    pub number: u64,
    /// The record to show: what was found, or its newest part.
    pub record: u64,
    /// How it came.
    pub channel: Channel,
    /// What its source is called, where it has an alias.
    pub alias: Option<String>,
    /// In which list it stands.
    pub state: State,
    /// When its newest part came, in unix seconds.
    pub newest: u64,
    /// When its first part came, in unix seconds.
    pub oldest: u64,
    /// The beginning of its words, or the words around what was found.
    pub words: Vec<Piece>,
    /// What its text seems to be written in.
    pub spoken: Spoken,
    /// Characters of its texts.
    pub length: u64,
    /// Attachments: pictures, sounds, films, documents.
    pub attached: [u32; 4],
    /// Submissions of nearly the same text, itself among them.
    pub same: u32,
    /// Whether something of it is cut or unreadable.
    pub broken: bool,
    /// Whether the source asked for a deletion.
    pub deletion: bool,
    /// Whose it is.
    pub assignee: Option<Key>,
    /// Its labels.
    pub labels: Vec<String>,
    /// How far it was checked.
    pub check: Check,
    /// Whether a reply is drafted.
    pub draft: bool,
}

/// How many stand on each list, and since when the oldest waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By the order of [`Wanted::ALL`].
    pub of: [u64; 8],
    /// When the newest part of the one that waits longest came, in unix seconds.
    pub oldest: Option<u64>,
}

/// Counts, and what they were counted of: records, version, minute.
pub(super) type Counted = ((u64, u64, u64), Counts);

/// What all looks at while a list is made.
struct Looking<'a> {
    store: &'a Store,
    work: &'a Work,
    me: Key,
    now: u64,
    offset: i32,
    query: &'a Query,
    from: Option<HashSet<u64>>,
}

impl Office {
    /// A page of a list: `most` rows from `cursor` on, which is what [`Rows::next`] said. `offset`:
    /// seconds of local time from UTC, for days.
    pub fn list(
        &self,
        wanted: Wanted,
        query: &Query,
        (cursor, most): (Option<u64>, usize),
        offset: i32,
    ) -> Result<Rows, StoreError> {
        let (store, work) = (self.store(), self.work());
        let looking = Looking {
            store: &store,
            work: &work,
            me: self.me(),
            now: self.now(),
            offset,
            query,
            from: from(store.catalog(), query),
        };
        if query.clauses.is_empty() {
            looking.browse(wanted, cursor, most)
        } else {
            looking.search(wanted, cursor, most)
        }
    }

    /// How many stand on each list now.
    pub fn counts(&self) -> Counts {
        let (store, work, now) = (self.store(), self.work(), self.now());
        let of = (store.size(), self.desk().version, now / 60);
        let mut counted = lock(&self.counts);
        if let Some((same, counts)) = *counted
            && same == of
        {
            return counts;
        }
        let counts = count(store.catalog(), &work, &self.me(), now);
        *counted = Some((of, counts));
        counts
    }

    /// The conversations that a list shows as one with this one: single submissions of nearly the same
    /// text, with nothing else in them, that stand on the same list.
    pub fn same_as(&self, number: u64) -> Vec<u64> {
        let (store, work, now) = (self.store(), self.work(), self.now());
        let catalog = store.catalog();
        let Some(own) = catalog.conversation(number) else { return vec![] };
        let state = |c: &Conversation| State::of(c, work.case(c.number), &work, now);
        let here = state(own);
        let same = catalog.same_as(catalog.first(own));
        let all = same.filter_map(|other| catalog.conversation_of(other.number));
        let folded = all.filter(|c| catalog.is_repetition(c) && state(c) == here);
        folded.map(|c| c.number).filter(|other| *other != number).collect()
    }
}

fn count(catalog: &Catalog, work: &Work, me: &Key, now: u64) -> Counts {
    let mut counts = Counts::default();
    for conversation in catalog.conversations() {
        let case = work.case(conversation.number);
        let state = State::of(conversation, case, work, now);
        if is_folded(catalog, conversation, state, work, now) {
            continue;
        }
        let assignee = case.and_then(|case| case.assignee.as_ref());
        for (count, wanted) in counts.of.iter_mut().zip(Wanted::ALL) {
            *count += u64::from(wanted.holds(state, assignee, me));
        }
        if state == State::Waiting && counts.oldest.is_none() {
            counts.oldest = Some(conversation.newest);
        }
    }
    counts
}

/// Whether it is shown with an earlier conversation of nearly the same text, in the same state.
fn is_folded(
    catalog: &Catalog,
    conversation: &Conversation,
    state: State,
    work: &Work,
    now: u64,
) -> bool {
    if !catalog.is_repetition(conversation) {
        return false;
    }
    let original = catalog.original(catalog.first(conversation));
    let Some(first) = catalog.conversation_of(original.number) else { return false };
    State::of(first, work.case(first.number), work, now) == state
}

/// The conversations that the query's `from:` names; `None` where it names none.
fn from(catalog: &Catalog, query: &Query) -> Option<HashSet<u64>> {
    let names = query.filters.iter().filter(|filter| !filter.negated);
    let mut names = names.filter_map(|filter| match &filter.kind {
        FilterKind::From(name) => Some(name),
        _ => None,
    });
    names.next().map(|name| {
        let folded = fold_word(name);
        let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
        let referred = (digits.len() == 9).then(|| catalog.referred(&digits)).flatten();
        let aliased = catalog.aliased(|alias| fold_word(alias).starts_with(&folded));
        aliased.into_iter().chain(referred).collect()
    })
}

impl Looking<'_> {
    fn browse(&self, wanted: Wanted, cursor: Option<u64>, most: usize) -> Result<Rows, StoreError> {
        let all = self.store.catalog().conversations();
        let fits = |c: &&Conversation| self.fits(c, wanted);
        let numbers: Vec<u64> = match wanted.oldest_first() {
            true => {
                let from = all.partition_point(|c| c.number < cursor.unwrap_or(0));
                all[from..].iter().filter(fits).take(most + 1).map(|c| c.number).collect()
            }
            false => {
                let to = all.partition_point(|c| c.number < cursor.unwrap_or(u64::MAX));
                all[..to].iter().rev().filter(fits).take(most + 1).map(|c| c.number).collect()
            }
        };
        let more = numbers.get(most).copied();
        let next = more.map(|n| if wanted.oldest_first() { n } else { n + 1 });
        let shown = numbers.iter().take(most);
        let rows = shown.map(|number| self.row(*number, None)).collect::<Result<_, _>>()?;
        Ok(Rows { rows, next })
    }

    fn search(&self, wanted: Wanted, cursor: Option<u64>, most: usize) -> Result<Rows, StoreError> {
        let search = Search { query: self.query, before: cursor.unwrap_or(u64::MAX), most };
        let catalog = self.store.catalog();
        let found = self.store.search(&search, |record| {
            let conversation = self.about(record)?;
            let conversation = catalog.conversation(conversation)?;
            self.fits(conversation, wanted).then_some(conversation.number)
        })?;
        let rows = found.hits.iter().map(|hit| self.row(hit.conversation, Some(hit.record)));
        Ok(Rows { rows: rows.collect::<Result<_, _>>()?, next: found.next })
    }

    /// The conversation that a record is of: a part, or a note or a draft about one.
    fn about(&self, record: u64) -> Option<u64> {
        let catalog = self.store.catalog();
        if !catalog.part(record)?.work {
            return catalog.conversation_of(record).map(|conversation| conversation.number);
        }
        let Ok(Held::Work(signed, true)) = self.store.held(record) else { return None };
        signed.event().ok()?.act.subjects().first().copied()
    }

    fn fits(&self, conversation: &Conversation, wanted: Wanted) -> bool {
        let case = self.work.case(conversation.number);
        let state = State::of(conversation, case, self.work, self.now);
        let assignee = case.and_then(|case| case.assignee.as_ref());
        let asked = |is: Is| {
            let kinds = self.query.filters.iter().map(|filter| &filter.kind);
            kinds.into_iter().any(|kind| *kind == FilterKind::Is(is))
        };
        let catalog = self.store.catalog();
        wanted.holds(state, assignee, &self.me)
            && (asked(Is::Duplicate)
                // What is searched for may be the very line that sets it apart.
                || !self.query.clauses.is_empty()
                || !is_folded(catalog, conversation, state, self.work, self.now))
            && self.query.filters.iter().all(|filter| {
                self.meets(conversation, (state, case), &filter.kind) != filter.negated
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
                let same = |own: &String| folded_label(own) == *label;
                case.is_some_and(|case| case.labels.iter().any(same))
            }
            FilterKind::Is(is) => self.is(*is, conversation, state, case),
            FilterKind::Has(has) => self.has(*has, conversation, case),
            FilterKind::Before(before) => day() < *before,
            FilterKind::After(after) => day() >= *after,
            FilterKind::From(_) => {
                self.from.as_ref().is_some_and(|from| from.contains(&conversation.number))
            }
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
            // What a file says of its place is read when it is shown, and kept nowhere.
            Has::Place => false,
        }
    }

    fn records<'c>(&'c self, conversation: &'c Conversation) -> impl Iterator<Item = u64> + 'c {
        let catalog = self.store.catalog();
        let all = catalog.submissions(conversation).flat_map(|s| catalog.parts(s));
        all.map(|(record, _)| record)
    }

    fn any_part(&self, conversation: &Conversation, is: impl Fn(Class) -> bool) -> bool {
        let catalog = self.store.catalog();
        let mut classes =
            self.records(conversation).filter_map(|at| catalog.part(at)).map(|part| part.class);
        classes.any(is)
    }

    fn row(&self, number: u64, found: Option<u64>) -> Result<Row, StoreError> {
        let catalog = self.store.catalog();
        let conversation = catalog.conversation(number).ok_or(StoreError::Form)?;
        let case = self.work.case(number);
        let submissions: Vec<&Submission> = catalog.submissions(conversation).collect();
        let first = submissions[0];
        let mut row = Row {
            number,
            record: found.unwrap_or(conversation.last),
            channel: first.channel,
            alias: None,
            state: State::of(conversation, case, self.work, self.now),
            newest: conversation.newest,
            oldest: first.arrived,
            words: vec![],
            spoken: Spoken::Unknown,
            length: 0,
            attached: [0; 4],
            same: submissions.iter().map(|s| catalog.same(s)).max().unwrap_or(1),
            broken: submissions.iter().any(|s| s.broken || is_gapped(catalog, s)),
            deletion: submissions.iter().any(|s| s.deletion),
            assignee: case.and_then(|case| case.assignee),
            labels: case.map(|case| case.labels.iter().cloned().collect()).unwrap_or_default(),
            check: case.map(|case| case.check).unwrap_or_default(),
            draft: case.is_some_and(|case| has_draft(case, self.work)),
        };
        let mut latest_text = None;
        for record in self.records(conversation) {
            let Some(part) = catalog.part(record) else { continue };
            match part.class {
                Class::Text => {
                    row.length += u64::from(part.size);
                    row.spoken =
                        if row.spoken == Spoken::Unknown { part.spoken } else { row.spoken };
                    latest_text = latest_text.max(Some(record));
                }
                Class::Image => row.attached[0] += 1,
                Class::Audio => row.attached[1] += 1,
                Class::Video => row.attached[2] += 1,
                Class::Document => row.attached[3] += 1,
                _ => {}
            }
        }
        if let Some(record) = found.or(latest_text) {
            row.words = self.words(record)?;
        }
        if let Held::Part(entry) = self.store.held(number)? {
            row.alias = entry.alias.map(|alias| alias.to_string());
        }
        Ok(row)
    }

    /// The words around what was found in a record, or its beginning.
    fn words(&self, record: u64) -> Result<Vec<Piece>, StoreError> {
        let text = match self.store.held(record)? {
            Held::Part(entry) => match entry.part {
                Content::Text(text) => text.to_string(),
                Content::Attachment(attachment) => attachment.name.to_string(),
                _ => String::new(),
            },
            Held::Work(signed, true) => match signed.event().map(|event| event.act) {
                Ok(
                    payamgir_work::Act::Note { text, .. } | payamgir_work::Act::Draft { text, .. },
                ) => text,
                _ => String::new(),
            },
            _ => String::new(),
        };
        Ok(context(&text, self.query, CONTEXT).unwrap_or_else(|| beginning(&text)))
    }
}

/// Whether parts are missing between those that came.
pub(super) fn is_gapped(catalog: &Catalog, submission: &Submission) -> bool {
    let parts = catalog.parts(submission);
    let mut places: Vec<u32> = parts
        .iter()
        .filter(|(_, part)| part.revises.is_none() && part.class != Class::Deletion)
        .map(|(_, part)| part.index)
        .collect();
    places.dedup();
    let first = places.first().copied().unwrap_or(0);
    first > 0 || places.windows(2).any(|pair| pair[1] > pair[0] + 1)
}

fn beginning(text: &str) -> Vec<Piece> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = line.char_indices().nth(CONTEXT).map_or(line.len(), |(at, _)| at);
    let more = if end < line.len() { "…" } else { "" };
    vec![Piece { text: format!("{}{more}", &line[..end]), hit: false }]
}

fn has_draft(case: &Case, work: &Work) -> bool {
    let mut replies = case.replies.iter().filter_map(|id| work.reply(id));
    replies.any(|reply| reply.stage == Stage::Draft)
}

/// A label as searches compare it.
fn folded_label(label: &str) -> String {
    fold_word(label)
}

/// The word for a channel in searches and addresses.
pub fn channel_word(channel: Channel) -> &'static str {
    match channel {
        Channel::Web => "web",
        Channel::Telegram => "telegram",
        Channel::Signal => "signal",
        Channel::Whatsapp => "whatsapp",
        Channel::Instagram => "instagram",
        Channel::Carried => "carried",
        Channel::Unknown => "unknown",
    }
}
