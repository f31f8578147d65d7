//! `desk list` and `desk read`.

use std::path::Path;

use payamgir_desk::client::Failure;
use payamgir_desk::library::{Library, Submission};
use payamgir_desk::opening::Trouble;
use payamgir_desk::save::{SaveError, save};
use payamgir_desk::sync::{SyncError, fetch_blob};
use payamgir_log::Reader;
use payamgir_text::direction::Direction;
use payamgir_text::lang::Lang;
use payamgir_text::{digits, jalali, size, terminal};
use payamgir_wire::{Attachment, Entry, Part};
use serde_json::{Value, json};

use super::Shown;
use super::place::Place;
use super::session::Session;
use super::syncing::{Progress, not_there, sync_problem, threads, withheld};
use crate::problem::{DAMAGED, Problem};
use crate::words::{Say, pick};
use crate::{files, output};

/// Characters of a text shown in the list.
const PREVIEW_CHARS: usize = 60;

/// The desk's copy, opened.
struct Open<'a> {
    session: Session<'a>,
    reader: Reader,
    library: Library,
}

/// `payamgir desk list`
pub fn list(
    place: &Place,
    last: Option<usize>,
    json: bool,
    passphrase: Option<&Path>,
    shown: Shown,
) -> Result<(), Problem> {
    let open = open(place, passphrase, shown.lang)?;
    let all = &open.library.submissions;
    let skip = last.map_or(0, |last| all.len().saturating_sub(last));
    for submission in &all[skip..] {
        if json {
            output::json(&submission_json(submission, false))?;
        } else {
            output::line(list_line(submission, shown))?;
        }
    }
    for (record, trouble) in &open.library.troubles {
        if json {
            output::json(&json!({ "record": record, "trouble": trouble.to_string() }))?;
        } else {
            output::line(trouble_line(*record, *trouble, shown.lang))?;
        }
    }
    open.alarm()
}

impl Open<'_> {
    /// What an editor must not miss beside what could be shown: a part may be gone from it.
    fn alarm(&self) -> Result<(), Problem> {
        let of = |kind| {
            let records = self.library.troubles.iter().filter(move |(_, trouble)| *trouble == kind);
            records.map(|(record, _)| *record).collect::<Vec<_>>()
        };
        let (altered, missing) = (of(Trouble::Altered), of(Trouble::Withheld));
        match (&altered[..], &missing[..]) {
            ([], []) => Ok(()),
            ([], _) => Err(withheld(&missing)),
            _ => Err(not_as_described(&altered)),
        }
    }
}

/// `payamgir desk read`
pub fn read(
    place: &Place,
    number: u64,
    folder: Option<&Path>,
    json: bool,
    passphrase: Option<&Path>,
    shown: Shown,
) -> Result<(), Problem> {
    let open = open(place, passphrase, shown.lang)?;
    let submission = open.library.find(number).ok_or_else(|| no_submission(&open, number))?;
    if json {
        output::json(&submission_json(submission, true))?;
    } else {
        output::line(text_of(submission, shown))?;
    }
    if let Some(folder) = folder {
        save_all(&open.session, &open.reader, submission, folder, shown.lang)?;
    }
    open.alarm()
}

fn open<'a>(place: &'a Place, passphrase: Option<&Path>, lang: Lang) -> Result<Open<'a>, Problem> {
    let session = Session::open(place, passphrase, lang)?;
    let mut reader = session.mirror.reader().map_err(|e| place.problem(e))?;
    let library = Library::read(&mut reader, &session.keyring, session.size(), threads());
    let library = library.map_err(|e| place.problem(e))?;
    Ok(Open { session, reader, library })
}

/// Fetches a submission's attachments where they are not here, and saves them.
pub fn save_all(
    session: &Session<'_>,
    reader: &Reader,
    submission: &Submission,
    folder: &Path,
    lang: Lang,
) -> Result<(), Problem> {
    let client = session.client()?;
    files::folder(folder)?;
    let said = pick(
        lang,
        "هشدار: این فایل‌ها از ناشناس‌اند؛ آن‌ها را روی رایانه‌ای باز کنید که به شبکه وصل نیست.",
        "Warning: these files come from a stranger; open them on a machine without a network.",
    );
    let intake = session.mirror.intake().map_err(|error| session.place.problem(error))?;
    let (mut warned, mut gone) = (false, 0);
    for (_, entry) in &submission.parts {
        let Part::Attachment(attachment) = &entry.part else { continue };
        if !std::mem::replace(&mut warned, true) {
            eprintln!("{said}");
        }
        let mut line = Progress::new();
        let fetched = fetch_blob(&intake, &client, attachment.blob, |bytes| {
            line.show(&size::bytes(bytes, lang));
        });
        line.end();
        if matches!(fetched, Err(SyncError::Server(Failure::NotFound))) {
            gone += 1;
            continue;
        }
        fetched.map_err(|e| sync_problem(session.place, e))?;
        let path = save(reader, &session.keyring, attachment, folder).map_err(not_saved)?;
        output::line(path.display())?;
    }
    if gone == 0 { Ok(()) } else { Err(not_there(gone)) }
}

fn list_line(submission: &Submission, shown: Shown) -> String {
    let lang = shown.lang;
    let arrived = submission.parts.first().map_or(0, |(_, entry)| entry.arrived);
    let files = submission.parts.iter().filter(|(_, e)| matches!(e.part, Part::Attachment(_)));
    let files = match files.count() as u64 {
        0 => String::new(),
        n => match lang {
            Lang::Fa => format!("  [{} پیوست{}]", digits::number(n, lang), cut(submission, lang)),
            Lang::En => format!("  [attachments: {n}{}]", cut(submission, lang)),
        },
    };
    let number = digits::localize(&submission.number.to_string(), lang);
    let reference = submission.parts.first().map_or_else(String::new, |(_, e)| reference(e));
    let reference = digits::localize(&reference, lang);
    let when = jalali::format_datetime(arrived, shown.offset, lang);
    let preview = terminal::isolate(&preview(submission));
    format!("{number}  {when}  {reference}{files}  {preview}")
}

/// Says so where one of the attachments is incomplete.
fn cut(submission: &Submission, lang: Lang) -> &'static str {
    let is_cut = |entry: &Entry| matches!(&entry.part, Part::Attachment(a) if a.cut);
    match submission.parts.iter().any(|(_, entry)| is_cut(entry)) {
        true => pick(lang, "، ناتمام", ", incomplete"),
        false => "",
    }
}

fn preview(submission: &Submission) -> String {
    let text = submission.parts.iter().find_map(|(_, entry)| match &entry.part {
        Part::Text(text) => Some(terminal::one_line(text, PREVIEW_CHARS)),
        _ => None,
    });
    text.unwrap_or_default()
}

fn text_of(submission: &Submission, shown: Shown) -> String {
    let Some((_, first)) = submission.parts.first() else { return String::new() };
    let lang = shown.lang;
    let when = jalali::format_datetime(first.arrived, shown.offset, lang);
    let reference = digits::localize(&reference(first), lang);
    let mut text = match lang {
        Lang::Fa => format!("رسیده: {when}، شماره‌ی پیام: {reference}\n"),
        Lang::En => format!("arrived: {when}, reference: {reference}\n"),
    };
    for (_, entry) in &submission.parts {
        text.push('\n');
        text.push_str(&part_lines(entry, lang));
    }
    text
}

/// One part as a person reads it: the words in their own direction, or what file came.
pub fn part_lines(entry: &Entry, lang: Lang) -> String {
    match &entry.part {
        Part::Text(text) => {
            let mut safe = terminal::visible(text);
            safe.push('\n');
            if output::is_terminal() {
                safe = terminal::with_direction(&safe, Direction::from(lang));
            }
            safe
        }
        Part::Attachment(attachment) => attachment_line(attachment, lang),
        Part::Deletion(_) => {
            pick(lang, "[فرستنده خواسته است پاک شود]\n", "[the source asks that this be deleted]\n")
                .to_owned()
        }
        Part::Unreadable(_) => {
            pick(lang, "[کانال نتوانست آن را بخواند]\n", "[the channel could not read what came]\n")
                .to_owned()
        }
        Part::Unknown | Part::Outcome(_) | Part::Kept(_) => pick(
            lang,
            "[این نسخه این گونه پیام را نمی‌شناسد]\n",
            "[a kind of part this version does not know]\n",
        )
        .to_owned(),
    }
}

fn attachment_line(attachment: &Attachment, lang: Lang) -> String {
    let name = terminal::isolate(&terminal::one_line(&attachment.name, 200));
    let kind = terminal::isolate(&terminal::one_line(&attachment.media_type, 60));
    let size = size::bytes(attachment.size, lang);
    let cut = match attachment.cut {
        true => pick(lang, "، ناتمام: خط قطع شده", ", incomplete: the line broke"),
        false => "",
    };
    let word = pick(lang, "پیوست", "attachment");
    format!("[{word}: {name} ({kind}{}{size}{cut})]\n", pick(lang, "، ", ", "))
}

fn trouble_line(record: u64, trouble: Trouble, lang: Lang) -> String {
    let why = match trouble {
        Trouble::Erased => pick(lang, "پاک شده", "erased"),
        Trouble::Withheld => {
            pick(lang, "سرور نمی‌دهد و پاک‌شدنش ثبت نشده", "withheld: no erasure explains it")
        }
        Trouble::Altered => {
            pick(lang, "دگرگون شده: با لاگ نمی‌خواند", "altered: not what the log describes")
        }
        Trouble::Sealed(payamgir_desk::open::OpenError::NotForUs) => {
            pick(lang, "برای کلید دیگری مهر شده", "sealed to another key")
        }
        Trouble::Sealed(_) => pick(lang, "باز نمی‌شود: آسیب دیده", "does not open: damaged"),
        Trouble::Entry(_) => pick(lang, "از نسخه‌ی دیگری است", "of another version"),
    };
    format!("{record}  [{why}]")
}

fn submission_json(submission: &Submission, whole: bool) -> Value {
    let first = submission.parts.first().map(|(_, entry)| entry);
    json!({
        "number": submission.number,
        "reference": first.map(reference),
        "arrived": first.map(|entry| entry.arrived),
        "channel": first.map(|entry| entry.channel),
        "language": first.map(|entry| &entry.language),
        "alias": first.and_then(|entry| entry.alias.as_deref()),
        "sender": first.and_then(|entry| entry.origin.as_ref()?.sender.as_deref()),
        "answerable": submission.parts.iter().any(|(_, entry)| has_route(entry)),
        "parts": submission.parts.iter().map(|(n, e)| part_json(*n, e, whole)).collect::<Vec<_>>(),
    })
}

fn has_route(entry: &Entry) -> bool {
    entry.origin.as_ref().is_some_and(|origin| origin.route.is_some())
}

fn part_json(record: u64, entry: &Entry, whole: bool) -> Value {
    let mut json = content_json(record, entry, whole);
    if let Some(revises) = entry.revises {
        json["revises"] = revises.into();
    }
    if let Some(wrote) = entry.origin.as_ref().and_then(|origin| origin.wrote) {
        json["wrote"] = wrote.into();
    }
    json
}

fn content_json(record: u64, entry: &Entry, whole: bool) -> Value {
    match &entry.part {
        Part::Text(text) => {
            let cut = text.char_indices().nth(PREVIEW_CHARS).map_or(text.len(), |(at, _)| at);
            let shown = if whole { text.as_str() } else { &text[..cut] };
            let key = if whole { "text" } else { "preview" };
            json!({ "record": record, "index": entry.index, "kind": "text", key: shown })
        }
        Part::Attachment(attachment) => json!({
            "record": record,
            "index": entry.index,
            "kind": "attachment",
            "name": attachment.name.as_str(),
            "media_type": attachment.media_type.as_str(),
            "size": attachment.size,
            "cut": attachment.cut,
            "blob": attachment.blob.to_string(),
        }),
        Part::Deletion(of) => {
            json!({ "record": record, "index": entry.index, "kind": "deletion", "of": of })
        }
        Part::Unreadable(_) => {
            json!({ "record": record, "index": entry.index, "kind": "unreadable" })
        }
        Part::Unknown | Part::Outcome(_) | Part::Kept(_) => {
            json!({ "record": record, "index": entry.index, "kind": "unknown" })
        }
    }
}

fn reference(entry: &Entry) -> String {
    let digits = payamgir_wire::reference(&entry.group);
    format!("{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..])
}

fn no_submission(open: &Open, number: u64) -> Problem {
    let trouble = open.library.troubles.iter().find(|(record, _)| *record == number);
    let what = match trouble {
        Some((record, trouble)) => Say::new(
            trouble_line(*record, *trouble, Lang::Fa),
            trouble_line(*record, *trouble, Lang::En),
        ),
        None => Say::new(
            format!("پیامی با شماره‌ی {number} نیست."),
            format!("There is no submission {number}."),
        ),
    };
    let to_do = Say::new(
        "شماره‌ها را با «payamgir desk list» ببینید.",
        "See the numbers with `payamgir desk list`.",
    );
    Problem::new(what, to_do)
}

fn not_as_described(records: &[u64]) -> Problem {
    let list: Vec<_> = records.iter().take(20).map(u64::to_string).collect();
    let list = list.join(", ");
    let what = Say::new(
        format!("هشدار: این رکوردها در نسخه‌ی این تحریریه دگرگون شده‌اند: {list}"),
        format!("ALARM: these records of this desk's copy are altered: {list}"),
    );
    let to_do = Say::new(
        "کسی یا خرابی دیسک به پوشه‌ی تحریریه دست برده؛ «payamgir desk verify» را اجرا کنید و در پوشه‌ی تازه‌ای sync کنید.",
        "Somebody, or a failing disk, changed the desk's folder: run `payamgir desk verify`, and sync into a new folder.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

fn not_saved(error: SaveError) -> Problem {
    let (what, to_do) = match &error {
        SaveError::NotHere => (
            Say::new("پیوست این‌جا نیست.", "The attachment is not here."),
            Say::new("دوباره بکوشید.", "Try again."),
        ),
        SaveError::Sealed(_) => (
            Say::new("پیوست باز نمی‌شود.", "The attachment does not open."),
            Say::new("«payamgir desk verify» را اجرا کنید.", "Run `payamgir desk verify`."),
        ),
        SaveError::Io(_) => (
            Say::new(
                "پیوست آسیب دیده یا نوشته نشد.",
                "The attachment is damaged or could not be written.",
            ),
            Say::new(
                "جای خالی دیسک را ببینید؛ فایل نیمه‌کاره‌ای نمانده است.",
                "Look at the free space on the disk; no half file is left behind.",
            ),
        ),
    };
    Problem::new(what, to_do).because(error)
}
