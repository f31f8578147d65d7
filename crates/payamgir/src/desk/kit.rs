//! `desk kit`: pages of paper that together bring the desk back.

use std::path::{Path, PathBuf};

use payamgir_desk::kit::{self, Kit, NotAKit, Page};
use payamgir_desk::roster::{Act, Roster};
use payamgir_text::digits;
use payamgir_text::jalali;
use payamgir_text::lang::Lang;
use payamgir_wire::hex::Hex;

use super::page::{self, Sheet};
use super::session::{Session, random};
use crate::problem::Problem;
use crate::words::Say;
use crate::{files, world};

/// A new kit: its pages are written to a folder, and the act says which key they are. Where that
/// does not reach the log, the pages are nothing and go.
pub fn make(
    session: &Session<'_>,
    roster: &Roster,
    (needed, all): (u8, u8),
    out: &Path,
    lang: Lang,
) -> Result<(Act, Vec<PathBuf>, Say), Problem> {
    let random = random();
    let kit = Kit::new(&random);
    let pages = kit.pages(needed, all, &random).map_err(|e| numbers().because(e))?;
    files::folder(out)?;
    let name = kit::name(&kit.recovery().key);
    let (link, desk) = (&session.link, Hex(roster.desk()).to_string());
    let proof = kit.vouch(&[&link.server, &link.log_key, &desk]);
    let mut files = vec![];
    for page in &pages {
        files.push(write(session, roster, (page, &name, proof), all, out, lang)?);
    }
    let act = Act::RecoveryChanged(Some(kit.recovery()));
    Ok((act, files, made(pages.len(), out, roster.policy().threshold)))
}

fn write(
    session: &Session<'_>,
    roster: &Roster,
    (part, name, proof): (&Page, &str, [u8; 16]),
    all: u8,
    out: &Path,
    lang: Lang,
) -> Result<PathBuf, Problem> {
    let sheet = Sheet {
        part,
        all,
        server: &session.link.server,
        log_key: &session.link.log_key,
        desk: roster.desk(),
        proof,
        kit: name.to_owned(),
        day: jalali::format_datetime(world::now(), 0, lang),
    };
    let path = out.join(format!("kit-{name}-page-{}-of-{all}.html", part.number));
    files::create(&path, page::html(&sheet, lang).as_bytes())?;
    Ok(path)
}

fn made(count: usize, out: &Path, threshold: u8) -> Say {
    let (fa, out) = (digits::number(count as u64, Lang::Fa), out.display());
    let (then_fa, then_en) = match threshold {
        0 | 1 => ("بسته‌ی پیشین، اگر بود، دیگر به کار نمی‌آید.", "An earlier kit works no more."),
        _ => (
            "بسته پس از امضای سرپرستی دیگر به کار می‌آید (desk members و desk sign)؛ تا آن هنگام بسته‌ی پیشین، اگر هست.",
            "It works once another admin has signed it (desk members, desk sign); until then an earlier one does, if there is one.",
        ),
    };
    Say::new(
        format!(
            "{fa} برگ در «{out}» نوشته شد. چاپشان کنید، فایل‌ها را پاک کنید، و هر برگ را نزد کسی دیگر یا در جایی دیگر بگذارید. {then_fa}"
        ),
        format!(
            "{count} pages were written to {out}. Print them, delete the files, and leave each page with another person or in another place. {then_en}"
        ),
    )
}

fn numbers() -> Problem {
    let what = Say::new("این شمار برگ‌ها نمی‌شود.", "There is no kit of such numbers.");
    let to_do = Say::new(
        "از ۲ تا ۱۶ برگ، و دست‌کم ۲ برگ لازم: مانند ‎--pages 5 --needed 3.",
        "From 2 to 16 pages, of which at least 2 are needed: as --pages 5 --needed 3.",
    );
    Problem::new(what, to_do)
}

/// Why pages did not bring a kit back, in words.
pub fn not_a_kit(error: NotAKit) -> Problem {
    let number = |n: u8, lang| digits::number(n.into(), lang);
    let (what, to_do) = match error {
        NotAKit::Page => (
            Say::new("این برگ درست نوشته نشده است.", "That page is not written right."),
            Say::new(
                "چهل واژه را از روی برگ، به ترتیب شماره، دوباره ببینید.",
                "Compare the forty words with the page once more, in the order of their numbers.",
            ),
        ),
        NotAKit::Mixed => (
            Say::new("این برگ‌ها از یک بسته نیستند.", "These pages are of different kits."),
            Say::new("تاریخ روی برگ‌ها را ببینید.", "Look at the dates on the pages."),
        ),
        NotAKit::TooFew { have, need } => (
            Say::new(
                format!(
                    "{} برگ لازم است و {} برگ هست.",
                    number(need, Lang::Fa),
                    number(have, Lang::Fa)
                ),
                format!("{need} pages are needed and there are {have}."),
            ),
            Say::new("برگ‌های دیگر را هم بدهید.", "Give the others too."),
        ),
        NotAKit::Numbers | NotAKit::Wrong => (
            Say::new("این برگ‌ها با هم کلید را نمی‌سازند.", "These pages do not make the key."),
            Say::new(
                "یکی از آن‌ها از بسته‌ی دیگری است یا اشتباه نوشته شده.",
                "One of them is of another kit, or was mistyped.",
            ),
        ),
    };
    Problem::new(what, to_do).because(error)
}
