//! What WhatsApp and Instagram share: signed webhooks and their deliveries, the Graph's answers, the
//! record of calls.

mod control;
mod deliver;
mod hook;
mod queue;
mod reply;
mod sign;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HOST};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;

pub(crate) use control::{Controlled, control};
pub use queue::Delivery;
use queue::Queue;
pub(crate) use reply::{Reply, dressed, faulty, instead};
pub use sign::SignatureKind;

use crate::clock::Clock;
use crate::fault::Faults;

/// A call that reached a stand-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `GET` or `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The `Host` header.
    pub host: String,
    /// Whether an `Authorization` header came along.
    pub authorized: bool,
}

/// What makes one platform's webhooks different from the other's.
pub(crate) struct Kind {
    /// Seconds for which a delivery is retried.
    pub keep: u64,
    /// One body of several events, over so many entries with so many changes each.
    pub pack: fn(&[Value], usize, usize) -> Value,
    /// What a body's events are called. A name with a space in it is no message's.
    pub names: fn(&Value) -> Vec<String>,
}

/// What WhatsApp and Instagram share; both stand-ins are one of these, too.
pub struct Meta {
    clock: Clock,
    faults: Faults,
    calls: Mutex<Vec<Call>>,
    url: OnceLock<String>,
    expired: Mutex<Option<String>>,
    kind: Kind,
    queue: Mutex<Queue>,
}

impl Meta {
    pub(crate) fn new(clock: Clock, kind: Kind) -> Arc<Self> {
        let meta = Arc::new(Self {
            clock,
            faults: Faults::default(),
            calls: Mutex::default(),
            url: OnceLock::new(),
            expired: Mutex::default(),
            kind,
            queue: Mutex::default(),
        });
        deliver::start(&meta);
        meta
    }

    pub(crate) fn at(&self, url: String) {
        let _ = self.url.set(url);
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.url.get().cloned().unwrap_or_default()
    }

    /// The time it keeps.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What goes wrong next. Methods: `messages`, `media`, `upload`, `download`, `number`, `me`,
    /// `refresh`, and `webhook` for its own deliveries.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The secret that signs webhooks.
    pub fn app_secret(&self) -> &'static str {
        "stage-app-secret"
    }

    /// What the handshake names.
    pub fn verify_token(&self) -> &'static str {
        "stage-verify-token"
    }

    /// Every call that reached it so far.
    pub fn calls(&self) -> Vec<Call> {
        locked(&self.calls).clone()
    }

    /// Calls of this version of the Graph (`v20.0`) are refused from now on.
    pub fn expire_version(&self, version: &str) {
        *locked(&self.expired) = Some(version.to_owned());
    }

    /// The refusal that a call of `version` meets.
    pub(crate) fn refuse_version(&self, version: &str) -> Result<(), Reply> {
        match locked(&self.expired).as_deref() {
            Some(expired) if expired == version => {
                Err(Reply::error(400, 2635, "This version of the API has been deprecated"))
            }
            _ => Ok(()),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        locked(&self.queue)
    }
}

/// Locks, whatever happened to those who had it.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes down each call before it is answered.
pub(crate) async fn record(
    State(meta): State<Arc<Meta>>,
    request: Request,
    next: Next,
) -> Response {
    locked(&meta.calls).push(call(&request));
    next.run(request).await
}

/// A call as the record has it.
pub(crate) fn call(request: &Request) -> Call {
    let headers = request.headers();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    Call {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        host: host.unwrap_or_default().to_owned(),
        authorized: headers.contains_key(AUTHORIZATION),
    }
}

/// The bearer's token.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// A text field deep in a value; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The elements of a field that is a list.
pub(crate) fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Neighbours in at most `groups` groups of nearly one size.
pub(crate) fn groups(parts: &[Value], groups: usize) -> impl Iterator<Item = &[Value]> {
    parts.chunks(parts.len().div_ceil(groups.max(1)).max(1))
}
