//! Answers on their way from a desk into a dropbox.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use payamgir_log::Kind;
use payamgir_seal::seal_entry;
use payamgir_text::lang::Lang;
use payamgir_wire::dropbox::Deposit;
use payamgir_wire::hex::Hex;
use payamgir_wire::{Channel, Entry, Outcome, Part, State as Fate};

use super::Returning;
use crate::auth::Asking;
use crate::desk_api::Api;
use crate::journal::Event;

/// `POST /desk/1/answer`: a reply to a codename, from a member who may write. It is handed over until
/// the log says that it waits.
pub(crate) async fn deposit(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(by)): axum::Extension<Asking>,
    body: Bytes,
) -> Response {
    if let Some(refusal) = api.refusal(&by) {
        return refusal;
    }
    let Some(deposit) = Deposit::decode(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    match keep(&api, deposit).await {
        Some(()) => "taken".into_response(),
        None => {
            (api.journal)(Event::AnswersFailed);
            (StatusCode::SERVICE_UNAVAILABLE, "busy").into_response()
        }
    }
}

/// Kept first, then told in the log: where the server dies in between, the desk hands it over again,
/// and it is told then.
async fn keep(api: &Arc<Api>, deposit: Deposit) -> Option<()> {
    let reply = deposit.reply;
    let told = with(api, move |returning| {
        if let Some(told) = returning.answers.told(&reply.0)? {
            return Ok(told);
        }
        let (dropbox, today) = (deposit.dropbox.0, returning.today());
        returning.answers.keep(&dropbox, &reply.0, &deposit.pieces, today).map(|_| false)
    });
    if !told.await? {
        tell(api, reply).await?;
        with(api, move |returning| returning.answers.tell(&reply.0)).await?;
    }
    Some(())
}

async fn with<T: Send + 'static>(
    api: &Arc<Api>,
    act: impl FnOnce(&Returning) -> Result<T, payamgir_ledger::Failed> + Send + 'static,
) -> Option<T> {
    let returning = api.returning.clone();
    tokio::task::spawn_blocking(move || act(&returning)).await.ok()?.ok()
}

/// Seals the word that a reply waits for its source, and adds it to the log.
async fn tell(api: &Arc<Api>, reply: Hex<16>) -> Option<()> {
    let entry = Entry {
        group: reply,
        index: 0,
        arrived: (api.world.now)(),
        channel: Channel::Web,
        language: Lang::default().code().to_owned(),
        alias: None,
        revises: None,
        origin: None,
        part: Part::Outcome(Outcome { state: Fate::Accepted, reason: None, code: None }),
    };
    let body = entry.encode().ok()?;
    let sealed = seal_entry(&api.desk.now().recipient, &body).ok()?;
    api.log.append(Kind::ENTRY, sealed, vec![]).await.ok().map(drop)
}
