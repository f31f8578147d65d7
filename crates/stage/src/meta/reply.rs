//! Answers to calls, and what a fault makes of them.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::answer::{closed, cut};
use crate::fault::{Fault, Faults};

const JSON: &str = "application/json; charset=UTF-8";

/// What a call is answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    kind: String,
    location: Option<String>,
    body: Bytes,
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        Self::bytes(status, JSON, body.to_string().into())
    }

    pub fn bytes(status: u16, kind: &str, body: Bytes) -> Self {
        Self { status, kind: kind.to_owned(), location: None, body }
    }

    pub fn redirect(to: String) -> Self {
        Self { location: Some(to), ..Self::bytes(302, "text/html", Bytes::new()) }
    }

    /// An error as the Graph words it.
    pub fn error(status: u16, code: i64, message: &str) -> Self {
        Self::detailed(status, code, message, &json!({}))
    }

    /// An error with further fields.
    pub fn detailed(status: u16, code: i64, message: &str, more: &Value) -> Self {
        let mut error = json!({
            "message": format!("(#{code}) {message}"), "type": "OAuthException", "code": code,
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            error[key] = value.clone();
        }
        error["fbtrace_id"] = "AStageTrace".into();
        Self::json(status, &json!({ "error": error }))
    }

    /// The refusal of a token.
    pub fn bad_token(subcode: Option<i64>) -> Self {
        let more = subcode.map_or(json!({}), |subcode| json!({ "error_subcode": subcode }));
        Self::detailed(401, 190, "Error validating access token", &more)
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut answer = Response::builder().status(code(self.status));
        answer = answer.header(CONTENT_TYPE, self.kind);
        if let Some(location) = self.location {
            answer = answer.header(LOCATION, location);
        }
        answer.body(Body::from(self.body)).expect("headers that hold")
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Does what was asked, unless a fault says otherwise.
pub(crate) async fn faulty(
    faults: &Faults,
    method: &str,
    work: impl FnOnce() -> Result<Reply, Reply>,
) -> Response {
    let fault = faults.take(method);
    match instead(fault.as_ref()) {
        Some(answer) => answer,
        None => dressed(fault, work().unwrap_or_else(|refusal| refusal)).await,
    }
}

/// What a fault answers instead of doing anything.
pub(crate) fn instead(fault: Option<&Fault>) -> Option<Response> {
    match fault? {
        Fault::Close => Some(closed()),
        Fault::Status(status, body) => {
            Some(Reply::bytes(*status, JSON, body.clone().into()).into_response())
        }
        _ => None,
    }
}

/// What a fault makes of the answer to a thing done.
pub(crate) async fn dressed(fault: Option<Fault>, reply: Reply) -> Response {
    match fault {
        Some(Fault::DoneButClose) => closed(),
        Some(Fault::DoneButStatus(status)) => {
            Reply::error(status, 1, "An unknown error occurred").into_response()
        }
        Some(Fault::Cut(keep)) => cut(code(reply.status), &reply.kind, reply.body, keep),
        Some(Fault::Hang(long)) => {
            tokio::time::sleep(long).await;
            reply.into_response()
        }
        _ => reply.into_response(),
    }
}
