//! What is made of an edition for the hall and for broadcasters, and of an item for messengers.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use payamgir_bulletin::{Refused, hall, subtitles};
use payamgir_desk::office::publishing::NotPrepared;
use payamgir_desk::work::{Act, Id};
use serde::Deserialize;

use super::item::kept;
use crate::door::{Toast, Ui};
use crate::handlers::{Fault, Room, page as html, see_other};
use crate::pages::publish::reading as pages;

/// Words read in a minute, where nobody says otherwise.
const PACE: u32 = 130;

/// In which language and form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    lang: String,
    save: String,
    form: String,
    pace: Option<u32>,
}

/// `GET /fa/edition/…/hall?lang=fa`: the reading list, to be read from or to be carried.
pub(crate) async fn hall(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let id = Id::parse(&id).map_err(|_| Fault::NotHere(room.again()))?;
    let spoken = asked.lang.clone();
    let made = made(&room, id, move |press| hall::page(press, &id, &spoken)).await?;
    let Some(page) = made else { return Ok(back(&room, &id)) };
    let policy = HeaderValue::try_from(page.policy).map_err(|_| Fault::NoPage)?;
    let mut response = page.html.into_response();
    let fields = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        // Its second window is held by the first.
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ];
    for (name, value) in fields {
        response.headers_mut().insert(name, value);
    }
    if asked.save == "yes" {
        let name = attached(&room, (&id, &asked.lang), "html");
        let name = HeaderValue::try_from(name).map_err(|_| Fault::NoPage)?;
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// A file to keep, by the edition's address and its language: `hall-no-1-fa.html`.
fn attached(room: &Room, (id, lang): (&Id, &str), ending: &str) -> String {
    let work = room.office.work();
    let edition = work.publishing().of_edition(id).and_then(|edition| edition.now());
    let slug = edition.map_or("", |now| &now.body.slug.0);
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
    };
    format!("attachment; filename=\"hall-{}-{}.{ending}\"", plain(slug), plain(lang))
}

/// `GET /fa/edition/…/subtitles?form=srt&lang=fa`
pub(crate) async fn subtitles(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let id = Id::parse(&id).map_err(|_| Fault::NotHere(room.again()))?;
    let (spoken, pace) = (asked.lang.clone(), asked.pace.unwrap_or(PACE));
    let made = made(&room, id, move |press| hall::cues(press, &id, &spoken, pace)).await?;
    let Some(cues) = made else { return Ok(back(&room, &id)) };
    let (text, kind, ending) = match &*asked.form {
        "vtt" => (subtitles::vtt(&cues), "text/vtt; charset=utf-8", "vtt"),
        _ => (subtitles::srt(&cues), "application/x-subrip; charset=utf-8", "srt"),
    };
    let name = attached(&room, (&id, &asked.lang), ending);
    let fields = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, &*name)];
    Ok((fields, text).into_response())
}

/// Something made of an edition; `None` where it was said why not.
async fn made<T: Send + 'static>(
    room: &Room,
    id: Id,
    make: impl FnOnce(&payamgir_bulletin::Press<'_>) -> Result<T, Refused> + Send + 'static,
) -> Result<Option<T>, Fault> {
    let office = room.office.clone();
    let made = tokio::task::spawn_blocking(move || office.with_edition(id, make)).await;
    match made.unwrap_or(Err(NotPrepared::NoSuchThing)) {
        Ok(made) => Ok(Some(made)),
        Err(why) => {
            let super::Said { fa, en } = super::not_prepared(room, &why);
            room.ui.say(Toast { fa, en, undo: vec![], failed: true, at: 0, id: 0 });
            Ok(None)
        }
    }
}

fn back(room: &Room, id: &Id) -> Response {
    see_other(&format!("/{}/edition/{id}", room.say.lang.code()))
}

/// `GET /fa/item/…/posts`: the item in plain words, as each messenger takes them.
pub(crate) async fn posts(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let form = Id::parse(&id).ok().and_then(|id| kept(&room.office, id));
    let Some(form) = form else { return Err(Fault::NotHere(room.again())) };
    let keys: Vec<u64> = form.on.iter().filter_map(|number| room.office.key_of(*number)).collect();
    let Ok(item) = room.office.clear_item(form.item, &keys) else {
        return Err(Fault::NotHere(room.again()));
    };
    Ok(html(&pages::posts(&room, &form.id, &item)).into_response())
}

/// `POST /fa/item/…/post`: has the assembly's channel post it, once it is published.
pub(crate) async fn post(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let id = Id::parse(&id).map_err(|_| Fault::NotHere(room.again()))?;
    if let Some(file) = room.office.posted_text(&id) {
        let wrong = super::bulletin::write(&room, Act::Post { file }).await;
        if let Some(super::Said { fa, en }) = wrong.map(|wrong| wrong.said) {
            room.ui.say(Toast { fa, en, undo: vec![], failed: true, at: 0, id: 0 });
        }
        room.office.hurry();
    }
    Ok(see_other(&format!("/{}/item/{id}/posts", room.say.lang.code())))
}

/// `GET /fa/item/…/card.png`
pub(crate) async fn card(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let form = Id::parse(&id).ok().and_then(|id| kept(&room.office, id));
    let Some(form) = form else { return Err(Fault::NotHere(room.again())) };
    let work = room.office.work();
    let bulletin = work.publishing().bulletin().now();
    let spoken = bulletin.and_then(|now| {
        let own = now.body.spoken.iter().find(|spoken| spoken.lang == form.item.lang);
        own.or(now.body.spoken.first()).map(|spoken| spoken.title.clone())
    });
    let png = payamgir_bulletin::card::draw(&payamgir_bulletin::card::Card {
        lang: &form.item.lang,
        title: &form.item.title,
        byline: form.item.byline.name(),
        bulletin: spoken.as_deref().unwrap_or_default(),
        edition: "",
    });
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}
