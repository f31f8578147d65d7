//! Twenty mixed events a second through Telegram's stand-in: the server does not fall behind. Short
//! here; PAYAMGIR_LOAD_SECONDS=600 is the full form, and prints lag and memory.

mod common;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use common::messenger::{accounts, all_parts, secret, synced, until};
use common::{Place, full_or};
use payamgir_stage::clock::Clock;
use payamgir_stage::telegram::Telegram;
use serde_json::{Value, json};

const PACE: Duration = Duration::from_millis(50);

/// Of every kind, as they come: mostly words, some pictures, voices, edits, a film now and then.
fn event(stage: &Telegram, n: u64) -> i64 {
    let file = |bytes: usize| stage.file(&stage.put_file(vec![n as u8; bytes]));
    let person = 900 + (n % 200) as i64;
    let of = |content: Value| stage.inject_from(person, content).0;
    match n % 20 {
        3 | 9 | 15 => of(json!({ "photo": [file(150_000)], "caption": format!("عکس {n}") })),
        5 | 12 => of(json!({ "voice": file(48_000) })),
        7 => of(json!({ "location": { "latitude": 35.7, "longitude": 51.4 } })),
        11 => of(json!({ "document": file(400_000) })),
        17 if n % 100 == 17 => of(json!({ "video": file(3_000_000) })),
        _ => of(json!({ "text": format!("نوشته‌ی شماره‌ی {n} از یکی از مردم") })),
    }
}

#[test]
fn twenty_events_a_second_do_not_pile_up() {
    let (place, stage) = (Place::new(), Telegram::start(Clock::default()));
    secret(&place, "telegram.token", stage.token());
    accounts(&place, "", &format!("[[telegram]]\napi = \"{}\"", stage.url()));
    let server = place.serve();
    let seconds = full_or("PAYAMGIR_LOAD_SECONDS", 5);
    let (began, mut sent) = (Instant::now(), HashMap::new());
    let (mut lags, mut seen, mut most) = (vec![], 0, 0);
    for n in 0..seconds * 20 {
        sent.insert(event(&stage, n), Instant::now());
        let safe = stage.acknowledged();
        lags.extend(safe[seen..].iter().filter_map(|id| sent.remove(id)).map(|at| at.elapsed()));
        (seen, most) = (safe.len(), most.max(stage.pending()));
        std::thread::sleep((PACE * (n as u32 + 1)).saturating_sub(began.elapsed()));
    }
    until("all is acknowledged", || stage.pending() == 0);
    lags.sort_unstable();
    let at = |share: f64| lags[((lags.len() - 1) as f64 * share) as usize];
    println!(
        "{} events in {seconds} s: lag p50 {:?}, p99 {:?}, most waiting {most}, peak {} MiB",
        seconds * 20,
        at(0.5),
        at(0.99),
        server.peak_kib() / 1024
    );
    let parts = all_parts(&synced(&place, &server)).concat().len() as u64;
    assert!(parts >= seconds * 20, "{parts}");
    // Behind by more than ten seconds of events is falling behind on any machine.
    assert!(most < 200 || seconds < 20, "{most} waited at once");
}
