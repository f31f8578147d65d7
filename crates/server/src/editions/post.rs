//! Posting what is published in the assembly's own Telegram channel: the very words that were approved,
//! with the card beside them, at most once (docs/FORMAT.md §24.5).

use std::io;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use payamgir_address::Address;
use payamgir_wire::Hash;
use payamgir_wire::release::post_id;
use payamgir_wire::send::{File, Send};
use zeroize::Zeroizing;

use super::{Live, Served};
use crate::auth::Asking;
use crate::desk_api::Api;

/// `POST /desk/1/edition/post`: posts the text file with this hash, in hex. `taken` where the account has
/// it, or has had it before; what became of it is told in the log as of a reply.
pub(crate) async fn post(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(by)): axum::Extension<Asking>,
    body: String,
) -> Response {
    if let Some(refusal) = api.refusal(&by) {
        return refusal;
    }
    let Ok(hash) = Hash::parse(body.trim()) else { return StatusCode::BAD_REQUEST.into_response() };
    let Some(live) = api.editions.live() else { return StatusCode::NOT_FOUND.into_response() };
    let given = tokio::task::spawn_blocking(move || give(&api, &live, hash)).await;
    match given.unwrap_or(Ok(None)) {
        Ok(Some(true)) => "taken".into_response(),
        Ok(Some(false)) => (StatusCode::SERVICE_UNAVAILABLE, "busy").into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Gives it to the account. `None` where it is not published, or no account posts.
fn give(api: &Api, live: &Live, hash: Hash) -> io::Result<Option<bool>> {
    let Some((line, channel)) = api.channels.posts() else { return Ok(None) };
    let Some((path, served)) = live.text(&hash) else { return Ok(None) };
    let id = post_id(&hash);
    let known = api.channels.shared().map(|shared| shared.keeper.ledger.sending(&id.0));
    match known {
        Some(Ok(None)) => {}
        Some(Ok(Some(_))) => return Ok(Some(true)),
        _ => return Ok(Some(false)),
    }
    let words = String::from_utf8(read(live, served)?).map_err(io::Error::other)?;
    let card = live.file(&path.replace(".txt", ".png"));
    let file = card.map(|card| read(live, card)).transpose()?;
    let file = file.map(|bytes| File { media_type: "image/png".into(), bytes: bytes.into() });
    let to = Address {
        account: Zeroizing::new(line.key.clone()),
        to: Zeroizing::new(channel.to_owned()),
        about: None,
        wrote: (api.world.now)(),
    };
    let text = Zeroizing::new(words.trim().to_owned());
    let post = Send { reply: id, route: Zeroizing::default(), text, file };
    Ok(Some(line.give_reply(to, post)))
}

fn read(live: &Live, served: &Served) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    io::Read::read_to_end(&mut live.open(served, false)?, &mut bytes)?;
    Ok(bytes)
}
