//! What a desk fetches: the checkpoint, the log's records, blobs, tiles. All of it is sealed or
//! public; the signature in front keeps the rhythm of arrivals from strangers.

use std::io::{Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use payamgir_log::{Error, Hash, Log, Reader};
use payamgir_roster::{Refusal, Role, Signed, kind};
use payamgir_wire::send::Send as Reply;
use payamgir_wire::{hex, sync};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio_util::io::ReaderStream;

use crate::auth::Asking;
use crate::channels::{self, Channels};
use crate::deposits::Deposits;
use crate::desk::Desk;
use crate::editions::Editions;
use crate::flood::Flood;
use crate::journal::{Event, Journal};
use crate::mailbox::Mailbox;
use crate::presence::Presence;
use crate::receipts::Receipts;
use crate::returning::Returning;
use crate::world::World;

/// A page of records ends after about this many bytes.
const PAGE_BYTES: usize = 2 << 20;
/// Chunk in which a blob is read from the disk.
const CHUNK_BYTES: usize = 64 * 1024;
/// Pages made at once: bounds memory.
const PAGES: usize = 4;

/// What the desk's routes share.
pub(crate) struct Api {
    pub(crate) log: Log,
    pub(crate) desk: Desk,
    pub(crate) journal: Journal,
    pub(crate) world: World,
    pub(crate) mailbox: Mailbox,
    pub(crate) deposits: Deposits,
    pub(crate) presence: Presence,
    pub(crate) pages: Semaphore,
    pub(crate) channels: Arc<Channels>,
    pub(crate) returning: Arc<Returning>,
    pub(crate) flood: Arc<Flood>,
    pub(crate) receipts: Arc<Receipts>,
    pub(crate) editions: Arc<Editions>,
}

/// What sources may come by, and come back to.
pub(crate) struct Ways {
    pub channels: Arc<Channels>,
    pub returning: Arc<Returning>,
    pub receipts: Arc<Receipts>,
    pub flood: Arc<Flood>,
    pub editions: Arc<Editions>,
}

impl Api {
    pub(crate) fn new(
        (log, desk): (Log, Desk),
        deposits: PathBuf,
        (world, journal): (World, Journal),
        ways: Ways,
    ) -> Self {
        Self {
            log,
            desk,
            journal,
            world,
            mailbox: Mailbox::default(),
            deposits: Deposits::new(deposits),
            presence: Presence::default(),
            pages: Semaphore::new(PAGES),
            channels: ways.channels,
            returning: ways.returning,
            flood: ways.flood,
            receipts: ways.receipts,
            editions: ways.editions,
        }
    }

    /// What a member is told who may not write; `None` where they may.
    pub(crate) fn refusal(&self, by: &[u8; 32]) -> Option<Response> {
        let refused = || (StatusCode::FORBIDDEN, "not-allowed").into_response();
        (self.desk.now().role(by) < Some(Role::Editor)).then(refused)
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Failed> {
        let _turn = self.pages.acquire().await;
        let log = self.log.clone();
        let result = tokio::task::spawn_blocking(move || read(&log.reader()?)).await;
        result.unwrap_or(Err(Error::Closed)).map_err(|error| {
            if !matches!(error, Error::NotFound) {
                (self.journal)(Event::StorageFailed(error.clone()));
            }
            Failed(error)
        })
    }
}

/// A read that failed, as a response.
pub(crate) struct Failed(Error);

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match self.0 {
            Error::NotFound => StatusCode::NOT_FOUND.into_response(),
            _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

/// Which records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Span {
    from: u64,
    to: u64,
}

/// From which byte of a blob.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Offset {
    #[serde(default)]
    from: u64,
}

/// `GET /desk/1/checkpoint`: the signed note.
pub(crate) async fn checkpoint(State(api): State<Arc<Api>>) -> Result<Response, Failed> {
    let note = api.read(Reader::checkpoint).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], note).into_response())
}

/// `GET /desk/1/log?from=…&to=…`: frames of records, as many as fit a page.
pub(crate) async fn log(
    State(api): State<Arc<Api>>,
    Query(span): Query<Span>,
) -> Result<Response, Failed> {
    let page = api.read(move |reader| frames(reader, span.from, span.to)).await?;
    Ok(binary(page))
}

fn frames(reader: &Reader, from: u64, to: u64) -> Result<Vec<u8>, Error> {
    let mut page = Vec::with_capacity(PAGE_BYTES + PAGE_BYTES / 16);
    reader.rows(from, to, |row| {
        sync::write_frame(&mut page, &row.record, row.body.as_deref());
        page.len() < PAGE_BYTES
    })?;
    Ok(page)
}

/// `POST /desk/1/add`: what a member's desk adds to the log, one after another until one is
/// refused. The answer says how many were taken, and the first refusal.
pub(crate) async fn add(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(by)): axum::Extension<Asking>,
    body: Bytes,
) -> Response {
    let Some(additions) = sync::read_additions(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    for (taken, (kind, body)) in additions.iter().enumerate() {
        if is_early(*kind, body, api.today()) {
            let answer = format!("{taken} {}", Refusal::Day.word());
            return (StatusCode::CONFLICT, answer).into_response();
        }
        if let Err(refusal) = api.desk.add(&by, *kind, body).await {
            refusal.tell(&api.journal);
            let answer = format!("{taken} {}", refusal.word());
            return (StatusCode::CONFLICT, answer).into_response();
        }
    }
    if additions.iter().any(|(kind, _)| *kind == kind::STATEMENT) {
        api.prune_deposits().await;
    }
    additions.len().to_string().into_response()
}

/// `POST /desk/1/keep`: a file to go with a reply, sealed by the desk: its entry, then its blob. The
/// answer is its record.
pub(crate) async fn keep(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(by)): axum::Extension<Asking>,
    body: Bytes,
) -> Response {
    let Some((entry, blob)) = sync::read_kept(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let (log, bytes) = (api.log.clone(), body.slice_ref(blob));
    let written = tokio::task::spawn_blocking(move || {
        let mut writer = log.blob()?;
        writer.write_all(&bytes)?;
        writer.finish()
    });
    let blob = match written.await {
        Ok(Ok(blob)) => blob,
        Ok(Err(Error::Full)) => return StatusCode::INSUFFICIENT_STORAGE.into_response(),
        _ => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    match api.desk.keep(&by, entry, blob).await {
        Ok(record) => record.to_string().into_response(),
        Err(refusal) => {
            refusal.tell(&api.journal);
            (StatusCode::CONFLICT, refusal.word()).into_response()
        }
    }
}

/// `POST /desk/1/send`: a reply to a messenger's source, from a member who may write. It is handed over
/// until the log says what became of it.
pub(crate) async fn send(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(by)): axum::Extension<Asking>,
    body: Bytes,
) -> Response {
    if let Some(refusal) = api.refusal(&by) {
        return refusal;
    }
    let Some(reply) = Reply::decode(&body) else { return StatusCode::BAD_REQUEST.into_response() };
    let given = tokio::task::spawn_blocking(move || {
        channels::hand_over(&api.channels, reply, (&api.log, &api.desk))
    });
    match given.await {
        Ok(channels::Answer::Taken) => "taken".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "busy").into_response(),
    }
}

/// Whether a statement is of a day that is not yet, by more than clocks and zones differ. Days do not
/// go back: one such in force would keep the desk from acting until that day.
fn is_early(kind: u8, body: &[u8], today: u64) -> bool {
    let statement = Signed::decode(body).ok().filter(|_| kind == kind::STATEMENT);
    statement.is_some_and(|signed| u64::from(signed.statement.day) > today + 1)
}

/// `GET /desk/1/blob/<hash>?from=…`: a blob's bytes, from an offset on where a line broke.
pub(crate) async fn blob(
    State(api): State<Arc<Api>>,
    Path(hash): Path<String>,
    Query(offset): Query<Offset>,
) -> Result<Response, Failed> {
    let hash = hex::Hash::parse(&hash).map_err(|_| Failed(Error::NotFound))?;
    let (file, left) = api
        .read(move |reader| {
            let mut file = reader.blob(&Hash(hash.0))?;
            let size = file.metadata()?.len();
            if offset.from > size {
                return Err(Error::NotFound);
            }
            file.seek(SeekFrom::Start(offset.from))?;
            Ok((file, size - offset.from))
        })
        .await?;
    let stream = ReaderStream::with_capacity(tokio::fs::File::from_std(file), CHUNK_BYTES);
    let mut response = binary(Body::from_stream(stream));
    response.headers_mut().insert(header::CONTENT_LENGTH, left.into());
    Ok(response)
}

/// `GET /desk/1/tile/<level>/<number>[.p/<width>]`: a hash tile, as C2SP tlog-tiles names it.
pub(crate) async fn tile(
    State(api): State<Arc<Api>>,
    Path(path): Path<String>,
) -> Result<Response, Failed> {
    Ok(binary(api.read(move |reader| reader.tile_at(&path)).await?))
}

/// `GET /healthz`: the process answers.
pub(crate) async fn healthy() -> &'static str {
    "ok\n"
}

/// Whether a submission could be taken now.
async fn is_ready(api: &Api) -> bool {
    let log = api.log.clone();
    let ready = move || log.is_alive() && log.has_room() && log.reader().is_ok();
    tokio::task::spawn_blocking(ready).await.unwrap_or(false)
}

/// `GET /readyz`: whether a submission could be taken now; then a line for each messenger's account.
pub(crate) async fn ready(State(api): State<Arc<Api>>) -> Response {
    let reports = api.channels.reports();
    let accounts: String = reports.iter().map(|report| format!("{report}\n")).collect();
    match is_ready(&api).await {
        true => format!("ready\n{accounts}").into_response(),
        false => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready\n{accounts}")).into_response()
        }
    }
}

/// `GET /status`: the same for a program.
pub(crate) async fn status(State(api): State<Arc<Api>>) -> Response {
    let accounts: Vec<_> = api.channels.reports().iter().map(channels::Report::json).collect();
    let status = serde_json::json!({ "ready": is_ready(&api).await, "accounts": accounts });
    ([(header::CONTENT_TYPE, "application/json")], status.to_string()).into_response()
}

pub(crate) fn binary(body: impl Into<Body>) -> Response {
    let fields = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (fields, body.into()).into_response()
}
