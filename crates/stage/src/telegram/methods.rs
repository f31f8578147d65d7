//! The methods that answer at once.

use std::sync::Arc;

use serde_json::{Value, json};

use super::params::Params;
use super::state::Stage;
use super::{files, hook, remove, send};

/// Why a call is not done.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The HTTP status too.
    pub code: u16,
    /// The whole description.
    pub text: String,
    /// Seconds.
    pub retry_after: Option<u64>,
}

impl Refusal {
    pub fn new(code: u16, text: &str) -> Self {
        Self { code, text: text.to_owned(), retry_after: None }
    }

    pub fn bad(text: &str) -> Self {
        Self::new(400, &format!("Bad Request: {text}"))
    }

    pub fn flood(seconds: u64) -> Self {
        let text = format!("Too Many Requests: retry after {seconds}");
        Self { retry_after: Some(seconds), ..Self::new(429, &text) }
    }
}

/// Does one call.
pub(super) fn perform(stage: &Arc<Stage>, method: &str, params: &Params) -> Result<Value, Refusal> {
    match method {
        "getme" => Ok(me(stage)),
        "getfile" => files::getfile(stage, params),
        "sendmessage" => send::text(stage, params),
        "sendvoice" | "sendphoto" | "senddocument" | "sendaudio" | "sendvideo" => {
            send::media(stage, method, params)
        }
        "deletemessage" => remove::one(stage, params),
        "deletemessages" => remove::many(stage, params),
        "setwebhook" => hook::set(stage, params),
        "deletewebhook" => hook::delete(stage, params),
        "getwebhookinfo" => Ok(hook::info(stage)),
        "answercallbackquery" => answer_query(params),
        "setmycommands" | "leavechat" | "sendchataction" | "logout" | "close" => Ok(json!(true)),
        _ => Err(Refusal::new(404, "Not Found: method not found")),
    }
}

/// The bot itself.
pub(super) fn me(stage: &Stage) -> Value {
    json!({"id": stage.bot(), "is_bot": true, "first_name": "Stage", "username": "stage_bot"})
}

fn answer_query(params: &Params) -> Result<Value, Refusal> {
    let late = "query is too old and response timeout expired or query ID is invalid";
    match params.text("callback_query_id").as_str() {
        "" => Err(Refusal::bad(late)),
        _ => Ok(json!(true)),
    }
}
