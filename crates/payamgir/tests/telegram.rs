//! Telegram, with the real program and a stand-in for the platform.

mod common;

use common::messenger::{accounts, all_parts, call, parts, ready, secret, synced, until};
use common::{Place, Server};
use payamgir_stage::clock::Clock;
use payamgir_stage::fault::Fault;
use payamgir_stage::telegram::Telegram;
use serde_json::{Value, json};

fn setting(common: &str, account: &str) -> (Place, Telegram) {
    let (place, stage) = (Place::new(), Telegram::start(Clock::default()));
    secret(&place, "telegram.token", stage.token());
    let account = format!("[[telegram]]\napi = \"{}\"\n{account}", stage.url());
    accounts(&place, common, &account);
    (place, stage)
}

/// Waits until the platform was told that everything is safe.
fn settled(stage: &Telegram) {
    until("all is acknowledged", || stage.pending() == 0);
}

#[test]
fn every_kind_of_message_arrives_as_what_it_is() {
    let (place, stage) = setting("", "");
    let server = place.serve();
    let file = |bytes: &[u8]| stage.file(&stage.put_file(bytes.to_vec()));
    let with = |key: &str, bytes: &[u8], more: Value| {
        let mut file = file(bytes);
        for (name, value) in more.as_object().unwrap() {
            file[name] = value.clone();
        }
        json!({ key: file, "caption": format!("caption of {key}") })
    };
    let sent = [
        (json!({ "text": "سلام از شهر" }), vec!["سلام از شهر"]),
        (
            with("voice", b"voice", json!({ "mime_type": "audio/ogg", "duration": 3 })),
            vec!["caption of voice", "<audio/ogg 5>"],
        ),
        (
            with("audio", b"audio!", json!({ "mime_type": "audio/mpeg" })),
            vec!["caption of audio", "<audio/mpeg 6>"],
        ),
        (with("video", b"video!!", json!({})), vec!["caption of video", "<video/mp4 7>"]),
        (
            with(
                "document",
                b"document",
                json!({ "mime_type": "application/pdf", "file_name": "a.pdf" }),
            ),
            vec!["caption of document", "<application/pdf 8>"],
        ),
        (json!({ "video_note": file(b"note") }), vec!["<video/mp4 4>"]),
        (json!({ "sticker": file(b"sticker") }), vec!["<image/webp 7>"]),
        (
            json!({ "animation": file(b"gif"), "document": file(b"gif as a document") }),
            vec!["<video/mp4 3>"],
        ),
        (
            json!({ "location": { "latitude": 35.7, "longitude": 51.4 } }),
            vec!["[مکان: 35.700000, 51.400000]"],
        ),
        (
            json!({ "contact": { "phone_number": "+15555550100", "first_name": "A" } }),
            vec!["[مخاطب: A · +15555550100]"],
        ),
        (
            json!({ "poll": { "question": "کی؟", "options": [{ "text": "امروز" }] } }),
            vec!["[نظرسنجی: کی؟\n• امروز]"],
        ),
        (json!({ "dice": { "emoji": "🎲", "value": 4 } }), vec!["[تاس: 🎲 4]"]),
        (json!({ "text": "/start case_7Q2x" }), vec!["[از پیوند آمده: case_7Q2x]"]),
        (
            json!({ "text": "بازفرست", "forward_origin": { "type": "hidden_user", "sender_user_name": "third-person" } }),
            vec!["[بازفرستاده از کسی دیگر]", "بازفرست"],
        ),
        (
            json!({ "text": "پاسخ", "reply_to_message": { "message_id": 1, "text": "پیشین", "chat": { "id": 1 } } }),
            vec!["[در پاسخ به: پیشین]", "پاسخ"],
        ),
        (json!({ "giveaway": {} }), vec!["[چیزی که این پیام‌رسان نشان نمی‌دهد: giveaway]"]),
        (json!({ "hologram": { "x": 1 } }), vec!["<unreadable>"]),
    ];
    let sizes: Vec<Value> =
        [(90, b"s".to_vec()), (1023, b"largest".to_vec()), (320, b"mid".to_vec())]
            .into_iter()
            .map(|(side, bytes)| {
                let mut size = file(&bytes);
                (size["width"], size["height"]) = (side.into(), side.into());
                size
            })
            .collect();
    for (content, _) in &sent {
        stage.inject_from(901, content.clone());
    }
    stage.inject_from(902, json!({ "photo": sizes, "caption": "عکس" }));
    settled(&stage);
    let list = synced(&place, &server);
    assert_eq!(list.len(), sent.len() + 1);
    for ((_, expected), submission) in sent.iter().zip(&list) {
        assert_eq!(&parts(submission), expected);
        assert_eq!(
            (&submission["channel"], &submission["answerable"]),
            (&json!("telegram"), &json!(true))
        );
        assert_eq!(submission["alias"], list[0]["alias"]);
    }
    assert_eq!(parts(list.last().unwrap()), ["عکس", "<image/jpeg 7>"]);
    assert_ne!(list.last().unwrap()["alias"], list[0]["alias"]);
    let read = place.read(list.last().unwrap()["number"].as_u64().unwrap());
    assert!(!read.to_string().contains("third-person"));
}

#[test]
fn albums_edits_and_blocks_find_their_place() {
    let (place, stage) = setting("", "");
    let server = place.serve();
    let photo = |name: &str| json!({ "photo": [stage.file(&stage.put_file(name.into()))] });
    let mut first = photo("one");
    let one = first["photo"].clone();
    first["caption"] = "آلبوم".into();
    let ids = stage.album(901, vec![first, photo("three"), photo("seven77")]);
    let (_, text) = stage.inject_from(902, json!({ "text": "نسخه‌ی یک" }));
    settled(&stage);
    stage.edit(902, text, json!({ "text": "نسخه‌ی دو" }));
    // Nothing that anybody sees has changed.
    stage.edit(902, text, json!({ "text": "نسخه‌ی دو" }));
    stage.edit(902, text, json!({ "text": "نسخه‌ی یک" }));
    stage.edit(901, ids[0], json!({ "caption": "آلبوم، بهتر", "photo": one }));
    stage.block(902);
    stage.unblock(902);
    for at in 0..4 {
        let location = json!({ "location": { "latitude": 35.7 + f64::from(at), "longitude": 51.4, "live_period": 900 } });
        match at {
            0 => drop(stage.inject_from(903, location)),
            _ => drop(stage.edit(903, stage_last(&stage), location)),
        }
    }
    settled(&stage);
    let list = synced(&place, &server);
    let all = all_parts(&list);
    assert_eq!(all[0][..4], ["آلبوم", "<image/jpeg 3>", "<image/jpeg 5>", "<image/jpeg 7>"]);
    assert_eq!(all[0][4..], ["آلبوم، بهتر ^0"]);
    assert_eq!(all[1], ["نسخه‌ی یک", "نسخه‌ی دو ^0", "نسخه‌ی یک ^0"]);
    assert!(all[2][0].contains("بست") && all[3][0].contains("باز کرد"), "{all:?}");
    assert_eq!(
        all[4].len(),
        2,
        "one newer place of the three in a quarter of an hour: {:?}",
        all[4]
    );
    assert_eq!(list[1]["alias"], list[2]["alias"]);
}

/// The message that was sent last.
fn stage_last(stage: &Telegram) -> i64 {
    (1..1000).rev().find(|id| stage.message(903, *id).is_some()).unwrap()
}

#[test]
fn a_file_larger_than_the_messenger_gives_out_is_said_to_both() {
    let (place, stage) = setting("", "");
    let server = place.serve();
    let large = stage.file(&stage.put_large_file(21 << 20));
    stage.inject_from(901, json!({ "document": large, "caption": "فیلم" }));
    settled(&stage);
    until("the source was told", || stage.sent().iter().any(|sent| sent.text.contains("۲۰")));
    let all = all_parts(&synced(&place, &server));
    assert_eq!(all[0][0], "فیلم");
    assert!(all[0][1].starts_with("[پرونده‌ای بزرگ‌تر"), "{all:?}");
}

#[test]
fn somebody_is_greeted_once_in_their_language_and_two_bots_are_two_people() {
    let (place, stage) = setting("", "");
    let other = Telegram::with_token(Clock::default(), "1000002:other-token");
    secret(&place, "other.token", other.token());
    let both = format!(
        "[[telegram]]\napi = \"{}\"\n[[telegram]]\napi = \"{}\"\ntoken_file = \"other.token\"",
        stage.url(),
        other.url()
    );
    accounts(&place, "", &both);
    let server = place.serve();
    for text in ["سلام", "دوباره"] {
        stage.inject_from(901, json!({ "text": text }));
    }
    stage.inject_from(902, json!({ "text": "Good morning" }));
    other.inject_from(901, json!({ "text": "سلام" }));
    settled(&stage);
    settled(&other);
    until("all are greeted", || stage.sent().len() == 2 && other.sent().len() == 1);
    std::thread::sleep(std::time::Duration::from_millis(300));
    let sent = stage.sent();
    assert_eq!(sent.iter().filter(|sent| sent.chat == 901).count(), 1);
    assert!(sent.iter().any(|sent| sent.chat == 901 && sent.text.starts_with("رسید")));
    assert!(sent.iter().any(|sent| sent.chat == 902 && sent.text.starts_with("It arrived")));
    let list = synced(&place, &server);
    let alias = |text: &str| {
        let found: Vec<&Value> = list.iter().filter(|one| parts(one) == [text]).collect();
        found.iter().map(|one| one["alias"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let hello = alias("سلام");
    assert_eq!(hello.len(), 2);
    assert_ne!(hello[0], hello[1]);
    assert!(hello.contains(&alias("دوباره")[0]));
}

#[test]
fn what_cannot_be_parsed_is_kept_and_nothing_is_asked_for_for_ever() {
    let (place, stage) = setting("", "");
    let server = place.serve();
    stage.inject_from(901, json!({ "text": "پیش" }));
    settled(&stage);
    stage.inject_update(json!({ "quantum_message": { "from": { "id": 7, "first_name": "zq-name-canary" }, "text": "آینده" } }));
    stage.inject_bytes(r#"{"update_id":UPDATE,"message":{"message_id":5,"chat":{"id":9,"type":"private"},"text":"\ud83d x"}}"#);
    stage.inject_bytes(r#"{"update_id":UPDATE,"message":[1,2,3]}"#);
    stage.inject_bytes(r#"{"update_id":UPDATE,"message":{"message_id":"x","chat":{"id":"y"}}}"#);
    stage.malform_next(b"<html>a proxy's page</html>".to_vec());
    stage.malform_next(b"{\"ok\":true,\"result\":".to_vec());
    stage.inject_from(901, json!({ "text": "پس" }));
    settled(&stage);
    let list = synced(&place, &server);
    let all: Vec<String> = all_parts(&list).concat();
    assert!(all.contains(&"پیش".to_owned()) && all.contains(&"پس".to_owned()), "{all:?}");
    assert!(all.contains(&"\u{fffd} x".to_owned()), "{all:?}");
    assert_eq!(all.iter().filter(|part| *part == "<unreadable>").count(), 3, "{all:?}");
    assert!(
        list.iter().all(|one| !place
            .read(one["number"].as_u64().unwrap())
            .to_string()
            .contains("zq-name"))
    );
}

#[test]
fn files_are_fetched_again_where_the_line_breaks_and_said_to_be_lost_where_they_never_come() {
    let (place, stage) = setting("", "");
    let server = place.serve();
    let id = stage.put_file(vec![7; 300_000]);
    stage.faults().next("file", Fault::Cut(1000));
    stage.faults().next("getfile", Fault::Status(500, "{}".into()));
    stage.inject_from(901, json!({ "voice": stage.file(&id) }));
    settled(&stage);
    let gone = json!({ "file_id": "nothing", "file_unique_id": "n", "file_size": 5 });
    stage.inject_from(901, json!({ "voice": gone }));
    settled(&stage);
    let all = all_parts(&synced(&place, &server));
    assert_eq!(all[0], ["<audio/ogg 300000>"]);
    assert!(all[1][0].starts_with("[پرونده‌ای نرسید"), "{all:?}");
}

#[test]
fn troubles_alarm_and_end_and_no_token_is_ever_said() {
    let (place, stage) = setting("silence_minutes = 1", "");
    let server = place.serve();
    until("it is open", || ready(&server).contains("telegram 1000001: open"));
    for (status, body, word) in [
        (
            401,
            r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#,
            "token is not taken",
        ),
        (
            409,
            r#"{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}"#,
            "another program listens",
        ),
        (
            429,
            r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}"#,
            "asked less",
        ),
        (502, "bad gateway", "status 502"),
    ] {
        stage.faults().next("getupdates", Fault::Status(status, body.into()));
        stage.inject_from(901, json!({ "text": "wake" }));
        until(word, || ready(&server).contains(word));
        settled(&stage);
        stage.inject_from(901, json!({ "text": "again" }));
        until("it is open again", || ready(&server).contains("telegram 1000001: open"));
    }
    let said = server.said.lock().unwrap().clone();
    assert!(
        said.contains("another program listens") && said.contains("token is not taken"),
        "{said}"
    );
    let everything = said + &ready(&server);
    assert!(!everything.contains("stage-token") && !everything.contains("/bot"), "{everything}");
}

#[test]
fn a_webhook_is_heard_only_with_its_secret_and_answers_nothing() {
    let (place, stage) = setting("", "");
    let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let account =
        format!("[[telegram]]\napi = \"{}\"\nwebhook = true\ndelete_sealed = true", stage.url());
    accounts(&place, &format!("public_url = \"http://{listen}\""), &account);
    let mut args = place.serve_args();
    args[4] = listen.to_string();
    let server = Server::start(&mut place.command(&args.each_ref().map(String::as_str)));
    until("the platform knows where to call", || {
        stage.calls().iter().any(|call| call == "setwebhook")
    });
    let (_, message) = stage.inject_from(901, json!({ "text": "به وب‌هوک" }));
    settled(&stage);
    until("it is deleted from the chat", || stage.deleted().contains(&(901, message)));
    assert!(stage.executed().is_empty());
    let path = "/hook/telegram/1000001";
    assert_eq!(call(&server, path, "", b"{\"update_id\":1}"), 403);
    let wrong = "X-Telegram-Bot-Api-Secret-Token: wrong\r\n";
    assert_eq!(call(&server, path, wrong, b"{\"update_id\":1}"), 403);
    assert_eq!(call(&server, "/hook/telegram/2", "", b"{}"), 404);
    assert_eq!(all_parts(&synced(&place, &server)), [["به وب‌هوک"]]);
}

#[test]
fn the_operator_is_told_how_an_account_stands_before_and_while_it_is_served() {
    let (place, stage) = setting("", "");
    let dir = place.path("server");
    let run = |args: &[&str]| {
        let done = place.run(&[args, &["--dir", &dir]].concat());
        (done.status.code().unwrap(), common::text(&done.stdout) + &common::text(&done.stderr))
    };
    let (code, said) = run(&["doctor"]);
    assert!(
        code == 0
            && said.contains("✓ telegram 1000001: the token is taken")
            && said.contains("the bot is asked"),
        "{said}"
    );
    let (code, said) = run(&["--lang", "en", "status", "--desk-listen", "127.0.0.1:1"]);
    assert!(code != 0 && said.contains("No server answers"), "{said}");
    let server = place.serve();
    stage.inject_from(901, json!({ "text": "سلام" }));
    settled(&stage);
    let at = server.private.to_string();
    let (code, said) = run(&["status", "--desk-listen", &at]);
    assert!(
        code == 0
            && said.contains("The server is ready.")
            && said.contains("telegram 1000001: open; heard 0 min ago"),
        "{said}"
    );
    let (_, said) = run(&["--lang", "fa", "status", "--desk-listen", &at]);
    assert!(
        said.contains("سرور آماده است") && said.contains("باز؛ آخرین خبر ۰ دقیقه پیش"),
        "{said}"
    );
    secret(&place, "telegram.token", "1000001:zq-wrong-token");
    let (code, said) = run(&["doctor"]);
    assert!(
        code != 0
            && said.contains("✗ telegram 1000001: the token is not taken")
            && !said.contains("zq-wrong"),
        "{said}"
    );
    accounts(&place, "", "[[telegram]]\napi = \"http://127.0.0.1:1\"");
    assert!(run(&["doctor"]).1.contains("cannot be reached"));
    accounts(&place, "", "[[telegram]]\napi = \"http://api.example\"");
    server.stop();
    let refused = place.run(&[
        "--lang",
        "en",
        "serve",
        "--dir",
        &dir,
        "--listen",
        "127.0.0.1:0",
        "--desk-listen",
        "127.0.0.1:0",
    ]);
    assert!(
        common::text(&refused.stderr).contains("not usable"),
        "{}",
        common::text(&refused.stderr)
    );
}

/// Served with a webhook, on an address that is known beforehand.
fn called(stage: &Telegram, place: &Place) -> Server {
    let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let account = format!("[[telegram]]\napi = \"{}\"\nwebhook = true", stage.url());
    accounts(place, &format!("public_url = \"http://{listen}\""), &account);
    let mut args = place.serve_args();
    args[4] = listen.to_string();
    let server = Server::start(&mut place.command(&args.each_ref().map(String::as_str)));
    until("the platform knows where to call", || {
        stage.calls().iter().any(|call| call == "setwebhook")
    });
    server
}

#[test]
fn what_comes_while_an_event_is_tried_again_takes_none_of_its_places() {
    let (place, stage) = setting("", "");
    stage.retry_base(std::time::Duration::from_millis(300));
    let server = called(&stage, &place);
    let photo = |bytes: &[u8]| json!([stage.file(&stage.put_file(bytes.to_vec()))]);
    // Two chats stand for two updates of one chat that come out of order.
    stage.faults().next("getfile", Fault::Status(500, "{}".into()));
    let first = json!({ "photo": photo(b"first"), "caption": "آلبوم", "media_group_id": "g1" });
    let second = json!({ "photo": photo(b"second!"), "media_group_id": "g1" });
    stage.inject_from(901, first);
    stage.inject_from(901, second);
    settled(&stage);
    let list = synced(&place, &server);
    let mut all = all_parts(&list).concat();
    all.sort_unstable();
    assert_eq!(all, ["<image/jpeg 5>", "<image/jpeg 7>", "آلبوم"]);
}

#[test]
fn two_files_that_never_come_block_nobody() {
    let (place, stage) = setting("", "");
    stage.retry_base(std::time::Duration::from_millis(50));
    let server = called(&stage, &place);
    for _ in 0..40 {
        stage.faults().next("getfile", Fault::Status(500, "{}".into()));
    }
    for person in [901, 902] {
        let voice = json!({ "voice": stage.file(&stage.put_file(b"never".to_vec())) });
        stage.inject_from(person, voice);
    }
    settled(&stage);
    let all = all_parts(&synced(&place, &server)).concat();
    assert_eq!(all.iter().filter(|part| part.starts_with("[پرونده‌ای نرسید")).count(), 2, "{all:?}");
}
