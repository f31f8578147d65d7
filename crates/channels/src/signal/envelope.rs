//! What an envelope says: who, when, and one of several things.

use payamgir_wire::State;
use serde_json::Value;

use super::NAMES;
use super::data::attachment;
use crate::json::Look;
use crate::kept::{kept, unreadable};
use crate::things::{Thing, told};
use crate::{Came, Heard, Item, Manner, Status, Words, hashed, words};

/// What there is one of in an envelope; the last two say nothing beside another.
const CONTENTS: [&str; 7] = [
    "dataMessage",
    "editMessage",
    "syncMessage",
    "callMessage",
    "storyMessage",
    "receiptMessage",
    "typingMessage",
];
/// Keys of an envelope that are about it and not in it.
const ABOUT: [&str; 13] = [
    "source",
    "sourceNumber",
    "sourceUuid",
    "sourceName",
    "sourceDevice",
    "timestamp",
    "serverReceivedTimestamp",
    "serverDeliveredTimestamp",
    "relay",
    "isReceipt",
    "isUnidentifiedSender",
    "exception",
    "account",
];

pub(super) fn heard(params: &Value, line: &[u8], manner: Manner) -> Heard {
    let none = Value::Null;
    let envelope = params.object("envelope").unwrap_or(&none);
    let about = Envelope::of(envelope, line, manner);
    let key = CONTENTS.iter().find(|key| envelope.at(key).is_some());
    let heard = match key {
        Some(key) => about.content(key, &envelope[key]),
        None => about.empty(params, envelope),
    };
    match (heard, key) {
        (None, _) => about.unknown(params),
        (Some(heard), key) => match rest(envelope, key.unwrap_or(&"")) {
            Some(rest) => about.and(heard, &rest),
            None => heard,
        },
    }
}

/// What else is in an envelope, of which there should be nothing. What is neither a message nor made
/// of parts is about it.
fn rest(envelope: &Value, key: &str) -> Option<Value> {
    let quiet =
        |other: &str| other == key || ABOUT.contains(&other) || CONTENTS[5..].contains(&other);
    let says = |key: &str, value: &Value| {
        is_said(value) && (key.ends_with("Message") || !is_plain(value)) && !quiet(key)
    };
    let rest = envelope.as_object()?.iter().filter(|(key, value)| says(key, value));
    let rest: serde_json::Map<String, Value> =
        rest.map(|(key, value)| (key.clone(), value.clone())).collect();
    (!rest.is_empty()).then_some(Value::Object(rest))
}

/// Whether something is there that says something.
pub(super) fn is_said(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(all) => !all.is_empty(),
        _ => true,
    }
}

fn is_plain(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

/// What an envelope says of itself.
pub(super) struct Envelope<'a> {
    who: Option<Words>,
    sender: Option<Words>,
    /// Milliseconds.
    moment: Option<i64>,
    line: &'a [u8],
    pub(super) manner: Manner,
}

impl<'a> Envelope<'a> {
    fn of(envelope: &Value, line: &'a [u8], manner: Manner) -> Self {
        let who = envelope.name("sourceUuid").or_else(|| envelope.name("source"));
        let who = who.or_else(|| envelope.name("sourceNumber"));
        let names = [envelope.name("sourceName"), envelope.name("sourceNumber"), who.clone()];
        let names: Vec<String> = names.into_iter().flatten().map(|name| name.to_string()).collect();
        let sender = (manner.names && !names.is_empty()).then(|| words(&names.join(" ")));
        Self { who, sender, moment: envelope.number("timestamp"), line, manner }
    }

    /// Nothing where it is not understood.
    fn content(&self, key: &str, content: &Value) -> Option<Heard> {
        match key {
            "dataMessage" => self.data(content, None),
            "editMessage" => self.edit(content),
            "syncMessage" => self.sync(content),
            "callMessage" => self.call(content),
            "storyMessage" => self.story(content),
            "receiptMessage" => Some(self.receipt(content)),
            _ => Some(Heard::Nothing),
        }
    }

    /// An envelope in which there is nothing that is known.
    fn empty(&self, params: &Value, envelope: &Value) -> Option<Heard> {
        if params.at("exception").is_some() || envelope.at("exception").is_some() {
            return Some(self.said("exception", Thing::Undecrypted));
        }
        // Keys are exchanged so.
        (envelope.is_object() && rest(envelope, "").is_none()).then_some(Heard::Nothing)
    }

    fn unknown(&self, params: &Value) -> Heard {
        let mut came = unreadable(self.line, &NAMES, self.manner);
        came.who = self.who.clone();
        came.items = vec![self.kept(params)];
        Heard::Came(Box::new(came))
    }

    /// What is heard, and what is not understood beside it.
    fn and(&self, heard: Heard, rest: &Value) -> Heard {
        let kept = self.kept(rest);
        match heard {
            Heard::Came(mut came) => {
                came.items.push(kept);
                Heard::Came(came)
            }
            Heard::Echo(mut came) => {
                came.items.push(kept);
                Heard::Echo(came)
            }
            _ => self.unknown(rest),
        }
    }

    pub(super) fn kept(&self, value: &Value) -> Item {
        kept(self.line, value, &NAMES, self.manner)
    }

    /// The name of something that came at a moment; of the envelope, where it has none of its own.
    pub(super) fn name(&self, moment: Option<i64>) -> String {
        let moment = moment.or(self.moment);
        moment.map_or_else(|| hashed(self.line), |moment| moment.to_string())
    }

    pub(super) fn came(&self, name: &str, moment: Option<i64>) -> Came {
        let mut came = Came::new(None, name);
        (came.who, came.sender) = (self.who.clone(), self.sender.clone());
        let moment = moment.or(self.moment);
        came.wrote = moment.and_then(|moment| u64::try_from(moment / 1000).ok());
        came
    }

    fn said(&self, what: &str, thing: Thing) -> Heard {
        let mut came = self.came(&format!("{what} {}", self.name(None)), None);
        came.items = vec![Item::Note(told(self.manner.lang, thing, ""))];
        Heard::Came(Box::new(came))
    }

    /// What follows upon an offer says nothing new.
    fn call(&self, call: &Value) -> Option<Heard> {
        if call.at("offerMessage").is_some() {
            return Some(self.said("call", Thing::Called));
        }
        let known = ["answerMessage", "busyMessage", "hangupMessage", "iceUpdateMessages"];
        known.iter().any(|key| call.at(key).is_some()).then_some(Heard::Nothing)
    }

    fn story(&self, story: &Value) -> Option<Heard> {
        let mut came = self.came(&format!("story {}", self.name(None)), None);
        came.spoken = false;
        came.items = vec![Item::Note(told(self.manner.lang, Thing::Story, ""))];
        let text = story.at("textAttachment").and_then(|text| text.text("text"));
        came.items.extend(text.map(words).map(Item::Text));
        came.items.extend(story.object("fileAttachment").map(attachment).map(Item::File));
        story.is_object().then(|| Heard::Came(Box::new(came)))
    }

    fn receipt(&self, receipt: &Value) -> Heard {
        let read = receipt.is("isRead") || receipt.is("isViewed");
        let state = match (read, receipt.is("isDelivery")) {
            (true, _) => State::Read,
            (_, true) => State::Delivered,
            _ => return Heard::Nothing,
        };
        let times = receipt.all("timestamps").iter();
        let times: Vec<String> =
            times.filter_map(Value::as_u64).map(|time| time.to_string()).collect();
        if times.is_empty() {
            return Heard::Nothing;
        }
        // Several in one: the daemon's times have no commas.
        let message = words(&times.join(","));
        let who = self.who.clone();
        Heard::Status(Status { message, who, own: None, state, reason: None, code: None })
    }

    /// What went out by another program of the account's.
    fn sync(&self, sync: &Value) -> Option<Heard> {
        if !sync.is_object() {
            return None;
        }
        let Some(sent) = sync.at("sentMessage") else { return Some(Heard::Nothing) };
        let to = sent.name("destinationUuid").or_else(|| sent.name("destination"));
        let Heard::Came(mut came) = self.data(sent, None)? else { return Some(Heard::Nothing) };
        (came.who, came.sender, came.spoken) = (to, None, false);
        came.items.insert(0, Item::Note(told(self.manner.lang, Thing::Elsewhere, "")));
        Some(Heard::Echo(*came))
    }
}
