//! `getUpdates`.

use std::time::{Duration, Instant};

use payamgir_stage::telegram::PERSON;
use serde_json::json;

use crate::client::{NOW, call, ids, ok, poll, raw, stage};

#[test]
fn an_offset_acknowledges_and_repeats_until_then() {
    let telegram = stage();
    let all: Vec<i64> = (0..5).map(|n| telegram.inject(json!({"text": n.to_string()}))).collect();
    assert!(all.windows(2).all(|two| two[0] < two[1]));
    assert!(all.windows(2).any(|two| two[0] + 1 < two[1]), "gaps");
    assert_eq!(poll(&telegram, 0), all);
    assert_eq!(poll(&telegram, all[0]), all);
    assert_eq!(telegram.acknowledged(), [0; 0]);
    assert_eq!(poll(&telegram, all[2] + 1), all[3..]);
    assert_eq!(telegram.acknowledged(), all[..3]);
    let two = ok(&telegram, "getUpdates", json!({"limit": 1, "timeout": 3}));
    assert_eq!(ids(&two), all[3..4]);
    assert_eq!(poll(&telegram, all[4] + 1000), all[3..], "beyond the end is from the head");
    assert_eq!((telegram.pending(), telegram.lost()), (2, vec![]));
    assert_eq!(ids(&ok(&telegram, "getUpdates", json!({"offset": -1}))), all[4..]);
    assert_eq!(telegram.lost(), all[3..4], "a negative offset destroys");
}

#[test]
fn what_was_never_given_is_lost_when_an_offset_passes_it() {
    let telegram = stage();
    let first = telegram.inject(json!({"text": "a"}));
    let second = telegram.inject(json!({"text": "b"}));
    assert_eq!(poll(&telegram, second), [second]);
    assert_eq!((telegram.lost(), telegram.acknowledged()), (vec![first], vec![]));
}

#[test]
fn a_poll_waits_and_wakes_at_once() {
    let telegram = stage();
    let began = Instant::now();
    assert_eq!(ids(&ok(&telegram, "getUpdates", json!({"timeout": 1}))), [0; 0]);
    // The first poll of an offset may be short.
    assert!(began.elapsed() >= Duration::from_secs(1));
    let other = telegram.clone();
    let waiting = std::thread::spawn(move || {
        let got = ok(&other, "getUpdates", json!({"timeout": 50}));
        (ids(&got), Instant::now())
    });
    std::thread::sleep(Duration::from_millis(200));
    let injected = Instant::now();
    let id = telegram.inject(json!({"text": "now"}));
    let (got, at) = waiting.join().expect("a poll");
    assert_eq!(got, [id]);
    assert!(at - injected < Duration::from_secs(1));
}

#[test]
fn the_same_offset_again_is_slowed_down() {
    let telegram = stage();
    let began = Instant::now();
    ok(&telegram, "getUpdates", json!({"offset": 5}));
    assert!(began.elapsed() < Duration::from_secs(1));
    ok(&telegram, "getUpdates", json!({"offset": 5}));
    assert!(began.elapsed() >= Duration::from_secs(3));
    telegram.inject(json!({"text": "a"}));
    telegram.inject(json!({"text": "b"}));
    assert_eq!(ids(&ok(&telegram, "getUpdates", json!({"offset": 6}))).len(), 2);
    assert_eq!(ids(&ok(&telegram, "getUpdates", json!({"offset": 6}))).len(), 1);
}

#[test]
fn the_older_of_two_polls_hears_of_the_other() {
    let telegram = stage();
    let poll = |wait: u64| {
        let other = telegram.clone();
        let poll = std::thread::spawn(move || {
            let (status, text) = call(&other, "getUpdates", json!({"timeout": wait}));
            (status, text["description"].as_str().unwrap_or_default().to_owned(), Instant::now())
        });
        std::thread::sleep(Duration::from_millis(200));
        poll
    };
    let (first, began) = (poll(50), Instant::now());
    let second = poll(50);
    let (status, text, at) = first.join().expect("a poll");
    assert_eq!(status, 409);
    assert!(text.starts_with("Conflict: terminated by other getUpdates request; make sure"));
    assert!(at - began < Duration::from_secs(1));
    let third = poll(4);
    let (status, _, at) = second.join().expect("a poll");
    assert_eq!(status, 409);
    assert!(at - began >= Duration::from_secs(3), "the second time it is told late");
    assert_eq!(third.join().expect("a poll").0, 200);
}

#[test]
fn updates_last_a_day_from_their_message() {
    let telegram = stage();
    let old = telegram.inject(json!({"text": "old", "date": NOW - 80_000}));
    let skipped = telegram.inject(json!({"text": "skipped", "date": NOW - 90_000}));
    let fresh = telegram.inject(json!({"text": "fresh"}));
    assert_eq!(telegram.lost(), [skipped]);
    telegram.clock().advance(7000);
    assert_eq!(telegram.lost(), [skipped, old]);
    assert_eq!(poll(&telegram, 0), [fresh]);
    telegram.clock().advance(86_400);
    assert_eq!(telegram.lost(), [skipped, old, fresh]);
}

#[test]
fn an_answer_has_four_mebibytes_at_most() {
    let telegram = stage();
    let text = "x".repeat(1 << 20);
    let all: Vec<i64> = (0..6).map(|_| telegram.inject(json!({"text": text}))).collect();
    let got = poll(&telegram, 0);
    assert_eq!(got, all[..got.len()]);
    assert!(got.len() < 5, "{}", got.len());
}

#[test]
fn wanted_kinds_are_remembered_and_unknown_ones_come() {
    let telegram = stage();
    let reaction = telegram.inject_update(json!({"message_reaction": {"date": NOW}}));
    assert_eq!(telegram.filtered(), [reaction], "not in the default set");
    ok(&telegram, "getUpdates", json!({"allowed_updates": ["message"], "limit": 1}));
    let blocked = telegram.block(PERSON);
    let unknown = telegram.inject_update(json!({"telepathy": {"thought": 1}}));
    let plain = telegram.inject(json!({"text": "a"}));
    assert_eq!(poll(&telegram, 0), [unknown, plain]);
    assert_eq!(telegram.filtered(), [reaction, blocked]);
    ok(&telegram, "getUpdates", json!({"allowed_updates": "[\"my_chat_member\"]"}));
    let again = telegram.unblock(PERSON);
    assert_eq!(poll(&telegram, plain + 1), [again]);
}

#[test]
fn bad_bytes_go_out_as_they_are() {
    let telegram = stage();
    let bad = telegram.inject_bytes(r#"{"update_id":"seven","message":7}"#);
    let good = telegram.inject(json!({"text": "good"}));
    let got = ok(&telegram, "getUpdates", json!({"timeout": 3}));
    assert_eq!(got[0], json!({"update_id": "seven", "message": 7}));
    assert_eq!(got[1]["update_id"], json!(good));
    telegram.malform_next(b"{\"ok\":tru".to_vec());
    let url = format!("{}/bot{}/getUpdates", telegram.url(), telegram.token());
    assert_eq!(raw(&url, "timeout=9").expect("bytes"), (200, "{\"ok\":tru".to_owned()));
    assert_eq!(poll(&telegram, good + 1), [0; 0]);
    assert_eq!(telegram.acknowledged(), [bad, good]);
}
