//! What a desk does with editions: asks what is published, brings files, publishes.

use std::io;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use payamgir_log::{Error, Record};
use payamgir_roster::proof::Proof;
use payamgir_roster::{Subject, kind};
use payamgir_wire::Hash;
use payamgir_wire::release::{Release, hash_of};
use payamgir_wire::sync::read_files;
use serde::Deserialize;

use super::{Editions, NotPublished};
use crate::auth::Asking;
use crate::desk_api::Api;
use crate::journal::Event;

/// Which release a desk knows already.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Knowing {
    known: Option<Hash>,
}

/// `GET /desk/1/edition?known=…`: the release that is served; nothing where it is known.
pub(crate) async fn now(State(api): State<Arc<Api>>, Query(knowing): Query<Knowing>) -> Response {
    match api.editions.live() {
        Some(live) if knowing.known == Some(live.hash) => StatusCode::NO_CONTENT.into_response(),
        Some(live) => {
            let fields = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
            (fields, live.release.plain.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `POST /desk/1/edition/missing`: which files of a release are not here, a hash a line.
pub(crate) async fn missing(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(by)): axum::Extension<Asking>,
    body: Bytes,
) -> Response {
    if let Some(refusal) = api.refusal(&by) {
        return refusal;
    }
    let Ok(release) = Release::decode(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let editions = api.editions.clone();
    let missing = tokio::task::spawn_blocking(move || editions.missing(&release)).await;
    let missing = missing.unwrap_or_default();
    missing.iter().map(|hash| format!("{hash}\n")).collect::<String>().into_response()
}

/// `POST /desk/1/edition/files`: files, each after its length. The answer counts those that are durable.
pub(crate) async fn files(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(by)): axum::Extension<Asking>,
    body: Bytes,
) -> Response {
    if let Some(refusal) = api.refusal(&by) {
        return refusal;
    }
    let room = api.log.clone();
    let kept = tokio::task::spawn_blocking({
        let (editions, body) = (api.editions.clone(), body);
        move || keep(&editions, &body, room.has_room())
    });
    match kept.await.unwrap_or(Err(io::ErrorKind::Other.into())) {
        Ok(Some(count)) => count.to_string().into_response(),
        Ok(None) => StatusCode::BAD_REQUEST.into_response(),
        Err(error) => failed(&api, error),
    }
}

fn keep(editions: &Editions, body: &[u8], room: bool) -> io::Result<Option<usize>> {
    let Some(files) = read_files(body) else { return Ok(None) };
    if !room {
        return Err(io::ErrorKind::StorageFull.into());
    }
    for bytes in &files {
        editions.keep(bytes)?;
    }
    Ok(Some(files.len()))
}

/// `POST /desk/1/edition`: serves a release from here on, if it follows what is served, all its files
/// are here, and as many editors as the roster asks for approved these very bytes.
pub(crate) async fn publish(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(by)): axum::Extension<Asking>,
    body: Bytes,
) -> Response {
    if let Some(refusal) = api.refusal(&by) {
        return refusal;
    }
    let refused = |word: &'static str| (StatusCode::CONFLICT, word).into_response();
    let Ok(release) = Release::decode(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if release.desk.0 != api.desk.id() {
        return refused("other-desk");
    }
    let subject = Subject::Edition(hash_of(&body).0);
    if !api.desk.now().is_approved(subject, &release.author.0) {
        return refused("not-approved");
    }
    let published = tokio::task::spawn_blocking({
        let (api, body) = (api.clone(), body);
        move || {
            let proof =
                proof(&api, subject).map_err(|_| NotPublished::Io(io::ErrorKind::Other.into()))?;
            api.editions.publish((&release, &body), &proof)
        }
    });
    match published.await {
        Ok(Ok(())) => "published".into_response(),
        Ok(Err(NotPublished::Stale)) => refused("stale"),
        Ok(Err(NotPublished::Missing)) => refused("missing"),
        Ok(Err(NotPublished::Misplaced)) => StatusCode::BAD_REQUEST.into_response(),
        Ok(Err(NotPublished::Io(error))) => failed(&api, error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Who the desk is, and who approved.
fn proof(api: &Api, subject: Subject) -> Result<Proof, Error> {
    let mut proof = Proof::default();
    api.log.reader()?.others(kind::STATEMENT..=kind::STATEMENT, (0, u64::MAX), |row| {
        let statement = Record::decode(&row.record).is_some_and(|r| r.kind.0 == kind::STATEMENT);
        proof.statements.extend(row.body.filter(|_| statement));
        true
    })?;
    let now = api.desk.now();
    let about = now.approvals().filter(|approval| approval.subject == subject);
    proof.approvals.extend(about.cloned());
    Ok(proof)
}

fn failed(api: &Api, error: io::Error) -> Response {
    let full = error.kind() == io::ErrorKind::StorageFull;
    let event =
        if full { Event::StorageFull } else { Event::StorageFailed(Error::Io(error.into())) };
    (api.journal)(event);
    match full {
        true => StatusCode::INSUFFICIENT_STORAGE.into_response(),
        false => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
