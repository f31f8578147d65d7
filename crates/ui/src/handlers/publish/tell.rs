//! Telling sources what became of their words: prepared replies, which go the way of every reply.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use payamgir_bulletin::messenger::{Place, messages};
use payamgir_bulletin::{letters, when};
use payamgir_desk::office::Office;
use payamgir_desk::office::publishing::Issue;
use payamgir_desk::work::{Act, Id};
use payamgir_text::Lang;
use payamgir_wire::edition::{Bulletin, Edition, Item, Kind};

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
    /// What is prepared to be said; nothing before it is published.
    pub(crate) text: Option<String>,
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
    Some(Telling { id, whom, text: prepared(office, &id) })
}

/// What is said of an item that is published: an answer's own words, else where and when it was; `None`
/// before.
fn prepared(office: &Office, id: &Id) -> Option<String> {
    let work = office.work();
    let issue = Issue::at(work.publishing(), &office.published()?)?;
    let entry = issue.items.get(id).filter(|entry| entry.body.withdrawn.is_none())?;
    let (item, lang) = (&entry.body, letters::frame(&entry.body.lang));
    let (_, edition) = issue.editions.iter().find(|(_, own)| own.items.contains(id))?;
    let link = link(&issue.bulletin, edition, item);
    if item.kind != Kind::Words {
        let cleared = office.clear_item((**item).clone(), &entry.on).ok()?;
        return Some(messages(&cleared, Place::Telegram, &link).join("\n\n"));
    }
    let name = edition.heading(&item.lang).map_or("", |heading| &heading.title);
    let (title, day) = (&item.title, when::when(&edition.day, lang).main);
    let words = match lang {
        Lang::Fa => format!(
            "سخنان شما با عنوان «{title}» در «{name}» منتشر و روز {day} در نشست خوانده شد. سپاس که نوشتید."
        ),
        Lang::En => format!(
            "Your words were published as “{title}” in “{name}” and read to the assembly on {day}. Thank you for writing."
        ),
    };
    Some(format!("{words}\n{link}").trim_end().to_owned())
}

/// Where an item is read: its page, or where the bulletin is; nothing where it says neither.
fn link(bulletin: &Bulletin, edition: &Edition, item: &Item) -> String {
    match (&*bulletin.base, bulletin.addresses.first()) {
        ("", address) => address.cloned().unwrap_or_default(),
        (base, _) => format!("{base}read/{}/{}/{}.html", item.lang, edition.slug, item.slug),
    }
}
