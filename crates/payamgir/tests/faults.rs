//! System calls made to fail, one kind after another, and a disk that really is full: nothing
//! is acknowledged that did not reach the disk, the person is told, and work goes on afterwards.

mod common;

use std::path::Path;
use std::process::Command;

use common::browser::{Answer, Form};
use common::{Place, Server, full_or, has_tool};

/// What fails, how, and which of the calls of a thread fail (strace's `when`).
const FAULTS: [(&str, &str, &str); 15] = [
    ("pwrite64", "ENOSPC", "1..3"),
    ("pwrite64", "ENOSPC", "6..9"),
    ("pwrite64", "EIO", "3..7"),
    ("pwrite64", "EIO", "12..18"),
    ("fsync", "EIO", "1..1"),
    ("fsync", "EIO", "2..2"),
    ("fsync", "EIO", "3..4"),
    ("fsync", "EIO", "5..9"),
    ("fsync", "ENOSPC", "1..5"),
    ("fsync", "ENOSPC", "12..20"),
    ("rename", "EIO", "1..2"),
    ("rename", "ENOSPC", "2..3"),
    ("utimensat", "EIO", "1..2"),
    ("unlink", "EIO", "1..4"),
    ("mkdir", "ENOSPC", "1..2"),
];

#[test]
fn a_call_that_fails_acknowledges_nothing_and_loses_nothing() {
    if !has_tool("strace") {
        return;
    }
    let every = full_or("PAYAMGIR_FAULTS_EVERY", 2) as usize;
    for (at, fault) in FAULTS.iter().enumerate() {
        // One of each call in any case.
        let first = FAULTS.iter().position(|other| other.0 == fault.0) == Some(at);
        if first || at % every == 0 {
            check(fault);
        }
    }
}

fn check(&(call, error, when): &(&str, &str, &str)) {
    let what = format!("{call} {error} {when}");
    let place = Place::new();
    let trace = place.path("trace");
    let traced = strace(&place, &["-e", &format!("inject={call}:error={error}:when={when}")], call);
    let mut kept = vec![];
    let server = match Server::try_start(&mut { traced }) {
        Ok(server) => server,
        // A fault while opening is told, and the next start finds everything in order.
        Err(said) => {
            let told = said.contains("could not be") || said.contains("There is no room");
            assert!(told, "{what}: {said}");
            struck(&trace, &what);
            return recovered(&place, &kept, &what);
        }
    };
    for number in 0..14 {
        let text = format!("{what} {number}");
        let file = vec![number as u8; 50_000];
        let form = Form::text(&text).file("a.jpg", "image/jpeg", &file);
        let answer = form.send(server.public, "/en/").unwrap();
        if tell(&answer, &what) {
            kept.push(text);
        }
    }
    assert!(kept.len() >= 2, "{what}: it did not recover: {}", server.said.lock().unwrap());
    server.kill();
    struck(&trace, &what);
    recovered(&place, &kept, &what);
}

/// The fault was not only planned.
fn struck(trace: &str, what: &str) {
    let trace = std::fs::read_to_string(trace).unwrap();
    assert!(trace.contains("(INJECTED)"), "{what}: no call failed");
}

/// Whether everything was acknowledged; anything else must say so in words.
fn tell(answer: &Answer, what: &str) -> bool {
    let told = match answer.status {
        200 => return true,
        500 | 507 => answer.body.contains("</html>") && answer.body.contains("<h1"),
        _ => false,
    };
    assert!(told, "{what}: {} {}", answer.status, answer.body);
    false
}

/// After a restart: verified, every acknowledged submission whole, nothing left over.
fn recovered(place: &Place, kept: &[String], what: &str) {
    let server = place.serve();
    let (code, report) = place.verify();
    assert_eq!(code, 0, "{what}: {report}");
    place.sync(&server);
    let list = place.list();
    for text in kept {
        let found = list.iter().filter(|s| s["parts"][0]["preview"] == text.as_str());
        let parts: Vec<_> = found.map(|s| s["parts"].as_array().unwrap().len()).collect();
        assert_eq!(parts, [2], "{what}: {text}");
    }
    let left = std::fs::read_dir(place.path("server/log/tmp")).unwrap().count();
    assert_eq!(left, 0, "{what}: leftovers");
}

fn strace(place: &Place, options: &[&str], call: &str) -> Command {
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-o", &place.path("trace"), "-e", &format!("trace={call}")])
        .args(options);
    command.arg(common::PROGRAM).args(place.serve_args()).env("TMPDIR", place.temp());
    command
}

#[test]
fn a_full_disk_refuses_in_words_and_works_again_when_there_is_room() {
    let Some(disk) = SmallDisk::mount("6m") else { return };
    let place = Place::within(disk.0.path());
    place.configure("limits.keep_free_mib", "0");
    let filler = disk.0.path().join("filler");
    std::fs::write(&filler, vec![1; 2 << 20]).unwrap();
    let server = place.serve();
    let mut kept = vec![];
    let mut refused = 0;
    for number in 0..60 {
        let text = format!("full {number}");
        let form = Form::text(&text).file("a.jpg", "image/jpeg", &vec![7; 150_000]);
        let answer = form.send(server.public, "/fa/").unwrap();
        match tell(&answer, "full disk") {
            true => kept.push(text),
            false => refused += 1,
        }
    }
    assert!(refused > 0 && !kept.is_empty(), "{refused} refused, {} kept", kept.len());
    std::fs::remove_file(&filler).unwrap();
    let again = Form::text("room again").file("a.jpg", "image/jpeg", &vec![7; 150_000]);
    assert_eq!(again.send(server.public, "/fa/").unwrap().status, 200);
    kept.push("room again".into());
    assert!(server.said.lock().unwrap().contains("storage full"));
    server.kill();
    let (code, report) = place.verify();
    assert_eq!(code, 0, "{report}");
    let desk = Place::new();
    for file in ["desk.pub", "keyring.age"] {
        std::fs::copy(place.path(&format!("desk/{file}")), desk.path(&format!("desk/{file}")))
            .unwrap();
    }
    whole_at_a_desk_elsewhere(&place, &desk, &kept);
}

/// The disk is small: the desk's copy goes elsewhere.
fn whole_at_a_desk_elsewhere(place: &Place, desk: &Place, kept: &[String]) {
    let server = place.serve();
    let url = format!("http://{}", server.private);
    let done = desk.desk(&["sync", "--server", &url, "--log-key", &place.log_key, "--attachments"]);
    assert!(done.status.success(), "{}", common::text(&done.stderr));
    let list = desk.list();
    for text in kept {
        assert!(list.iter().any(|s| s["parts"][0]["preview"] == text.as_str()), "{text}");
    }
}

#[test]
fn the_configured_storage_is_a_limit_too() {
    let place = Place::new();
    place.configure("limits.storage_mib", "2");
    let server = place.serve();
    let film = Form::text("first").file("a.mp4", "video/mp4", &vec![3; 3 << 20]);
    let answer = film.send(server.public, "/en/").unwrap();
    assert_eq!(answer.status, 507, "{}", answer.body);
    let small = Form::text("second").send(server.public, "/en/").unwrap();
    assert_eq!(small.status, 200);
    place.sync(&server);
    assert_eq!(place.list().len(), 2);
    assert_eq!(std::fs::read_dir(place.path("server/log/tmp")).unwrap().count(), 0);
}

/// A tiny file system of its own.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None`, said aloud, where this user may not mount; on CI that is a failure.
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mounted = run("mount", &["-t", "tmpfs", "-o", &options, "tmpfs"], folder.path());
        if !mounted {
            assert!(std::env::var_os("CI").is_none(), "may not mount a tmpfs");
            common::skipped("needs the right to mount a tmpfs");
            return None;
        }
        Some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &["-l"], self.0.path());
    }
}

fn run(program: &str, args: &[&str], path: &Path) -> bool {
    Command::new(program).args(args).arg(path).status().is_ok_and(|status| status.success())
}
