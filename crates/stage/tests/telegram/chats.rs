//! Calls, files and messages.

use std::time::{Duration, Instant};

use payamgir_stage::fault::Fault;
use payamgir_stage::telegram::PERSON;
use serde_json::{Value, json};

use crate::client::{NOW, agent, call, multipart, ok, raw, refused, stage};

#[test]
fn tokens_and_paths_are_checked() {
    let telegram = stage();
    let get = |path: &str| {
        let mut answer = agent().get(format!("{}{path}", telegram.url())).call().expect("answer");
        let body: Value =
            serde_json::from_str(&answer.body_mut().read_to_string().expect("text")).expect("JSON");
        (answer.status().as_u16(), body["description"].as_str().unwrap_or("ok").to_owned())
    };
    let token = telegram.token();
    assert_eq!(get(&format!("/bot{token}/GETme")), (200, "ok".into()));
    assert_eq!(get("/bot1:wrong/getMe"), (401, "Unauthorized".into()));
    let invalid = "Unauthorized: invalid token specified";
    assert_eq!(get("/botwrong/getMe"), (401, invalid.into()));
    assert_eq!(get("/elsewhere"), (404, "Not Found".into()));
    let method = "Not Found: method not found";
    assert_eq!(get(&format!("/bot{token}/nonsense")), (404, method.into()));
    let me = ok(&telegram, "getMe", json!({}));
    let expected =
        json!({"id": 1_000_001, "is_bot": true, "first_name": "Stage", "username": "stage_bot"});
    assert_eq!(me, expected);
    assert_eq!(telegram.calls(), ["getme", "nonsense", "getme"]);
}

#[test]
fn parameters_come_in_all_four_ways() {
    let telegram = stage();
    telegram.inject(json!({"text": "سلام"}));
    let base = format!("{}/bot{}/sendMessage", telegram.url(), telegram.token());
    let query = format!("{base}?chat_id={PERSON}&text=%D8%B3+a%26b");
    agent().get(&query).call().expect("an answer");
    let reply = "%7B%22message_id%22%3A1%7D";
    raw(&base, &format!("chat_id={PERSON}&text=form&reply_parameters={reply}")).expect("form");
    ok(&telegram, "sendMessage", json!({"chat_id": PERSON, "text": "json"}));
    let parts = [("chat_id", None, PERSON.to_string()), ("text", None, "parts".to_owned())];
    multipart(&base, &parts);
    let sent = telegram.sent();
    let texts: Vec<&str> = sent.iter().map(|sent| sent.text.as_str()).collect();
    assert_eq!(texts, ["س a&b", "form", "json", "parts"]);
    assert_eq!(sent[1].reply_to, Some(1));
    assert!(sent.iter().all(|sent| sent.chat == PERSON && sent.method == "sendmessage"));
}

#[test]
fn people_edit_block_and_send_albums() {
    let telegram = stage();
    let far = (1 << 51) + 7;
    let (_, id) = telegram.inject_from(far, json!({"text": "first"}));
    let edit = telegram.edit(far, id, json!({"text": "second"}));
    let items = telegram.album(far, vec![json!({"photo": []}), json!({"caption": "c"})]);
    assert_eq!(items, [id + 1, id + 2]);
    telegram.block(far);
    let got = ok(&telegram, "getUpdates", json!({"timeout": 3}));
    let edited = &got[1]["edited_message"];
    assert_eq!(got[1]["update_id"], json!(edit));
    assert_eq!((&edited["text"], &edited["message_id"]), (&json!("second"), &json!(id)));
    assert_eq!(edited["edit_date"], json!(NOW));
    assert_eq!(got[2]["message"]["media_group_id"], got[3]["message"]["media_group_id"]);
    assert!(got[2]["message"]["media_group_id"].is_string());
    assert_eq!(got[4]["my_chat_member"]["new_chat_member"]["status"], json!("kicked"));
    let send = json!({"chat_id": far, "text": "hello"});
    let blocked = "Forbidden: bot was blocked by the user";
    assert_eq!(refused(&telegram, "sendMessage", send.clone()), (403, blocked.into()));
    telegram.unblock(far);
    ok(&telegram, "sendMessage", send.clone());
    telegram.deactivate(far);
    let gone = "Forbidden: user is deactivated";
    assert_eq!(refused(&telegram, "sendMessage", send), (403, gone.into()));
}

#[test]
fn sends_are_refused_as_documented() {
    let telegram = stage();
    let (_, id) = telegram.inject_from(7, json!({"text": "a"}));
    let send = |text: &str, more: Value| {
        let mut params = json!({"chat_id": 7, "text": text});
        params.as_object_mut().expect("object").extend(more.as_object().cloned().expect("object"));
        call(&telegram, "sendMessage", params)
    };
    let why = |answer: (u16, Value)| answer.1["description"].as_str().unwrap_or("ok").to_owned();
    assert_eq!(why(send(" ", json!({}))), "Bad Request: message text is empty");
    assert_eq!(why(send(&"😀".repeat(2048), json!({}))), "ok");
    assert_eq!(why(send(&"😀".repeat(2049), json!({}))), "Bad Request: message is too long");
    assert_eq!(why(send("a", json!({"chat_id": 8}))), "Bad Request: chat not found");
    let reply = json!({"reply_parameters": {"message_id": id}});
    assert_eq!(why(send("a", reply.clone())), "ok");
    telegram.erase(7, id);
    assert_eq!(why(send("a", reply)), "Bad Request: message to be replied not found");
    let anyway =
        json!({"reply_parameters": {"message_id": id, "allow_sending_without_reply": true}});
    assert_eq!(why(send("a", anyway)), "ok");
    telegram.flood(7, 1);
    let url = format!("{}/bot{}/sendMessage", telegram.url(), telegram.token());
    let mut answer = agent().post(&url).send("chat_id=7&text=a").expect("an answer");
    assert_eq!(answer.status().as_u16(), 429);
    assert_eq!(answer.headers()["retry-after"], "7");
    let body: Value =
        serde_json::from_str(&answer.body_mut().read_to_string().expect("text")).expect("JSON");
    assert_eq!(body["parameters"]["retry_after"], json!(7));
    assert_eq!(body["description"], json!("Too Many Requests: retry after 7"));
    assert_eq!(why(send("a", json!({}))), "ok");
}

#[test]
fn files_come_by_links_that_expire() {
    let telegram = stage();
    let id = telegram.put_file_at(b"opus".to_vec(), "voice/file_1.o%a");
    let got = ok(&telegram, "getFile", json!({"file_id": id}));
    assert_eq!((&got["file_size"], &got["file_path"]), (&json!(4), &json!("voice/file_1.o%a")));
    let url = format!("{}/file/bot{}/voice/file_1.o%25a", telegram.url(), telegram.token());
    let fetch = || {
        let mut answer = agent().get(&url).call().expect("an answer");
        (answer.status().as_u16(), answer.body_mut().read_to_string().map_err(|_| ()))
    };
    assert_eq!(fetch(), (200, Ok("opus".into())));
    telegram.faults().next("file", Fault::Cut(2));
    assert_eq!(fetch(), (200, Err(())), "announced four, sent two");
    telegram.clock().advance(3600);
    assert_eq!(fetch().0, 404);
    ok(&telegram, "getFile", json!({"file_id": id}));
    assert_eq!(fetch().0, 200);
    let wrong = "Bad Request: wrong file_id or the file is temporarily unavailable";
    assert_eq!(refused(&telegram, "getFile", json!({"file_id": "x"})), (400, wrong.into()));
    let large = telegram.put_large_file(21 << 20);
    let big = (400, "Bad Request: file is too big".to_owned());
    assert_eq!(refused(&telegram, "getFile", json!({"file_id": large})), big);
    assert_eq!(telegram.file(&large)["file_size"], json!(21 << 20));
}

#[test]
fn a_local_server_gives_paths() {
    let telegram = stage();
    let dir = std::env::temp_dir().join(format!("stage-local-{}", std::process::id()));
    telegram.set_local(dir.clone());
    let small = telegram.put_file(b"bytes".to_vec());
    let large = telegram.put_large_file(30 << 20);
    let path = |id: &str| {
        let got = ok(&telegram, "getFile", json!({"file_id": id}));
        got["file_path"].as_str().expect("a path").to_owned()
    };
    assert_eq!(std::fs::read(path(&small)).expect("a file"), b"bytes");
    assert!(std::path::Path::new(&path(&small)).is_absolute());
    assert_eq!(std::fs::metadata(path(&large)).expect("a file").len(), 30 << 20);
    let url = format!("{}/file/bot{}/documents/file_1.bin", telegram.url(), telegram.token());
    assert_eq!(agent().get(&url).call().expect("an answer").status().as_u16(), 404);
    std::fs::remove_dir_all(dir).expect("removed");
}

#[test]
fn uploads_keep_their_bytes() {
    let telegram = stage();
    telegram.inject_from(7, json!({"text": "a"}));
    let base = format!("{}/bot{}", telegram.url(), telegram.token());
    let parts = [
        ("chat_id", None, "7".to_owned()),
        ("caption", None, "words".to_owned()),
        ("voice", Some("v.ogg"), "opus bytes".to_owned()),
    ];
    let (status, answer) = multipart(&format!("{base}/sendVoice"), &parts);
    assert_eq!(status, 200, "{answer}");
    let sent = telegram.sent().remove(0);
    assert_eq!((sent.method.as_str(), sent.text.as_str()), ("sendvoice", "words"));
    assert_eq!(sent.bytes.as_deref(), Some(b"opus bytes".as_slice()));
    let id = answer["result"]["voice"]["file_id"].as_str().expect("an id").to_owned();
    ok(&telegram, "sendVoice", json!({"chat_id": 7, "voice": id}));
    assert_eq!(telegram.sent()[1].bytes, sent.bytes);
    for method in ["sendPhoto", "sendDocument", "sendAudio", "sendVideo"] {
        let kind = method[4..].to_lowercase();
        let parts =
            [("chat_id", None, "7".to_owned()), (kind.as_str(), Some("f"), "data".to_owned())];
        assert_eq!(multipart(&format!("{base}/{method}"), &parts).0, 200);
        let none = format!("Bad Request: there is no {kind} in the request");
        assert_eq!(refused(&telegram, method, json!({"chat_id": 7})), (400, none));
    }
}

#[test]
fn messages_are_deleted_for_two_days() {
    let telegram = stage();
    let ids: Vec<i64> = (0..4).map(|_| telegram.inject_from(7, json!({"text": "a"})).1).collect();
    ok(&telegram, "deleteMessage", json!({"chat_id": 7, "message_id": ids[0]}));
    let again = refused(&telegram, "deleteMessage", json!({"chat_id": 7, "message_id": ids[0]}));
    assert_eq!(again, (400, "Bad Request: message to delete not found".into()));
    let several = json!({"chat_id": 7, "message_ids": [ids[1], 999, ids[2]]});
    ok(&telegram, "deleteMessages", several);
    assert_eq!(telegram.deleted(), [(7, ids[0]), (7, ids[1]), (7, ids[2])]);
    assert!(telegram.message(7, ids[1]).is_none() && telegram.message(7, ids[3]).is_some());
    telegram.clock().advance(48 * 3600 + 1);
    let old = refused(&telegram, "deleteMessage", json!({"chat_id": 7, "message_id": ids[3]}));
    assert_eq!(old, (400, "Bad Request: message can't be deleted".into()));
}

#[test]
fn faults_happen_before_or_after_the_deed() {
    let telegram = stage();
    telegram.inject_from(7, json!({"text": "a"}));
    let url = format!("{}/bot{}/sendMessage", telegram.url(), telegram.token());
    let send = || raw(&url, "chat_id=7&text=a");
    telegram.faults().next("sendMessage", Fault::Close);
    assert!(send().is_err());
    assert_eq!(telegram.sent().len(), 0);
    telegram.faults().next("sendmessage", Fault::DoneButClose);
    assert!(send().is_err());
    assert_eq!(telegram.sent().len(), 1);
    telegram.faults().next("sendmessage", Fault::DoneButStatus(500));
    assert_eq!(send().expect("an answer").0, 500);
    assert_eq!(telegram.sent().len(), 2);
    telegram.faults().next("", Fault::Status(502, "<html>".to_owned()));
    assert_eq!(send().expect("an answer"), (502, "<html>".to_owned()));
    telegram.faults().next("sendmessage", Fault::Hang(Duration::from_millis(400)));
    let began = Instant::now();
    assert_eq!(send().expect("an answer").0, 200);
    assert!(began.elapsed() >= Duration::from_millis(400));
    assert_eq!(telegram.sent().len(), 3);
}

#[test]
fn small_methods_agree() {
    let telegram = stage();
    assert_eq!(
        ok(&telegram, "answerCallbackQuery", json!({"callback_query_id": "1"})),
        json!(true)
    );
    let (status, text) = refused(&telegram, "answerCallbackQuery", json!({}));
    assert_eq!(status, 400);
    assert!(text.starts_with("Bad Request: query is too old"));
    assert_eq!(ok(&telegram, "setMyCommands", json!({"commands": []})), json!(true));
    assert_eq!(ok(&telegram, "leaveChat", json!({"chat_id": -5})), json!(true));
}
