//! Calls of the Bot API, and what their answers say.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::json::{Look, read};
use crate::{Reason, Verdict, words};

/// A call: a method, and its parameters as JSON.
pub struct Call {
    /// The method.
    pub method: &'static str,
    /// Its parameters.
    pub body: Zeroizing<Vec<u8>>,
}

impl Call {
    fn new(method: &'static str, body: &Value) -> Self {
        Self { method, body: Zeroizing::new(serde_json::to_vec(body).unwrap_or_default()) }
    }

    /// A method that takes nothing.
    pub fn bare(method: &'static str) -> Self {
        Self::new(method, &json!({}))
    }

    /// Says where updates are to go, and by what secret they are known.
    pub fn webhook(url: &str, secret: &str) -> Self {
        let kinds = super::WANTED;
        let body = json!({ "url": url, "secret_token": secret, "allowed_updates": kinds,
            "drop_pending_updates": false });
        Self::new("setWebhook", &body)
    }

    /// Leaves a group.
    pub fn leave(chat: i64) -> Self {
        Self::new("leaveChat", &json!({ "chat_id": chat }))
    }
}

/// Asks for updates from `offset` on, which says that those before it are safe; waits so many
/// seconds for the first.
pub fn updates(offset: Option<i64>, limit: u8, wait: u64) -> Call {
    let mut body = json!({ "timeout": wait, "limit": limit, "allowed_updates": super::WANTED });
    if let Some(offset) = offset.filter(|offset| *offset > 0) {
        body["offset"] = offset.into();
    }
    Call::new("getUpdates", &body)
}

/// Asks where a file is.
pub fn file(id: &str) -> Call {
    Call::new("getFile", &json!({ "file_id": id }))
}

/// Deletes a message for both sides.
pub fn delete(chat: i64, message: i64) -> Call {
    Call::new("deleteMessages", &json!({ "chat_id": chat, "message_ids": [message] }))
}

/// Ends the waiting of somebody who pressed a button.
pub fn answered(query: &str) -> Call {
    Call::new("answerCallbackQuery", &json!({ "callback_query_id": query }))
}

/// Sends words, as plain text: nothing in them is markup, and no link is looked at by the company. A channel is
/// named by `@` and its name.
pub fn answer(to: &str, text: &str, about: Option<&str>) -> Call {
    let chat = match to.starts_with('@') {
        true => json!(to),
        false => json!(to.parse::<i64>().unwrap_or_default()),
    };
    let mut body = json!({ "chat_id": chat, "text": text,
        "link_preview_options": { "is_disabled": true } });
    if let Some(about) = about.and_then(|about| about.parse::<i64>().ok()) {
        body["reply_parameters"] =
            json!({ "message_id": about, "allow_sending_without_reply": true });
    }
    Call::new("sendMessage", &body)
}

/// What the answer to sending says. A status of the server's own may come after it sent.
pub fn judge(status: u16, body: &[u8]) -> Verdict {
    let Some(value) = read(body) else { return Verdict::Unsure };
    if value.is("ok") {
        let id = value.at("result").and_then(|result| result.name("message_id"));
        return Verdict::Accepted(id.unwrap_or_default());
    }
    let code = value.number("error_code").and_then(|code| u32::try_from(code).ok());
    let code = code.unwrap_or(status.into());
    let said = value.text("description").unwrap_or_default();
    match code {
        429 => Verdict::Later(retry_after(&value)),
        500.. => Verdict::Unsure,
        _ => Verdict::Refused(reason(code, said), Some(code)),
    }
}

fn retry_after(value: &Value) -> u64 {
    let after = value.at("parameters").and_then(|all| all.number("retry_after"));
    after.and_then(|after| u64::try_from(after).ok()).unwrap_or(5)
}

fn reason(code: u32, said: &str) -> Reason {
    let said = said.to_ascii_lowercase();
    let says = |word: &str| said.contains(word);
    match code {
        401 | 404 | 421 => Reason::Account,
        _ if says("deactivated") || says("chat not found") => Reason::Gone,
        403 => Reason::Blocked,
        _ if says("user_is_blocked") || says("blocked by the user") => Reason::Blocked,
        _ if says("too long") || says("is empty") || says("too big") => Reason::Form,
        _ => Reason::Other,
    }
}

/// Whether the company's server says that a file is larger than it gives out.
pub fn is_too_large(body: &[u8]) -> bool {
    let said = read(body);
    let said = said.as_ref().and_then(|value| value.text("description")).unwrap_or_default();
    said.contains("file is too big")
}

/// Where a file is, from the answer to getFile.
pub fn path(body: &[u8]) -> Option<crate::Words> {
    let value = read(body)?;
    value.at("result")?.text("file_path").map(words)
}
