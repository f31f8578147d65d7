//! Answers that end too early.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use bytes::Bytes;
use http_body::Frame;
use tokio::time::Sleep;

/// How long the first part has to leave before the connection breaks: the server would throw away
/// what it has not written yet.
const LEAVING: Duration = Duration::from_millis(30);

/// A connection that closes without an answer.
pub(crate) fn closed() -> Response {
    Response::new(Body::new(Broken { part: None, wait: None }))
}

/// An answer that announces all of `bytes` and breaks off after `keep` of them.
pub(crate) fn cut(status: StatusCode, kind: &str, bytes: Bytes, keep: usize) -> Response {
    let part = bytes.slice(..keep.min(bytes.len()));
    let wait = Some(Box::pin(tokio::time::sleep(LEAVING)));
    let answer = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, kind)
        .header(CONTENT_LENGTH, bytes.len().max(keep.saturating_add(1)))
        .body(Body::new(Broken { part: Some(part), wait }));
    answer.expect("headers that hold")
}

/// A body that fails after its first part.
struct Broken {
    part: Option<Bytes>,
    wait: Option<Pin<Box<Sleep>>>,
}

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(part) = self.part.take() {
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        if let Some(wait) = self.wait.as_mut()
            && wait.as_mut().poll(context).is_pending()
        {
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }
}
