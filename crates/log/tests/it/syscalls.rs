//! The system calls of one append, in the order on which durability rests.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::crash::{FOLDER, child};
use crate::site::*;

const TRACED: &str = "trace=fsync,fdatasync,rename,mkdir,unlink,openat,write";

/// What a finished call did, with the folder, the hash and all digits taken out.
fn event(call: &str, folder: &str) -> Option<String> {
    let (name, rest) = call.split_once('(')?;
    let mut paths = rest.split(['"', '<', '>']).filter_map(|piece| piece.strip_prefix(folder));
    let event = match name {
        "openat" if !rest.contains("O_CREAT") => return None,
        "openat" => format!("create {}", paths.next()?),
        "write" if rest.contains("answered") => "answer".into(),
        "write" => return None,
        "rename" => format!("rename {} {}", paths.next()?, paths.next()?),
        name => format!("{name} {}", paths.next()?),
    };
    let is_hash = |word: &&str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let hash = event.split(['/', '.', ' ']).find(is_hash).map(str::to_owned);
    let event = hash.map_or(event.clone(), |hash| event.replace(&hash, "HASH"));
    Some(event.chars().filter(|c| !c.is_ascii_digit()).collect())
}

/// Calls count when they end; an answer when it begins.
fn events(trace: &str, folder: &str) -> Vec<String> {
    let (mut begun, mut events) = (HashMap::new(), vec![]);
    for line in trace.lines() {
        let (thread, call) = line.split_once(' ').unwrap();
        let call = call.trim();
        let whole = match call.strip_suffix("<unfinished ...>") {
            Some(call) if !call.contains("answered") => {
                begun.insert(thread, call.to_owned());
                continue;
            }
            _ if call.starts_with("<... ") => begun.remove(thread).unwrap_or_default(),
            _ => call.to_owned(),
        };
        events.extend(event(&whole, folder));
    }
    events
}

fn trace(folder: &Path) -> Vec<String> {
    let plain = child("faults::work_that_may_fail", folder);
    let output = tempfile::NamedTempFile::new().unwrap();
    Command::new("strace")
        .args(["-f", "-qq", "-y", "-s", "400", "-e", TRACED, "-o"])
        .arg(output.path())
        .arg(plain.get_program())
        .args(plain.get_args())
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .status()
        .expect("strace");
    events(&fs::read_to_string(output.path()).unwrap(), folder.to_str().unwrap())
}

#[test]
#[ignore = "needs strace"]
fn an_answer_follows_the_last_sync() {
    let site = Site::new();
    let events = trace(site.path());
    let first = events.iter().skip_while(|event| !event.ends_with(".part"));
    let first: Vec<&str> = first.map(String::as_str).collect();
    let answered = first.iter().position(|event| *event == "answer").unwrap();
    let expected = [
        "create /tmp/-.part",
        "fsync /tmp/-.part",
        "create /tmp/HASH.intent",
        "fsync /tmp",
        "mkdir /blobs/a",
        "fsync /blobs",
        "rename /tmp/-.part /blobs/a/HASH",
        "fsync /blobs/a",
        // After the rename there is nothing to remove.
        "unlink /tmp/-.part",
        // A new write-ahead log: its header, that it is there, and the commit.
        "fsync /log.db-wal",
        "fsync ",
        "fsync /log.db-wal",
        "unlink /tmp/HASH.intent",
    ];
    assert_eq!(first[..expected.len()], expected);
    // The writer rests once it has answered: what it then syncs may come before the words do.
    assert!(answered >= expected.len(), "answered before the last of it");
}
