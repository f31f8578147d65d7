//! What holds of everything that is heard.

use payamgir_channels::signal::Line;
use payamgir_channels::{Came, Heard, Item, Kind, Manner, instagram, signal, telegram, whatsapp};
use payamgir_text::lang::Lang;

use crate::show;

/// Without names.
pub const BARE: Manner = Manner { lang: Lang::En, names: false };
/// With them.
pub const NAMED: Manner = Manner { lang: Lang::Fa, names: true };
/// What is in the names, handles, numbers and ids of all who are in the tables.
const CANARIES: [&str; 2] = ["zq", "999000"];

/// Whose platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    Telegram,
    Whatsapp,
    Instagram,
    Signal,
}

pub const ALL: [Platform; 4] =
    [Platform::Telegram, Platform::Whatsapp, Platform::Instagram, Platform::Signal];

impl Platform {
    /// What is heard in one body, update or line.
    pub fn hear(self, bytes: &[u8], manner: Manner) -> Vec<Heard> {
        let of = |all: Vec<payamgir_channels::meta::Said>| {
            all.into_iter().map(|said| said.heard).collect()
        };
        match self {
            Self::Telegram => vec![telegram::read(bytes, manner).heard],
            Self::Whatsapp => of(whatsapp::read(bytes, manner)),
            Self::Instagram => of(instagram::read(bytes, manner)),
            Self::Signal => match signal::read(bytes, manner) {
                Line::Heard(heard) => vec![heard],
                Line::Answer(..) => vec![],
            },
        }
    }
}

/// A row: what it is, what came, and what is heard, a line each.
pub type Row = (&'static str, &'static str, &'static str);

/// Reads every row of a table; all that are not as expected are shown at once.
pub fn check(platform: Platform, rows: &[Row], write: fn(&str) -> String) {
    let mut wrong = String::new();
    for (name, json, expected) in rows {
        let json = write(json);
        let heard = platform.hear(json.as_bytes(), BARE);
        let shown: Vec<String> = heard.iter().map(show::heard).collect();
        if shown.join("\n") != *expected {
            wrong += &format!("\n@@ {name}\n{}\n", shown.join("\n"));
        }
        heard.iter().for_each(|heard| holds(name, heard));
        nobody(name, &heard);
        again(platform, name, &json);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Something is said, or it is known why not.
pub fn holds(name: &str, heard: &Heard) {
    let (Heard::Came(_) | Heard::Echo(_)) = heard else { return };
    let came = came(heard).unwrap();
    assert!(!came.message.is_empty(), "{name}: no name");
    assert!(!came.items.is_empty() || came.kind == Kind::Deletion, "{name}: nothing in it");
    for item in &came.items {
        let empty = match item {
            Item::Text(text) | Item::Note(text) => text.is_empty(),
            Item::Unreadable(raw) => raw.is_empty(),
            Item::File(_) => false,
        };
        assert!(!empty, "{name}: an empty part");
    }
}

/// What came, from whomever.
pub fn came(heard: &Heard) -> Option<&Came> {
    match heard {
        Heard::Came(came) => Some(came),
        Heard::Echo(came) => Some(came),
        _ => None,
    }
}

/// No part says who somebody is.
fn nobody(name: &str, heard: &[Heard]) {
    for came in heard.iter().filter_map(came) {
        assert!(came.sender.is_none(), "{name}: a sender");
        let parts: String = came.items.iter().map(show::item).collect();
        let found = CANARIES.iter().find(|canary| parts.contains(**canary));
        assert!(found.is_none(), "{name}: {parts}");
    }
}

/// The same has the same names when it comes again, whatever is kept of it.
fn again(platform: Platform, name: &str, json: &str) {
    let names = |manner| -> Vec<String> {
        let heard = platform.hear(json.as_bytes(), manner);
        let names = |came: &Came| format!("{:?} {:?} {:?}", came.message, came.event, came.who);
        heard.iter().filter_map(came).map(names).collect()
    };
    assert_eq!(names(BARE), names(BARE), "{name}");
    assert_eq!(names(BARE), names(NAMED), "{name}");
}
