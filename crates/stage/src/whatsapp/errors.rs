//! What the platform's codes are called.

use serde_json::{Value, json};

use crate::meta::Reply;

/// The code's title.
pub(crate) fn title(code: i64) -> &'static str {
    match code {
        4 => "Application request limit reached",
        10 | 200..=299 => "Application does not have permission for this action",
        100 => "Invalid parameter",
        190 => "Error validating access token",
        80007 => "Rate limit issues",
        130_429 => "Rate limit hit",
        130_472 => "User's number is part of an experiment",
        130_497 => "Business account is restricted from messaging users in this country.",
        131_000 => "Something went wrong",
        131_016 => "Service unavailable",
        131_026 => "Message undeliverable",
        131_047 => "Re-engagement message",
        131_048 => "Spam rate limit hit",
        131_050 => "User has stopped marketing messages",
        131_051 => "Message type unknown",
        131_052 => "Media download error",
        131_053 => "Media upload error",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        131_062 => "Business-scoped User ID recipients are not supported for this message",
        _ => "Unknown error",
    }
}

/// The list that a failed status carries.
pub(crate) fn listed(code: i64) -> Value {
    json!([{
        "code": code, "title": title(code), "message": title(code),
        "error_data": { "details": details(code) },
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }])
}

/// The refusal of a call.
pub(crate) fn refusal(code: i64) -> Reply {
    refusal_because(code, details(code))
}

/// The refusal of a call, with details of its own.
pub(crate) fn refusal_because(code: i64, details: &str) -> Reply {
    let data = json!({ "messaging_product": "whatsapp", "details": details });
    Reply::detailed(status(code), code, title(code), &json!({ "error_data": data }))
}

fn details(code: i64) -> &'static str {
    match code {
        131_047 => {
            "Message failed to send because more than 24 hours have passed since the customer last \
             replied to this number."
        }
        131_026 => "Message Undeliverable.",
        _ => title(code),
    }
}

fn status(code: i64) -> u16 {
    match code {
        190 => 401,
        10 | 200..=299 | 130_497 => 403,
        4 | 80007 | 130_429 => 429,
        131_000 => 500,
        131_016 => 503,
        _ => 400,
    }
}
