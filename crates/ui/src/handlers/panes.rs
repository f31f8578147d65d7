//! The list, the conversation, the details.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Response};
use payamgir_desk::office::{Counts, Rows, View};
use payamgir_text::search::{Query as Asked, parse_at};

use super::{Fault, Room, page};
use crate::door::{Toast, Ui};
use crate::pages::panes as pages;
use crate::place::Place;

/// Rows of one page.
pub(crate) const ROWS: usize = 40;

/// What the panes show.
pub(crate) struct Panes {
    pub(crate) place: Place,
    pub(crate) asked: Asked,
    pub(crate) rows: Rows,
    pub(crate) counts: Counts,
    pub(crate) view: Option<View>,
    pub(crate) size: u64,
    pub(crate) toast: Option<Toast>,
    /// Of the open conversation's attachments, those that are on this machine.
    pub(crate) here: Vec<u64>,
}

/// `GET /fa/?…`
pub(crate) async fn panes(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    Query(place): Query<Place>,
) -> Result<Response, Fault> {
    let room = Room::enter_at(ui, &lang, &place)?;
    Ok(show(&room, place).await?.into_response())
}

/// The panes at a place.
pub(crate) async fn show(room: &Room, place: Place) -> Result<Html<String>, Fault> {
    let offset = room.say.offset;
    let toast = room.ui.toast();
    let panes = room
        .look(move |office| {
            let today = payamgir_text::jalali::days(office.now(), offset);
            let asked = parse_at(&place.q, today);
            let rows = office.list(place.wanted(), &asked, (place.from, ROWS), offset)?;
            let view = place.c.map(|number| office.view(number)).transpose()?.flatten();
            let here = view.as_ref().map(|view| office.here(view)).unwrap_or_default();
            let (counts, size) = (office.counts(), office.size());
            Ok(Panes { place, asked, rows, counts, view, size, toast, here })
        })
        .await?;
    if panes.place.c.is_some() && panes.view.is_none() {
        return Err(Fault::NotHere(room.again()));
    }
    Ok(page(&pages::panes(room, &panes)))
}
