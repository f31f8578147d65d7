//! Editions: written in two editors' windows, approved by both, served, checked from their files; and
//! everything that is not what enough editors approved, refused.

mod common;
#[path = "editions/served.rs"]
mod served;
#[path = "editions/stick.rs"]
mod stick;
#[path = "editions/windows.rs"]
mod windows;

use std::path::Path;
use std::sync::Arc;

use common::browser::{Form, get};
use common::messenger::{accounts, secret, until};
use common::people::{Person, done, founder, members};
use common::room::Window;
use common::{Place, Server, text};
use payamgir_desk::client::{Client, Server as Address, World};
use payamgir_desk::open::Member;
use payamgir_desk::roster::{Approval, Subject, kind};
use payamgir_stage::clock::Clock;
use payamgir_stage::telegram::Telegram;
use payamgir_wire::hex::Hex;
use payamgir_wire::release::{File, FilePath, Part, Release, hash_of};
use payamgir_wire::sync::write_file;
use sha2::{Digest, Sha256};

/// A member as a program of their own would speak for them.
struct Hand {
    member: Arc<Member>,
    client: Client,
}

impl Hand {
    fn new(server: &Server, seed: u8) -> Self {
        let member = Arc::new(Member::from_seed(&zeroize::Zeroizing::new([seed; 64])));
        let world = World { now: Arc::new(common::now), random: Arc::new(common::dice) };
        let address = Address::parse(&format!("http://{}", server.private)).unwrap();
        let client = Client::new(address, member.clone(), world, None).unwrap();
        Self { member, client }
    }

    fn key(&self) -> [u8; 32] {
        self.member.verifying_key()
    }

    /// Approves what an author put together. Whether the server took it.
    fn approve(&self, desk: [u8; 32], release: &Release, author: [u8; 32]) -> bool {
        let subject = Subject::Edition(release.hash().0);
        let sign = |message: &[u8]| self.member.sign(message);
        let approval = Approval::new(desk, subject, author, self.key(), sign).encode();
        self.client.add(&[(kind::APPROVAL, approval)]).unwrap().1.is_none()
    }

    fn hand_in(&self, pages: &[&str]) {
        let mut files = vec![];
        pages.iter().for_each(|page| write_file(&mut files, page.as_bytes()));
        self.client.hand_in_files(&files).unwrap();
    }

    fn publish(&self, bytes: &[u8]) -> bool {
        self.client.publish(bytes).unwrap()
    }
}

/// A release of these pages: `page0.html` and so on, and a first page.
fn release(
    desk: [u8; 32],
    author: [u8; 32],
    (number, previous): (u64, [u8; 32]),
    pages: &[&str],
) -> Release {
    let file = |(at, page): (usize, &&str)| {
        let path = if at == 0 { "index.html".to_owned() } else { format!("read/page{at}.html") };
        let hash = Hex(Sha256::digest(page).into());
        File { hash, size: page.len() as u64, path: FilePath::parse(&path).unwrap() }
    };
    let files = pages.iter().enumerate().map(file).collect();
    let parts = vec![Part { key: Hex([9; 32]), files }];
    Release { desk: Hex(desk), number, previous: Hex(previous), author: Hex(author), parts }
}

/// A desk whose founder and two more may approve, two of whom must.
fn three(place: &Place, author_may: bool) -> (Server, [Person<'_>; 3]) {
    let server = place.serve();
    let a = founder(place);
    done(&a.sync(&server));
    let (b, c) = (Person::new(place, "b", 11), Person::new(place, "c", 12));
    for person in [&b, &c] {
        done(&a.run(&["admit", &person.block(), "--role", "admin"]));
    }
    let may = author_may.to_string();
    done(&a.run(&["policy", "--threshold", "2", "--author-may-approve", &may]));
    done(&b.sync(&server));
    done(&c.sync(&server));
    (server, [a, b, c])
}

fn desk_id(a: &Person<'_>) -> [u8; 32] {
    let body = std::fs::read_to_string(format!("{}/desk.pub", a.dir)).unwrap();
    let body = payamgir_wire::armor::dearmor(payamgir_wire::armor::Label::Desk, &body).unwrap();
    let mut fold = payamgir_desk::roster::Fold::default();
    fold.hear(0, kind::STATEMENT, &body).unwrap();
    fold.roster().unwrap().desk()
}

/// Status, head and body of what anybody sees.
fn page(server: &Server, path: &str) -> (u16, String, String) {
    let answer = get(server.public, path, "").unwrap();
    (answer.status, answer.head.to_ascii_lowercase(), answer.body)
}

#[test]
fn the_server_takes_what_enough_editors_approved_and_nothing_else() {
    let place = Place::new();
    let (server, [a, b, c]) = three(&place, false);
    let desk = desk_id(&a);
    let [fa, fb, fc] = [7, 11, 12].map(|seed| Hand::new(&server, seed));
    let pages = ["<!doctype html><title>first</title>", "<!doctype html><title>one</title>"];
    let first = release(desk, fa.key(), (1, [0; 32]), &pages);
    let bytes = first.encode();
    assert!(!fa.publish(&bytes), "nobody approved");
    assert!(!fb.approve(desk, &first, fa.key()), "nobody is made an author by others");
    assert!(fa.approve(desk, &first, fa.key()));
    assert!(!fa.publish(&bytes), "the author alone");
    assert!(fb.approve(desk, &first, fa.key()));
    assert!(!fa.approve(desk, &first, fa.key()), "the same approval again");
    assert!(!fb.publish(&bytes), "one besides the author, where two must");
    assert!(fc.approve(desk, &first, fa.key()));
    assert!(!fc.publish(&bytes), "files are missing");
    assert_eq!(fc.client.missing_files(&bytes).unwrap().len(), 2);
    fc.hand_in(&pages[..1]);
    assert!(!fc.publish(&bytes), "one file is missing");
    fc.hand_in(&pages);
    for (what, changed) in tampered(&first) {
        assert_ne!(changed, bytes, "{what}");
        let refused = fc.client.publish(&changed);
        assert!(!matches!(refused, Ok(true)), "{what}");
    }
    assert!(Form::text("x").send(server.public, "/fa/").unwrap().status == 200);
    assert!(page(&server, "/").2.contains("<form"), "nothing is served before");
    assert!(fb.publish(&bytes));
    assert_eq!(page(&server, "/").2, pages[0]);
    assert_eq!(page(&server, "/read/page1.html").2, pages[1]);
    assert_eq!(page(&server, "/read/page2.html").0, 404);
    assert!(page(&server, "/fa/").2.contains("<form"), "the source's page is where it was");
    assert!(!fb.publish(&bytes), "the same again");

    // The next one follows it, and the first does not come back.
    let next = release(desk, fb.key(), (2, hash_of(&bytes).0), &pages[1..]);
    for (by, taken) in [(&fb, true), (&fa, true), (&fc, true)] {
        assert_eq!(by.approve(desk, &next, fb.key()), taken);
    }
    let skips = release(desk, fb.key(), (3, hash_of(&bytes).0), &pages[1..]);
    [&fb, &fa, &fc].iter().for_each(|by| assert!(by.approve(desk, &skips, fb.key())));
    assert!(!fa.publish(&skips.encode()), "a number left out");
    let apart = release(desk, fb.key(), (2, [5; 32]), &pages[1..]);
    [&fb, &fa, &fc].iter().for_each(|by| assert!(by.approve(desk, &apart, fb.key())));
    assert!(!fa.publish(&apart.encode()), "it follows another");
    assert!(fa.publish(&next.encode()));
    assert!(!fa.publish(&bytes), "an approved release that was served before");
    assert_eq!(page(&server, "/").2, pages[1]);
    assert_eq!(page(&server, "/read/page1.html").0, 404, "what is not in it is not served");

    // Who approved and was removed counts no more.
    let last = release(desk, fa.key(), (3, next.hash().0), &pages);
    [&fa, &fb, &fc].iter().for_each(|by| assert!(by.approve(desk, &last, fa.key())));
    let gone = c.key();
    done(&a.run(&["remove", &gone]));
    done(&b.sync(&server));
    let waiting = members(&b.run(&["members", "--json"]));
    let statement = waiting["waiting"][0]["statement"].as_str().unwrap();
    done(&b.run(&["sign", statement]));
    assert!(!fa.publish(&last.encode()), "an approval of who was removed");
    assert!(fc.client.publish(&last.encode()).is_err(), "who was removed publishes nothing");
    assert_eq!(page(&server, "/").2, pages[1]);
}

/// What was approved, changed a little.
fn tampered(first: &Release) -> Vec<(&'static str, Vec<u8>)> {
    let change = |change: &dyn Fn(&mut Release)| {
        let mut release = first.clone();
        change(&mut release);
        release.encode()
    };
    let mut byte = first.encode();
    byte.push(b'\n');
    vec![
        ("a byte more", byte),
        ("items in another order", change(&|r| r.parts[0].files.reverse())),
        ("a file left out", change(&|r| drop(r.parts[0].files.pop()))),
        (
            "another file in its place",
            change(&|r| {
                let other = r.parts[0].files[0].hash;
                r.parts[0].files[1].hash = other;
            }),
        ),
        (
            "another name",
            change(&|r| r.parts[0].files[1].path = FilePath::parse("read/x.html").unwrap()),
        ),
        ("another author", change(&|r| r.author = Hex([3; 32]))),
        ("another desk", change(&|r| r.desk = Hex([3; 32]))),
        ("another number", change(&|r| r.number = 2)),
        ("another key of a part", change(&|r| r.parts[0].key = Hex([8; 32]))),
    ]
}

#[test]
fn what_is_served_is_served_as_a_web_server_serves_files() {
    let place = Place::new();
    let server = place.serve();
    let a = founder(&place);
    done(&a.sync(&server));
    let (desk, hand) = (desk_id(&a), Hand::new(&server, 7));
    let long = format!("<!doctype html><title>long</title>{}", "سخن ".repeat(4_000));
    let pages = [&*long, "<!doctype html><title>one</title>", "body{}", "0123456789"];
    let mut release = release(desk, hand.key(), (1, [0; 32]), &pages);
    for (at, path) in [(2, "read/assets/s-12.css"), (3, "read/media/ab.wav")] {
        release.parts[0].files[at].path = FilePath::parse(path).unwrap();
    }
    assert!(hand.approve(desk, &release, hand.key()));
    hand.hand_in(&pages);
    assert!(hand.publish(&release.encode()));
    let ask = |path: &str, fields: &str| get(server.public, path, fields).unwrap();
    let field = |answer: &common::browser::Answer, name: &str| {
        common::browser::field(&answer.head, name).unwrap_or_default().to_owned()
    };

    let plain = ask("/", "");
    assert_eq!((plain.status, plain.body.as_str()), (200, &*long));
    assert_eq!(field(&plain, "content-type"), "text/html; charset=utf-8");
    assert_eq!(field(&plain, "cache-control"), "no-cache");
    assert!(field(&plain, "content-security-policy").starts_with("default-src 'none'"));
    assert!(!field(&plain, "content-security-policy").contains("script"));
    let zipped = ask("/", "Accept-Encoding: gzip\r\n");
    assert_eq!(field(&zipped, "content-encoding"), "gzip");
    assert!(field(&zipped, "content-length").parse::<usize>().unwrap() < long.len() / 20);
    assert_ne!(field(&plain, "etag"), field(&zipped, "etag"), "two forms, two names");
    let known = ask("/", &format!("If-None-Match: {}\r\n", field(&plain, "etag")));
    assert_eq!((known.status, known.body.len()), (304, 0));
    let style = ask("/read/assets/s-12.css", "");
    assert!(field(&style, "cache-control").contains("immutable"));
    for (range, status, body) in [
        ("bytes=2-4", 206, "234"),
        ("bytes=7-", 206, "789"),
        ("bytes=-2", 206, "89"),
        ("bytes=0-99", 206, "0123456789"),
        ("bytes=10-", 416, ""),
        ("bytes=-0", 416, ""),
        ("bytes=5-2", 200, "0123456789"),
        ("bytes=+1-2", 200, "0123456789"),
        ("bytes=a-b", 200, "0123456789"),
        ("bytes=0-1,4-5", 200, "0123456789"),
    ] {
        let part = ask("/read/media/ab.wav", &format!("Range: {range}\r\n"));
        assert_eq!((part.status, part.body.as_str()), (status, body), "{range}");
    }
    for path in [
        "/read/media/ab.wav/..",
        "/read/../log.key",
        "/read/%2e%2e/log.key",
        "/read//media/ab.wav",
        "/read/media/ab.wav%00",
        "/read/",
        "/editions/release.txt",
        "/files",
    ] {
        let other = ask(path, "");
        assert_eq!(other.status, 404, "{path}");
    }
    let robots = ask("/robots.txt", "").body;
    assert!(robots.contains("Allow: /read/") && robots.contains("Disallow: /\n"), "{robots}");
    assert_eq!(ask("/release.txt", "").body.as_bytes(), release.encode());
    assert!(ask("/proof.txt", "").body.starts_with("payamgir proof 1\nstatement "));
    assert!(ask("/en/", "").body.contains("<form"));

    // Another process serves the same, from what is on the disk.
    server.stop();
    let again = place.serve();
    assert_eq!(get(again.public, "/", "").unwrap().body, long);
}

#[test]
fn a_long_list_and_large_files_are_taken() {
    let place = Place::new();
    let server = place.serve();
    let a = founder(&place);
    done(&a.sync(&server));
    let (desk, hand) = (desk_id(&a), Hand::new(&server, 7));
    let large = "سخن ".repeat(1 << 20);
    let pages: Vec<&str> = ["first", &*large].into_iter().chain(vec!["x"; 10_000]).collect();
    let release = release(desk, hand.key(), (1, [0; 32]), &pages);
    let list = release.encode();
    assert!(list.len() > 512 << 10);
    assert!(hand.approve(desk, &release, hand.key()));
    assert_eq!(hand.client.missing_files(&list).unwrap().len(), 3);
    hand.hand_in(&pages[..3]);
    assert_eq!(hand.client.missing_files(&list).unwrap(), []);
    assert!(hand.publish(&list));
    let shows = hand.client.edition(None).unwrap();
    assert!(matches!(shows, payamgir_desk::office::Shows::Other(bytes) if bytes == list));
    assert_eq!(page(&server, "/read/page1.html").2, large);
}

#[test]
fn what_is_published_is_posted_once_and_nothing_else_is() {
    let (place, stage) = (Place::new(), Telegram::start(Clock::default()));
    secret(&place, "telegram.token", stage.token());
    let account = format!("[[telegram]]\napi = \"{}\"\nchannel = \"@congress\"\n", stage.url());
    accounts(&place, "", &account);
    let channel = stage.open_channel("@congress");
    let server = place.serve();
    let a = founder(&place);
    done(&a.sync(&server));
    let (desk, hand) = (desk_id(&a), Hand::new(&server, 7));
    let long =
        format!("عنوان\n\n{}\n\n{}\n", "سخن ".repeat(900).trim(), "پایان ".repeat(300).trim());
    let pages = ["<!doctype html><title>first</title>", &*long, "not really a picture"];
    let mut release = release(desk, hand.key(), (1, [0; 32]), &pages);
    for (at, path) in [(1, "read/fa/e/a.txt"), (2, "read/fa/e/a.png")] {
        release.parts[0].files[at].path = FilePath::parse(path).unwrap();
    }
    let text_hash = release.parts[0].files[1].hash;
    hand.hand_in(&pages);
    assert!(!hand.client.post_text(&text_hash).unwrap(), "nothing is published");
    assert!(hand.approve(desk, &release, hand.key()));
    assert!(hand.publish(&release.encode()));
    assert!(!hand.client.post_text(&Hex([5; 32])).unwrap(), "a text that nobody approved");
    let page = release.parts[0].files[0].hash;
    assert!(!hand.client.post_text(&page).unwrap(), "a page is no text");
    assert!(hand.client.post_text(&text_hash).unwrap());
    until("it is posted", || stage.sent().len() == 3);
    assert!(hand.client.post_text(&text_hash).unwrap());
    std::thread::sleep(std::time::Duration::from_millis(500));
    let sent = stage.sent();
    assert_eq!(sent.len(), 3, "once");
    assert!(sent.iter().all(|one| one.chat == channel));
    let words: String = sent[..2].iter().map(|one| one.text.as_str()).collect();
    let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(letters(&words), letters(&long));
    assert_eq!(sent[2].method, "sendphoto");
    // What became of it is told in the log, as of a reply.
    let outcomes = || {
        let told =
            |entry: &payamgir_wire::Entry| matches!(entry.part, payamgir_wire::Part::Outcome(_));
        common::messenger::opened(&place).iter().any(told)
    };
    until("it is told", outcomes);
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

fn form(fields: &[(&str, &str)]) -> String {
    let encoded =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect::<Vec<_>>()
        .join("&")
}
