//! The lists: which conversations, in which order, and what a row shows.

use payamgir_roster::Key;
use payamgir_text::search::{Piece, Query, context};
use payamgir_wire::{Channel, Part as Content};
use payamgir_work::{Act, Check};

use super::filters::{Looking, has_draft};
use super::tally::waits_from;
use super::{Office, State, Wanted};
use crate::store::{
    Catalog, Class, Conversation, Held, Search, Spoken, StoreError, Submission, called,
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

/// Where it stands what a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// In a text as it is now.
    Text,
    /// In a text that its source wrote anew since.
    Earlier,
    /// In the name of a file.
    FileName,
    /// In a note.
    Note,
    /// In a reply.
    Reply,
    /// It is a label.
    Label,
}

/// A conversation in a list.
pub struct Row {
    /// Its number.
    pub number: u64,
    /// How it came.
    pub channel: Channel,
    /// What its source is called, where it has an alias.
    pub alias: Option<String>,
    /// In which list it stands.
    pub state: State,
    /// When its newest part came, in unix seconds.
    pub newest: u64,
    /// When its first part came that waits, in unix seconds.
    pub since: u64,
    /// The beginning of its words, or the words around what was found.
    pub words: Vec<Piece>,
    /// Where that stands which was searched for.
    pub why: Option<Why>,
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
        let store = self.store();
        let (work, version) = self.work_now();
        let looking = Looking::new(self, (&store, &work, version), query, offset);
        if query.clauses.is_empty() {
            looking.browse(wanted, cursor, most)
        } else {
            looking.search(wanted, cursor, most)
        }
    }

    /// The conversations that a list shows as one with this one: single submissions of nearly the same
    /// text, with nothing else in them, in the same state.
    pub fn same_as(&self, number: u64) -> Vec<u64> {
        let (store, work, now) = (self.store(), self.work(), self.now());
        let catalog = store.catalog();
        let Some(own) = catalog.conversation(number) else { return vec![] };
        let state = |c: &Conversation| State::of(c, work.case(c.key), &work, now);
        let (here, twin) = (state(own), catalog.twin(own));
        if twin.is_none() {
            return vec![];
        }
        let same = catalog.same_as(catalog.first(own));
        let all = same.filter_map(|other| catalog.conversation_of(other.number));
        let folded = all.filter(|c| catalog.twin(c) == twin && state(c) == here);
        folded.map(|c| c.number).filter(|other| *other != number).collect()
    }
}

impl Looking<'_> {
    fn browse(&self, wanted: Wanted, cursor: Option<u64>, most: usize) -> Result<Rows, StoreError> {
        let numbers = match wanted.oldest_first() {
            true => self.oldest_first(wanted, cursor.unwrap_or(0), most + 1),
            false => self.newest_first(wanted, cursor.unwrap_or(u64::MAX), most + 1),
        };
        let next = numbers.get(most).map(|(place, _)| *place);
        let shown = numbers.iter().take(most);
        let rows = shown.map(|(_, number)| self.row(*number, None)).collect::<Result<_, _>>()?;
        Ok(Rows { rows, next })
    }

    /// Those that wait longest first, from the first part that waits on: places to go on at, and numbers.
    fn oldest_first(&self, wanted: Wanted, from: u64, most: usize) -> Vec<(u64, u64)> {
        let catalog = self.store.catalog();
        let waiting = &self.tally.waiting;
        let start = waiting.partition_point(|(since, _)| u64::from(*since) < from);
        let all =
            waiting[start..].iter().map(|(since, number)| ((*since).into(), (*number).into()));
        let fits = |number: u64| catalog.conversation(number).is_some_and(|c| self.fits(c, wanted));
        all.filter(|(_, number)| fits(*number)).take(most).collect()
    }

    /// Those that began last first, below `to`.
    fn newest_first(&self, wanted: Wanted, to: u64, most: usize) -> Vec<(u64, u64)> {
        let all = self.store.catalog().conversations();
        let end = all.partition_point(|c| c.number < to);
        let fitting = all[..end].iter().rev().filter(|c| self.fits(c, wanted));
        fitting.take(most).map(|c| (c.number + 1, c.number)).collect()
    }

    fn search(&self, wanted: Wanted, cursor: Option<u64>, most: usize) -> Result<Rows, StoreError> {
        let before = cursor.unwrap_or(u64::MAX);
        let beside = self.beside(wanted);
        let hits = beside.iter().map(|(hit, _)| *hit).collect();
        let search = Search { query: self.query, before, most, beside: hits };
        let found = self.store.search(&search, |record| self.wanted(record, wanted))?;
        let rows = found.hits.iter().map(|hit| {
            let aside = beside.iter().find(|(own, _)| own == hit).map(|(_, why)| why);
            match aside {
                Some((why, text)) => self.row(hit.conversation, Some((*why, text.clone()))),
                None => self.row(hit.conversation, Some(self.found(hit.record)?)),
            }
        });
        Ok(Rows { rows: rows.collect::<Result<_, _>>()?, next: found.next })
    }

    /// A row; `found` where it was searched for: where, and the text.
    fn row(&self, number: u64, found: Option<(Why, String)>) -> Result<Row, StoreError> {
        let catalog = self.store.catalog();
        let conversation = catalog.conversation(number).ok_or(StoreError::Form)?;
        let case = self.work.case(conversation.key);
        let submissions: Vec<&Submission> = catalog.submissions(conversation).collect();
        let first = submissions[0];
        let state = State::of(conversation, case, self.work, self.now);
        let since = waits_from(catalog, conversation, case, self.work);
        let mut row = Row {
            number,
            channel: first.channel,
            alias: None,
            state,
            since: catalog.part(since).map_or(first.arrived, |part| part.arrived),
            why: None,
            newest: conversation.newest,
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
        match (found, latest_text) {
            (Some((why, text)), _) => {
                row.words = self.around(&text);
                row.why = Some(why);
            }
            (None, Some(record)) => row.words = self.around(&self.found(record)?.1),
            (None, None) => {}
        }
        if let Held::Part(entry) = self.store.held(number)? {
            row.alias = called(&entry);
        }
        Ok(row)
    }

    /// The words around what is searched for, or the beginning.
    fn around(&self, text: &str) -> Vec<Piece> {
        context(text, self.query, CONTEXT).unwrap_or_else(|| beginning(text))
    }

    /// What stands in a record that is searched, and what that is.
    fn found(&self, record: u64) -> Result<(Why, String), StoreError> {
        let nothing = (Why::Text, String::new());
        Ok(match self.store.held(record)? {
            Held::Part(entry) => match entry.part {
                Content::Text(text) if self.is_old(record) => (Why::Earlier, text.to_string()),
                Content::Text(text) => (Why::Text, text.to_string()),
                Content::Attachment(attachment) => (Why::FileName, attachment.name.to_string()),
                _ => nothing,
            },
            Held::Work(signed, true) => match signed.event().map(|event| event.act) {
                Ok(Act::Note { text, .. }) => (Why::Note, text),
                Ok(Act::Draft { text, .. }) => (Why::Reply, text),
                _ => nothing,
            },
            _ => nothing,
        })
    }

    /// Whether a newer version of the part came.
    fn is_old(&self, record: u64) -> bool {
        let catalog = self.store.catalog();
        let (Some(part), Some(of)) = (catalog.part(record), catalog.submission_of(record)) else {
            return false;
        };
        let place = part.revises.unwrap_or(part.index);
        let mut all = catalog.parts(of).into_iter();
        all.any(|(other, newer)| newer.revises == Some(place) && other > record)
    }
}

/// Whether parts are missing between those that came.
pub(super) fn is_gapped(catalog: &Catalog, submission: &Submission) -> bool {
    let parts = catalog.parts(submission);
    // An edit and a wish to delete have a place of their own.
    let mut places: Vec<u32> = parts.iter().map(|(_, part)| part.index).collect();
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
