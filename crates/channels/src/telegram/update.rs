//! Reading updates (core.telegram.org/bots/api, "Update" and "Message").

use payamgir_text::lang::Lang;
use serde_json::Value;
use zeroize::Zeroizing;

use super::media;
use crate::json::{self, Look};
use crate::things::{Thing, told};
use crate::{Came, Heard, Item, Kind, Manner, Words, words};

/// What says who somebody is: taken out of what is kept as it came.
const NAMES: [&str; 16] = [
    "from",
    "chat",
    "sender_chat",
    "user",
    "sender_user",
    "sender_user_name",
    "first_name",
    "last_name",
    "username",
    "phone_number",
    "forward_from",
    "forward_from_chat",
    "forward_sender_name",
    "via_bot",
    "author_signature",
    "reply_to_message",
];
/// Keys of a message that are about it and not in it.
const ABOUT: [&str; 33] = [
    "message_id",
    "from",
    "sender_chat",
    "chat",
    "date",
    "edit_date",
    "message_thread_id",
    "direct_messages_topic",
    "forward_origin",
    "forward_from",
    "forward_from_chat",
    "forward_from_message_id",
    "forward_signature",
    "forward_sender_name",
    "forward_date",
    "is_topic_message",
    "is_automatic_forward",
    "reply_to_message",
    "external_reply",
    "quote",
    "reply_to_story",
    "via_bot",
    "has_protected_content",
    "is_from_offline",
    "media_group_id",
    "author_signature",
    "entities",
    "link_preview_options",
    "reply_markup",
    "effect_id",
    "sender_boost_count",
    "sender_business_bot",
    "business_connection_id",
];

/// One update.
pub struct Update {
    /// Its number: telling the platform a greater one says that it is safe.
    pub id: Option<i64>,
    /// What it says.
    pub heard: Heard,
    /// The chat and message to delete once it is sealed.
    pub at: Option<(i64, i64)>,
    /// A button that was pressed, to be answered.
    pub query: Option<Words>,
    /// A group that the bot was put into: it leaves.
    pub leave: Option<i64>,
}

/// The updates in the answer to getUpdates, each as it came; `None` where it is no such answer.
pub fn split(body: &[u8]) -> Option<Vec<Box<serde_json::value::RawValue>>> {
    #[derive(serde::Deserialize)]
    struct Answer {
        ok: bool,
        result: Box<serde_json::value::RawValue>,
    }
    let answer: Answer = serde_json::from_slice(body).ok()?;
    answer.ok.then(|| json::pieces(answer.result.get().as_bytes()))?
}

/// Reads one update, whatever it is.
pub fn read(raw: &[u8], manner: Manner) -> Update {
    let Some(value) = json::read(raw).filter(Value::is_object) else {
        return Update::of(number_in(raw), Heard::Came(Box::new(Came::unreadable(raw))));
    };
    let mut update = Update::of(value.number("update_id"), Heard::Nothing);
    for (key, kind) in [("message", Kind::New), ("edited_message", Kind::Edit)] {
        if let Some(message) = value.at(key) {
            update.take_message(raw, message, kind, manner);
            return update;
        }
    }
    if let Some(query) = value.at("callback_query") {
        update.take_query(query, manner);
    } else if let Some(change) = value.at("my_chat_member") {
        update.take_member(change, manner);
    } else {
        update.heard = Heard::Came(Box::new(unknown(raw, &value, manner)));
    }
    update
}

impl Update {
    fn of(id: Option<i64>, heard: Heard) -> Self {
        Self { id, heard, at: None, query: None, leave: None }
    }

    fn take_message(&mut self, raw: &[u8], message: &Value, kind: Kind, manner: Manner) {
        let Some(chat) = message.at("chat").and_then(|chat| chat.number("id")) else {
            self.heard = Heard::Came(Box::new(unknown(raw, message, manner)));
            return;
        };
        if !is_private(message) {
            self.leave = Some(chat);
            return;
        }
        let came = came(chat, raw, message, kind, manner);
        self.at = message.number("message_id").map(|id| (chat, id));
        self.heard = Heard::Came(Box::new(came));
    }

    fn take_query(&mut self, query: &Value, manner: Manner) {
        self.query = query.name("id");
        let Some(from) = query.at("from").and_then(|from| from.number("id")) else { return };
        let Some(id) = query.text("id") else { return };
        let mut came = Came::new(Some(&from.to_string()), &format!("query {id}"));
        came.sender = sender(query, manner);
        let pressed = query.text("data").unwrap_or_default();
        came.items = vec![Item::Note(told(manner.lang, Thing::Button, pressed))];
        self.heard = Heard::Came(Box::new(came));
    }

    fn take_member(&mut self, change: &Value, manner: Manner) {
        let Some(chat) = change.at("chat").and_then(|chat| chat.number("id")) else { return };
        if !is_private(change) {
            let status = change.at("new_chat_member").and_then(|m| m.text("status"));
            self.leave = (!matches!(status, Some("left" | "kicked"))).then_some(chat);
            return;
        }
        let status = |key: &str| change.at(key).and_then(|member| member.text("status"));
        let gone = |status: Option<&str>| matches!(status, Some("kicked" | "left"));
        let thing = match (gone(status("old_chat_member")), gone(status("new_chat_member"))) {
            (false, true) => Thing::Blocked,
            (true, false) => Thing::Unblocked,
            _ => return,
        };
        // Somebody who never wrote has no conversation for this to stand in; it is no loss there.
        let date = change.number("date").unwrap_or_default();
        let status = status("new_chat_member").unwrap_or_default();
        let mut came = Came::new(Some(&chat.to_string()), &format!("member {date} {status}"));
        (came.wrote, came.spoken) = (u64::try_from(date).ok(), false);
        came.items = vec![Item::Note(told(manner.lang, thing, ""))];
        self.heard = Heard::Came(Box::new(came));
    }
}

fn is_private(about: &Value) -> bool {
    let kind = about.at("chat").and_then(|chat| chat.text("type"));
    kind.is_none_or(|kind| kind == "private")
}

fn came(chat: i64, raw: &[u8], message: &Value, kind: Kind, manner: Manner) -> Came {
    let name = match message.number("message_id") {
        Some(id) => id.to_string(),
        None => format!("update {}", number_in(raw).unwrap_or_default()),
    };
    let mut came = Came::new(Some(&chat.to_string()), &name);
    came.kind = match message.at("location").and_then(|location| location.at("live_period")) {
        Some(_) if kind == Kind::Edit => Kind::Moved,
        _ => kind,
    };
    came.event = message.name("edit_date").filter(|_| kind == Kind::Edit);
    came.album = message.name("media_group_id");
    let when = message.number("edit_date").or_else(|| message.number("date"));
    came.wrote = when.and_then(|when| u64::try_from(when).ok());
    came.lang = message.at("from").and_then(|from| from.text("language_code")).map(language);
    came.sender = sender(message, manner);
    came.items = items(raw, message, manner);
    came.spoken = kind == Kind::New;
    came
}

fn language(code: &str) -> Lang {
    if code.starts_with("fa") { Lang::Fa } else { Lang::En }
}

/// What the platform calls the source, where that is kept.
fn sender(message: &Value, manner: Manner) -> Option<Words> {
    let from = message.at("from").filter(|_| manner.names)?;
    let names = [from.text("first_name"), from.text("last_name")];
    let mut all: Vec<String> = names.into_iter().flatten().map(str::to_owned).collect();
    all.extend(from.text("username").map(|name| format!("@{name}")));
    all.extend(from.name("id").map(|id| id.to_string()));
    Some(words(&all.join(" ")))
}

fn items(raw: &[u8], message: &Value, manner: Manner) -> Vec<Item> {
    let mut items = vec![];
    items.extend(around(message, manner).into_iter().map(Item::Note));
    let text = message.text("text").or_else(|| message.text("caption"));
    items.extend(text.map(|text| started(text, manner)));
    let content = media::items(message, manner);
    let known = !content.is_empty() || text.is_some();
    items.extend(content);
    if !known {
        items.push(Item::Unreadable(kept(raw, message, manner)));
    }
    items
}

/// What a message stands in: forwarded, an answer. Whose words they were is not kept.
fn around(message: &Value, manner: Manner) -> Vec<Words> {
    let mut all = vec![];
    let keys = ["forward_origin", "forward_from", "forward_from_chat", "forward_sender_name"];
    if keys.iter().any(|key| message.at(key).is_some()) {
        all.push(told(manner.lang, Thing::Forwarded, ""));
    }
    let quote = message.at("quote").and_then(|quote| quote.text("text"));
    let answered = message
        .at("reply_to_message")
        .map(|to| to.text("text").or_else(|| to.text("caption")).unwrap_or_default());
    if let Some(text) = quote.or(answered) {
        let short: String = text.chars().take(200).collect();
        all.push(told(manner.lang, Thing::Answering, &short));
    }
    if message.at("reply_to_story").is_some() {
        all.push(told(manner.lang, Thing::Answering, "story"));
    }
    all
}

/// `/start payload` is what a link makes a source's program say, and no proof of anything.
fn started(text: &str, manner: Manner) -> Item {
    match text.strip_prefix("/start ") {
        Some(payload) if !payload.trim().is_empty() => {
            Item::Note(told(manner.lang, Thing::Start, payload.trim()))
        }
        _ => Item::Text(words(text)),
    }
}

/// What is kept of something not understood: as it came, without who it is from.
fn kept(raw: &[u8], value: &Value, manner: Manner) -> Zeroizing<Vec<u8>> {
    if manner.names {
        return Zeroizing::new(raw.to_vec());
    }
    let bare = json::without(value, &NAMES);
    Zeroizing::new(serde_json::to_vec(&bare).unwrap_or_default())
}

fn unknown(raw: &[u8], value: &Value, manner: Manner) -> Came {
    let mut came = Came::unreadable(raw);
    came.items = vec![Item::Unreadable(kept(raw, value, manner))];
    came
}

/// The update's number in bytes that are not JSON, so that they are not asked for again.
fn number_in(raw: &[u8]) -> Option<i64> {
    const KEY: &[u8] = b"\"update_id\"";
    let at = raw.windows(KEY.len()).position(|window| window == KEY)? + KEY.len();
    let rest = raw[at..].iter().skip_while(|byte| matches!(byte, b' ' | b':'));
    let digits: Vec<u8> = rest.copied().take_while(u8::is_ascii_digit).take(18).collect();
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

/// Whether a message has anything in it but what is about it.
pub(super) fn contents(message: &Value) -> impl Iterator<Item = &str> {
    let keys = message.as_object().into_iter().flat_map(|map| map.keys());
    keys.map(String::as_str).filter(|key| !ABOUT.contains(key))
}
