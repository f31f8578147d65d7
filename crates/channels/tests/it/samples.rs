//! Events as others recorded them, where a folder of them is given.

use std::collections::BTreeMap;
use std::path::Path;

use payamgir_channels::{Came, Heard, Item, Kind};
use serde_json::Value;

use crate::law::{ALL, BARE, NAMED, Platform, came, holds};

#[test]
fn something_comes_of_every_sample() {
    let Some(folder) = std::env::var_os("PAYAMGIR_SAMPLES") else {
        return println!("samples: none given");
    };
    for platform in ALL {
        let name = format!("{platform:?}").to_lowercase();
        let mut counts = BTreeMap::new();
        let files = files(&Path::new(&folder).join(&name));
        for (name, bytes) in &files {
            read(platform, name, bytes, &mut counts);
            // Most of what others recorded was said in groups, where little is kept beside the words.
            if platform == Platform::Telegram {
                read(platform, name, &alone(bytes), &mut BTreeMap::new());
            }
        }
        println!("samples: {name}: {} files: {counts:?}", files.len());
    }
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let all = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths =
        all.map(|entry| entry.path()).filter(|path| path.extension() == Some("json".as_ref()));
    let mut files: Vec<_> =
        paths.map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect();
    files.sort();
    files
}

/// The same, as if it had been said to the bot alone.
fn alone(bytes: &[u8]) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    for (_, message) in value.as_object_mut().into_iter().flatten() {
        if let Some(chat) = message.get_mut("chat").filter(|chat| chat.is_object()) {
            chat["type"] = "private".into();
        }
    }
    value.to_string().into_bytes()
}

/// All texts, and whether each is what somebody is called, by its key and by its parent's.
fn names(value: &Value, parent: &str, names: &mut Vec<(String, bool)>) {
    const PARENTS: [&str; 7] =
        ["from", "chat", "user", "sender", "sender_chat", "profile", "sender_user"];
    const OWN: [&str; 8] = [
        "sourceName",
        "sourceNumber",
        "sourceUuid",
        "destinationNumber",
        "destinationUuid",
        "authorUuid",
        "from_user_id",
        "display_phone_number",
    ];
    for (key, value) in value.as_object().into_iter().flatten() {
        let is_name = PARENTS.contains(&parent) || OWN.contains(&&**key);
        if let Some(text) = value.as_str().filter(|text| text.len() > 5) {
            names.push((text.to_owned(), is_name));
        }
        self::names(value, key, names);
    }
    value.as_array().into_iter().flatten().for_each(|value| self::names(value, parent, names));
}

/// What is not understood does not say who it is from.
fn nobody(name: &str, bytes: &[u8], came: &Came) {
    let Ok(value) = serde_json::from_slice(bytes) else { return };
    let mut all = vec![];
    names(&value, "", &mut all);
    // One made-up number may stand for a person and for something else.
    let other = |name: &str| all.iter().any(|(text, is_name)| !is_name && text == name);
    let kind = |name: &str| ["private", "supergroup", "channel"].contains(&name);
    let names = all.iter().filter(|(name, is_name)| *is_name && !other(name) && !kind(name));
    let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
    for item in &came.items {
        let Item::Unreadable(raw) = item else { continue };
        let raw = String::from_utf8_lossy(raw);
        let found = names.iter().find(|name| raw.contains(**name));
        assert!(found.is_none(), "{name}: {found:?} in {raw}");
    }
}

fn read(platform: Platform, name: &str, bytes: &[u8], counts: &mut BTreeMap<&'static str, usize>) {
    let heard = platform.hear(bytes, BARE);
    assert_eq!(heard.len(), platform.hear(bytes, NAMED).len(), "{name}");
    assert!(!heard.is_empty() || platform == Platform::Signal, "{name}");
    for one in &heard {
        holds(name, one);
        came(one).iter().for_each(|came| nobody(name, bytes, came));
        let outcome = outcome(one);
        if std::env::var_os("PAYAMGIR_SAMPLES_SHOW").is_some_and(|show| show == outcome) {
            println!("{name}: {}", crate::show::heard(one));
        }
        *counts.entry(outcome).or_default() += 1;
    }
    if heard.is_empty() {
        *counts.entry("answer").or_default() += 1;
    }
}

fn outcome(heard: &Heard) -> &'static str {
    match (heard, came(heard)) {
        (Heard::Echo(_), _) => "echo",
        (_, Some(came)) if came.kind == Kind::Deletion => "deletion",
        (_, Some(came)) if is_unreadable(came) => "unreadable",
        (_, Some(came)) if came.kind == Kind::New => "new",
        (_, Some(_)) => "edit",
        (Heard::Status(_), _) => "status",
        (Heard::Trouble(_), _) => "trouble",
        _ => "nothing",
    }
}

fn is_unreadable(came: &Came) -> bool {
    came.items.iter().any(|item| matches!(item, Item::Unreadable(_)))
}
