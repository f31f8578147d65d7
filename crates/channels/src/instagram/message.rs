//! What is in one message.

use serde_json::Value;

use super::NAMES;
use crate::json::{self as look, Look};
use crate::kept::kept;
use crate::things::{Thing, told};
use crate::{Came, File, Item, Kind, Manner, words};

/// `came` with what is in a message.
pub(super) fn filled(mut came: Came, message: &Value, raw: &[u8], manner: Manner) -> Came {
    if message.is("is_deleted") {
        let event = words(&format!("{} deleted", *came.message));
        (came.kind, came.spoken, came.event) = (Kind::Deletion, false, Some(event));
        return came;
    }
    came.items.extend(around(message, manner));
    let content = contents(message, raw, manner);
    if content.is_empty() {
        came.items.push(nothing(message, raw, manner));
    }
    came.items.extend(content);
    came
}

/// What a message stands in.
fn around(message: &Value, manner: Manner) -> Vec<Item> {
    let told = |thing, what: &str| Item::Note(told(manner.lang, thing, what));
    let mut items = vec![];
    if let Some(to) = message.at("reply_to") {
        let story = to.at("story").map(|story| story.text("url").unwrap_or("story"));
        items.push(told(Thing::Answering, story.unwrap_or_default()));
    }
    let reference = message.at("referral").and_then(|referral| referral.text("ref"));
    items.extend(reference.map(|reference| told(Thing::Start, reference)));
    items
}

fn contents(message: &Value, raw: &[u8], manner: Manner) -> Vec<Item> {
    let mut items = vec![];
    items.extend(message.text("text").map(words).map(Item::Text));
    if message.is("is_unsupported") {
        items.push(Item::Note(told(manner.lang, Thing::Unsupported, "")));
    }
    let attachments = message.all("attachments").iter();
    items.extend(
        attachments
            .map(|attachment| attached(attachment, manner).unwrap_or_else(|| whole(raw, manner))),
    );
    items
}

/// The platform names only what was said, and not what: it was deleted there.
fn nothing(message: &Value, raw: &[u8], manner: Manner) -> Item {
    match message.as_object().is_some_and(|all| all.keys().eq(["mid"])) {
        true => Item::Note(told(manner.lang, Thing::Expired, "")),
        false => whole(raw, manner),
    }
}

fn whole(raw: &[u8], manner: Manner) -> Item {
    kept(raw, &look::read(raw).unwrap_or_default(), &NAMES, manner)
}

/// Nothing where it is not understood.
fn attached(attachment: &Value, manner: Manner) -> Option<Item> {
    let kind = attachment.text("type").unwrap_or_default();
    let payload = attachment.at("payload").unwrap_or(attachment);
    let (url, title) = (payload.text("url"), payload.text("title").unwrap_or_default());
    let told = |thing, what: &str| Some(Item::Note(told(manner.lang, thing, what)));
    let shared = format!("{title} {}", url.unwrap_or_default());
    match (kind, url) {
        ("image" | "video" | "audio" | "file", Some(url)) => Some(Item::File(file(kind, url))),
        ("image" | "video" | "audio" | "file", None) => told(Thing::Expired, kind),
        ("story_mention", _) => told(Thing::Story, url.unwrap_or_default()),
        ("ig_reel" | "reel" | "ig_post" | "share" | "ig_story" | "fallback" | "post", _) => {
            told(Thing::Shared, &shared)
        }
        ("ephemeral", _) => told(Thing::Once, ""),
        ("like_heart", _) => told(Thing::Reaction, "❤️"),
        ("unsupported_type", _) => told(Thing::Unsupported, ""),
        _ => None,
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
