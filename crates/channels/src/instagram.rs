//! Instagram's messaging with Instagram Login: webhooks in, messages out
//! (developers.facebook.com/docs/instagram-platform).

use payamgir_wire::State;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::json::{self as look, Look};
use crate::meta::{Said, members, refused, under};
use crate::things::{Thing, told};
use crate::{Came, File, Heard, Item, Kind, Manner, Reason, Status, Verdict, Words, words};

/// Bytes of the longest text.
pub const TEXT: usize = 1000;
/// Seconds after a source's last word in which it can be answered.
pub const WINDOW: u64 = 24 * 3600;
/// Seconds in which a person may answer, where the platform allows that to the account.
pub const HUMAN_WINDOW: u64 = 7 * 24 * 3600;

const NAMES: [&str; 6] = ["sender", "recipient", "from", "username", "name", "profile_pic"];
/// What tells of nothing that a source said.
const QUIET: [&str; 7] = [
    "read",
    "delivery",
    "optin",
    "pass_thread_control",
    "take_thread_control",
    "request_thread_control",
    "app_roles",
];

/// Everything in a webhook's body.
pub fn read(body: &[u8], manner: Manner) -> Vec<Said> {
    let Some(entries) = members(body).map(|all| under(&all, "entry")) else {
        return vec![unreadable(body)];
    };
    let mut said = vec![];
    for raw in &entries {
        entry(raw.get().as_bytes(), manner, &mut said);
    }
    if entries.is_empty() {
        said.push(unreadable(body));
    }
    said
}

fn unreadable(raw: &[u8]) -> Said {
    Said { account: None, heard: Heard::Came(Box::new(Came::unreadable(raw))) }
}

fn entry(raw: &[u8], manner: Manner, said: &mut Vec<Said>) {
    let Some(entry) = members(raw) else { return said.push(unreadable(raw)) };
    let account = entry.get("id").map(|id| words(id.get().trim_matches('"')));
    let before = said.len();
    for key in ["messaging", "standby"] {
        for raw in under(&entry, key) {
            said.push(item(raw.get().as_bytes(), account.clone(), manner));
        }
    }
    for raw in under(&entry, "changes") {
        let change = members(raw.get().as_bytes());
        let value = change.as_ref().and_then(|change| change.get("value"));
        let value = value.filter(|value| value.get().contains("\"sender\""));
        said.push(match value {
            Some(value) => item(value.get().as_bytes(), account.clone(), manner),
            None => bare(raw.get().as_bytes(), account.clone(), manner),
        });
    }
    if said.len() == before {
        said.push(bare(raw, account, manner));
    }
}

/// What is kept of something not understood: without who it is from.
fn bare(raw: &[u8], account: Option<Words>, manner: Manner) -> Said {
    let mut came = Came::unreadable(raw);
    if let Some(value) = look::read(raw).filter(|_| !manner.names) {
        let kept = serde_json::to_vec(&look::without(&value, &NAMES)).unwrap_or_default();
        came.items = vec![Item::Unreadable(Zeroizing::new(kept))];
    }
    Said { account, heard: Heard::Came(Box::new(came)) }
}

fn item(raw: &[u8], account: Option<Words>, manner: Manner) -> Said {
    let Some(value) = look::read(raw).filter(Value::is_object) else {
        return Said { account, ..unreadable(raw) };
    };
    let end = |key: &str| value.at(key).and_then(|end| end.name("id"));
    let (sender, recipient) = (end("sender"), end("recipient"));
    let echo = value.at("message").is_some_and(|message| message.is("is_echo"))
        || (sender.is_some() && sender == account);
    let who = if echo { recipient.clone() } else { sender.clone() };
    let account = if echo { sender } else { recipient }.or(account);
    let heard = match heard(&value, raw, who.as_ref(), manner) {
        Some(Heard::Came(mut came)) if echo => {
            came.items.insert(0, Item::Note(told(manner.lang, Thing::Elsewhere, "")));
            came.spoken = false;
            Heard::Echo(*came)
        }
        Some(heard) => heard,
        None => return bare(raw, account, manner),
    };
    Said { account, heard }
}

fn heard(value: &Value, raw: &[u8], who: Option<&Words>, manner: Manner) -> Option<Heard> {
    // Milliseconds.
    let wrote = value.number("timestamp").and_then(|ms| u64::try_from(ms / 1000).ok());
    let came = |name: &str| {
        let mut came = Came::new(who.map(|who| who.as_str()), name);
        came.wrote = wrote;
        came.sender = who.filter(|_| manner.names).cloned();
        came
    };
    let said = |name: &str, text: Words| {
        let mut came = came(name);
        came.items = vec![Item::Note(text)];
        Some(Heard::Came(Box::new(came)))
    };
    if let Some(message) = value.at("message") {
        let mid = message.name("mid")?;
        return Some(Heard::Came(Box::new(filled(came(&mid), message, raw, manner))));
    }
    if let Some(edit) = value.at("message_edit") {
        let mut came = came(&edit.name("mid")?);
        (came.kind, came.spoken) = (Kind::Edit, false);
        came.event = Some(words(&format!("edit {}", edit.number("num_edit").unwrap_or_default())));
        came.items = vec![Item::Text(words(edit.text("text").unwrap_or_default()))];
        return Some(Heard::Came(Box::new(came)));
    }
    let moment = value.number("timestamp").unwrap_or_default();
    if let Some(reaction) = value.at("reaction") {
        let emoji = reaction.text("emoji").or_else(|| reaction.text("reaction"));
        let told_of = [reaction.text("mid"), reaction.text("action"), emoji];
        let told_of = told_of.map(Option::unwrap_or_default).join(" ");
        let name = format!("reaction {moment} {told_of}");
        return match reaction.text("action") {
            Some("unreact") => said(&name, told(manner.lang, Thing::NoReaction, "")),
            _ => said(&name, told(manner.lang, Thing::Reaction, emoji.unwrap_or_default())),
        };
    }
    if let Some(postback) = value.at("postback") {
        let name = postback.name("mid").unwrap_or_else(|| words(&format!("postback {moment}")));
        let title = postback.text("title").or_else(|| postback.text("payload"));
        return said(&name, told(manner.lang, Thing::Button, title.unwrap_or_default()));
    }
    if let Some(referral) = value.at("referral") {
        let reference = referral.text("ref").unwrap_or_default();
        return said(&format!("referral {moment}"), told(manner.lang, Thing::Start, reference));
    }
    if let Some(read) = value.at("read") {
        return Some(read.name("mid").map_or(Heard::Nothing, |message| {
            let (state, who) = (State::Read, None);
            Heard::Status(Status { message, who, own: None, state, reason: None, code: None })
        }));
    }
    QUIET.iter().any(|key| value.at(key).is_some()).then_some(Heard::Nothing)
}

fn filled(mut came: Came, message: &Value, raw: &[u8], manner: Manner) -> Came {
    if message.is("is_deleted") {
        (came.kind, came.spoken, came.event) = (Kind::Deletion, false, Some(words("deleted")));
        return came;
    }
    let told = |thing, what: &str| Item::Note(told(manner.lang, thing, what));
    if let Some(to) = message.at("reply_to") {
        match to.at("story") {
            Some(story) => {
                came.items.push(told(Thing::Answering, story.text("url").unwrap_or("story")));
            }
            None => came.items.push(told(Thing::Answering, "")),
        }
    }
    if let Some(reference) = message.at("referral").and_then(|referral| referral.text("ref")) {
        came.items.push(told(Thing::Start, reference));
    }
    came.items.extend(message.text("text").map(words).map(Item::Text));
    if message.is("is_unsupported") {
        came.items.push(told(Thing::Unsupported, ""));
    }
    for attachment in message.all("attachments") {
        came.items.push(attached(attachment, raw, manner));
    }
    if came.items.is_empty() {
        // The platform names only what was said, and not what: it was deleted there.
        let only = message.as_object().is_some_and(|all| all.len() == 1);
        let bare = look::without(&look::read(raw).unwrap_or_default(), &NAMES);
        let kept = Zeroizing::new(serde_json::to_vec(&bare).unwrap_or_default());
        came.items.push(if only { told(Thing::Expired, "") } else { Item::Unreadable(kept) });
    }
    came
}

fn attached(attachment: &Value, raw: &[u8], manner: Manner) -> Item {
    let kind = attachment.text("type").unwrap_or_default();
    let payload = attachment.at("payload");
    let url = payload.and_then(|payload| payload.text("url"));
    let title = payload.and_then(|payload| payload.text("title")).unwrap_or_default();
    let told = |thing, what: &str| Item::Note(told(manner.lang, thing, what));
    let shared = format!("{title} {}", url.unwrap_or_default());
    match (kind, url) {
        ("image" | "video" | "audio" | "file", Some(url)) => Item::File(file(kind, url)),
        ("image" | "video" | "audio" | "file", None) => told(Thing::Expired, kind),
        ("story_mention", _) => told(Thing::Story, url.unwrap_or_default()),
        ("ig_reel" | "reel" | "ig_post" | "share" | "ig_story" | "fallback" | "post", _) => {
            told(Thing::Shared, &shared)
        }
        ("ephemeral", _) => told(Thing::Once, ""),
        ("like_heart", _) => told(Thing::Reaction, "❤️"),
        ("unsupported_type", _) => told(Thing::Unsupported, ""),
        _ => {
            let bare = look::without(&look::read(raw).unwrap_or_default(), &NAMES);
            Item::Unreadable(Zeroizing::new(serde_json::to_vec(&bare).unwrap_or_default()))
        }
    }
}

fn file(kind: &str, url: &str) -> File {
    let media_type = match kind {
        "image" => "image/jpeg",
        "video" => "video/mp4",
        "audio" => "audio/mp4",
        _ => "application/octet-stream",
    };
    File { url: Some(words(url)), media_type: words(media_type), ..File::default() }
}

/// The body that sends words; as a person's answer after the window, where that is allowed.
pub fn text(to: &str, text: &str, late: bool) -> Zeroizing<Vec<u8>> {
    let mut body = json!({ "recipient": { "id": to }, "message": { "text": text } });
    if late {
        body["messaging_type"] = "MESSAGE_TAG".into();
        body["tag"] = "HUMAN_AGENT".into();
    }
    Zeroizing::new(serde_json::to_vec(&body).unwrap_or_default())
}

/// What the answer to sending says.
pub fn judge(status: u16, body: &[u8]) -> Verdict {
    let id = look::read(body).and_then(|value| value.name("message_id"));
    match (status, id) {
        (200..=299, Some(id)) => Verdict::Accepted(id),
        (200..=299, None) if look::read(body).is_some_and(|v| v.at("error").is_none()) => {
            Verdict::Accepted(Words::default())
        }
        _ => refused(status, body, reason),
    }
}

fn reason(code: u32, subcode: u32) -> Reason {
    match (code, subcode) {
        (10, 2_534_022) => Reason::Window,
        (100, 33) | (551, _) | (9_000_001, _) => Reason::Gone,
        (100, _) => Reason::Form,
        (code, _) if crate::meta::is_token(code) => Reason::Account,
        _ => Reason::Other,
    }
}

/// A new token and how many seconds it is good for.
pub fn refreshed(body: &[u8]) -> Option<(Words, u64)> {
    let value = look::read(body)?;
    let seconds = value.number("expires_in").and_then(|seconds| u64::try_from(seconds).ok());
    Some((words(value.text("access_token")?), seconds.unwrap_or(60 * 24 * 3600)))
}
