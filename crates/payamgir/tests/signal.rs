//! Signal through signal-cli's socket, with the real program and a stand-in for the daemon.

mod common;

use common::messenger::{
    accounts, all_parts, fates, parts, ready, reply, reply_with, route, synced, until,
};
use common::{Place, Server};
use payamgir_stage::clock::Clock;
use payamgir_stage::signal::{Broken, Mode, Outcome, Receipt, Signal};
use payamgir_wire::send::File;
use serde_json::{Value, json};

const WHO: &str = "6f1a2b3c-0000-4000-8000-000000000001";
const OTHER: &str = "6f1a2b3c-0000-4000-8000-000000000002";

fn setting(mode: Mode) -> (Place, Signal, Server) {
    let place = Place::new();
    let folder = place.folder.path().join("signal");
    std::fs::create_dir(&folder).unwrap();
    let stage = Signal::start(&folder, Clock::default(), mode);
    stage.set_version("0.14.6");
    let manual = matches!(mode, Mode::Manual);
    let account = format!(
        "[[signal]]\nsocket = \"{}\"\nattachments = \"{}\"\nmanual = {manual}",
        stage.socket().display(),
        stage.attachments().display()
    );
    accounts(&place, "greeting_fa = \"\"", &account);
    let server = place.serve();
    until("it listens", || ready(&server).contains("open"));
    (place, stage, server)
}

fn settled(place: &Place, server: &Server, parts: usize) -> Vec<Value> {
    let mut list = vec![];
    until("all parts are here", || {
        list = synced(place, server);
        all_parts(&list).concat().len() >= parts
    });
    list
}

fn nothing_lies_about(stage: &Signal) {
    until("no plain file is left", || std::fs::read_dir(stage.attachments()).unwrap().count() == 0);
}

#[test]
fn every_kind_of_message_arrives_as_what_it_is_in_both_modes() {
    for mode in [Mode::Manual, Mode::OnConnection] {
        let (place, stage, server) = setting(mode);
        let long = "جمله‌ای بلند. ".repeat(200);
        let attached = |all: Vec<Value>| json!({ "message": null, "attachments": all });
        let sent = [
            (json!({ "message": "سلام" }), vec!["سلام".to_owned()]),
            (
                attached(vec![
                    stage.attach(b"one", "image/jpeg", None),
                    stage.attach(b"three", "audio/aac", None),
                ]),
                vec!["<image/jpeg 3>".into(), "<audio/aac 5>".into()],
            ),
            (
                attached(vec![stage.attach_broken(
                    Broken::Missing,
                    b"missing",
                    "image/jpeg",
                    None,
                )]),
                vec!["[پرونده‌ای نرسید یا ناتمام رسید؛ از فرستنده بخواهید دوباره بفرستد]".into()],
            ),
            (
                attached(vec![stage.attach_broken(
                    Broken::Truncated,
                    b"truncated",
                    "image/png",
                    None,
                )]),
                vec!["cut".into()],
            ),
            (
                json!({ "message": "یک بار", "viewOnce": true }),
                vec!["یک بار".into(), "[فرستاده شد تا یک بار دیده شود]".into()],
            ),
            (
                json!({ "message": "ناپدید", "expiresInSeconds": 60 }),
                vec![
                    "ناپدید".into(),
                    "[فرستنده خواسته است پس از این زمان ناپدید شود؛ در اینجا ناپدید نمی‌شود: 60 s]"
                        .into(),
                ],
            ),
            (
                json!({ "message": "پاسخ", "quote": { "id": 1, "text": "پیشین", "author": "zq-number" } }),
                vec!["[در پاسخ به: پیشین]".into(), "پاسخ".into()],
            ),
            (
                json!({ "message": "از \u{fffc} بپرسید", "mentions": [{ "name": "zq-name", "start": 3, "length": 1 }] }),
                vec!["از @… بپرسید".into()],
            ),
            (
                json!({ "message": null, "reaction": { "emoji": "👍", "targetAuthor": "zq" } }),
                vec!["[واکنش: 👍]".into()],
            ),
            (
                json!({ "message": null, "sticker": { "packId": "a", "stickerId": 1 } }),
                vec!["[برچسب]".into()],
            ),
            (json!({ "message": null, "hologram": { "a": 1 } }), vec!["<unreadable>".into()]),
        ];
        stage.dribble(true);
        for (data, _) in &sent {
            stage.inject_from(WHO, data.clone());
        }
        stage.dribble(false);
        stage.inject_from(WHO, json!({ "message": null, "expiresInSeconds": 60 }));
        let file = stage.attach(long.as_bytes(), "text/x-signal-plain", None);
        let cut: String = long.chars().take(900).collect();
        stage.inject_from(WHO, json!({ "message": cut, "attachments": [file] }));
        stage.inject_exception(WHO, "UntrustedIdentityException", "untrusted");
        stage.inject_content(WHO, "typingMessage", json!({ "action": "STARTED" }));
        stage.inject_content(
            WHO,
            "callMessage",
            json!({ "offerMessage": { "id": 42, "type": "AUDIO_CALL", "opaque": "" } }),
        );
        let count = sent.iter().map(|(_, parts)| parts.len()).sum::<usize>() + 4;
        // It goes past what the daemon still has to write.
        settled(&place, &server, count - 1);
        stage.raw_line(b"\xff\xfe not json");
        let list = settled(&place, &server, count);
        assert_eq!(all_parts(&list).concat().len(), count, "{:?}", all_parts(&list));
        for ((_, expected), submission) in sent.iter().zip(&list) {
            let parts = parts(submission);
            match expected[0].as_str() {
                "cut" => assert!(
                    parts[0].starts_with("<image/png") && parts[0].ends_with("cut>"),
                    "{parts:?}"
                ),
                // A list shows the beginning of a text.
                _ => assert!(
                    parts
                        .iter()
                        .zip(expected)
                        .all(|(part, whole)| whole.starts_with(part.as_str()))
                        && parts.len() == expected.len(),
                    "{parts:?}"
                ),
            }
        }
        let whole = place.read(list[sent.len()]["number"].as_u64().unwrap());
        assert_eq!(whole["parts"][0]["text"].as_str().unwrap(), long);
        assert!(parts(&list[sent.len() + 1])[0].contains("باز نشد"));
        let everything: String = list
            .iter()
            .map(|one| place.read(one["number"].as_u64().unwrap()).to_string())
            .collect();
        assert!(!everything.contains("zq") && !everything.contains(WHO), "{everything}");
        nothing_lies_about(&stage);
    }
}

#[test]
fn edits_of_edits_and_deletions_find_what_they_mean() {
    let (place, stage, server) = setting(Mode::Manual);
    let first = stage.inject_from(WHO, json!({ "message": "یک" }));
    let edit = |target: u64, at: u64, text: &str| json!({ "targetSentTimestamp": target, "dataMessage": { "timestamp": at, "message": text } });
    stage.inject_content(WHO, "editMessage", edit(first, first + 1000, "دو"));
    stage.inject_content(WHO, "editMessage", edit(first + 1000, first + 2000, "سه"));
    stage.inject_from(
        WHO,
        json!({ "message": null, "remoteDelete": { "timestamp": first + 2000 } }),
    );
    stage.inject_from(WHO, json!({ "message": null, "remoteDelete": { "timestamp": 5 } }));
    // The same moment of two people is two; of one, delivered twice, one.
    let data = |who: &str| json!({ "source": who, "sourceUuid": who, "timestamp": 7000, "dataMessage": { "timestamp": 7000, "message": "هم‌زمان" } });
    for who in [WHO, OTHER, WHO] {
        stage.inject(data(who));
    }
    let list = settled(&place, &server, 7);
    assert_eq!(parts(&list[0]), ["یک", "دو ^0", "سه ^0", "<deletion>"]);
    assert_eq!(all_parts(&list).concat().iter().filter(|part| *part == "هم‌زمان").count(), 2);
}

#[test]
fn replies_go_out_once_and_every_result_is_understood() {
    let (place, stage, server) = setting(Mode::Manual);
    stage.shuffle(true);
    stage.inject_from(WHO, json!({ "message": "پرسش" }));
    settled(&place, &server, 1);
    let to = route(&place, "پرسش");
    for _ in 0..3 {
        reply(&server, 1, &to, "پاسخ");
    }
    until("it is accepted", || !fates(&place, 1).is_empty());
    assert_eq!(stage.sent().len(), 1);
    assert_eq!((stage.sent()[0].recipient.as_str(), stage.sent()[0].text.as_str()), (WHO, "پاسخ"));
    stage.receipts(WHO, Receipt::Delivery, &[stage.sent()[0].timestamp]);
    stage.receipts(WHO, Receipt::Read, &[stage.sent()[0].timestamp]);
    until("it was read", || fates(&place, 1).len() == 3);
    assert_eq!(
        fates(&place, 1).into_iter().map(|f| f.0).collect::<Vec<_>>(),
        ["accepted", "delivered", "read"]
    );
    let file = File {
        media_type: "image/png".into(),
        bytes: zeroize::Zeroizing::new(b"picture".to_vec()),
    };
    reply_with(&server, 2, &to, "", Some(file));
    until("the picture went out", || {
        stage.sent().iter().any(|sent| sent.attachments == [b"picture".to_vec()])
    });
    for (id, outcome, expected) in [
        (3, Outcome::Unregistered, ("failed", "gone")),
        (4, Outcome::Identity, ("failed", "identity")),
        (5, Outcome::RateLimit { token: "t".into(), retry_after: 9 }, ("failed", "rate")),
        (6, Outcome::Network, ("unknown", "interrupted")),
    ] {
        stage.fail_send(vec![outcome]);
        reply(&server, id, &to, "دیگر");
        until("it is settled", || !fates(&place, id).is_empty());
        assert_eq!(fates(&place, id)[0], (expected.0, Some(expected.1.to_owned())));
    }
}

#[test]
fn a_daemon_that_goes_and_comes_is_found_again_and_what_is_wrong_with_it_is_said() {
    let (place, stage, server) = setting(Mode::Manual);
    stage.inject_from(WHO, json!({ "message": "پیش" }));
    settled(&place, &server, 1);
    stage.stop_leaving_socket();
    until("it is said", || ready(&server).contains("cannot be reached"));
    stage.inject_from(WHO, json!({ "message": "میان" }));
    stage.set_version("0.13.19");
    stage.restart();
    settled(&place, &server, 2);
    until("it is old", || server.said.lock().unwrap().contains("signal-cli is old"));
    stage.set_account(None);
    stage.restart();
    until("it has no such number", || {
        server.said.lock().unwrap().contains("does not have this number")
    });
    assert!(stage.lost().is_empty());
}

#[test]
fn a_piece_does_not_speak_for_a_reply_nor_one_source_for_another() {
    let (place, stage, server) = setting(Mode::Manual);
    stage.inject_from(WHO, json!({ "message": "پرسش" }));
    settled(&place, &server, 1);
    let to = route(&place, "پرسش");
    let long = "یک جمله‌ی بلند برای دو تکه. ".repeat(400);
    stage.fail_send(vec![Outcome::Success, Outcome::Unregistered]);
    reply(&server, 1, &to, &long);
    until("it is settled", || !fates(&place, 1).is_empty());
    let partly = ("failed", Some("partly".to_owned()));
    assert_eq!(fates(&place, 1), std::slice::from_ref(&partly));
    stage.receipts(WHO, Receipt::Read, &[stage.sent()[0].timestamp]);
    reply(&server, 2, &to, "کوتاه");
    until("it is accepted", || !fates(&place, 2).is_empty());
    let sent = stage.sent().last().unwrap().timestamp;
    stage.receipts(OTHER, Receipt::Read, &[sent]);
    stage.receipts(WHO, Receipt::Delivery, &[sent]);
    until("the source's own receipt is heard", || fates(&place, 2).len() > 1);
    assert_eq!(
        fates(&place, 2).into_iter().map(|fate| fate.0).collect::<Vec<_>>(),
        ["accepted", "delivered"]
    );
    assert_eq!(fates(&place, 1), [partly]);
}
