//! What a message of a source's holds.

use serde_json::Value;

use super::envelope::{Envelope, is_said};
use crate::json::Look;
use crate::things::{Thing, told};
use crate::{Came, File, Heard, Item, Kind, Words, words};

/// Keys of a data message that are about it and not in it.
const ABOUT: [&str; 16] = [
    "timestamp",
    "expiresInSeconds",
    "viewOnce",
    "isExpirationUpdate",
    "mentions",
    "textStyles",
    "groupInfo",
    "previews",
    "profileKeyUpdate",
    "destination",
    "destinationNumber",
    "destinationUuid",
    "destinationServiceId",
    "expirationStartTimestamp",
    "isRecipientUpdate",
    "unidentifiedStatus",
];

impl Envelope<'_> {
    /// A message, or a newer version of what was sent at `target`; nothing where it is none.
    pub(super) fn data(&self, data: &Value, target: Option<&str>) -> Option<Heard> {
        if !data.is_object() {
            return None;
        }
        let newer = data.at("editMessage").filter(|_| target.is_none());
        if let Some(heard) = newer.and_then(|edit| self.edit(edit)) {
            return Some(heard);
        }
        let moment = data.number("timestamp");
        let mut came = self.came(&self.name(moment), moment);
        if let Some(target) = target {
            came = of(came, words(target), Kind::Edit);
        }
        if let Some(gone) = data.at("remoteDelete").and_then(deleted) {
            return Some(Heard::Came(Box::new(of(came, gone, Kind::Deletion))));
        }
        came.items = self.items(data);
        let bare = came.items.is_empty();
        let all = data.as_object().into_iter().flatten();
        let odd =
            all.filter(|(_, value)| is_said(value)).any(|(key, value)| is_odd(key, value, bare));
        if odd || (came.items.is_empty() && target.is_some()) {
            came.items.push(self.kept(data));
        }
        // A timer was set, a profile was renewed.
        let nothing = came.items.is_empty();
        Some(if nothing { Heard::Nothing } else { Heard::Came(Box::new(came)) })
    }

    pub(super) fn edit(&self, edit: &Value) -> Option<Heard> {
        self.data(edit.at("dataMessage")?, Some(&edit.name("targetSentTimestamp")?))
    }

    fn items(&self, data: &Value) -> Vec<Item> {
        let told = |thing, what: &str| Item::Note(told(self.manner.lang, thing, what));
        let mut items = vec![];
        if let Some(quote) = data.object("quote") {
            let text: String = quote.text("text").unwrap_or_default().chars().take(200).collect();
            items.push(told(Thing::Answering, &mentioned(&text)));
        }
        items.extend(data.text("message").map(|text| Item::Text(mentioned(text))));
        let files = data.all("attachments").iter().filter(|one| one.is_object());
        items.extend(files.map(attachment).map(Item::File));
        items.extend(data.object("reaction").map(|reaction| {
            match (reaction.is("isRemove"), reaction.text("emoji")) {
                (false, Some(emoji)) => told(Thing::Reaction, emoji),
                (false, None) => told(Thing::Reaction, ""),
                (true, _) => told(Thing::NoReaction, ""),
            }
        }));
        items.extend(data.object("sticker").map(|_| told(Thing::Sticker, "")));
        let cards = data.all("contacts").iter().filter(|one| !contact(one).is_empty());
        items.extend(cards.map(|one| told(Thing::Contact, &contact(one))));
        if !items.is_empty() {
            items.extend(self.wishes(data));
        }
        items
    }

    /// How the source wants it to be kept.
    fn wishes(&self, data: &Value) -> Vec<Item> {
        let told = |thing, what: &str| Item::Note(told(self.manner.lang, thing, what));
        let mut items = vec![];
        if data.is("viewOnce") {
            items.push(told(Thing::Once, ""));
        }
        if let Some(seconds) = data.number("expiresInSeconds").filter(|seconds| *seconds > 0) {
            items.push(told(Thing::Vanishing, &format!("{seconds} s")));
        }
        items
    }
}

/// A change of what has another name.
fn of(mut came: Came, target: Words, kind: Kind) -> Came {
    came.event = Some(std::mem::replace(&mut came.message, target));
    (came.kind, came.spoken) = (kind, false);
    came
}

fn deleted(gone: &Value) -> Option<Words> {
    gone.name("timestamp").or_else(|| gone.name("targetSentTimestamp"))
}

/// Whether something says something that no item does; a mark or a count does not say much beside one.
fn is_odd(key: &str, value: &Value, bare: bool) -> bool {
    let each = |fits: fn(&Value) -> bool| match value {
        Value::Array(all) => all.iter().all(fits),
        one => fits(one),
    };
    let known = match key {
        "message" => value.is_string(),
        "quote" | "reaction" | "sticker" | "storyContext" => value.is_object(),
        "attachments" => each(Value::is_object),
        "contacts" => each(|one| !contact(one).is_empty()),
        key => ABOUT.contains(&key) || (!bare && (value.is_boolean() || value.is_number())),
    };
    !known
}

/// A mention is one character that stands for a name: it says that somebody is meant.
fn mentioned(text: &str) -> Words {
    words(&text.replace('\u{fffc}', "@…"))
}

/// A file that the daemon fetched.
pub(super) fn attachment(value: &Value) -> File {
    File {
        id: value.name("id").unwrap_or_default(),
        url: None,
        unique: None,
        size: value.number("size").and_then(|size| u64::try_from(size).ok()),
        media_type: words(value.text("contentType").unwrap_or_default()),
        name: words(value.text("filename").unwrap_or_default()),
        sha256: None,
    }
}

fn contact(value: &Value) -> String {
    let none = Value::Null;
    let name = value.at("name").unwrap_or(&none);
    let parts = ["given", "middle", "family"].iter().filter_map(|key| name.name(key));
    let mut all: Vec<Words> = parts.collect();
    if all.is_empty() {
        all.extend(name.name("display").or_else(|| value.name("name")));
    }
    for list in ["phone", "email"] {
        all.extend(value.all(list).iter().filter_map(|one| one.name("value")));
    }
    all.extend(value.name("organization"));
    all.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(" · ")
}
