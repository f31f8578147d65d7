//! What is done with a message of ours.

use serde_json::{Value, json};

use super::events::{MESSAGING, item, part};
use super::{ACCOUNT, Core, LATER, Sent};
use crate::meta::{Reply, locked, text};

const DAY: u64 = 86_400;
/// Bytes of a text.
const LONGEST: usize = 1000;

impl Core {
    /// Takes what was posted to `messages`; the answer, and the mid of what was sent.
    pub fn accept(&self, body: Value) -> Result<(Reply, Option<String>), Reply> {
        if let Some((code, subcode)) = locked(&self.state).refuse.pop_front() {
            return Err(refusal(code, subcode, "Refused as asked"));
        }
        let to = text(&body, "/recipient/id").to_owned();
        if to.is_empty() {
            return Err(refusal(100, None, "The parameter recipient is required"));
        }
        if body.get("sender_action").is_some() {
            return Ok((Reply::json(200, &json!({ "recipient_id": to })), None));
        }
        let words = content(&body)?;
        let tag = self.check_window(&body, &to)?;
        let mut state = locked(&self.state);
        let mid = state.mid();
        let sent = Sent { to: to.clone(), text: words, mid: mid.clone(), tag, body };
        state.sent.push(sent.clone());
        drop(state);
        self.echo(&sent);
        let answer = json!({ "recipient_id": to, "message_id": mid });
        Ok((Reply::json(200, &answer), Some(mid)))
    }

    /// The tag that the message may bear, where it may be sent at all.
    fn check_window(&self, body: &Value, to: &str) -> Result<Option<String>, Reply> {
        let tag = read_tag(body)?;
        let state = locked(&self.state);
        let silence = state.silence(to, self.meta.clock().now());
        let silence = silence.ok_or_else(|| refusal(100, Some(33), "No such user"))?;
        if tag.is_some() && !state.human_agent {
            return Err(refusal(10, None, "The app may not use the Human Agent tag"));
        }
        let window = if tag.is_some() { 7 * DAY } else { DAY };
        if silence >= window {
            let why = "This message is sent outside of allowed window";
            return Err(refusal(10, Some(2_534_022), why));
        }
        Ok(tag)
    }

    /// Tells the webhook of our own message.
    fn echo(&self, sent: &Sent) {
        let mut message = json!({ "mid": sent.mid });
        for key in ["text", "attachment", "attachments"] {
            if let Some(value) = sent.body["message"].get(key) {
                message[key] = value.clone();
            }
        }
        message["is_echo"] = json!(true);
        message["app_id"] = json!(1_234_567_890_u64);
        let now = self.meta.clock().now();
        let echo = item(ACCOUNT, &sent.to, json!({ "message": message }), now);
        let after = if self.echo_first() { std::time::Duration::ZERO } else { LATER };
        self.meta.push(part(MESSAGING, echo), after);
    }

    pub fn echo_first(&self) -> bool {
        locked(&self.state).echo_first
    }
}

fn content(body: &Value) -> Result<String, Reply> {
    let message = &body["message"];
    let words = text(message, "/text");
    let attached = ["attachment", "attachments"].iter().any(|key| message.get(key).is_some());
    if words.len() > LONGEST {
        return Err(refusal(100, None, "Length of param message[text] must be at most 1000 bytes"));
    }
    if words.is_empty() != attached {
        return Err(refusal(100, None, "Either text or an attachment is required"));
    }
    Ok(words.to_owned())
}

fn read_tag(body: &Value) -> Result<Option<String>, Reply> {
    match (text(body, "/messaging_type"), text(body, "/tag")) {
        ("MESSAGE_TAG", "HUMAN_AGENT") => Ok(Some("HUMAN_AGENT".to_owned())),
        ("MESSAGE_TAG", _) => Err(refusal(100, None, "Invalid tag")),
        (_, "") => Ok(None),
        _ => Err(refusal(100, None, "A tag needs the messaging type MESSAGE_TAG")),
    }
}

fn refusal(code: i64, subcode: Option<i64>, message: &str) -> Reply {
    let mut more = json!({ "type": "IGApiException" });
    if let Some(subcode) = subcode {
        more["error_subcode"] = json!(subcode);
    }
    Reply::detailed(status(code), code, message, &more)
}

fn status(code: i64) -> u16 {
    match code {
        190 => 401,
        10 | 200..=299 => 403,
        4 | 17 | 32 | 613 | 80_002 => 429,
        1 | 2 => 500,
        _ => 400,
    }
}
