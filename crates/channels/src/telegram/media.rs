//! What is in a message beside its words.

use serde_json::Value;
use zeroize::Zeroizing;

use super::update::contents;
use crate::json::Look;
use crate::things::{Thing, told};
use crate::{File, Item, Manner, words};

/// Files, by the key each stands under, in the order in which one is preferred where a message shows
/// the same thing twice; with the media type where none is told.
const FILES: [(&str, &str); 9] = [
    ("animation", "video/mp4"),
    ("live_photo", "video/mp4"),
    ("voice", "audio/ogg"),
    ("audio", "audio/mpeg"),
    ("video", "video/mp4"),
    ("video_note", "video/mp4"),
    ("sticker", "image/webp"),
    ("photo", "image/jpeg"),
    ("document", ""),
];
/// What has a name and cannot be shown.
const NAMED: [&str; 30] = [
    "game",
    "story",
    "paid_media",
    "checklist",
    "gift",
    "unique_gift",
    "giveaway",
    "giveaway_created",
    "giveaway_winners",
    "giveaway_completed",
    "invoice",
    "successful_payment",
    "refunded_payment",
    "rich_message",
    "guest_message",
    "web_app_data",
    "passport_data",
    "connected_website",
    "users_shared",
    "chat_shared",
    "write_access_allowed",
    "boost_added",
    "video_chat_scheduled",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_participants_invited",
    "proximity_alert_triggered",
    "chat_background_set",
    "checklist_tasks_done",
    "checklist_tasks_added",
];

/// What has a name, cannot be shown, and may hold words of the source: kept as it came beside its name.
const WORDY: [&str; 6] =
    ["checklist", "rich_message", "guest_message", "web_app_data", "paid_media", "passport_data"];
/// What else there are words for.
const TOLD: [&str; 5] = ["venue", "location", "contact", "poll", "dice"];

/// Whether there is more in a message than what its items say; `bare` where they say nothing.
pub(super) fn is_more(message: &Value, bare: bool) -> bool {
    let known = |key: &&str| TOLD.contains(key) || FILES.iter().any(|(file, _)| file == key);
    WORDY.iter().any(|key| message.at(key).is_some())
        || (bare && contents(message).any(|key| known(&key)))
}

/// What is in a message beside its words; nothing where it is not understood.
pub(super) fn items(message: &Value, manner: Manner) -> Vec<Item> {
    if let Some(item) = file(message) {
        return vec![item];
    }
    let text = place(message, manner)
        .or_else(|| contact(message, manner))
        .or_else(|| poll(message, manner))
        .or_else(|| dice(message, manner))
        .or_else(|| service(message, manner));
    text.into_iter().map(Item::Note).collect()
}

fn file(message: &Value) -> Option<Item> {
    FILES.iter().find_map(|(key, media_type)| {
        let value = message.at(key)?;
        // Sizes of one photo, the largest last; the declared areas say so where they are not.
        let value = match value.as_array() {
            Some(sizes) => sizes.iter().max_by_key(|size| area(size))?,
            None => value,
        };
        let mut file = described(value)?;
        if file.media_type.is_empty() {
            file.media_type = words(sticker_type(key, value).unwrap_or(media_type));
        }
        Some(Item::File(file))
    })
}

fn area(size: &Value) -> i64 {
    size.number("width").unwrap_or(0).saturating_mul(size.number("height").unwrap_or(0))
}

fn sticker_type(key: &str, value: &Value) -> Option<&'static str> {
    match (key, value.is("is_animated"), value.is("is_video")) {
        ("sticker", true, _) => Some("application/x-tgsticker"),
        ("sticker", _, true) => Some("video/webm"),
        _ => None,
    }
}

fn described(value: &Value) -> Option<File> {
    Some(File {
        id: words(value.text("file_id")?),
        url: None,
        unique: value.text("file_unique_id").map(words),
        size: value.number("file_size").and_then(|size| u64::try_from(size).ok()),
        media_type: words(value.text("mime_type").unwrap_or_default()),
        name: words(value.text("file_name").unwrap_or_default()),
        sha256: None,
    })
}

fn place(message: &Value, manner: Manner) -> Option<crate::Words> {
    let venue = message.at("venue");
    let location =
        venue.and_then(|venue| venue.at("location")).or_else(|| message.at("location"))?;
    let spot = spot(location)?;
    if let Some(venue) = venue {
        let names = [venue.text("title"), venue.text("address"), Some(&spot)];
        let all: Vec<&str> = names.into_iter().flatten().collect();
        return Some(told(manner.lang, Thing::Place, &all.join(" · ")));
    }
    let live = location.at("live_period").is_some();
    Some(told(manner.lang, if live { Thing::LiveLocation } else { Thing::Location }, &spot))
}

/// Latitude, longitude and how exact they are, in metres.
fn spot(location: &Value) -> Option<String> {
    let number = |key: &str| location.at(key).and_then(Value::as_f64);
    let (latitude, longitude) = (number("latitude")?, number("longitude")?);
    let exact = number("horizontal_accuracy").map(|metres| format!(" ±{metres} m"));
    Some(format!("{latitude:.6}, {longitude:.6}{}", exact.unwrap_or_default()))
}

fn contact(message: &Value, manner: Manner) -> Option<crate::Words> {
    let contact = message.object("contact")?;
    let names = [contact.text("first_name"), contact.text("last_name")];
    let mut all: Vec<String> = names.into_iter().flatten().map(str::to_owned).collect();
    all.extend(contact.name("phone_number").map(|number| number.to_string()));
    all.extend(contact.text("vcard").map(str::to_owned));
    let all = Zeroizing::new(all.join(" · "));
    (!all.is_empty()).then(|| told(manner.lang, Thing::Contact, &all))
}

fn poll(message: &Value, manner: Manner) -> Option<crate::Words> {
    let poll = message.object("poll")?;
    let mut all = vec![poll.text("question").unwrap_or_default()];
    all.extend(poll.all("options").iter().filter_map(|option| option.text("text")));
    Some(told(manner.lang, Thing::Poll, &all.join("\n• ")))
}

fn dice(message: &Value, manner: Manner) -> Option<crate::Words> {
    let dice = message.object("dice")?;
    let value = dice.number("value").map(|value| value.to_string()).unwrap_or_default();
    let what = format!("{} {value}", dice.text("emoji").unwrap_or_default());
    Some(told(manner.lang, Thing::Dice, &what))
}

fn service(message: &Value, manner: Manner) -> Option<crate::Words> {
    if let Some(timer) = message.at("message_auto_delete_timer_changed") {
        let seconds = timer.number("message_auto_delete_time").unwrap_or_default();
        return Some(told(manner.lang, Thing::Vanishing, &format!("{seconds} s")));
    }
    let name = contents(message).find(|key| NAMED.contains(key))?;
    Some(told(manner.lang, Thing::Unsupported, name))
}
