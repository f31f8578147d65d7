//! Webhook bodies.

use serde_json::{Map, Value, json};

use super::{DISPLAY, NUMBER, Person};
use crate::meta::{Kind, groups, list, text};

const ACCOUNT: &str = "102290129340398";

pub(crate) const KIND: Kind = Kind { keep: 7 * 86_400, pack, names };

/// A value with nothing in it yet.
pub(crate) fn value() -> Value {
    json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": DISPLAY, "phone_number_id": NUMBER },
    })
}

pub(crate) fn contact(person: &Person) -> Value {
    let mut profile = json!({ "name": person.name });
    if let Some(username) = &person.username {
        profile["username"] = json!(username);
    }
    let mut contact = json!({ "profile": profile });
    put(&mut contact, "wa_id", person.wa_id.as_deref());
    put(&mut contact, "user_id", person.user_id.as_deref());
    contact
}

/// The message with what it left out, and its id.
pub(crate) fn message(person: &Person, message: Value, wamid: String, now: u64) -> (Value, String) {
    let mut whole = json!({});
    put(&mut whole, "from", person.wa_id.as_deref());
    put(&mut whole, "from_user_id", person.user_id.as_deref());
    whole["id"] = json!(wamid);
    whole["timestamp"] = json!(now.to_string());
    for (key, value) in message.as_object().into_iter().flatten() {
        whole[key] = value.clone();
    }
    let wamid = whole["id"].as_str().map_or(wamid, str::to_owned);
    (whole, wamid)
}

/// A value with one status.
pub(crate) fn status(status: Value) -> Value {
    let mut value = value();
    value["statuses"] = json!([status]);
    json!({ "field": "messages", "value": value })
}

pub(crate) fn put(object: &mut Value, key: &str, word: Option<&str>) {
    if let Some(word) = word {
        object[key] = json!(word);
    }
}

/// All values of a body.
pub(crate) fn values(body: &Value) -> impl Iterator<Item = &Value> {
    let changes = list(body, "entry").iter().flat_map(|entry| list(entry, "changes"));
    changes.filter_map(|change| change.get("value"))
}

fn names(body: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for value in values(body) {
        let ids = |field: &str| list(value, field).iter().map(|one| text(one, "/id").to_owned());
        names.extend(ids("messages").filter(|id| !id.is_empty()));
        names.extend(ids("message_echoes").map(|id| format!("{id} echo")));
        let statuses = list(value, "statuses").iter();
        names.extend(statuses.map(|one| format!("{} {}", text(one, "/id"), text(one, "/status"))));
    }
    names
}

fn pack(parts: &[Value], entries: usize, changes: usize) -> Value {
    let values: Vec<Value> =
        groups(parts, entries.max(1) * changes.max(1)).flat_map(merged).collect();
    let entry = |changes: &[Value]| json!({ "id": ACCOUNT, "changes": changes });
    let all: Vec<Value> = groups(&values, entries).map(entry).collect();
    json!({ "object": "whatsapp_business_account", "entry": all })
}

/// One change of many, where they are of one kind.
fn merged(parts: &[Value]) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for part in parts {
        match all.last_mut().filter(|last| alike(last, part)) {
            Some(last) => join(&mut last["value"], &part["value"]),
            None => all.push(part.clone()),
        }
    }
    all
}

fn alike(one: &Value, other: &Value) -> bool {
    one["field"] == other["field"]
        && one["value"]["metadata"] == other["value"]["metadata"]
        && one["value"].is_object()
        && other["value"].is_object()
}

fn join(into: &mut Value, from: &Value) {
    let (Some(into), Some(from)) = (into.as_object_mut(), from.as_object()) else { return };
    from.iter().for_each(|(key, value)| join_field(into, key, value));
}

fn join_field(into: &mut Map<String, Value>, key: &str, value: &Value) {
    match (into.get_mut(key).and_then(Value::as_array_mut), value.as_array()) {
        // Somebody who wrote twice is named once.
        (Some(known), Some(more)) if key == "contacts" => {
            let new: Vec<_> = more.iter().filter(|one| !known.contains(one)).cloned().collect();
            known.extend(new);
        }
        (Some(known), Some(more)) => known.extend(more.iter().cloned()),
        _ => {
            into.insert(key.to_owned(), value.clone());
        }
    }
}
