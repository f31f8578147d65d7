//! Reading a webhook's body: entries, changes, and the lists in each.

use std::collections::BTreeMap;

use payamgir_wire::State;
use serde_json::Value;
use serde_json::value::RawValue;

use super::message::{message, seconds};
use super::names::{AROUND, who};
use super::sending::reason;
use crate::json::{self as look, Look};
use crate::kept::{kept, unknown, unreadable};
use crate::meta::{Said, members, under};
use crate::things::{Thing, told};
use crate::{Came, Heard, Item, Manner, Status, Words, hashed};

/// What concerns the account and no source.
const FIELDS: [&str; 15] = [
    "account_update",
    "account_alerts",
    "account_review_update",
    "phone_number_quality_update",
    "phone_number_name_update",
    "message_template_status_update",
    "business_capability_update",
    "message_template_quality_update",
    "message_template_components_update",
    "security",
    "flows",
    "template_category_update",
    "user_id_update",
    "user_preferences",
    "smb_app_state_sync",
];

/// What is in every change, and says nothing.
const ALWAYS: [&str; 3] = ["messaging_product", "metadata", "contacts"];
/// Lists in which there is something.
const LISTS: [&str; 6] = ["messages", "calls", "message_echoes", "statuses", "errors", "history"];

/// Everything in a webhook's body.
pub fn read(body: &[u8], manner: Manner) -> Vec<Said> {
    let mut said = vec![];
    let entries = members(body).map(|all| under(&all, "entry")).unwrap_or_default();
    for raw in &entries {
        let raw = raw.get().as_bytes();
        let changes = members(raw).map(|entry| under(&entry, "changes")).unwrap_or_default();
        for raw in &changes {
            said.extend(change(raw.get().as_bytes(), manner));
        }
        if changes.is_empty() {
            said.push(Said { account: None, heard: unknown(raw, &AROUND, manner) });
        }
    }
    if entries.is_empty() {
        said.push(Said { account: None, heard: unknown(body, &AROUND, manner) });
    }
    said
}

/// What a change is: one value, and the senders and the account that it tells beside its lists.
struct Change {
    value: BTreeMap<String, Box<RawValue>>,
    people: Vec<Value>,
    /// Our own number, as it is shown and as the platform calls it.
    shown: Option<Words>,
    account: Option<Words>,
    manner: Manner,
}

fn change(raw: &[u8], manner: Manner) -> Vec<Said> {
    let change = members(raw).unwrap_or_default();
    let value = change.get("value").and_then(|value| members(value.get().as_bytes()));
    let Some(value) = value else {
        return vec![Said { account: None, heard: unknown(raw, &AROUND, manner) }];
    };
    let field = change.get("field").and_then(|field| serde_json::from_str(field.get()).ok());
    let quiet = field.is_some_and(|field: String| FIELDS.contains(&field.as_str()));
    let change = Change::of(value, manner);
    let mut heard = change.heard();
    if !quiet {
        heard.extend(change.rest(raw, heard.is_empty()));
    }
    if heard.is_empty() {
        heard.push(Heard::Nothing);
    }
    heard.into_iter().map(|heard| Said { account: change.account.clone(), heard }).collect()
}

impl Change {
    fn of(value: BTreeMap<String, Box<RawValue>>, manner: Manner) -> Self {
        let metadata = value.get("metadata").and_then(|raw| look::read(raw.get().as_bytes()));
        let told = |key: &str| metadata.as_ref().and_then(|metadata| metadata.name(key));
        let (shown, account) = (told("display_phone_number"), told("phone_number_id"));
        let people = under(&value, "contacts");
        let people = people.iter().filter_map(|raw| look::read(raw.get().as_bytes())).collect();
        Self { value, people, shown, account, manner }
    }

    /// Everything in its lists.
    fn heard(&self) -> Vec<Heard> {
        let mut all = self.each("messages", &|event, raw| self.message(event, raw));
        all.extend(self.each("calls", &|event, raw| self.call(event, raw)));
        all.extend(self.each("message_echoes", &|event, raw| self.echo(event, raw, None)));
        all.extend(self.each("statuses", &|event, _| status(event)));
        all.extend(self.each("errors", &|event, _| trouble(event)));
        for raw in under(&self.value, "history") {
            all.extend(self.history(raw.get().as_bytes()));
        }
        all
    }

    fn each(&self, key: &str, read: &dyn Fn(&Value, &[u8]) -> Heard) -> Vec<Heard> {
        let one = |raw: &[u8]| match look::read(raw).filter(Value::is_object) {
            Some(event) => read(&event, raw),
            None => unknown(raw, &AROUND, self.manner),
        };
        under(&self.value, key).iter().map(|raw| one(raw.get().as_bytes())).collect()
    }

    /// What is in it beside its lists; where those are not `bare`, a word says nothing.
    fn rest(&self, raw: &[u8], bare: bool) -> Option<Heard> {
        let known = |key: &str| ALWAYS.contains(&key) || LISTS.contains(&key);
        let says = |value: &Value| value.is_object() || value.is_array() || bare;
        let rest = self.value.iter().filter(|(key, _)| !known(key));
        let rest = rest
            .filter_map(|(key, raw)| Some((key.clone(), look::read(raw.get().as_bytes())?)))
            .filter(|(_, value)| !value.is_null() && says(value));
        let rest: serde_json::Map<String, Value> = rest.collect();
        if rest.is_empty() {
            return None;
        }
        let mut came = Came::unreadable(raw);
        came.items = vec![kept(raw, &Value::Object(rest), &AROUND, self.manner)];
        Some(Heard::Came(Box::new(came)))
    }

    fn message(&self, event: &Value, raw: &[u8]) -> Heard {
        Heard::Came(Box::new(message(event, raw, &self.people, self.manner)))
    }

    /// A call that is told of again is the same one.
    fn call(&self, event: &Value, raw: &[u8]) -> Heard {
        if event.text("direction") == Some("BUSINESS_INITIATED") {
            return Heard::Nothing;
        }
        let id = event.name("id").map_or_else(|| hashed(raw), |id| id.to_string());
        let mut came = Came::new(None, &format!("call {id}"));
        (came.who, came.also) = who(event, &self.people);
        came.wrote = seconds(event);
        came.items = vec![Item::Note(told(self.manner.lang, Thing::Called, ""))];
        Heard::Came(Box::new(came))
    }

    /// What went out by another program, to whom it says or else to `whom`.
    fn echo(&self, event: &Value, raw: &[u8], whom: Option<Words>) -> Heard {
        let mut came = message(event, raw, &[], self.manner);
        came.who = event.name("to_user_id").or_else(|| event.name("to")).or(whom);
        (came.also, came.sender, came.spoken) = (None, None, false);
        came.items.insert(0, Item::Note(told(self.manner.lang, Thing::Elsewhere, "")));
        Heard::Echo(came)
    }

    /// What was said before the number was set up here, a thread for each source.
    fn history(&self, raw: &[u8]) -> Vec<Heard> {
        let chunk = look::read(raw).unwrap_or_default();
        let mut all: Vec<Heard> = chunk.all("errors").iter().map(trouble).collect();
        for thread in chunk.all("threads") {
            let whom = thread.name("id");
            all.extend(thread.all("messages").iter().map(|event| self.past(event, whom.as_ref())));
        }
        if all.is_empty() {
            all.push(Heard::Came(Box::new(unreadable(raw, &AROUND, self.manner))));
        }
        all
    }

    fn past(&self, event: &Value, whom: Option<&Words>) -> Heard {
        let raw = serde_json::to_vec(event).unwrap_or_default();
        if !event.is_object() {
            return unknown(&raw, &AROUND, self.manner);
        }
        let from = event.name("from");
        if event.at("to").is_some() || (from.is_some() && from == self.shown) {
            return self.echo(event, &raw, whom.cloned());
        }
        let mut came = message(event, &raw, &[], self.manner);
        came.who = came.who.or_else(|| whom.cloned());
        came.spoken = false;
        Heard::Came(Box::new(came))
    }
}

fn code(event: &Value) -> Option<u32> {
    u32::try_from(event.number("code")?).ok()
}

fn trouble(event: &Value) -> Heard {
    Heard::Trouble(code(event).unwrap_or(0))
}

fn status(event: &Value) -> Heard {
    let Some(message) = event.name("id") else { return Heard::Nothing };
    let state = match event.text("status") {
        Some("sent") => State::Accepted,
        Some("delivered") => State::Delivered,
        Some("read" | "played") => State::Read,
        Some("failed") => State::Failed,
        _ => return Heard::Nothing,
    };
    let code = event.all("errors").first().and_then(code);
    let reason = (state == State::Failed).then(|| reason(code.unwrap_or(0), 0));
    let own = event.name("biz_opaque_callback_data");
    Heard::Status(Status { message, who: None, own, state, reason, code })
}
