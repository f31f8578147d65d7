//! Webhooks, and the control page.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{NOW, call, ok, poll, raw, refused, stage, wait_for};

/// A webhook of ours: gives what came, head and body, and answers in turn what it is told, a head and
/// behind a bar its body.
fn webhook(answers: Vec<&'static str>) -> (String, Receiver<(Instant, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let mut answers = answers.into_iter();
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut text = String::new();
            let mut buffer = [0; 4096];
            while !text.ends_with('}') {
                let count = stream.read(&mut buffer).expect("bytes");
                if count == 0 {
                    break;
                }
                text += &String::from_utf8_lossy(&buffer[..count]);
            }
            let answer = answers.next().unwrap_or("HTTP/1.1 200 OK\r\n");
            let (head, body) = answer.split_once('|').unwrap_or((answer, ""));
            let answer = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).expect("written");
            if tell.send((Instant::now(), text)).is_err() {
                return;
            }
        }
    });
    (url, told)
}

#[test]
fn a_webhook_gets_each_update_until_it_agrees() {
    let telegram = stage();
    telegram.retry_base(Duration::from_millis(100));
    let (url, told) = webhook(vec![
        "HTTP/1.1 500 No\r\n",
        "HTTP/1.1 500 No\r\n",
        "HTTP/1.1 503 No\r\nRetry-After: 1\r\n",
        "HTTP/1.1 200 OK\r\n|{\"method\":\"sendMessage\",\"chat_id\":900000101,\"text\":\"a\"}",
    ]);
    let set = json!({"url": url, "secret_token": "s3cret_-", "max_connections": 3});
    ok(&telegram, "setWebhook", set);
    let conflict = refused(&telegram, "getUpdates", json!({}));
    assert_eq!(conflict.0, 409);
    assert!(conflict.1.starts_with("Conflict: can't use getUpdates method while webhook"));
    let first = telegram.inject(json!({"text": "one"}));
    let second = telegram.inject(json!({"text": "two"}));
    let came: Vec<(Instant, String)> = (0..5).map(|_| told.recv().expect("a call")).collect();
    for (_, text) in &came {
        assert!(text.to_ascii_lowercase().contains("x-telegram-bot-api-secret-token: s3cret_-"));
    }
    assert!(came[..4].iter().all(|(_, text)| text.contains(&format!("\"update_id\":{first}"))));
    assert!(came[4].1.contains(&format!("\"update_id\":{second}")));
    let between = |at: usize| came[at + 1].0 - came[at].0;
    assert!(between(0) >= Duration::from_millis(90) && between(1) >= Duration::from_millis(190));
    assert!(between(2) >= Duration::from_millis(950), "Retry-After");
    wait_for("both are safe", || telegram.acknowledged() == [first, second]);
    assert_eq!(telegram.executed().len(), 1);
    assert_eq!(telegram.sent().len(), 1);
    let info = ok(&telegram, "getWebhookInfo", json!({}));
    assert_eq!((&info["url"], &info["max_connections"]), (&json!(url), &json!(3)));
    assert!(info["last_error_message"].is_string());
}

#[test]
fn a_webhook_ends_polls_and_can_destroy() {
    let telegram = stage();
    let other = telegram.clone();
    let polling = std::thread::spawn(move || refused(&other, "getUpdates", json!({"timeout": 9})));
    std::thread::sleep(Duration::from_millis(200));
    let (url, told) = webhook(vec!["HTTP/1.1 500 No\r\n"]);
    ok(&telegram, "setWebhook", json!({"url": url}));
    let ended = polling.join().expect("a poll");
    assert_eq!(ended, (409, "Conflict: terminated by setWebhook request".into()));
    let id = telegram.inject(json!({"text": "one"}));
    told.recv().expect("a call");
    ok(&telegram, "deleteWebhook", json!({"drop_pending_updates": true}));
    assert_eq!(telegram.lost(), [id]);
    let (status, _) = refused(&telegram, "setWebhook", json!({"url": url, "secret_token": "ß"}));
    assert_eq!(status, 400);
}

#[test]
fn the_control_page_does_what_tests_do() {
    let telegram = stage();
    let control = |what: &str, body: Value| {
        let url = format!("{}/control/{what}", telegram.url());
        let text = raw(&url, &body.to_string()).expect("an answer").1;
        serde_json::from_str::<Value>(&text).expect("JSON")
    };
    let message = control("inject", json!({"text": "a"}));
    let update = control("inject", json!({"update_id": 800_000_000, "telepathy": {}}));
    assert_eq!(update["update_id"], json!(800_000_000));
    let got = poll(&telegram, 0);
    assert_eq!(got, [message["update_id"].as_i64().expect("an id"), 800_000_000]);
    assert_eq!(control("clock", json!({"advance": 60}))["now"], json!(NOW + 60));
    control("fault", json!({"method": "getMe", "fault": "status", "value": 503}));
    assert_eq!(call(&telegram, "getMe", json!({})).0, 503);
    poll(&telegram, 800_000_001);
    let ledger = control("ledger", json!({}));
    assert_eq!(ledger["acknowledged"], json!(got));
    assert_eq!(ledger["pending"], json!(0));
}

#[test]
fn one_chat_does_not_wait_for_another() {
    let telegram = stage();
    telegram.retry_base(Duration::from_secs(60));
    let (url, told) = webhook(vec!["HTTP/1.1 500 No\r\n"]);
    ok(&telegram, "setWebhook", json!({"url": url}));
    let (stuck, _) = telegram.inject_from(7, json!({"text": "one"}));
    told.recv().expect("a call");
    let (behind, _) = telegram.inject_from(7, json!({"text": "behind it"}));
    let (other, _) = telegram.inject_from(8, json!({"text": "of another"}));
    wait_for("the other chat goes on", || telegram.acknowledged() == [other]);
    assert_eq!(telegram.pending(), 2);
    ok(&telegram, "deleteWebhook", json!({}));
    assert_eq!(poll(&telegram, 0), [stuck, behind]);
}
