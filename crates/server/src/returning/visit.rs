//! A source comes back: what it may see, and what it may remove.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use payamgir_dropbox::{Codename, Dropbox};
use payamgir_wire::dropbox::Answer;
use payamgir_wire::hex::Hex;
use payamgir_wire::limits::DROPBOX_ANSWER_PIECES;
use zeroize::Zeroizing;

use super::{Lane, Returning};
use crate::fields::urlencoded;
use crate::journal::Event;
use crate::pages::{self, Door, Problem, Reply, Visit};
use crate::small::Small;
use crate::web::{Spoken, html, status};

/// Pieces that are looked at: more than a desk will have written to anybody.
pub(super) const PIECES: usize = 40 * DROPBOX_ANSWER_PIECES;
/// Most bytes of what a door's form sends.
pub(crate) const FORM_BYTES: usize = 8 * 1024;

/// `GET /<language>/answers`: the door for who comes back.
pub(crate) async fn door(State(spoken): State<Spoken>) -> Response {
    let page = pages::door(spoken.site(), spoken.lang, &Door::default());
    html(StatusCode::OK, page.into_string())
}

/// `POST /<language>/answers`: what waits for the words that were brought; first what is to be removed
/// is removed.
pub(crate) async fn enter(
    State(spoken): State<Spoken>,
    headers: HeaderMap,
    body: Result<Small, StatusCode>,
) -> Response {
    let Ok(Small(body)) = body else { return problem(&spoken, Problem::Malformed) };
    let (site, lang) = (spoken.site(), spoken.lang);
    let form = Form::read(&headers, &body);
    let (codename, typed) = match form.as_ref().map(|form| (Codename::read(&form.codename), form)) {
        Some((Ok(codename), form)) => (codename, form),
        Some((Err(mistake), form)) => {
            let door = Door { typed: &form.codename, mistake: Some(&mistake) };
            return html(
                StatusCode::UNPROCESSABLE_ENTITY,
                pages::door(site, lang, &door).into_string(),
            );
        }
        None => return problem(&spoken, Problem::WrongType),
    };
    let returning = &spoken.web.intake.returning;
    let Some(dropbox) = returning.grow(Lane::Reading, &codename).await else {
        return problem(&spoken, Problem::Busy);
    };
    match look(returning, dropbox, typed.remove).await {
        Some(replies) => {
            let visit = Visit {
                codename: &codename,
                replies,
                removed: typed.remove.is_some(),
                passes: spoken.web.intake.flood.has_given(),
                days: returning.days,
            };
            html(StatusCode::OK, pages::visit(site, lang, &visit).into_string())
        }
        None => {
            (spoken.web.intake.journal)(Event::AnswersFailed);
            problem(&spoken, Problem::Internal)
        }
    }
}

fn problem(spoken: &Spoken, problem: Problem) -> Response {
    html(status(problem), pages::message(spoken.site(), spoken.lang, problem).into_string())
}

/// The replies that wait, the newest last, after one was removed.
async fn look(
    returning: &Arc<Returning>,
    dropbox: Dropbox,
    remove: Option<Hex<16>>,
) -> Option<Vec<Reply>> {
    let returning = returning.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let id = dropbox.id();
        if let Some(reply) = remove {
            returning.answers.remove(&id, &reply.0)?;
        }
        let pieces = returning.answers.waiting(&id, PIECES)?;
        Ok::<_, payamgir_ledger::Failed>(together(&dropbox, &pieces))
    });
    looked.await.ok()?.ok()
}

/// Replies opened and put together from their pieces. What does not open was not sealed to this key.
fn together(dropbox: &Dropbox, pieces: &[payamgir_ledger::Piece]) -> Vec<Reply> {
    let mut replies: Vec<Reply> = vec![];
    for (reply, sealed) in pieces {
        let Some(answer) = dropbox.open(sealed).and_then(|plain| Answer::decode(&plain)) else {
            continue;
        };
        match replies.iter_mut().find(|known| known.id.0 == *reply) {
            Some(known) => known.text.push_str(&answer.text),
            None => replies.push(Reply { id: Hex(*reply), at: answer.at, text: answer.text }),
        }
    }
    replies
}

/// What a door's form sends.
struct Form {
    codename: Zeroizing<String>,
    remove: Option<Hex<16>>,
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`; `None` where it is something else.
    fn read(headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let [codename, remove] = urlencoded(headers, body, &["codename", "remove"])?;
        Some(Self { codename, remove: Hex::parse(&remove).ok() })
    }
}
