//! Answers for who grows its keys itself: a ticket brings what is sealed, and removes it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use payamgir_dropbox::id_of;
use payamgir_wire::limits::DROPBOX_ANSWER_BYTES;

use super::Returning;
use super::visit::PIECES;
use crate::desk_api::binary;
use crate::journal::Event;
use crate::small::Small;
use crate::web::Web;

/// `POST /answers`: the sealed pieces that wait for a ticket, one after another. Where there is none, noise of
/// the same size: a line that is watched does not tell an answer from none.
pub(crate) async fn fetch(State(web): State<Arc<Web>>, Small(ticket): Small) -> Response {
    let Ok(ticket) = <[u8; 32]>::try_from(&ticket[..]) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let waiting = act(&web, move |returning| returning.answers.waiting(&id_of(&ticket), PIECES));
    let Some(waiting) = waiting.await else { return failed(&web) };
    let mut bytes: Vec<u8> = waiting.into_iter().flat_map(|(_, sealed)| sealed).collect();
    if bytes.is_empty() {
        bytes.resize(DROPBOX_ANSWER_BYTES, 0);
        (web.intake.world.random)(&mut bytes);
    }
    binary(bytes)
}

/// `POST /answers/remove`: a ticket and the id of the reply to be removed.
pub(crate) async fn remove(State(web): State<Arc<Web>>, Small(body): Small) -> Response {
    let parts = body.split_first_chunk::<32>();
    let parts =
        parts.and_then(|(ticket, reply)| Some((*ticket, <[u8; 16]>::try_from(reply).ok()?)));
    let Some((ticket, reply)) = parts else { return StatusCode::BAD_REQUEST.into_response() };
    let removed =
        act(&web, move |returning| returning.answers.remove(&id_of(&ticket), &reply)).await;
    removed.map_or_else(|| failed(&web), |()| StatusCode::NO_CONTENT.into_response())
}

async fn act<T: Send + 'static>(
    web: &Web,
    act: impl FnOnce(&Returning) -> Result<T, payamgir_ledger::Failed> + Send + 'static,
) -> Option<T> {
    let returning = web.intake.returning.clone();
    tokio::task::spawn_blocking(move || act(&returning)).await.ok()?.ok()
}

fn failed(web: &Web) -> Response {
    (web.intake.journal)(Event::AnswersFailed);
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
