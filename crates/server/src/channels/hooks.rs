//! Where platforms call. Nothing is acknowledged that is not durable, and an answer has no words: some
//! platforms would act on them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use payamgir_channels::meta as signature;
use sha2::{Digest, Sha256};

use super::Channels;
use super::health::Trouble;
use super::line::Line;
use super::meta::Service;
use super::settings::Secret;
use super::taking::NotTaken;
use super::telegram::Listener;

/// Events worked on at once: bounds memory.
const AT_ONCE: usize = 16;
/// Bodies read at once.
const READ: usize = 128;
/// How long a platform may take to send one.
const BODY_TIME: Duration = Duration::from_secs(10);

/// Where a platform calls, and how it is known.
#[derive(Clone)]
pub(crate) struct Hook {
    pub(crate) path: String,
    pub(crate) line: Arc<Line>,
    pub(crate) kind: Kind,
}

/// Whose calls.
#[derive(Clone)]
pub(crate) enum Kind {
    /// Telegram's, known by a secret in a header.
    Telegram { secret: Secret, listener: Listener },
    /// Meta's, known by a signature.
    Meta { app_secret: Secret, verify_token: Secret, service: Service },
}

struct Calls {
    channels: Arc<Channels>,
    turns: tokio::sync::Semaphore,
    readers: tokio::sync::Semaphore,
}

/// The platforms' routes.
pub(crate) fn router(channels: Arc<Channels>) -> Router {
    let semaphore = tokio::sync::Semaphore::new;
    let calls = Calls { channels, turns: semaphore(AT_ONCE), readers: semaphore(READ) };
    Router::new().route("/hook/{*path}", any(called)).with_state(Arc::new(calls))
}

async fn called(State(calls): State<Arc<Calls>>, request: Request) -> Response {
    let Some(hook) = calls.channels.hook(request.uri().path()).cloned() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if request.method() == "POST" && !is_likely(&hook, &request) {
        return refused(&hook);
    }
    match (request.method().as_str(), &hook.kind) {
        ("GET", Kind::Meta { verify_token, .. }) => handshake(request.uri().query(), verify_token),
        ("POST", _) => event(&calls, hook, request).await,
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

/// The platform's first call, which must be answered with what it said.
fn handshake(query: Option<&str>, verify_token: &Secret) -> Response {
    let told = |key: &str| {
        let pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(name, _)| *name == key).map(|(_, value)| unescaped(value))
    };
    let known = told("hub.verify_token").is_some_and(|token| same(&token, &verify_token.0));
    match (told("hub.mode").as_deref(), told("hub.challenge"), known) {
        (Some("subscribe"), Some(challenge), true) if challenge.len() <= 256 => {
            let kind = [("content-type", "text/plain"), ("x-content-type-options", "nosniff")];
            (kind, challenge).into_response()
        }
        _ => StatusCode::FORBIDDEN.into_response(),
    }
}

/// `%41` and `+` in a query.
fn unescaped(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), vec![], 0);
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 2;
            }
            None => out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] }),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Compares by hashes: how long it takes says nothing of where two texts differ.
fn same(a: &str, b: &str) -> bool {
    Sha256::digest(a) == Sha256::digest(b)
}

async fn event(calls: &Calls, hook: Hook, request: Request) -> Response {
    let Ok(reading) = calls.readers.try_acquire() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let signed = header(&request, "x-hub-signature-256");
    let read = to_bytes(request.into_body(), signature::BODY_BYTES);
    let Ok(Ok(body)) = tokio::time::timeout(BODY_TIME, read).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if let Kind::Meta { app_secret, .. } = &hook.kind
        && !signature::is_signed(app_secret.0.as_bytes(), &body, signed.as_deref())
    {
        return refused(&hook);
    }
    drop(reading);
    // Only for who is who they say: strangers hold up nobody.
    let Ok(_turn) = calls.turns.acquire().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let channels = calls.channels.clone();
    let taken = tokio::task::spawn_blocking(move || hook.take(&channels, &body)).await;
    match taken {
        Ok(Ok(())) => StatusCode::OK.into_response(),
        Ok(Err(_)) | Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Whether a call may be the platform's, by its head alone.
fn is_likely(hook: &Hook, request: &Request) -> bool {
    match &hook.kind {
        Kind::Telegram { secret, .. } => header(request, "x-telegram-bot-api-secret-token")
            .is_some_and(|token| same(&token, &secret.0)),
        Kind::Meta { .. } => header(request, "x-hub-signature-256").is_some(),
    }
}

fn header(request: &Request, name: &str) -> Option<String> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn refused(hook: &Hook) -> Response {
    hook.line.wrong(Trouble::Unsigned);
    StatusCode::FORBIDDEN.into_response()
}

impl Hook {
    fn take(&self, channels: &Channels, body: &[u8]) -> Result<(), NotTaken> {
        self.line.health.heard(self.line.now());
        match &self.kind {
            Kind::Telegram { listener, .. } => listener.take(listener.read(body)),
            Kind::Meta { service, .. } => service.take(&self.line, channels, body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_call_is_answered_with_what_it_said_to_who_knows_the_word() {
        let secret = Secret(zeroize::Zeroizing::new("a b+c".into()));
        let table = [
            ("hub.mode=subscribe&hub.challenge=1158&hub.verify_token=a%20b%2Bc", 200),
            ("hub.verify_token=a+b%2Bc&hub.challenge=1158&hub.mode=subscribe", 200),
            ("hub.mode=subscribe&hub.challenge=1158&hub.verify_token=wrong", 403),
            ("hub.mode=subscribe&hub.challenge=1158", 403),
            ("hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=a%20b%2Bc", 403),
            ("hub.mode=subscribe&hub.verify_token=a%20b%2Bc", 403),
            ("%=&%zz=%", 403),
            ("", 403),
        ];
        for (query, status) in table {
            assert_eq!(handshake(Some(query), &secret).status(), status, "{query}");
        }
        assert_eq!(handshake(None, &secret).status(), 403);
    }
}
