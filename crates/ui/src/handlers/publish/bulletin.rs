//! What all editions share.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use payamgir_desk::work::Act;
use payamgir_wire::edition::{Bulletin, Spoken};
use payamgir_wire::hex::Hex;

use super::{Said, flaw, not_written};
use crate::door::Ui;
use crate::handlers::deeds::Fields;
use crate::handlers::{Fault, Room, page as html, see_other};
use crate::pages::publish::bulletin as pages;

/// Languages that a form has room for.
pub(crate) const ROWS: usize = 4;

/// `GET /fa/bulletin`
pub(crate) async fn show(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let work = room.office.work();
    let now = work.publishing().bulletin().now();
    let bulletin = now.map(|now| (*now.body).clone()).unwrap_or_default();
    Ok(html(&pages::bulletin(&room, &bulletin, None)).into_response())
}

/// `POST /fa/bulletin`
pub(crate) async fn keep(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let fields = Fields::read(&body);
    let bulletin = filled(&fields);
    let base = Hex::parse(fields.get("base")).ok();
    let wrong = match bulletin.check() {
        Err(own) => Some(flaw(own)),
        Ok(()) => write(&room, Act::Bulletin { base, body: Box::new(bulletin.clone()) }).await,
    };
    match wrong {
        None => Ok(see_other(&format!("/{}/publish", room.say.lang.code()))),
        Some(wrong) => Ok(html(&pages::bulletin(&room, &bulletin, Some(&wrong))).into_response()),
    }
}

/// Writes; says why where it was not done.
pub(super) async fn write(room: &Room, act: Act) -> Option<Said> {
    let office = room.office.clone();
    match tokio::task::spawn_blocking(move || office.act(act)).await {
        Ok(Ok(())) => None,
        Ok(Err(why)) => Some(not_written(&why)),
        Err(_) => Some(Said::new("انجام نشد.", "It was not done.")),
    }
}

fn filled(fields: &Fields) -> Bulletin {
    let spoken = |row: usize| {
        let of = |name: &str| fields.words(&format!("{name}-{row}"));
        let spoken = Spoken { lang: of("lang"), title: of("title"), about: of("about") };
        (!spoken.title.is_empty()).then_some(spoken)
    };
    let addresses = fields.get("addresses").lines().map(str::trim);
    Bulletin {
        spoken: (0..ROWS).filter_map(spoken).collect(),
        addresses: addresses.filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        base: fields.words("base-address"),
        tag: fields.words("tag"),
    }
}
