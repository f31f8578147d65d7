//! A desk of several people, each with the real program and a folder of their own.

mod common;

use common::people::{Person, done, founder, members, send};
use common::{Place, text};
use payamgir_desk::open::Member;
use serde_json::Value;

#[test]
fn who_is_admitted_reads_and_who_is_removed_reads_no_more() {
    let place = Place::new();
    let server = place.serve();
    let (a, b) = (founder(&place), Person::new(&place, "b", 11));
    send(&server, "یک");
    done(&a.sync(&server));
    assert_eq!(b.sync(&server).status.code(), Some(1), "not a member yet");
    done(&a.run(&["admit", &b.block(), "--role", "editor"]));
    done(&b.sync(&server));
    assert_eq!(b.reads(), ["یک"], "also what came before");
    assert!(!b.run(&["remove", &a.key()[..8]]).status.success(), "an editor removes nobody");
    let folder_then = place.path("b-then");
    copy(&b.dir, &folder_then);
    done(&a.run(&["remove", &b.key()[..8]]));
    send(&server, "دو");
    done(&a.run(&["sync"]));
    assert_eq!(a.reads(), ["یک", "دو"]);
    let refused = b.run(&["sync"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("not a member"), "{}", text(&refused.stderr));
    // Even with a full copy of the later log.
    std::fs::remove_dir_all(format!("{}/log", b.dir)).unwrap();
    copy(&place.path("desk/log"), &format!("{}/log", b.dir));
    assert_eq!(b.reads(), ["یک"]);
    let listed = b.run(&["list"]);
    assert!(text(&listed.stdout).contains("sealed to another key"), "{}", text(&listed.stdout));
}

#[test]
fn two_admins_decide_together() {
    let place = Place::new();
    let server = place.serve();
    let (a, b, c) = (founder(&place), Person::new(&place, "b", 11), Person::new(&place, "c", 12));
    done(&a.sync(&server));
    done(&a.run(&["admit", &b.block(), "--role", "admin"]));
    done(&b.sync(&server));
    done(&a.run(&["policy", "--threshold", "2", "--author-may-approve", "false"]));
    let waits = done(&a.run(&["admit", &c.block(), "--role", "editor"]));
    assert!(waits.contains("waits for signatures (1 of 2): joining"), "{waits}");
    let epoch = a.run(&["epoch"]);
    assert!(text(&epoch.stderr).contains("Nothing changes until another admin has signed"));
    let shown = text(&c.run(&["identity"]).stderr);
    let fingerprint: String = shown.chars().filter(|c| c.is_ascii_digit() || *c == ' ').collect();
    assert!(waits.contains(fingerprint.trim()), "what is signed is shown: {waits} {shown}");
    assert_eq!(c.sync(&server).status.code(), Some(1));
    done(&b.run(&["sync"]));
    let seen = members(&b.run(&["members", "--json"]));
    let all = seen["waiting"].as_array().unwrap();
    let joining = all.iter().find(|waiting| waiting["act"] == "joining").unwrap();
    let statement = joining["statement"].as_str().unwrap().to_owned();
    assert!(!a.run(&["sign", &statement[..10]]).status.success(), "the same hand twice");
    let signed = b.run(&["sign", &statement[..10]]);
    assert!(text(&signed.stderr).contains("void now, to be proposed again: new epoch"));
    done(&c.sync(&server));
    let all = members(&c.run(&["members", "--json"]));
    assert_eq!(all["members"].as_array().unwrap().len(), 3);
    // An erasure takes two editors, of whom the one who asks is none.
    send(&server, "پاک شود");
    done(&a.run(&["sync"]));
    let record = newest(&a).to_string();
    let asked = done(&a.run(&["erase", &record]));
    assert!(asked.contains(&format!("erasing record {record} waits for approvals (0 of 2)")));
    done(&b.run(&["erase", &record]));
    let seen = members(&b.run(&["members", "--json"]));
    assert_eq!(seen["erasures"][0]["have"], 1, "{seen}");
    done(&b.run(&["sync"]));
    assert_eq!(b.reads(), ["پاک شود"], "two of whom one asked are not enough");
    done(&c.run(&["sync"]));
    done(&c.run(&["erase", &record]));
    let report = place.verify().1;
    assert_eq!(report["erased"], serde_json::json!([record.parse::<u64>().unwrap()]), "{report}");
}

#[test]
fn what_is_older_than_a_day_is_erased_once_its_count_was_said() {
    let place = Place::new();
    let server = place.serve();
    let a = founder(&place);
    for words in ["یک", "دو", "سه"] {
        send(&server, words);
    }
    done(&a.sync(&server));
    // Arrival is in whole seconds: what came in this one is not before it.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let none = a.run(&["erase", "--before", "1d"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("Nothing came before"), "{}", text(&none.stderr));
    let unsure = a.run(&["erase", "--before", "0d", "--confirm", "2"]);
    assert_eq!(unsure.status.code(), Some(1));
    assert!(text(&unsure.stderr).contains("is 3 submissions"), "{}", text(&unsure.stderr));
    assert_eq!(a.reads().len(), 3, "nothing was erased");
    done(&a.run(&["erase", "--before", "0d", "--confirm", "3"]));
    done(&a.run(&["sync"]));
    assert_eq!(a.reads(), [""; 0]);
    let (code, report) = place.verify();
    assert_eq!((code, report["erased"].as_array().unwrap().len()), (0, 3), "{report}");
    assert!(a.run(&["verify"]).status.success(), "the desk's copy verifies with its gaps");
    send(&server, "چهار");
    done(&a.run(&["sync"]));
    assert_eq!(a.reads(), ["چهار"]);
}

/// The number of the newest submission.
fn newest(person: &Person<'_>) -> u64 {
    let listed = done(&person.run(&["list", "--json"]));
    let last: Value = serde_json::from_str(listed.lines().last().unwrap()).unwrap();
    last["number"].as_u64().unwrap()
}

#[test]
fn a_lost_keyring_is_granted_again() {
    let place = Place::new();
    let server = place.serve();
    let (a, b) = (founder(&place), Person::new(&place, "b", 11));
    send(&server, "یک");
    done(&a.sync(&server));
    done(&a.run(&["admit", &b.block()]));
    done(&b.sync(&server));
    std::fs::remove_file(format!("{}/keyring.age", b.dir)).unwrap();
    assert!(b.reads().is_empty());
    done(&b.run(&["sync"]));
    done(&a.run(&["sync"]));
    done(&b.run(&["sync"]));
    assert_eq!(b.reads(), ["یک"]);
}

#[test]
fn what_is_forgotten_opens_with_no_key_that_is_left() {
    let place = Place::new();
    let server = place.serve();
    let (a, b) = (founder(&place), Person::new(&place, "b", 11));
    done(&a.sync(&server));
    done(&a.run(&["admit", &b.block()]));
    send(&server, "کهنه");
    done(&b.sync(&server));
    done(&a.run(&["epoch"]));
    send(&server, "تازه");
    done(&b.run(&["sync"]));
    assert_eq!(b.reads(), ["کهنه", "تازه"]);
    // A day that is over: the next epoch's statement says when the first ended.
    done(&a.run(&["policy", "--retention-days", "1"]));
    for person in [&a, &b] {
        forget_in(person, 3);
        assert_eq!(person.reads(), ["تازه"], "and the log is a full copy of the old one");
    }
}

/// Settles a desk as it would so many days later, and keeps what is left.
fn forget_in(person: &Person<'_>, days: u32) {
    use payamgir_desk::{keys, owed};
    done(&person.run(&["sync"]));
    let file = std::fs::read(format!("{}/identity.age", person.dir)).unwrap();
    let member = Member::unlock(&file, "a passphrase for tests".into()).unwrap();
    let path = format!("{}/keyring.age", person.dir);
    let mut keyring = keys::unlock(&std::fs::read(&path).unwrap(), &member).unwrap();
    let reader = payamgir_log::Reader::open(format!("{}/log", person.dir).as_ref()).unwrap();
    let fold = keys::fold(&reader, u64::MAX).unwrap();
    let random: payamgir_desk::client::Random = std::sync::Arc::new(common::dice);
    let later = keys::day(common::now()) + days;
    owed::settle(&fold, &member, &mut keyring, later, &random);
    // What was granted and is still in the log opens nothing of the old epoch either.
    owed::settle(&fold, &member, &mut keyring, later, &random);
    std::fs::write(&path, keys::lock(&keyring, &member).unwrap()).unwrap();
}

#[test]
fn what_a_server_puts_into_the_log_by_itself_changes_nothing() {
    let place = Place::new();
    let server = place.serve();
    let a = founder(&place);
    done(&a.sync(&server));
    let url = format!("http://{}/desk/1/add", server.private);
    let host = url.split('/').nth(2).unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let request = format!(
        "POST /desk/1/add HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 6\r\n\r\n\x03\0\0\0\x01x"
    );
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let answer = common::browser::answer(stream).unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (401, "malformed"), "unsigned");
    server.stop();
    // The server's own log key signs anything; only members' keys make a member.
    let stranger = Person::new(&place, "s", 66);
    let block = stranger.block();
    let other = Place::new();
    let elsewhere = other.serve();
    let (b, url) = (founder(&other), format!("http://{}", elsewhere.private));
    done(&b.run(&["sync", "--server", &url, "--log-key", &other.log_key]));
    done(&b.run(&["admit", &block]));
    elsewhere.stop();
    let foreign = rusqlite::Connection::open(other.path("server/log/log.db")).unwrap();
    let forged: Vec<u8> =
        foreign.query_row("SELECT body FROM record WHERE seq = 1", [], |row| row.get(0)).unwrap();
    place.append_as_server(3, &forged);
    let server = place.serve();
    let alarmed = a.sync(&server);
    assert_eq!(alarmed.status.code(), Some(3), "{}", text(&alarmed.stderr));
    assert!(
        text(&alarmed.stderr).contains("ALARM") && text(&alarmed.stderr).contains("other-desk")
    );
    let seen = a.run(&["members", "--json"]);
    assert_eq!(seen.status.code(), Some(3));
    let seen: Value = serde_json::from_slice(&seen.stdout).unwrap();
    assert_eq!(seen["members"].as_array().unwrap().len(), 1);
    assert_eq!(seen["refused"][0]["refusal"], "other-desk");
}

fn copy(from: &str, to: &str) {
    let done = std::process::Command::new("cp").args(["-r", from, to]).status().unwrap();
    assert!(done.success());
}

/// A member's signed request, in two halves: it stops in the middle of its body.
fn halves(member: &Member, host: &str, path: &str) -> (Vec<u8>, Vec<u8>) {
    use payamgir_wire::signature::{self, Params, Request};
    use sha2::Digest;
    let (body, mut nonce) = (b"0123456789", [0; 16]);
    common::dice(&mut nonce);
    let params = Params { created: common::now(), nonce, key: member.verifying_key() };
    let body_sha256 = sha2::Sha256::digest(body).into();
    let request =
        Request { method: "GET", authority: host, path, query: "", body_sha256: &body_sha256 };
    let signed = member.sign(params.base(&request).as_bytes());
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 10\r\n{}: {}\r\n{}: {}\r\n{}: {}\r\n\r\n",
        signature::header::CONTENT_DIGEST,
        signature::digest(&body_sha256),
        signature::header::SIGNATURE_INPUT,
        params.input(),
        signature::header::SIGNATURE,
        signature::signature(&signed),
    );
    ([head.as_bytes(), &body[..3]].concat(), body[3..].to_vec())
}

#[test]
fn who_is_removed_while_its_request_arrives_is_heard_no_more() {
    use std::io::Write;
    let place = Place::new();
    let server = place.serve();
    let (a, b) = (founder(&place), Person::new(&place, "b", 11));
    done(&a.sync(&server));
    done(&a.run(&["admit", &b.block()]));
    done(&b.sync(&server));
    done(&a.run(&["kit", "--pages", "2", "--needed", "2", "--out", &place.path("pages")]));
    let member = Member::from_seed(&zeroize::Zeroizing::new([11; 64]));
    let host = server.private.to_string();
    let ask = |path| {
        let (first, rest) = halves(&member, &host, path);
        let mut stream = std::net::TcpStream::connect(server.private).unwrap();
        stream.write_all(&first).unwrap();
        (stream, rest)
    };
    let end = |(mut stream, rest): (std::net::TcpStream, Vec<u8>)| {
        stream.write_all(&rest).unwrap();
        common::browser::answer(stream).unwrap()
    };
    assert_eq!(end(ask("/desk/1/answers")).status, 200, "in time it is heard");
    let waiting = ["/desk/1/checkpoint", "/desk/1/deposit"].map(ask);
    std::thread::sleep(std::time::Duration::from_millis(300));
    done(&a.run(&["remove", &b.key()[..8]]));
    for asked in waiting {
        let answer = end(asked);
        assert_eq!((answer.status, answer.body.as_str()), (401, "unknown-key"));
    }
}

#[test]
fn a_day_to_come_is_neither_taken_nor_signed() {
    use payamgir_desk::client::World;
    use payamgir_desk::roster::{Act, Policy, Statement, kind};
    use payamgir_desk::{Client, Server as Address, keys};
    let place = Place::new();
    let server = place.serve();
    let (a, b) = (founder(&place), Person::new(&place, "b", 11));
    done(&a.sync(&server));
    done(&a.run(&["admit", &b.block(), "--role", "admin"]));
    done(&b.sync(&server));
    done(&a.run(&["policy", "--threshold", "2"]));
    let member = std::sync::Arc::new(Member::from_seed(&zeroize::Zeroizing::new([11; 64])));
    let reader = payamgir_log::Reader::open(format!("{}/log", a.dir).as_ref()).unwrap();
    let fold = keys::fold(&reader, u64::MAX).unwrap();
    let (roster, today) = (fold.roster().unwrap(), keys::day(common::now()));
    let says = |day| {
        let act = Act::PolicyChanged(Policy { epoch_days: 9, ..roster.policy() });
        let (desk, previous) = (roster.desk(), roster.head());
        let signed = keys::sign(&Statement { desk, previous, day, act }, &member);
        (kind::STATEMENT, signed.encode())
    };
    let world =
        World { now: std::sync::Arc::new(common::now), random: std::sync::Arc::new(common::dice) };
    let address = Address::parse(&format!("http://{}", server.private)).unwrap();
    let client = Client::new(address, member.clone(), world, None).unwrap();
    assert_eq!(client.add(&[says(u32::MAX)]).unwrap(), (0, Some("day".into())));
    assert_eq!(client.add(&[says(today + 1)]).unwrap(), (1, None), "clocks differ");
    // A server that is in it takes it; the other admin's desk still does not sign.
    server.stop();
    place.append_as_server(3, &says(u32::MAX).1);
    let server = place.serve();
    done(&a.sync(&server));
    let seen = members(&a.run(&["members", "--json"]));
    let all = seen["waiting"].as_array().unwrap();
    let late = all.iter().find(|waiting| waiting["day"] == u32::MAX).unwrap();
    let refused = a.run(&["sign", late["statement"].as_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("dated in the future"), "{}", text(&refused.stderr));
}

/// As a crash leaves it: the approval is in the log, and nothing was erased yet.
#[test]
fn what_was_approved_before_a_crash_is_erased_at_the_next_start() {
    use payamgir_desk::keys;
    use payamgir_desk::roster::{Approval, Subject, kind};
    let place = Place::new();
    let server = place.serve();
    let a = founder(&place);
    send(&server, "پاک شود");
    done(&a.sync(&server));
    let record = newest(&a);
    server.stop();
    let reader = payamgir_log::Reader::open(format!("{}/log", a.dir).as_ref()).unwrap();
    let row = reader.row(record).unwrap();
    let leaf = payamgir_log::Record::decode(&row.record).unwrap().leaf().0;
    let desk = keys::fold(&reader, u64::MAX).unwrap().roster().unwrap().desk();
    let member = Member::from_seed(&zeroize::Zeroizing::new([7; 64]));
    let (key, sign) = (member.verifying_key(), |message: &[u8]| member.sign(message));
    let approval = Approval::new(desk, Subject::Erasure { record, leaf }, key, key, sign);
    place.append_as_server(kind::APPROVAL, &approval.encode());
    assert_eq!(place.verify().1["erased"], serde_json::json!([]));
    let server = place.serve();
    server.stop();
    assert_eq!(place.verify().1["erased"], serde_json::json!([record]));
}
