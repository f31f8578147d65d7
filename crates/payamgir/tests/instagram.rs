//! Instagram's messaging, with the real program and a stand-in for the platform.

mod common;

use common::messenger::{
    accounts, all_parts, fates, opened, parts, ready, reply, route, secret, synced, until,
};
use common::{Place, Server};
use payamgir_stage::clock::Clock;
use payamgir_stage::instagram::{Instagram, SignatureKind};
use serde_json::{Value, json};

fn setting(account: &str) -> (Place, Instagram, Server) {
    setting_with("greeting_fa = \"\"", account)
}

fn setting_with(common: &str, account: &str) -> (Place, Instagram, Server) {
    let (place, stage) = (Place::new(), Instagram::start(Clock::default()));
    secret(&place, "instagram.token", &stage.token());
    secret(&place, "instagram.secret", stage.app_secret());
    secret(&place, "instagram.verify", stage.verify_token());
    let host = stage.url().replace("http://", "");
    let account = format!(
        "[[instagram]]\naccount_id = \"{}\"\napi = \"{}/v26.0\"\nmedia_hosts = [\"{host}\"]\n{account}",
        stage.account_id(),
        stage.url()
    );
    accounts(&place, common, &account);
    let server = place.serve();
    stage.retry_base(std::time::Duration::from_millis(100));
    let hook = format!("http://{}/hook/instagram/{}", server.public, stage.account_id());
    stage.subscribe(&hook).unwrap();
    (place, stage, server)
}

fn settled(place: &Place, server: &Server, stage: &Instagram, parts: usize) -> Vec<Value> {
    until("all is acknowledged", || stage.idle());
    let mut list = vec![];
    until("all parts are here", || {
        list = synced(place, server);
        all_parts(&list).concat().len() >= parts
    });
    list
}

#[test]
fn every_kind_of_message_arrives_as_what_it_is() {
    let (place, stage, server) = setting("");
    let attached = |kind: &str, bytes: &[u8]| json!({ "attachments": [{ "type": kind, "payload": { "url": stage.put_media(bytes, "image/jpeg") } }] });
    let of = |kind: &str, payload: Value| json!({ "attachments": [{ "type": kind, "payload": payload }] });
    let sent = [
        (json!({ "text": "سلام" }), vec!["سلام"]),
        (attached("image", b"image"), vec!["<image/jpeg 5>"]),
        (attached("audio", b"audio!"), vec!["<audio/mp4 6>"]),
        (attached("video", b"video!!"), vec!["<video/mp4 7>"]),
        (attached("file", b"file"), vec!["<application/octet-stream 4>"]),
        (
            json!({ "attachments": [{ "type": "ephemeral" }] }),
            vec!["[فرستاده شد تا یک بار دیده شود]"],
        ),
        (json!({ "attachments": [{ "type": "like_heart" }] }), vec!["[واکنش: ❤️]"]),
        (of("story_mention", json!({ "url": "https://x/1" })), vec!["[استوری: https://x/1]"]),
        (
            of("ig_reel", json!({ "title": "T", "url": "https://x/2" })),
            vec!["[پست یا ویدیوی اینستاگرام: T https://x/2]"],
        ),
        (of("hologram", json!({})), vec!["<unreadable>"]),
        (json!({ "is_unsupported": true }), vec!["[چیزی که این پیام‌رسان نشان نمی‌دهد]"]),
        (
            json!({ "text": "به استوری", "reply_to": { "story": { "id": "1", "url": "https://x/3" } } }),
            vec!["[در پاسخ به: https://x/3]", "به استوری"],
        ),
        (json!({}), vec!["[پیش‌تر پاک شده یا دیگر در دسترس نیست]"]),
    ];
    for (message, _) in &sent {
        stage.inject_from("1234567890123456", message.clone());
    }
    stage.inject_standby("1234567890123456", json!({ "text": "در انتظار" }));
    stage.inject_changes("1234567890123456", json!({ "text": "از داشبورد" }));
    stage.inject_item(
        "1234567890123456",
        json!({ "reaction": { "mid": "m", "action": "react", "reaction": "love", "emoji": "❤️" } }),
    );
    stage.inject_item(
        "1234567890123456",
        json!({ "reaction": { "mid": "m", "action": "unreact" } }),
    );
    stage.inject_item(
        "1234567890123456",
        json!({ "postback": { "mid": "pm", "title": "Start", "payload": "x" } }),
    );
    stage.inject_item("1234567890123456", json!({ "referral": { "ref": "case7" } }));
    stage.inject_item("1234567890123456", json!({ "optin": {} }));
    let count = sent.iter().map(|(_, parts)| parts.len()).sum::<usize>() + 6;
    let list = settled(&place, &server, &stage, count);
    let mut all = all_parts(&list);
    let more = [
        vec!["در انتظار"],
        vec!["از داشبورد"],
        vec!["[واکنش: ❤️]"],
        vec!["[واکنش را برداشت]"],
        vec!["[دکمه: Start]"],
        vec!["[از پیوند آمده: case7]"],
    ];
    for expected in sent.iter().map(|(_, parts)| parts).chain(&more) {
        let at = all.iter().position(|parts| parts == expected);
        all.remove(at.unwrap_or_else(|| panic!("no {expected:?} in {all:?}")));
    }
    assert!(all.is_empty(), "{all:?}");
    assert!(list.iter().all(|one| one["alias"] == list[0]["alias"]));
    assert_eq!(stage.post_raw(b"{}", SignatureKind::Sha1Only), 403);
}

#[test]
fn edits_and_what_is_unsent_find_what_they_mean() {
    let (place, stage, server) = setting("");
    let mid = stage.inject_from("777", json!({ "text": "یک" }));
    settled(&place, &server, &stage, 1);
    stage.edit(&mid, "دو", 1);
    settled(&place, &server, &stage, 2);
    stage.unsend(&mid);
    stage.unsend("never-seen");
    let list = settled(&place, &server, &stage, 4);
    assert_eq!(parts(&list[0]), ["یک", "دو ^0", "<deletion>"]);
}

#[test]
fn long_replies_go_in_pieces_and_their_echoes_are_not_news() {
    let (place, stage, server) = setting("");
    stage.inject_from("777", json!({ "text": "پرسش" }));
    settled(&place, &server, &stage, 1);
    let to = route(&place, "پرسش");
    let sentence = "این یک جمله‌ی نسبتا بلند به فارسی است. ";
    stage.echo_first(true);
    reply(&server, 1, &to, &sentence.repeat(40));
    until("it is accepted", || fates(&place, 1) == [("accepted", None)]);
    let sent = stage.sent();
    assert!(
        sent.len() > 2
            && sent.iter().all(|sent| sent.text.len() <= 1000 && sent.text.ends_with('.'))
    );
    let whole: String = sent.iter().map(|sent| sent.text.clone() + " ").collect();
    assert_eq!(whole, sentence.repeat(40));
    until("the echoes were heard", || stage.idle());
    assert_eq!(all_parts(&synced(&place, &server)).concat(), ["پرسش"]);
    // What was written in the platform's own program is news.
    let echo = json!({ "sender": { "id": stage.account_id() }, "recipient": { "id": "777" }, "message": { "mid": "theirs", "text": "از برنامه", "is_echo": true } });
    stage.inject_entry(json!({ "id": stage.account_id(), "messaging": [echo] }));
    let list = settled(&place, &server, &stage, 3);
    assert_eq!(parts(&list[1]), ["[از برنامه‌ی دیگری فرستاده شد]", "از برنامه"]);
    assert_eq!(list[1]["alias"], list[0]["alias"]);
}

#[test]
fn windows_are_kept_and_read_marks_come_back() {
    for (account, human) in [("", false), ("human_agent = true", true)] {
        let (place, stage, server) = setting(account);
        stage.allow_human_agent(human);
        let days = |days: u64| 1000 * (common::now() - days * 86_400);
        let from = |mid: &str, days: u64| {
            let item = json!({ "sender": { "id": "777" }, "recipient": { "id": stage.account_id() }, "timestamp": days, "message": { "mid": mid, "text": mid } });
            stage.inject_entry(json!({ "id": stage.account_id(), "messaging": [item] }));
        };
        from("now", days(0));
        from("late", days(2));
        from("over", days(8));
        settled(&place, &server, &stage, 3);
        reply(&server, 1, &route(&place, "now"), "الف");
        reply(&server, 2, &route(&place, "late"), "ب");
        reply(&server, 3, &route(&place, "over"), "پ");
        until("all are settled", || (1..=3).all(|reply| !fates(&place, reply).is_empty()));
        let failed = ("failed", Some("window".to_owned()));
        assert_eq!(fates(&place, 1)[0].0, "accepted");
        assert_eq!(fates(&place, 2)[0] == failed, !human);
        assert_eq!(fates(&place, 3)[0], failed);
        let mid = stage.sent()[0].mid.clone();
        stage.inject_item("777", json!({ "read": { "mid": mid } }));
        until("it was read", || fates(&place, 1).last().unwrap().0 == "read");
        let tags: Vec<_> = stage.sent().into_iter().map(|sent| sent.tag).collect();
        assert_eq!(tags.contains(&Some("HUMAN_AGENT".into())), human);
    }
}

#[test]
fn the_token_is_renewed_before_it_expires() {
    let (place, stage) = (Place::new(), Instagram::start(Clock::default()));
    let first = stage.token();
    secret(&place, "instagram.token", &first);
    secret(&place, "instagram.secret", stage.app_secret());
    secret(&place, "instagram.verify", stage.verify_token());
    let path = place.path("server/instagram.token");
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(45 * 86_400);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
    stage.clock().advance(45 * 86_400);
    let api = format!("[[instagram]]\napi = \"{}/v26.0\"", stage.url());
    accounts(&place, "", &api);
    let server = place.serve();
    until("a new token is in the file", || std::fs::read_to_string(&path).unwrap() != first);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), stage.token());
    until("its days are said", || ready(&server).contains("token good for"));
    assert!(opened(&place).is_empty());
}
