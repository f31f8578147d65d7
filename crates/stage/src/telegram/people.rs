//! What people do, as messages and updates.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::courier;
use super::methods::me;
use super::queue::Update;
use super::state::{Stage, State};

/// Kinds of updates that a bot gets only where it asks for them; unknown kinds always come.
const ASKED_FOR: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];
/// The other kinds of today.
const KINDS: [&str; 22] = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
];

/// Whether this is the name of an update's content.
pub(super) fn is_kind(name: &str) -> bool {
    KINDS.contains(&name) || ASKED_FOR.contains(&name)
}

/// Whose message this is, where it says so.
pub(super) fn person_of(message: &Value) -> Option<i64> {
    let of = |pointer: &str| message.pointer(pointer).and_then(Value::as_i64);
    of("/from/id").or_else(|| of("/chat/id"))
}

/// A private message of a person; what `content` says of itself stays as it is.
pub(super) fn compose(state: &mut State, now: u64, person: i64, content: Value) -> Value {
    let content = match content {
        Value::Object(content) => content,
        text => Map::from_iter([("text".to_owned(), text)]),
    };
    let chat = state.chats.entry(person).or_default();
    let id = content.get("message_id").and_then(Value::as_i64).unwrap_or(chat.last_id + 1);
    let mut message = json!({
        "message_id": id,
        "from": {"id": person, "is_bot": false, "first_name": "ن", "language_code": "fa"},
        "chat": {"id": person, "first_name": "ن", "type": "private"},
        "date": now,
    });
    message.as_object_mut().expect("an object").extend(content);
    remember(state, &message);
    message
}

/// Keeps a message, for replies, edits and deletions.
pub(super) fn remember(state: &mut State, message: &Value) {
    let chat = message.pointer("/chat/id").and_then(Value::as_i64);
    let id = message.get("message_id").and_then(Value::as_i64);
    if let (Some(chat), Some(id)) = (chat, id) {
        let chat = state.chats.entry(chat).or_default();
        chat.last_id = chat.last_id.max(id);
        chat.messages.insert(id, message.clone());
    }
}

/// Queues an update, unless its kind is not wanted. Gives its id.
pub(super) fn queue(state: &mut State, now: u64, update: Value) -> i64 {
    let given = update.get("update_id").and_then(Value::as_i64);
    let id = given.unwrap_or_else(|| state.queue.allocate());
    let mut whole = Map::from_iter([("update_id".to_owned(), json!(id))]);
    whole.extend(update.as_object().cloned().unwrap_or_default());
    let (kind, content) = whole
        .iter()
        .find(|(key, _)| *key != "update_id")
        .map_or(("", &Value::Null), |(k, v)| (k, v));
    if !wanted(state, kind) {
        state.queue.filtered.push(id);
        return id;
    }
    let (chat, date) = (chat_of(content), date_of(content).unwrap_or(now));
    let text = Value::Object(whole).to_string();
    state.queue.push(Update { id, chat, date, text, served: false }, now);
    id
}

fn wanted(state: &State, kind: &str) -> bool {
    match state.allowed.as_deref() {
        None | Some([]) => !ASKED_FOR.contains(&kind),
        Some(names) => !is_kind(kind) || names.iter().any(|name| name == kind),
    }
}

fn chat_of(content: &Value) -> i64 {
    let places = ["/chat/id", "/message/chat/id", "/from/id", "/user/id"];
    let found = places.iter().find_map(|place| content.pointer(place)?.as_i64());
    found.unwrap_or_default()
}

/// The date that an update's day is counted from.
fn date_of(content: &Value) -> Option<u64> {
    let date = |name: &str| content.get(name).and_then(Value::as_u64);
    date("edit_date").or_else(|| date("date")).filter(|date| *date > 0)
}

/// Tells those who wait that something came.
pub(super) fn announce(stage: &Arc<Stage>) {
    stage.changed.notify_waiters();
    courier::wake(stage);
}

/// The update of a person who blocks the bot, or lets it in again.
pub(super) fn membership(stage: &Stage, now: u64, person: i64, blocked: bool) -> Value {
    let member = json!({"user": me(stage), "status": "member"});
    let kicked = json!({"user": me(stage), "status": "kicked", "until_date": 0});
    let (old, new) = if blocked { (member, kicked) } else { (kicked, member) };
    json!({"my_chat_member": {
        "chat": {"id": person, "first_name": "ن", "type": "private"},
        "from": {"id": person, "is_bot": false, "first_name": "ن"},
        "date": now,
        "old_chat_member": old,
        "new_chat_member": new,
    }})
}

/// A person says something. Gives the update's id and the message's.
pub(super) fn say(stage: &Arc<Stage>, person: i64, content: Value) -> (i64, i64) {
    let now = stage.clock.now();
    let mut state = stage.state();
    let message = compose(&mut state, now, person, content);
    let message_id = message["message_id"].as_i64().unwrap_or_default();
    let update = queue(&mut state, now, json!({"message": message}));
    drop(state);
    announce(stage);
    (update, message_id)
}

/// Something happens. Gives the update's id.
pub(super) fn tell(stage: &Arc<Stage>, update: Value) -> i64 {
    let now = stage.clock.now();
    let mut state = stage.state();
    for kind in ["message", "edited_message"] {
        remember(&mut state, &update[kind]);
    }
    let id = queue(&mut state, now, update);
    drop(state);
    announce(stage);
    id
}
