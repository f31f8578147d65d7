//! Webhook bodies.

use serde_json::{Value, json};

use super::ACCOUNT;
use crate::meta::{Kind, groups, list, text};

/// Where an item sits in an entry.
pub(crate) const MESSAGING: &str = "messaging";
pub(crate) const STANDBY: &str = "standby";
pub(crate) const CHANGES: &str = "changes";

pub(crate) const KIND: Kind = Kind { keep: 36 * 3600, pack, names };

/// An item with who, whom and when, where it leaves that out.
pub(crate) fn item(from: &str, to: &str, rest: Value, now: u64) -> Value {
    let mut item =
        json!({ "sender": { "id": from }, "recipient": { "id": to }, "timestamp": now * 1000 });
    for (key, value) in rest.as_object().into_iter().flatten() {
        item[key] = value.clone();
    }
    item
}

/// An item in its slot.
pub(crate) fn part(slot: &str, item: Value) -> Value {
    match slot {
        CHANGES => json!({ CHANGES: { "field": "messages", "value": item } }),
        slot => json!({ slot: item }),
    }
}

/// A body of one part.
pub(crate) fn alone(part: &Value) -> Value {
    pack(std::slice::from_ref(part), 1, 1)
}

fn pack(parts: &[Value], entries: usize, _changes: usize) -> Value {
    let all: Vec<Value> = groups(parts, entries).flat_map(entries_of).collect();
    json!({ "object": "instagram", "entry": all })
}

/// One entry for all items, and each whole entry after it.
fn entries_of(parts: &[Value]) -> Vec<Value> {
    let mut entry = json!({ "id": ACCOUNT, "time": moment(parts) });
    let mut all = Vec::new();
    for (slot, item) in parts.iter().filter_map(Value::as_object).flatten() {
        match (slot.as_str(), entry.get_mut(slot).and_then(Value::as_array_mut)) {
            ("entry", _) => all.push(item.clone()),
            (_, Some(items)) => items.push(item.clone()),
            (_, None) => entry[slot] = json!([item]),
        }
    }
    let anything = [MESSAGING, STANDBY, CHANGES].iter().any(|slot| entry.get(*slot).is_some());
    if anything {
        all.insert(0, entry);
    }
    all
}

/// When an entry was made, in milliseconds: soon after the newest of its items.
fn moment(parts: &[Value]) -> u64 {
    let items = parts.iter().filter_map(Value::as_object).flatten();
    let times = items.map(|(_, item)| item.get("value").unwrap_or(item));
    123 + times.filter_map(|item| item["timestamp"].as_u64()).max().unwrap_or(0)
}

/// All items of a body, however wrapped.
pub(crate) fn items(body: &Value) -> impl Iterator<Item = &Value> {
    list(body, "entry").iter().flat_map(|entry| {
        let changes = list(entry, CHANGES).iter().filter_map(|change| change.get("value"));
        list(entry, MESSAGING).iter().chain(list(entry, STANDBY)).chain(changes)
    })
}

fn names(body: &Value) -> Vec<String> {
    items(body).filter_map(name).collect()
}

fn name(item: &Value) -> Option<String> {
    if let Some(message) = item.get("message") {
        let mid = message["mid"].as_str()?;
        return Some(match () {
            () if message["is_deleted"] == true => format!("{mid} unsent"),
            () if message["is_echo"] == true => format!("{mid} echo"),
            () => mid.to_owned(),
        });
    }
    if let Some(edit) = item.get("message_edit") {
        return Some(format!("{} edit {}", text(edit, "/mid"), edit["num_edit"]));
    }
    if let Some(postback) = item.get("postback") {
        return postback["mid"].as_str().map(str::to_owned);
    }
    let known = ["reaction", "read", "referral", "optin"];
    let key = known.into_iter().find(|key| item.get(key).is_some())?;
    Some(format!("{} {key}", text(&item[key], "/mid")))
}
