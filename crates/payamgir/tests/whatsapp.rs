//! WhatsApp's Cloud API, with the real program and a stand-in for the platform.

mod common;

use common::messenger::{
    accounts, all_parts, call, fates, parts, ready, reply, reply_with, route, secret, synced, until,
};
use common::{Place, Server};
use payamgir_stage::clock::Clock;
use payamgir_stage::fault::Fault;
use payamgir_stage::whatsapp::{MediaFlaws, Person, SignatureKind, WhatsApp};
use payamgir_wire::send::File;
use serde_json::{Value, json};

fn setting(common: &str) -> (Place, WhatsApp, Server) {
    let (place, stage) = (Place::new(), WhatsApp::start(Clock::default()));
    secret(&place, "whatsapp.token", &stage.token());
    secret(&place, "whatsapp.secret", stage.app_secret());
    secret(&place, "whatsapp.verify", stage.verify_token());
    let host = stage.url().replace("http://", "");
    let account = format!(
        "[[whatsapp]]\nnumber_id = \"{}\"\napi = \"{}/v26.0\"\nmedia_hosts = [\"{host}\"]",
        stage.number_id(),
        stage.url()
    );
    accounts(&place, common, &account);
    let server = place.serve();
    stage.retry_base(std::time::Duration::from_millis(100));
    stage.subscribe(&hook(&server, &stage)).unwrap();
    (place, stage, server)
}

fn hook(server: &Server, stage: &WhatsApp) -> String {
    format!("http://{}/hook/whatsapp/{}", server.public, stage.number_id())
}

fn person() -> Person {
    Person::by_number("15555550100", "zq-name")
}

/// Waits until everything was acknowledged and all files are here.
fn settled(place: &Place, server: &Server, stage: &WhatsApp, parts: usize) -> Vec<Value> {
    until("all is acknowledged", || stage.pending().is_empty());
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
    let media = |bytes: &[u8], mime: &str| stage.put_media(bytes, mime);
    let with = |kind: &str, mut body: Value, caption: &str| {
        body["caption"] = caption.into();
        json!({ "type": kind, kind: body })
    };
    let sent = [
        (json!({ "type": "text", "text": { "body": "سلام" } }), vec!["سلام"]),
        (with("image", media(b"image", "image/jpeg"), "عکس"), vec!["عکس", "<image/jpeg 5>"]),
        (
            with("document", media(b"%PDF", "application/pdf"), "سند"),
            vec!["سند", "<application/pdf 4>"],
        ),
        (
            json!({ "type": "audio", "audio": media(b"voice!", "audio/ogg; codecs=opus") }),
            vec!["<audio/ogg; codecs=opus 6>"],
        ),
        (
            json!({ "type": "sticker", "sticker": media(b"st", "image/webp") }),
            vec!["<image/webp 2>"],
        ),
        (
            json!({ "type": "location", "location": { "latitude": 35.7, "longitude": 51.4, "name": "میدان" } }),
            vec!["[مکان: میدان · 35.700000, 51.400000]"],
        ),
        (
            json!({ "type": "contacts", "contacts": [{ "name": { "formatted_name": "A B" }, "phones": [{ "phone": "+1 555" }] }] }),
            vec!["[مخاطب: A B · +1 555]"],
        ),
        (
            json!({ "type": "reaction", "reaction": { "message_id": "wamid.x", "emoji": "👍" } }),
            vec!["[واکنش: 👍]"],
        ),
        (
            json!({ "type": "reaction", "reaction": { "message_id": "wamid.x" } }),
            vec!["[واکنش را برداشت]"],
        ),
        (
            json!({ "type": "button", "button": { "payload": "p", "text": "Yes" } }),
            vec!["[دکمه: Yes]"],
        ),
        (
            json!({ "type": "interactive", "interactive": { "type": "list_reply", "list_reply": { "id": "x", "title": "T" } } }),
            vec!["[دکمه: T]"],
        ),
        (
            json!({ "type": "unsupported", "errors": [{ "code": 131051, "title": "Message type unknown" }] }),
            vec!["[چیزی که این پیام‌رسان نشان نمی‌دهد: Message type unknown]"],
        ),
        (
            json!({ "type": "system", "system": { "type": "user_changed_number", "body": "from zq-number to zq-other" } }),
            vec!["[شماره یا شناسه‌ی فرستنده عوض شد]"],
        ),
        (json!({ "type": "interactive" }), vec!["<unreadable>"]),
        (json!({ "type": "telepathy", "telepathy": {} }), vec!["<unreadable>"]),
        (
            json!({ "type": "text", "text": { "body": "بازفرست" }, "context": { "forwarded": true } }),
            vec!["[بازفرستاده از کسی دیگر]", "بازفرست"],
        ),
    ];
    for (message, _) in &sent {
        stage.inject_from(&person(), message.clone());
    }
    let count = sent.iter().map(|(_, parts)| parts.len()).sum();
    let list = settled(&place, &server, &stage, count);
    let mut all: Vec<Vec<String>> = all_parts(&list);
    for (_, expected) in &sent {
        let at = all.iter().position(|parts| parts == expected);
        all.remove(at.unwrap_or_else(|| panic!("no {expected:?} in {all:?}")));
    }
    assert!(all.is_empty(), "{all:?}");
    let whole: String =
        list.iter().map(|one| place.read(one["number"].as_u64().unwrap()).to_string()).collect();
    assert!(!whole.contains("zq-") && !whole.contains("15555550100"), "{whole}");
}

#[test]
fn batches_are_taken_whole_however_often_and_in_whatever_order_they_come() {
    let (place, stage, server) = setting("");
    stage.reorder(true);
    stage.hold();
    for n in 0..12 {
        let message = match n {
            5 => json!({ "type": "unknown-to-all", "x": {} }),
            n => json!({ "type": "text", "text": { "body": format!("متن {n}") } }),
        };
        stage.inject_from(&person(), message);
    }
    stage.duplicate_next(3);
    stage.release_as(2, 2);
    let list = settled(&place, &server, &stage, 12);
    for wamid in stage.acknowledged() {
        stage.redeliver(&wamid);
    }
    stage.inject_body(&json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [
        { "field": "messages", "value": { "metadata": { "phone_number_id": stage.number_id() },
          "statuses": [{ "id": "wamid.none", "status": "read", "timestamp": "1" }],
          "errors": [{ "code": 131000, "title": "x" }],
          "messages": [{ "from": "1", "id": "wamid.beside", "timestamp": "asdf", "type": "text", "text": { "body": "کنار وضعیت" } }, 7] } },
        { "field": "account_update", "value": { "event": "x" } }, { "field": "odd", "value": { "event": "x" } }] }] }));
    let more = settled(&place, &server, &stage, 15);
    assert_eq!((list.len(), more.len()), (12, 15), "{:?}", all_parts(&more));
    assert!(all_parts(&more).concat().contains(&"کنار وضعیت".to_owned()));
    until("the account's trouble is told", || ready(&server).contains("error 131000"));
}

#[test]
fn only_what_is_signed_is_heard_and_the_bytes_are_what_is_signed() {
    let (place, stage, server) = setting("");
    let body = br#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"from":"1","id":"wamid.1","timestamp":"1795300000","type":"text","text":{"body":"\u0633\u0644\u0627\u0645"}}]}}]}]}"#;
    for (kind, status) in [
        (SignatureKind::Missing, 403),
        (SignatureKind::Wrong, 403),
        (SignatureKind::Sha1Only, 403),
        (SignatureKind::OverDecoded, 403),
        (SignatureKind::Good, 200),
        (SignatureKind::Good, 200),
    ] {
        assert_eq!(stage.post_raw(body, kind), status);
    }
    assert_eq!(stage.post_raw(b"not json at all", SignatureKind::Good), 200);
    assert_eq!(stage.handshake("subscribe", "wrong", "1").0, 403);
    let path = format!("/hook/whatsapp/{}", stage.number_id());
    assert_eq!(call(&server, &path, "", &vec![b'x'; 5 << 20]), 403);
    assert_eq!(all_parts(&synced(&place, &server)).concat(), ["سلام", "<unreadable>"]);
    assert!(ready(&server).contains("without the right signature"));
}

#[test]
fn one_person_is_one_whatever_the_platform_calls_them() {
    let (place, stage, server) = setting("");
    let both = Person { user_id: Some("CA.1349120".into()), ..person() };
    let number = Person { user_id: None, ..person() };
    let id = Person::by_username("CA.1349120", "n", "nnn");
    let odd = Person { wa_id: Some("CA.1349120".into()), user_id: None, ..person() };
    let other = Person::by_number("15555550101", "n");
    for who in [&number, &both, &id, &odd, &number, &other] {
        stage.inject_from(who, json!({ "type": "text", "text": { "body": "من" } }));
        until("it is taken", || stage.pending().is_empty());
    }
    let list = settled(&place, &server, &stage, 6);
    let aliases: Vec<_> = list.iter().map(|one| one["alias"].as_str().unwrap()).collect();
    assert!(aliases[..5].iter().all(|alias| *alias == aliases[0]), "{aliases:?}");
    assert_ne!(aliases[5], aliases[0]);
}

#[test]
fn edits_and_revocations_find_what_they_mean() {
    let (place, stage, server) = setting("");
    let first = stage.inject_from(&person(), json!({ "type": "text", "text": { "body": "یک" } }));
    settled(&place, &server, &stage, 1);
    let edit = |original: &str, text: &str| json!({ "type": "edit", "edit": { "original_message_id": original, "message": { "type": "text", "text": { "body": text } } } });
    stage.inject_from(&person(), edit(&first, "دو"));
    settled(&place, &server, &stage, 2);
    stage.inject_from(
        &person(),
        json!({ "type": "revoke", "revoke": { "original_message_id": first } }),
    );
    stage.inject_from(&person(), edit("wamid.unknown", "نادیده"));
    let list = settled(&place, &server, &stage, 4);
    assert_eq!(parts(&list[0]), ["یک", "دو ^0", "<deletion>"]);
    assert_eq!(parts(&list[1]), ["نادیده"]);
}

#[test]
fn media_is_checked_and_the_token_goes_to_nobody_else() {
    let (place, stage, server) = setting("");
    let wrong = MediaFlaws { wrong_sha256: true, ..MediaFlaws::default() };
    let away = MediaFlaws { redirect: true, ..MediaFlaws::default() };
    let image = |media: Value| json!({ "type": "image", "image": media });
    stage.inject_from(&person(), image(stage.put_media_with(b"elsewhere", "image/png", &away)));
    let mut pointed = stage.put_media(b"pointed", "image/png");
    pointed["id"] = "".into();
    pointed["url"] = format!("{}/steal", stage.elsewhere_url()).into();
    stage.inject_from(&person(), image(pointed));
    stage.inject_from(&person(), image(stage.put_media_with(b"wrong", "image/png", &wrong)));
    stage.faults().next("download", Fault::Cut(2));
    stage.inject_from(&person(), image(stage.put_media(b"whole in the end", "image/png")));
    until("the good one is here", || {
        all_parts(&synced(&place, &server)).concat().contains(&"<image/png 16>".to_owned())
    });
    // What lies elsewhere waits until the operator says that the host is the platform's.
    let told = || server.said.lock().unwrap().contains("not in media_hosts");
    until("the host is told", told);
    assert!(
        stage.elsewhere_calls().iter().all(|call| !call.authorized),
        "{:?}",
        stage.elsewhere_calls()
    );
}

#[test]
fn a_reply_is_sent_once_and_its_states_come_back() {
    let (place, stage, server) = setting("greeting_fa = \"\"");
    stage.read_receipts(true);
    stage.inject_from(&person(), json!({ "type": "text", "text": { "body": "پرسش" } }));
    settled(&place, &server, &stage, 1);
    let to = route(&place, "پرسش");
    for _ in 0..3 {
        assert!(reply(&server, 1, &to, "پاسخ ما"));
    }
    until("it was read", || fates(&place, 1).iter().any(|(state, _)| *state == "read"));
    assert_eq!(stage.sent().len(), 1);
    assert_eq!(
        (stage.sent()[0].text.as_str(), stage.sent()[0].to.as_str()),
        ("پاسخ ما", "15555550100")
    );
    let states: Vec<_> = fates(&place, 1).into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["accepted", "delivered", "read"]);

    stage.fail_next(131_047);
    reply(&server, 2, &to, "دیر");
    until("it failed", || fates(&place, 2).last().is_some_and(|(state, _)| *state == "failed"));
    assert_eq!(fates(&place, 2).last().unwrap().1.as_deref(), Some("window"));

    let voice = File {
        media_type: "audio/ogg".into(),
        bytes: zeroize::Zeroizing::new(b"OggS voice".to_vec()),
    };
    reply_with(&server, 3, &to, "با صدا", Some(voice));
    until("the voice went out", || stage.sent().iter().any(|sent| sent.kind == "audio"));
    assert!(stage.sent().iter().any(|sent| sent.bytes.as_deref() == Some(b"OggS voice")));

    // The platform took it, and its answer was not heard: what it tells later settles it.
    stage.faults().next("messages", Fault::DoneButClose);
    reply(&server, 4, &to, "بی‌پاسخ");
    until("it is settled", || fates(&place, 4).iter().any(|(state, _)| *state == "delivered"));
    assert_eq!(fates(&place, 4)[0], ("unknown", Some("interrupted".into())));
    assert_eq!(stage.sent().iter().filter(|sent| sent.text == "بی‌پاسخ").count(), 1);

    stage.error_next(190);
    reply(&server, 5, &to, "بی‌توکن");
    until("it is said", || fates(&place, 5) == [("failed", Some("account".to_owned()))]);
    assert!(reply(&server, 6, &to.replace(['a', 'b', 'c'], "d"), "جعلی"));
    until("it is refused", || !fates(&place, 6).is_empty());
    assert_eq!(fates(&place, 6)[0].0, "failed");
}
