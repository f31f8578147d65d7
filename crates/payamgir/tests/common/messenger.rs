//! A server with messengers' accounts, beside stand-ins for their platforms.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use payamgir_desk::client::World;
use payamgir_desk::open::Member;
use payamgir_desk::opening::{Opened, open_all};
use payamgir_desk::{Client, keys};
use payamgir_log::Reader;
use payamgir_wire::hex::Hex;
use payamgir_wire::send::{File, Send};
use payamgir_wire::{Entry, Part};
use serde_json::Value;

use super::{Place, Server};

/// Waits until something is so; panics after a minute.
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Writes the accounts' file, with what comes before the first account.
pub fn accounts(place: &Place, common: &str, accounts: &str) {
    std::fs::write(place.path("server/channels.toml"), format!("{common}\n{accounts}")).unwrap();
}

/// Writes a secret's file.
pub fn secret(place: &Place, name: &str, text: &str) {
    let path = place.path(&format!("server/{name}"));
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(Path::new(&path), std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// What `/readyz` says.
pub fn ready(server: &Server) -> String {
    super::browser::get(server.private, "/readyz", "").unwrap().body
}

/// The status of a call to a webhook.
pub fn call(server: &Server, path: &str, fields: &str, body: &[u8]) -> u16 {
    let mut stream = super::browser::connect(server.public).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n{fields}\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let _ = stream.write_all(body);
    super::browser::answer(stream).map_or(0, |answer| answer.status)
}

/// Fetches what is new and gives all submissions.
pub fn synced(place: &Place, server: &Server) -> Vec<Value> {
    place.sync(server);
    place.list()
}

/// The parts of a submission, each in a few words: its text, its file's name and size, its kind.
pub fn parts(submission: &Value) -> Vec<String> {
    submission["parts"].as_array().unwrap().iter().map(part).collect()
}

fn part(part: &Value) -> String {
    let said = match part["kind"].as_str().unwrap() {
        "text" => part["preview"].as_str().or(part["text"].as_str()).unwrap().to_owned(),
        "attachment" => {
            let cut = if part["cut"] == true { " cut" } else { "" };
            format!("<{} {}{cut}>", part["media_type"].as_str().unwrap(), part["size"])
        }
        kind => format!("<{kind}>"),
    };
    match part["revises"].as_u64() {
        Some(of) => format!("{said} ^{of}"),
        None => said,
    }
}

/// All parts of all submissions, in a few words.
pub fn all_parts(list: &[Value]) -> Vec<Vec<String>> {
    list.iter().map(parts).collect()
}

/// Everything the log holds of sources and replies, opened with the desk's keys.
pub fn opened(place: &Place) -> Vec<Entry> {
    let member = member();
    let file = std::fs::read(place.path("desk/keyring.age")).unwrap();
    let keyring = keys::unlock(&file, &member).unwrap();
    let mut reader = Reader::open(place.path("server/log").as_ref()).unwrap();
    let size = reader.size().unwrap();
    let mut all = vec![];
    open_all(&mut reader, &keyring, (0, size), 2, |item| match item.opened {
        Opened::Part(entry) => all.push(entry),
        Opened::Trouble(trouble) => panic!("{trouble:?}"),
        Opened::Other => {}
    })
    .unwrap();
    all
}

/// The desk's member.
pub fn member() -> Member {
    Member::from_seed(&zeroize::Zeroizing::new([7; 64]))
}

/// What became of a reply, in the order in which it was said.
pub fn fates(place: &Place, reply: u8) -> Vec<(&'static str, Option<String>)> {
    let all = opened(place).into_iter().filter(|entry| entry.group == Hex([reply; 16]));
    all.filter_map(|entry| match entry.part {
        Part::Outcome(outcome) => Some((outcome.state.word(), outcome.reason)),
        _ => None,
    })
    .collect()
}

/// The return address of the newest part whose text is this.
pub fn route(place: &Place, text: &str) -> String {
    let of = |entry: &Entry| matches!(&entry.part, Part::Text(own) if own.as_str() == text);
    let entry = opened(place).into_iter().rev().find(of).unwrap();
    entry.origin.unwrap().route.unwrap().to_string()
}

/// Hands a reply to the server as a desk does.
pub fn reply(server: &Server, id: u8, route: &str, text: &str) -> bool {
    reply_with(server, id, route, text, None)
}

/// The same, with a file.
pub fn reply_with(server: &Server, id: u8, route: &str, text: &str, file: Option<File>) -> bool {
    let words = |text: &str| zeroize::Zeroizing::new(text.to_owned());
    let send = Send { reply: Hex([id; 16]), route: words(route), text: words(text), file };
    client(server).send(&send).unwrap()
}

fn client(server: &Server) -> Client {
    let world = World { now: Arc::new(super::now), random: Arc::new(super::dice) };
    let address = payamgir_desk::Server::parse(&format!("http://{}", server.private)).unwrap();
    Client::new(address, Arc::new(member()), world, None).unwrap()
}
