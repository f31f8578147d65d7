//! How the WhatsApp stand-in hosts media, shown from outside.

mod desk;

use std::time::Duration;

use data_encoding::{BASE64, HEXLOWER};
use desk::{fetch, post, post_json};
use payamgir_stage::clock::Clock;
use payamgir_stage::fault::Fault;
use payamgir_stage::whatsapp::{MediaFlaws, Person, WhatsApp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const DAY: u64 = 86_400;

#[test]
fn media_come_in_two_steps_with_a_token() {
    let stage = WhatsApp::start(Clock::default());
    let object = stage.put_media(b"voice", "audio/ogg; codecs=opus");
    let digest = Sha256::digest(b"voice");
    assert_eq!(object["sha256"], BASE64.encode(&digest));
    let id = object["id"].as_str().unwrap();
    let step = format!("{}/v26.0/{id}?phone_number_id={}", stage.url(), stage.number_id());
    assert_eq!(fetch(&step, "wrong").unwrap().code(), 190);
    let told = fetch(&step, &stage.token()).unwrap().json();
    assert_eq!(told["sha256"], HEXLOWER.encode(&digest));
    assert_eq!((&told["file_size"], &told["id"]), (&json!(5), &json!(id)));
    let url = told["url"].as_str().unwrap();
    assert_eq!(fetch(url, "").unwrap().status, 401);
    assert_eq!(fetch(url, &stage.token()).unwrap().bytes, b"voice");
    stage.clock().advance(300);
    assert_eq!(fetch(url, &stage.token()).unwrap().status, 404);
    assert_eq!(fetch(&step, &stage.token()).unwrap().status, 200);
    stage.clock().advance(7 * DAY);
    assert_eq!(fetch(&step, &stage.token()).unwrap().status, 400);
}

#[test]
fn media_are_odd_where_asked() {
    let stage = WhatsApp::start(Clock::default());
    let flaws = MediaFlaws {
        wrong_sha256: true,
        wrong_size: true,
        redirect: true,
        url_in_webhook: true,
        ..MediaFlaws::default()
    };
    let object = stage.put_media_with(b"voice", "audio/ogg", &flaws);
    assert_ne!(object["sha256"], BASE64.encode(&Sha256::digest(b"voice")));
    let step = format!("{}/v26.0/{}", stage.url(), object["id"].as_str().unwrap());
    let told = fetch(&step, &stage.token()).unwrap().json();
    assert_eq!(told["file_size"], 1005);
    let moved = fetch(object["url"].as_str().unwrap(), &stage.token()).unwrap();
    let target = moved.location.unwrap();
    assert!(moved.status == 302 && target.starts_with(&stage.elsewhere_url()));
    assert!(stage.elsewhere_calls().is_empty());
    assert_eq!(fetch(&target, "").unwrap().bytes, b"voice");
    assert!(!stage.elsewhere_calls()[0].authorized);
    let flaws = MediaFlaws { foreign_url: true, ..MediaFlaws::default() };
    let object = stage.put_media_with(b"x", "audio/ogg", &flaws);
    let step = format!("{}/v26.0/{}", stage.url(), object["id"].as_str().unwrap());
    let told = fetch(&step, &stage.token()).unwrap().json();
    fetch(told["url"].as_str().unwrap(), &stage.token()).unwrap();
    assert!(stage.elsewhere_calls()[1].authorized, "so that a test sees it");
}

#[test]
fn downloads_end_early_or_never() {
    let stage = WhatsApp::start(Clock::default());
    let flaws = MediaFlaws { url_in_webhook: true, ..MediaFlaws::default() };
    let object = stage.put_media_with(&[7; 100_000], "image/jpeg", &flaws);
    let url = object["url"].as_str().unwrap();
    stage.faults().next("download", Fault::Cut(500));
    assert!(fetch(url, &stage.token()).is_err());
    stage.faults().next("download", Fault::Hang(Duration::from_secs(30)));
    assert!(fetch(url, &stage.token()).is_err());
    stage.faults().next("download", Fault::Close);
    assert!(fetch(url, &stage.token()).is_err());
    stage.faults().next("media", Fault::Status(503, "{}".into()));
    let step = format!("{}/v26.0/{}", stage.url(), object["id"].as_str().unwrap());
    assert_eq!(fetch(&step, &stage.token()).unwrap().status, 503);
    assert_eq!(fetch(url, &stage.token()).unwrap().bytes.len(), 100_000);
}

#[test]
fn media_are_uploaded_and_sent() {
    let stage = WhatsApp::start(Clock::default());
    stage.inject_from(&Person::by_number("15555550100", "s"), json!({ "type": "text" }));
    let part = |name: &str, more: &str, body: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{body}\r\n")
    };
    let file = part("file", "; filename=\"a.ogg\"\r\nContent-Type: audio/ogg", "OggS");
    let form = part("messaging_product", "", "whatsapp") + &part("type", "", "audio/ogg") + &file;
    let kind = "multipart/form-data; boundary=B";
    let call = |rest: &str| format!("{}/v26.0/{}/{rest}", stage.url(), stage.number_id());
    let url = call("media");
    let send = |body: &Value| post_json(&call("messages"), &stage.token(), body).unwrap();
    let answer = post(&url, &stage.token(), kind, (form + "--B--\r\n").as_bytes()).unwrap();
    let id = answer.json()["id"].clone();
    assert_eq!(post(&url, &stage.token(), kind, b"--B--\r\n").unwrap().code(), 100);
    let mut body = json!({
        "messaging_product": "whatsapp", "to": "15555550100", "type": "audio", "audio": { "id": id },
    });
    assert_eq!(send(&body).status, 200);
    assert_eq!(stage.sent()[0].bytes.as_deref(), Some(b"OggS".as_slice()));
    body["audio"]["id"] = json!("1");
    assert_eq!(send(&body).code(), 100);
}
