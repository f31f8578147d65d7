//! Lanes, and who goes by them.

use std::fs;
use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::browser::{self, Answer, connect};
use super::{Place, Server, text};

/// What an honest source writes.
pub const WORDS: &str = "zq-flood-canary-8871 نوشته‌ای در میان هیاهو";

/// A request with these fields in its head.
pub fn post(server: &Server, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut stream = connect(server.public).unwrap();
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in fields {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    let _ = stream.write_all(body);
    browser::answer(stream).unwrap()
}

/// Passes, as an editor gets them.
pub fn passes(place: &Place, server: &Server, count: u8) -> Vec<String> {
    // A desk must know its server.
    place.sync(server);
    let made = place.desk(&["passes", "--count", &count.to_string(), "--json"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let passes = made["passes"].as_array().unwrap();
    passes.iter().map(|pass| pass.as_str().unwrap().to_owned()).collect()
}

/// A file that was sealed on a source's own machine.
pub fn sealed(place: &Place, server: &Server, words: &str) -> String {
    let (note, out) = (place.path("note"), place.path("sealed"));
    let _ = fs::remove_file(&out);
    fs::write(&note, words).unwrap();
    let address = format!("http://{}", server.public);
    let made = place.run(&["seal", "--text", &note, "--server", &address, "--out", &out]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    out
}

/// `payamgir carry`; whether it was fine, and what it said.
pub fn carry(place: &Place, server: &Server, file: &str) -> (bool, String) {
    let address = format!("http://{}", server.public);
    let done = place.run(&["carry", file, "--server", &address]);
    (done.status.success(), text(&done.stdout) + &text(&done.stderr))
}

/// A place whose lane for those who bring nothing has room for so many and no more.
pub fn narrow(burst: &str) -> Place {
    let place = Place::new();
    place.configure("limits.plain_burst", burst);
    place.configure("limits.plain_per_second", "0");
    place.configure("limits.proof_work", "20000");
    place
}

/// Tries until it is through; how long that took.
pub fn through(mut attempt: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !attempt() {
        assert!(begun.elapsed() < Duration::from_secs(120), "never through");
        thread::sleep(Duration::from_millis(500));
    }
    begun.elapsed()
}

/// The turn in a form that was given back.
pub fn turn_in(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("name=\"turn\" value=\"")?;
    Some(rest.split('"').next().unwrap().to_owned())
}
