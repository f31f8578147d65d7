//! Reading a line.

use serde_json::Value;

use super::NAMES;
use super::envelope::heard;
use crate::Heard;
use crate::Manner;
use crate::json::{self as look, Look};
use crate::kept::unknown;

/// One line of the daemon's.
pub enum Line {
    /// The answer to the call of that number.
    Answer(u64, Result<Value, Refused>),
    /// Something that came.
    Heard(Heard),
}

/// Why a call was refused.
pub struct Refused {
    /// The daemon's number.
    pub code: i64,
    /// What it adds.
    pub data: Value,
}

/// Reads a line, whatever it is.
pub fn read(line: &[u8], manner: Manner) -> Line {
    let Some(value) = look::read(line).filter(Value::is_object) else {
        return Line::Heard(unknown(line, &NAMES, manner));
    };
    if let Some(params) = wrapped(&value) {
        return Line::Heard(heard(params, line, manner));
    }
    if value.at("method").is_none() && value.at("params").is_none() {
        if let Some(id) = value.name("id").and_then(|id| id.parse().ok()) {
            return Line::Answer(id, answer(&value));
        }
        if value.at("error").is_some() {
            // It could not read a line of ours; nothing came.
            return Line::Heard(Heard::Nothing);
        }
    }
    let params = value.at("params").unwrap_or(&value);
    Line::Heard(heard(params.at("result").unwrap_or(params), line, manner))
}

/// What an envelope stands in, which daemons wrap in several ways.
fn wrapped(value: &Value) -> Option<&Value> {
    let params = value.at("params");
    let result = params.and_then(|params| params.at("result"));
    // What has a number is an answer.
    let bare = value.at("result").filter(|_| value.at("id").is_none());
    let all = [result, params, bare, Some(value)];
    all.into_iter().flatten().find(|all| all.at("envelope").is_some())
}

fn answer(value: &Value) -> Result<Value, Refused> {
    match value.at("error") {
        None => Ok(value.get("result").cloned().unwrap_or_default()),
        Some(error) => Err(Refused {
            code: error.number("code").unwrap_or(-1),
            data: error.get("data").cloned().unwrap_or_default(),
        }),
    }
}
