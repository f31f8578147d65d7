//! Which call it is, what is wrong with its path, and how its answer goes wrong.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::methods::{Refusal, perform};
use super::params::{Params, percent};
use super::state::Stage;
use super::{files, page, poll};
use crate::answer::{closed, cut};
use crate::fault::Fault;

const JSON: &str = "application/json";

/// An answer before it is written.
pub(super) struct Answer {
    status: u16,
    kind: &'static str,
    retry_after: Option<u64>,
    body: Bytes,
}

impl Answer {
    /// JSON text.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, kind: JSON, retry_after: None, body: body.into() }
    }

    /// A file.
    pub fn file(body: impl Into<Bytes>) -> Self {
        Self { kind: "application/octet-stream", ..Self::json(200, body) }
    }

    /// A result whose JSON is written already.
    pub fn result(result: &str) -> Self {
        Self::json(200, format!(r#"{{"ok":true,"result":{result}}}"#))
    }

    fn into_response(self) -> Response {
        let mut response = Response::builder().status(self.status).header(CONTENT_TYPE, self.kind);
        if let Some(seconds) = self.retry_after {
            response = response.header(RETRY_AFTER, seconds);
        }
        response.body(Body::from(self.body)).expect("headers that hold")
    }
}

impl From<Result<Value, Refusal>> for Answer {
    fn from(outcome: Result<Value, Refusal>) -> Self {
        outcome.map_or_else(Self::from, |result| Self::result(&result.to_string()))
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let mut body =
            json!({"ok": false, "error_code": refusal.code, "description": refusal.text});
        if let Some(seconds) = refusal.retry_after {
            body["parameters"] = json!({"retry_after": seconds});
        }
        let retry_after = refusal.retry_after;
        Self { retry_after, ..Self::json(refusal.code, body.to_string()) }
    }
}

/// Everything under one roof: calls, downloads, the control page.
pub(super) fn router(stage: Arc<Stage>) -> Router {
    Router::new().fallback(any).with_state(stage)
}

async fn any(State(stage): State<Arc<Stage>>, request: Request) -> Response {
    let path = percent(request.uri().path());
    if let Some(what) = path.strip_prefix("/control/") {
        return page::answer(&stage, what, request).await.into_response();
    }
    let (method, known) = match route(&stage, &path) {
        Ok(route) => route,
        Err(refusal) => return Answer::from(refusal).into_response(),
    };
    stage.state().calls.push(method.clone());
    faulty(&stage, &method, &known, request).await
}

/// The method in lower case, and a download's path.
fn route(stage: &Stage, path: &str) -> Result<(String, String), Refusal> {
    let not_found = || Refusal::new(404, "Not Found");
    let (is_file, rest) = match path.strip_prefix("/file/bot") {
        Some(rest) => (true, rest),
        None => (false, path.strip_prefix("/bot").ok_or_else(not_found)?),
    };
    let (token, rest) = rest.split_once('/').ok_or_else(not_found)?;
    let local = stage.state().local.is_some();
    if rest.is_empty() || (is_file && local) {
        return Err(not_found());
    }
    check_token(stage, token)?;
    let file = || ("file".to_owned(), rest.to_owned());
    Ok(if is_file { file() } else { (rest.to_ascii_lowercase(), String::new()) })
}

fn check_token(stage: &Stage, token: &str) -> Result<(), Refusal> {
    let digits = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    match token.split_once(':') {
        _ if token == stage.token => Ok(()),
        Some((id, secret)) if digits(id) && !secret.is_empty() => {
            Err(Refusal::new(401, "Unauthorized"))
        }
        _ => Err(Refusal::new(401, "Unauthorized: invalid token specified")),
    }
}

/// Does what was asked, unless a fault says otherwise.
async fn faulty(stage: &Arc<Stage>, method: &str, path: &str, request: Request) -> Response {
    let fault = stage.faults.take(method);
    match fault {
        Some(Fault::Close) => return closed(),
        Some(Fault::Status(status, body)) => return Answer::json(status, body).into_response(),
        _ => {}
    }
    let answer = done(stage, method, path, request).await;
    match fault {
        Some(Fault::DoneButClose) => closed(),
        Some(Fault::DoneButStatus(status)) => {
            Answer::from(Refusal::new(status, "Internal Server Error")).into_response()
        }
        Some(Fault::Cut(keep)) => {
            let status = StatusCode::from_u16(answer.status).unwrap_or_default();
            cut(status, answer.kind, answer.body, keep)
        }
        Some(Fault::Hang(long)) => {
            tokio::time::sleep(long).await;
            answer.into_response()
        }
        _ => answer.into_response(),
    }
}

async fn done(stage: &Arc<Stage>, method: &str, path: &str, request: Request) -> Answer {
    if !matches!(*request.method(), Method::GET | Method::POST) {
        return Refusal::new(405, "Method Not Allowed").into();
    }
    if method == "file" {
        return files::download(stage, path);
    }
    let params = match Params::read(request).await {
        Ok(params) => params,
        Err(refusal) => return refusal.into(),
    };
    match method {
        "getupdates" => poll::answer(stage, &params).await,
        _ => perform(stage, method, &params).into(),
    }
}
