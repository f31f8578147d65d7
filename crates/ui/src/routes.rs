//! Every page there is.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{get, post};

use crate::door::Ui;
use crate::gate::{guard, secure};
use crate::handlers::publish::{
    aside, bulletin, edition, item, media, overview, preview, reading, tell, typed,
};
use crate::handlers::{attach, deeds, door, files, panes, redact, sheets};
use crate::status;

/// Largest form: a reply, or a page of ticks.
const FORM_BYTES: usize = 512 * 1024;

/// What is written to be published, and what is made of it.
fn publishing() -> Router<Arc<Ui>> {
    let with_file = DefaultBodyLimit::max(media::FORM_BYTES);
    Router::new()
        .route("/{lang}/publish", get(overview))
        .route("/{lang}/bulletin", get(bulletin::show).post(bulletin::keep))
        .route("/{lang}/item/new", get(item::begin))
        .route("/{lang}/item/{id}", get(item::show).post(item::keep))
        .route("/{lang}/item/{id}/aside", post(aside))
        .route("/{lang}/item/{id}/forget", post(typed::forget))
        .route("/{lang}/edition/{id}/aside", post(aside))
        .route("/{lang}/item/{id}/preview", post(preview::item))
        .route("/{lang}/item/{id}/paper", post(preview::paper_of_item))
        .route("/{lang}/item/{id}/media", post(media::add).layer(with_file))
        .route("/{lang}/item/{id}/posts", get(reading::posts))
        .route("/{lang}/item/{id}/post", post(reading::post))
        .route("/{lang}/item/{id}/tell", get(tell::show).post(tell::draft))
        .route("/{lang}/item/{id}/card.png", get(reading::card))
        .route("/{lang}/preview", get(preview::last))
        .route("/{lang}/edition/new", get(edition::begin))
        .route("/{lang}/edition/{id}", get(edition::show).post(edition::keep))
        .route("/{lang}/edition/{id}/preview/{*path}", get(preview::edition))
        .route("/{lang}/edition/{id}/paper", get(preview::paper))
        .route("/{lang}/edition/{id}/hall", get(reading::hall))
        .route("/{lang}/edition/{id}/subtitles", get(reading::subtitles))
        .route("/{lang}/proposal/{release}", post(edition::agree))
        .route("/{lang}/proposal/{release}/recall", post(edition::recall))
        .route("/{lang}/proposal/{release}/preview/{*path}", get(preview::proposal))
}

pub(crate) fn routes(ui: Arc<Ui>) -> Router {
    let gate = ui.gate.clone();
    Router::new()
        .route("/", get(door::front))
        .route("/enter", get(door::enter))
        .route("/{lang}/", get(panes::panes))
        .route("/{lang}/lock", get(door::locked).post(door::lock))
        .route("/{lang}/unlock", post(door::unlock))
        .route("/{lang}/do", post(deeds::act))
        .route(
            "/{lang}/attach",
            post(attach::attach).layer(DefaultBodyLimit::max(attach::FORM_BYTES)),
        )
        .route("/{lang}/undo", post(deeds::undo))
        .route("/{lang}/audit", get(sheets::audit))
        .route("/{lang}/help", get(sheets::help).post(sheets::keys))
        .route("/{lang}/canned", get(sheets::canned).post(sheets::keep_canned))
        .route("/{lang}/names", get(sheets::names).post(sheets::keep_name))
        .route("/{lang}/members", get(sheets::members).post(sheets::call))
        .route("/{lang}/alarm", get(sheets::alarm).post(sheets::looked_into))
        .route("/{lang}/redact/{record}", get(redact::page).post(redact::keep))
        .merge(publishing())
        .route("/{lang}/facts/{number}", get(files::facts))
        .route("/{lang}/save/{record}", post(files::save))
        .route("/play/{record}", get(files::play))
        .route("/copy/{record}", get(files::copy))
        .route("/status", get(status::status))
        .route("/activity", post(status::activity))
        .route("/presence", post(status::presence))
        .route("/favicon.ico", get(files::no_icon))
        .route("/desk.css", get(files::style))
        .route("/desk.js", get(files::script))
        .fallback(door::nothing)
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(from_fn_with_state(gate, guard))
        .layer(map_response(secure))
        .with_state(ui)
}
