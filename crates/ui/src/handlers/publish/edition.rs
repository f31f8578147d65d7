//! Putting an edition together, proposing it, agreeing to it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use payamgir_bulletin::{Refused, when};
use payamgir_desk::office::Office;
use payamgir_desk::office::publishing::NotPrepared;
use payamgir_desk::work::{Act, Id};
use payamgir_wire::edition::{Day, Edition, Flaw, Heading, Slug};
use payamgir_wire::hex::{Hash, Hex};

use super::bulletin::write;
use super::{Said, flaw, line, not_prepared, today};
use crate::door::{Toast, Ui};
use crate::handlers::deeds::Fields;
use crate::handlers::{Fault, Room, page as html, see_other};
use crate::pages::publish::edition as pages;

/// How often, and how long, a picture or sound is waited for that is on its way here.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// An edition as it stands in its form.
pub(crate) struct Form {
    pub(crate) id: Id,
    pub(crate) base: Option<Hash>,
    pub(crate) edition: Edition,
    pub(crate) typed_day: String,
    pub(crate) wrong: Option<Said>,
    /// What somebody else made of it meanwhile.
    pub(crate) theirs: Option<Edition>,
}

/// `GET /fa/edition/new`
pub(crate) async fn begin(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let day = today(&room);
    let work = room.office.work();
    let number = work.publishing().editions().count() + 1;
    let edition = Edition {
        slug: Slug(format!("no-{number}")),
        day: Day::parse(&day).unwrap_or_else(|_| first_day()),
        headings: vec![],
        items: vec![],
        paper: room.office.sets_paper(),
    };
    let id = room.office.id();
    let form = Form { id, base: None, edition, typed_day: day, wrong: None, theirs: None };
    Ok(html(&pages::edition(&room, &form)).into_response())
}

/// `GET /fa/edition/…`
pub(crate) async fn show(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    room.office.hurry();
    let Some(form) = Id::parse(&id).ok().and_then(|id| kept(&room, id)) else {
        return Err(Fault::NotHere(room.again()));
    };
    Ok(html(&pages::edition(&room, &form)).into_response())
}

/// `POST /fa/edition/…`: kept, and proposed where that is asked for.
pub(crate) async fn keep(
    State(ui): State<Arc<Ui>>,
    Path((lang, id)): Path<(String, String)>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let Ok(id) = Id::parse(&id) else { return Err(Fault::NotHere(room.again())) };
    let fields = Fields::read(&body);
    let mut form = filled(id, &fields);
    let same = kept(&room, id).is_some_and(|kept| kept.edition == form.edition);
    if form.wrong.is_none() && !same {
        form = written(&room, form).await;
    }
    if form.wrong.is_none() && fields.get("do") == "propose" {
        // What is proposed is kept: who goes on goes on from there.
        form.base = kept(&room, id).and_then(|kept| kept.base);
        form.wrong = propose(&room, id).await;
    }
    match form.wrong {
        None => Ok(see_other(&format!("/{}/edition/{id}", room.say.lang.code()))),
        Some(_) => Ok(html(&pages::edition(&room, &form)).into_response()),
    }
}

/// Writes it; gives the form with what was wrong. Who is shown what somebody else wrote may write over
/// it.
async fn written(room: &Room, mut form: Form) -> Form {
    let (office, edition) = (room.office.clone(), form.edition.clone());
    let clear = tokio::task::spawn_blocking(move || office.clear_edition(edition)).await;
    let clear = match clear.unwrap_or(Err(NotPrepared::NoSuchThing)) {
        Ok(clear) => Box::new(clear.into_inner()),
        Err(why) => return Form { wrong: Some(not_prepared(room, &why)), ..form },
    };
    let act = Act::Edition { edition: form.id, base: form.base, body: clear };
    let Some(wrong) = write(room, act).await else { return form };
    if wrong.stale
        && let Some(now) = kept(room, form.id)
    {
        (form.base, form.theirs) = (now.base, Some(now.edition));
    }
    Form { wrong: Some(wrong.said), ..form }
}

async fn propose(room: &Room, id: Id) -> Option<Said> {
    let office = room.office.clone();
    let done =
        tokio::task::spawn_blocking(move || with_media(|| office.propose(id).map(drop))).await;
    done.unwrap_or(Err(NotPrepared::NoSuchThing)).err().map(|why| not_prepared(room, &why))
}

/// `POST /fa/proposal/…`: agrees.
pub(crate) async fn agree(
    State(ui): State<Arc<Ui>>,
    Path(at): Path<(String, String)>,
) -> Result<Response, Fault> {
    on_proposal(ui, at, |office, release| with_media(|| office.endorse(release))).await
}

/// `POST /fa/proposal/…/recall`: takes one's own proposal back.
pub(crate) async fn recall(
    State(ui): State<Arc<Ui>>,
    Path(at): Path<(String, String)>,
) -> Result<Response, Fault> {
    on_proposal(ui, at, Office::recall).await
}

/// Does something with a proposal, which is named by its release; then back to its edition.
async fn on_proposal(
    ui: Arc<Ui>,
    (lang, release): (String, String),
    act: impl FnOnce(&Office, Hash) -> Result<(), NotPrepared> + Send + 'static,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let Ok(release) = Hash::parse(&release) else { return Err(Fault::NotHere(room.again())) };
    let office = room.office.clone();
    let edition = office.work().publishing().proposal(&release).map(|known| known.release.edition);
    let done = tokio::task::spawn_blocking(move || act(&office, release)).await;
    settle(&room, edition, done.unwrap_or(Err(NotPrepared::NoSuchThing)))
}

/// Tries again for a while where a picture or sound is on its way here.
fn with_media(act: impl Fn() -> Result<(), NotPrepared>) -> Result<(), NotPrepared> {
    for _ in 0..TRIES {
        match act() {
            Err(NotPrepared::Refused(Refused::NoMedium(_))) => std::thread::sleep(PAUSE),
            done => return done,
        }
    }
    act()
}

/// Back to the edition, with what went wrong.
fn settle(
    room: &Room,
    edition: Option<Id>,
    done: Result<(), NotPrepared>,
) -> Result<Response, Fault> {
    match done {
        Ok(()) => room.ui.hush(),
        Err(why) => {
            let Said { fa, en } = not_prepared(room, &why);
            room.ui.say(Toast { fa, en, undo: vec![], failed: true, at: 0, id: 0 });
        }
    }
    let code = room.say.lang.code();
    Ok(see_other(&match edition {
        Some(edition) => format!("/{code}/edition/{edition}"),
        None => format!("/{code}/publish"),
    }))
}

/// An edition as it is kept.
pub(crate) fn kept(room: &Room, id: Id) -> Option<Form> {
    let work = room.office.work();
    let now = work.publishing().of_edition(&id)?.now()?;
    let edition = (*now.body).clone();
    let typed_day = edition.day.to_string();
    Some(Form { id, base: Some(now.hash), edition, typed_day, wrong: None, theirs: None })
}

fn filled(id: Id, fields: &Fields) -> Form {
    let day = Day::parse(fields.get("day"));
    let heading = |lang: &str| {
        let of = |name: &str| line(fields, &format!("{name}-{lang}"));
        let intro = fields.words(&format!("intro-{lang}"));
        let (title, cover) = (of("title"), of("cover"));
        (!title.is_empty()).then(|| Heading { lang: lang.to_owned(), title, cover, intro })
    };
    let edition = Edition {
        slug: Slug::from_text(fields.get("slug")),
        day: day.unwrap_or_else(|_| first_day()),
        headings: fields.all("lang").filter_map(heading).collect(),
        items: items(fields),
        paper: fields.get("paper") == "yes",
    };
    let exists = day.and_then(|day| if when::exists(&day) { Ok(()) } else { Err(Flaw::Day) });
    let wrong = exists.and_then(|()| edition.check()).err().map(flaw);
    Form {
        id,
        base: Hex::parse(fields.get("base")).ok(),
        edition,
        typed_day: fields.words("day"),
        wrong,
        theirs: None,
    }
}

/// Items by the numbers that were typed beside them; those without one are not in it, or come last
/// where all are asked for.
fn items(fields: &Fields) -> Vec<Id> {
    let all = fields.get("do") == "all";
    let mut placed: Vec<(u32, Id)> = fields
        .all("item")
        .filter_map(|id| {
            let place = payamgir_text::digits::to_ascii(fields.get(&format!("place-{id}")));
            let place = place.trim().parse().ok().or(all.then_some(u32::MAX));
            Some((place?, Id::parse(id).ok()?))
        })
        .collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, id)| id).collect()
}

fn first_day() -> Day {
    Day::parse("2000-01-01").expect("a day of the calendar")
}
