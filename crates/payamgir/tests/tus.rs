//! Uploads that survive what lines, telephones and servers do: tus 1.0, by its words and under force.

mod common;
#[path = "../../../tests/node/runner.rs"]
mod runner;

use std::fs;
use std::io::{Read, Write};
use std::net::SocketAddr;

use common::browser::{self, Answer, connect, field};
use common::{Dice, Place, Server, full_or, search};
use payamgir_wire::desk_key::DeskKey;
use payamgir_wire::piece::Head;
use sha2::{Digest, Sha256};

fn ask(to: SocketAddr, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut stream = connect(to).unwrap();
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in fields {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
    let _ = stream.write_all(body);
    if method == "HEAD" {
        let mut bytes = String::new();
        let _ = stream.read_to_string(&mut bytes);
        let status = bytes.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        return Answer { status, head: bytes, body: String::new() };
    }
    browser::answer(stream).unwrap()
}

const TUS: (&str, &str) = ("Tus-Resumable", "1.0.0");
const CONTENT: (&str, &str) = ("Content-Type", "application/offset+octet-stream");

fn create(server: &Server, length: u64) -> String {
    let made =
        ask(server.public, "POST", "/upload", &[TUS, ("Upload-Length", &length.to_string())], b"");
    assert_eq!(made.status, 201, "{}", made.head);
    field(&made.head, "location").unwrap().to_owned()
}

fn offset(server: &Server, path: &str) -> u64 {
    let answer = ask(server.public, "HEAD", path, &[TUS], b"");
    assert_eq!(answer.status, 200, "{}", answer.head);
    field(&answer.head, "upload-offset").unwrap().parse().unwrap()
}

fn patch(server: &Server, path: &str, at: u64, bytes: &[u8], more: &[(&str, &str)]) -> Answer {
    let at = at.to_string();
    let fields = [&[TUS, CONTENT, ("Upload-Offset", &at)], more].concat();
    ask(server.public, "PATCH", path, &fields, bytes)
}

/// A piece that could be an entry, for a blob that was uploaded.
fn hand_in(server: &Server, path: &str, blob: &[u8; 32], entry: u8) -> Answer {
    let key = DeskKey::read(&browser::get(server.public, "/key", "").unwrap().body).unwrap();
    let entry = [&b"age-encryption.org/v1\n"[..], &[entry; 2000]].concat();
    let piece = Head { epoch: key.epoch, entry, blob: 0 }.alone();
    let blob: String = blob.iter().map(|byte| format!("{byte:02x}")).collect();
    ask(server.public, "POST", "/sealed", &[("Upload", path), ("Blob", &blob)], &piece)
}

/// Files below a folder, and their bytes.
fn files(place: &Place, below: &str) -> Vec<(String, u64)> {
    fn walk(path: &std::path::Path, all: &mut Vec<(String, u64)>) {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => walk(&path, all),
                false => all.push((path.display().to_string(), path.metadata().unwrap().len())),
            }
        }
    }
    let mut all = vec![];
    walk(&place.folder.path().join("server").join(below), &mut all);
    all
}

/// One whole blob with that hash in the log, and nothing left of any upload.
fn assert_one_blob(place: &Place, hash: &[u8; 32], size: u64) {
    let blobs = files(place, "log/blobs");
    let name: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(blobs.len(), 1, "{blobs:?}");
    assert!(blobs[0].0.ends_with(&name) && blobs[0].1 == size, "{blobs:?}");
    assert!(files(place, "uploads").is_empty(), "{:?}", files(place, "uploads"));
    // But for the copy of a checkpoint, which follows an answer.
    let left: Vec<_> =
        files(place, "log/tmp").into_iter().filter(|file| !file.0.ends_with(".new")).collect();
    assert!(left.is_empty(), "{left:?}");
    let (code, report) = place.verify();
    assert_eq!(code, 0, "{report}");
}

#[test]
fn the_protocol_by_its_words() {
    let place = Place::new();
    let server = place.serve();
    let to = server.public;
    let options = ask(to, "OPTIONS", "/upload", &[], b"");
    assert_eq!(options.status, 204);
    for (name, value) in [
        ("tus-version", "1.0.0"),
        ("tus-extension", "creation,termination,expiration,checksum"),
        ("tus-checksum-algorithm", "sha256,sha1"),
        ("tus-resumable", "1.0.0"),
    ] {
        assert_eq!(field(&options.head, name), Some(value));
    }
    assert!(field(&options.head, "tus-max-size").unwrap().parse::<u64>().unwrap() > 3 << 30);
    // Without the version, or with another.
    for fields in [&[][..], &[("Tus-Resumable", "0.2.2")]] {
        let refused = ask(to, "POST", "/upload", fields, b"");
        assert_eq!((refused.status, field(&refused.head, "tus-version")), (412, Some("1.0.0")));
    }
    for length in ["", "x", "-1", "0", "99999999999999"] {
        let refused = ask(to, "POST", "/upload", &[TUS, ("Upload-Length", length)], b"");
        assert!([400, 413].contains(&refused.status), "{length} {}", refused.status);
    }
    let path = create(&server, 11);
    let expires = ask(to, "HEAD", &path, &[TUS], b"");
    assert!(field(&expires.head, "upload-expires").unwrap().ends_with("GMT"));
    assert_eq!((field(&expires.head, "upload-length"), offset(&server, &path)), (Some("11"), 0));
    assert_eq!(field(&expires.head, "cache-control"), Some("no-store"));
    let first = patch(&server, &path, 0, b"hello", &[]);
    assert_eq!((first.status, field(&first.head, "upload-offset")), (204, Some("5")));
    assert_eq!(patch(&server, &path, 0, b"again", &[]).status, 409);
    let other = ask(
        to,
        "PATCH",
        &path,
        &[TUS, ("Content-Type", "text/plain"), ("Upload-Offset", "5")],
        b"x",
    );
    assert_eq!(other.status, 415);
    // Checksums: kept only where they fit.
    let sum = |name: &str, bytes: &[u8]| format!("{name} {}", data_encoding::BASE64.encode(bytes));
    let wrong = sum("sha256", &Sha256::digest(b"other"));
    assert_eq!(patch(&server, &path, 5, b" wor", &[("Upload-Checksum", &wrong)]).status, 460);
    assert_eq!(offset(&server, &path), 5);
    assert_eq!(patch(&server, &path, 5, b" wor", &[("Upload-Checksum", "md5 AAAA")]).status, 400);
    let right = sum("sha256", &Sha256::digest(b" wor"));
    assert_eq!(patch(&server, &path, 5, b" wor", &[("Upload-Checksum", &right)]).status, 204);
    // SHA-1 of "ld", by another program.
    let sha1 = data_encoding::HEXLOWER.decode(b"2934526b788a419c15c351c8462a7a7eef4633fb").unwrap();
    assert_eq!(
        patch(&server, &path, 9, b"dl", &[("Upload-Checksum", &sum("sha1", &sha1))]).status,
        460
    );
    assert_eq!(
        patch(&server, &path, 9, b"ld", &[("Upload-Checksum", &sum("sha1", &sha1))]).status,
        204
    );
    assert_eq!(offset(&server, &path), 11);
    assert_eq!(patch(&server, &path, 11, b"more", &[]).status, 413);
    // No more of it.
    let other = create(&server, 5);
    let over = ask(to, "POST", &other, &[TUS, ("X-HTTP-Method-Override", "DELETE")], b"");
    assert_eq!(over.status, 204);
    assert_eq!(ask(to, "HEAD", &other, &[TUS], b"").status, 404);
    assert_eq!(
        patch(&server, "/upload/00000000000000000000000000000000", 0, b"x", &[]).status,
        404
    );
    assert_eq!(patch(&server, "/upload/..%2Fx", 0, b"x", &[]).status, 404);
    // What is handed in: whole, of that hash, once.
    let hash: [u8; 32] = Sha256::digest(b"hello world").into();
    let half = create(&server, 5);
    assert_eq!(hand_in(&server, &half, &hash, 1).status, 400);
    assert_eq!(ask(to, "DELETE", &half, &[TUS], b"").status, 204);
    let taken = hand_in(&server, &path, &hash, 1);
    assert_eq!(taken.body, r#"{"new":1,"known":0,"other":0,"damaged":0}"#);
    let again = hand_in(&server, &path, &hash, 1);
    assert_eq!(again.body, r#"{"new":0,"known":1,"other":0,"damaged":0}"#);
    assert_one_blob(&place, &hash, 11);
}

#[test]
fn what_is_not_what_it_was_said_to_be_is_gone() {
    let place = Place::new();
    let server = place.serve();
    let path = create(&server, 5);
    assert_eq!(patch(&server, &path, 0, b"hello", &[]).status, 204);
    assert_eq!(hand_in(&server, &path, &[7; 32], 1).status, 400);
    assert_eq!(ask(server.public, "HEAD", &path, &[TUS], b"").status, 404);
    assert!(files(&place, "uploads").is_empty() && files(&place, "log/blobs").is_empty());
    assert_eq!(hand_in(&server, &path, &[7; 32], 1).status, 404);
}

/// Sends from where the server is, `most` bytes, and breaks the line or ends it well.
fn send_some(
    server: &Server,
    path: &str,
    all: &dyn Fn(u64, &mut [u8]),
    length: u64,
    most: u64,
    cut: bool,
) {
    let at = offset(server, path);
    let end = (at + most).min(length);
    let claimed = if cut { length - at } else { end - at };
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nContent-Type: {}\r\nUpload-Offset: {at}\r\nContent-Length: {claimed}\r\n\r\n",
        CONTENT.1
    );
    let mut stream = connect(server.public).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let (mut at, mut chunk) = (at, vec![0; 1 << 18]);
    while at < end {
        let size = (end - at).min(chunk.len() as u64) as usize;
        all(at, &mut chunk[..size]);
        if stream.write_all(&chunk[..size]).is_err() {
            return;
        }
        at += size as u64;
    }
    if !cut {
        assert_eq!(browser::answer(stream).unwrap().status, 204);
    }
}

/// Bytes that follow from where they are.
fn noise(at: u64, bytes: &mut [u8]) {
    for (n, byte) in (at..).zip(bytes) {
        *byte = (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
    }
}

fn hash_of(length: u64) -> [u8; 32] {
    let (mut hash, mut chunk, mut at) = (Sha256::new(), vec![0; 1 << 20], 0);
    while at < length {
        let size = (length - at).min(chunk.len() as u64) as usize;
        noise(at, &mut chunk[..size]);
        hash.update(&chunk[..size]);
        at += size as u64;
    }
    hash.finalize().into()
}

/// Ten cuts and two kills: PAYAMGIR_TUS_MIB=2560 for a whole film.
#[test]
fn cuts_and_kills_end_in_one_whole_blob() {
    let place = Place::new();
    let length = full_or("PAYAMGIR_TUS_MIB", 48) << 20;
    let mut server = place.serve();
    let at = server.private;
    let path = create(&server, length);
    let mut dice = Dice(4711);
    let mut reached = 0;
    for step in 0..12 {
        let most = length / 14 + dice.roll() % (length / 100);
        send_some(&server, &path, &noise, length, most, true);
        if step == 4 || step == 9 {
            server.kill();
            server = place.serve_at(at);
        }
        let now = offset(&server, &path);
        assert!(now >= reached, "what was durable went");
        reached = now;
    }
    // How much of what was cut came is the machine's affair.
    assert!(reached > length / 20, "{reached} of {length}");
    send_some(&server, &path, &noise, length, length, false);
    assert_eq!(offset(&server, &path), length);
    let hash = hash_of(length);
    // The answer is lost, and it is handed in again.
    drop(hand_in(&server, &path, &hash, 3));
    assert!(hand_in(&server, &path, &hash, 3).body.contains("\"known\":1"));
    assert_one_blob(&place, &hash, length);
    assert!(server.peak_kib() < 80 * 1024, "{} KiB", server.peak_kib());
}

#[test]
fn a_line_that_is_dead_and_does_not_know_gives_way() {
    let place = Place::new();
    let server = place.serve();
    let length = 3 << 20;
    let path = create(&server, length);
    // It sends something, and then nothing, and stays open.
    let mut dead = connect(server.public).unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nContent-Type: {}\r\nUpload-Offset: 0\r\nContent-Length: {length}\r\n\r\n",
        CONTENT.1
    );
    dead.write_all(head.as_bytes()).unwrap();
    let mut bytes = vec![0; 1 << 20];
    noise(0, &mut bytes);
    dead.write_all(&bytes).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let begun = std::time::Instant::now();
    assert_eq!(offset(&server, &path), 1 << 20);
    send_some(&server, &path, &noise, length, length, false);
    assert!(begun.elapsed() < std::time::Duration::from_secs(30), "it waited for the dead one");
    let hash = hash_of(length);
    assert_eq!(hand_in(&server, &path, &hash, 3).status, 200);
    assert_one_blob(&place, &hash, length);
}

/// A body that is not wanted and drips holds up nobody who asks.
#[test]
fn who_drips_where_nothing_is_wanted_holds_up_nobody() {
    let place = Place::new();
    let server = place.serve();
    let path = create(&server, 1 << 20);
    let mut drips = connect(server.public).unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nContent-Type: {}\r\nUpload-Offset: 77\r\nContent-Length: 900000\r\n\r\nxx",
        CONTENT.1
    );
    drips.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let begun = std::time::Instant::now();
    assert_eq!(offset(&server, &path), 0);
    assert_eq!(patch(&server, &path, 0, b"words", &[]).status, 204);
    assert!(begun.elapsed() < std::time::Duration::from_secs(20));
}

/// One upload handed in by many at once is one blob, and its bytes count once.
#[test]
fn many_hands_make_one_blob() {
    let place = Place::new();
    place.configure("storage_mib", "40");
    let server = place.serve();
    let bytes = vec![5; 8 << 20];
    let path = create(&server, bytes.len() as u64);
    assert_eq!(patch(&server, &path, 0, &bytes, &[]).status, 204);
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..12u8)
            .map(|n| {
                scope.spawn({
                    let (server, path, hash) = (&server, &path, &hash);
                    move || hand_in(server, path, hash, n % 3).status
                })
            })
            .collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).collect()
    });
    assert!(statuses.contains(&200), "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 404].contains(status)), "{statuses:?}");
    assert_one_blob(&place, &hash, bytes.len() as u64);
    // There is room for as much again, and again.
    for n in 0..2u8 {
        let other = vec![n; 8 << 20];
        let path = create(&server, other.len() as u64);
        assert_eq!(patch(&server, &path, 0, &other, &[]).status, 204);
        let hash: [u8; 32] = Sha256::digest(&other).into();
        assert_eq!(hand_in(&server, &path, &hash, 77 + n).status, 200);
    }
}

#[test]
fn what_all_of_them_take_is_bounded() {
    let place = Place::new();
    place.configure("unfinished_mib", "4");
    let server = place.serve();
    let bytes = vec![7; 3 << 20];
    let first = create(&server, 3 << 20);
    assert_eq!(patch(&server, &first, 0, &bytes, &[]).status, 204);
    let second = create(&server, 3 << 20);
    assert_eq!(patch(&server, &second, 0, &bytes, &[]).status, 507);
    let taken: u64 = files(&place, "uploads").iter().map(|file| file.1).sum();
    assert!(taken < 5 << 20, "{taken}");
    // And how many there are.
    let made = (0..600)
        .map(|_| ask(server.public, "POST", "/upload", &[TUS, ("Upload-Length", "9")], b"").status);
    assert!(made.filter(|status| *status == 201).count() <= 512);
    // Who was there first can still end.
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    assert_eq!(hand_in(&server, &first, &hash, 3).status, 200);
    // Nothing says when anything came, or by what name it can be gone on with.
    let capability = second.rsplit('/').next().unwrap();
    let found = search::below(place.folder.path().join("server").as_path(), &[capability]);
    assert!(found.is_empty(), "{found:?}");
    for (path, _) in files(&place, "uploads") {
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        assert_eq!(modified, std::time::SystemTime::UNIX_EPOCH, "{path}");
    }
}

#[test]
fn the_client_that_others_use_uploads_stops_goes_on_and_ends() {
    let place = Place::new();
    let server = place.serve();
    let Some(mut script) = runner::script("tus.mjs", &["tus-js-client"]) else { return };
    let endpoint = format!("http://{}/upload", server.public);
    let length = 20_000_000;
    let said = runner::output(script.args([&endpoint, &length.to_string()]));
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let hash = data_encoding::HEXLOWER.decode(said["hash"].as_str().unwrap().as_bytes()).unwrap();
    let hash: [u8; 32] = hash.try_into().unwrap();
    assert_eq!(hand_in(&server, said["path"].as_str().unwrap(), &hash, 5).status, 200);
    assert_one_blob(&place, &hash, length);
}

/// Carries one direction of a connection, each byte 150 ms late.
fn late(mut from: std::net::TcpStream, mut to: std::net::TcpStream) {
    let (sender, receiver) = std::sync::mpsc::channel::<(std::time::Instant, Vec<u8>)>();
    std::thread::spawn(move || {
        for (due, bytes) in receiver {
            std::thread::sleep(due.saturating_duration_since(std::time::Instant::now()));
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
        let _ = to.shutdown(std::net::Shutdown::Write);
    });
    std::thread::spawn(move || {
        let mut chunk = vec![0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut chunk) {
            let due = std::time::Instant::now() + std::time::Duration::from_millis(150);
            if sender.send((due, chunk[..read].to_vec())).is_err() {
                return;
            }
        }
    });
}

/// An address in front of a server, from where everything takes 300 ms there and back.
fn far_away(server: SocketAddr) -> SocketAddr {
    let listener = std::net::TcpListener::bind("10.77.31.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for near in listener.incoming() {
            let (Ok(near), Ok(far)) = (near, std::net::TcpStream::connect(server)) else {
                continue;
            };
            late(near.try_clone().unwrap(), far.try_clone().unwrap());
            late(far, near);
        }
    });
    address
}

/// A namespace with a line of its own, 3 Mbit/s each way. Gone when dropped.
struct Line;

impl Line {
    fn run(command: &str) {
        let words: Vec<&str> = command.split(' ').collect();
        let done = std::process::Command::new(words[0]).args(&words[1..]).status();
        assert!(done.is_ok_and(|status| status.success()), "{command}");
    }

    fn new() -> Self {
        let line = Self;
        for command in [
            "ip netns add pgtus",
            "ip link add pgtus0 type veth peer name pgtus1",
            "ip link set pgtus1 netns pgtus",
            "ip addr add 10.77.31.1/24 dev pgtus0",
            "ip link set pgtus0 up",
            "ip netns exec pgtus ip addr add 10.77.31.2/24 dev pgtus1",
            "ip netns exec pgtus ip link set pgtus1 up",
            "tc qdisc add dev pgtus0 root tbf rate 3mbit burst 16kb latency 400ms",
            "ip netns exec pgtus tc qdisc add dev pgtus1 root tbf rate 3mbit burst 16kb latency 400ms",
        ] {
            Self::run(command);
        }
        line
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ = std::process::Command::new("ip").args(["netns", "del", "pgtus"]).status();
    }
}

/// Forty megabytes over a weak line that is cut five times. Needs root, `ip` and `tc`.
#[test]
#[ignore = "two minutes, and a network namespace; run by .ci/soak"]
fn a_weak_line_that_is_cut_brings_it_all() {
    let place = Place::new();
    let line = Line::new();
    let length = 40_000_000;
    let server = place.serve();
    let endpoint = format!("http://{}/upload", far_away(server.public));
    let Some(script) = runner::script("tus.mjs", &["tus-js-client"]) else { return };
    let mut client = std::process::Command::new("ip");
    client.args(["netns", "exec", "pgtus", "node"]).args(script.get_args());
    client.args([&endpoint, &length.to_string(), "weak"]).stdout(std::process::Stdio::piped());
    let client = client.spawn().unwrap();
    for _ in 0..5 {
        std::thread::sleep(std::time::Duration::from_secs(12));
        Line::run("ip link set pgtus0 down");
        std::thread::sleep(std::time::Duration::from_secs(4));
        Line::run("ip link set pgtus0 up");
        Line::run("ip addr replace 10.77.31.1/24 dev pgtus0");
    }
    let ended = client.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    let said: serde_json::Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}"));
    let hash = data_encoding::HEXLOWER.decode(said["hash"].as_str().unwrap().as_bytes()).unwrap();
    let hash: [u8; 32] = hash.try_into().unwrap();
    drop(line);
    let again = hand_in(&server, said["path"].as_str().unwrap(), &hash, 5);
    assert_eq!(again.status, 200, "{}", again.body);
    assert_one_blob(&place, &hash, length);
}

/// A part of which only the beginning was sent.
fn open_part(server: &Server, path: &str, length: usize, begins: &[u8]) -> std::net::TcpStream {
    let mut stream = connect(server.public).unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(begins).unwrap();
    stream
}

#[test]
fn slow_parts_hold_up_neither_files_nor_the_desk() {
    let place = Place::new();
    place.configure("limits.uploads", "4");
    let server = place.serve();
    // More than the threads that may write, each small and never whole.
    let slow: Vec<_> = (0..40)
        .map(|_| open_part(&server, &create(&server, 131_072), 131_072, &[1; 2000]))
        .collect();
    // And all the turns for large ones.
    let large: Vec<_> = (0..4)
        .map(|_| open_part(&server, &create(&server, 9_000_000), 9_000_000, &[1; 2000]))
        .collect();
    std::thread::sleep(std::time::Duration::from_millis(500));
    let photo = browser::Form::text("عکس").file("a.jpg", "image/jpeg", &[7; 50_000]);
    let sent = photo.send(server.public, "/en/").unwrap();
    assert!(sent.status == 200 && !sent.body.contains("did not arrive"), "{}", sent.body);
    // A small part, and the hand-in of what is whole.
    let bytes = Dice(9).bytes(100_000);
    let path = create(&server, bytes.len() as u64);
    assert_eq!(patch(&server, &path, 0, &bytes, &[]).status, 204);
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    assert_eq!(hand_in(&server, &path, &hash, 1).status, 200);
    place.sync(&server);
    drop((slow, large));
}

#[test]
fn a_part_that_waited_for_its_turn_is_not_slow() {
    let place = Place::new();
    for (key, value) in [("uploads", "1"), ("pace_seconds", "9"), ("upload_wait_seconds", "60")] {
        place.configure(&format!("limits.{key}"), value);
    }
    let server = place.serve();
    let mut first = open_part(&server, &create(&server, 900_000), 900_000, &[1; 200_000]);
    let waits: Vec<_> = (0..2u8)
        .map(|n| {
            let (to, path) = (server.public, create(&server, 300_000));
            std::thread::spawn(move || {
                let fields = [TUS, CONTENT, ("Upload-Offset", "0")];
                ask(to, "PATCH", &path, &fields, &[n; 300_000]).status
            })
        })
        .collect();
    for _ in 0..14 {
        std::thread::sleep(std::time::Duration::from_millis(300));
        first.write_all(&[1; 50_000]).unwrap();
    }
    assert_eq!(browser::answer(first).unwrap().status, 204);
    let taken: Vec<u16> = waits.into_iter().map(|one| one.join().unwrap()).collect();
    assert_eq!(taken, [204, 204]);
}
