//! Parameters under either of their names and in either of their forms; errors of JSON-RPC, and the
//! daemon's own.

use serde_json::{Value, json};

/// Why a call is not done.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub code: i64,
    pub message: String,
    pub data: Value,
}

impl Refusal {
    pub fn new(code: i64, message: &str) -> Self {
        Self { code, message: message.to_owned(), data: Value::Null }
    }

    /// The caller asked for something impossible.
    pub fn user(message: &str) -> Self {
        Self::new(-1, message)
    }

    /// Parameters do not fit.
    pub fn params(message: &str) -> Self {
        Self::new(-32602, message)
    }

    /// An exception that nobody expected.
    pub fn internal(message: &str) -> Self {
        Self::new(-32603, message)
    }

    /// The line that answers.
    pub fn answer(&self, id: &Value) -> Value {
        let error = json!({"code": self.code, "message": self.message, "data": self.data});
        json!({"jsonrpc": "2.0", "error": error, "id": id})
    }
}

/// A parameter by its singular or plural name.
pub(super) fn param<'a>(params: &'a Value, names: [&str; 2]) -> &'a Value {
    let found = names.iter().find_map(|name| params.get(*name));
    found.unwrap_or(&Value::Null)
}

/// Its texts: one, or an array of them.
pub(super) fn texts(params: &Value, names: [&str; 2]) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match param(params, names) {
        Value::Array(all) => all.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    }
}

/// A parameter's text, empty where there is none.
pub(super) fn text<'a>(params: &'a Value, name: &str) -> &'a str {
    params.get(name).and_then(Value::as_str).unwrap_or_default()
}
