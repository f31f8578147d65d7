//! kill -9 under load: every acknowledged submission is there, verifies, and is there once.

mod common;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use common::browser::Form;
use common::{Dice, Place, full_or};
use serde_json::Value;

/// People sending at the same time.
const SENDERS: u64 = 6;

/// What was acknowledged: the text, and the sizes of its files.
type Acknowledged = Arc<Mutex<HashMap<String, Vec<u64>>>>;

#[test]
fn nothing_acknowledged_is_lost_or_doubled() {
    let rounds = full_or("PAYAMGIR_KILL_ROUNDS", 12);
    let place = Place::new();
    let acknowledged = Acknowledged::default();
    let counter = Arc::new(AtomicU64::new(0));
    for round in 0..rounds {
        let server = place.serve();
        let stop = Arc::new(AtomicBool::new(false));
        let senders: Vec<_> = (0..SENDERS)
            .map(|who| {
                let (stop, kept, counter) = (stop.clone(), acknowledged.clone(), counter.clone());
                let seed = round * SENDERS + who + 1;
                let to = server.public;
                thread::spawn(move || send_until(&stop, to, seed, &kept, &counter))
            })
            .collect();
        thread::sleep(Duration::from_millis(60 + (round * 37) % 240));
        server.kill();
        stop.store(true, Ordering::Relaxed);
        senders.into_iter().for_each(|sender| sender.join().unwrap());
    }
    check(&place, &acknowledged.lock().unwrap(), rounds);
}

fn send_until(
    stop: &AtomicBool,
    to: SocketAddr,
    seed: u64,
    kept: &Acknowledged,
    counter: &AtomicU64,
) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    while !stop.load(Ordering::Relaxed) {
        let text = format!("پیام {}", counter.fetch_add(1, Ordering::Relaxed));
        let mut form = Form::text(&text);
        let mut sizes = vec![];
        for _ in 0..dice.roll() % 3 {
            let size = dice.roll() % 200_000 + 1;
            form = form.file("a.jpg", "image/jpeg", &dice.bytes(size as usize));
            sizes.push(size);
        }
        // Anything but a whole 200 is no acknowledgement.
        let answer = form.send(to, "/fa/").ok().filter(|answer| answer.status == 200);
        if answer.is_some_and(|answer| answer.body.ends_with("</html>")) {
            kept.lock().unwrap().insert(text, sizes);
        }
    }
}

fn check(place: &Place, acknowledged: &HashMap<String, Vec<u64>>, rounds: u64) {
    let server = place.serve();
    let (code, report) = place.verify();
    assert_eq!(code, 0, "{report}");
    place.sync(&server);
    let mut seen: HashMap<String, Vec<u64>> = HashMap::new();
    for submission in place.list() {
        let (text, sizes) = contents(&submission);
        assert!(text.is_empty() || seen.insert(text, sizes).is_none(), "doubled");
    }
    for (text, sizes) in acknowledged {
        assert_eq!(seen.get(text), Some(sizes), "lost or changed");
    }
    assert!(!acknowledged.is_empty(), "no load");
    let left = std::fs::read_dir(place.path("server/log/tmp")).unwrap().count();
    assert_eq!(left, 0, "leftovers");
    println!("{rounds} kills, {} acknowledged, {} stored", acknowledged.len(), seen.len());
}

fn contents(submission: &Value) -> (String, Vec<u64>) {
    let parts = submission["parts"].as_array().unwrap();
    let text = parts.iter().find_map(|part| part["preview"].as_str());
    let sizes = parts.iter().filter_map(|part| part["size"].as_u64()).collect();
    (text.unwrap_or_default().to_owned(), sizes)
}
