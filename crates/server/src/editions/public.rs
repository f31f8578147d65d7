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
use payamgir_wire::hex::Hash;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::{Editions, Listed, Live, Served};
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
/// What the list, its proof and the robots' rules are.
const TEXT: &str = "text/plain; charset=utf-8";
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
    // What names an authority has no path.
    let path = request.uri().path().strip_prefix('/');
    let found = path.map_or(Found::Elsewhere, |path| find(&live, path));
    let (headers, head) = (request.headers(), request.method() == Method::HEAD);
    match found {
        Found::File(path, served) => answer(&live, served, &Asked { path, headers, head }).await,
        Found::List(list) => listed(list, headers, head),
        Found::Robots => robots(&live),
        Found::Folder(path) => folder(path),
        Found::Nothing => nothing(&live, headers).await,
        Found::Elsewhere => next.run(request).await,
    }
}

/// What a path leads to.
enum Found<'l> {
    File(&'l str, &'l Served),
    /// What anybody checks the files by.
    List(&'l Listed),
    Robots,
    /// A folder with a page of its own, without the slash that its links need.
    Folder(&'l str),
    /// It would be the bulletin's, and is not there.
    Nothing,
    /// It is not the bulletin's.
    Elsewhere,
}

fn find<'l>(live: &'l Live, path: &'l str) -> Found<'l> {
    match path {
        "release.txt" => return Found::List(&live.release),
        "proof.txt" => return Found::List(&live.proof),
        "robots.txt" => return Found::Robots,
        _ => {}
    }
    let is_folder = path.is_empty() || path.ends_with('/');
    let page = if is_folder { format!("{path}index.html") } else { path.to_owned() };
    match live.at(&page) {
        Some((path, served)) => Found::File(path, served),
        None if live.file(&format!("{path}/index.html")).is_some() => Found::Folder(path),
        None if path.starts_with("read/") => Found::Nothing,
        None => Found::Elsewhere,
    }
}

/// What is published may be found; where people write stays out of it.
fn robots(live: &Live) -> Response {
    let map = if live.has_map() { "Allow: /sitemap.xml\n" } else { "" };
    let rules =
        format!("User-agent: *\nAllow: /$\nAllow: /index.html\nAllow: /read/\n{map}Disallow: /\n");
    let fields = [(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, ASK)];
    secured((fields, rules).into_response(), POLICY)
}

/// The list or its proof: large, and asked for by whoever takes a copy along.
fn listed(list: &Listed, headers: &HeaderMap, head: bool) -> Response {
    let gzip = accepts(headers, "gzip");
    let tag = tag(&list.hash, gzip);
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let bytes = if gzip { &list.gzip } else { &list.plain };
        let body = if head { Body::empty() } else { Body::from(bytes.clone()) };
        typed(sized(body, bytes.len() as u64), TEXT, gzip)
    };
    name(&mut response, tag, ASK, true);
    secured(response, POLICY)
}

/// Leads to the same path with a slash. Which folders there are may change with the next release.
fn folder(path: &str) -> Response {
    let to = HeaderValue::try_from(format!("/{path}/")).expect("a release's path is ASCII");
    let fields = [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static(ASK))];
    secured((StatusCode::PERMANENT_REDIRECT, fields).into_response(), POLICY)
}

/// What is asked.
struct Asked<'r> {
    path: &'r str,
    headers: &'r HeaderMap,
    head: bool,
}

async fn answer(live: &Arc<Live>, served: &Served, asked: &Asked<'_>) -> Response {
    // A range of what is not sent means nothing.
    let range = if asked.head { None } else { range(asked.headers, served) };
    let gzip = served.gzip && range.is_none() && accepts(asked.headers, "gzip");
    let tag = tag(&served.hash, gzip);
    let mut response = match is_known(asked.headers, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => match body(live, served, (gzip, range), asked.head).await {
            Ok(response) => response,
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    };
    name(&mut response, tag, keeping(asked.path), served.gzip);
    let alone = asked.path.ends_with("/whole.html");
    secured(response, if alone { ALONE } else { POLICY })
}

/// Says which form of what this is, how long it may be kept, and whether there is another form.
fn name(response: &mut Response, tag: String, keeping: &'static str, forms: bool) {
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::try_from(tag).expect("it is ASCII"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keeping));
    if forms {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
}

fn keeping(path: &str) -> &'static str {
    let named = path.starts_with("read/assets/") || path.starts_with("read/media/");
    if named { FOR_EVER } else { ASK }
}

fn tag(hash: &Hash, gzip: bool) -> String {
    let hash = hash.to_string();
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
    response = typed(response, served.media_type, gzip);
    let headers = response.headers_mut();
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
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

fn typed(mut response: Response, media_type: &'static str, gzip: bool) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn sized(body: Body, length: u64) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    response
}

/// The one range that is asked for (RFC 9110 §14): `Some(None)` where there is no such part of the file,
/// `None` where none is asked for, or more than one, or no range at all, or one of what is served no more.
fn range(headers: &HeaderMap, served: &Served) -> Option<Option<Range<u64>>> {
    let asked = headers.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?;
    let own = tag(&served.hash, false);
    let same = headers.get(header::IF_RANGE).is_none_or(|known| known.as_bytes() == own.as_bytes());
    if !same || asked.contains(',') {
        return None;
    }
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| !text.starts_with('+'));
    let (first, last) = asked.split_once('-')?;
    let range = match (first.trim(), last.trim()) {
        ("", last) => served.size.saturating_sub(number(last)?)..served.size,
        (first, "") => number(first)?..served.size,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then(|| first..last.saturating_add(1).min(served.size))?
        }
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
