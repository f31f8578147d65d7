//! Copies of a bulletin on sticks that anybody may have prepared.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::served::of;
use super::*;

const FILES: [(&str, &str); 3] = [
    ("index.html", "<!doctype html><title>first</title>"),
    ("read/fa/a.html", "<!doctype html><title>a</title>"),
    ("read/fa/b.html", "<!doctype html><title>b</title>"),
];

/// Publishes files as a desk's only editor.
fn publish(hand: &Hand, release: &Release, files: &[(&str, &str)]) {
    assert!(hand.approve(release.desk.0, release, hand.key()));
    hand.hand_in(&files.iter().map(|(_, words)| *words).collect::<Vec<_>>());
    assert!(hand.publish(&release.encode()));
}

fn save(place: &Place, at: SocketAddr, out: &Path) -> Output {
    let (url, out) = (format!("http://{at}"), out.to_str().unwrap());
    place.run(&["--lang", "en", "edition", "save", "--server", &url, "--out", out])
}

fn verify(place: &Place, folder: &Path, more: &[&str]) -> Output {
    let folder = folder.to_str().unwrap();
    place.run(&[&["--lang", "en", "edition", "verify", folder], more].concat())
}

/// What it says and how it ends.
fn told(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

/// A desk of one, its first release, and a copy of that.
fn saved(place: &Place) -> (Server, Hand, Release, PathBuf) {
    let server = place.serve();
    let a = founder(place);
    done(&a.sync(&server));
    let hand = Hand::new(&server, 7);
    let release = of(desk_id(&a), &hand, (1, [0; 32]), &FILES);
    publish(&hand, &release, &FILES);
    let out = PathBuf::from(place.path("stick"));
    done(&save(place, server.public, &out));
    (server, hand, release, out)
}

/// The exit code of `edition verify`, where it ends within a while.
fn ends(place: &Place, folder: &Path) -> Option<i32> {
    let mut command = place.command(&["edition", "verify", folder.to_str().unwrap()]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    child.wait().unwrap().code()
}

/// What it is called, what is said of it, and what it does to a copy.
type Change<'c> = (&'static str, &'static str, &'c dyn Fn(&Path));

#[test]
fn nothing_in_a_folder_is_waited_for_or_followed_elsewhere() {
    let place = Place::new();
    let (_server, _, _, out) = saved(&place);
    let fifo = |path: &Path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    let elsewhere = PathBuf::from(place.path("elsewhere"));
    fs::write(&elsewhere, FILES[0].1).unwrap();
    let large = |path: &Path| fs::File::create(path).unwrap().set_len(500 << 30).unwrap();
    let changes: [Change<'_>; 5] = [
        ("a pipe", "index.html", &fifo),
        ("a device", "index.html", &|path| symlink("/dev/zero", path).unwrap()),
        ("a link to the same words", "index.html", &|path| symlink(&elsewhere, path).unwrap()),
        ("a large file", "index.html", &large),
        ("a pipe for a list", "release.txt", &fifo),
    ];
    for (what, name, change) in changes {
        let path = out.join(name);
        let good = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        change(&path);
        assert_eq!(ends(&place, &out), Some(3), "{what}");
        fs::remove_file(&path).unwrap();
        fs::write(&path, good).unwrap();
    }
    let moved = PathBuf::from(place.path("moved"));
    fs::rename(out.join("read"), &moved).unwrap();
    symlink(&moved, out.join("read")).unwrap();
    assert_eq!(ends(&place, &out), Some(3), "a link for a folder");
    fs::remove_file(out.join("read")).unwrap();
    fs::rename(&moved, out.join("read")).unwrap();
    let link = PathBuf::from(place.path("link"));
    symlink(&out, &link).unwrap();
    assert_eq!(ends(&place, &link), Some(0), "the folder that was named may be one");
}

#[test]
fn a_copy_is_for_all_and_is_written_through_no_link() {
    let place = Place::new();
    let (server, _, _, out) = saved(&place);
    let mut open = vec![out];
    while let Some(path) = open.pop() {
        let data = fs::symlink_metadata(&path).unwrap();
        let wanted = if data.is_dir() { 0o755 } else { 0o644 };
        assert_eq!(data.permissions().mode() & 0o777, wanted, "{}", path.display());
        if data.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }

    let (own, folder) = (PathBuf::from(place.path("own")), PathBuf::from(place.path("folder")));
    fs::write(&own, "mine").unwrap();
    fs::create_dir(&folder).unwrap();
    let prepared = PathBuf::from(place.path("prepared"));
    fs::create_dir(&prepared).unwrap();
    for name in ["index.html", "proof.txt", "index.html.new", ".payamgir-new"] {
        symlink(&own, prepared.join(name)).unwrap();
    }
    let (_, said) = told(&save(&place, server.public, &prepared));
    assert_eq!(fs::read_to_string(&own).unwrap(), "mine", "{said}");

    let prepared = PathBuf::from(place.path("prepared-2"));
    fs::create_dir(&prepared).unwrap();
    symlink(&folder, prepared.join("read")).unwrap();
    let (code, said) = told(&save(&place, server.public, &prepared));
    assert!(code == Some(3) && said.contains("stands for a folder"), "{said}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);

    let prepared = PathBuf::from(place.path("prepared-3"));
    fs::create_dir(&prepared).unwrap();
    symlink(&own, prepared.join("index.html")).unwrap();
    done(&save(&place, server.public, &prepared));
    assert!(fs::symlink_metadata(prepared.join("index.html")).unwrap().is_file());
    assert_eq!(fs::read_to_string(&own).unwrap(), "mine");
}

#[test]
fn a_copy_is_made_anew_and_goes_on_from_the_earlier_one() {
    let place = Place::new();
    let (server, hand, first, out) = saved(&place);
    let other = PathBuf::from(place.path("other"));
    done(&save(&place, server.public, &other));
    let second = of(first.desk.0, &hand, (2, first.hash().0), &FILES[..2]);
    publish(&hand, &second, &FILES[..2]);
    done(&save(&place, server.public, &out));
    assert!(!out.join("read/fa/b.html").exists(), "it was taken back");
    assert!(out.join("read/fa/a.html").exists());
    let known = |known: &Path| told(&verify(&place, &out, &["--known", known.to_str().unwrap()]));
    assert_eq!(known(&other).0, Some(0));
}

#[test]
fn a_stranger_is_named_and_what_systems_leave_is_told_apart() {
    let place = Place::new();
    let (_server, _, _, out) = saved(&place);
    assert!(!done(&verify(&place, &out, &[])).contains("Operating systems"));
    for folder in ["System Volume Information", ".Trash-1000", "$RECYCLE.BIN"] {
        fs::create_dir(out.join(folder)).unwrap();
        fs::write(out.join(folder).join("anything.html"), "x").unwrap();
    }
    for file in [".DS_Store", "read/fa/._a.html", "read/Thumbs.db", "desktop.ini"] {
        fs::write(out.join(file), "x").unwrap();
    }
    let said = done(&verify(&place, &out, &[]));
    assert!(said.contains("Operating systems left these"), "{said}");
    let told_json = done(&verify(&place, &out, &["--json"]));
    let json: serde_json::Value = serde_json::from_str(&told_json).unwrap();
    let left: Vec<&str> =
        json["left_by_systems"].as_array().unwrap().iter().filter_map(|n| n.as_str()).collect();
    assert_eq!(left.len(), 7, "{left:?}");
    assert!(left.contains(&"read/fa/._a.html") && left.contains(&"System Volume Information"));
    for (stranger, shown) in [
        ("read/fa/c.html", "read/fa/c.html"),
        ("read/e\u{1b}[2J.html", "read/e\u{241b}[2J.html"),
        ("thumbs.html", "thumbs.html"),
    ] {
        fs::write(out.join(stranger), "x").unwrap();
        let (code, said) = told(&verify(&place, &out, &[]));
        assert!(code == Some(3) && said.contains(shown) && !said.contains('\u{1b}'), "{said}");
        fs::remove_file(out.join(stranger)).unwrap();
    }
    // At another place, or of another kind, it is a stranger.
    fs::create_dir(out.join("read/.Trashes")).unwrap();
    fs::write(out.join("read/.Trashes/a.html"), "x").unwrap();
    assert_eq!(verify(&place, &out, &[]).status.code(), Some(3));
    fs::remove_dir_all(out.join("read/.Trashes")).unwrap();
    symlink(out.join("index.html"), out.join("._index.html")).unwrap();
    assert_eq!(verify(&place, &out, &[]).status.code(), Some(3));
}

/// Serves a folder's files, but `first` the first time that the list is asked for.
fn serves(folder: &Path, first: Vec<u8>) -> SocketAddr {
    let (listener, folder) = (TcpListener::bind("127.0.0.1:0").unwrap(), folder.to_owned());
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut first = Some(first);
        for stream in listener.incoming().map_while(Result::ok) {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let asked = lines.next().unwrap_or_default();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let path = asked.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
            let body = first.take_if(|_| path == "release.txt");
            let body = body.unwrap_or_else(|| fs::read(folder.join(path)).unwrap());
            let head = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let _ = (&stream).write_all(&[head.as_bytes(), &body].concat());
        }
    });
    at
}

#[test]
fn a_release_that_comes_in_between_is_no_forgery() {
    let place = Place::new();
    let (server, hand, first, old) = saved(&place);
    let files = [FILES[0], ("read/fa/c.html", "c")];
    let second = of(first.desk.0, &hand, (2, first.hash().0), &files);
    publish(&hand, &second, &files);
    let new = PathBuf::from(place.path("new"));
    done(&save(&place, server.public, &new));

    let out = PathBuf::from(place.path("between"));
    let at = serves(&new, fs::read(old.join("release.txt")).unwrap());
    let said = done(&save(&place, at, &out));
    assert!(said.contains("release 2."), "{said}");
    assert_eq!(verify(&place, &out, &[]).status.code(), Some(0));

    // The list stays, and the proof is another's.
    let mixed = PathBuf::from(place.path("mixed"));
    let list = fs::read(old.join("release.txt")).unwrap();
    done(&save(&place, server.public, &mixed));
    fs::write(mixed.join("release.txt"), &list).unwrap();
    let none = PathBuf::from(place.path("none"));
    let (code, said) = told(&save(&place, serves(&mixed, list), &none));
    assert!(code == Some(3) && said.contains("did not approve"), "{said}");
}

#[test]
fn who_once_was_the_desk_alone_is_found_by_an_earlier_copy() {
    let place = Place::new();
    let (server, hand, first, alone) = saved(&place);
    let a = founder(&place);
    let b = Person::new(&place, "b", 11);
    done(&a.run(&["admit", &b.block(), "--role", "editor"]));
    let second = of(first.desk.0, &hand, (2, first.hash().0), &FILES[..2]);
    publish(&hand, &second, &FILES[..2]);
    let both = PathBuf::from(place.path("both"));
    let said = done(&save(&place, server.public, &both));
    assert!(said.contains("the desk has 2 members; they hold 2 statements"), "{said}");
    let (older, newer) = (alone.to_str().unwrap(), both.to_str().unwrap());
    assert_eq!(verify(&place, &both, &["--known", older]).status.code(), Some(0));
    assert_eq!(verify(&place, &both, &["--known", newer]).status.code(), Some(0));
    let (code, said) = told(&verify(&place, &alone, &["--known", newer]));
    assert!(code == Some(3) && said.contains("an older release"), "{said}");

    // Another server, told only how the desk began.
    let (dir, desk) = (place.path("second"), place.path("desk/desk.pub"));
    done(&place.run(&["init", "--dir", &dir, "--desk", &desk]));
    let any = "127.0.0.1:0";
    let args = ["serve", "--dir", &dir, "--listen", any, "--desk-listen", any];
    let other = Server::start(&mut place.command(&args));
    let forger = Hand::new(&other, 7);
    let forged = of(first.desk.0, &forger, (3, second.hash().0), &FILES[..1]);
    publish(&forger, &forged, &FILES[..1]);
    let out = PathBuf::from(place.path("forged"));
    let said = done(&save(&place, other.public, &out));
    assert!(said.contains("the desk has 1 member; they hold 1 statement of"), "{said}");
    assert!(said.contains("whether somebody who once was the desk alone"), "{said}");
    let json = done(&verify(&place, &out, &["--json"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["members"], 1);
    assert_eq!(json["statements"], 1);
    assert_eq!(json["day"].as_str().unwrap().len(), "2026-11-30".len());

    let (code, said) = told(&verify(&place, &out, &["--known", newer]));
    assert!(code == Some(3) && said.contains("older membership"), "{said}");
    let before = fs::read(both.join("index.html")).unwrap();
    let (code, said) = told(&save(&place, other.public, &both));
    assert!(code == Some(3) && said.contains("an older membership"), "{said}");
    assert_eq!(fs::read(both.join("index.html")).unwrap(), before);
    assert_eq!(verify(&place, &both, &[]).status.code(), Some(0), "it was left as it was");

    // A release of the same number that is another.
    let beside = of(first.desk.0, &hand, (3, second.hash().0), &FILES);
    publish(&hand, &beside, &FILES);
    let third = PathBuf::from(place.path("third"));
    done(&save(&place, server.public, &third));
    let (code, said) = told(&verify(&place, &third, &["--known", out.to_str().unwrap()]));
    assert!(code == Some(3) && said.contains("and is another"), "{said}");
    let (code, said) = told(&verify(&place, &third, &["--known", &place.path("server")]));
    assert!(code == Some(3) && said.contains("is itself not right"), "{said}");
}
