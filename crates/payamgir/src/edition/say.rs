//! What is said of a bulletin's files.

use std::io;
use std::path::Path;

use payamgir_text::lang::Lang;
use payamgir_text::terminal::isolate;
use payamgir_text::{digits, jalali};
use serde_json::json;

use super::Approved;
use crate::output;
use crate::problem::{DAMAGED, Problem};
use crate::words::{Say, pick};

/// Most names of what operating systems left that a person is told.
const NAMES: usize = 5;

/// What there is to know of a release that is good: who the desk is by its own statements, so that whoever
/// knows better sees it.
struct Known {
    files: u64,
    approvers: u64,
    threshold: u64,
    members: u64,
    statements: u64,
    /// Unix seconds of the last statement's day.
    day: u64,
}

impl Known {
    fn of(approved: &Approved) -> Self {
        let roster = &approved.shown.roster;
        Self {
            files: approved.release.files().count() as u64,
            approvers: approved.shown.approvers.len() as u64,
            threshold: roster.policy().threshold.into(),
            members: roster.members().count() as u64,
            statements: approved.proof.statements.len() as u64,
            day: u64::from(roster.day()) * 86_400,
        }
    }

    fn day(&self, lang: Lang) -> String {
        jalali::format_date(self.day, 0, lang)
    }
}

/// Tells that all is good; `left` is what operating systems put beside it.
pub(super) fn tell(
    approved: &Approved,
    left: &[String],
    json: bool,
    lang: Lang,
) -> Result<(), Problem> {
    let (release, known) = (&approved.release, Known::of(approved));
    if json {
        return output::line(json!({
            "desk": release.desk, "number": release.number, "release": approved.hash,
            "files": known.files, "approved": known.approvers, "threshold": known.threshold,
            "members": known.members, "statements": known.statements,
            "day": known.day(Lang::En), "left_by_systems": left,
        }));
    }
    output::line(match lang {
        Lang::Fa => in_persian(approved, &known),
        Lang::En => in_english(approved, &known),
    })?;
    if left.is_empty() { Ok(()) } else { output::line(left_there(left, lang)) }
}

fn in_persian(approved: &Approved, known: &Known) -> String {
    let number = |number: u64| digits::number(number, Lang::Fa);
    format!(
        "درست است: {} پرونده، انتشار شمارهٔ {}. {} ویراستار تأیید کرده‌اند؛ میز {} تأیید می‌خواهد.\n\
         به گفتهٔ این پرونده‌ها میز {} عضو دارد؛ {} سند عضویت در آن‌هاست، آخرین از {}.\n\
         میز: {}\n\
         میز، شمار عضوها و تاریخ را با آنچه خود میز می‌گوید بسنجید. از پرونده‌ها پیدا نیست که این تازه‌ترین است یا نه، \
         و نه اینکه آیا کسی که روزی به‌تنهایی یا با کمتر از آنچه باید میز بوده آن را با عضویت همان روز ساخته است.",
        number(known.files),
        number(approved.release.number),
        number(known.approvers),
        number(known.threshold),
        number(known.members),
        number(known.statements),
        known.day(Lang::Fa),
        approved.release.desk,
    )
}

fn in_english(approved: &Approved, known: &Known) -> String {
    format!(
        "Good: {}, release {}. {} approved it; the desk asks for {}.\n\
         By these files the desk has {}; they hold {} of its membership, the last of {}.\n\
         Desk: {}\n\
         Compare the desk, its members and that day with what the desk itself says. Files cannot tell whether \
         this is the latest, nor whether somebody who once was the desk alone, or with too few, made it with the \
         membership of that day.",
        counted(known.files, "file"),
        approved.release.number,
        counted(known.approvers, "editor"),
        known.threshold,
        counted(known.members, "member"),
        counted(known.statements, "statement"),
        known.day(Lang::En),
        approved.release.desk,
    )
}

fn counted(number: u64, of: &str) -> String {
    let number_of = digits::number(number, Lang::En);
    if number == 1 { format!("{number_of} {of}") } else { format!("{number_of} {of}s") }
}

fn left_there(left: &[String], lang: Lang) -> String {
    let names: Vec<String> = left.iter().take(NAMES).map(|name| isolate(name)).collect();
    let between = pick(lang, "، ", ", ");
    let more = if left.len() > NAMES { " …" } else { "" };
    let told = pick(
        lang,
        "این‌ها را سیستم‌عامل‌ها کنار آن گذاشته‌اند و از میز نیست:",
        "Operating systems left these beside it, and they are not the desk's:",
    );
    format!("{told} {}{more}", names.join(between))
}

pub fn nothing_published() -> Problem {
    let what = Say::new("آنجا چیزی منتشر نشده است.", "Nothing is published there.");
    let to_do = Say::new("نشانی را ببینید.", "Look at the address.");
    Problem::new(what, to_do)
}

pub fn no_list() -> Problem {
    let what = Say::new(
        "فهرست پرونده‌ها (release.txt یا proof.txt) درست نیست.",
        "The list of files (release.txt or proof.txt) is not right.",
    );
    let to_do = Say::new("نشریه را دوباره بردارید.", "Take the bulletin once more.");
    Problem::new(what, to_do).exits(DAMAGED)
}

pub fn another_desk() -> Problem {
    let what = Say::new(
        "این نشریه از میزی که نام برده‌اید نیست.",
        "This bulletin is not of the desk you named.",
    );
    let to_do =
        Say::new("به آن اعتماد نکنید. desk.pub را ببینید.", "Do not trust it. Look at desk.pub.");
    Problem::new(what, to_do).exits(DAMAGED)
}

pub fn anothers_folder() -> Problem {
    let what =
        Say::new("در این پوشه نشریه‌ی میز دیگری است.", "This folder has another desk's bulletin.");
    Problem::new(what, Say::new("پوشه‌ی دیگری نام ببرید.", "Name another folder."))
}

pub fn no_copy(folder: &Path) -> Problem {
    let folder = folder.display();
    let what = Say::new(
        format!("نسخه‌ای که در این پوشه هست خراب است: {folder}"),
        format!("The copy that is in this folder is damaged: {folder}"),
    );
    Problem::new(what, Say::new("پوشه‌ی دیگری نام ببرید.", "Name another folder.")).exits(DAMAGED)
}

pub fn older() -> Problem {
    let what = Say::new(
        "سرور انتشاری کهنه‌تر از نسخه‌ی این پوشه نشان می‌دهد؛ چیزی عوض نشد.",
        "The server shows an older release than the copy in this folder; nothing was changed.",
    );
    Problem::new(what, ask_the_desk()).exits(DAMAGED)
}

pub fn server_forgot() -> Problem {
    let what = Say::new(
        "سرور عضویتی کهنه‌تر از نسخه‌ی این پوشه نشان می‌دهد؛ چیزی عوض نشد.",
        "The server shows an older membership than the copy in this folder; nothing was changed.",
    );
    let to_do = Say::new(
        "به آن اعتماد نکنید. از میز بپرسید این سرور از آن اوست یا نه.",
        "Do not trust it. Ask the desk whether this server is its own.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

pub fn no_known(folder: &Path) -> Problem {
    let folder = folder.display();
    let what = Say::new(
        format!("نسخه‌ی پیشین خودش درست نیست: {folder}"),
        format!("The earlier copy is itself not right: {folder}"),
    );
    let to_do = Say::new(
        "آن را جدا با «payamgir edition verify» بسنجید.",
        "Check it by itself with `payamgir edition verify`.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

pub fn of_another() -> Problem {
    let what = Say::new(
        "این نشریه از میز نسخه‌ی پیشین نیست.",
        "This bulletin is not of the earlier copy's desk.",
    );
    Problem::new(what, do_not_trust()).exits(DAMAGED)
}

pub fn before_known() -> Problem {
    let what = Say::new(
        "این از نسخه‌ی پیشین کهنه‌تر است.",
        "This is an older release than the earlier copy.",
    );
    Problem::new(what, ask_the_desk()).exits(DAMAGED)
}

pub fn beside_known() -> Problem {
    let what = Say::new(
        "این از نسخه‌ی پیشین پیش نرفته است: همان شماره را دارد و همان نیست، یا پس از چیز دیگری آمده است.",
        "This does not go on from the earlier copy: it has its number and is another, or it follows another.",
    );
    Problem::new(what, ask_the_desk()).exits(DAMAGED)
}

pub fn earlier_members() -> Problem {
    let what = Say::new(
        "این عضویتی کهنه‌تر از نسخه‌ی پیشین نشان می‌دهد.",
        "This shows an older membership than the earlier copy.",
    );
    Problem::new(what, do_not_trust()).exits(DAMAGED)
}

pub fn not_approved() -> Problem {
    let what = Say::new("میز این را تأیید نکرده است.", "The desk did not approve this.");
    Problem::new(what, do_not_trust()).exits(DAMAGED)
}

pub fn altered(path: &str) -> Problem {
    let what = Say::new(
        format!("این پرونده نیست یا عوض شده است: {path}"),
        format!("This file is missing, or was changed: {path}"),
    );
    Problem::new(what, do_not_trust()).exits(DAMAGED)
}

pub fn not_given(path: &str) -> Problem {
    let what = Say::new(
        format!("سرور این پرونده را آن‌گونه که در فهرست است نمی‌دهد: {path}"),
        format!("The server does not give this file as the list says: {path}"),
    );
    Problem::new(what, do_not_trust()).exits(DAMAGED)
}

pub fn stranger(name: &str) -> Problem {
    let name = isolate(name);
    let what = Say::new(
        format!("در پوشه پرونده‌ای است که در فهرست نیست: {name}"),
        format!("There is a file in the folder that the list does not name: {name}"),
    );
    let to_do = Say::new(
        "میز آن را تأیید نکرده است. پوشه‌ای تازه بردارید.",
        "The desk did not approve it. Take a fresh folder.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

pub fn in_the_way(path: &str) -> Problem {
    let what = Say::new(
        format!("در این پوشه به‌جای پوشه‌ای از نشریه پیوند یا چیز دیگری است: {path}"),
        format!("A link or something else stands for a folder of the bulletin: {path}"),
    );
    let to_do = Say::new(
        "کسی این پوشه را آماده کرده است. پوشه‌ای تازه بردارید.",
        "Somebody prepared this folder. Take a fresh one.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

pub fn unwritable(path: &Path, error: io::Error) -> Problem {
    let path = path.display();
    let what = Say::new(format!("«{path}» نوشته نشد."), format!("{path} could not be written."));
    let to_do = Say::new(
        "اجازه‌ی نوشتن و جای خالی دیسک را ببینید.",
        "Look at the permissions and the free space on the disk.",
    );
    Problem::new(what, to_do).because(error)
}

fn do_not_trust() -> Say {
    Say::new(
        "به آن اعتماد نکنید و از جای دیگری بردارید.",
        "Do not trust it, and take it from elsewhere.",
    )
}

fn ask_the_desk() -> Say {
    Say::new("از میز بپرسید کدام تازه‌تر است.", "Ask the desk which is the latest.")
}
