//! The calls.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use multer::Multipart;
use serde_json::{Value, json};

use super::errors::{refusal, refusal_because};
use super::{Core, DISPLAY, NUMBER};
use crate::meta::{Reply, bearer, control, dressed, faulty, instead, locked, record};

type Words = Query<HashMap<String, String>>;

pub(crate) fn router(core: Arc<Core>) -> Router {
    let meta = core.meta.clone();
    Router::new()
        .route("/{version}/{id}", get(object))
        .route("/{version}/{id}/messages", post(messages))
        .route("/{version}/{id}/media", post(upload))
        .route("/whatsapp_business/attachments/", get(download))
        .merge(control::<Core>())
        .layer(from_fn_with_state(meta, record))
        .layer(DefaultBodyLimit::disable())
        .with_state(core)
}

/// The other host.
pub(crate) fn elsewhere(core: Arc<Core>) -> Router {
    let answer = |State(core): State<Arc<Core>>, request: Request| async move {
        core.answer_elsewhere(&request)
    };
    Router::new().fallback(answer).with_state(core)
}

impl Core {
    fn check_token(&self, headers: &HeaderMap) -> Result<(), Reply> {
        let right = bearer(headers) == Some(locked(&self.state).token().as_str());
        if right { Ok(()) } else { Err(Reply::bad_token(None)) }
    }

    fn check(&self, version: &str, headers: &HeaderMap) -> Result<(), Reply> {
        self.meta.refuse_version(version)?;
        self.check_token(headers)
    }

    fn check_number(&self, id: &str) -> Result<(), Reply> {
        let unknown = || refusal_because(100, &format!("Object with ID '{id}' does not exist"));
        if id == NUMBER { Ok(()) } else { Err(unknown()) }
    }
}

async fn messages(
    State(core): State<Arc<Core>>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let work = || {
        core.check(&version, &headers)?;
        core.check_number(&id)?;
        core.accept(serde_json::from_slice(&body).map_err(|_| refusal(100))?)
    };
    faulty(core.meta.faults(), "messages", work).await
}

/// The number, or a medium.
async fn object(
    State(core): State<Arc<Core>>,
    Path((version, id)): Path<(String, String)>,
    Query(query): Words,
    headers: HeaderMap,
) -> Response {
    let method = if id == NUMBER { "number" } else { "media" };
    let work = || {
        core.check(&version, &headers)?;
        if id == NUMBER {
            return Ok(Reply::json(200, &number()));
        }
        core.check_number(query.get("phone_number_id").map_or(NUMBER, String::as_str))?;
        core.describe(&id)
    };
    faulty(core.meta.faults(), method, work).await
}

fn number() -> Value {
    json!({
        "verified_name": "Stage", "display_phone_number": DISPLAY, "quality_rating": "GREEN",
        "id": NUMBER,
    })
}

async fn download(
    State(core): State<Arc<Core>>,
    Query(query): Words,
    headers: HeaderMap,
) -> Response {
    let word = |key: &str| query.get(key).map_or("", String::as_str);
    let work = || {
        core.check_token(&headers)?;
        core.download(word("mid"), word("ext"), word("hash"))
    };
    faulty(core.meta.faults(), "download", work).await
}

async fn upload(
    State(core): State<Arc<Core>>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let fault = core.meta.faults().take("upload");
    if let Some(answer) = instead(fault.as_ref()) {
        return answer;
    }
    let checked = core.check(&version, &headers).and_then(|()| core.check_number(&id));
    let reply = match checked {
        Ok(()) => kept(&core, &headers, body).await.unwrap_or_else(|| refusal(100)),
        Err(refusal) => refusal,
    };
    dressed(fault, reply).await
}

/// Keeps the file of a form; nothing where the form is not as it should be.
async fn kept(core: &Core, headers: &HeaderMap, body: Body) -> Option<Reply> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let boundary = multer::parse_boundary(kind).ok()?;
    let mut form = Multipart::new(body.into_data_stream(), boundary);
    let (mut file, mut words) = (None, HashMap::new());
    while let Some(field) = form.next_field().await.ok()? {
        let name = field.name()?.to_owned();
        let mime = field.content_type().map(ToString::to_string);
        if name == "file" {
            file = Some((field.bytes().await.ok()?, mime));
        } else {
            words.insert(name, field.text().await.ok()?);
        }
    }
    (words.get("messaging_product")? == "whatsapp").then_some(())?;
    let (bytes, mime) = file?;
    let mime = words.remove("type").or(mime)?;
    Some(Reply::json(200, &json!({ "id": core.upload(bytes, &mime) })))
}
