//! One conversation as it is read.

use payamgir_wire::{Attachment, Channel, Entry, Group, Part as Content};
use payamgir_work::{Act, Case, Heard, Note, Redaction, Reply, Work};

use super::{Office, State};
use crate::store::{Catalog, Class, Held, Store, StoreError, Submission, called};

/// A conversation.
pub struct View {
    /// Its number.
    pub number: u64,
    /// What its source is called, where it has an alias.
    pub alias: Option<String>,
    /// How its first submission came.
    pub channel: Channel,
    /// In which list it stands.
    pub state: State,
    /// What the desk did with it.
    pub case: Case,
    /// What came and what was written, in the log's order; what is on its way last.
    pub pieces: Vec<Piece>,
    /// Its records in the log.
    pub records: Vec<u64>,
    /// Other conversations of nearly the same text: how many, and the first ones.
    pub same: (u32, Vec<u64>),
}

/// One thing in it.
pub enum Piece {
    /// What came together.
    Submission(Came),
    /// Words for the desk.
    Note(Note),
    /// Words for the source.
    Reply(Reply),
    /// Something else that was done.
    Event(Heard),
}

/// What came together.
pub struct Came {
    /// Its first record.
    pub number: u64,
    /// What a source and the desk speak of it by.
    pub group: Group,
    /// When its first part came, in unix seconds.
    pub arrived: u64,
    /// How it came.
    pub channel: Channel,
    /// Its parts, in their places' order.
    pub parts: Vec<Shown>,
    /// Whether the source asked for a deletion: of the part in that place, or of all.
    pub deletion: Vec<Option<u32>>,
    /// Whether parts are missing between those that came.
    pub gapped: bool,
}

/// One part, in its newest version.
pub struct Shown {
    /// The record of the newest version.
    pub record: u64,
    /// Its place in its submission.
    pub place: u32,
    /// What it is, for the lists.
    pub class: Class,
    /// When it came, in unix seconds.
    pub arrived: u64,
    /// What it says.
    pub what: What,
    /// What is hidden of it.
    pub redaction: Option<Redaction>,
    /// Earlier versions, the newest first.
    pub before: Vec<Shown>,
}

/// What a part says.
pub enum What {
    /// Words.
    Text(String),
    /// A file.
    Attachment(Attachment),
    /// What the channel could not read: so many bytes.
    Unreadable(usize),
    /// A kind this version does not know.
    Unknown,
}

impl Office {
    /// A conversation; `None` where there is none of that number.
    pub fn view(&self, number: u64) -> Result<Option<View>, StoreError> {
        let (store, work) = (self.store(), self.work());
        let catalog = store.catalog();
        let Some(conversation) = catalog.conversation(number) else { return Ok(None) };
        let case = work.case(conversation.key).cloned().unwrap_or_default();
        let state = State::of(conversation, work.case(conversation.key), &work, self.now());
        let first = catalog.first(conversation);
        let (mut pieces, mut records) = (vec![], vec![]);
        for submission in catalog.submissions(conversation) {
            let came = came(&store, &work, submission)?;
            records.extend(catalog.parts(submission).into_iter().map(|(record, _)| record));
            pieces.push((came.number, Piece::Submission(came)));
        }
        done(&work, &case, &mut pieces);
        pieces.sort_by_key(|(record, _)| *record);
        let alias = match store.held(number)? {
            Held::Part(entry) => called(&entry),
            _ => None,
        };
        Ok(Some(View {
            number,
            alias,
            channel: first.channel,
            state,
            case,
            pieces: pieces.into_iter().map(|(_, piece)| piece).collect(),
            records,
            same: same(catalog, first, number),
        }))
    }

    /// The attachment in a record.
    pub fn attachment(&self, record: u64) -> Result<Option<Attachment>, StoreError> {
        if self.store().catalog().part(record).is_none() {
            return Ok(None);
        }
        let held = self.store().held(record)?;
        Ok(match held {
            Held::Part(Entry {
                part: Content::Attachment(attachment) | Content::Kept(attachment),
                ..
            }) => Some(attachment),
            _ => None,
        })
    }

    /// What a channel could not read, as it came.
    pub fn unreadable(&self, record: u64) -> Result<Option<Vec<u8>>, StoreError> {
        if self.store().catalog().part(record).is_none() {
            return Ok(None);
        }
        let held = self.store().held(record)?;
        Ok(match held {
            Held::Part(Entry { part: Content::Unreadable(raw), .. }) => Some(raw.to_vec()),
            _ => None,
        })
    }

    /// The words of the text part in a record.
    pub fn text(&self, record: u64) -> Result<Option<String>, StoreError> {
        if self.store().catalog().part(record).is_none() {
            return Ok(None);
        }
        let held = self.store().held(record)?;
        Ok(match held {
            Held::Part(Entry { part: Content::Text(text), .. }) => Some(text.to_string()),
            _ => None,
        })
    }
}

/// How many others of nearly the same text to name.
const NAMED: usize = 8;

fn same(catalog: &Catalog, first: &Submission, own: u64) -> (u32, Vec<u64>) {
    let count = catalog.same(first).saturating_sub(1);
    if count == 0 {
        return (0, vec![]);
    }
    let others = catalog.same_as(first).filter_map(|s| catalog.conversation_of(s.number));
    let named = others.map(|c| c.number).filter(|number| *number != own).take(NAMED);
    (count, named.collect())
}

fn came(store: &Store, work: &Work, submission: &Submission) -> Result<Came, StoreError> {
    let catalog = store.catalog();
    let mut came = Came {
        number: submission.number,
        group: submission.group(),
        arrived: submission.arrived,
        channel: submission.channel,
        parts: vec![],
        deletion: vec![],
        gapped: super::list::is_gapped(catalog, submission),
    };
    for (record, part) in catalog.parts(submission) {
        let Held::Part(entry) = store.held(record)? else { continue };
        if let Content::Deletion(of) = entry.part {
            came.deletion.push(of);
            continue;
        }
        let place = part.revises.unwrap_or(part.index);
        let redaction = work.redaction(record).cloned();
        let what = what(entry.part);
        let (class, arrived, before) = (part.class, entry.arrived, vec![]);
        add(&mut came.parts, Shown { record, place, class, arrived, what, redaction, before });
    }
    came.parts.sort_by_key(|shown| shown.place);
    Ok(came)
}

/// A newer version takes its part's place and keeps the older ones with it.
fn add(parts: &mut Vec<Shown>, mut shown: Shown) {
    let old = parts.iter().position(|known| known.place == shown.place);
    let Some(old) = old else { return parts.push(shown) };
    let mut known = parts.remove(old);
    shown.before = std::mem::take(&mut known.before);
    shown.before.insert(0, known);
    parts.push(shown);
}

fn what(part: Content) -> What {
    match part {
        Content::Text(text) => What::Text(text.to_string()),
        Content::Attachment(attachment) => What::Attachment(attachment),
        Content::Unreadable(raw) => What::Unreadable(raw.len()),
        Content::Deletion(_) | Content::Unknown | Content::Outcome(_) | Content::Kept(_) => {
            What::Unknown
        }
    }
}

/// What the desk did, each at its place in the log.
fn done(work: &Work, case: &Case, pieces: &mut Vec<(u64, Piece)>) {
    for note in &case.notes {
        pieces.push((note.record.unwrap_or(u64::MAX), Piece::Note(note.clone())));
    }
    let heard = |at: &u32| work.heard().get(*at as usize);
    for event in case.trail.iter().filter_map(heard) {
        let at = event.record.unwrap_or(u64::MAX);
        match event.event.as_deref().map(|event| &event.act) {
            Some(Act::Draft { reply, .. }) => {
                // Where it was begun.
                let begun = |(_, piece): &(u64, Piece)| matches!(piece, Piece::Reply(known) if known.id == *reply);
                let known = pieces.iter().any(begun);
                if let Some(reply) = work.reply(reply).filter(|_| !known) {
                    pieces.push((at, Piece::Reply(reply.clone())));
                }
            }
            Some(Act::Note { .. }) | None => {}
            Some(_) => pieces.push((at, Piece::Event(event.clone()))),
        }
    }
}
