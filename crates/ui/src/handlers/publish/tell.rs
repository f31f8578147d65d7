//! Telling sources what became of their words: prepared replies, which go the way of every reply.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use payamgir_bulletin::messenger::{Place, messages};
use payamgir_desk::office::Office;
use payamgir_desk::work::{Act, Id};
use payamgir_text::Lang;
use payamgir_wire::edition::{Item, Kind};

use super::{Said, not_written};
use crate::door::{Toast, Ui};
use crate::handlers::deeds::Fields;
use crate::handlers::{Fault, Room, page as html, see_other};
use crate::pages::publish::tell as pages;

/// Whom it concerns, and what they would be told.
pub(crate) struct Telling {
    pub(crate) id: Id,
    /// Conversations, by their numbers here, and whether they can be answered.
    pub(crate) whom: Vec<(u64, bool)>,
    pub(crate) text: String,
}

/// `GET /fa/item/…/tell`
pub(crate) async fn show(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let telling = Id::parse(&id).ok().and_then(|id| telling(&room.office, id));
    let Some(telling) = telling else { return Err(Fault::NotHere(room.again())) };
    Ok(html(&pages::tell(&room, &telling)).into_response())
}

/// `POST /fa/item/…/tell`: a draft for each, to be approved as any other.
pub(crate) async fn draft(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let telling = Id::parse(&id).ok().and_then(|id| telling(&room.office, id));
    let Some(telling) = telling else { return Err(Fault::NotHere(room.again())) };
    let fields = Fields::read(&body);
    let text = fields.words("text");
    let meant: BTreeSet<u64> = fields.all("to").filter_map(|number| number.parse().ok()).collect();
    let to = telling.whom.iter().filter(|(number, can)| *can && meant.contains(number));
    let to: Vec<u64> = to.map(|(number, _)| *number).collect();
    let office = room.office.clone();
    let done = tokio::task::spawn_blocking(move || drafted(&office, &to, &text)).await;
    let (Said { fa, en }, failed) = match done {
        Ok(Ok(count)) => (told(count), false),
        Ok(Err(said)) => (said, true),
        Err(_) => (Said::new("انجام نشد.", "It was not done."), true),
    };
    room.ui.say(Toast { fa, en, undo: vec![], failed, at: 0, id: 0 });
    Ok(see_other(&format!("/{}/item/{}", room.say.lang.code(), telling.id)))
}

fn told(count: usize) -> Said {
    let number = |lang| payamgir_text::digits::number(count as u64, lang);
    Said::new(
        format!("{} پاسخ نوشته شد. در هر گفت‌وگو تأیید و فرستاده می‌شود.", number(Lang::Fa)),
        format!(
            "{} replies were drafted. Each is approved and sent in its conversation.",
            number(Lang::En)
        ),
    )
}

fn drafted(office: &Office, to: &[u64], text: &str) -> Result<usize, Said> {
    for on in to {
        let (reply, text) = (office.id(), text.to_owned());
        let act = Act::Draft { reply, on: *on, text, file: None };
        office.act(act).map_err(|why| not_written(&why))?;
    }
    Ok(to.len())
}

/// The sources of an item's words; of an answer, those of what it answers.
fn telling(office: &Office, id: Id) -> Option<Telling> {
    let work = office.work();
    let publishing = work.publishing();
    let now = publishing.written(&id)?.now()?;
    let about = now.body.answers.iter().filter_map(|about| publishing.written(about)?.now());
    let keys: BTreeSet<u64> =
        about.flat_map(|item| item.on.iter()).chain(now.on.iter()).copied().collect();
    let numbers: Vec<u64> = {
        let store = office.store();
        keys.iter()
            .filter_map(|key| store.catalog().keyed(*key).map(|found| found.number))
            .collect()
    };
    let can = |number: u64| matches!(office.way(number), Ok(Some(_)));
    let whom = numbers.into_iter().map(|number| (number, can(number))).collect();
    Some(Telling { id, whom, text: prepared(office, &now.body, &now.on) })
}

/// An answer's own words; else that they were read.
fn prepared(office: &Office, item: &Item, on: &[u64]) -> String {
    if item.kind != Kind::Words {
        let cleared = office.clear_item(item.clone(), on);
        return cleared
            .map(|item| messages(&item, Place::Telegram, "").join("\n\n"))
            .unwrap_or_default();
    }
    match payamgir_bulletin::letters::frame(&item.lang) {
        Lang::Fa => format!(
            "سخنان شما با عنوان «{}» منتشر شد و در نشست خوانده می‌شود. سپاس که نوشتید.",
            item.title
        ),
        Lang::En => format!(
            "Your words were published as “{}” and are read out at the assembly. Thank you for writing.",
            item.title
        ),
    }
}
