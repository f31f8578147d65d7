//! `/control/…`: what a person at a terminal can make happen, and see.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use serde_json::{Value, json};

use super::http::Answer;
use super::methods::Refusal;
use super::people::{is_kind, person_of, say, tell};
use super::state::{PERSON, Stage};
use super::truth::ledger;
use crate::fault::Fault;

/// Bytes that may be asked at once.
const BODY: usize = 16 << 20;

pub(super) async fn answer(stage: &Arc<Stage>, what: &str, request: Request) -> Answer {
    let body = axum::body::to_bytes(request.into_body(), BODY).await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    match what {
        "ledger" => Answer::json(200, ledger(stage).to_string()),
        "inject" if body.is_object() => inject(stage, body),
        "fault" => fault(stage, &body),
        "clock" => clock(stage, &body),
        _ => Refusal::new(404, "Not Found").into(),
    }
}

fn done(what: Value) -> Answer {
    Answer::json(200, what.to_string())
}

/// An update where it names a kind, else a message.
fn inject(stage: &Arc<Stage>, body: Value) -> Answer {
    let named = |name: &String| name == "update_id" || is_kind(name);
    if body.as_object().is_some_and(|object| object.keys().any(named)) {
        return done(json!({"update_id": tell(stage, body)}));
    }
    let person = person_of(&body).unwrap_or(PERSON);
    let (update_id, message_id) = say(stage, person, body);
    done(json!({"update_id": update_id, "message_id": message_id}))
}

fn fault(stage: &Stage, body: &Value) -> Answer {
    let number = body["value"].as_u64();
    let fault = match body["fault"].as_str() {
        Some("close") => Fault::Close,
        Some("doneclose") => Fault::DoneButClose,
        Some("hang") => Fault::Hang(Duration::from_secs(number.unwrap_or(30))),
        Some("status") => status(number),
        _ => return Refusal::bad("close, doneclose, hang or status").into(),
    };
    stage.faults.next(body["method"].as_str().unwrap_or_default(), fault);
    done(json!({"ok": true}))
}

fn status(number: Option<u64>) -> Fault {
    let code = number.and_then(|code| u16::try_from(code).ok()).unwrap_or(500);
    let body = json!({"ok": false, "error_code": code, "description": "Internal Server Error"});
    Fault::Status(code, body.to_string())
}

fn clock(stage: &Stage, body: &Value) -> Answer {
    if let Some(at) = body["freeze"].as_u64() {
        stage.clock.freeze(at);
    }
    if let Some(seconds) = body["advance"].as_u64() {
        stage.clock.advance(seconds);
    }
    done(json!({"now": stage.clock.now()}))
}
