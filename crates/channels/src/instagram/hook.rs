//! Reading a webhook's body: entries, and what happened in each.

use payamgir_wire::State;
use serde_json::Value;

use super::NAMES;
use super::message::filled;
use crate::json::{self as look, Look};
use crate::kept::{unknown, unreadable};
use crate::meta::{Said, members, under};
use crate::things::{Thing, told};
use crate::{Came, Heard, Item, Kind, Manner, Status, Words, hashed, words};

/// What happens between a source and the account: one of these is in every item.
const HAPPENED: [&str; 6] = ["message", "message_edit", "reaction", "postback", "referral", "read"];
/// What tells of nothing that a source said.
const QUIET: [&str; 6] = [
    "delivery",
    "optin",
    "pass_thread_control",
    "take_thread_control",
    "request_thread_control",
    "app_roles",
];

/// Everything in a webhook's body.
pub fn read(body: &[u8], manner: Manner) -> Vec<Said> {
    let entries = members(body).map(|all| under(&all, "entry")).unwrap_or_default();
    if entries.is_empty() {
        return vec![Said { account: None, heard: unknown(body, &NAMES, manner) }];
    }
    entries.iter().flat_map(|raw| entry(raw.get().as_bytes(), manner)).collect()
}

fn entry(raw: &[u8], manner: Manner) -> Vec<Said> {
    let entry = members(raw).unwrap_or_default();
    let account = look::read(raw).and_then(|entry| entry.name("id"));
    let mut said = vec![];
    for key in ["messaging", "standby"] {
        let items = under(&entry, key);
        said.extend(items.iter().map(|raw| item(raw.get().as_bytes(), &account, manner)));
    }
    let changes = under(&entry, "changes");
    said.extend(changes.iter().map(|raw| change(raw.get().as_bytes(), &account, manner)));
    if said.is_empty() {
        said.push(Said { account, heard: unknown(raw, &NAMES, manner) });
    }
    said
}

/// A change may be of a conversation, as any item, or of something else: a comment, say.
fn change(raw: &[u8], account: &Option<Words>, manner: Manner) -> Said {
    let change = members(raw).unwrap_or_default();
    let value = change.get("value").map(|value| value.get().as_bytes());
    let of_one = |raw: &&[u8]| {
        look::read(raw).is_some_and(|value| {
            value.at("sender").is_some() || HAPPENED.iter().any(|key| value.object(key).is_some())
        })
    };
    match value.filter(of_one) {
        Some(value) => item(value, account, manner),
        None => Said { account: account.clone(), heard: unknown(raw, &NAMES, manner) },
    }
}

fn item(raw: &[u8], account: &Option<Words>, manner: Manner) -> Said {
    let value = look::read(raw).unwrap_or_default();
    let end = |key: &str| value.at(key).and_then(|end| end.name("id"));
    let (sender, recipient) = (end("sender"), end("recipient"));
    let echo = value.at("message").is_some_and(|message| message.is("is_echo"))
        || (sender.is_some() && sender == *account);
    let (who, own) = if echo { (recipient, sender) } else { (sender, recipient) };
    let happened = Happened { value: &value, raw, who, manner };
    let heard = match happened.heard().unwrap_or_else(|| happened.unknown()) {
        Heard::Came(came) if echo => Heard::Echo(elsewhere(*came, manner)),
        heard => heard,
    };
    Said { account: own.or_else(|| account.clone()), heard }
}

fn elsewhere(mut came: Came, manner: Manner) -> Came {
    came.items.insert(0, Item::Note(told(manner.lang, Thing::Elsewhere, "")));
    (came.sender, came.spoken) = (None, false);
    came
}

/// One item.
struct Happened<'a> {
    value: &'a Value,
    raw: &'a [u8],
    who: Option<Words>,
    manner: Manner,
}

impl Happened<'_> {
    /// Nothing where it is not understood.
    fn heard(&self) -> Option<Heard> {
        let [message, edit, reaction, postback, referral, read] =
            HAPPENED.map(|key| self.value.object(key));
        let came = match (message, edit, reaction, postback, referral) {
            (Some(message), ..) => self.message(message),
            (_, Some(edit), ..) => self.edit(edit),
            (_, _, Some(reaction), ..) => Some(self.reaction(reaction)),
            (_, _, _, Some(postback), _) => Some(self.postback(postback)),
            (_, _, _, _, Some(referral)) => Some(self.referral(referral)),
            _ => return self.quiet(read),
        };
        came.map(|came| Heard::Came(Box::new(came)))
    }

    /// It cannot be told what was said, but who said it.
    fn unknown(&self) -> Heard {
        let mut came = unreadable(self.raw, &NAMES, self.manner);
        came.who = self.who.clone();
        Heard::Came(Box::new(came))
    }

    fn came(&self, name: &str) -> Came {
        let mut came = Came::new(self.who.as_deref().map(String::as_str), name);
        came.wrote = self.value.moment("timestamp");
        came.sender = self.who.clone().filter(|_| self.manner.names);
        came
    }

    fn said(&self, name: &str, thing: Thing, what: &str) -> Came {
        let mut came = self.came(name);
        came.items = vec![Item::Note(told(self.manner.lang, thing, what))];
        came
    }

    /// What tells it apart where it has no name.
    fn moment(&self) -> Words {
        self.value.name("timestamp").unwrap_or_else(|| words(&hashed(self.raw)))
    }

    fn message(&self, message: &Value) -> Option<Came> {
        let mid = message.name("mid");
        if mid.is_none() && message.is("is_deleted") {
            return None;
        }
        let came = self.came(&mid.unwrap_or_else(|| words(&hashed(self.raw))));
        Some(filled(came, message, self.raw, self.manner))
    }

    fn edit(&self, edit: &Value) -> Option<Came> {
        let (mid, text) = (edit.name("mid")?, edit.text("text")?);
        let mut came = self.came(&mid);
        (came.kind, came.spoken) = (Kind::Edit, false);
        let count = edit.name("num_edit").unwrap_or_else(|| self.moment());
        came.event = Some(words(&format!("{} edit {}", *mid, *count)));
        came.items = vec![Item::Text(words(text))];
        Some(came)
    }

    fn reaction(&self, reaction: &Value) -> Came {
        let emoji = reaction.text("emoji").or_else(|| reaction.text("reaction"));
        let told_of = [reaction.text("mid"), reaction.text("action"), emoji];
        let told_of = told_of.map(Option::unwrap_or_default).join(" ");
        let name = format!("reaction {} {told_of}", *self.moment());
        match reaction.text("action") {
            Some("unreact") => self.said(&name, Thing::NoReaction, ""),
            _ => self.said(&name, Thing::Reaction, emoji.unwrap_or_default()),
        }
    }

    fn postback(&self, postback: &Value) -> Came {
        let name = postback.name("mid");
        let name = name.unwrap_or_else(|| words(&format!("postback {}", *self.moment())));
        let title = postback.text("title").or_else(|| postback.text("payload"));
        let mut came = self.said(&name, Thing::Button, title.unwrap_or_default());
        let reference = postback.at("referral").and_then(|referral| referral.text("ref"));
        let told = |reference: &str| told(self.manner.lang, Thing::Start, reference);
        came.items.extend(reference.map(told).map(Item::Note));
        came
    }

    fn referral(&self, referral: &Value) -> Came {
        let name = format!("referral {}", *self.moment());
        self.said(&name, Thing::Start, referral.text("ref").unwrap_or_default())
    }

    fn quiet(&self, read: Option<&Value>) -> Option<Heard> {
        if let Some(message) = read.and_then(|read| read.name("mid")) {
            let (state, who) = (State::Read, None);
            let (own, reason, code) = (None, None, None);
            return Some(Heard::Status(Status { message, who, own, state, reason, code }));
        }
        let optin = self.value.at("optin");
        if let Some(what) =
            optin.and_then(|optin| optin.text("ref").or_else(|| optin.text("payload")))
        {
            let name = format!("optin {}", *self.moment());
            return Some(Heard::Came(Box::new(self.said(&name, Thing::Start, what))));
        }
        let quiet = read.is_some() || QUIET.iter().any(|key| self.value.at(key).is_some());
        quiet.then_some(Heard::Nothing)
    }
}
