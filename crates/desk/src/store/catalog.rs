//! What there is, in memory: parts joined into submissions, submissions into conversations and
//! into those of nearly the same text. No words: those stay sealed.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use payamgir_wire::Channel;
use sha2::{Digest, Sha256};

use super::held::{Class, Meta, Spoken};
use super::sketch::Sketch;

const NONE: u32 = u32::MAX;

/// What there is.
#[derive(Default)]
pub struct Catalog {
    parts: Vec<Part>,
    submissions: Vec<Submission>,
    conversations: Vec<Conversation>,
    groups: HashMap<u64, u32, BuildHasherDefault<Kept>>,
    aliases: HashMap<Box<str>, u32>,
    /// Conversations with an alias by their keys; the others are found by their groups.
    keyed: HashMap<u64, u32, BuildHasherDefault<Kept>>,
    twins: Twins,
    /// Entries that cannot be read.
    troubles: Vec<u64>,
    /// What became of replies, by their ids: the records that say so.
    outcomes: HashMap<[u8; 16], Vec<u64>>,
}

/// A record as the lists show it.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// What it is.
    pub class: Class,
    /// The line broke.
    pub cut: bool,
    /// Whether the record is of the kind of desk work, readable or not.
    pub work: bool,
    /// The place of the part that it is a newer version of.
    pub revises: Option<u32>,
    /// When it came, in unix seconds.
    pub arrived: u64,
    /// What it seems to be written in.
    pub spoken: Spoken,
    /// Its place in its submission.
    pub index: u32,
    /// Characters of a text, bytes of an attachment, up to 2^32.
    pub size: u32,
    /// Its submission, by its place in the catalog.
    submission: u32,
    /// The next record of the same submission.
    next: u32,
}

/// The parts that came together.
#[derive(Clone, Copy, Debug)]
pub struct Submission {
    /// Its first record: its number for the editor.
    pub number: u64,
    /// When its first part came, in unix seconds.
    pub arrived: u64,
    /// How it came.
    pub channel: Channel,
    /// Whether the source asked for a deletion in it.
    pub deletion: bool,
    /// Whether something of it is cut or cannot be read.
    pub broken: bool,
    /// Parts.
    pub count: u32,
    /// The first submission of nearly the same text; itself where it is that one.
    twin: u32,
    last_part: u32,
    conversation: u32,
    next: u32,
    group: [u8; 16],
}

/// All that came from one source, as far as that can be told.
#[derive(Clone, Copy, Debug)]
pub struct Conversation {
    /// The first record of its first submission: its number here and now.
    pub number: u64,
    /// What desk work names it by: it stays when its first part is erased (docs/FORMAT.md §14).
    pub key: u64,
    /// The record of its newest part.
    pub last: u64,
    /// When its newest part came, in unix seconds.
    pub newest: u64,
    /// Submissions.
    pub count: u32,
    first: u32,
    latest: u32,
}

/// Submissions of nearly the same text, by their first.
#[derive(Default)]
pub struct Twins {
    words: HashMap<u64, u32, BuildHasherDefault<Kept>>,
    /// Places in `sketches`.
    bands: [HashMap<u32, u32, BuildHasherDefault<Kept>>; 4],
    /// Of those that a band leads to, with the first of them.
    sketches: Vec<([u16; 12], u32)>,
    counts: HashMap<u32, u32>,
}

/// A hash is hashed by being kept.
#[derive(Default)]
pub(super) struct Kept(u64);

impl Hasher for Kept {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(n.into());
    }
}

impl Catalog {
    /// Records taken.
    pub fn size(&self) -> u64 {
        self.parts.len() as u64
    }

    /// Takes the next record; `alias` is asked for where it names one.
    pub(super) fn take(&mut self, meta: &Meta, alias: impl FnOnce() -> Option<Box<str>>) {
        let record = self.parts.len() as u32;
        let mut part = Part {
            class: meta.class,
            cut: meta.cut,
            work: meta.work,
            revises: meta.revises,
            arrived: meta.arrived,
            spoken: meta.spoken,
            index: meta.index,
            size: u32::try_from(meta.size).unwrap_or(u32::MAX),
            submission: NONE,
            next: NONE,
        };
        if meta.class.is_part() {
            match self.known(meta).filter(|place| self.repeats(*place, meta)) {
                Some(_) => part.class = Class::None,
                None => part.submission = self.join(record, meta, alias),
            }
        } else if meta.class == Class::Outcome {
            self.outcomes.entry(meta.group).or_default().push(record.into());
        } else if meta.class.is_trouble() && !meta.work {
            self.troubles.push(record.into());
        }
        self.parts.push(part);
    }

    fn join(&mut self, record: u32, meta: &Meta, alias: impl FnOnce() -> Option<Box<str>>) -> u32 {
        let place = match self.known(meta) {
            Some(place) => {
                let last = self.submissions[place as usize].last_part;
                self.parts[last as usize].next = record;
                place
            }
            None => self.begin(record, meta, alias),
        };
        let submission = &mut self.submissions[place as usize];
        submission.last_part = record;
        submission.count += 1;
        submission.deletion |= meta.class == Class::Deletion;
        submission.broken |= meta.cut || matches!(meta.class, Class::Unreadable | Class::Unknown);
        let twin = submission.twin;
        let conversation = &mut self.conversations[submission.conversation as usize];
        (conversation.last, conversation.newest) = (record.into(), meta.arrived);
        if twin == NONE && meta.class == Class::Text {
            let twin = self.twins.take(place, &meta.sketch);
            self.submissions[place as usize].twin = twin;
        }
        place
    }

    /// Whether it is a part that a messenger delivered twice, because the server died before it could
    /// say that it had it: the server names the parts of one event the same each time. A form's parts
    /// are never the same one.
    fn repeats(&self, place: u32, meta: &Meta) -> bool {
        let submission = &self.submissions[place as usize];
        let same = |part: &Part| {
            (part.class, part.index, part.revises) == (meta.class, meta.index, meta.revises)
        };
        is_messenger(meta.channel)
            && submission.channel == meta.channel
            && self.records(submission).any(|record| same(&self.parts[record as usize]))
    }

    /// The submission of that group. Its key finds it; all of it must agree.
    fn known(&self, meta: &Meta) -> Option<u32> {
        let place = *self.groups.get(&key_of_group(&meta.group))?;
        (self.submissions[place as usize].group == meta.group).then_some(place)
    }

    fn begin(&mut self, record: u32, meta: &Meta, alias: impl FnOnce() -> Option<Box<str>>) -> u32 {
        let place = self.submissions.len() as u32;
        let conversation = self.converse(place, (record, key_of_group(&meta.group)), alias);
        self.groups.insert(key_of_group(&meta.group), place);
        self.submissions.push(Submission {
            number: record.into(),
            arrived: meta.arrived,
            channel: meta.channel,
            deletion: false,
            broken: false,
            count: 0,
            twin: NONE,
            last_part: record,
            conversation,
            next: NONE,
            group: meta.group,
        });
        place
    }

    fn converse(
        &mut self,
        submission: u32,
        (record, mut key): (u32, u64),
        alias: impl FnOnce() -> Option<Box<str>>,
    ) -> u32 {
        let fresh = self.conversations.len() as u32;
        if let Some(alias) = alias() {
            key = key_of_alias(&alias);
            self.keyed.entry(key).or_insert(fresh);
            let place = *self.aliases.entry(alias).or_insert(fresh);
            if place != fresh {
                let conversation = &mut self.conversations[place as usize];
                self.submissions[conversation.latest as usize].next = submission;
                conversation.latest = submission;
                conversation.count += 1;
                return place;
            }
        }
        self.conversations.push(Conversation {
            number: record.into(),
            key,
            last: record.into(),
            newest: 0,
            count: 1,
            first: submission,
            latest: submission,
        });
        fresh
    }

    /// The entries that cannot be read, in the log's order.
    pub fn troubles(&self) -> &[u64] {
        &self.troubles
    }

    /// The record as the lists show it.
    pub fn part(&self, record: u64) -> Option<&Part> {
        self.parts.get(usize::try_from(record).ok()?)
    }

    /// Conversations in the order in which they began.
    pub fn conversations(&self) -> &[Conversation] {
        &self.conversations
    }

    /// The conversation that holds a record.
    pub fn conversation_of(&self, record: u64) -> Option<&Conversation> {
        let submission = self.submission_of(record)?;
        Some(&self.conversations[submission.conversation as usize])
    }

    /// The submission that holds a record.
    pub fn submission_of(&self, record: u64) -> Option<&Submission> {
        let part = self.part(record).filter(|part| part.submission != NONE)?;
        Some(&self.submissions[part.submission as usize])
    }

    /// The conversation that began with that record.
    pub fn conversation(&self, number: u64) -> Option<&Conversation> {
        self.conversation_of(number).filter(|found| found.number == number)
    }

    /// The conversation with that key.
    pub fn keyed(&self, key: u64) -> Option<&Conversation> {
        let by_group = || {
            let submission = self.submissions.get(*self.groups.get(&key)? as usize)?;
            Some(submission.conversation)
        };
        let place = self.keyed.get(&key).copied().or_else(by_group)?;
        self.conversations.get(place as usize).filter(|found| found.key == key)
    }

    /// A conversation's submissions, in the order in which they began.
    pub fn submissions(&self, of: &Conversation) -> impl Iterator<Item = &Submission> {
        let next = |submission: &&Submission| self.submissions.get(submission.next as usize);
        std::iter::successors(self.submissions.get(of.first as usize), next)
    }

    /// A submission's parts with their records: in their places' order, the newest version last.
    pub fn parts(&self, of: &Submission) -> Vec<(u64, &Part)> {
        let records = self.records(of);
        let mut all: Vec<_> = records.map(|at| (at, &self.parts[at as usize])).collect();
        all.sort_by_key(|(record, part)| (part.index, *record));
        all
    }

    /// A submission's records, in the log's order.
    fn records(&self, of: &Submission) -> impl Iterator<Item = u64> {
        let after = |record: &u64| {
            let next = self.parts[*record as usize].next;
            (next != NONE).then_some(u64::from(next))
        };
        std::iter::successors(Some(of.number), after)
    }

    /// The records that say what became of a reply, in the log's order.
    pub fn outcomes(&self, reply: &[u8; 16]) -> &[u64] {
        self.outcomes.get(reply).map_or(&[], |records| &records[..])
    }

    /// How many submissions are of nearly the same text as this one, itself among them.
    pub fn same(&self, submission: &Submission) -> u32 {
        self.twins.counts.get(&submission.twin).map_or(1, |more| more + 1)
    }

    /// The first submission of nearly the same text.
    pub fn original<'c>(&'c self, submission: &'c Submission) -> &'c Submission {
        self.submissions.get(submission.twin as usize).unwrap_or(submission)
    }

    /// The submissions of nearly the same text, itself among them.
    pub fn same_as<'c>(&'c self, of: &'c Submission) -> impl Iterator<Item = &'c Submission> {
        let (twin, own) = (of.twin, of.number);
        let same = move |other: &&Submission| match twin {
            NONE => other.number == own,
            _ => other.twin == twin,
        };
        self.submissions.iter().filter(same)
    }

    /// The conversations whose alias fits.
    pub fn aliased(&self, fits: impl Fn(&str) -> bool) -> Vec<u64> {
        // Behind the alias is what tells two of one alias apart.
        let alone = |alias: &str| fits(alias.split('\0').next().unwrap_or_default());
        let fitting = self.aliases.iter().filter(|(alias, _)| alone(alias));
        fitting.map(|(_, place)| self.conversations[*place as usize].number).collect()
    }

    /// The conversation of the submission with that reference.
    pub fn referred(&self, reference: &str) -> Option<u64> {
        let fits = |s: &&Submission| payamgir_wire::reference(&s.group()) == reference;
        let found = self.submissions.iter().find(fits)?;
        Some(self.conversations[found.conversation as usize].number)
    }

    /// What a conversation shares with others of nearly the same text; `None` where there are none,
    /// or where it is more than one text.
    pub fn twin(&self, conversation: &Conversation) -> Option<u32> {
        let first = &self.submissions[conversation.first as usize];
        let single = conversation.count == 1 && first.count == 1;
        (single && self.twins.counts.contains_key(&first.twin)).then_some(first.twin)
    }

    /// Which submissions a conversation begins with.
    pub fn first(&self, conversation: &Conversation) -> &Submission {
        &self.submissions[conversation.first as usize]
    }
}

impl Submission {
    /// The group its parts share.
    pub fn group(&self) -> payamgir_wire::Group {
        payamgir_wire::hex::Hex(self.group)
    }
}

impl Twins {
    /// The first submission of nearly the same text, or this one. All are remembered: what is near
    /// to one that is near to the first belongs with them.
    fn take(&mut self, place: u32, sketch: &Sketch) -> u32 {
        if sketch.words == 0 {
            return NONE;
        }
        let first = self.find(sketch).unwrap_or(place);
        if first != place {
            *self.counts.entry(first).or_default() += 1;
        }
        self.remember(first, sketch);
        first
    }

    fn find(&self, sketch: &Sketch) -> Option<u32> {
        if let Some(first) = self.words.get(&sketch.words) {
            return Some(*first);
        }
        if !sketch.is_long() {
            return None;
        }
        let near = |place: &u32| {
            let (small, first) = *self.sketches.get(*place as usize)?;
            Sketch { words: 0, small }.is_near(sketch).then_some(first)
        };
        let in_bands = sketch.bands().into_iter().zip(&self.bands);
        in_bands.filter_map(|(key, band)| band.get(&key)).filter_map(near).min()
    }

    fn remember(&mut self, first: u32, sketch: &Sketch) {
        self.words.entry(sketch.words).or_insert(first);
        if !sketch.is_long() {
            return;
        }
        let (mut new, own) = (false, self.sketches.len() as u32);
        for (key, band) in sketch.bands().into_iter().zip(&mut self.bands) {
            band.entry(key).or_insert_with(|| {
                new = true;
                own
            });
        }
        if new {
            self.sketches.push((sketch.small, first));
        }
    }
}

/// Whether parts come by a messenger's events.
pub(crate) fn is_messenger(channel: Channel) -> bool {
    matches!(channel, Channel::Telegram | Channel::Signal | Channel::Whatsapp | Channel::Instagram)
}

/// The key of a conversation without an alias: of its one submission's group.
fn key_of_group(group: &[u8; 16]) -> u64 {
    key(group)
}

fn key_of_alias(alias: &str) -> u64 {
    let hash = Sha256::new().chain_update(b"payamgir alias 1").chain_update(alias).finalize();
    key(&hash)
}

/// The first 53 bits: what every JSON reader takes for a whole number.
fn key(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(std::array::from_fn(|n| bytes[n])) >> 11
}
