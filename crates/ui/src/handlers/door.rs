//! Coming in, unlocking, locking.

use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payamgir_text::lang::Lang;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{page, see_other};
use crate::door::{Stands, Ui};
use crate::pages::lock as pages;
use crate::say::Say;

#[derive(Deserialize)]
pub(crate) struct Entry {
    #[serde(default)]
    key: String,
}

/// `GET /enter?key=…`: the browser's first page. It leads on by itself: a redirection would still
/// count as coming from where the browser was before, and the cookie would not be sent along.
pub(crate) async fn enter(State(ui): State<Arc<Ui>>, Query(entry): Query<Entry>) -> Response {
    let page = page(&pages::entering(ui.settings.lang));
    match ui.gate.enter(&entry.key) {
        Some(cookie) => ([(header::SET_COOKIE, cookie)], page).into_response(),
        // Who is in already comes by again, say by the browser's own restart.
        None => (StatusCode::FORBIDDEN, page).into_response(),
    }
}

/// `GET /`
pub(crate) async fn front(State(ui): State<Arc<Ui>>, headers: HeaderMap) -> Response {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let lang = asked.map_or(ui.settings.lang, |asked| Lang::negotiate(Some(asked)));
    see_other(&format!("/{}/", lang.code()))
}

/// `GET /fa/lock`
pub(crate) async fn locked(State(ui): State<Arc<Ui>>, Path(lang): Path<String>) -> Response {
    let Ok(lang) = lang.parse::<Lang>() else { return StatusCode::NOT_FOUND.into_response() };
    let say = Say { lang, offset: ui.settings.offset };
    match ui.stands() {
        Stands::Locked(said) => page(&pages::locked(say, said.as_ref())).into_response(),
        Stands::Opening(done, of) => page(&pages::opening(say, done, of)).into_response(),
        Stands::Open(_) => see_other(&format!("/{}/", lang.code())),
    }
}

#[derive(Deserialize)]
pub(crate) struct Unlock {
    passphrase: Zeroizing<String>,
}

/// `POST /fa/unlock`
pub(crate) async fn unlock(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    Form(form): Form<Unlock>,
) -> Response {
    let Ok(lang) = lang.parse::<Lang>() else { return StatusCode::NOT_FOUND.into_response() };
    ui.touch();
    ui.unlock(form.passphrase);
    see_other(&format!("/{}/lock", lang.code()))
}

/// `POST /fa/lock`: this process ends as soon as the answer is on its way.
pub(crate) async fn lock(State(ui): State<Arc<Ui>>, Path(lang): Path<String>) -> Response {
    let Ok(lang) = lang.parse::<Lang>() else { return StatusCode::NOT_FOUND.into_response() };
    let say = Say { lang, offset: ui.settings.offset };
    let answer = page(&pages::locking(say)).into_response();
    ui.lock();
    answer
}

/// A page that is not there.
pub(crate) async fn nothing() -> StatusCode {
    StatusCode::NOT_FOUND
}
