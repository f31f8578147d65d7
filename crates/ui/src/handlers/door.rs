//! Coming in, unlocking, locking.

use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payamgir_text::lang::Lang;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{back, page, see_other};
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

/// Where the editor was, to be shown again once the desk is open.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Was {
    to: String,
}

impl Was {
    /// The place, if it is one of these pages; the list otherwise.
    fn at(&self, lang: Lang) -> String {
        back(&self.to, lang)
    }
}

/// `GET /fa/lock?to=…`
pub(crate) async fn locked(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    Query(was): Query<Was>,
) -> Response {
    let Ok(lang) = lang.parse::<Lang>() else { return StatusCode::NOT_FOUND.into_response() };
    let say = Say { lang, offset: ui.settings.offset };
    let to = was.at(lang);
    match ui.stands() {
        Stands::Locked(said) => page(&pages::locked(say, said.as_ref(), &to)).into_response(),
        Stands::Opening(done, of) => page(&pages::opening(say, (done, of), &to)).into_response(),
        Stands::Open(_) => see_other(&to),
    }
}

/// Where the door is, for who is to come back to `to`.
pub(crate) fn at_the_door(to: &str, lang: Lang) -> String {
    let to = serde_urlencoded::to_string([("to", to)]).unwrap_or_default();
    format!("/{}/lock?{to}", lang.code())
}

#[derive(Deserialize)]
pub(crate) struct Unlock {
    passphrase: Zeroizing<String>,
    #[serde(flatten)]
    was: Was,
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
    see_other(&at_the_door(&form.was.at(lang), lang))
}

/// `POST /fa/lock`: this process ends as soon as the answer is on its way.
pub(crate) async fn lock(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    Form(was): Form<Was>,
) -> Response {
    let Ok(lang) = lang.parse::<Lang>() else { return StatusCode::NOT_FOUND.into_response() };
    let say = Say { lang, offset: ui.settings.offset };
    let answer = page(&pages::locking(say, &was.at(lang))).into_response();
    ui.lock();
    answer
}

/// A page that is not there.
pub(crate) async fn nothing() -> StatusCode {
    StatusCode::NOT_FOUND
}
