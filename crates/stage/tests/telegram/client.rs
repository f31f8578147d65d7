//! A plain client of the Bot API.

use std::time::{Duration, Instant};

use payamgir_stage::clock::Clock;
use payamgir_stage::telegram::Telegram;
use serde_json::{Value, json};
use ureq::Agent;

pub const NOW: u64 = 1_795_300_000;

pub fn stage() -> Telegram {
    let clock = Clock::default();
    clock.freeze(NOW);
    Telegram::start(clock)
}

pub fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into()
}

pub fn raw(url: &str, body: &str) -> Result<(u16, String), ureq::Error> {
    let kind = if body.starts_with('{') {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    let mut answer = agent().post(url).header("Content-Type", kind).send(body)?;
    let text = answer.body_mut().with_config().limit(64 << 20).read_to_string()?;
    Ok((answer.status().as_u16(), text))
}

pub fn call(telegram: &Telegram, method: &str, params: Value) -> (u16, Value) {
    let url = format!("{}/bot{}/{method}", telegram.url(), telegram.token());
    let (status, text) = raw(&url, &params.to_string()).expect("an answer");
    (status, serde_json::from_str(&text).expect("JSON"))
}

pub fn ok(telegram: &Telegram, method: &str, params: Value) -> Value {
    let (status, answer) = call(telegram, method, params);
    assert_eq!((status, &answer["ok"]), (200, &json!(true)), "{answer}");
    answer["result"].clone()
}

pub fn refused(telegram: &Telegram, method: &str, params: Value) -> (u16, String) {
    let (status, answer) = call(telegram, method, params);
    assert_eq!(answer["error_code"], json!(status));
    (status, answer["description"].as_str().expect("a description").to_owned())
}

pub fn ids(updates: &Value) -> Vec<i64> {
    let all = updates.as_array().expect("an array");
    all.iter().map(|update| update["update_id"].as_i64().expect("an id")).collect()
}

/// Asks with a timeout, so that the throttle of hasty polls stays out of it.
pub fn poll(telegram: &Telegram, offset: i64) -> Vec<i64> {
    ids(&ok(telegram, "getUpdates", json!({"offset": offset, "timeout": 3})))
}

pub fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(10);
    while !done() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub fn multipart(url: &str, parts: &[(&str, Option<&str>, String)]) -> (u16, Value) {
    let mut body = String::new();
    for (name, file, value) in parts {
        let file = file.map_or(String::new(), |file| format!("; filename=\"{file}\""));
        body += &format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body += &format!("{value}\r\n");
    }
    body += "--b0--\r\n";
    let request = agent().post(url).header("Content-Type", "multipart/form-data; boundary=b0");
    let mut answer = request.send(body).expect("an answer");
    let text = answer.body_mut().read_to_string().expect("text");
    (answer.status().as_u16(), serde_json::from_str(&text).expect("JSON"))
}
