//! What is done with a message of ours.

use std::time::Duration;

use serde_json::{Value, json};

use super::errors::{listed, refusal, refusal_because};
use super::events::{put, status};
use super::{Core, LATER, Sent};
use crate::meta::{Reply, locked, text};

/// Characters of a text.
const LONGEST: usize = 4096;

impl Core {
    /// Takes what was posted to `messages`.
    pub fn accept(&self, body: Value) -> Result<Reply, Reply> {
        if text(&body, "/messaging_product") != "whatsapp" {
            return Err(refusal_because(100, "messaging_product must be whatsapp"));
        }
        if let Some(code) = locked(&self.state).refuse.pop_front() {
            return Err(refusal(code));
        }
        if text(&body, "/status") == "read" {
            return self.mark_read(text(&body, "/message_id"));
        }
        let sent = self.read_message(body)?;
        let answer = answer(&sent);
        self.carry(sent);
        Ok(answer)
    }

    fn mark_read(&self, wamid: &str) -> Result<Reply, Reply> {
        if wamid.is_empty() {
            return Err(refusal_because(100, "message_id is required"));
        }
        locked(&self.state).reads.push(wamid.to_owned());
        Ok(Reply::json(200, &json!({ "success": true })))
    }

    fn read_message(&self, body: Value) -> Result<Sent, Reply> {
        let to = receiver(&body)?;
        let kind = Some(text(&body, "/type")).filter(|kind| !kind.is_empty()).unwrap_or("text");
        let (words, bytes) = self.content(&body, kind)?;
        let context = Some(text(&body, "/context/message_id").to_owned());
        Ok(Sent {
            to,
            kind: kind.to_owned(),
            text: words,
            bytes,
            wamid: locked(&self.state).wamid("OUT"),
            context: context.filter(|id| !id.is_empty()),
            body,
        })
    }

    fn content(&self, body: &Value, kind: &str) -> Result<(String, Option<Vec<u8>>), Reply> {
        match kind {
            "text" => Ok((checked(text(body, "/text/body"))?, None)),
            "audio" | "image" | "document" | "video" | "sticker" => {
                let id = text(&body[kind], "/id");
                let none = || refusal_because(100, "no media with this id");
                let stored = self.medium(id).ok_or_else(none)?;
                Ok((text(&body[kind], "/caption").to_owned(), Some(stored.bytes.to_vec())))
            }
            _ if body.get(kind).is_some() => Ok((String::new(), None)),
            _ => Err(refusal_because(100, "the message has no content of its type")),
        }
    }

    /// Brings it to its receiver, or not, and reports that.
    fn carry(&self, sent: Sent) {
        let now = self.meta.clock().now();
        let mut state = locked(&self.state);
        let closed = sent.kind != "template" && !state.open(&sent.to, now);
        let failure = state.fail.pop_front().or(closed.then_some(131_047));
        let (wamid, read) = (sent.wamid.clone(), state.read_receipts);
        state.out.push((sent, failure.is_some()));
        drop(state);
        match failure {
            Some(code) => self.report(&wamid, "failed", listed(code), LATER),
            None => self.report_good(&wamid, read),
        }
    }

    fn report_good(&self, wamid: &str, read: bool) {
        self.report(wamid, "sent", Value::Null, LATER);
        self.report(wamid, "delivered", Value::Null, 2 * LATER);
        if read {
            self.report(wamid, "read", Value::Null, 3 * LATER);
        }
    }

    /// Reports a status of a message, which need not be known.
    pub fn report(&self, wamid: &str, what: &str, errors: Value, after: Duration) {
        let mut told = json!({
            "id": wamid, "status": what, "timestamp": self.meta.clock().now().to_string(),
        });
        let state = locked(&self.state);
        let sent = state.out.iter().find(|(sent, _)| sent.wamid == wamid);
        let body = sent.map_or(&Value::Null, |(sent, _)| &sent.body);
        let to = sent.map_or("15555550100", |(sent, _)| &sent.to);
        let field =
            if body["recipient"].is_string() { "recipient_user_id" } else { "recipient_id" };
        put(&mut told, field, Some(to));
        put(&mut told, "biz_opaque_callback_data", body["biz_opaque_callback_data"].as_str());
        drop(state);
        if errors.is_array() {
            told["errors"] = errors;
        }
        self.meta.push(status(told), after);
    }
}

fn receiver(body: &Value) -> Result<String, Reply> {
    match (text(body, "/to"), text(body, "/recipient")) {
        ("", "") => Err(refusal_because(100, "The parameter to is required.")),
        ("", user_id) => Ok(user_id.to_owned()),
        (number, _) if number.starts_with('+') => {
            Ok(number.chars().filter(char::is_ascii_digit).collect())
        }
        (number, _) => Ok(number.to_owned()),
    }
}

fn checked(words: &str) -> Result<String, Reply> {
    match words.chars().count() {
        0 => Err(refusal_because(100, "The parameter text['body'] is required.")),
        length if length > LONGEST => {
            Err(refusal_because(100, "Param text['body'] must be at most 4096 characters long."))
        }
        _ => Ok(words.to_owned()),
    }
}

fn answer(sent: &Sent) -> Reply {
    let by_user = sent.body["recipient"].is_string();
    let key = if by_user { "user_id" } else { "wa_id" };
    let input = if by_user { &sent.body["recipient"] } else { &sent.body["to"] };
    Reply::json(
        200,
        &json!({
            "messaging_product": "whatsapp",
            "contacts": [{ "input": input, key: sent.to }],
            "messages": [{ "id": sent.wamid, "message_status": "accepted" }],
        }),
    )
}
