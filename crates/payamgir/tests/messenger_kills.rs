//! A server that is killed again and again while messengers deliver: what a platform was told is safe
//! is at the desk, once. Short here; PAYAMGIR_CHANNEL_KILLS=50 runs the fifty rounds of each.

mod common;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use common::messenger::{accounts, secret, synced, until};
use common::{Dice, Place, Server, full_or};
use payamgir_stage::clock::Clock;
use payamgir_stage::instagram::Instagram;
use payamgir_stage::signal::{Mode, Signal};
use payamgir_stage::telegram::Telegram;
use payamgir_stage::whatsapp::{Person, WhatsApp};
use serde_json::json;

/// Ten events a second.
const PACE: Duration = Duration::from_millis(100);

/// Injects events at the pace while the server lives and dies; gives how many there were.
fn rounds(
    place: &Place,
    seed: u64,
    mut started: impl FnMut(&Server),
    mut inject: impl FnMut(u64),
) -> (u64, Server) {
    let (mut dice, mut count) = (Dice(seed), 0);
    for _ in 0..full_or("PAYAMGIR_CHANNEL_KILLS", 4) {
        let server = place.serve();
        started(&server);
        let life = Duration::from_millis(200 + dice.roll() % 2200);
        let began = Instant::now();
        while began.elapsed() < life {
            inject(count);
            count += 1;
            std::thread::sleep(PACE.min(life.saturating_sub(began.elapsed())));
        }
        server.kill();
    }
    let server = place.serve();
    started(&server);
    (count, server)
}

fn text(n: u64) -> String {
    format!("event {n}")
}

/// A file's bytes, of a size that is its event's alone.
fn media(n: u64) -> Vec<u8> {
    vec![n as u8; 20_000 + n as usize]
}

fn is_media(n: u64) -> bool {
    n.is_multiple_of(3)
}

/// How often each event's text and file are at the desk.
fn counts(place: &Place, server: &Server) -> HashMap<String, u32> {
    let mut counts = HashMap::new();
    for submission in synced(place, server) {
        for part in common::messenger::parts(&submission) {
            *counts.entry(part).or_default() += 1;
        }
    }
    counts
}

/// All of the first `count` events are at the desk, each once.
fn all_once(place: &Place, server: &Server, count: u64) {
    let mut wrong = vec![];
    until("all files are here", || {
        let counts = counts(place, server);
        let file = |n: u64| format!("<image/jpeg {}>", media(n).len());
        let of = |part: &str| counts.get(part).copied().unwrap_or(0);
        let bad = |n: &u64| of(&text(*n)) != 1 || (is_media(*n) && of(&file(*n)) != 1);
        wrong = (0..count).filter(bad).map(|n| (n, of(&text(n)), of(&file(n)))).collect();
        wrong.is_empty()
    });
    assert!(wrong.is_empty(), "of {count}: {wrong:?}");
    assert_eq!(place.verify().0, 0);
    println!("{count} events, each at the desk once");
}

#[test]
fn telegram_loses_nothing_and_doubles_nothing() {
    let (place, stage) = (Place::new(), Telegram::start(Clock::default()));
    secret(&place, "telegram.token", stage.token());
    accounts(&place, "", &format!("[[telegram]]\napi = \"{}\"", stage.url()));
    let (count, server) = rounds(
        &place,
        11,
        |_| {},
        |n| {
            let mut message = json!({ "caption": text(n) });
            match is_media(n) {
                true => message["photo"] = json!([stage.file(&stage.put_file(media(n)))]),
                false => message = json!({ "text": text(n) }),
            }
            stage.inject_from(900 + (n % 5) as i64, message);
        },
    );
    until("all is acknowledged", || stage.pending() == 0);
    all_once(&place, &server, count);
    assert!(stage.lost().is_empty());
    // Greetings are given once, or not at all where the server died before it could.
    for person in 900..905 {
        assert!(stage.sent().iter().filter(|sent| sent.chat == person).count() <= 1);
    }
}

#[test]
fn whatsapp_loses_nothing_and_doubles_nothing() {
    let (place, stage) = (Place::new(), WhatsApp::start(Clock::default()));
    secret(&place, "whatsapp.token", &stage.token());
    secret(&place, "whatsapp.secret", stage.app_secret());
    secret(&place, "whatsapp.verify", stage.verify_token());
    let host = stage.url().replace("http://", "");
    let account =
        format!("[[whatsapp]]\napi = \"{}/v26.0\"\nmedia_hosts = [\"{host}\"]", stage.url());
    accounts(&place, "", &account);
    stage.retry_base(Duration::from_millis(200));
    let hook = |server: &Server| {
        stage.deliver_to(&format!("http://{}/hook/whatsapp/{}", server.public, stage.number_id()));
        stage.retry_now();
    };
    let (count, server) = rounds(&place, 12, hook, |n| {
        let person = Person::by_number(&format!("1555555{:04}", n % 5), "n");
        let message = match is_media(n) {
            true => {
                let mut image = stage.put_media(&media(n), "image/jpeg");
                image["caption"] = text(n).into();
                json!({ "type": "image", "image": image })
            }
            false => json!({ "type": "text", "text": { "body": text(n) } }),
        };
        if n.is_multiple_of(7) {
            stage.duplicate_next(1);
        }
        stage.inject_from(&person, message);
    });
    until("all is acknowledged", || {
        stage.retry_now();
        stage.pending().is_empty()
    });
    all_once(&place, &server, count);
    assert!(stage.lost().is_empty());
}

#[test]
fn instagram_loses_nothing_and_doubles_nothing() {
    let (place, stage) = (Place::new(), Instagram::start(Clock::default()));
    secret(&place, "instagram.token", &stage.token());
    secret(&place, "instagram.secret", stage.app_secret());
    secret(&place, "instagram.verify", stage.verify_token());
    let host = stage.url().replace("http://", "");
    let account =
        format!("[[instagram]]\napi = \"{}/v26.0\"\nmedia_hosts = [\"{host}\"]", stage.url());
    accounts(&place, "", &account);
    stage.retry_base(Duration::from_millis(200));
    let hook = |server: &Server| {
        stage.deliver_to(&format!(
            "http://{}/hook/instagram/{}",
            server.public,
            stage.account_id()
        ));
        stage.retry_now();
    };
    let (count, server) = rounds(&place, 13, hook, |n| {
        let mut message = json!({ "text": text(n) });
        if is_media(n) {
            let url = stage.put_media(&media(n), "image/jpeg");
            message["attachments"] = json!([{ "type": "image", "payload": { "url": url } }]);
        }
        stage.inject_from(&format!("88{}", n % 5), message);
    });
    until("all is acknowledged", || {
        stage.retry_now();
        stage.pending().is_empty()
    });
    all_once(&place, &server, count);
    assert!(stage.lost().is_empty());
}

/// signal-cli tells Signal that it has a message before it tells us: what it wrote to a server that
/// died before it was safe is gone. That gap is measured here, and in docs/channels/signal.md.
#[test]
fn signal_doubles_nothing_and_loses_at_most_what_was_on_the_socket() {
    let place = Place::new();
    let folder = place.folder.path().join("signal");
    std::fs::create_dir(&folder).unwrap();
    let stage = Signal::start(&folder, Clock::default(), Mode::Manual);
    stage.set_version("0.14.6");
    let account = format!(
        "[[signal]]\nsocket = \"{}\"\nattachments = \"{}\"",
        stage.socket().display(),
        stage.attachments().display()
    );
    accounts(&place, "greeting_fa = \"\"", &account);
    let mut servers = 0u64;
    let (count, server) = rounds(
        &place,
        14,
        |_| servers += 1,
        |n| {
            let mut message = json!({ "message": text(n) });
            if is_media(n) {
                message["attachments"] = json!([stage.attach(&media(n), "image/jpeg", None)]);
            }
            stage.inject_from("6f1a2b3c-0000-4000-8000-000000000001", message);
        },
    );
    until("the daemon has handed over all it kept", || stage.kept().is_empty());
    let (mut missing, mut seen) = (count, count + 1);
    // Until nothing more comes.
    until("it is quiet", || {
        let counts = counts(&place, &server);
        assert!(
            counts.iter().all(|(part, count)| *count == 1 || part.starts_with('[')),
            "{counts:?}"
        );
        missing = (0..count).filter(|n| !counts.contains_key(&text(*n))).count() as u64;
        std::thread::sleep(Duration::from_millis(500));
        std::mem::replace(&mut seen, missing) == missing
    });
    println!("signal: {missing} of {count} events were lost in {} kills", servers - 1);
    // One is being taken when it dies; what the daemon writes into a socket whose other end is gone
    // is as lost as that.
    assert!(missing <= 3 * (servers - 1), "{missing} of {count} in {servers}");
}
