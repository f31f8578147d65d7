//! What is sent by Instagram, and what its answers say.

use serde_json::json;
use zeroize::Zeroizing;

use crate::json::{self as look, Look};
use crate::meta::refused;
use crate::{Reason, Verdict, Words, words};

/// The body that sends words; as a person's answer after the window, where that is allowed.
pub fn text(to: &str, text: &str, late: bool) -> Zeroizing<Vec<u8>> {
    let mut body = json!({ "recipient": { "id": to }, "message": { "text": text } });
    if late {
        body["messaging_type"] = "MESSAGE_TAG".into();
        body["tag"] = "HUMAN_AGENT".into();
    }
    Zeroizing::new(serde_json::to_vec(&body).unwrap_or_default())
}

/// What the answer to sending says.
pub fn judge(status: u16, body: &[u8]) -> Verdict {
    let id = look::read(body).and_then(|value| value.name("message_id"));
    match (status, id) {
        (200..=299, Some(id)) => Verdict::Accepted(id),
        (200..=299, None) if look::read(body).is_some_and(|v| v.at("error").is_none()) => {
            Verdict::Accepted(Words::default())
        }
        _ => refused(status, body, reason),
    }
}

fn reason(code: u32, subcode: u32) -> Reason {
    match (code, subcode) {
        (10, 2_534_022) => Reason::Window,
        (100, 33) | (551, _) | (9_000_001, _) => Reason::Gone,
        (100, _) => Reason::Form,
        (code, _) if crate::meta::is_token(code) => Reason::Account,
        _ => Reason::Other,
    }
}

/// A new token and how many seconds it is good for.
pub fn refreshed(body: &[u8]) -> Option<(Words, u64)> {
    let value = look::read(body)?;
    let seconds = value.number("expires_in").and_then(|seconds| u64::try_from(seconds).ok());
    Some((words(value.text("access_token")?), seconds.unwrap_or(60 * 24 * 3600)))
}
