//! Everything but the panes: audit, help, canned replies, names, members, the alarm.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use payamgir_desk::office::{Office, Settings};
use payamgir_desk::work::{Act, Id};
use payamgir_wire::hex::Hex;
use serde::Deserialize;

use super::deeds::Fields;
use super::{Fault, Room, page, see_other};
use crate::door::Ui;
use crate::pages::{audit as audit_page, sheets as pages};

/// What of the audit is shown.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Audit {
    /// Only of this member, by its key.
    pub(crate) who: String,
    /// Only of this act.
    pub(crate) what: String,
    /// Only of this conversation.
    pub(crate) c: String,
    /// Only those before this one.
    pub(crate) before: Option<usize>,
}

/// `GET /fa/audit?…`
pub(crate) async fn audit(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    Query(asked): Query<Audit>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    Ok(page(&audit_page::audit(&room, &asked)).into_response())
}

/// `GET /fa/help`
pub(crate) async fn help(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    Ok(page(&pages::help(&room)).into_response())
}

/// `POST /fa/help`: shortcuts on or off, from now on.
pub(crate) async fn keys(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let keys_off = Fields::read(&body).get("keys") == "off";
    room.look(move |office| office.set(Settings { keys_off })).await?;
    Ok(see_other(&format!("/{}/help", room.say.lang.code())))
}

/// Which canned reply.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    pub(crate) id: String,
}

/// `GET /fa/canned`
pub(crate) async fn canned(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    Ok(page(&pages::canned(&room, Id::parse(&which.id).ok())).into_response())
}

/// `POST /fa/canned`
pub(crate) async fn keep_canned(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let fields = Fields::read(&body);
    let id = Hex::parse(fields.get("id")).unwrap_or_else(|_| room.office.id());
    let dropped = fields.get("do") == "drop";
    let text = if dropped { String::new() } else { fields.words("text") };
    let title = match fields.words("title") {
        title if title.is_empty() => "-".to_owned(),
        title => title,
    };
    let lang = if fields.get("lang") == "en" { "en" } else { "fa" }.to_owned();
    if !text.is_empty() || dropped {
        perform(&room, Act::Canned { id, lang, title, text }).await;
    }
    Ok(see_other(&format!("/{}/canned", room.say.lang.code())))
}

/// `GET /fa/names`
pub(crate) async fn names(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    Ok(page(&pages::names(&room)).into_response())
}

/// `POST /fa/names`
pub(crate) async fn keep_name(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let fields = Fields::read(&body);
    let (name, dropped) = (fields.words("name"), fields.words("drop"));
    if !dropped.is_empty() {
        perform(&room, Act::Hide { name: dropped, off: true }).await;
    } else if !name.is_empty() {
        perform(&room, Act::Hide { name, off: false }).await;
    }
    Ok(see_other(&format!("/{}/names", room.say.lang.code())))
}

/// `GET /fa/members`
pub(crate) async fn members(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    Ok(page(&pages::members(&room)).into_response())
}

/// `POST /fa/members`: what one is called.
pub(crate) async fn call(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let name = Fields::read(&body).words("name");
    if !name.is_empty() {
        perform(&room, Act::Call { name }).await;
    }
    Ok(see_other(&format!("/{}/members", room.say.lang.code())))
}

/// `GET /fa/alarm`
pub(crate) async fn alarm(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    Ok(page(&pages::alarm(&room)).into_response())
}

/// `POST /fa/alarm`: somebody looked into it.
pub(crate) async fn looked_into(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    room.look(Office::looked_into).await?;
    Ok(see_other(&format!("/{}/alarm", room.say.lang.code())))
}

/// Does it; what was not done is told with the next list.
async fn perform(room: &Room, act: Act) {
    let office = room.office.clone();
    let done = tokio::task::spawn_blocking(move || office.act(act)).await;
    if let Ok(Err(why)) = done {
        room.ui.say(super::deeds::not_done(&why));
    }
}
