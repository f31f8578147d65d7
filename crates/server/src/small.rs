//! Bodies that are small: read whole, within a moment, or not at all. Who begins one and does not end it would
//! hold a connection for nothing.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use bytes::Bytes;

/// Most bytes of one.
const BYTES: usize = 8 * 1024;
/// How long it may take: such a body on the slowest line that is meant to be served takes four seconds.
const WITHIN: Duration = Duration::from_secs(20);

/// A small body.
pub(crate) struct Small(pub Bytes);

impl<S: Sync> FromRequest<S> for Small {
    type Rejection = StatusCode;

    async fn from_request(request: Request, _: &S) -> Result<Self, StatusCode> {
        let whole = axum::body::to_bytes(request.into_body(), BYTES);
        match tokio::time::timeout(WITHIN, whole).await {
            Ok(Ok(bytes)) => Ok(Self(bytes)),
            Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
            // Not 408: browsers may send the form again by themselves after it.
            Err(_) => Err(StatusCode::BAD_REQUEST),
        }
    }
}
