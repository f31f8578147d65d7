//! Neither half knows who. Somebody takes the server's disk; somebody takes all that a desk can open.
//! All four messengers are driven with canaries in every field that says who wrote, and in what they
//! wrote: the server's disk holds none of either, the desk what was written and not who.

mod common;

use std::path::Path;

use common::messenger::{accounts, opened, reply, route, secret, until};
use common::{Place, Server, search};
use payamgir_stage::clock::Clock;
use payamgir_stage::fault::Fault;
use payamgir_stage::instagram::Instagram;
use payamgir_stage::signal::{Mode, Signal};
use payamgir_stage::telegram::Telegram;
use payamgir_stage::whatsapp::{Person, WhatsApp};
use serde_json::json;

/// What says who.
const ID: i64 = 4_512_998_877_661_123;
const WHO: [&str; 12] = [
    "4512998877661123",
    "zq-first-نام-canary",
    "zq-last-canary-9120",
    "zq_user_canary_3341",
    "491709998887766",
    "CA.998877665544332211",
    "zq-profile-canary-5510",
    "zq_wa_username_8817",
    "8877665544332211",
    "6f1a2b3c-7777-4777-8777-112233445566",
    "zq-signal-name-4410",
    "zq-third-person-7781",
];
/// What was written.
const SAID: [&str; 6] = [
    "رازِ تلگرام zq-text-1170",
    "رازِ سیگنال zq-text-2280",
    "رازِ واتس‌اپ zq-text-3390",
    "رازِ اینستاگرام zq-text-4401",
    "zq-content-canary-5512",
    "zq-file-name-6623.jpg",
];
const ANSWERED: &str = "پاسخ zq-answer-canary-7734";

struct Stages {
    telegram: Telegram,
    signal: Signal,
    whatsapp: WhatsApp,
    instagram: Instagram,
}

fn setting(common: &str) -> (Place, Stages) {
    let place = Place::new();
    let folder = place.folder.path().join("signal");
    std::fs::create_dir(&folder).unwrap();
    let clock = Clock::default();
    let stages = Stages {
        telegram: Telegram::start(clock.clone()),
        signal: Signal::start(&folder, clock.clone(), Mode::Manual),
        whatsapp: WhatsApp::start(clock.clone()),
        instagram: Instagram::start(clock),
    };
    secret(&place, "telegram.token", stages.telegram.token());
    for (name, token, app, verify) in [
        (
            "whatsapp",
            stages.whatsapp.token(),
            stages.whatsapp.app_secret(),
            stages.whatsapp.verify_token(),
        ),
        (
            "instagram",
            stages.instagram.token(),
            stages.instagram.app_secret(),
            stages.instagram.verify_token(),
        ),
    ] {
        secret(&place, &format!("{name}.token"), &token);
        secret(&place, &format!("{name}.secret"), app);
        secret(&place, &format!("{name}.verify"), verify);
    }
    let (wa, ig) = (stages.whatsapp.url(), stages.instagram.url());
    let all = format!(
        "[[telegram]]\napi = \"{}\"\n[[signal]]\nsocket = \"{}\"\nattachments = \"{}\"\n\
         [[whatsapp]]\napi = \"{wa}/v26.0\"\nmedia_hosts = [\"{}\"]\n\
         [[instagram]]\napi = \"{ig}/v26.0\"\nmedia_hosts = [\"{}\"]\n",
        stages.telegram.url(),
        stages.signal.socket().display(),
        stages.signal.attachments().display(),
        wa.replace("http://", ""),
        ig.replace("http://", "")
    );
    accounts(&place, common, &all);
    (place, stages)
}

fn subscribe(stages: &Stages, server: &Server) {
    let hook = |name: &str, id: &str| format!("http://{}/hook/{name}/{id}", server.public);
    stages.whatsapp.subscribe(&hook("whatsapp", stages.whatsapp.number_id())).unwrap();
    stages.instagram.subscribe(&hook("instagram", stages.instagram.account_id())).unwrap();
}

fn drive(stages: &Stages) {
    let content = format!("{} ", SAID[4]).repeat(2000).into_bytes();
    let (telegram, signal) = (&stages.telegram, &stages.signal);
    let person = json!({ "id": ID, "is_bot": false, "first_name": WHO[1], "last_name": WHO[2], "username": WHO[3], "language_code": "fa" });
    let chat = json!({ "id": ID, "type": "private", "first_name": WHO[1], "username": WHO[3] });
    let with = |mut message: serde_json::Value| {
        (message["from"], message["chat"]) = (person.clone(), chat.clone());
        telegram.inject(message)
    };
    with(
        json!({ "text": SAID[0], "forward_origin": { "type": "hidden_user", "sender_user_name": WHO[11] } }),
    );
    let mut document = telegram.file(&telegram.put_file(content.clone()));
    document["file_name"] = SAID[5].into();
    with(json!({ "document": document, "caption": SAID[0] }));
    with(json!({ "unheard_of": { "from": person, "user": { "username": WHO[3] } } }));
    telegram.inject_update(json!({ "strange": { "from": person.clone(), "chat": chat } }));
    telegram.edit(ID, 1, json!({ "text": format!("{} دوباره", SAID[0]) }));

    let envelope = |data: serde_json::Value| json!({ "source": WHO[9], "sourceUuid": WHO[9], "sourceNumber": format!("+{}", WHO[4]), "sourceName": WHO[10], "sourceDevice": 1, "dataMessage": data });
    signal.inject(envelope(json!({ "message": SAID[1], "attachments": [signal.attach(&content, "image/jpeg", Some(SAID[5]))], "quote": { "id": 1, "author": WHO[11], "text": "x" } })));
    signal.inject(envelope(json!({ "message": null, "unheardOf": { "author": WHO[11] } })));

    let whatsapp = &stages.whatsapp;
    let person = Person {
        wa_id: Some(WHO[4].into()),
        user_id: Some(WHO[5].into()),
        name: WHO[6].into(),
        username: Some(WHO[7].into()),
    };
    whatsapp.inject_from(&person, json!({ "type": "text", "text": { "body": SAID[2] } }));
    // Its file does not come for now: the job that waits for it is on the disk.
    (0..50).for_each(|_| whatsapp.faults().next("media", Fault::Status(500, "{}".into())));
    let mut image = whatsapp.put_media(&content, "image/jpeg");
    (image["caption"], image["filename"]) = (SAID[2].into(), SAID[5].into());
    whatsapp.inject_from(&person, json!({ "type": "document", "document": image }));
    whatsapp.inject_from(
        &person,
        json!({ "type": "unheard_of", "unheard_of": { "username": WHO[7], "wa_id": WHO[4] } }),
    );

    let instagram = &stages.instagram;
    instagram.inject_from(WHO[8], json!({ "text": SAID[3] }));
    let url = instagram.put_media(&content, "image/jpeg");
    instagram.inject_from(
        WHO[8],
        json!({ "attachments": [{ "type": "image", "payload": { "url": url } }] }),
    );
    instagram.inject_from(
        WHO[8],
        json!({ "attachments": [{ "type": "unheard_of", "payload": { "username": WHO[3] } }] }),
    );
}

fn settled(place: &Place, stages: &Stages) {
    until("all is acknowledged", || {
        stages.telegram.pending() == 0
            && stages.whatsapp.pending().is_empty()
            && stages.instagram.pending().is_empty()
            && opened(place).len() >= 14
    });
}

fn server_tells_nothing(place: &Place, when: &str) {
    let all: Vec<&str> = WHO.iter().chain(&SAID).copied().chain([ANSWERED]).collect();
    for folder in [place.path("server"), place.path("tmp")] {
        let found = search::below(Path::new(&folder), &all);
        assert!(found.is_empty(), "{when}: {found:?}");
    }
}

/// All that the desk can open, as it is inside the seal.
fn desk_opens(place: &Place) -> Vec<u8> {
    opened(place).into_iter().flat_map(|entry| entry.encode().unwrap().to_vec()).collect()
}

#[test]
fn the_server_does_not_know_what_nor_the_desk_who() {
    let (place, stages) = setting("");
    let server = place.serve();
    subscribe(&stages, &server);
    drive(&stages);
    settled(&place, &stages);
    for (reply_id, text) in SAID[..4].iter().enumerate() {
        assert!(reply(&server, reply_id as u8 + 1, &route(&place, text), ANSWERED));
    }
    until("all four are answered", || {
        let sent = |texts: Vec<String>| texts.iter().any(|text| text == ANSWERED);
        sent(stages.telegram.sent().into_iter().map(|sent| sent.text).collect())
            && sent(stages.signal.sent().into_iter().map(|sent| sent.text).collect())
            && sent(stages.whatsapp.sent().into_iter().map(|sent| sent.text).collect())
            && sent(stages.instagram.sent().into_iter().map(|sent| sent.text).collect())
    });
    server_tells_nothing(&place, "while running");
    let desk = desk_opens(&place);
    let who = search::within(&desk, &WHO);
    assert!(who.is_empty(), "the desk knows {who:?}");
    for said in &SAID[..4] {
        assert!(!search::within(&desk, &[said]).is_empty(), "the desk does not know {said}");
    }
    let told = server.said.lock().unwrap().clone();
    let all: Vec<&str> = WHO.iter().chain(&SAID).copied().collect();
    assert!(search::within(told.as_bytes(), &all).is_empty(), "{told}");
    server.kill();
    server_tells_nothing(&place, "after a kill");
    let left = std::fs::read_dir(stages.signal.attachments()).unwrap().count();
    assert_eq!(left, 0, "plain files lie about");
}

#[test]
fn names_that_are_kept_are_kept_inside_the_seal() {
    let (place, stages) = setting("keep_names = true");
    let server = place.serve();
    subscribe(&stages, &server);
    drive(&stages);
    settled(&place, &stages);
    server_tells_nothing(&place, "while running");
    let desk = desk_opens(&place);
    for kept in [WHO[1], WHO[3], WHO[4], WHO[6], WHO[8], WHO[10]] {
        assert!(!search::within(&desk, &[kept]).is_empty(), "the desk was to know {kept}");
    }
    drop(server);
}
