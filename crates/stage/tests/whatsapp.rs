//! What the WhatsApp stand-in does, shown from outside.

mod desk;

use std::time::Duration;

use desk::{Desk, fetch, post_json, signature, until};
use payamgir_stage::clock::Clock;
use payamgir_stage::fault::Fault;
use payamgir_stage::whatsapp::{Person, SignatureKind, WhatsApp};
use serde_json::{Value, json};

const DAY: u64 = 86_400;

fn opened() -> (WhatsApp, Desk) {
    let (stage, desk) = (WhatsApp::start(Clock::default()), Desk::open());
    stage.retry_base(Duration::from_millis(20));
    stage.subscribe(&desk.url()).unwrap();
    (stage, desk)
}

fn sara() -> Person {
    Person::by_number("15555550100", "سارا")
}

fn words(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

fn calls(stage: &WhatsApp, rest: &str) -> String {
    format!("{}/v26.0/{}/{rest}", stage.url(), stage.number_id())
}

fn reply(to: &str, body: &str) -> Value {
    json!({
        "messaging_product": "whatsapp", "to": to, "type": "text", "text": { "body": body },
        "context": { "message_id": "wamid.IN" }, "biz_opaque_callback_data": "outbox-42",
    })
}

fn send(stage: &WhatsApp, body: &Value) -> desk::Answer {
    post_json(&calls(stage, "messages"), &stage.token(), body).unwrap()
}

/// All statuses that the desk was told, in that order.
fn statuses(desk: &Desk) -> Vec<Value> {
    let of = |body: Value| body["entry"][0]["changes"][0]["value"]["statuses"].as_array().cloned();
    desk.bodies().into_iter().filter_map(of).flatten().collect()
}

fn named(desk: &Desk) -> Vec<String> {
    statuses(desk).iter().map(|one| one["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn only_the_exact_echo_subscribes() {
    let (stage, desk) = opened();
    assert_eq!(stage.handshake("subscribe", "wrong", "1158201444").0, 403);
    assert_eq!(stage.handshake("", stage.verify_token(), "1158201444").0, 403);
    let right = stage.handshake("subscribe", stage.verify_token(), "1158201444");
    assert_eq!(right, (200, "1158201444".to_owned()));
    desk.echo("11582014 44");
    assert!(stage.subscribe(&desk.url()).is_err());
    assert!(stage.subscribe("http://127.0.0.1:9/hook").is_err());
}

#[test]
fn the_signature_is_over_the_escaped_bytes() {
    let vector = "sha256=eebc0427f0c33ba8e4f7234541aaedf88d26082b683c681ecd8fa428e2781b71";
    assert_eq!(signature("s3cr3t", br#"{"a":"\u0633\u0644\u0627\u0645"}"#), vector);
    let (stage, desk) = opened();
    let wamid = stage.inject_from(&sara(), words("سلام a/b"));
    until("told", || stage.acknowledged() == [wamid.clone()]);
    let post = desk.posts().remove(0);
    assert!(post.body.is_ascii() && post.legacy.unwrap().starts_with("sha1="));
    let text = String::from_utf8(post.body.clone()).unwrap();
    assert!(text.contains(r#""body":"\u0633\u0644\u0627\u0645 a\/b""#), "{text}");
    assert_eq!(post.modern.unwrap(), signature(stage.app_secret(), &post.body));
}

#[test]
fn wrong_signatures_are_wrong() {
    let (stage, desk) = opened();
    let body = br#"{"a":"\u0633"}"#;
    assert_eq!(stage.post_raw(body, SignatureKind::Good), 200);
    assert_eq!(stage.post_raw(b"\xff no json", SignatureKind::Good), 200);
    for kind in [
        SignatureKind::Missing,
        SignatureKind::Wrong,
        SignatureKind::Sha1Only,
        SignatureKind::OverDecoded,
    ] {
        assert_eq!(stage.post_raw(body, kind), 401, "{kind:?}");
    }
    let posts = desk.posts();
    assert_eq!((&posts[2].modern, &posts[2].legacy), (&None, &None));
    assert_eq!((&posts[4].modern, &posts[4].legacy), (&None, &posts[0].legacy));
    assert_ne!(posts[3].modern, posts[0].modern);
}

#[test]
fn what_is_not_taken_is_tried_again_until_it_is() {
    let (stage, desk) = opened();
    stage.patience(Duration::from_millis(100));
    desk.next(500, Duration::ZERO);
    desk.next(200, Duration::from_millis(400));
    let wamid = stage.inject_from(&sara(), words("1"));
    assert_eq!(stage.pending(), std::slice::from_ref(&wamid));
    until("told", || stage.acknowledged() == [wamid.clone()]);
    let tries: Vec<u16> = stage.deliveries().iter().map(|one| one.status).collect();
    assert_eq!(tries, [500, 0, 200]);
    let posts = desk.posts();
    assert_eq!((&posts[0], &posts[1]), (&posts[1], &posts[2]));
    assert!(stage.idle() && stage.lost().is_empty());
}

#[test]
fn retries_follow_the_clock_and_end_after_a_week() {
    let clock = Clock::default();
    clock.freeze(1_795_300_000);
    let (stage, desk) = (WhatsApp::start(clock.clone()), Desk::open());
    stage.retry_base(Duration::from_secs(3600));
    stage.subscribe(&desk.url()).unwrap();
    desk.next(503, Duration::ZERO);
    desk.next(503, Duration::ZERO);
    let wamid = stage.inject_from(&sara(), words("1"));
    until("first", || stage.deliveries().len() == 1);
    clock.advance(3605);
    until("second", || stage.deliveries().len() == 2);
    clock.advance(3605);
    std::thread::sleep(Duration::from_millis(60));
    assert_eq!(stage.deliveries().len(), 2, "the second wait is twice as long");
    clock.advance(7 * DAY);
    until("lost", || stage.lost() == [wamid.clone()]);
    assert!(stage.acknowledged().is_empty() && stage.pending().is_empty());
}

#[test]
fn a_webhook_fault_leaves_the_event_in_waiting() {
    let (stage, desk) = opened();
    stage.faults().next("webhook", Fault::DoneButClose);
    stage.faults().next("webhook", Fault::Close);
    stage.faults().next("webhook", Fault::Cut(20));
    let wamid = stage.inject_from(&sara(), words("1"));
    until("told", || stage.acknowledged() == [wamid.clone()]);
    let posts = desk.posts();
    assert_eq!((posts.len(), posts[1].body.len()), (3, 20));
    assert_eq!(posts[0], posts[2]);
}

#[test]
fn a_batch_has_two_entries_of_two_changes_of_three_messages() {
    let (stage, desk) = opened();
    stage.hold();
    let all: Vec<String> = (0..12)
        .map(|at| match at {
            7 => stage.inject_from(&sara(), json!({ "type": "hologram", "hologram": {} })),
            at => stage.inject_from(&sara(), words(&at.to_string())),
        })
        .collect();
    assert_eq!(stage.pending(), all);
    stage.release();
    until("told", || stage.acknowledged() == all);
    let body = desk.bodies().remove(0);
    assert_eq!(body["entry"].as_array().unwrap().len(), 2);
    for at in 0..4 {
        let value = &body["entry"][at / 2]["changes"][at % 2]["value"];
        assert_eq!(value["messages"].as_array().unwrap().len(), 3);
        assert_eq!(value["contacts"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn messages_statuses_and_errors_share_a_value() {
    let (stage, desk) = opened();
    let value = json!({
        "messaging_product": "whatsapp",
        "messages": [{ "id": "wamid.X", "timestamp": "asdf", "type": "text" }],
        "statuses": [{ "id": "wamid.Y", "status": "read" }],
        "errors": [{ "code": 131_000 }],
    });
    stage.inject_value(value.clone());
    until("told", || stage.idle());
    assert_eq!(desk.bodies()[0]["entry"][0]["changes"][0]["value"], value);
    assert_eq!(stage.acknowledged(), ["wamid.X"]);
    assert_eq!(stage.others_acknowledged(), ["wamid.Y read"]);
    let body = json!({ "object": "page", "entry": [] });
    stage.inject_body(&body);
    until("told", || desk.bodies().get(1) == Some(&body));
}

#[test]
fn the_order_is_turned_around() {
    let (stage, desk) = opened();
    stage.reorder(true);
    stage.hold();
    let mut all: Vec<_> =
        (0..3).map(|at| stage.inject_from(&sara(), words(&at.to_string()))).collect();
    stage.release_as(1, 1);
    all.reverse();
    until("told", || stage.acknowledged() == all);
    assert_eq!(desk.posts().len(), 1);
}

#[test]
fn duplicates_come_at_one_moment_and_days_later() {
    let (stage, desk) = opened();
    desk.next(200, Duration::from_millis(300));
    desk.next(200, Duration::from_millis(300));
    stage.duplicate_next(1);
    let wamid = stage.inject_from(&sara(), words("1"));
    until("told", || stage.acknowledged() == [wamid.clone()]);
    assert_eq!(desk.most(), 2);
    stage.clock().advance(3 * DAY);
    assert!(stage.redeliver(&wamid) && !stage.redeliver("wamid.none"));
    until("again", || desk.posts().len() == 3 && stage.idle());
    let posts = desk.posts();
    assert_eq!((&posts[0], &posts[1]), (&posts[1], &posts[2]));
    assert_eq!(stage.acknowledged(), [wamid]);
}

#[test]
fn senders_are_seen_by_number_by_user_id_or_by_both() {
    let (stage, desk) = opened();
    let hidden = Person::by_username("CA.13491208655302741918", "ن", "nnn");
    let both = Person { wa_id: Some("15555550101".into()), ..hidden.clone() };
    let odd = Person::by_number("CA.1", "o");
    for person in [&sara(), &hidden, &both, &odd] {
        stage.inject_from(person, words("1"));
    }
    until("told", || stage.acknowledged().len() == 4);
    let values: Vec<Value> = desk.bodies().into_iter().map(first).collect();
    assert_eq!(values[0]["messages"][0]["from"], "15555550100");
    assert!(values[0]["messages"][0].get("from_user_id").is_none());
    assert!(values[1]["messages"][0].get("from").is_none());
    assert!(values[1]["contacts"][0].get("wa_id").is_none());
    assert_eq!(values[1]["messages"][0]["from_user_id"], "CA.13491208655302741918");
    assert_eq!(values[1]["contacts"][0]["profile"]["username"], "nnn");
    assert_eq!(values[2]["contacts"][0]["wa_id"], "15555550101");
    assert_eq!(values[3]["messages"][0]["from"], "CA.1");
}

fn first(body: Value) -> Value {
    body["entry"][0]["changes"][0]["value"].clone()
}

#[test]
fn an_answer_is_sent_delivered_and_read() {
    let (stage, desk) = opened();
    stage.inject_from(&sara(), words("1"));
    stage.read_receipts(true);
    let answer = send(&stage, &reply("+1 555-555-0100", "سلام")).json();
    let wamid = answer["messages"][0]["id"].as_str().unwrap();
    assert_eq!(answer["contacts"][0]["wa_id"], "15555550100");
    until("read", || named(&desk) == ["sent", "delivered", "read"]);
    assert_eq!(statuses(&desk)[2]["biz_opaque_callback_data"], "outbox-42");
    assert_eq!(statuses(&desk)[2]["id"], wamid);
    let sent = stage.sent().remove(0);
    assert_eq!((sent.to.as_str(), sent.text.as_str()), ("15555550100", "سلام"));
    assert_eq!((sent.wamid.as_str(), sent.context.as_deref()), (wamid, Some("wamid.IN")));
    let read =
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN" });
    assert_eq!(send(&stage, &read).json()["success"], true);
    assert_eq!(stage.reads(), ["wamid.IN"]);
}

#[test]
fn an_answer_outside_the_window_fails_later() {
    let (stage, desk) = opened();
    let hidden = Person::by_username("CA.1", "ن", "nnn");
    stage.inject_from(&hidden, words("1"));
    until("told", || stage.idle());
    stage.clock().advance(DAY);
    let body = json!({
        "messaging_product": "whatsapp", "recipient": "CA.1", "type": "text",
        "text": { "body": "x" },
    });
    let answer = send(&stage, &body);
    assert_eq!((answer.status, &answer.json()["contacts"][0]["user_id"]), (200, &json!("CA.1")));
    until("failed", || named(&desk) == ["failed"]);
    assert_eq!(statuses(&desk)[0]["errors"][0]["code"], 131_047);
    assert_eq!(statuses(&desk)[0]["recipient_user_id"], "CA.1");
    assert!(stage.sent().is_empty() && stage.failed().len() == 1);
    let template = json!({
        "messaging_product": "whatsapp", "recipient": "CA.1", "type": "template",
        "template": { "name": "hello", "language": { "code": "fa" } },
    });
    send(&stage, &template);
    assert_eq!(stage.sent()[0].kind, "template");
}

#[test]
fn failures_and_odd_statuses_come_when_asked() {
    let (stage, desk) = opened();
    stage.inject_from(&sara(), words("1"));
    stage.fail_next(131_026);
    let answer = send(&stage, &reply("15555550100", "x"));
    assert_eq!(answer.status, 200);
    until("failed", || named(&desk) == ["failed"]);
    stage.status("wamid.unknown", "failed", WhatsApp::errors(130_472));
    stage.status("wamid.unknown", "played", Value::Null);
    until("told", || named(&desk) == ["failed", "failed", "played"]);
    for (code, status) in [(131_056, 400), (130_429, 429), (190, 401), (131_000, 500)] {
        stage.error_next(code);
        let answer = send(&stage, &reply("15555550100", "x"));
        assert_eq!((answer.status, answer.code()), (status, code));
    }
    assert!(stage.sent().is_empty());
}

#[test]
fn what_was_done_may_stay_unknown() {
    let (stage, _desk) = opened();
    stage.inject_from(&sara(), words("1"));
    let body = reply("15555550100", "x");
    stage.faults().next("messages", Fault::Close);
    assert!(post_json(&calls(&stage, "messages"), &stage.token(), &body).is_err());
    assert!(stage.sent().is_empty());
    stage.faults().next("messages", Fault::DoneButClose);
    assert!(post_json(&calls(&stage, "messages"), &stage.token(), &body).is_err());
    stage.faults().next("messages", Fault::DoneButStatus(500));
    assert_eq!(send(&stage, &body).status, 500);
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn calls_that_are_wrong_are_refused() {
    let (stage, _desk) = opened();
    stage.inject_from(&sara(), words("1"));
    let code = |body: &Value| send(&stage, body).code();
    assert_eq!(code(&reply("15555550100", &"ن".repeat(4097))), 100);
    assert_eq!(code(&json!({ "messaging_product": "whatsapp", "text": { "body": "x" } })), 100);
    assert_eq!(code(&json!({ "to": "1", "text": { "body": "x" } })), 100);
    assert_eq!(send(&stage, &reply("15555550100", &"ن".repeat(4096))).status, 200);
    let old = stage.token();
    assert_ne!(stage.renew_token(), old);
    let refused = post_json(&calls(&stage, "messages"), &old, &reply("1", "x")).unwrap();
    assert_eq!((refused.status, refused.code()), (401, 190));
    stage.expire_version("v26.0");
    assert_eq!(fetch(&calls(&stage, ""), "").unwrap().status, 404);
    let number = format!("{}/v26.0/{}", stage.url(), stage.number_id());
    assert_eq!(fetch(&number, &stage.token()).unwrap().status, 400);
    let told = fetch(&number.replace("v26.0", "v27.0"), &stage.token()).unwrap().json();
    assert_eq!(told["display_phone_number"], "15555550199");
    let last = stage.calls().pop().unwrap();
    assert!(
        last.authorized && last.path.starts_with("/v27.0/") && stage.url().ends_with(&last.host)
    );
}

#[test]
fn people_control_it_over_http() {
    let (stage, _desk) = opened();
    let at = |path: &str| format!("{}/control/{path}", stage.url());
    let ask = |path: &str, body: Value| post_json(&at(path), "", &body).unwrap();
    let body = json!({ "person": { "wa_id": "15555550100", "name": "s" }, "message": words("1") });
    let id = ask("inject", body).json()["id"].clone();
    until("told", || stage.acknowledged().len() == 1);
    ask("fault", json!({ "method": "messages", "fault": "status", "value": 503 }));
    assert_eq!(send(&stage, &reply("15555550100", "x")).status, 503);
    assert_eq!(ask("fault", json!({ "fault": "other" })).status, 400);
    assert_eq!(ask("clock", json!({ "freeze": 1000 })).json()["now"], 1000);
    assert_eq!(ask("clock", json!({ "advance": 5 })).json()["now"], 1005);
    let ledger = fetch(&at("ledger"), "").unwrap().json();
    assert_eq!(ledger["acknowledged"], json!([id]));
    assert_eq!((&ledger["sent"], &ledger["lost"]), (&json!([]), &json!([])));
}
