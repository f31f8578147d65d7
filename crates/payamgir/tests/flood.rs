//! More comes than people send: strangers without end, and the few who mean it.

mod common;

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::browser::{self, Form, connect};
use common::lanes::{WORDS, carry, narrow, sealed, through, turn_in};
use common::{Place, Server, full_or, say};

/// A courier's form with nothing in it.
const NOTHING: &str = "POST /en/carry HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 7\r\n\r\n--x--\r\n";

/// Strangers, each on one connection after another, until they are stopped.
struct Crowd {
    stop: Arc<AtomicBool>,
    strangers: Vec<thread::JoinHandle<()>>,
}

impl Crowd {
    /// `again` does something on a connection, and says whether it is still good.
    fn of(
        count: usize,
        server: &Server,
        begin: &'static str,
        again: fn(&mut TcpStream) -> bool,
    ) -> Self {
        let (stop, to) = (Arc::new(AtomicBool::new(false)), server.public);
        let stranger = |_| {
            let stop = stop.clone();
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let Ok(mut stream) = connect(to) else { continue };
                    let _ = stream.write_all(begin.as_bytes());
                    while !stop.load(Ordering::Relaxed) && again(&mut stream) {}
                }
            })
        };
        let strangers = (0..count).map(stranger).collect();
        Self { stop, strangers }
    }

    fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.strangers.into_iter().for_each(|one| one.join().unwrap());
    }
}

/// What came of a request whose answer is asked for many times: how often it was let in.
fn replay(
    server: &Arc<Server>,
    stop: &Arc<AtomicBool>,
    fields: &[(String, String)],
) -> thread::JoinHandle<u64> {
    let (server, stop, fields) = (server.clone(), stop.clone(), fields.to_vec());
    thread::spawn(move || {
        let mut taken = 0;
        while !stop.load(Ordering::Relaxed) {
            let form =
                fields.iter().fold(Form::default(), |form, (name, value)| form.field(name, value));
            let answer = form.field("text", "هیاهو").send(server.public, "/fa/");
            taken += u64::from(answer.is_ok_and(|answer| answer.status == 200));
        }
        taken
    })
}

/// The lane of those who bring nothing is used up; strangers repeat themselves, with a used turn and without.
#[test]
fn honest_sources_get_through_once_the_burst_is_used_up() {
    let place = narrow("5");
    place.configure("limits.plain_per_second", "1");
    let server = Arc::new(place.serve());
    let stop = Arc::new(AtomicBool::new(false));
    let flooded = || Form::text(WORDS).send(server.public, "/en/").unwrap();
    let spent = std::iter::repeat_with(flooded).find_map(|page| turn_in(&page.body)).unwrap();
    thread::sleep(Duration::from_secs(11));
    let with = |turn: &str| {
        Form::default()
            .field("turn", turn)
            .field("text", WORDS)
            .send(server.public, "/en/")
            .unwrap()
    };
    assert_eq!(with(&spent).status, 200);
    let used = [("turn".to_owned(), spent)];
    let junk: Vec<_> = (0..6)
        .map(|line| replay(&server, &stop, if line % 2 == 0 { &used } else { &[] }))
        .collect();
    thread::sleep(Duration::from_secs(6));
    let mut turn = None;
    let plain = through(|| {
        let page = turn.as_deref().map_or_else(flooded, with);
        turn = turn_in(&page.body);
        page.status == 200
    });
    let file = sealed(&place, &server, "zq-sealed-in-flood");
    let other = through(|| carry(&place, &server, &file).0);
    stop.store(true, Ordering::Relaxed);
    let taken: u64 = junk.into_iter().map(|line| line.join().unwrap()).sum();
    say(&format!(
        "burst used up: {taken} of the junk taken; the plain source {plain:?}, the sealed one {other:?}"
    ));
    place.sync(&server);
    let all: Vec<String> = place.list().iter().map(|row| row.to_string()).collect();
    assert!(all.len() as u64 >= taken + 3);
}

#[test]
fn who_sends_next_to_nothing_keeps_nobody_out() {
    let place = Place::new();
    place.configure("limits.connections", "16");
    place.configure("limits.pace_seconds", "9");
    let server = place.serve();
    // More than there is room for, each of which sends a byte now and then and never ends.
    let begin = "POST /en/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n";
    let slow = Crowd::of(40, &server, begin, |stream| {
        thread::sleep(Duration::from_millis(300));
        stream.write_all(b"x").is_ok()
    });
    thread::sleep(Duration::from_secs(1));
    for _ in 0..3 {
        let sent = through(|| {
            Form::text(WORDS).send(server.public, "/en/").is_ok_and(|answer| answer.status == 200)
        });
        say(&format!("through forty who send a byte now and then, to sixteen places: {sent:?}"));
    }
    slow.end();
}

#[test]
fn one_connection_sends_as_much_as_people_do() {
    let place = Place::new();
    place.configure("limits.connection_burst", "3");
    place.configure("limits.connection_per_second", "1");
    let server = place.serve();
    let mut stream = connect(server.public).unwrap();
    let begun = Instant::now();
    for _ in 0..6 {
        stream.write_all(NOTHING.as_bytes()).unwrap();
        browser::answer(stream.try_clone().unwrap()).unwrap();
    }
    assert!(begun.elapsed() >= Duration::from_secs(2), "the fourth and those after it wait");
    // Another one is not held back.
    assert_eq!(Form::text("دیگری").send(server.public, "/fa/").unwrap().status, 200);
}

#[test]
fn where_all_connections_are_taken_each_is_closed_once_it_was_answered() {
    let place = Place::new();
    place.configure("limits.connections", "8");
    place.configure("limits.connection_burst", "1");
    place.configure("limits.connection_per_second", "1");
    let server = place.serve();
    // As many greedy ones as there is room for, and more, that never let go by themselves.
    let greedy = Crowd::of(24, &server, "", |stream| {
        stream.write_all(NOTHING.as_bytes()).is_ok()
            && stream.try_clone().and_then(browser::answer).is_ok()
    });
    for _ in 0..10 {
        let sent = Form::text("در میان آزمندان").send(server.public, "/fa/").unwrap();
        assert_eq!(sent.status, 200);
    }
    greedy.end();
}

/// Bytes of all files below a folder.
fn bytes(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => bytes(&entry.path()),
            Ok(found) => found.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Five hundred a second from many lines, and two who mean it: PAYAMGIR_FLOOD_SECONDS=60 for a minute.
#[test]
fn honest_sources_get_through_a_flood_and_nothing_acknowledged_is_lost() {
    let seconds = full_or("PAYAMGIR_FLOOD_SECONDS", 6);
    let place = Place::new();
    let server = Arc::new(place.serve());
    let (stop, taken, sent) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
        Arc::new(AtomicU64::new(0)),
    );
    let begun = Instant::now();
    let junk: Vec<_> = (0..20)
        .map(|line| {
            let (server, stop, taken, sent) =
                (server.clone(), stop.clone(), taken.clone(), sent.clone());
            thread::spawn(move || {
                let mut own = 0u32;
                while !stop.load(Ordering::Relaxed) {
                    // Twenty-five a second each, as far as the machine goes.
                    let due = begun + Duration::from_millis(40) * own;
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                    own += 1;
                    sent.fetch_add(1, Ordering::Relaxed);
                    let answer =
                        Form::text(&format!("هیاهو {line} {own}")).send(server.public, "/fa/");
                    if answer.is_ok_and(|answer| answer.status == 200) {
                        taken.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    thread::sleep(Duration::from_secs(seconds) / 3);
    let plain = through(|| {
        Form::text(WORDS).send(server.public, "/en/").is_ok_and(|answer| answer.status == 200)
    });
    let file = sealed(&place, &server, "zq-sealed-in-flood");
    let other = through(|| carry(&place, &server, &file).0);
    thread::sleep((begun + Duration::from_secs(seconds)).saturating_duration_since(Instant::now()));
    stop.store(true, Ordering::Relaxed);
    junk.into_iter().for_each(|line| line.join().unwrap());
    let (taken, sent) = (taken.load(Ordering::Relaxed), sent.load(Ordering::Relaxed));
    let size = bytes(Path::new(&place.path("server")));
    say(&format!(
        "flood: {sent} in {seconds} s, {taken} taken; the plain source {plain:?}, the sealed one {other:?}; {size} bytes on the disk"
    ));
    // The short form says nothing of a minute, and a machine may be busy.
    let limit = Duration::from_secs(if seconds >= 60 { 30 } else { 120 });
    assert!(plain < limit && other < limit);
    assert!(size < (taken + 2) * 16_384 + (64 << 20), "{size}");
    place.sync(&server);
    let listed = place.list();
    assert_eq!(listed.len() as u64, taken + 2, "each that was acknowledged is there, and once");
}
