//! Replies on their way to their sources: handed to the server until a sealed entry of its own says what
//! became of each. One to a messenger's source is handed over as words, with the return address that the
//! server alone can open; one to a codename is sealed to it here.

use std::io::Read;

use payamgir_roster::Role;
use payamgir_seal::{Recipient, seal_exact};
use payamgir_wire::dropbox::{Answer, Deposit};
use payamgir_wire::hex::Hex;
use payamgir_wire::limits::{DROPBOX_ANSWER_BYTES, REPLY_BYTES};
use payamgir_wire::send::{File, Send};
use payamgir_wire::{Channel, Dropbox, Entry, Outcome, Part, State};
use payamgir_work::Id;
use zeroize::Zeroizing;

use super::post::{Post, Said, unreadable};
use super::{Office, Whole};
use crate::store::{Catalog, Conversation, Held, Store, StoreError};

/// Parts that are looked through for a return address, from the newest.
const LOOKED_AT: usize = 64;
/// Seconds in which WhatsApp and Instagram let a source be answered.
const WINDOW: u64 = 24 * 3600;

/// How a conversation's source can be answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Way {
    /// By what the source wrote.
    pub channel: Channel,
    /// Where the answer goes.
    pub to: To,
    /// Until when its platform takes an answer, in unix seconds; `None` where there is no end.
    pub until: Option<u64>,
}

/// Where an answer goes.
#[derive(Clone, PartialEq, Eq)]
pub enum To {
    /// A messenger's return address, which this desk cannot open.
    Route(Zeroizing<String>),
    /// A codename's dropbox.
    Dropbox(Dropbox),
}

/// A reply as it is handed over.
enum Handed {
    Words(Send),
    Sealed(Deposit),
}

/// What became of a reply, and when that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// What.
    pub outcome: Outcome,
    /// By which channel it went.
    pub channel: Channel,
    /// When the server said so, in unix seconds.
    pub at: u64,
}

impl Office {
    /// Hands over what was queued and of which nothing is known yet.
    pub(super) fn hand_over(&self, post: &mut impl Post) -> Result<(), Said> {
        let may = self.roster().and_then(|roster| roster.role(&self.me())) >= Some(Role::Editor);
        if !may {
            return Ok(());
        }
        let work = self.work();
        let waiting = work.replies().filter(|reply| reply.outgoing().is_some());
        for reply in waiting {
            match self.outgoing(reply).map_err(unreadable)? {
                Some(Handed::Words(send)) => drop(post.hand_over(&send)?),
                Some(Handed::Sealed(deposit)) => drop(post.answer(&deposit)?),
                None => {}
            }
        }
        Ok(())
    }

    /// A reply as it is handed over; `None` where its source left no way back, or where the log says
    /// what became of it.
    fn outgoing(&self, reply: &payamgir_work::Reply) -> Result<Option<Handed>, StoreError> {
        let store = self.store();
        if !store.catalog().outcomes(&reply.id.0).is_empty() {
            return Ok(None);
        }
        let Some(conversation) = store.catalog().keyed(reply.on) else { return Ok(None) };
        let Some(words) = reply.outgoing() else { return Ok(None) };
        let text = Zeroizing::new(words.text().to_owned());
        let Some(way) = way(&store, conversation)? else { return Ok(None) };
        drop(store);
        let route = match way.to {
            To::Route(route) => route,
            // A dropbox takes words alone; a draft with a file is not offered for it.
            To::Dropbox(dropbox) => {
                return Ok(self.deposit(&dropbox, reply, &text).map(Handed::Sealed));
            }
        };
        let file = match words.file() {
            None => None,
            Some(record) => match self.whole_file(record)? {
                Some(file) => Some(file),
                // It is fetched, and goes with the next step.
                None => return Ok(None),
            },
        };
        Ok(Some(Handed::Words(Send { reply: Hex(reply.id.0), route, text, file })))
    }

    /// A reply sealed to a codename; `None` where its key cannot be sealed to.
    fn deposit(
        &self,
        dropbox: &Dropbox,
        reply: &payamgir_work::Reply,
        text: &str,
    ) -> Option<Deposit> {
        let recipient = Recipient::from_bytes(&dropbox.key[..]).ok()?;
        let id = Hex(reply.id.0);
        let sealed = Answer::pieces(id, self.now(), text)
            .into_iter()
            .map(|piece| seal_exact(&recipient, &piece.encode(), DROPBOX_ANSWER_BYTES));
        let pieces = sealed.collect::<Result<Vec<_>, _>>().ok()?;
        Some(Deposit { dropbox: dropbox.id, reply: id, pieces })
    }

    /// A kept file's bytes; `None` while they are not here. Others than the desk itself kept are none.
    pub(super) fn whole_file(&self, record: u64) -> Result<Option<File>, StoreError> {
        let held = self.store().held(record)?;
        if !matches!(held, Held::Part(Entry { part: Part::Kept(_), .. })) {
            // What a source sent does not go out as it came.
            return Ok(None);
        }
        let Some((attachment, blob)) = self.blob(record)? else {
            if let Some(attachment) = self.attachment(record)? {
                self.want(attachment.blob);
            }
            return Ok(None);
        };
        let mut bytes = Zeroizing::new(vec![]);
        let read = Whole::new(blob).take(REPLY_BYTES as u64).read_to_end(&mut bytes);
        if read.is_err() {
            return Ok(None);
        }
        Ok(Some(File { media_type: attachment.media_type.to_string(), bytes }))
    }

    /// How a conversation's source can be answered; `None` where there is no way back.
    pub fn way(&self, number: u64) -> Result<Option<Way>, StoreError> {
        let store = self.store();
        match store.catalog().conversation(number) {
            Some(conversation) => way(&store, conversation),
            None => Ok(None),
        }
    }

    /// What became of a reply, as far as the log says.
    pub fn fate(&self, reply: &Id) -> Result<Option<Fate>, StoreError> {
        let store = self.store();
        let mut fate: Option<Fate> = None;
        for record in store.catalog().outcomes(&reply.0) {
            let Held::Part(Entry { part: Part::Outcome(outcome), arrived: at, channel, .. }) =
                store.held(*record)?
            else {
                continue;
            };
            let known = fate.as_ref().map(|fate| fate.outcome.state);
            if known.is_none_or(|known| known < outcome.state) {
                fate = Some(Fate { outcome, channel, at });
            }
        }
        Ok(fate)
    }

    /// Replies that did not arrive or may not have, each with the number of its conversation.
    pub fn failed(&self) -> Result<Vec<(u64, Id)>, StoreError> {
        let work = self.work();
        let mut all = vec![];
        for reply in work.replies() {
            let failed = self
                .fate(&reply.id)?
                .is_some_and(|fate| matches!(fate.outcome.state, State::Failed | State::Unknown));
            let conversation = self.store().catalog().keyed(reply.on).map(|found| found.number);
            all.extend(conversation.filter(|_| failed).map(|number| (number, reply.id)));
        }
        Ok(all)
    }
}

/// The newest return address, and until when it serves.
fn way(store: &Store, conversation: &Conversation) -> Result<Option<Way>, StoreError> {
    let catalog = store.catalog();
    for record in newest(catalog, conversation) {
        let Held::Part(entry) = store.held(record)? else { continue };
        let Some(origin) = entry.origin else { continue };
        let wrote = origin.wrote.unwrap_or(entry.arrived);
        let dropbox = origin.dropbox.map(To::Dropbox);
        if let Some(to) = origin.route.map(To::Route).or(dropbox) {
            let limited = matches!(entry.channel, Channel::Whatsapp | Channel::Instagram);
            let until = limited.then(|| wrote.saturating_add(WINDOW));
            return Ok(Some(Way { channel: entry.channel, to, until }));
        }
    }
    Ok(None)
}

/// Records of its parts, the newest first.
fn newest(catalog: &Catalog, conversation: &Conversation) -> Vec<u64> {
    let parts = catalog.submissions(conversation).flat_map(|submission| catalog.parts(submission));
    let mut records: Vec<u64> = parts.map(|(record, _)| record).collect();
    records.sort_unstable_by(|a, b| b.cmp(a));
    records.truncate(LOOKED_AT);
    records
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Way(…)")
    }
}
