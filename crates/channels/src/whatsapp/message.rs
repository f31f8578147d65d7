//! Reading one message.

use serde_json::Value;

use super::names::{NAMES, sender, who};
use crate::json::Look;
use crate::kept::kept;
use crate::things::{Thing, told};
use crate::{Came, File, Item, Kind, Manner, Words, words};

const MEDIA: [&str; 6] = ["image", "video", "audio", "voice", "document", "sticker"];

/// What a source sent, changed or took back.
pub(super) fn message(event: &Value, raw: &[u8], people: &[Value], manner: Manner) -> Came {
    let (who, also) = who(event, people);
    let mut came = match event.name("id") {
        Some(id) => Came::new(None, &id),
        None => Came::unreadable(raw),
    };
    (came.who, came.also) = (who, also);
    came.sender = sender(event, people, manner);
    came.wrote = seconds(event);
    came.spoken = true;
    match event.text("type") {
        Some("edit") => edited(&mut came, event, raw, manner),
        Some("revoke") => revoked(&mut came, event, raw, manner),
        Some("system") => {
            came.spoken = false;
            came.items = vec![Item::Note(told(manner.lang, Thing::Renamed, ""))];
        }
        _ => came.items = items(event, raw, manner),
    }
    came
}

fn edited(came: &mut Came, event: &Value, raw: &[u8], manner: Manner) {
    let edit = event.at("edit");
    let original = edit.and_then(|edit| edit.name("original_message_id"));
    let newer = edit.and_then(|edit| edit.at("message"));
    came.spoken = false;
    let (Some(original), Some(newer)) = (original, newer) else {
        came.items = vec![kept(raw, event, &NAMES, manner)];
        return;
    };
    came.event = Some(std::mem::replace(&mut came.message, original));
    (came.kind, came.items) = (Kind::Edit, items(newer, raw, manner));
}

fn revoked(came: &mut Came, event: &Value, raw: &[u8], manner: Manner) {
    let original = event.at("revoke").and_then(|revoke| revoke.name("original_message_id"));
    came.spoken = false;
    match original {
        Some(original) => {
            came.event = Some(std::mem::replace(&mut came.message, original));
            came.kind = Kind::Deletion;
        }
        None => came.items = vec![kept(raw, event, &NAMES, manner)],
    }
}

fn items(event: &Value, raw: &[u8], manner: Manner) -> Vec<Item> {
    let mut items = vec![];
    let forwarded = |context: &Value| context.is("forwarded") || context.is("frequently_forwarded");
    if event.at("context").is_some_and(forwarded) {
        items.push(Item::Note(told(manner.lang, Thing::Forwarded, "")));
    }
    let kind = event.text("type").unwrap_or("text");
    let (text, content) = match MEDIA.contains(&kind) {
        true => (event.at(kind).and_then(|media| media.text("caption")), media(event, kind)),
        false => {
            let text = event.at("text").and_then(|text| text.text("body"));
            (text, contents(event, kind, manner))
        }
    };
    items.extend(text.map(words).map(Item::Text));
    // A word beside it does not say what it is.
    if content.is_empty() && (text.is_none() || kind != "text") {
        items.push(kept(raw, event, &NAMES, manner));
    }
    items.extend(content);
    items
}

fn media(event: &Value, kind: &str) -> Vec<Item> {
    let file = event.at(kind).and_then(|media| file(kind, media));
    file.into_iter().map(Item::File).collect()
}

/// What a message of a kind holds beside its text; nothing where it is not understood.
fn contents(event: &Value, kind: &str, manner: Manner) -> Vec<Item> {
    let body = event.at(kind);
    let said = |key: &str| body.and_then(|body| body.text(key));
    let note = |thing, what: &str| vec![Item::Note(told(manner.lang, thing, what))];
    let some =
        |thing, what: Option<String>| what.map(|what| note(thing, &what)).unwrap_or_default();
    match kind {
        "location" => some(Thing::Location, location(body)),
        "contacts" => contacts(event, manner),
        "reaction" => match (body.is_some_and(Value::is_object), said("emoji")) {
            (false, _) => vec![],
            (true, None) => note(Thing::NoReaction, ""),
            (true, Some(emoji)) => note(Thing::Reaction, emoji),
        },
        "button" => {
            let pressed = said("text").or_else(|| said("payload"));
            some(Thing::Button, pressed.map(str::to_owned))
        }
        "interactive" => some(Thing::Button, pressed(body)),
        "unsupported" | "unknown" => note(Thing::Unsupported, &unsupported(event)),
        _ => vec![],
    }
}

/// Cards; nothing where one of them says nothing that is understood.
fn contacts(event: &Value, manner: Manner) -> Vec<Item> {
    let cards: Vec<String> = event.all("contacts").iter().map(contact).collect();
    if cards.iter().any(String::is_empty) {
        return vec![];
    }
    let told = |card: &String| Item::Note(told(manner.lang, Thing::Contact, card));
    cards.iter().map(told).collect()
}

fn file(kind: &str, media: &Value) -> Option<File> {
    let url = media.text("url").or_else(|| media.text("link"));
    let id = media.name("id");
    if id.is_none() && url.is_none() {
        return None;
    }
    let usual = match kind {
        "image" => "image/jpeg",
        "video" => "video/mp4",
        "audio" | "voice" => "audio/ogg",
        "sticker" => "image/webp",
        _ => "",
    };
    let hash = media.text("sha256").and_then(hash);
    Some(File {
        id: id.unwrap_or_default(),
        url: url.map(words),
        unique: None,
        size: media.number("file_size").and_then(|size| u64::try_from(size).ok()),
        media_type: words(media.text("mime_type").unwrap_or(usual)),
        name: words(media.text("filename").unwrap_or_default()),
        sha256: hash,
    })
}

/// A hash in base64, as in webhooks, or in hex, as from the media's address.
pub fn hash(text: &str) -> Option<[u8; 32]> {
    let hex = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok();
    let base64 = || data_encoding::BASE64.decode(text.as_bytes()).ok();
    hex.filter(|hash| hash.len() == 32).or_else(base64)?.try_into().ok()
}

fn location(body: Option<&Value>) -> Option<String> {
    let number = |key: &str| body?.at(key).and_then(Value::as_f64);
    let spot = format!("{:.6}, {:.6}", number("latitude")?, number("longitude")?);
    let told = |key: &str| body.and_then(|body| body.text(key)).map(str::to_owned);
    let all: Vec<String> =
        [told("name"), told("address"), Some(spot)].into_iter().flatten().collect();
    Some(all.join(" · "))
}

fn contact(contact: &Value) -> String {
    let one = |from: Option<&Value>, key: &str| from.and_then(|from| from.name(key));
    let each = |list: &str, key: &'static str| {
        contact.all(list).iter().filter_map(move |one| one.name(key)).collect::<Vec<_>>()
    };
    let mut all: Vec<Words> = vec![];
    all.extend(one(contact.at("name"), "formatted_name"));
    all.extend(each("phones", "phone"));
    all.extend(each("emails", "email"));
    all.extend(one(contact.at("org"), "company"));
    all.extend(each("urls", "url"));
    all.extend(contact.name("vcard"));
    all.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(" · ")
}

fn pressed(body: Option<&Value>) -> Option<String> {
    let body = body?;
    let reply = ["button_reply", "list_reply", "nfm_reply"].iter().find_map(|key| body.at(key))?;
    let told = ["title", "description", "body"].iter().filter_map(|key| reply.text(key));
    let mut all: Vec<String> = told.map(str::to_owned).collect();
    all.extend(reply.at("response_json").map(|form| match form.as_str() {
        Some(form) => form.to_owned(),
        None => form.to_string(),
    }));
    (!all.is_empty()).then(|| all.join(" · "))
}

fn unsupported(event: &Value) -> String {
    let named = event.at("unsupported").and_then(|what| what.text("type"));
    let error = event.all("errors").first();
    let details = error.and_then(|error| error.at("error_data")).and_then(|d| d.text("details"));
    named.or(details).or_else(|| error?.text("title")).unwrap_or_default().to_owned()
}

/// When it was written.
pub(super) fn seconds(event: &Value) -> Option<u64> {
    event.moment("timestamp")
}
