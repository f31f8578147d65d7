//! What every response says about itself.

use axum::http::header::{self, HeaderName, HeaderValue};
use axum::response::Response;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use crate::pages::STYLE;

/// The fixed fields of every page. `form-action` allows only our own form.
const FIXED: [(HeaderName, &str); 5] = [
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

/// What keeps a page apart from other sites and from the device's senses.
pub(crate) const APART: [(HeaderName, &str); 3] = [
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// The content security policy: the one style sheet, by its hash, the one script and its worker, and the
/// empty icon.
pub(crate) fn policy() -> HeaderValue {
    let style = BASE64.encode(&Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'self'; worker-src blob:; \
         connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).expect("it is ASCII")
}

/// Adds the fixed fields and the policy.
pub(crate) fn secure(mut response: Response, policy: HeaderValue) -> Response {
    let headers = response.headers_mut();
    for (name, value) in FIXED.into_iter().chain(APART) {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A page that is carried brings its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    response
}
