//! Editions as anybody reads them.

use std::io::{self, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::{Editions, Live, Served, is_path};
use crate::compress::accepts;

/// A page of a bulletin: style, font, pictures and sounds of its own, and nothing else; no script, no
/// form, no frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
    media-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
/// A page that stands alone has its style and pictures in it.
const ALONE: &str = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; \
    form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
/// What has its hash in its name never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// What may change is asked for again, which costs a few bytes while it has not.
const ASK: &str = "no-cache";
/// Chunk in which a large file is read.
const CHUNK: usize = 64 * 1024;

/// In front of everything at the source's address: what the release has is answered, the rest goes on.
pub(crate) async fn published(
    State(editions): State<Arc<Editions>>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let Some(live) = editions.live().filter(|_| reads) else { return next.run(request).await };
    let path = &request.uri().path()[1..];
    match find(&live, path) {
        Found::File(path, served) => {
            let asked =
                Asked { path, headers: request.headers(), head: request.method() == Method::HEAD };
            answer(&live, served, &asked).await
        }
        Found::Text(bytes) => text(bytes),
        Found::Nothing => nothing(&live, request.headers()).await,
        Found::Elsewhere => next.run(request).await,
    }
}

/// What a path leads to.
enum Found<'l> {
    File(&'l str, &'l Served),
    Text(Bytes),
    /// It would be the bulletin's, and is not there.
    Nothing,
    /// It is not the bulletin's.
    Elsewhere,
}

fn find<'l>(live: &'l Live, path: &'l str) -> Found<'l> {
    match path {
        "release.txt" => return Found::Text(live.release.clone()),
        "proof.txt" => return Found::Text(live.proof.clone()),
        "robots.txt" => return Found::Text(robots(live)),
        _ => {}
    }
    let path = if path.is_empty() { "index.html" } else { path };
    match live.file(path).filter(|_| is_path(path)) {
        Some(served) => Found::File(path, served),
        None if path.starts_with("read/") => Found::Nothing,
        None => Found::Elsewhere,
    }
}

/// What is published may be found; where people write stays out of it.
fn robots(live: &Live) -> Bytes {
    let map = if live.has_map() { "Allow: /sitemap.xml\n" } else { "" };
    format!("User-agent: *\nAllow: /$\nAllow: /index.html\nAllow: /read/\n{map}Disallow: /\n")
        .into()
}

fn text(bytes: Bytes) -> Response {
    let fields =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, ASK)];
    secured((fields, bytes).into_response(), POLICY)
}

/// What is asked.
struct Asked<'r> {
    path: &'r str,
    headers: &'r HeaderMap,
    head: bool,
}

async fn answer(live: &Arc<Live>, served: &Served, asked: &Asked<'_>) -> Response {
    let range = range(asked.headers, served.size);
    let gzip = served.gzip && range.is_none() && accepts(asked.headers, "gzip");
    let tag = tag(served, gzip);
    let mut response = match is_known(asked.headers, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => match body(live, served, (gzip, range), asked.head).await {
            Ok(response) => response,
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::try_from(tag).expect("it is ASCII"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keeping(asked.path)));
    if served.gzip {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    let alone = asked.path.ends_with("/whole.html");
    secured(response, if alone { ALONE } else { POLICY })
}

fn keeping(path: &str) -> &'static str {
    let named = path.starts_with("read/assets/") || path.starts_with("read/media/");
    if named { FOR_EVER } else { ASK }
}

fn tag(served: &Served, gzip: bool) -> String {
    let hash = served.hash.to_string();
    format!("\"{}{}\"", &hash[..32], if gzip { "-gz" } else { "" })
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let same = |known: &str| known.trim().trim_start_matches("W/") == tag || known.trim() == "*";
    known.is_some_and(|known| known.split(',').any(same))
}

/// A file's bytes, or those of them that were asked for.
async fn body(
    live: &Arc<Live>,
    served: &Served,
    (gzip, range): (bool, Option<Option<Range<u64>>>),
    head: bool,
) -> io::Result<Response> {
    let range = match range {
        Some(None) => {
            let field = [(header::CONTENT_RANGE, format!("bytes */{}", served.size))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, field).into_response());
        }
        Some(Some(range)) => Some(range),
        None => None,
    };
    let mut response = match small(live, served, gzip).await? {
        Some(bytes) => {
            let whole = bytes.len();
            let bytes = match &range {
                Some(range) => bytes.slice(range.start as usize..(range.end as usize).min(whole)),
                None => bytes,
            };
            let length = bytes.len() as u64;
            sized(if head { Body::empty() } else { Body::from(bytes) }, length)
        }
        None => large(live, served, (gzip, range.clone()), head).await?,
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(served.media_type));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Some(range) = range {
        let field = format!("bytes {}-{}/{}", range.start, range.end - 1, served.size);
        headers.insert(header::CONTENT_RANGE, HeaderValue::try_from(field).expect("it is ASCII"));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

async fn small(live: &Arc<Live>, served: &Served, gzip: bool) -> io::Result<Option<Bytes>> {
    if let Some(bytes) = live.held(served, gzip) {
        return Ok(Some(bytes));
    }
    let (live, served) = (live.clone(), served.clone());
    let read = tokio::task::spawn_blocking(move || live.read_small(&served, gzip)).await;
    read.unwrap_or(Err(io::ErrorKind::Other.into()))
}

async fn large(
    live: &Arc<Live>,
    served: &Served,
    (gzip, range): (bool, Option<Range<u64>>),
    head: bool,
) -> io::Result<Response> {
    let (live, served) = (live.clone(), served.clone());
    let opened = tokio::task::spawn_blocking(move || {
        let mut file = live.open(&served, gzip)?;
        let whole = 0..file.metadata()?.len();
        let range = range.unwrap_or(whole);
        file.seek(SeekFrom::Start(range.start))?;
        io::Result::Ok((file, range.end - range.start))
    });
    let (file, length) = opened.await.unwrap_or(Err(io::ErrorKind::Other.into()))?;
    let file = tokio::fs::File::from_std(file).take(length);
    let body = match head {
        true => Body::empty(),
        false => Body::from_stream(ReaderStream::with_capacity(file, CHUNK)),
    };
    Ok(sized(body, length))
}

fn sized(body: Body, length: u64) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

/// The one range that is asked for (RFC 9110 §14): `Some(None)` where there is no such part of the file,
/// `None` where none is asked for, or more than one, or a form of the file that is not served.
fn range(headers: &HeaderMap, size: u64) -> Option<Option<Range<u64>>> {
    let asked = headers.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?;
    if headers.contains_key(header::IF_RANGE) || asked.contains(',') {
        return None;
    }
    let (first, last) = asked.split_once('-')?;
    let range = match (first.trim(), last.trim()) {
        ("", last) => size.saturating_sub(last.parse().ok()?)..size,
        (first, "") => first.parse().ok()?..size,
        (first, last) => first.parse().ok()?..last.parse::<u64>().ok()?.saturating_add(1).min(size),
    };
    Some((range.start < range.end).then_some(range))
}

/// The bulletin's own page of what is not there.
async fn nothing(live: &Arc<Live>, headers: &HeaderMap) -> Response {
    let Some(served) = live.file("404.html") else { return StatusCode::NOT_FOUND.into_response() };
    let gzip = served.gzip && accepts(headers, "gzip");
    let Ok(mut response) = body(live, served, (gzip, None), false).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(ASK));
    secured(response, ALONE)
}

/// Adds what keeps a page to itself.
fn secured(mut response: Response, policy: &'static str) -> Response {
    let fields = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fields {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in crate::headers::APART {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
