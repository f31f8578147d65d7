//! A server with messengers' accounts, beside stand-ins for their platforms.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

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
