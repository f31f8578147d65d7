//! What would be published, as it would be seen: an item while it is written, and a whole release.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use payamgir_bulletin::paper::{Form, sheet};
use payamgir_bulletin::{Cleared, Refused, Sheet};
use payamgir_desk::office::Office;
use payamgir_desk::office::publishing::{NotPrepared, Prepared};
use payamgir_desk::work::Id;
use payamgir_redact::Hidden;
use payamgir_wire::edition::{Bulletin, Medium, Spoken};
use payamgir_wire::hex::Hash;
use payamgir_wire::release::FilePath;
use serde::Deserialize;

use super::filling::filled;
use super::item::leaking;
use super::typed;
use crate::door::Ui;
use crate::handlers::deeds::Fields;
use crate::handlers::{Fault, Room};

/// A preview stands in a frame of our own page, with its style in it, and pictures that are the desk's
/// copies.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline' 'self'; font-src 'self' data:; \
    img-src 'self' data:; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// `POST /fa/item/…/preview`: the item as its form is filled in.
pub(crate) async fn item(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let Ok(id) = Id::parse(&id) else { return Err(Fault::NotHere(room.again())) };
    let (office, noting) = (room.office.clone(), room.again());
    let made = tokio::task::spawn_blocking(move || {
        typed::note(&noting, id, &body);
        let form = filled(id, &Fields::read(&body));
        let keys: Vec<u64> = form.on.iter().filter_map(|number| office.key_of(*number)).collect();
        let mut item = form.item;
        // What is not filled in yet is no reason to show nothing.
        if item.title.trim().is_empty() {
            item.title = "…".into();
        }
        item.body.push(' ');
        let cleared = office.clear_item(item.clone(), &keys).map_err(|why| match why {
            NotPrepared::NotClear(_, leak) => Some(leaking(&item, &leak)),
            _ => None,
        })?;
        Ok::<_, Option<super::Said>>(payamgir_bulletin::preview(
            &bulletin(&office),
            id,
            cleared,
            &|medium| {
                let shown = if medium.media_type.starts_with("image/") { "copy" } else { "play" };
                format!("/{shown}/{}", medium.record)
            },
        ))
    });
    let page = match made.await {
        Ok(Ok(page)) if !page.is_empty() => page,
        Ok(Err(Some(said))) => told(room.say.t_of(&said.fa, &said.en)),
        _ => told(room.say.t(
            "برای پیش‌نمایش، عنوان و متن و نشانی را درست کنید.",
            "To preview it, put the title, the text and the address right.",
        )),
    };
    room.ui.keep_preview(page.clone());
    Ok(shown(page, "text/html; charset=utf-8"))
}

/// `POST /fa/item/…/paper`: the same on paper, where this program sets it.
pub(crate) async fn paper_of_item(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let Ok(id) = Id::parse(&id) else { return Err(Fault::NotHere(room.again())) };
    let form = filled(id, &Fields::read(&body));
    let office = room.office.clone();
    let made = tokio::task::spawn_blocking(move || {
        let keys: Vec<u64> = form.on.iter().filter_map(|number| office.key_of(*number)).collect();
        let cleared = office.clear_item(form.item, &keys)?;
        let media = |medium: &Medium| office.copy_of(medium);
        let sheet = payamgir_bulletin::preview_paper(&bulletin(&office), id, cleared, &media);
        set(&office, sheet.map_err(NotPrepared::Refused)?)
    });
    Ok(pdf(&room, made.await))
}

/// `GET /fa/edition/…/paper?form=a4&lang=fa`
pub(crate) async fn paper(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
    Query(asked): Query<Paper>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let Ok(id) = Id::parse(&id) else { return Err(Fault::NotHere(room.again())) };
    let office = room.office.clone();
    let made = tokio::task::spawn_blocking(move || {
        let sheet = office.with_edition(id, |press| {
            let at = press.editions.iter().position(|(own, _)| *own == id);
            sheet(press, (at.ok_or(Refused::Nothing)?, &asked.lang), asked.form())
        })?;
        set(&office, sheet)
    });
    Ok(pdf(&room, made.await))
}

/// Which print.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Paper {
    lang: String,
    form: String,
}

impl Paper {
    fn form(&self) -> Form {
        match &*self.form {
            "a5" => Form::A5,
            "large" => Form::Large,
            "light" => Form::Light,
            _ => Form::A4,
        }
    }
}

fn set(office: &Office, sheet: Sheet) -> Result<Vec<u8>, NotPrepared> {
    let engine = office.engine().ok_or(NotPrepared::Refused(Refused::NoPaper))?;
    engine.set(&sheet).map_err(|why| NotPrepared::Refused(Refused::Paper(why)))
}

fn pdf(
    room: &Room,
    made: Result<Result<Vec<u8>, NotPrepared>, tokio::task::JoinError>,
) -> Response {
    match made.unwrap_or(Err(NotPrepared::NoSuchThing)) {
        Ok(bytes) => {
            let fields = [
                (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
                (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
                (
                    header::CONTENT_SECURITY_POLICY,
                    HeaderValue::from_static("frame-ancestors 'self'"),
                ),
            ];
            (fields, bytes).into_response()
        }
        Err(why) => {
            let said = super::not_prepared(room, &why);
            shown(told(room.say.t_of(&said.fa, &said.en)), "text/html; charset=utf-8")
        }
    }
}

/// `GET /fa/preview`: the last one again.
pub(crate) async fn last(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    Ok(shown(room.ui.last_preview(), "text/html; charset=utf-8"))
}

fn told(words: &str) -> Vec<u8> {
    maud::html! {
        (maud::DOCTYPE)
        html lang=(if words.is_ascii() { "en" } else { "fa" }) dir="auto" { head { meta charset="utf-8"; title { "…" } } body { p dir="auto" { (words) } } }
    }
    .into_string()
    .into_bytes()
}

/// The bulletin around a preview; one without words where it is not written, or cannot be cleared.
fn bulletin(office: &Office) -> Cleared<Bulletin> {
    let work = office.work();
    let now = work.publishing().bulletin().now().map(|now| (*now.body).clone());
    let now = now.filter(|bulletin| bulletin.check().is_ok());
    let clear = now.and_then(|bulletin| office.clear_bulletin(bulletin).ok());
    clear.unwrap_or_else(|| {
        let spoken = Spoken { lang: "fa".into(), title: "…".into(), about: String::new() };
        let empty = Bulletin { spoken: vec![spoken], ..Bulletin::default() };
        Hidden::default().clear(empty).expect("nothing is hidden")
    })
}

/// `GET /fa/edition/…/preview/read/fa/index.html`: a file of the release as it would be.
pub(crate) async fn edition(
    State(ui): State<Arc<Ui>>,
    Path((lang, id, path)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let id = Id::parse(&id).map_err(|_| Fault::NotHere(room.again()))?;
    served(&room, Which::Edition(id), &path).await
}

/// `GET /fa/proposal/…/preview/…`: the same of what was proposed.
pub(crate) async fn proposal(
    State(ui): State<Arc<Ui>>,
    Path((lang, release, path)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let release = Hash::parse(&release).map_err(|_| Fault::NotHere(room.again()))?;
    served(&room, Which::Proposal(release), &path).await
}

enum Which {
    Edition(Id),
    Proposal(Hash),
}

async fn served(room: &Room, which: Which, path: &str) -> Result<Response, Fault> {
    let (ui, office) = (room.ui.clone(), room.office.clone());
    let made = tokio::task::spawn_blocking(move || made(&ui, &office, &which)).await;
    let made = made.unwrap_or(Err(NotPrepared::NoSuchThing));
    let prepared = match made {
        Ok(prepared) => prepared,
        Err(why) => {
            let said = super::not_prepared(room, &why);
            return Ok(shown(told(room.say.t_of(&said.fa, &said.en)), "text/html; charset=utf-8"));
        }
    };
    let file = FilePath::parse(path);
    let found = file.as_ref().and_then(|file| {
        let mut files = prepared.built.new_files();
        files.find(|(known, _)| known.path == *file).map(|(_, bytes)| bytes.to_vec())
    });
    match (found, file) {
        (Some(bytes), Some(file)) => Ok(shown(bytes, file.media_type())),
        _ => Err(Fault::NotHere(room.again())),
    }
}

/// Made once, and kept while it is looked at.
fn made(ui: &Ui, office: &Office, which: &Which) -> Result<Arc<Prepared>, NotPrepared> {
    let key = match which {
        Which::Edition(id) => format!("{id} {}", office.version()),
        Which::Proposal(release) => release.to_string(),
    };
    if let Some(known) = ui.prepared(&key) {
        return Ok(known);
    }
    let made = Arc::new(match which {
        Which::Edition(id) => office.prepare_whole(*id)?,
        Which::Proposal(release) => {
            let work = office.work();
            let proposal = work.publishing().proposal(release).ok_or(NotPrepared::NoSuchThing)?;
            office.remake_whole(proposal)?
        }
    });
    ui.keep_prepared(key, made.clone());
    Ok(made)
}

fn shown(bytes: Vec<u8>, media_type: &'static str) -> Response {
    let fields: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    ];
    (StatusCode::OK, fields, bytes).into_response()
}
