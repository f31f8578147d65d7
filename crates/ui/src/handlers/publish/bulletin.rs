//! What all editions share.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use payamgir_desk::office::publishing::NotPrepared;
use payamgir_desk::work::Act;
use payamgir_wire::edition::{Bulletin, Spoken};
use payamgir_wire::hex::{Hash, Hex};

use super::{NotKept, Said, flaw, line, not_prepared};
use crate::door::Ui;
use crate::handlers::deeds::Fields;
use crate::handlers::{Fault, Room, page as html, see_other};
use crate::pages::publish::bulletin as pages;

/// A bulletin as it stands in its form.
pub(crate) struct Form {
    /// The version it was made from.
    pub(crate) base: Option<Hash>,
    pub(crate) bulletin: Bulletin,
    /// What is wrong with it; it was not kept.
    pub(crate) wrong: Option<Said>,
    /// What somebody else wrote meanwhile.
    pub(crate) theirs: Option<Bulletin>,
}

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
    let base = now.map(|now| now.hash);
    let bulletin = now.map(|now| (*now.body).clone()).unwrap_or_default();
    let form = Form { base, bulletin, wrong: None, theirs: None };
    Ok(html(&pages::bulletin(&room, &form)).into_response())
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
    let wrong = bulletin.check().err().map(flaw);
    let base = Hex::parse(fields.get("base")).ok();
    let mut form = Form { base, bulletin, wrong, theirs: None };
    if form.wrong.is_none() {
        form = written(&room, form).await;
    }
    match form.wrong {
        None => Ok(see_other(&format!("/{}/publish", room.say.lang.code()))),
        Some(_) => Ok(html(&pages::bulletin(&room, &form)).into_response()),
    }
}

/// Writes it; gives the form with what was wrong. Who is shown what somebody else wrote may write over
/// it.
async fn written(room: &Room, mut form: Form) -> Form {
    let (office, bulletin) = (room.office.clone(), form.bulletin.clone());
    let clear = tokio::task::spawn_blocking(move || office.clear_bulletin(bulletin)).await;
    let clear = match clear.unwrap_or(Err(NotPrepared::NoSuchThing)) {
        Ok(clear) => Box::new(clear.into_inner()),
        Err(why) => return Form { wrong: Some(not_prepared(room, &why)), ..form },
    };
    let Some(wrong) = write(room, Act::Bulletin { base: form.base, body: clear }).await else {
        return form;
    };
    let work = room.office.work();
    if let Some(now) = work.publishing().bulletin().now().filter(|_| wrong.stale) {
        (form.base, form.theirs) = (Some(now.hash), Some((*now.body).clone()));
    }
    Form { wrong: Some(wrong.said), ..form }
}

/// Writes; says why where it was not done.
pub(super) async fn write(room: &Room, act: Act) -> Option<NotKept> {
    let office = room.office.clone();
    match tokio::task::spawn_blocking(move || office.act(act)).await {
        Ok(Ok(())) => None,
        Ok(Err(why)) => Some(NotKept::of(&why)),
        Err(_) => Some(Said::new("انجام نشد.", "It was not done.").into()),
    }
}

fn filled(fields: &Fields) -> Bulletin {
    let spoken = |row: usize| {
        let of = |name: &str| line(fields, &format!("{name}-{row}"));
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
