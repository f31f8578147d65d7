//! Writing an item.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use payamgir_bulletin::when;
use payamgir_desk::office::publishing::{NotClear, NotPrepared};
use payamgir_desk::office::{Office, Piece, What};
use payamgir_desk::store::StoreError;
use payamgir_desk::work::{Act, Id};
use payamgir_redact::{Span, hide};
use payamgir_wire::edition::{Byline, Flaw, Item, Kind, Label, Slug};
use payamgir_wire::hex::Hash;
use serde::Deserialize;

use super::filling::{Typed, filled};
use super::{NotKept, Said, flaw};
use crate::door::Ui;
use crate::handlers::deeds::Fields;
use crate::handlers::{Fault, Room, page as html, see_other};
use crate::pages::publish::item as pages;

/// An item as it stands in its form.
pub(crate) struct Form {
    pub(crate) id: Id,
    /// Its conversations, by their numbers here.
    pub(crate) on: Vec<u64>,
    /// The version it was made from.
    pub(crate) base: Option<Hash>,
    pub(crate) item: Item,
    pub(crate) typed: Typed,
    /// What is wrong with it; it was not kept.
    pub(crate) wrong: Option<Said>,
    /// What somebody else wrote meanwhile.
    pub(crate) theirs: Option<Item>,
}

/// The conversation that a new item is made from.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct From {
    pub(crate) c: Option<u64>,
    /// The item that it translates.
    pub(crate) of: Option<String>,
    /// The item that it answers.
    pub(crate) answers: Option<String>,
}

/// How an item is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    typed: String,
}

/// `GET /fa/item/new?c=17`: the source's words, what is hidden of them hidden.
pub(crate) async fn begin(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    Query(from): Query<From>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let code = room.say.lang.code();
    let form = room.look(move |office| begun(office, &from, code)).await?;
    Ok(html(&pages::item(&room, &form)).into_response())
}

/// `GET /fa/item/…`; with `?typed=yes` as it was typed last and not kept.
pub(crate) async fn show(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let form = |id: Id| {
        let typed = || super::typed::typed(&room, id);
        let kept = || kept(&room.office, id);
        if asked.typed == "yes" { typed().or_else(kept) } else { kept().or_else(typed) }
    };
    let Some(form) = Id::parse(&id).ok().and_then(form) else {
        return Err(Fault::NotHere(room.again()));
    };
    Ok(html(&pages::item(&room, &form)).into_response())
}

/// `POST /fa/item/…`: kept, or shown again with what is wrong.
pub(crate) async fn keep(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let Ok(id) = Id::parse(&id) else { return Err(Fault::NotHere(room.again())) };
    let fields = Fields::read(&body);
    let mut form = filled(id, &fields);
    let today = payamgir_text::jalali::days(room.office.now(), room.say.offset);
    if form.wrong.is_none() && is_to_come(&form.item, today) {
        form.wrong = Some(flaw(Flaw::Day));
    }
    form.wrong = form.wrong.or_else(|| not_translated(&room.office, &form.item));
    if form.wrong.is_none() {
        let office = room.office.clone();
        let done = tokio::task::spawn_blocking(move || {
            let wrong = write(&office, &form).err();
            (form, wrong)
        });
        let Ok((written, wrong)) = done.await else { return Err(Fault::NotHere(room.again())) };
        form = written.refused(&room.office, wrong);
    }
    match form.wrong {
        None => Ok(see_other(&format!("/{}/item/{id}", room.say.lang.code()))),
        Some(_) => Ok(html(&pages::item(&room, &form)).into_response()),
    }
}

impl Form {
    /// The form with what was wrong. Who is shown what somebody else wrote may write over it.
    fn refused(mut self, office: &Office, wrong: Option<NotKept>) -> Self {
        if wrong.as_ref().is_some_and(|wrong| wrong.stale)
            && let Some((base, theirs)) = now(office, self.id)
        {
            (self.base, self.theirs) = (Some(base), Some(theirs));
        }
        self.wrong = wrong.map(|wrong| wrong.said);
        self
    }
}

/// Whether it was corrected or withdrawn on a day that is yet to come, wherever the editor is.
fn is_to_come(item: &Item, today: i32) -> bool {
    let corrected = item.corrections.iter().map(|note| &note.day);
    let mut days = corrected.chain(item.withdrawn.iter().map(|gone| &gone.day));
    days.any(|day| when::first(day).is_some_and(|day| day > today + 1))
}

/// That a translation is in the language of its original.
fn not_translated(office: &Office, item: &Item) -> Option<Said> {
    let (_, original) = now(office, item.translates?)?;
    (original.lang == item.lang).then(|| {
        Said::new(
            "این ترجمه به همان زبان نوشتهٔ اصلی است. زبانش را درست کنید.",
            "This translation is in the language of its original. Choose its own language.",
        )
    })
}

/// Writes an item; nothing that was hidden of its sources may stand in it.
pub(super) fn write(office: &Office, form: &Form) -> Result<(), NotKept> {
    let item = form.item.clone();
    let keys: Vec<u64> = form.on.iter().filter_map(|number| office.key_of(*number)).collect();
    let cleared = office.clear_item(item, &keys).map_err(|why| match why {
        NotPrepared::NotClear(_, leak) => NotKept::from(leaking(&form.item, &leak)),
        _ => Said::new("بایگانی خوانده نشد.", "The store could not be read.").into(),
    })?;
    let act = Act::Item {
        item: form.id,
        on: form.on.clone(),
        base: form.base,
        body: Box::new(cleared.into_inner()),
    };
    office.act(act).map_err(|why| NotKept::of(&why))?;
    // What is not forgotten here is offered once more, and no harm.
    let _ = office.forget_typed(&form.id.to_string());
    Ok(())
}

/// Which hidden words stand where. The editor sees both anyway.
pub(super) fn leaking(item: &Item, leak: &NotClear) -> Said {
    let (fa, en) = field(item, leak.text);
    let words = &leak.words;
    Said::new(
        format!(
            "نگه داشته نشد: در {fa} واژه‌ای هست که در پیام فرستنده پوشانده‌اید: «{words}». آن را بردارید؛ یا اگر چیزی از کسی نمی‌گوید، در گفت‌وگو کمتر بپوشانید."
        ),
        format!(
            "Not kept: words that you hid in the source’s text stand in {en}: “{words}”. Take them out; or hide less in the conversation, if they tell nothing of anybody."
        ),
    )
}

/// A text's field, by its place among the item's.
fn field(item: &Item, at: usize) -> (&'static str, &'static str) {
    let mut fields = match &item.withdrawn {
        Some(_) => vec![("عنوان", "the title"), ("«چرا»", "the reason")],
        None => vec![
            ("عنوان", "the title"),
            ("متن", "the text"),
            ("جا", "the place"),
            ("نام", "the by-line"),
        ],
    };
    if item.withdrawn.is_none() {
        fields.extend(item.pulls.iter().map(|_| ("نقل برجسته", "a pull quote")));
        fields.extend(item.corrections.iter().map(|_| ("تصحیح", "a correction")));
        let medium = [
            ("شرح عکس یا صدا", "the words on a picture or sound"),
            ("زیرنویس", "a caption"),
            ("«از کیست»", "a credit"),
            ("متن صدا", "a transcript"),
        ];
        fields.extend(item.media.iter().flat_map(|_| medium));
    }
    fields.push(("نشانی", "the address"));
    fields.get(at).copied().unwrap_or(("زمان", "the day"))
}

/// An item's present version: its hash and what it says.
fn now(office: &Office, id: Id) -> Option<(Hash, Item)> {
    let work = office.work();
    let now = work.publishing().written(&id)?.now()?;
    Some((now.hash, (*now.body).clone()))
}

/// An item as it is kept.
pub(crate) fn kept(office: &Office, id: Id) -> Option<Form> {
    let work = office.work();
    let now = work.publishing().written(&id)?.now()?;
    let store = office.store();
    let number = |key: &u64| store.catalog().keyed(*key).map(|conversation| conversation.number);
    Some(Form {
        id,
        on: now.on.iter().filter_map(number).collect(),
        base: Some(now.hash),
        item: (*now.body).clone(),
        typed: Typed::of(&now.body),
        wrong: None,
        theirs: None,
    })
}

/// A new item, of a conversation's words or of none.
fn begun(office: &Office, from: &From, lang: &str) -> Result<Form, StoreError> {
    let id = office.id();
    let parse = |id: &Option<String>| id.as_deref().and_then(|id| Id::parse(id).ok());
    let mut item = empty(lang, &id);
    item.answers = parse(&from.answers).into_iter().collect();
    if !item.answers.is_empty() {
        item.kind = Kind::Answer;
    }
    let mut on = vec![];
    if let Some(original) = parse(&from.of).and_then(|of| kept(office, of)) {
        item = untranslated(office, parse(&from.of), item, original.item);
        on = original.on;
    }
    if let Some(number) = from.c {
        on = vec![number];
        item.body = words_of(office, number)?;
        item.lang = language_of(&item.body, lang).to_owned();
    }
    let typed = Typed::of(&item);
    Ok(Form { id, on, base: None, item, typed, wrong: None, theirs: None })
}

/// A translation before it is written: what needs no translating is the original's.
fn untranslated(office: &Office, of: Option<Id>, empty: Item, original: Item) -> Item {
    let lang = spoken(office).into_iter().find(|lang| *lang != original.lang);
    let name = matches!(original.byline, Byline::Name(_));
    Item {
        lang: lang.unwrap_or(empty.lang),
        translates: of,
        kind: original.kind,
        byline: if name { original.byline } else { Byline::None },
        day: original.day,
        label: original.label,
        answers: original.answers,
        slug: empty.slug,
        title: empty.title,
        pulls: vec![],
        body: empty.body,
        place: empty.place,
        media: vec![],
        corrections: vec![],
        withdrawn: None,
    }
}

/// The bulletin's languages; both of the window's before there is one.
pub(crate) fn spoken(office: &Office) -> Vec<String> {
    let work = office.work();
    let bulletin = work.publishing().bulletin().now();
    let own =
        bulletin.map(|now| now.body.spoken.iter().map(|spoken| spoken.lang.clone()).collect());
    own.unwrap_or_else(|| vec!["fa".to_owned(), "en".to_owned()])
}

/// What a source wrote, what is hidden of it hidden.
fn words_of(office: &Office, number: u64) -> Result<String, StoreError> {
    let Some(view) = office.view(number)? else { return Ok(String::new()) };
    let mut paragraphs = vec![];
    for piece in &view.pieces {
        let Piece::Submission(came) = piece else { continue };
        for part in &came.parts {
            let What::Text(text) = &part.what else { continue };
            let spans = part.redaction.iter().flat_map(|redaction| &redaction.spans);
            let spans: Vec<Span> =
                spans.map(|(start, end)| Span { start: *start, end: *end }).collect();
            // Where the spans do not fit the text, nothing of it is taken over.
            paragraphs.extend(hide(text, &spans).ok());
        }
    }
    Ok(paragraphs.join("\n\n"))
}

/// The language that words are likely in, by the way they run: an editor sets what it is not.
fn language_of<'l>(words: &str, page: &'l str) -> &'l str {
    match payamgir_text::direction::of(words) {
        Some(payamgir_text::Direction::Rtl) => "fa",
        Some(payamgir_text::Direction::Ltr) => "en",
        None => page,
    }
}

fn empty(lang: &str, id: &Id) -> Item {
    Item {
        slug: Slug(format!("n{}", &id.to_string()[..8])),
        lang: lang.to_owned(),
        kind: Kind::Words,
        title: String::new(),
        pulls: vec![],
        body: String::new(),
        byline: Byline::None,
        place: String::new(),
        day: None,
        label: Label::None,
        translates: None,
        answers: vec![],
        media: vec![],
        corrections: vec![],
        withdrawn: None,
    }
}
