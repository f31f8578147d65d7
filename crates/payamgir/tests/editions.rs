//! Editions: written in two editors' windows, approved by both, served, checked from their files; and
//! everything that is not what enough editors approved, refused.

mod common;
#[path = "editions/served.rs"]
mod served;
#[path = "editions/stick.rs"]
mod stick;

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
fn two_editors_publish_what_a_source_sent_and_nothing_hidden_is_in_it() {
    let place = Place::new();
    let (server, [a, b, _]) = three(&place, true);
    let words = "سلام. من نگین هستم از کارخانهٔ آبان.\n\nسه ماه است حقوق نداریم.";
    assert_eq!(Form::text(words).send(server.public, "/fa/").unwrap().status, 200);
    let (mut wa, mut wb) = (Window::start(&place, &a.dir), Window::start(&place, &b.dir));
    done(&a.sync(&server));
    done(&b.sync(&server));
    wa.unlock();
    wb.unlock();
    let record = record_of(&wa, "نگین");
    let start = words.chars().count() - words.split_once("نگین").unwrap().1.chars().count() - 4;
    let hide = format!("span={start}-{}&do=keep&kept=", start + 4);
    assert_eq!(wa.post(&format!("/en/redact/{record}"), &hide).status, 303);

    let begun = wa.get(&format!("/en/item/new?c={record}")).text();
    assert!(begun.contains("▇▇▇▇") && !begun.contains("نگین"), "hidden from the start");
    let at = between(&begun, "id=\"item\" action=\"", "\"").to_owned();
    let item = |title: &str, body: &str, base: &str| {
        form(&[
            ("on", &record),
            ("base", base),
            ("slug", "abban"),
            ("lang", "fa"),
            ("title", title),
            ("body", body),
            ("by", "none"),
            ("kind", "words"),
            ("label", "none"),
        ])
    };
    let leaking = wa.post(&at, &item("نامه‌ای از نَگين", "متن", ""));
    assert_eq!(leaking.status, 200);
    assert!(leaking.text().contains("words that you hid"), "{}", leaking.text());
    assert_eq!(
        wa.post(&at, &item("نامه‌ای از یک کارگر", "سه ماه است حقوق نداریم.", "")).status,
        303
    );
    let name = form(&[
        ("lang-0", "fa"),
        ("title-0", "صدای کنگره"),
        ("lang-1", "en"),
        ("title-1", "Voice"),
    ]);
    assert_eq!(wa.post("/en/bulletin", &name).status, 303);
    let fresh = wa.get("/en/edition/new").text();
    let edition = between(&fresh, "class=\"stack\" action=\"", "\"").to_owned();
    let id = at.rsplit('/').next().unwrap();
    let fields = form(&[
        ("day", "2026-11-30"),
        ("slug", "12-2"),
        ("lang", "fa"),
        ("title-fa", "کنگرهٔ دوازدهم، روز ۲"),
        ("item", id),
        (&format!("place-{id}"), "1"),
        ("do", "propose"),
    ]);
    wa.until("/en/publish", |_| true);
    let proposed = until_taken(&wa, &edition, &fields, 303);
    assert_eq!(proposed, 303);
    let seen = wb.until(&edition, |said| said.text().contains("Proposed for publication")).text();
    assert!(page(&server, "/").2.contains("<form"), "one approval is not two");
    let proposal = between(&seen, "<form action=\"", "\"").to_owned();
    let shown = wb.get(&format!("{proposal}/preview/read/fa/12-2/abban.html")).text();
    assert!(shown.contains("سه ماه است حقوق نداریم."));
    assert_eq!(wb.post(&proposal, "").status, 303);
    let published = std::time::Instant::now();
    while !page(&server, "/").2.contains("کنگرهٔ دوازدهم") {
        assert!(published.elapsed().as_secs() < 120, "it is not published");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    let out = place.path("saved");
    let url = format!("http://{}", server.public);
    let desk = format!("{}/desk.pub", a.dir);
    let saved = place.run(&[
        "--lang", "en", "edition", "save", "--server", &url, "--out", &out, "--desk", &desk,
    ]);
    assert!(saved.status.success(), "{}", text(&saved.stderr));
    assert!(text(&saved.stdout).contains("2 editors approved it"), "{}", text(&saved.stdout));
    check_copies(&place, Path::new(&out), &desk);
    check_older_copies(&place, Path::new(&out), &url);
    // In nothing that is served, sealed copies aside, is the hidden name.
    for file in files(Path::new(&out)) {
        assert!(!text(&std::fs::read(&file).unwrap()).contains("نگین"), "{}", file.display());
    }
    let hall = wb.get(&format!("{edition}/hall?lang=fa"));
    assert!(hall.text().contains("سه ماه است حقوق نداریم."));
    assert!(hall.head.contains("script-src 'sha256-"), "{}", hall.head);
    let srt = wb.get(&format!("{edition}/subtitles?form=srt&lang=fa")).text();
    assert!(srt.contains("00:00:00,000 --> "), "{srt}");
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

/// Any change of the files is found by who has nothing but them.
fn check_copies(place: &Place, folder: &Path, desk: &str) {
    let verify = |more: &[&str]| {
        let path = folder.to_str().unwrap();
        place.run(&[&["--lang", "en", "edition", "verify", path], more].concat()).status.code()
    };
    assert_eq!(verify(&["--desk", desk]), Some(0));
    assert_eq!(verify(&[]), Some(0));
    let page = folder.join("index.html");
    let good = std::fs::read(&page).unwrap();
    let mut bad = good.clone();
    bad[40] ^= 1;
    std::fs::write(&page, &bad).unwrap();
    assert_eq!(verify(&[]), Some(3), "a changed byte");
    std::fs::remove_file(&page).unwrap();
    assert_eq!(verify(&[]), Some(3), "a file taken away");
    std::fs::write(&page, &good).unwrap();
    std::fs::write(folder.join("read/more.html"), "x").unwrap();
    assert_eq!(verify(&[]), Some(3), "a file put in");
    std::fs::remove_file(folder.join("read/more.html")).unwrap();
    for (name, find) in [("release.txt", "number 1"), ("proof.txt", "approval ")] {
        let path = folder.join(name);
        let good = std::fs::read_to_string(&path).unwrap();
        let at = good.find(find).unwrap() + find.len() + 4;
        let mut bad = good.clone().into_bytes();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        std::fs::write(&path, bad).unwrap();
        assert_eq!(verify(&[]), Some(3), "{name}");
        std::fs::write(&path, good).unwrap();
    }
    assert_eq!(verify(&[]), Some(0));
}

/// A copy goes on from what its folder has, or is not made there.
fn check_older_copies(place: &Place, folder: &Path, url: &str) {
    let save = |out: &Path| {
        let out = out.to_str().unwrap();
        place.run(&["--lang", "en", "edition", "save", "--server", url, "--out", out])
    };
    let older = Path::new(&place.path("older")).to_owned();
    std::fs::create_dir_all(&older).unwrap();
    let mut list = Release::decode(&std::fs::read(folder.join("release.txt")).unwrap()).unwrap();
    list.author = Hex([9; 32]);
    std::fs::write(older.join("release.txt"), list.encode()).unwrap();
    let refused = save(&older);
    assert!(text(&refused.stderr).contains("does not go on"), "{}", text(&refused.stderr));
    list.number = 9;
    std::fs::write(older.join("release.txt"), list.encode()).unwrap();
    let refused = save(&older);
    assert!(text(&refused.stderr).contains("an older release"), "{}", text(&refused.stderr));
    list.desk = Hex([8; 32]);
    std::fs::write(older.join("release.txt"), list.encode()).unwrap();
    assert!(text(&save(&older).stderr).contains("another desk"));
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

fn record_of(window: &Window, words: &str) -> String {
    let list = window.until("/en/", |said| said.text().contains(words)).text();
    between(&list, "name=\"id\" value=\"", "\"").to_owned()
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}")).1;
    rest.split_once(after).unwrap().0
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

/// Posts until the desk has heard from the server what is published.
fn until_taken(window: &Window, path: &str, fields: &str, status: u16) -> u16 {
    let begun = std::time::Instant::now();
    loop {
        let said = window.post(path, fields);
        if said.status == status || begun.elapsed().as_secs() > 60 {
            assert_eq!(said.status, status, "{}", said.text());
            return said.status;
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
}
