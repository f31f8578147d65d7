//! The desk against servers that are honest, rolled back, forked, altered, or strangers.

mod common;

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use common::browser::{self, Form};
use common::{Place, Server, text};

fn send(server: &Server, words: &str) {
    assert_eq!(Form::text(words).send(server.public, "/fa/").unwrap().status, 200);
}

fn sync(place: &Place, server: &Server) -> Output {
    let url = format!("http://{}", server.private);
    place.desk(&["sync", "--server", &url, "--log-key", &place.log_key])
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// A desk that has seen four submissions, and the server's folder as it was after two.
fn rolled_back() -> Place {
    let place = Place::new();
    let server = place.serve();
    send(&server, "یک");
    send(&server, "دو");
    server.stop();
    let (folder, old) = (place.path("server"), place.path("old"));
    copy(folder.as_ref(), old.as_ref());
    let server = place.serve();
    send(&server, "سه");
    send(&server, "چهار");
    place.sync(&server);
    server.stop();
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::rename(&old, &folder).unwrap();
    place
}

fn alarmed(output: &Output, words: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("ALARM") && said.contains(words), "{said}");
}

#[test]
fn a_log_that_shrank_is_named_and_nothing_is_lost() {
    let place = rolled_back();
    let server = place.serve();
    alarmed(&sync(&place, &server), "shrank from 5 records to 3");
    // Again, and for as long as it is so.
    alarmed(&sync(&place, &server), "shrank");
    assert_eq!(place.list().len(), 4);
}

#[test]
fn a_log_that_forked_is_named_at_the_same_length_and_longer() {
    let place = rolled_back();
    let server = place.serve();
    send(&server, "دیگری");
    send(&server, "و دیگری");
    alarmed(&sync(&place, &server), "forked");
    send(&server, "و باز");
    alarmed(&sync(&place, &server), "forked");
    let list = place.list();
    assert_eq!(list.len(), 4);
    assert_eq!(list[3]["parts"][0]["preview"], "چهار");
}

#[test]
fn an_altered_body_is_named_by_the_desk_and_by_the_server() {
    let place = Place::new();
    let server = place.serve();
    send(&server, "یک");
    send(&server, "دو");
    server.stop();
    let database = rusqlite::Connection::open(place.path("server/log/log.db")).unwrap();
    let flip = "UPDATE record SET body = CAST(substr(body, 1, 3000) || x'00' || substr(body, 3002) AS BLOB) WHERE seq = 1";
    assert_eq!(database.execute(flip, []).unwrap(), 1);
    drop(database);
    let (code, report) = place.verify();
    assert_eq!((code, &report["damage"][0]["record"]), (3, &1.into()), "{report}");
    let server = place.serve();
    alarmed(&sync(&place, &server), "record 1");
}

#[test]
fn another_logs_key_is_refused() {
    let (place, other) = (Place::new(), Place::new());
    let server = place.serve();
    let url = format!("http://{}", server.private);
    let done = place.desk(&["sync", "--server", &url, "--log-key", &other.log_key]);
    alarmed(&done, "not signed");
}

#[test]
fn a_stranger_is_not_let_in_and_learns_nothing() {
    let place = Place::new();
    let server = place.serve();
    send(&server, "یک");
    let stranger = Place::new();
    let seed = zeroize::Zeroizing::new([9; 64]);
    let member = payamgir_desk::open::Member::from_seed(&seed);
    let file = member.lock("a passphrase for tests".into(), Some(2)).unwrap();
    std::fs::write(stranger.path("desk/identity.age"), file).unwrap();
    std::fs::remove_file(stranger.path("desk/keyring.age")).unwrap();
    let url = format!("http://{}", server.private);
    let done = stranger.desk(&["sync", "--server", &url, "--log-key", &place.log_key]);
    assert_eq!(done.status.code(), Some(1));
    assert!(text(&done.stderr).contains("key is not a member's"));
    for path in ["/desk/1/checkpoint", "/desk/1/log?from=0&to=1", "/desk/1/tile/0/000.p/1"] {
        let answer = browser::get(server.private, path, "").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (401, "malformed"), "{path}");
    }
    assert_eq!(browser::get(server.private, "/healthz", "").unwrap().status, 200);
    assert_eq!(browser::get(server.private, "/readyz", "").unwrap().status, 200);
}

#[test]
fn an_erasure_leaves_a_gap_that_every_desk_can_explain() {
    let place = Place::new();
    let server = place.serve();
    let film = Form::text("می‌ماند").file("x.mp4", "video/mp4", &vec![3; 700_000]);
    assert_eq!(film.send(server.public, "/fa/").unwrap().status, 200);
    send(&server, "پاک می‌شود");
    let dir = place.path("server");
    let erase = |record: &str, more: &[&str]| {
        place.run(&[&["log", "erase", "--dir", &dir, record][..], more].concat())
    };
    assert_eq!(erase("3", &[]).status.code(), Some(2), "without confirmation");
    assert_eq!(erase("3", &["--confirm", "1"]).status.code(), Some(2), "with another's number");
    // Beside the running server.
    for record in ["3", "2"] {
        let erased = erase(record, &["--confirm", record]);
        assert!(erased.status.success(), "{}", text(&erased.stderr));
    }
    assert_eq!(erase("3", &["--confirm", "3"]).status.code(), Some(1), "twice");
    assert_eq!(erase("0", &["--confirm", "0"]).status.code(), Some(1), "the founding");
    assert_eq!(erase("9", &["--confirm", "9"]).status.code(), Some(1), "not there");
    assert_eq!(erase("4", &["--confirm", "4"]).status.code(), Some(1), "an erasure");
    send(&server, "پس از آن");
    place.sync(&server);
    let list = place.list();
    let troubles: Vec<_> = list.iter().filter_map(|l| l["trouble"].as_str()).collect();
    assert_eq!(troubles, ["erased", "erased"]);
    assert_eq!(list[1]["parts"][0]["preview"], "پس از آن");
    let (code, report) = place.verify();
    assert_eq!((code, &report["erased"]), (0, &serde_json::json!([2, 3])), "{report}");
    assert_eq!(blobs(&place), 0);
    assert_eq!(place.desk(&["verify"]).status.code(), Some(0));
}

fn blobs(place: &Place) -> usize {
    let folders = std::fs::read_dir(place.path("server/log/blobs")).unwrap();
    folders.map(|f| std::fs::read_dir(f.unwrap().path()).unwrap().count()).sum()
}

#[test]
fn saving_never_overwrites_and_uses_safe_names() {
    let place = Place::new();
    let server = place.serve();
    let names = ["../../etc/passwd", "a.jpg", "a.jpg", ".bashrc", "CON", "gpj.\u{202e}exe"];
    let form = names
        .iter()
        .fold(Form::text("پیوست‌ها"), |f, n| f.file(n, "image/jpeg", n.as_bytes()));
    assert_eq!(form.send(server.public, "/fa/").unwrap().status, 200);
    place.sync(&server);
    let folder = place.path("saved");
    for _ in 0..2 {
        let read = place.desk(&["read", "1", "--save", &folder]);
        assert!(read.status.success(), "{}", text(&read.stderr));
    }
    let mut saved: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    saved.sort();
    assert_eq!(saved.len(), 12, "{saved:?}");
    assert!(
        saved.contains(&"passwd".to_owned()) && saved.contains(&"a-4.jpg".to_owned()),
        "{saved:?}"
    );
    assert!(saved.iter().all(|n| !n.starts_with('.') && !n.contains('\u{202e}')), "{saved:?}");
    assert!(!Path::new("/etc/passwd.jpg").exists());
}

#[test]
fn a_terminal_is_not_commanded_by_a_stranger() {
    let place = Place::new();
    let server = place.serve();
    send(&server, "\u{1b}]0;title\u{7}\u{1b}[2J\u{9b}31m\u{202e}متن");
    place.sync(&server);
    for args in [&["list"][..], &["read", "1"]] {
        let shown = text(&place.desk(args).stdout);
        assert!(shown.contains("متن"));
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{shown:?}");
    }
}

#[test]
fn a_wrong_passphrase_and_a_damaged_identity_are_told_apart() {
    let place = Place::new();
    let server = place.serve();
    place.sync(&server);
    std::fs::write(place.path("passphrase"), "not the passphrase").unwrap();
    let wrong = place.desk(&["list"]);
    assert!(text(&wrong.stderr).contains("The passphrase is wrong."));
    std::fs::write(place.path("desk/identity.age"), "-----BEGIN AGE").unwrap();
    let damaged = place.desk(&["list"]);
    assert!(text(&damaged.stderr).contains("identity.age is damaged"));
    for output in [wrong, damaged] {
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn only_one_server_serves_a_folder() {
    let place = Place::new();
    let _server = place.serve();
    let second = place.run(&place.serve_args().each_ref().map(String::as_str));
    assert_eq!(second.status.code(), Some(1));
    assert!(text(&second.stderr).contains("Another program has this folder open."));
}

#[test]
fn an_attachment_erased_at_the_server_does_not_hold_back_the_others() {
    let place = Place::new();
    let server = place.serve();
    for name in ["a.mp4", "b.mp4"] {
        let film = Form::default().file(name, "video/mp4", name.as_bytes());
        assert_eq!(film.send(server.public, "/fa/").unwrap().status, 200);
    }
    place.sync(&server);
    let dir = place.path("server");
    let erased = place.run(&["log", "erase", "--dir", &dir, "1", "--confirm", "1"]);
    assert!(erased.status.success(), "{}", text(&erased.stderr));
    let fetched = place.desk(&["sync", "--attachments"]);
    assert!(text(&fetched.stderr).contains("does not have 1"), "{}", text(&fetched.stderr));
    let saved = place.desk(&["read", "2", "--save", &place.path("saved")]);
    assert!(saved.status.success(), "{}", text(&saved.stderr));
    assert_eq!(std::fs::read(place.path("saved/b.mp4")).unwrap(), b"b.mp4");
}

#[test]
fn a_body_withheld_is_an_alarm_until_it_is_given() {
    let place = Place::new();
    let server = place.serve();
    send(&server, "یک");
    send(&server, "دو");
    server.stop();
    let database = rusqlite::Connection::open(place.path("server/log/log.db")).unwrap();
    let read = "SELECT body FROM record WHERE seq = 1";
    let body: Vec<u8> = database.query_row(read, [], |row| row.get(0)).unwrap();
    database.execute("UPDATE record SET body = NULL WHERE seq = 1", []).unwrap();
    let server = place.serve();
    alarmed(&sync(&place, &server), "withholds");
    alarmed(&sync(&place, &server), "withholds");
    let listed = place.desk(&["list"]);
    alarmed(&listed, "withholds");
    let listed = text(&listed.stdout);
    assert!(listed.contains("[withheld") && !listed.contains("erased"), "{listed}");
    alarmed(&place.desk(&["read", "2"]), "withholds");
    database.execute("UPDATE record SET body = ?1 WHERE seq = 1", [body]).unwrap();
    place.sync(&server);
    assert_eq!(place.list().len(), 2);
}

#[test]
fn a_copy_that_somebody_changed_is_not_shown_as_the_logs() {
    let place = Place::new();
    let server = place.serve();
    for (words, photo) in [("یک", b"photo one"), ("دو", b"photo two")] {
        let form = Form::text(words).file("p.jpg", "image/jpeg", photo);
        assert_eq!(form.send(server.public, "/fa/").unwrap().status, 200);
    }
    place.sync(&server);
    assert!(place.desk(&["sync", "--attachments"]).status.success());
    let blobs = blob_files(&place.path("desk/log/blobs"));
    let [a, b] = &blobs[..] else { panic!("{blobs:?}") };
    let other = std::fs::read(a).unwrap();
    std::fs::copy(b, a).unwrap();
    std::fs::write(b, other).unwrap();
    let saved = place.path("saved");
    let save = place.desk(&["read", "1", "--save", &saved]);
    assert_eq!(save.status.code(), Some(1), "{}", text(&save.stderr));
    assert_eq!(std::fs::read_dir(&saved).unwrap().count(), 0, "nothing is left behind");
    let database = rusqlite::Connection::open(place.path("desk/log/log.db")).unwrap();
    let swap =
        "UPDATE record SET body = (SELECT body FROM record other WHERE other.seq = 4 - record.seq)
                WHERE seq IN (1, 3)";
    database.execute(swap, []).unwrap();
    let listed = place.desk(&["list"]);
    alarmed(&listed, "altered");
    assert!(!text(&listed.stdout).contains("یک"), "{}", text(&listed.stdout));
}

fn blob_files(folder: &str) -> Vec<std::path::PathBuf> {
    let below = |path: &Path| {
        let entries: Vec<_> = std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()).collect();
        entries
    };
    below(folder.as_ref()).iter().flat_map(|folder| below(folder)).collect()
}

/// Stands between a desk and its server: alters the first record and sends the others for ever.
fn slow_liar(to: std::net::SocketAddr) -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            std::thread::spawn(move || lie(stream, to));
        }
    });
    address
}

fn lie(mut desk: std::net::TcpStream, to: std::net::SocketAddr) -> std::io::Result<()> {
    let mut head = vec![];
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        desk.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    let head = text(&head);
    if head.contains("from=1&") {
        desk.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")?;
        loop {
            desk.write_all(&[0])?;
            std::thread::sleep(Duration::from_millis(500));
        }
    }
    let mut server = std::net::TcpStream::connect(to)?;
    let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    server.write_all(head.as_bytes())?;
    let mut answer = vec![];
    server.read_to_end(&mut answer)?;
    if head.contains("from=0&") {
        let body = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
        let record = 2 + usize::from(u16::from_be_bytes([answer[body], answer[body + 1]]));
        let length = &answer[body + record..body + record + 4];
        let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
        let mut frame = answer[body..body + record + 4 + length].to_vec();
        *frame.last_mut().unwrap() ^= 1;
        let head = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            frame.len()
        );
        answer = [head.as_bytes(), &frame].concat();
    }
    desk.write_all(&answer)
}

#[test]
fn a_liar_cannot_hold_back_the_alarm_by_being_slow() {
    let place = Place::new();
    let server = place.serve();
    (0..3).for_each(|_| send(&server, "سلام"));
    let url = format!("http://{}", slow_liar(server.private));
    let (dir, passphrase) = (place.path("desk"), place.path("passphrase"));
    let fixed = ["--lang", "en", "desk", "--dir", &dir, "--passphrase-file", &passphrase];
    let sync = ["sync", "--server", &url, "--log-key", &place.log_key];
    let mut desk = place.command(&[&fixed[..], &sync].concat());
    let mut desk = desk.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while desk.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(90) {
            desk.kill().unwrap();
            panic!("no alarm while the liar sends");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    alarmed(&desk.wait_with_output().unwrap(), "record 0");
}

#[test]
fn a_slip_in_the_address_does_not_replace_a_server_that_answers() {
    let place = Place::new();
    let server = place.serve();
    place.sync(&server);
    let slip =
        place.desk(&["sync", "--server", "http://127.0.0.1:1", "--proxy", "socks5://127.0.0.1:1"]);
    assert_eq!(slip.status.code(), Some(1));
    let again = place.desk(&["sync"]);
    assert!(again.status.success(), "{}", text(&again.stderr));
}
