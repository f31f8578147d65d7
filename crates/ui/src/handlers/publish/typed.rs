//! Items that were typed and not kept, because the desk was locked or a page was left.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use payamgir_desk::work::Id;

use super::filling::filled;
use super::item::{Form, kept};
use crate::door::Ui;
use crate::handlers::deeds::Fields;
use crate::handlers::{Fault, Room, see_other};

/// What is typed in an item's form stays on this machine; what is kept as it stands is not needed.
pub(super) fn note(room: &Room, id: Id, body: &str) {
    let fields = Fields::read(body);
    if fields.get("typed") != "yes" {
        return;
    }
    let form = filled(id, &fields);
    let same = kept(&room.office, id).is_some_and(|kept| kept.item == form.item);
    let _ = match same {
        true => room.office.forget_typed(&id.to_string()),
        false => room.office.keep_typed(&id.to_string(), body),
    };
}

/// An item as it was typed last, where that was not kept.
pub(crate) fn typed(room: &Room, id: Id) -> Option<Form> {
    let all = room.office.typed();
    let form = filled(id, &Fields::read(all.get(&id.to_string())?));
    Some(Form { wrong: None, ..form })
}

/// All of them.
pub(crate) fn all(room: &Room) -> Vec<(Id, String)> {
    let read = |(id, body): (String, String)| {
        let id = Id::parse(&id).ok()?;
        Some((id, filled(id, &Fields::read(&body)).item.title))
    };
    room.office.typed().into_iter().filter_map(read).collect()
}

/// `POST /fa/item/…/forget`: what was typed is not wanted.
pub(crate) async fn forget(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let office = room.office.clone();
    let _ = tokio::task::spawn_blocking(move || office.forget_typed(&id)).await;
    Ok(see_other(&format!("/{}/publish", room.say.lang.code())))
}
