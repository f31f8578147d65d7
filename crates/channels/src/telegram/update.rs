//! Reading updates (core.telegram.org/bots/api, "Update" and "Message").

use payamgir_text::lang::Lang;
use serde_json::Value;

use super::media;
use super::names::{ABOUT, NAMES};
use crate::json::{self, Look};
use crate::kept::{kept, unknown};
use crate::things::{Thing, told};
use crate::{Came, Heard, Item, Kind, Manner, Words, hashed, words};

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
    /// It is of a group.
    group: bool,
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
    let value = json::read(raw).filter(Value::is_object).unwrap_or_default();
    let mut update = Update::of(&value, raw);
    let came = update.came(&value, raw, manner);
    update.heard = match came {
        Some(came) => Heard::Came(Box::new(came)),
        // Whoever put the bot into a group is no source.
        None if update.group => Heard::Nothing,
        None => unknown(raw, &NAMES, manner),
    };
    update
}

impl Update {
    fn of(value: &Value, raw: &[u8]) -> Self {
        let id = value.number("update_id").or_else(|| number_in(raw));
        // The one after it is asked for next.
        let id = id.filter(|id| (0..i64::MAX).contains(id));
        Self { id, heard: Heard::Nothing, at: None, query: None, leave: None, group: false }
    }

    fn came(&mut self, value: &Value, raw: &[u8], manner: Manner) -> Option<Came> {
        for (key, kind) in [("message", Kind::New), ("edited_message", Kind::Edit)] {
            if let Some(message) = value.at(key) {
                return self.message(raw, message, kind, manner);
            }
        }
        if let Some(query) = value.at("callback_query") {
            return self.pressed(query, manner);
        }
        self.member(value.at("my_chat_member")?, raw, manner)
    }

    fn message(&mut self, raw: &[u8], message: &Value, kind: Kind, manner: Manner) -> Option<Came> {
        let whose = message.at("chat").or_else(|| message.at("from"))?;
        let chat = whose.number("id")?;
        if !is_private(message) {
            self.leave = Some(chat);
            return Some(self.in_group(chat, raw, message, (kind, manner)));
        }
        self.at = message.number("message_id").map(|id| (chat, id));
        let name = match (&self.at, self.id) {
            (Some((_, id)), _) => id.to_string(),
            (None, Some(id)) => format!("update {id}"),
            (None, None) => hashed(raw),
        };
        let came = Came::new(Some(&chat.to_string()), &name);
        let came = filled(came, raw, message, kind, manner);
        if came.items.iter().any(|item| matches!(item, Item::Unreadable(_))) {
            // Its bytes may only name what is at the platform, and what the source still has.
            self.at = None;
        }
        Some(came)
    }

    /// What was said in a group before the bot left it. It is kept and nobody's: it must not stand with
    /// what the same person said in private, and no answer goes there.
    fn in_group(
        &self,
        chat: i64,
        raw: &[u8],
        message: &Value,
        (kind, manner): (Kind, Manner),
    ) -> Came {
        let id = message.number("message_id").map_or_else(|| hashed(raw), |id| id.to_string());
        let came = Came::new(None, &format!("group {chat} {id}"));
        let mut came = filled(came, raw, message, kind, manner);
        (came.sender, came.spoken) = (None, false);
        came.items.insert(0, Item::Note(told(manner.lang, Thing::Group, "")));
        came
    }

    fn pressed(&mut self, query: &Value, manner: Manner) -> Option<Came> {
        self.query = query.name("id");
        let from = query.at("from")?.number("id")?;
        let name = format!("query {}", self.query.as_deref()?);
        let mut came = Came::new(Some(&from.to_string()), &name);
        came.sender = sender(query, manner);
        let pressed = query.text("data").or_else(|| query.text("game_short_name"));
        let pressed = told(manner.lang, Thing::Button, pressed.unwrap_or_default());
        came.items = vec![Item::Note(pressed)];
        Some(came)
    }

    fn member(&mut self, change: &Value, raw: &[u8], manner: Manner) -> Option<Came> {
        let chat = change.at("chat")?.number("id")?;
        let status = |key: &str| change.at(key).and_then(|member| member.text("status"));
        let gone = |status: Option<&str>| matches!(status, Some("kicked" | "left"));
        let now = status("new_chat_member");
        if !is_private(change) {
            (self.group, self.leave) = (true, (!gone(now)).then_some(chat));
            return None;
        }
        let thing = match (gone(status("old_chat_member")), gone(now)) {
            (false, true) => Thing::Blocked,
            (true, false) => Thing::Unblocked,
            _ => return None,
        };
        // Somebody who never wrote has no conversation for this to stand in; it is no loss there.
        let wrote = change.moment("date");
        let date = wrote.map_or_else(|| hashed(raw), |date| date.to_string());
        let name = format!("member {date} {}", now.unwrap_or_default());
        let mut came = Came::new(Some(&chat.to_string()), &name);
        (came.wrote, came.spoken) = (wrote, false);
        came.items = vec![Item::Note(told(manner.lang, thing, ""))];
        Some(came)
    }
}

fn is_private(about: &Value) -> bool {
    let kind = about.at("chat").and_then(|chat| chat.text("type"));
    kind.is_none_or(|kind| kind == "private")
}

fn filled(mut came: Came, raw: &[u8], message: &Value, kind: Kind, manner: Manner) -> Came {
    came.kind = match message.at("location").and_then(|location| location.at("live_period")) {
        Some(_) if kind == Kind::Edit => Kind::Moved,
        _ => kind,
    };
    came.event = message.name("edit_date").filter(|_| kind == Kind::Edit);
    came.album = message.name("media_group_id");
    came.wrote = message.moment("edit_date").or_else(|| message.moment("date"));
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
    (!all.is_empty()).then(|| words(&all.join(" ")))
}

fn items(raw: &[u8], message: &Value, manner: Manner) -> Vec<Item> {
    let mut items = vec![];
    items.extend(around(message, manner).into_iter().map(Item::Note));
    let texts = ["text", "caption"].map(|key| message.text(key));
    items.extend(texts.into_iter().flatten().map(|text| started(text, manner)));
    let content = media::items(message, manner);
    let bare = content.is_empty();
    items.extend(content);
    let said = texts[0].is_some() || (texts[1].is_some() && contents(message).next().is_none());
    if (bare && !said) || media::is_more(message, bare) {
        items.push(kept(raw, message, &NAMES, manner));
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

/// The update's number in bytes that are not JSON, so that they are not asked for again.
fn number_in(raw: &[u8]) -> Option<i64> {
    const KEY: &[u8] = b"\"update_id\"";
    let at = raw.windows(KEY.len()).position(|window| window == KEY)? + KEY.len();
    let rest = raw[at..].iter().skip_while(|byte| **byte == b':' || byte.is_ascii_whitespace());
    let digits: Vec<u8> = rest.copied().take_while(u8::is_ascii_digit).take(18).collect();
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

/// Keys of what is in a message beside its words.
pub(super) fn contents(message: &Value) -> impl Iterator<Item = &str> {
    let all = message.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    all.map(|(key, _)| key.as_str()).filter(|key| !ABOUT.contains(key))
}
