//! What was heard, as a line.

use std::fmt::Write;

use payamgir_channels::{Came, File, Heard, Item, Kind, Status};

/// What was heard.
pub fn heard(heard: &Heard) -> String {
    match heard {
        Heard::Came(came) => self::came(came),
        Heard::Echo(came) => format!("echo {}", self::came(came)),
        Heard::Status(status) => self::status(status),
        Heard::Trouble(code) => format!("trouble {code}"),
        Heard::Nothing => "nothing".to_owned(),
    }
}

fn came(came: &Came) -> String {
    let kind = match came.kind {
        Kind::New => "new",
        Kind::Edit => "edit",
        Kind::Moved => "moved",
        Kind::Deletion => "gone",
    };
    let mut line = format!("{kind} {}", name(&came.message));
    let mut add = |before: &str, what: Option<&String>| {
        what.iter().for_each(|what| write!(line, "{before}{}", name(what)).unwrap());
    };
    add("/", came.event.as_deref());
    add(" by ", came.who.as_deref());
    add("+", came.also.as_deref());
    add(" in ", came.album.as_deref());
    add(" at ", came.wrote.map(|at| at.to_string()).as_ref());
    line.push_str(if came.spoken { ":" } else { ";" });
    came.items.iter().for_each(|one| write!(line, " {}", item(one)).unwrap());
    line
}

/// A hash is not to be read.
fn name(name: &str) -> String {
    let words = name.split(' ').map(|word| if word.len() == 64 { "#" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// One part.
pub fn item(item: &Item) -> String {
    match item {
        Item::Text(text) => format!("'{}'", **text),
        Item::Note(text) => text.to_string(),
        Item::Unreadable(raw) => format!("`{}`", String::from_utf8_lossy(raw)),
        Item::File(file) => self::file(file),
    }
}

fn file(file: &File) -> String {
    let mut line = format!("<{}", *file.id);
    let mut add = |before: &str, what: &str| {
        if !what.is_empty() {
            write!(line, "{before}{what}").unwrap();
        }
    };
    add(" ", file.url.as_deref().map_or("", String::as_str));
    add(" =", file.unique.as_deref().map_or("", String::as_str));
    add(" ", &file.media_type);
    add(" ", &file.name);
    add(" ", &file.size.map(|size| size.to_string()).unwrap_or_default());
    add(" #", file.sha256.map_or("", |_| "#"));
    line + ">"
}

fn status(status: &Status) -> String {
    let mut line = format!("{:?} {}", status.state, *status.message);
    let add = |what: Option<String>| what.map(|what| format!(" {what}")).unwrap_or_default();
    line += &add(status.who.as_deref().map(|who| format!("to {who}")));
    line += &add(status.own.as_deref().map(|own| format!("own {own}")));
    line += &add(status.reason.map(|reason| reason.word().to_owned()));
    line + &add(status.code.map(|code| code.to_string()))
}
