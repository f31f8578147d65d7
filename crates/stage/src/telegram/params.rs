//! A call's parameters, however they were sent.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::methods::Refusal;

/// Bytes that a body may have: the upload limit, and some for its other parts.
const BODY: usize = 52 << 20;

/// Parameters and files of one call.
#[derive(Default)]
pub(super) struct Params {
    pub values: Map<String, Value>,
    pub files: HashMap<String, Bytes>,
}

impl Params {
    /// Those of a webhook's answer, or of anything else that is JSON.
    pub fn of_json(object: Value) -> Option<Self> {
        let Value::Object(values) = object else { return None };
        Some(Self { values, files: HashMap::new() })
    }

    /// Reads the query and the body.
    pub async fn read(request: Request) -> Result<Self, Refusal> {
        let (head, body) = request.into_parts();
        let mut params = Self::default();
        params.urlencoded(head.uri.query().unwrap_or_default());
        let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        let body = axum::body::to_bytes(body, BODY).await;
        let body = body.map_err(|_| Refusal::new(413, "Request Entity Too Large"))?;
        params.body(&kind, body).await?;
        Ok(params)
    }

    async fn body(&mut self, kind: &str, body: Bytes) -> Result<(), Refusal> {
        if body.is_empty() {
            return Ok(());
        }
        if kind.starts_with("application/json") {
            let object = serde_json::from_slice(&body).ok().and_then(Self::of_json);
            let object = object.ok_or_else(|| Refusal::bad("can't parse JSON object"))?;
            self.values.extend(object.values);
        } else if let Ok(boundary) = multer::parse_boundary(kind) {
            self.multipart(body, boundary).await?;
        } else {
            self.urlencoded(&String::from_utf8_lossy(&body));
        }
        Ok(())
    }

    async fn multipart(&mut self, body: Bytes, boundary: String) -> Result<(), Refusal> {
        let broken = |_| Refusal::bad("can't parse multipart body");
        let mut parts = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let Some(name) = part.name().map(str::to_owned) else { continue };
            let is_file = part.file_name().is_some();
            let bytes = part.bytes().await.map_err(broken)?;
            if is_file {
                self.files.insert(name, bytes);
            } else {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                self.values.insert(name, Value::String(text));
            }
        }
        Ok(())
    }

    fn urlencoded(&mut self, text: &str) {
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let plus = |text: &str| percent(&text.replace('+', " "));
            self.values.insert(plus(name), Value::String(plus(value)));
        }
    }

    /// A parameter as text.
    pub fn text(&self, name: &str) -> String {
        match self.values.get(name) {
            Some(Value::String(text)) => text.clone(),
            None | Some(Value::Null) => String::new(),
            Some(other) => other.to_string(),
        }
    }

    /// A parameter as a whole number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name).trim().parse().ok()
    }

    /// A parameter that says yes.
    pub fn yes(&self, name: &str) -> bool {
        matches!(self.text(name).to_ascii_lowercase().as_str(), "true" | "1" | "yes")
    }

    /// A parameter that is an object or an array, which forms send as JSON text.
    pub fn json(&self, name: &str) -> Option<Value> {
        match self.values.get(name)? {
            Value::String(text) => serde_json::from_str(text).ok(),
            Value::Null => None,
            other => Some(other.clone()),
        }
    }
}

/// Decodes `%41`; what does not decode stays.
pub(super) fn percent(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| first == b'%');
        let code = code.and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => (out.push(byte), rest = &tail[2..]),
            None => (out.push(first), rest = tail),
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}
