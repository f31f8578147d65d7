//! Pages leave compressed where the browser takes that: on a slow line they are the wait.

use std::io::Write;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Most bytes of a page.
const PAGE_BYTES: usize = 64 << 20;
/// Less than this is not worth it.
const LEAST_BYTES: usize = 256;

/// Compresses texts that are not compressed yet.
pub(crate) async fn pages(request: Request, next: Next) -> Response {
    let gzip = accepts(request.headers(), "gzip");
    let response = next.run(request).await;
    if !gzip || !is_text(response.headers()) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(page) = to_bytes(body, PAGE_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if page.len() < LEAST_BYTES {
        return Response::from_parts(head, Body::from(page));
    }
    let mut gzip = GzEncoder::new(Vec::with_capacity(page.len() / 2), Compression::default());
    gzip.write_all(&page).expect("writing to memory");
    let small = gzip.finish().expect("writing to memory");
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Response::from_parts(head, Body::from(small))
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/"))
        && !headers.contains_key(header::CONTENT_ENCODING)
}

/// Whether a coding is accepted (RFC 9110 §12.5.3): by its name, or else as one of all.
pub(crate) fn accepts(headers: &HeaderMap, wanted: &str) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut any = false;
    for coding in lines.flat_map(|line| line.split(',')) {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        match name.trim() {
            name if name.eq_ignore_ascii_case(wanted) => return !is_nothing(weight),
            "*" => any = !is_nothing(weight),
            _ => {}
        }
    }
    any
}

/// Whether a weight says that it is not wanted at all.
fn is_nothing(weight: &str) -> bool {
    let weight = weight.trim().to_ascii_lowercase();
    let value = weight.strip_prefix("q=").and_then(|value| value.parse::<f32>().ok());
    value.is_some_and(|value| value <= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted() {
        let accepted = |value: &'static str| {
            let fields = [(header::ACCEPT_ENCODING, HeaderValue::from_static(value))];
            accepts(&fields.into_iter().collect(), "gzip")
        };
        assert!(accepted("gzip") && accepted("br, gzip;q=0.1") && accepted("deflate , gzip"));
        assert!(!accepted("") && !accepted("br") && !accepted("gzip;q=0") && !accepted("xgzip"));
        assert!(accepted("*") && accepted("br, *;q=1") && accepted("*;q=0, gzip"));
        assert!(!accepted("*;q=0") && !accepted("*; Q=0.000") && !accepted("identity, *;q=0"));
        assert!(!accepted("gzip;q=0, *") && !accepted("*, gzip;q=0.0"), "its own name counts");
        assert!(accepted("GZIP;q=1"));
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }
}
