//! The same control over HTTP, for people.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::{Meta, Reply, text};
use crate::fault::Fault;

/// A stand-in that people control.
pub(crate) trait Controlled: Send + Sync + 'static {
    fn meta(&self) -> &Meta;
    /// Injects what was asked; its id.
    fn inject_asked(&self, asked: &Value) -> Option<String>;
    /// What was sent, for the ledger.
    fn sent(&self) -> Value;
}

/// The routes below `/control`.
pub(crate) fn control<T: Controlled>() -> Router<Arc<T>> {
    Router::new()
        .route("/control/inject", post(inject::<T>))
        .route("/control/fault", post(fault::<T>))
        .route("/control/clock", post(clock::<T>))
        .route("/control/ledger", get(ledger::<T>))
}

async fn inject<T: Controlled>(State(stage): State<Arc<T>>, body: Bytes) -> Reply {
    let asked = serde_json::from_slice::<Value>(&body).unwrap_or_default();
    match stage.inject_asked(&asked) {
        Some(id) => Reply::json(200, &json!({ "id": id })),
        None => refused("person or from with message, or body"),
    }
}

async fn fault<T: Controlled>(State(stage): State<Arc<T>>, body: Bytes) -> Reply {
    let asked = serde_json::from_slice::<Value>(&body).unwrap_or_default();
    let Some(fault) = read_fault(&asked) else {
        return refused("method, and fault: close, doneclose, donestatus, hang, status or cut");
    };
    stage.meta().faults().next(text(&asked, "/method"), fault);
    Reply::json(200, &json!({ "ok": true }))
}

fn read_fault(asked: &Value) -> Option<Fault> {
    let value = asked.get("value").and_then(Value::as_u64);
    let status = |or: u16| value.and_then(|value| u16::try_from(value).ok()).unwrap_or(or);
    match text(asked, "/fault") {
        "close" => Some(Fault::Close),
        "doneclose" => Some(Fault::DoneButClose),
        "donestatus" => Some(Fault::DoneButStatus(status(500))),
        "status" => Some(Fault::Status(status(500), text(asked, "/body").to_owned())),
        "hang" => Some(Fault::Hang(Duration::from_secs(value.unwrap_or(10)))),
        "cut" => Some(Fault::Cut(usize::from(status(10)))),
        _ => None,
    }
}

async fn clock<T: Controlled>(State(stage): State<Arc<T>>, body: Bytes) -> Reply {
    let asked = serde_json::from_slice::<Value>(&body).unwrap_or_default();
    let clock = stage.meta().clock();
    if let Some(at) = asked.get("freeze").and_then(Value::as_u64) {
        clock.freeze(at);
    }
    if let Some(seconds) = asked.get("advance").and_then(Value::as_u64) {
        clock.advance(seconds);
    }
    Reply::json(200, &json!({ "now": clock.now() }))
}

async fn ledger<T: Controlled>(State(stage): State<Arc<T>>) -> Reply {
    let meta = stage.meta();
    Reply::json(
        200,
        &json!({
            "acknowledged": meta.acknowledged(), "others_acknowledged": meta.others_acknowledged(),
            "pending": meta.pending(), "lost": meta.lost(), "sent": stage.sent(),
        }),
    )
}

fn refused(wanted: &str) -> Reply {
    Reply::json(400, &json!({ "wanted": wanted }))
}
