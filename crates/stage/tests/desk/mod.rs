//! A webhook of ours, and a client, for the tests of both stand-ins.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use payamgir_stage::site::Site;
use serde_json::Value;
use sha2::Sha256;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub modern: Option<String>,
    pub legacy: Option<String>,
    pub body: Vec<u8>,
}

#[derive(Default)]
struct Log {
    posts: Vec<Post>,
    script: VecDeque<(u16, Duration)>,
    here: usize,
    most: usize,
    echo: Option<String>,
}

pub struct Desk {
    site: Site,
    log: Arc<Mutex<Log>>,
}

impl Desk {
    pub fn open() -> Self {
        let log = Arc::<Mutex<Log>>::default();
        let router = Router::new().route("/hook", get(shake).post(take)).with_state(log.clone());
        Self { site: Site::serve(router), log }
    }

    pub fn url(&self) -> String {
        format!("{}/hook", self.site.url())
    }

    /// The next POST is answered so, after so long.
    pub fn next(&self, status: u16, after: Duration) {
        self.log.lock().unwrap().script.push_back((status, after));
    }

    /// The handshake is answered with this instead of the challenge.
    pub fn echo(&self, words: &str) {
        self.log.lock().unwrap().echo = Some(words.to_owned());
    }

    pub fn posts(&self) -> Vec<Post> {
        self.log.lock().unwrap().posts.clone()
    }

    pub fn bodies(&self) -> Vec<Value> {
        self.posts().iter().map(|post| serde_json::from_slice(&post.body).unwrap()).collect()
    }

    /// The most POSTs that were there at one moment.
    pub fn most(&self) -> usize {
        self.log.lock().unwrap().most
    }
}

async fn shake(
    State(log): State<Arc<Mutex<Log>>>,
    Query(query): Query<HashMap<String, String>>,
) -> (StatusCode, String) {
    let word = |key: &str| query.get(key).map_or("", String::as_str);
    if word("hub.mode") != "subscribe" || word("hub.verify_token") != "stage-verify-token" {
        return (StatusCode::FORBIDDEN, String::new());
    }
    let echo = log.lock().unwrap().echo.clone();
    (StatusCode::OK, echo.unwrap_or_else(|| word("hub.challenge").to_owned()))
}

async fn take(State(log): State<Arc<Mutex<Log>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let modern = header("x-hub-signature-256");
    let good = modern.as_deref() == Some(&signature("stage-app-secret", &body));
    let (status, after) = {
        let mut log = log.lock().unwrap();
        let post = Post { modern, legacy: header("x-hub-signature"), body: body.to_vec() };
        log.posts.push(post);
        log.here += 1;
        log.most = log.most.max(log.here);
        log.script.pop_front().unwrap_or((200, Duration::ZERO))
    };
    tokio::time::sleep(after).await;
    log.lock().unwrap().here -= 1;
    if good { StatusCode::from_u16(status).unwrap() } else { StatusCode::UNAUTHORIZED }
}

/// Worked out here, and not by the stand-in.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut code = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    code.update(body);
    format!("sha256={}", HEXLOWER.encode(&code.finalize().into_bytes()))
}

/// Waits until something holds.
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub fn code(&self) -> i64 {
        self.json()["error"]["code"].as_i64().unwrap()
    }
}

pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(Duration::from_secs(3)))
        .proxy(None)
        .build()
        .into()
}

pub fn fetch(url: &str, token: &str) -> Result<Answer, ureq::Error> {
    let request = agent().get(url);
    let request = match token {
        "" => request,
        token => request.header("Authorization", format!("Bearer {token}")),
    };
    read(request.call()?)
}

pub fn post(url: &str, token: &str, kind: &str, body: &[u8]) -> Result<Answer, ureq::Error> {
    let request = agent().post(url).header("Content-Type", kind);
    read(request.header("Authorization", format!("Bearer {token}")).send(body)?)
}

pub fn post_json(url: &str, token: &str, body: &Value) -> Result<Answer, ureq::Error> {
    post(url, token, "application/json", body.to_string().as_bytes())
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let location = answer.headers().get("location");
    let location = location.map(|value| value.to_str().unwrap().to_owned());
    let bytes = answer.body_mut().read_to_vec()?;
    Ok(Answer { status: answer.status().as_u16(), location, bytes })
}
