//! What is sent by WhatsApp, and what its answers say.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::message::hash;
use crate::json::{self as look, Look};
use crate::meta::refused;
use crate::{File, Reason, Verdict, Words, words};

/// Why something was not sent, by the platform's number.
pub(super) fn reason(code: u32, _: u32) -> Reason {
    match code {
        131_047 => Reason::Window,
        131_026 | 131_050 => Reason::Blocked,
        131_030 | 131_045 | 133_010 => Reason::Account,
        131_048 | 131_056 | 130_429 => Reason::Rate,
        131_009 | 100 | 131_008 | 131_051 | 131_053 => Reason::Form,
        code if crate::meta::is_token(code) => Reason::Account,
        _ => Reason::Other,
    }
}

/// Whom a message goes to: an id of the platform's, or a number.
fn addressed(to: &str) -> Value {
    let mut body = json!({ "messaging_product": "whatsapp", "recipient_type": "individual" });
    let key = if to.contains('.') { "recipient" } else { "to" };
    body[key] = to.into();
    body
}

/// The body that sends words. `own` comes back in what is told of it.
pub fn text(to: &str, text: &str, about: Option<&str>, own: &str) -> Zeroizing<Vec<u8>> {
    let mut body = addressed(to);
    body["type"] = "text".into();
    body["text"] = json!({ "preview_url": false, "body": text });
    finished(body, about, own)
}

/// The body that sends a file that the platform has under an id.
pub fn media(to: &str, kind: &str, id: &str, own: &str) -> Zeroizing<Vec<u8>> {
    let mut body = addressed(to);
    body["type"] = kind.into();
    body[kind] = json!({ "id": id });
    finished(body, None, own)
}

fn finished(mut body: Value, about: Option<&str>, own: &str) -> Zeroizing<Vec<u8>> {
    if let Some(about) = about {
        body["context"] = json!({ "message_id": about });
    }
    body["biz_opaque_callback_data"] = own.into();
    Zeroizing::new(serde_json::to_vec(&body).unwrap_or_default())
}

/// What the answer to sending says.
pub fn judge(status: u16, body: &[u8]) -> Verdict {
    let id = look::read(body).and_then(|value| value.all("messages").first()?.name("id"));
    match (status, id) {
        (200..=299, Some(id)) => Verdict::Accepted(id),
        (200..=299, None) if look::read(body).is_some_and(|v| v.at("error").is_none()) => {
            Verdict::Accepted(Words::default())
        }
        _ => refused(status, body, reason),
    }
}

/// Where a file is, as the platform answers when it is asked for it by its id.
pub fn located(body: &[u8]) -> Option<File> {
    let value = look::read(body)?;
    Some(File {
        url: Some(words(value.text("url")?)),
        size: value.number("file_size").and_then(|size| u64::try_from(size).ok()),
        sha256: value.text("sha256").and_then(hash),
        media_type: words(value.text("mime_type").unwrap_or_default()),
        ..File::default()
    })
}

/// The id under which the platform took a file.
pub fn uploaded(body: &[u8]) -> Option<Words> {
    look::read(body)?.name("id")
}
