//! Who a message is from, and what says so.

use serde_json::Value;

use crate::json::Look;
use crate::kept::Names;
use crate::{Manner, Words, words};

/// What says who somebody is, in a message. Names of messages hold numbers, too.
pub(super) const NAMES: Names = Names {
    keys: &[
        "from",
        "to",
        "wa_id",
        "user_id",
        "recipient_id",
        "profile",
        "username",
        "participant",
        "customer",
        "context",
        "group_id",
        "display_phone_number",
    ],
    ends: &["_user_id", "_wa_id", "_recipient_id", "message_id"],
    own: &["contacts"],
    is: is_message,
};
/// The same in what is around messages: there, contacts are those who wrote.
pub(super) const AROUND: Names = Names {
    keys: &[
        "from",
        "to",
        "wa_id",
        "user_id",
        "recipient_id",
        "profile",
        "username",
        "participant",
        "customer",
        "context",
        "group_id",
        "display_phone_number",
        "contacts",
        "contact",
        "name",
        "full_name",
        "first_name",
        "last_name",
        "phone_number",
        "input",
    ],
    ends: &["_user_id", "_wa_id", "_recipient_id", "message_id"],
    own: &[],
    is: is_message,
};

fn is_message(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("wamid."))
}

/// The platform's names for a source: the one it is known by, and another. A number may be missing, and
/// an id may stand where a number used to.
pub(super) fn who(event: &Value, people: &[Value]) -> (Option<Words>, Option<Words>) {
    let number = event.name("from");
    let id = event.name("from_user_id");
    let same = |person: &&Value| {
        let fits = |key: &str, own: &Option<Words>| own.is_some() && person.name(key) == *own;
        fits("wa_id", &number) || fits("user_id", &id) || fits("user_id", &number)
    };
    let alone = people.first().filter(|_| people.len() == 1 && number.is_none() && id.is_none());
    let person = people.iter().find(same).or(alone);
    let told = |key: &str| person.and_then(|person| person.name(key));
    let id = id.or_else(|| told("user_id"));
    let number = number.or_else(|| told("wa_id")).filter(|number| Some(number) != id.as_ref());
    match id {
        Some(id) => (Some(id), number),
        None => (number, None),
    }
}

/// What the platform calls a source, where that is kept.
pub(super) fn sender(event: &Value, people: &[Value], manner: Manner) -> Option<Words> {
    if !manner.names {
        return None;
    }
    let (id, number) = who(event, people);
    let own = |person: &&Value| {
        [person.name("wa_id"), person.name("user_id")]
            .iter()
            .any(|name| name.is_some() && (*name == id || *name == number))
    };
    let profile = people.iter().find(own).and_then(|person| person.at("profile"));
    let told = |key: &str| profile.and_then(|profile| profile.text(key)).map(str::to_owned);
    let mut all: Vec<String> = [told("name"), told("username")].into_iter().flatten().collect();
    all.extend([number, id].into_iter().flatten().map(|name| name.to_string()));
    (!all.is_empty()).then(|| words(&all.join(" ")))
}
