//! The floor: the server's HTTP set-up, its form parser and its group commit, without sealing,
//! tree, pages or watching. It takes the same request and answers with as many bytes.

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use multer::Multipart;
use payamgir_server::settings::Limits;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::floor_store::Store;
use crate::{Failure, child, server};

/// As the server has it.
const READ_BUFFER: usize = 64 * 1024;

struct Floor {
    store: Store,
    answer: Bytes,
}

/// Serves until the parent ends it.
pub fn run(folder: &Path, answer_bytes: usize) -> Result<(), Failure> {
    let limits = Limits::default();
    let floor = Floor { store: Store::open(folder)?, answer: vec![b'.'; answer_bytes].into() };
    let router = Router::new().route("/fa/", post(take)).with_state(Arc::new(floor));
    server::runtime(limits.uploads)?.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        child::say(address, address);
        tokio::spawn(accept(listener, router, limits));
        child::told_to_stop().await;
        Ok(())
    })
}

async fn accept(listener: TcpListener, router: Router, limits: Limits) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let turn = room.clone().acquire_owned().await.map_err(io::Error::other)?;
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        converse(stream, turn, &router, &graceful, &limits);
    }
}

fn converse(
    stream: TcpStream,
    turn: OwnedSemaphorePermit,
    router: &Router,
    graceful: &GracefulShutdown,
    limits: &Limits,
) {
    let service = TowerToHyperService::new(router.clone());
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_buf_size(READ_BUFFER)
        .half_close(false)
        .serve_connection(TokioIo::new(stream), service);
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        let _ = watched.await;
        drop(turn);
    });
}

async fn take(State(floor): State<Arc<Floor>>, request: Request) -> Response {
    let stored = match read(request).await {
        Ok(text) => floor.store.insert(text).await,
        Err(_) => return StatusCode::BAD_REQUEST.into_response(),
    };
    if !stored {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], floor.answer.clone()).into_response()
}

async fn read(request: Request) -> multer::Result<Vec<u8>> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = multer::parse_boundary(kind.unwrap_or_default())?;
    let mut form = Multipart::new(request.into_body().into_data_stream(), boundary);
    let mut text = vec![];
    while let Some(mut field) = form.next_field().await? {
        let wanted = field.name() == Some("text");
        while let Some(chunk) = field.chunk().await? {
            if wanted {
                text.extend_from_slice(&chunk);
            }
        }
    }
    Ok(text)
}
