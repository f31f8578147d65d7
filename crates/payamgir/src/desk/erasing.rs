//! `desk erase`: approvals that bodies are erased, of one record or of all submissions of an age.

use std::collections::HashMap;
use std::io::{BufRead, IsTerminal};

use payamgir_desk::keys::Additions;
use payamgir_desk::library::Library;
use payamgir_desk::roster::{Approval, Fold, Subject, kind};
use payamgir_log::{Reader, Record};
use payamgir_text::digits;
use payamgir_text::lang::Lang;

use super::members::no_roster;
use super::session::Session;
use super::syncing::threads;
use crate::cli::Before;
use crate::problem::Problem;
use crate::words::Say;
use crate::world;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// An approval that a record be erased everywhere.
pub fn one(session: &Session<'_>, fold: &Fold, record: u64) -> Result<Additions, Problem> {
    let reader = session.mirror.reader().map_err(|error| session.place.problem(error))?;
    let known = fold.erasures();
    Ok(vec![approval(session, (fold, &known), &reader, record)?])
}

/// The same for every part of the submissions that came before a day, after it was said how many
/// they are. What was erased, or approved by this member, is passed over.
pub fn older(
    session: &Session<'_>,
    fold: &Fold,
    (before, confirm): (Option<Before>, Option<u64>),
    lang: Lang,
) -> Result<Additions, Problem> {
    let problem = |error| session.place.problem(error);
    let mut reader = session.mirror.reader().map_err(problem)?;
    let moment = moment(before.ok_or_else(nothing_so_old)?);
    let library = Library::read(&mut reader, &session.keyring, session.size(), threads());
    let (own, known) = (session.member.verifying_key(), fold.erasures());
    let done = |record: &u64| {
        known.get(record).is_some_and(|about| about.iter().any(|approval| approval.key == own))
    };
    let mut records = vec![];
    let mut count = 0;
    for submission in library.map_err(problem)?.submissions {
        let old = submission.parts.iter().all(|(_, entry)| entry.arrived < moment);
        let parts = submission.parts.iter().map(|(record, _)| *record);
        let open: Vec<u64> = parts.filter(|record| old && !done(record)).collect();
        count += u64::from(!open.is_empty());
        records.extend(open);
    }
    if records.is_empty() {
        return Err(nothing_so_old());
    }
    if confirm.or_else(|| ask(count, lang)) != Some(count) {
        return Err(not_confirmed(count, lang));
    }
    records.iter().map(|record| approval(session, (fold, &known), &reader, *record)).collect()
}

/// Unix seconds at which the day begins in UTC.
fn moment(before: Before) -> u64 {
    match before {
        Before::Day(day) => u64::try_from(i64::from(day) * DAY).unwrap_or(0),
        Before::Ago(days) => world::now().saturating_sub(u64::from(days) * DAY as u64),
    }
}

/// The first that approves is the author; the others approve what that one asked for.
fn approval(
    session: &Session<'_>,
    (fold, known): (&Fold, &HashMap<u64, Vec<&Approval>>),
    reader: &Reader,
    record: u64,
) -> Result<(u8, Vec<u8>), Problem> {
    let row = reader.row(record).map_err(|error| session.place.problem(error))?;
    let leaf = Record::decode(&row.record).map(|record| record.leaf().0);
    let subject = Subject::Erasure { record, leaf: leaf.ok_or_else(no_roster)? };
    let own = session.member.verifying_key();
    let about = known.get(&record).map_or(&[][..], Vec::as_slice);
    let first = about.iter().find(|approval| approval.subject == subject);
    let author = first.map_or(own, |approval| approval.author);
    let desk = fold.roster().ok_or_else(no_roster)?.desk();
    let sign = |message: &[u8]| session.member.sign(message);
    Ok((kind::APPROVAL, Approval::new(desk, subject, author, own, sign).encode()))
}

fn ask(count: u64, lang: Lang) -> Option<u64> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    let shown = digits::number(count, lang);
    eprint!(
        "{}",
        match lang {
            Lang::Fa =>
                format!("{shown} پیام پاک می‌شود و برنمی‌گردد. برای اطمینان همین شمار را بنویسید: "),
            Lang::En => format!(
                "{shown} submissions are erased and cannot be brought back. To be sure, type that number: "
            ),
        }
    );
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).ok()?;
    digits::to_ascii(line.trim()).replace([',', '٬'], "").parse().ok()
}

fn not_confirmed(count: u64, lang: Lang) -> Problem {
    let count = digits::number(count, lang);
    let what = Say::new(
        format!("هیچ چیز پاک نشد. آنچه پیش از آن روز رسید {count} پیام است."),
        format!("Nothing was erased. What came before that day is {count} submissions."),
    );
    let to_do = Say::new(
        "همین شمار را بنویسید، یا با ‎--confirm بدهید.",
        "Type that number, or give it with --confirm.",
    );
    Problem::new(what, to_do)
}

fn nothing_so_old() -> Problem {
    let what = Say::new(
        "پیش از آن روز چیزی نرسیده که شما پاک شدنش را تأیید نکرده باشید.",
        "Nothing came before that day whose erasing you have not approved.",
    );
    let to_do = Say::new("«payamgir desk list» را ببینید.", "See `payamgir desk list`.");
    Problem::new(what, to_do)
}
