//! tus 1.0 over HTTP.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use payamgir_wire::hex::Hex;

use super::patch::{Checksum, Patched, patch};
use super::{Id, Refused, Upload, Uploads};
use crate::flood::Ticket;
use crate::journal::Event;
use crate::web::Web;

const VERSION: &str = "1.0.0";
const CONTENT: &str = "application/offset+octet-stream";

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

/// `/upload`: what is spoken here (OPTIONS), and a new upload (POST).
pub(crate) async fn begin(State(web): State<Arc<Web>>, request: Request) -> Response {
    match *request.method() {
        Method::OPTIONS => options(&web.intake.uploads),
        Method::POST if !speaks(request.headers()) => other_version(),
        Method::POST => tus(create(&web, request.headers()).await),
        _ => status(StatusCode::METHOD_NOT_ALLOWED),
    }
}

/// `/upload/<id>`: how far it is (HEAD), more of it (PATCH), no more of it (DELETE).
pub(crate) async fn go_on(
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let method = method(&request);
    if method == Method::OPTIONS {
        return options(&web.intake.uploads);
    }
    if !speaks(request.headers()) {
        return other_version();
    }
    let upload = Hex::parse(&id).ok().and_then(|id: Id| web.intake.uploads.find(&id).ok());
    let Some(upload) = upload else { return tus(StatusCode::NOT_FOUND.into_response()) };
    let answer = match method {
        Method::HEAD => how_far(&upload).await,
        Method::PATCH => more(&web, &upload, request).await,
        Method::DELETE => end(&web, upload).await,
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    };
    tus(answer)
}

/// Some networks let no other methods through.
fn method(request: &Request) -> Method {
    let over = request.headers().get("x-http-method-override");
    let over = over.and_then(|name| Method::from_bytes(name.as_bytes()).ok());
    over.filter(|_| request.method() == Method::POST).unwrap_or_else(|| request.method().clone())
}

fn speaks(headers: &HeaderMap) -> bool {
    headers.get(RESUMABLE).is_some_and(|version| version == VERSION)
}

fn options(uploads: &Uploads) -> Response {
    let most = uploads.most().to_string();
    let fields = [
        ("tus-version", VERSION),
        ("tus-extension", "creation,termination,expiration,checksum"),
        ("tus-checksum-algorithm", "sha256,sha1"),
        ("tus-max-size", &most),
    ];
    let mut response = tus(StatusCode::NO_CONTENT.into_response());
    for (name, value) in fields {
        let value = HeaderValue::from_str(value).expect("it is ASCII");
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    response
}

fn other_version() -> Response {
    let mut response = status(StatusCode::PRECONDITION_FAILED);
    response.headers_mut().insert("tus-version", HeaderValue::from_static(VERSION));
    response
}

fn status(status: StatusCode) -> Response {
    tus(status.into_response())
}

fn tus(mut response: Response) -> Response {
    response.headers_mut().insert(RESUMABLE, HeaderValue::from_static(VERSION));
    response
}

fn number(headers: &HeaderMap, name: HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// The fields that say how far an upload is, and until when it is kept.
fn fields(upload: &Upload, offset: u64) -> [(HeaderName, String); 2] {
    let expires = std::time::UNIX_EPOCH + std::time::Duration::from_secs(upload.expires);
    [(OFFSET, offset.to_string()), (EXPIRES, httpdate::fmt_http_date(expires))]
}

async fn create(web: &Web, headers: &HeaderMap) -> Response {
    let Some(length) = number(headers, LENGTH) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if let Err(challenge) = web.intake.let_in(&Ticket::of(headers)).await {
        return challenge.into_response();
    }
    let uploads = web.intake.uploads.clone();
    match tokio::task::spawn_blocking(move || uploads.create(length)).await {
        Ok(Ok((id, upload))) => {
            let place = [(header::LOCATION, format!("/upload/{id}"))];
            (StatusCode::CREATED, place, fields(&upload, 0)).into_response()
        }
        Ok(Err(why)) => refused(web, &why),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

pub(super) fn refused(web: &Web, why: &Refused) -> Response {
    let status = match why {
        Refused::Unknown => StatusCode::NOT_FOUND,
        Refused::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Refused::Many => {
            (web.intake.journal)(Event::UploadsMany);
            StatusCode::SERVICE_UNAVAILABLE
        }
        Refused::Full => {
            (web.intake.journal)(Event::StorageFull);
            StatusCode::INSUFFICIENT_STORAGE
        }
        Refused::Io(error) => {
            (web.intake.journal)(Event::UploadFailed(error.kind()));
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    status.into_response()
}

/// Who asks has lost its line: whoever still writes on an earlier one is ended first.
async fn how_far(upload: &Upload) -> Response {
    upload.interrupt();
    let _turn = upload.turn.lock().await;
    let length = [(LENGTH, upload.length.to_string())];
    (StatusCode::OK, length, fields(upload, upload.offset())).into_response()
}

async fn end(web: &Web, upload: Arc<Upload>) -> Response {
    let uploads = web.intake.uploads.clone();
    upload.interrupt();
    let _turn = upload.turn.lock().await;
    let ended = upload.clone();
    match tokio::task::spawn_blocking(move || uploads.remove(&ended)).await {
        Ok(Ok(())) => StatusCode::NO_CONTENT.into_response(),
        Ok(Err(error)) => refused(web, &Refused::Io(error)),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn more(web: &Arc<Web>, upload: &Arc<Upload>, request: Request) -> Response {
    let headers = request.headers();
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != CONTENT) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let checksum = match headers.get("upload-checksum") {
        None => None,
        Some(value) => match Checksum::read(value.as_bytes()) {
            Some(checksum) => Some(checksum),
            None => return StatusCode::BAD_REQUEST.into_response(),
        },
    };
    let Some(offset) = number(headers, OFFSET) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // A task of its own: what came is kept even when the connection is gone.
    let (taking, known) = (web.clone(), upload.clone());
    let body = request.into_body();
    let task = async move { patch(&taking.intake, &known, offset, checksum, body).await };
    match web.tasks.spawn(task).await {
        // It gave way meanwhile: what was taken is gone.
        Ok(_) if !web.intake.uploads.has(upload) => StatusCode::NOT_FOUND.into_response(),
        Ok(Patched::Taken(offset)) => {
            (StatusCode::NO_CONTENT, fields(upload, offset)).into_response()
        }
        Ok(Patched::Elsewhere) => StatusCode::CONFLICT.into_response(),
        Ok(Patched::Differs) => StatusCode::from_u16(460).expect("in range").into_response(),
        Ok(Patched::TooMuch) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        // The sender asks how far it is, and goes on.
        Ok(Patched::Cut) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Ok(Patched::Busy) => {
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response()
        }
        Ok(Patched::Refused(why)) => refused(web, &why),
        Err(_) => {
            (web.intake.journal)(Event::TaskFailed);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
