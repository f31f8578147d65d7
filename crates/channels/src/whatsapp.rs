//! WhatsApp's Cloud API: webhooks in, messages out (developers.facebook.com/docs/whatsapp).

use payamgir_wire::State;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::json::{self as look, Look};
use crate::meta::{Said, members, refused, under};
use crate::things::{Thing, told};
use crate::{Came, File, Heard, Item, Kind, Manner, Reason, Status, Verdict, Words, words};

/// Characters of the longest text.
pub const TEXT: usize = 4096;
/// Seconds after a source's last word in which it can be answered.
pub const WINDOW: u64 = 24 * 3600;

const NAMES: [&str; 14] = [
    "from",
    "from_user_id",
    "from_parent_user_id",
    "wa_id",
    "user_id",
    "parent_user_id",
    "profile",
    "contacts",
    "username",
    "recipient_id",
    "to",
    "to_user_id",
    "display_phone_number",
    "name",
];
/// What concerns the account and no source.
const FIELDS: [&str; 14] = [
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
];

/// Everything in a webhook's body.
pub fn read(body: &[u8], manner: Manner) -> Vec<Said> {
    let Some(entries) = members(body).map(|all| under(&all, "entry")) else {
        return vec![unreadable(None, body)];
    };
    let mut said = vec![];
    for entry in &entries {
        match members(entry.get().as_bytes()) {
            Some(entry) => under(&entry, "changes")
                .iter()
                .for_each(|raw| change(raw.get().as_bytes(), manner, &mut said)),
            None => said.push(unreadable(None, entry.get().as_bytes())),
        }
    }
    if entries.is_empty() {
        said.push(unreadable(None, body));
    }
    said
}

fn unreadable(account: Option<&Words>, raw: &[u8]) -> Said {
    Said { account: account.cloned(), heard: Heard::Came(Box::new(Came::unreadable(raw))) }
}

fn change(raw: &[u8], manner: Manner, said: &mut Vec<Said>) {
    let Some(change) = members(raw) else { return said.push(unreadable(None, raw)) };
    let field = change.get("field").map(|field| field.get().trim_matches('"')).unwrap_or_default();
    let value = change.get("value").and_then(|value| members(value.get().as_bytes()));
    let Some(value) = value else { return said.push(unreadable(None, raw)) };
    let metadata = value.get("metadata").and_then(|raw| look::read(raw.get().as_bytes()));
    let account = metadata.as_ref().and_then(|metadata| metadata.name("phone_number_id"));
    let people: Vec<Value> = under(&value, "contacts")
        .iter()
        .filter_map(|raw| look::read(raw.get().as_bytes()))
        .collect();
    let before = said.len();
    let mut each = |key: &str, read: &dyn Fn(&Value, &[u8]) -> Heard| {
        for raw in under(&value, key) {
            let raw = raw.get().as_bytes();
            let event = look::read(raw).filter(Value::is_object);
            let heard = event.map(|event| read(&event, raw));
            let heard = heard.unwrap_or_else(|| Heard::Came(Box::new(Came::unreadable(raw))));
            said.push(Said { account: account.clone(), heard });
        }
    };
    let came =
        |event: &Value, raw: &[u8]| Heard::Came(Box::new(message(event, raw, &people, manner)));
    each("messages", &came);
    each("calls", &|event, _| call(event, &people, manner));
    each("message_echoes", &|event, raw| Heard::Echo(echo(event, raw, manner)));
    each("statuses", &|event, _| status(event));
    each("errors", &|event, _| Heard::Trouble(event.number("code").unwrap_or(0) as u32));
    if said.len() == before && !FIELDS.contains(&field) && !is_bare(&value) {
        said.push(unreadable(account.as_ref(), raw));
    }
}

/// Whether there is nothing in it but what is in every one.
fn is_bare(value: &std::collections::BTreeMap<String, Box<serde_json::value::RawValue>>) -> bool {
    let always = ["messaging_product", "metadata", "contacts"];
    value.keys().all(|key| always.contains(&key.as_str()))
}

/// The platform's names for a source: the one it is known by, and another. A number may be missing, and
/// an id may stand where a number used to.
fn who(event: &Value, people: &[Value]) -> (Option<Words>, Option<Words>) {
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

fn sender(event: &Value, people: &[Value], manner: Manner) -> Option<Words> {
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
    Some(words(&all.join(" ")))
}

fn message(event: &Value, raw: &[u8], people: &[Value], manner: Manner) -> Came {
    let (who, also) = who(event, people);
    let mut came = match event.name("id") {
        Some(id) => Came::new(None, &id),
        None => Came::unreadable(raw),
    };
    (came.who, came.also) = (who, also);
    came.sender = sender(event, people, manner);
    came.wrote = event.number("timestamp").and_then(|when| u64::try_from(when).ok());
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
        came.items = vec![kept(event, raw, manner)];
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
        None => came.items = vec![kept(event, raw, manner)],
    }
}

fn items(event: &Value, raw: &[u8], manner: Manner) -> Vec<Item> {
    let mut items = vec![];
    let forwarded = |context: &Value| context.is("forwarded") || context.is("frequently_forwarded");
    if event.at("context").is_some_and(forwarded) {
        items.push(Item::Note(told(manner.lang, Thing::Forwarded, "")));
    }
    let before = items.len();
    contents(event, manner, &mut items);
    if items.len() == before {
        items.push(kept(event, raw, manner));
    }
    items
}

/// What is not understood, without who it is from.
fn kept(event: &Value, raw: &[u8], manner: Manner) -> Item {
    if manner.names {
        return Item::Unreadable(Zeroizing::new(raw.to_vec()));
    }
    let bare = serde_json::to_vec(&look::without(event, &NAMES)).unwrap_or_default();
    Item::Unreadable(Zeroizing::new(bare))
}

const MEDIA: [&str; 6] = ["image", "video", "audio", "voice", "document", "sticker"];

fn contents(event: &Value, manner: Manner, items: &mut Vec<Item>) {
    let kind = event.text("type").unwrap_or("text");
    let body = event.at(kind);
    if MEDIA.contains(&kind) {
        let Some(media) = body else { return };
        items.extend(media.text("caption").map(words).map(Item::Text));
        items.extend(file(kind, media).map(Item::File));
        return;
    }
    if let Some(body) = event.at("text").and_then(|text| text.text("body")) {
        items.push(Item::Text(words(body)));
    }
    let said = |key: &str| body.and_then(|body| body.text(key)).unwrap_or_default();
    let told = |thing, what: &str| Item::Note(told(manner.lang, thing, what));
    match kind {
        "location" => items.extend(location(body).map(|what| told(Thing::Location, &what))),
        "contacts" => {
            items.extend(event.all("contacts").iter().map(|c| told(Thing::Contact, &contact(c))));
        }
        "reaction" if said("emoji").is_empty() => items.push(told(Thing::NoReaction, "")),
        "reaction" => items.push(told(Thing::Reaction, said("emoji"))),
        "button" => items.push(told(Thing::Button, said("text"))),
        "interactive" => items.extend(pressed(body).map(|what| told(Thing::Button, &what))),
        "unsupported" => items.push(told(Thing::Unsupported, &unsupported(event))),
        _ => {}
    }
}

fn file(kind: &str, media: &Value) -> Option<File> {
    let url = media.text("url").or_else(|| media.text("link"));
    if media.text("id").is_none() && url.is_none() {
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
        id: words(media.text("id").unwrap_or_default()),
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
    let name = contact.at("name").and_then(|name| name.text("formatted_name"));
    let phones = contact.all("phones").iter().filter_map(|phone| phone.text("phone"));
    let all: Vec<&str> = name.into_iter().chain(phones).chain(contact.text("vcard")).collect();
    all.join(" · ")
}

fn pressed(body: Option<&Value>) -> Option<String> {
    let body = body?;
    let reply = ["button_reply", "list_reply", "nfm_reply"].iter().find_map(|key| body.at(key))?;
    let told = ["title", "description", "body", "response_json"];
    let all: Vec<&str> = told.iter().filter_map(|key| reply.text(key)).collect();
    Some(all.join(" · "))
}

fn unsupported(event: &Value) -> String {
    let named = event.at("unsupported").and_then(|what| what.text("type"));
    let error = event.all("errors").first();
    let details = error.and_then(|error| error.at("error_data")).and_then(|d| d.text("details"));
    named.or(details).or_else(|| error?.text("title")).unwrap_or_default().to_owned()
}

fn call(event: &Value, people: &[Value], manner: Manner) -> Heard {
    let Some(id) = event.name("id") else { return Heard::Nothing };
    let mut came = Came::new(None, &format!("call {}", &*id));
    (came.who, came.also) = who(event, people);
    came.wrote = event.number("timestamp").and_then(|when| u64::try_from(when).ok());
    came.items = vec![Item::Note(told(manner.lang, Thing::Called, ""))];
    if event.text("event").is_some_and(|event| event != "connect") || came.who.is_none() {
        return Heard::Nothing;
    }
    Heard::Came(Box::new(came))
}

fn echo(event: &Value, raw: &[u8], manner: Manner) -> Came {
    let mut came = message(event, raw, &[], manner);
    (came.who, came.also) = (event.name("to_user_id").or_else(|| event.name("to")), None);
    came.sender = None;
    came.items.insert(0, Item::Note(told(manner.lang, Thing::Elsewhere, "")));
    came.spoken = false;
    came
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
    let code = event.all("errors").first().and_then(|error| error.number("code"));
    let code = code.map(|code| code as u32);
    let reason = (state == State::Failed).then(|| reason(code.unwrap_or(0), 0));
    let own = event.name("biz_opaque_callback_data");
    Heard::Status(Status { message, who: None, own, state, reason, code })
}

fn reason(code: u32, _: u32) -> Reason {
    match code {
        131_047 => Reason::Window,
        131_026 | 131_050 => Reason::Blocked,
        131_030 | 131_045 | 133_010 => Reason::Account,
        131_048 | 131_056 | 130_429 => Reason::Rate,
        131_009 | 100 | 131_008 | 131_051 | 131_053 => Reason::Form,
        code if crate::meta::is_token(code) => Reason::Account,
        _ => Reason::Other,
    }
}

/// Whom a message goes to: an id of the platform's, or a number.
fn addressed(to: &str) -> Value {
    let mut body = json!({ "messaging_product": "whatsapp", "recipient_type": "individual" });
    let key = if to.contains('.') { "recipient" } else { "to" };
    body[key] = to.into();
    body
}

/// The body that sends words. `own` comes back in what is told of it.
pub fn text(to: &str, text: &str, about: Option<&str>, own: &str) -> Zeroizing<Vec<u8>> {
    let mut body = addressed(to);
    body["type"] = "text".into();
    body["text"] = json!({ "preview_url": false, "body": text });
    finished(body, about, own)
}

/// The body that sends a file that the platform has under an id.
pub fn media(to: &str, kind: &str, id: &str, own: &str) -> Zeroizing<Vec<u8>> {
    let mut body = addressed(to);
    body["type"] = kind.into();
    body[kind] = json!({ "id": id });
    finished(body, None, own)
}

fn finished(mut body: Value, about: Option<&str>, own: &str) -> Zeroizing<Vec<u8>> {
    if let Some(about) = about {
        body["context"] = json!({ "message_id": about });
    }
    body["biz_opaque_callback_data"] = own.into();
    Zeroizing::new(serde_json::to_vec(&body).unwrap_or_default())
}

/// What the answer to sending says.
pub fn judge(status: u16, body: &[u8]) -> Verdict {
    let id = look::read(body).and_then(|value| value.all("messages").first()?.name("id"));
    match (status, id) {
        (200..=299, Some(id)) => Verdict::Accepted(id),
        (200..=299, None) if look::read(body).is_some_and(|v| v.at("error").is_none()) => {
            Verdict::Accepted(Words::default())
        }
        _ => refused(status, body, reason),
    }
}

/// Where a file is, as the platform answers when it is asked for it by its id.
pub fn located(body: &[u8]) -> Option<File> {
    let value = look::read(body)?;
    Some(File {
        url: Some(words(value.text("url")?)),
        size: value.number("file_size").and_then(|size| u64::try_from(size).ok()),
        sha256: value.text("sha256").and_then(hash),
        media_type: words(value.text("mime_type").unwrap_or_default()),
        ..File::default()
    })
}

/// The id under which the platform took a file.
pub fn uploaded(body: &[u8]) -> Option<Words> {
    look::read(body)?.name("id")
}
