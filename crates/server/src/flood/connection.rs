//! What one connection may send: who sends more than people do waits for each. Where nearly all connections are
//! taken nobody waits on one: each is closed once it was answered, so that who is outside has a turn.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tokio::sync::Semaphore;

use super::{Rate, bucket::Bucket};

/// One connection's bucket, beside each of its requests.
#[derive(Clone)]
struct Connection {
    bucket: Arc<Bucket>,
    /// Connections that are free.
    room: Arc<Semaphore>,
    /// Fewer free ones than that are few.
    few: usize,
}

impl Connection {
    fn is_crowded(&self) -> bool {
        self.room.available_permits() < self.few
    }

    /// Waits for a turn, as long as that takes nobody's place.
    async fn turn(&self) {
        while let Some(wait) = self.bucket.wait().filter(|_| !self.is_crowded()) {
            tokio::time::sleep(wait.min(LOOK)).await;
        }
    }
}

/// How often who waits looks whether others do.
const LOOK: Duration = Duration::from_millis(500);

/// Answers the requests of one connection.
#[derive(Clone)]
pub(crate) struct Answering {
    router: TowerToHyperService<Router>,
    connection: Connection,
}

impl Answering {
    /// `room` has the connections that are free, of `all`.
    pub(crate) fn new(router: Router, rate: Rate, (room, all): (&Arc<Semaphore>, usize)) -> Self {
        let bucket = Arc::new(Bucket::new(rate));
        let connection = Connection { bucket, room: room.clone(), few: all / 4 };
        Self { router: TowerToHyperService::new(router), connection }
    }
}

impl Service<hyper::Request<Incoming>> for Answering {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, mut request: hyper::Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.connection.clone());
        Box::pin(self.router.call(request))
    }
}

/// Holds a sending back until its connection has a turn for it, and closes the connection where there are few.
pub(crate) async fn one_by_one(request: Request, next: Next) -> Response {
    let Some(connection) = request.extensions().get::<Connection>().cloned() else {
        return next.run(request).await;
    };
    if request.method() == Method::POST {
        connection.turn().await;
    }
    let mut response = next.run(request).await;
    if connection.is_crowded() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
