//! Joining by a code that was told over a telephone, with the real program on both sides.

mod common;

use std::net::SocketAddr;
use std::sync::Arc;

use common::people::{Person, done, founder, members, send};
use common::proxy::{Tamper, between};
use common::{Place, Server, text};
use payamgir_desk::invite::Secret;

/// What the inviter is told to say, in both languages.
fn codes(invited: &std::process::Output) -> [String; 2] {
    assert!(invited.status.success(), "{}", text(&invited.stderr));
    let said = text(&invited.stderr);
    let mut lines = said.lines().filter(|line| line.starts_with("  ")).map(|l| l.trim().to_owned());
    [lines.next().unwrap(), lines.next().unwrap()]
}

/// The fingerprint that a newcomer's program shows.
fn fingerprint(joined: &std::process::Output) -> String {
    let said = text(&joined.stderr);
    let line = said.lines().find(|line| line.contains("fingerprint, to compare")).expect(&said);
    line.chars().filter(char::is_ascii_digit).collect()
}

fn join(person: &Person<'_>, server: SocketAddr, code: &str) -> std::process::Output {
    person.run(&["join", code, "--server", &format!("http://{server}"), "--no-wait"])
}

fn nothing() -> Tamper {
    Arc::new(|_, body| body)
}

fn desk(place: &Place) -> (Server, Person<'_>) {
    let server = place.serve();
    let a = founder(place);
    send(&server, "یک");
    done(&a.sync(&server));
    (server, a)
}

#[test]
fn who_was_told_the_code_joins_and_reads() {
    let place = Place::new();
    let (server, a) = desk(&place);
    let [persian, english] = codes(&a.run(&["invite", "--role", "reader"]));
    let b = Person::stranger(&place, "b", 11);
    // Typed on another keyboard, with commas.
    let typed = persian.replace('ی', "ي").replace('ک', "ك").replace(' ', "، ");
    let joined = join(&b, server.private, &typed);
    let read = fingerprint(&joined);
    assert!(text(&joined.stderr).contains("run `payamgir desk join` again"));
    // What the server held in memory is sent again.
    let address = server.private;
    server.stop();
    let server = place.serve_at(address);
    let nobody = a.run(&["welcome", "--fingerprint", &read]);
    assert!(text(&nobody.stderr).contains("Nobody has answered"), "{}", text(&nobody.stderr));
    assert_eq!(fingerprint(&join(&b, server.private, &english)), read);
    let other = a.run(&["welcome", "--fingerprint", "00000 00000 00000 00000"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stderr).contains("nobody was admitted"), "{}", text(&other.stderr));
    done(&a.run(&["welcome", "--fingerprint", &read]));
    done(&b.run(&["join"]));
    done(&b.run(&["sync"]));
    assert_eq!(b.reads(), ["یک"]);
    let all = members(&b.run(&["members", "--json"]));
    let own = all["members"].as_array().unwrap().iter().find(|m| m["you"] == true).unwrap();
    assert_eq!(own["role"], "reader");
    let again = Person::stranger(&place, "c", 12);
    let used = join(&again, server.private, &english);
    assert!(text(&used.stderr).contains("No invitation of that number"), "it works once");
    assert!(!b.run(&["join", &english]).status.success(), "a member already");
}

#[test]
fn a_newcomer_waits_at_the_door_until_it_is_opened() {
    let place = Place::new();
    let (server, a) = desk(&place);
    let [code, _] = codes(&a.run(&["invite"]));
    let b = Person::stranger(&place, "b", 11);
    let read: String =
        text(&b.run(&["identity"]).stderr).chars().filter(char::is_ascii_digit).collect();
    let url = format!("http://{}", server.private);
    let (dir, passphrase) = (b.dir.clone(), place.path("passphrase"));
    let fixed = ["--lang", "en", "desk", "--dir", &dir, "--passphrase-file", &passphrase];
    let mut waiting = place.command(&[&fixed[..], &["join", &code, "--server", &url]].concat());
    let mut waiting = waiting.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut tries = 0;
    while !a.run(&["welcome", "--fingerprint", &read]).status.success() {
        tries += 1;
        if tries == 300 {
            waiting.kill().unwrap();
            panic!("the answer never came");
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let busy = b.run(&["identity"]);
    assert!(waiting.try_wait().unwrap().is_some() || !busy.status.success(), "one at a time");
    let ended = waiting.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", text(&ended.stderr));
    done(&b.run(&["sync"]));
    assert_eq!(b.reads(), ["یک"]);
}

#[test]
fn a_code_misheard_admits_nobody_and_is_helped() {
    let place = Place::new();
    let (server, a) = desk(&place);
    let [_, code] = codes(&a.run(&["invite"]));
    let b = Person::stranger(&place, "b", 11);
    let number = code.split(' ').next().unwrap();
    let unknown = join(&b, server.private, &format!("{number} tigr window lemon cloud"));
    assert!(text(&unknown.stderr).contains("Word 1") && text(&unknown.stderr).contains("tiger"));
    let short = join(&b, server.private, &format!("{number} tiger window"));
    assert!(text(&short.stderr).contains("not whole"), "{}", text(&short.stderr));
    let mut words: Vec<&str> = code.split(' ').collect();
    words[4] = if words[4] == "acorn" { "zebra" } else { "acorn" };
    let joined = join(&b, server.private, &words.join(" "));
    let read = fingerprint(&joined);
    let refused = a.run(&["welcome", "--fingerprint", &read]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("without the code"), "{}", text(&refused.stderr));
    // The same person, having heard it again.
    assert_eq!(fingerprint(&join(&b, server.private, &code)), read);
    done(&a.run(&["welcome", "--fingerprint", &read]));
    done(&b.run(&["join"]));
}

#[test]
fn a_server_that_lies_adds_nobody_and_swaps_no_key() {
    let place = Place::new();
    let (server, a) = desk(&place);
    let [_, code] = codes(&a.run(&["invite"]));
    let b = Person::stranger(&place, "b", 11);
    // It knows everything but the words: another message of its own under a guess.
    let own = |id| Secret::invite(id, [0; 4], &zeroize::Zeroizing::new([9; 64]));
    let swaps: Tamper = Arc::new(move |line, body| match line.starts_with("GET /join") {
        true => [&body[..16], &own(body[..16].try_into().unwrap()).exchange()].concat(),
        false => body,
    });
    let liar = between(server.private, nothing(), swaps);
    let read = fingerprint(&join(&b, liar, &code));
    let refused = a.run(&["welcome", "--fingerprint", &read]);
    assert!(text(&refused.stderr).contains("without the code"), "{}", text(&refused.stderr));
    // It changes the newcomer's keys on the way.
    let changes: Tamper = Arc::new(|line, mut body| {
        if line.starts_with("POST /join") {
            body[200] ^= 1;
        }
        body
    });
    let caught = join(&b, server.private, &code);
    assert_eq!(caught.status.code(), Some(3), "one code, two messages: {}", text(&caught.stderr));
    let [_, code] = codes(&a.run(&["invite"]));
    let liar = between(server.private, changes, nothing());
    let read = fingerprint(&join(&b, liar, &code));
    let refused = a.run(&["welcome", "--fingerprint", &read]);
    assert!(text(&refused.stderr).contains("without the code"), "{}", text(&refused.stderr));
    assert_eq!(members(&a.run(&["members", "--json"]))["members"].as_array().unwrap().len(), 1);
    // It leads the newcomer, honestly admitted, to another desk or log.
    fingerprint(&join(&b, server.private, &code));
    done(&a.run(&["welcome", "--fingerprint", &read]));
    let welcomes: Tamper = Arc::new(|line, body| match line.starts_with("GET /desk/1/welcome") {
        true => vec![7; body.len()],
        false => body,
    });
    let liar = between(server.private, nothing(), welcomes);
    let url = format!("http://{liar}");
    let alarmed = b.run(&["join", "--server", &url, "--no-wait"]);
    assert_eq!(alarmed.status.code(), Some(3), "{}", text(&alarmed.stderr));
    assert!(text(&alarmed.stderr).contains("ALARM"));
    let url = format!("http://{}", server.private);
    done(&b.run(&["join", "--server", &url]));
    done(&b.run(&["sync"]));
    assert_eq!(b.reads(), ["یک"]);
}

#[test]
fn with_a_threshold_of_two_another_admin_signs_both_steps() {
    let place = Place::new();
    let (server, a) = desk(&place);
    let b = Person::new(&place, "b", 11);
    done(&a.run(&["admit", &b.block(), "--role", "admin"]));
    done(&b.sync(&server));
    done(&a.run(&["policy", "--threshold", "2", "--author-may-approve", "false"]));
    let [_, code] = codes(&a.run(&["invite", "--role", "editor"]));
    let c = Person::stranger(&place, "c", 12);
    let early = join(&c, server.private, &code);
    assert!(text(&early.stderr).contains("not signed yet"), "{}", text(&early.stderr));
    let sign = |person: &Person<'_>| {
        let seen = members(&person.run(&["members", "--json"]));
        let statement = seen["waiting"][0]["statement"].as_str().unwrap().to_owned();
        done(&person.run(&["sign", &statement]));
    };
    sign(&b);
    let read = fingerprint(&join(&c, server.private, &code));
    done(&a.run(&["welcome", "--fingerprint", &read]));
    assert!(text(&c.run(&["join", "--no-wait"]).stderr).contains("again"), "not yet");
    sign(&b);
    done(&c.run(&["join"]));
    done(&c.run(&["sync"]));
    assert_eq!(c.reads(), ["یک"]);
}

#[test]
fn who_lost_the_laptop_comes_back_with_new_keys_and_reads_what_was() {
    let place = Place::new();
    let (server, a) = desk(&place);
    let lost = Person::new(&place, "b", 11);
    done(&a.run(&["admit", &lost.block(), "--role", "admin"]));
    done(&lost.sync(&server));
    let old = lost.key();
    let [code, _] = codes(&a.run(&["invite", "--role", "admin"]));
    let new = Person::stranger(&place, "b-again", 12);
    let read = fingerprint(&join(&new, server.private, &code));
    done(&a.run(&["welcome", "--fingerprint", &read, "--replaces", &old[..8]]));
    send(&server, "دو");
    done(&new.run(&["join"]));
    done(&new.run(&["sync"]));
    assert_eq!(new.reads(), ["یک", "دو"]);
    let refused = lost.run(&["sync"]);
    assert!(text(&refused.stderr).contains("not a member"), "{}", text(&refused.stderr));
    assert_eq!(members(&a.run(&["members", "--json"]))["members"].as_array().unwrap().len(), 2);
}

/// Anybody who reaches the desk's address may leave something.
#[test]
fn strangers_who_fill_the_mailbox_end_no_invitation() {
    let place = Place::new();
    let (server, a) = desk(&place);
    let [_, code] = codes(&a.run(&["invite"]));
    let number = code.split(' ').next().unwrap();
    let id: Vec<u8> = {
        let found = ask(server.private, &format!("GET /join/1/{number}"), b"");
        assert_eq!(found.0, 200);
        found.1[..16].to_vec()
    };
    let leave = |body: &[u8]| ask(server.private, &format!("POST /join/1/{number}"), body).0;
    let answer = |byte: u8| [&[1][..], &id, &vec![byte; 1448 - 17]].concat();
    assert_eq!(leave(b"x"), 400);
    assert_eq!(leave(&answer(0)[..1000]), 400);
    assert_eq!(leave(&[answer(0), vec![0]].concat()), 413);
    assert_eq!(leave(&[&[0], &answer(0)[1..]].concat()), 400);
    assert_eq!(ask(server.private, "POST /join/1/1", &answer(0)).0, 404);
    assert_eq!(ask(server.private, "GET /join/1/x", b"").0, 400);
    let b = Person::stranger(&place, "b", 11);
    let read = fingerprint(&join(&b, server.private, &code));
    for byte in 1..20 {
        assert_eq!(leave(&answer(byte)), 202);
    }
    // The honest one was pushed out; it comes again, as `join` does while it waits.
    assert_eq!(fingerprint(&join(&b, server.private, &code)), read);
    done(&a.run(&["welcome", "--fingerprint", &read]));
    done(&b.run(&["join"]));
}

/// A request by hand; the status and the body.
fn ask(server: SocketAddr, line: &str, body: &[u8]) -> (u16, Vec<u8>) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(server).unwrap();
    let length = body.len();
    let head = format!(
        "{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = vec![];
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let status = std::str::from_utf8(&answer[9..12]).unwrap().parse().unwrap();
    (status, answer[end + 4..].to_vec())
}
