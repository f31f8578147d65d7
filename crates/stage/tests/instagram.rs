//! What the Instagram stand-in does, shown from outside.

mod desk;

use std::time::Duration;

use desk::{Answer, Desk, fetch, post_json, signature, until};
use payamgir_stage::clock::Clock;
use payamgir_stage::fault::Fault;
use payamgir_stage::instagram::{Instagram, SignatureKind};
use serde_json::{Value, json};

const DAY: u64 = 86_400;
const SARA: &str = "1234567890120001";

fn opened() -> (Instagram, Desk) {
    let clock = Clock::default();
    clock.freeze(1_795_300_000);
    let (stage, desk) = (Instagram::start(clock), Desk::open());
    stage.retry_base(Duration::from_millis(20));
    stage.subscribe(&desk.url()).unwrap();
    (stage, desk)
}

fn text(words: &str) -> Value {
    json!({ "text": words })
}

fn send(stage: &Instagram, body: &Value) -> Answer {
    let url = format!("{}/v26.0/me/messages", stage.url());
    post_json(&url, &stage.token(), body).unwrap()
}

fn reply(words: &str) -> Value {
    json!({ "recipient": { "id": SARA }, "message": { "text": words } })
}

fn tagged(words: &str, tag: &str) -> Value {
    let mut body = reply(words);
    body["messaging_type"] = json!("MESSAGE_TAG");
    body["tag"] = json!(tag);
    body
}

fn refused(answer: &Answer) -> (i64, Value) {
    (answer.code(), answer.json()["error"]["error_subcode"].clone())
}

#[test]
fn a_message_comes_signed_escaped_and_in_milliseconds() {
    let (stage, desk) = opened();
    assert_eq!(stage.handshake("subscribe", "wrong", "1").0, 403);
    let mid = stage.inject_from(SARA, text("سلام"));
    until("told", || stage.acknowledged() == [mid.clone()]);
    let post = desk.posts().remove(0);
    assert!(post.body.is_ascii() && post.legacy.is_some());
    assert_eq!(post.modern.unwrap(), signature(stage.app_secret(), &post.body));
    let wanted = json!({ "object": "instagram", "entry": [{
        "id": stage.account_id(), "time": 1_795_300_000_123_u64, "messaging": [{
            "sender": { "id": SARA }, "recipient": { "id": stage.account_id() },
            "timestamp": 1_795_300_000_000_u64, "message": { "text": "سلام", "mid": mid },
        }],
    }] });
    assert_eq!(desk.bodies()[0], wanted);
    assert_eq!(stage.post_raw(&post.body, SignatureKind::Sha1Only), 401);
    assert_eq!(stage.post_raw(&post.body, SignatureKind::OverDecoded), 401);
}

#[test]
fn every_wrapper_is_there() {
    let (stage, desk) = opened();
    let mids = [
        stage.inject_standby(SARA, text("1")),
        stage.inject_changes(SARA, text("2")),
        stage.inject_from(SARA, json!({ "mid": "m_only" })),
    ];
    stage.inject_entry(json!({ "id": stage.account_id(), "time": 1 }));
    stage.inject_body(&json!({ "object": "instagram" }));
    until("told", || stage.idle());
    assert_eq!(stage.acknowledged(), mids);
    let bodies = desk.bodies();
    assert_eq!(bodies[0]["entry"][0]["standby"][0]["message"]["mid"], mids[0].as_str());
    let change = &bodies[1]["entry"][0]["changes"][0];
    assert_eq!(
        (&change["field"], &change["value"]["sender"]["id"]),
        (&json!("messages"), &json!(SARA))
    );
    assert_eq!(bodies[2]["entry"][0]["messaging"][0]["message"], json!({ "mid": "m_only" }));
    assert_eq!(bodies[3]["entry"], json!([{ "id": stage.account_id(), "time": 1 }]));
    assert!(bodies[4].get("entry").is_none());
}

#[test]
fn a_batch_has_two_entries_and_comes_in_any_order() {
    let (stage, desk) = opened();
    stage.hold();
    stage.reorder(true);
    let mut mids: Vec<_> =
        (0..6).map(|at| stage.inject_from(SARA, text(&at.to_string()))).collect();
    assert_eq!(stage.pending(), mids);
    stage.release();
    mids.reverse();
    until("told", || stage.acknowledged() == mids);
    let entries = desk.bodies().remove(0)["entry"].as_array().unwrap().clone();
    let items: Vec<_> =
        entries.iter().map(|one| one["messaging"].as_array().unwrap().len()).collect();
    assert_eq!(items, [3, 3]);
}

#[test]
fn edits_unsending_and_reactions_may_come_for_anything() {
    let (stage, desk) = opened();
    let mid = stage.inject_from(SARA, text("1"));
    stage.edit(&mid, "3", 2);
    stage.edit(&mid, "2", 1);
    stage.unsend(&mid);
    stage.unsend("unknown");
    stage.inject_item(SARA, json!({ "reaction": { "mid": mid, "action": "unreact" } }));
    until("told", || stage.idle());
    let others = ["edit 2", "edit 1", "unsent"].map(|what| format!("{mid} {what}"));
    let mut wanted = others.to_vec();
    wanted.extend(["unknown unsent".to_owned(), format!("{mid} reaction")]);
    assert_eq!(stage.others_acknowledged(), wanted);
    let item = &desk.bodies()[3]["entry"][0]["messaging"][0];
    assert_eq!(item["sender"]["id"], SARA);
    assert_eq!(item["message"], json!({ "mid": mid, "is_deleted": true }));
}

#[test]
fn duplicates_come_byte_for_byte() {
    let (stage, desk) = opened();
    desk.next(200, Duration::from_millis(200));
    desk.next(200, Duration::from_millis(200));
    stage.duplicate_next(1);
    let mid = stage.inject_from(SARA, text("1"));
    until("told", || stage.acknowledged() == [mid.clone()]);
    assert!(stage.redeliver(&mid));
    until("again", || desk.posts().len() == 3);
    assert_eq!((desk.most(), &desk.posts()[0]), (2, &desk.posts()[2]));
}

#[test]
fn after_36_hours_a_message_is_lost() {
    let (stage, desk) = opened();
    (0..99).for_each(|_| desk.next(503, Duration::ZERO));
    stage.retry_base(Duration::from_secs(600));
    let mid = stage.inject_from(SARA, text("1"));
    until("tried", || !stage.deliveries().is_empty());
    stage.clock().advance(36 * 3600);
    until("tried again", || stage.deliveries().len() == 2);
    assert_eq!(stage.pending(), std::slice::from_ref(&mid));
    stage.clock().advance(1);
    assert_eq!((stage.lost(), stage.pending()), (vec![mid], Vec::<String>::new()));
}

#[test]
fn an_answer_comes_back_as_an_echo() {
    let (stage, desk) = opened();
    stage.inject_from(SARA, text("1"));
    let answer = send(&stage, &reply("سلام")).json();
    assert_eq!(answer["recipient_id"], SARA);
    let first = answer["message_id"].as_str().unwrap().to_owned();
    assert!(stage.others_acknowledged().is_empty(), "the echo comes after the answer");
    until("echo", || stage.others_acknowledged() == [format!("{first} echo")]);
    stage.echo_first(true);
    let second = send(&stage, &reply("2")).json()["message_id"].as_str().unwrap().to_owned();
    assert_eq!(stage.others_acknowledged()[1], format!("{second} echo"));
    let echo = desk.bodies().pop().unwrap()["entry"][0]["messaging"][0].clone();
    assert_eq!(echo["sender"]["id"], stage.account_id());
    assert_eq!(
        (&echo["message"]["is_echo"], &echo["message"]["text"]),
        (&json!(true), &json!("2"))
    );
    let sent = stage.sent();
    assert_eq!(
        (sent[0].text.as_str(), sent[0].to.as_str(), sent[1].mid.as_str()),
        ("سلام", SARA, second.as_str())
    );
}

#[test]
fn the_windows_close_by_the_clock() {
    let (stage, _desk) = opened();
    assert_eq!(refused(&send(&stage, &reply("1"))), (100, json!(33)));
    stage.inject_item(SARA, json!({ "postback": { "mid": "p", "title": "Start" } }));
    stage.clock().advance(DAY - 1);
    assert_eq!(send(&stage, &reply("1")).status, 200);
    stage.clock().advance(1);
    assert_eq!(refused(&send(&stage, &reply("1"))), (10, json!(2_534_022)));
    assert_eq!(refused(&send(&stage, &tagged("1", "HUMAN_AGENT"))), (10, Value::Null));
    stage.allow_human_agent(true);
    assert_eq!(send(&stage, &tagged("1", "HUMAN_AGENT")).status, 200);
    assert_eq!(refused(&send(&stage, &tagged("1", "ACCOUNT_UPDATE"))), (100, Value::Null));
    stage.clock().advance(6 * DAY);
    assert_eq!(refused(&send(&stage, &tagged("1", "HUMAN_AGENT"))), (10, json!(2_534_022)));
    let tags: Vec<_> = stage.sent().into_iter().map(|sent| sent.tag).collect();
    assert_eq!(tags, [None, Some("HUMAN_AGENT".to_owned())]);
}

#[test]
fn a_text_has_a_thousand_bytes() {
    let (stage, _desk) = opened();
    stage.inject_from(SARA, text("1"));
    assert_eq!(send(&stage, &reply(&"ن".repeat(500))).status, 200);
    assert_eq!(send(&stage, &reply(&"ن".repeat(501))).code(), 100);
    assert_eq!(send(&stage, &reply("")).code(), 100);
    let own = format!("{}/v26.0/{}/messages", stage.url(), stage.account_id());
    assert_eq!(post_json(&own, &stage.token(), &reply("1")).unwrap().status, 200);
    assert_eq!(post_json(&own, "wrong", &reply("1")).unwrap().code(), 190);
    stage.error_next(613, Some(2_534_040));
    assert_eq!(refused(&send(&stage, &reply("1"))), (613, json!(2_534_040)));
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn what_was_done_may_stay_unknown() {
    let (stage, _desk) = opened();
    stage.inject_from(SARA, text("1"));
    let url = format!("{}/v26.0/me/messages", stage.url());
    for fault in [Fault::Close, Fault::DoneButClose, Fault::Cut(3)] {
        stage.faults().next("messages", fault);
        assert!(post_json(&url, &stage.token(), &reply("1")).is_err());
    }
    stage.faults().next("messages", Fault::DoneButStatus(502));
    assert_eq!(send(&stage, &reply("1")).status, 502);
    assert_eq!(stage.sent().len(), 3);
    until("echoes", || stage.others_acknowledged().len() == 3);
}

#[test]
fn a_token_is_renewed_after_a_day_and_dies_after_sixty() {
    let (stage, _desk) = opened();
    let old = stage.token();
    let ask = |token: &str| {
        let path = "refresh_access_token?grant_type=ig_refresh_token&access_token=";
        fetch(&format!("{}/{path}{token}", stage.url()), "").unwrap()
    };
    let me = |token: &str| {
        let url = format!("{}/v26.0/me?fields=user_id,username", stage.url());
        fetch(&url, token).unwrap()
    };
    assert_eq!(ask(&old).code(), 100);
    stage.clock().advance(DAY);
    let told = ask(&old).json();
    assert_eq!(told["expires_in"], 5_184_000);
    let new = told["access_token"].as_str().unwrap();
    assert_eq!((new, new == old), (stage.token().as_str(), false));
    stage.clock().advance(59 * DAY);
    assert_eq!(refused(&me(&old)), (190, json!(463)));
    assert_eq!(me(new).json()["user_id"], stage.account_id());
    stage.clock().advance(DAY);
    assert_eq!((refused(&ask(new)), me(new).status), ((190, json!(463)), 401));
    stage.faults().next("refresh", Fault::Status(500, String::new()));
    assert_eq!(ask(new).status, 500);
}

#[test]
fn revoked_tokens_and_old_versions_are_refused() {
    let (stage, _desk) = opened();
    stage.expire_version("v20.0");
    let me =
        |version: &str| fetch(&format!("{}/{version}/me", stage.url()), &stage.token()).unwrap();
    assert_eq!((me("v20.0").status, me("v26.0").status), (400, 200));
    stage.revoke_tokens();
    assert_eq!(refused(&me("v26.0")), (190, json!(460)));
    assert!(stage.calls().iter().all(|call| call.authorized && call.method == "GET"));
}

#[test]
fn media_need_no_token_and_do_not_last() {
    let (stage, _desk) = opened();
    let url = stage.put_media(b"jpeg", "image/jpeg");
    assert_eq!(fetch(&url, "").unwrap().bytes, b"jpeg");
    assert_eq!(fetch(&format!("{url}0"), "").unwrap().status, 403);
    stage.faults().next("download", Fault::Cut(2));
    assert!(fetch(&url, "").is_err());
    stage.expire_media();
    assert_eq!(fetch(&url, "").unwrap().status, 403);
    stage.lose_media();
    assert_eq!(fetch(&url, "").unwrap().status, 404);
    assert_eq!(fetch(&stage.put_media(b"x", "image/png"), "").unwrap().status, 200);
}

#[test]
fn people_control_it_over_http() {
    let (stage, _desk) = opened();
    let at = |path: &str| format!("{}/control/{path}", stage.url());
    let ask = |path: &str, body: Value| post_json(&at(path), "", &body).unwrap();
    let id =
        ask("inject", json!({ "from": SARA, "message": { "text": "1" } })).json()["id"].clone();
    until("told", || stage.acknowledged().len() == 1);
    ask("fault", json!({ "method": "messages", "fault": "doneclose" }));
    let url = format!("{}/v26.0/me/messages", stage.url());
    assert!(post_json(&url, &stage.token(), &reply("1")).is_err());
    assert_eq!(ask("clock", json!({ "advance": 5 })).json()["now"], 1_795_300_005);
    let ledger = fetch(&at("ledger"), "").unwrap().json();
    assert_eq!(ledger["acknowledged"], json!([id]));
    assert_eq!(ledger["sent"][0]["text"], "1");
}
