//! What the program sends.

use std::fs;

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::daemon::Daemon;
use super::rpc::{Refusal, text, texts};

/// One message that the program sent to one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// A number, an ACI, `PNI:…` or `u:name.01`, as it was asked.
    pub recipient: String,
    /// The text; empty where there is none.
    pub text: String,
    /// The attachments' bytes.
    pub attachments: Vec<Vec<u8>>,
    /// Its id, in Unix milliseconds.
    pub timestamp: u64,
    /// All parameters.
    pub params: Value,
}

/// One message of its own that the program took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// From whom.
    pub recipient: String,
    /// The message's id, in Unix milliseconds.
    pub timestamp: u64,
}

/// How one send ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is sent.
    Success,
    /// `NETWORK_FAILURE`, code -1.
    Network,
    /// `UNREGISTERED_FAILURE`, code -1.
    Unregistered,
    /// `IDENTITY_FAILURE`, code -4.
    Identity,
    /// `RATE_LIMIT_FAILURE`, code -5.
    RateLimit {
        /// For `submitRateLimitChallenge`.
        token: String,
        /// Seconds to wait.
        retry_after: u64,
    },
    /// `INVALID_PRE_KEY_FAILURE`, code -1.
    InvalidPreKey,
    /// An error with this code and message, and no results.
    Error(i64, String),
}

impl Outcome {
    fn name_and_code(&self) -> (&'static str, i64) {
        match self {
            Self::Success => ("SUCCESS", 0),
            Self::Network => ("NETWORK_FAILURE", -1),
            Self::Unregistered => ("UNREGISTERED_FAILURE", -1),
            Self::Identity => ("IDENTITY_FAILURE", -4),
            Self::RateLimit { .. } => ("RATE_LIMIT_FAILURE", -5),
            Self::InvalidPreKey => ("INVALID_PRE_KEY_FAILURE", -1),
            Self::Error(code, _) => ("", *code),
        }
    }

    fn result(&self, recipient: &str) -> Value {
        let (name, _) = self.name_and_code();
        let mut result = json!({"recipientAddress": address(recipient), "type": name});
        if let Self::RateLimit { token, retry_after } = self {
            result["token"] = json!(token);
            result["retryAfterSeconds"] = json!(retry_after);
        }
        result
    }
}

fn address(recipient: &str) -> Value {
    match (recipient.strip_prefix("u:"), recipient.starts_with('+')) {
        (Some(name), _) => json!({"uuid": null, "number": null, "username": name}),
        (None, true) => json!({"uuid": null, "number": recipient, "username": null}),
        (None, false) => json!({"uuid": recipient, "number": null, "username": null}),
    }
}

/// `send`.
pub(super) fn send(daemon: &Daemon, params: &Value) -> Result<Value, Refusal> {
    let recipients = recipients(params)?;
    let files = texts(params, ["attachment", "attachments"]);
    let attachments: Vec<_> = files.iter().map(|file| read(file)).collect::<Result<_, _>>()?;
    let text = text(params, "message");
    if text.is_empty() && attachments.is_empty() && params.get("sticker").is_none() {
        let empty = "Sending empty message is not allowed, either a message, attachment or sticker \
                     must be given.";
        return Err(Refusal::user(empty));
    }
    let timestamp = conclude(daemon, &recipients)?;
    daemon.state().sent.extend(recipients.iter().map(|recipient| Sent {
        recipient: recipient.clone(),
        text: text.to_owned(),
        attachments: attachments.clone(),
        timestamp,
        params: params.clone(),
    }));
    Ok(response(&Outcome::Success, &recipients, timestamp))
}

/// `remoteDelete`.
pub(super) fn remove(daemon: &Daemon, params: &Value) -> Result<Value, Refusal> {
    let recipients = recipients(params)?;
    let target = params["targetTimestamp"].as_u64();
    let target = target.ok_or_else(|| Refusal::params("targetTimestamp is required"))?;
    let timestamp = conclude(daemon, &recipients)?;
    let removed = |recipient: &String| Removed { recipient: recipient.clone(), timestamp: target };
    daemon.state().removed.extend(recipients.iter().map(removed));
    Ok(response(&Outcome::Success, &recipients, timestamp))
}

/// Receipts, typing and the like, which the list of calls keeps.
pub(super) fn signal(daemon: &Daemon, params: &Value) -> Result<Value, Refusal> {
    let recipients = recipients(params)?;
    let timestamp = daemon.state().timestamp(&daemon.clock);
    Ok(response(&Outcome::Success, &recipients, timestamp))
}

/// How this send ends, and its timestamp.
fn conclude(daemon: &Daemon, recipients: &[String]) -> Result<u64, Refusal> {
    let mut state = daemon.state();
    let timestamp = state.timestamp(&daemon.clock);
    let outcome = state.outcomes.pop_front().unwrap_or(Outcome::Success);
    let (_, code) = outcome.name_and_code();
    match &outcome {
        Outcome::Success => Ok(timestamp),
        Outcome::Error(code, message) => Err(Refusal::new(*code, message)),
        failed => {
            let data = json!({"response": response(failed, recipients, timestamp)});
            Err(Refusal { data, ..Refusal::new(code, "Failed to send message") })
        }
    }
}

fn response(outcome: &Outcome, recipients: &[String], timestamp: u64) -> Value {
    let results: Vec<Value> = recipients.iter().map(|one| outcome.result(one)).collect();
    json!({"results": results, "timestamp": timestamp})
}

fn recipients(params: &Value) -> Result<Vec<String>, Refusal> {
    let mut all = texts(params, ["recipient", "recipients"]);
    let names = texts(params, ["username", "usernames"]);
    all.extend(names.iter().map(|name| format!("u:{}", name.trim_start_matches("u:"))));
    all.extend(texts(params, ["groupId", "groupIds"]));
    if all.is_empty() {
        return Err(Refusal::user("No recipients given"));
    }
    match all.iter().find(|one| !possible(one)) {
        Some(bad) => {
            Err(Refusal::user(&format!("Invalid phone number '{bad}': No valid characters found.")))
        }
        None => Ok(all),
    }
}

/// Whether this can be a number, an ACI, a PNI, a user's name or a group.
fn possible(recipient: &str) -> bool {
    let digits = recipient.bytes().filter(u8::is_ascii_digit).count();
    recipient.starts_with("u:") || recipient.ends_with('=') || digits > 0
}

/// The bytes of `data:mime;filename=a.txt;base64,…`, or of a path.
fn read(file: &str) -> Result<Vec<u8>, Refusal> {
    let why = "(AttachmentInvalidException) (UnexpectedErrorException)";
    let failed = |what: &str| Refusal::internal(&format!("Failed to send message: {what} {why}"));
    let Some(data) = file.strip_prefix("data:") else {
        return fs::read(file).map_err(|_| failed(&format!("{file}: File not found")));
    };
    let base64 = data.split_once(',').filter(|(head, _)| head.ends_with(";base64"));
    let bytes = base64.and_then(|(_, text)| BASE64.decode(text.as_bytes()).ok());
    bytes.ok_or_else(|| failed("Invalid data URI"))
}
