//! What an editor does to conversations.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use payamgir_desk::office::{NotDone, Office};
use payamgir_desk::store::StoreError;
use payamgir_desk::work::{Act, Case, Check, Id, Ignored, Reply, Stage};
use payamgir_text::lang::Lang;
use payamgir_text::search::parse_at;
use payamgir_wire::hex::Hex;

use super::{Fault, Room, back, see_other};
use crate::door::{Toast, Ui};
use crate::place::Place;

/// A form's fields, in their order; one may come more than once.
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn read(body: &str) -> Self {
        Self(serde_urlencoded::from_str(body).unwrap_or_default())
    }

    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Words as they are kept: one kind of line end, no blanks around them.
    pub(crate) fn words(&self, name: &str) -> String {
        self.get(name).replace("\r\n", "\n").trim().to_owned()
    }

    /// The conversations that are meant: those that are ticked, and those of the same text where that
    /// is asked for, or all of the list.
    fn subjects(&self, office: &Office, offset: i32) -> Result<Vec<u64>, StoreError> {
        if !self.get("everything").is_empty() {
            return self.all_of_the_list(office, offset);
        }
        let ticked = self.all("id").filter_map(|id| id.parse().ok());
        let mut all: Vec<u64> = match self.get("same") {
            "" => ticked.collect(),
            _ => ticked.flat_map(|id| with_same(office, id)).collect(),
        };
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    /// All that the list held when the page was made, on every page of it.
    fn all_of_the_list(&self, office: &Office, offset: i32) -> Result<Vec<u64>, StoreError> {
        let (view, q) = (self.get("view").to_owned(), self.get("q").to_owned());
        let place = Place { view, q, ..Place::default() };
        let today = payamgir_text::jalali::days(office.now(), offset);
        let asked = parse_at(&place.q, today);
        // What was not understood was not searched for: the list was not what the editor meant.
        if !asked.unknown.is_empty() {
            return Ok(vec![]);
        }
        office.all_on(place.wanted(), &asked, offset, self.seen())
    }

    /// Records that the page had seen which the form stands on.
    fn seen(&self) -> u64 {
        self.get("seen").parse().unwrap_or(u64::MAX)
    }

    fn key(&self, name: &str) -> Option<Hex<32>> {
        Hex::parse(self.get(name)).ok()
    }

    fn reply(&self) -> Option<Id> {
        Hex::parse(self.get("reply")).ok()
    }
}

fn with_same(office: &Office, number: u64) -> Vec<u64> {
    let mut same = office.same_as(number);
    same.push(number);
    same
}

/// `POST /fa/do`
pub(crate) async fn act(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let fields = Fields::read(&body);
    let to = back(fields.get("back"), room.say.lang);
    let once = fields.get("once").to_owned();
    if !room.ui.begins(&once) {
        return Ok(see_other(&to));
    }
    let (office, ui) = (room.office.clone(), room.ui.clone());
    let offset = room.say.offset;
    let done = tokio::task::spawn_blocking(move || perform(&office, &fields, offset)).await;
    let toast = match done {
        Ok(Ok(done)) => done.map(Answer::toast),
        Ok(Err(why)) => Some(not_done(&why)),
        Err(_) => Some(not_done(&NotDone::Store(StoreError::Form))),
    };
    if toast.as_ref().is_some_and(|toast| toast.failed) {
        ui.undone(&once);
    }
    match toast {
        Some(toast) => ui.say(toast),
        None => ui.hush(),
    }
    Ok(see_other(&to))
}

/// `POST /fa/undo`: takes the last thing back.
pub(crate) async fn undo(
    State(ui): State<Arc<Ui>>,
    Path(lang): Path<String>,
    body: String,
) -> Result<Response, Fault> {
    let room = Room::enter(ui, &lang)?;
    let fields = Fields::read(&body);
    let acts = room.ui.take_undo(fields.get("toast").parse().unwrap_or(0));
    let office = room.office.clone();
    let undone = tokio::task::spawn_blocking(move || {
        let mut acts = acts.into_iter();
        acts.try_for_each(|(act, seen)| office.act_having_seen(act, seen))
    });
    if let Ok(Err(why)) = undone.await {
        room.ui.say(not_done(&why));
    }
    Ok(see_other(&back(fields.get("back"), room.say.lang)))
}

/// What was done, for the toast.
struct Done {
    fa: &'static str,
    en: &'static str,
    count: usize,
    undo: Vec<(Act, u64)>,
}

impl Done {
    fn toast(self) -> Toast {
        let count = |lang| payamgir_text::digits::number(self.count as u64, lang);
        let fa = format!("{} گفت‌وگو {}.", count(Lang::Fa), self.fa);
        let many = if self.count == 1 { "conversation" } else { "conversations" };
        let en = format!("{} {many} {}.", count(Lang::En), self.en);
        Toast { fa, en, undo: self.undo, failed: false, at: 0, id: 0 }
    }
}

/// What comes of a form.
enum Answer {
    Done(Done),
    /// Nothing was done, and this is why.
    Told(Toast),
}

impl Answer {
    fn toast(self) -> Toast {
        match self {
            Self::Done(done) => done.toast(),
            Self::Told(toast) => toast,
        }
    }
}

fn perform(office: &Office, fields: &Fields, offset: i32) -> Result<Option<Answer>, NotDone> {
    let on = fields.subjects(office, offset).map_err(NotDone::Store)?;
    let done = match fields.get("do") {
        "note" => note(office, fields, &on),
        "draft" | "queue" => compose(office, fields, &on),
        "approve" | "approve-queue" | "send" | "withdraw" => further(office, fields),
        _ if on.is_empty() => Ok(None),
        "erase" => erase(office, fields, &on),
        "erase-many" => return erase_many(office, fields, &on).map(Some),
        what => many(office, fields, what, on),
    };
    Ok(done?.map(Answer::Done))
}

/// What is done to many at once, with what takes it back.
fn many(
    office: &Office,
    fields: &Fields,
    what: &str,
    on: Vec<u64>,
) -> Result<Option<Done>, NotDone> {
    let count = on.len();
    let label = || fields.words("label");
    let (act, fa, en) = match what {
        "assign-me" => {
            (Act::Assign { on, to: Some(Hex(office.me())) }, "به شما سپرده شد", "assigned to you")
        }
        "assign" => (Act::Assign { on, to: fields.key("who") }, "سپرده شد", "assigned"),
        "label" if !label().is_empty() => {
            (Act::Label { on, label: label(), off: false }, "برچسب خورد", "labelled")
        }
        "unlabel" => (Act::Label { on, label: label(), off: true }, "بی‌برچسب شد", "unlabelled"),
        "check" => match check(fields.get("state")) {
            Some(state) => (Act::Check { on, state }, "نشان سنجش گرفت", "marked"),
            None => return Ok(None),
        },
        "resolve" => (Act::Resolve { on }, "پایان یافت", "resolved"),
        "reopen" => (Act::Reopen { on }, "دوباره گشوده شد", "reopened"),
        "snooze" => {
            let hours: u64 = fields.get("until").parse().unwrap_or(24);
            let until = office.now() + hours.clamp(1, 24 * 365) * 3600;
            (Act::Snooze { on, until }, "برای بعد گذاشته شد", "snoozed")
        }
        "quarantine" => (Act::Quarantine { on, off: false }, "به قرنطینه رفت", "quarantined"),
        "release" => (Act::Quarantine { on, off: true }, "از قرنطینه درآمد", "released"),
        _ => return Ok(None),
    };
    let undo = inverse(office, &act);
    office.act_having_seen(act, fields.seen())?;
    Ok(Some(Done { fa, en, count, undo }))
}

fn check(word: &str) -> Option<Check> {
    let all = [Check::Unchecked, Check::Checking, Check::Confirmed, Check::Doubtful, Check::False];
    all.into_iter().find(|check| check_word(*check) == word)
}

/// The word for it in forms.
pub(crate) fn check_word(check: Check) -> &'static str {
    match check {
        Check::Unchecked => "unchecked",
        Check::Checking => "checking",
        Check::Confirmed => "confirmed",
        Check::Doubtful => "doubtful",
        Check::False => "false",
    }
}

/// What takes an act back: each conversation to how it was before.
fn inverse(office: &Office, act: &Act) -> Vec<(Act, u64)> {
    let mut groups: Vec<(Act, u64, Vec<u64>)> = vec![];
    for number in act.subjects() {
        let case = office.case(*number);
        let Some((back, seen)) = back_to(act, *number, case) else { continue };
        let bare = back.with_subjects(vec![]);
        match groups.iter_mut().find(|(known, at, _)| *known == bare && *at == seen) {
            Some((_, _, all)) => all.push(*number),
            None => groups.push((bare, seen, vec![*number])),
        }
    }
    groups.into_iter().map(|(act, seen, on)| (act.with_subjects(on), seen)).collect()
}

/// How one conversation was before, and how far its author had seen then: what it covered it covers
/// again, and no more.
fn back_to(act: &Act, number: u64, case: Case) -> Option<(Act, u64)> {
    let (on, now) = (vec![number], u64::MAX);
    Some(match act {
        Act::Assign { .. } => (Act::Assign { on, to: case.assignee.map(Hex) }, now),
        Act::Label { label, off, .. } if case.labels.contains(label) == *off => {
            (Act::Label { on, label: label.clone(), off: !off }, now)
        }
        Act::Check { .. } => (Act::Check { on, state: case.check }, now),
        Act::Quarantine { off, .. } if case.quarantined == *off => {
            (Act::Quarantine { on, off: !off }, now)
        }
        Act::Resolve { .. } | Act::Snooze { .. } | Act::Reopen { .. } => {
            match (case.resolved, case.snoozed) {
                (Some(cover), _) => (Act::Resolve { on }, cover),
                (None, Some((until, cover))) => (Act::Snooze { on, until }, cover),
                (None, None) => (Act::Reopen { on }, now),
            }
        }
        _ => return None,
    })
}

fn note(office: &Office, fields: &Fields, on: &[u64]) -> Result<Option<Done>, NotDone> {
    let text = fields.words("text");
    if let ([on], false) = (on, text.is_empty()) {
        office.act(Act::Note { on: *on, text })?;
    }
    Ok(None)
}

/// Writes a reply; lets it go where nobody else must approve it.
fn compose(office: &Office, fields: &Fields, on: &[u64]) -> Result<Option<Done>, NotDone> {
    let text = fields.words("text");
    let ([on], false) = (on, text.is_empty()) else { return Ok(None) };
    let reply = fields.reply().unwrap_or_else(|| office.id());
    // A draft written anew keeps the file that it has.
    let file = office.work().reply(&reply).and_then(|known| known.file);
    office.act(Act::Draft { reply, on: *on, text, file })?;
    let hash = office.work().reply(&reply).map(Reply::text_hash);
    if let Some(hash) = hash.filter(|_| fields.get("do") == "queue") {
        queue_if_enough(office, (reply, hash), fields.seen())?;
    }
    Ok(None)
}

/// Lets a reply go once enough have approved it; until then it waits for the others.
fn queue_if_enough(
    office: &Office,
    (reply, text): (Id, Hex<32>),
    seen: u64,
) -> Result<(), NotDone> {
    match office.act_having_seen(Act::Queue { reply, text }, seen) {
        Err(NotDone::Ignored(Ignored::TooFew)) => Ok(()),
        other => other,
    }
}

fn further(office: &Office, fields: &Fields) -> Result<Option<Done>, NotDone> {
    let work = office.work();
    let Some(known) = fields.reply().and_then(|id| work.reply(&id)) else { return Ok(None) };
    if known.stage != Stage::Draft {
        return Err(NotDone::Ignored(Ignored::Stale));
    }
    let reply = known.id;
    // What was read is what is approved, whatever the reply has become meanwhile.
    let text = Hex::parse(fields.get("text")).map_err(|_| NotDone::Ignored(Ignored::Stale))?;
    match fields.get("do") {
        "withdraw" => office.act(Act::Withdraw { reply })?,
        "approve" => office.act(Act::Approve { reply, text })?,
        "approve-queue" => {
            office.act(Act::Approve { reply, text })?;
            queue_if_enough(office, (reply, text), fields.seen())?;
        }
        _ => office.act_having_seen(Act::Queue { reply, text }, fields.seen())?,
    }
    Ok(None)
}

/// Asks for the erasing of a conversation, or of one submission of it; the conversation's number was
/// typed to say that it is meant.
fn erase(office: &Office, fields: &Fields, on: &[u64]) -> Result<Option<Done>, NotDone> {
    let [number] = on else { return Ok(None) };
    if typed(fields) != Some(*number) {
        return Err(NotDone::Ignored(Ignored::NoSuchThing));
    }
    let only = fields.get("only").parse().ok();
    let records = office.records_of(&[*number], only);
    if records.is_empty() {
        return Err(NotDone::Ignored(Ignored::NoSuchThing));
    }
    office.erase(records)?;
    let (fa, en) = ("برای پاک شدن پیشنهاد شد", "put forward for erasing");
    Ok(Some(Done { fa, en, count: 1, undo: vec![] }))
}

/// The same of many, whose count was typed. It is said where it was not, or was another.
fn erase_many(office: &Office, fields: &Fields, on: &[u64]) -> Result<Answer, NotDone> {
    let count = on.len() as u64;
    if typed(fields) != Some(count) {
        let number = |lang| payamgir_text::digits::number(count, lang);
        let fa = format!(
            "هیچ چیز پاک نشد. این‌ها {} گفت‌وگو هستند: همین شمار را بنویسید.",
            number(Lang::Fa)
        );
        let en = format!(
            "Nothing was erased. These are {} conversations: type that number.",
            number(Lang::En)
        );
        return Ok(Answer::Told(Toast { fa, en, undo: vec![], failed: true, at: 0, id: 0 }));
    }
    office.erase(office.records_of(on, None))?;
    let (fa, en) = ("برای پاک شدن پیشنهاد شد", "put forward for erasing");
    Ok(Answer::Done(Done { fa, en, count: on.len(), undo: vec![] }))
}

/// The number that was typed to say that it is meant.
fn typed(fields: &Fields) -> Option<u64> {
    let typed = payamgir_text::digits::to_ascii(fields.get("confirm"));
    let digits: String = typed.chars().filter(|c| !matches!(c, ',' | '٬' | ' ')).collect();
    digits.parse().ok()
}

/// Why something was not done, for whoever tried.
pub(crate) fn not_done(why: &NotDone) -> Toast {
    let (fa, en) = match why {
        NotDone::Ignored(Ignored::NotAllowed) => (
            "نقش شما چنین اجازه‌ای ندارد، یا نوشته‌ی خودتان است.",
            "Your role does not allow it, or the words are your own.",
        ),
        NotDone::Ignored(Ignored::Stale) => (
            "کسی پیش از شما آن را عوض کرده است؛ دوباره بخوانید.",
            "Somebody changed it before you: read it again.",
        ),
        NotDone::Ignored(Ignored::TooFew) => {
            ("هنوز کسان دیگری باید تأیید کنند.", "Others must approve it first.")
        }
        NotDone::Ignored(Ignored::Repeated) => ("پیش‌تر انجام شده است.", "It was done already."),
        NotDone::Ignored(_) => (
            "انجام نشد: چنین چیزی نیست یا درست نوشته نشده.",
            "Not done: there is no such thing, or it is not written right.",
        ),
        NotDone::Store(_) => (
            "انجام نشد: روی این رایانه نوشته نشد. جای دیسک را ببینید.",
            "Not done: it could not be written on this machine. Look at the disk's free space.",
        ),
    };
    Toast { fa: fa.to_owned(), en: en.to_owned(), undo: vec![], failed: true, at: 0, id: 0 }
}
