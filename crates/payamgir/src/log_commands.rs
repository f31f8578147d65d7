//! `log verify` and `log erase`.

use std::path::Path;

use payamgir_log::{Damage, Error, Finding, Report, Verifier, verify};
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use serde_json::{Value, json};

use crate::cli::{LogArgs, LogCommand};
use crate::problem::{DAMAGED, Problem};
use crate::words::{Say, pick};
use crate::{files, output};

const LOG: &str = "log";
const LOG_PUBLIC: &str = "log.pub";

/// Runs a `log` command.
pub fn run(args: LogArgs, lang: Lang) -> Result<(), Problem> {
    match args.command {
        LogCommand::Verify { folder, checkpoint, json } => {
            let dir = &folder.dir;
            if !dir.join(LOG_PUBLIC).exists() {
                return Err(log_problem(dir, Error::NotALog));
            }
            let verifier = parse_verifier(&files::read(&dir.join(LOG_PUBLIC))?)?;
            let trusted = checkpoint.iter().map(|path| files::read(path).map(String::into_bytes));
            let trusted = trusted.collect::<Result<Vec<_>, _>>()?;
            let report = verify(&dir.join(LOG), &verifier, &trusted, true)
                .map_err(|error| log_problem(dir, error))?;
            tell(&report, json, lang)
        }
        #[cfg(feature = "serve")]
        LogCommand::Erase { folder, record, confirm } => erase(&folder.dir, record, confirm, lang),
        #[cfg(not(feature = "serve"))]
        LogCommand::Erase { .. } => Err(no_server_here()),
    }
}

/// Reads a log's public key.
pub fn parse_verifier(text: &str) -> Result<Verifier, Problem> {
    Verifier::parse(text.trim()).map_err(|error| {
        let what = Say::new("کلید لاگ درست نیست.", "The log key is malformed.");
        let to_do = Say::new(
            "آن را همان‌گونه که «payamgir init» نوشته (log.pub) بدهید.",
            "Give it as `payamgir init` printed it (log.pub).",
        );
        Problem::new(what, to_do).because(error)
    })
}

/// Prints a report; damage is exit code 3.
pub fn tell(report: &Report, json: bool, lang: Lang) -> Result<(), Problem> {
    if json {
        output::json(&as_json(report))?;
    } else {
        output::line(summary(report, lang))?;
        report.findings.iter().try_for_each(|finding| output::line(sentence(finding, lang)))?;
    }
    let found = report.findings.len() as u64 + report.omitted;
    if found == 0 { Ok(()) } else { Err(damaged(found)) }
}

fn summary(report: &Report, lang: Lang) -> String {
    let (size, root, blobs) = (report.size, report.root, report.blobs);
    let mut text = match lang {
        Lang::Fa => {
            let [size, blobs] = [size, blobs].map(|n| digits::number(n, lang));
            format!("رکوردها: {size}، پیوست‌ها: {blobs}، ریشه: {root}")
        }
        Lang::En => format!("records: {size}, attachments: {blobs}, root: {root}"),
    };
    if !report.erased.is_empty() {
        let list: Vec<_> = report.erased.iter().map(u64::to_string).collect();
        let word = pick(lang, "پاک‌شده", "erased");
        text = format!("{text}\n{word}: {}", list.join(", "));
    }
    if report.unwitnessed && report.size > 0 {
        let alone = pick(
            lang,
            "رونوشت چک‌پوینت نیست: برگشتن همه‌ی لاگ به گذشته را نمی‌توان رد کرد؛ با تحریریه بسنجید.",
            "The copy of the checkpoint is missing: a rollback cannot be excluded; compare with a desk.",
        );
        text = format!("{text}\n{alone}");
    }
    if report.findings.is_empty() {
        let fine = pick(lang, "همه‌چیز همان است که امضا شده.", "Everything is as it was signed.");
        text = format!("{text}\n{fine}");
    }
    text
}

fn sentence(finding: &Finding, lang: Lang) -> String {
    let words = damage_words(&finding.damage);
    match (finding.index, lang) {
        (Some(index), Lang::Fa) => format!("رکورد {index}: {}", words.in_(lang)),
        (Some(index), Lang::En) => format!("record {index}: {}", words.in_(lang)),
        (None, _) => words.in_(lang).to_owned(),
    }
}

fn damage_words(damage: &Damage) -> Say {
    match damage {
        Damage::Database(words) => Say::new(
            format!("پایگاه داده آسیب دیده است: {words}"),
            format!("the database is damaged: {words}"),
        ),
        Damage::RecordMissing => Say::new("رکورد نیست", "the record is missing"),
        Damage::RecordMalformed => Say::new("رکورد دگرگون شده", "the record is altered"),
        Damage::RecordMisplaced { belongs } => Say::new(
            format!("جای رکورد عوض شده؛ از آنِ جای {belongs} است"),
            format!("the record is out of place; it belongs at {belongs}"),
        ),
        Damage::BodyAltered => Say::new("محتوا دگرگون شده", "the body is altered"),
        Damage::BodyMissing => {
            Say::new("محتوا نیست و پاک‌شدنش ثبت نشده", "the body is missing and no erasure says so")
        }
        Damage::ErasureForged => Say::new(
            "پاک‌شده نشان داده شده ولی ثبتِ پاک‌شدنی در لاگ آن را نام نمی‌برد",
            "it is marked as erased, but no erasure in the log names it",
        ),
        Damage::OnceListing => Say::new(
            "در فهرست نامه‌های مهرشده زیر رکوردی است که آن را ندارد",
            "in the list of what was brought sealed, under a record that does not have it",
        ),
        Damage::BlobListing => Say::new(
            "فهرست پیوست‌ها با رکورد نمی‌خواند",
            "the list of attachments does not fit the record",
        ),
        Damage::Unsigned => Say::new(
            "از این‌جا به بعد هیچ چک‌پوینتی رکوردها را امضا نکرده",
            "from here on no checkpoint signs the records",
        ),
        Damage::BlobMissing => Say::new("پیوست نیست", "an attachment is missing"),
        Damage::BlobLength { found, expected } => Say::new(
            format!("پیوست {found} بایت دارد و باید {expected} داشته باشد"),
            format!("an attachment has {found} bytes where it should have {expected}"),
        ),
        Damage::BlobAltered => Say::new("پیوست دگرگون شده", "an attachment is altered"),
        Damage::Tile { level, number } => Say::new(
            format!("کاشی {level}/{number} درخت با رکوردها نمی‌خواند"),
            format!("tile {level}/{number} of the tree does not fit the records"),
        ),
        Damage::CheckpointMissing => Say::new("چک‌پوینت نیست", "there is no checkpoint"),
        Damage::CheckpointInvalid => Say::new(
            "امضای یک چک‌پوینت از این لاگ نیست",
            "a checkpoint is not signed by this log's key",
        ),
        Damage::RolledBack { signed } => Say::new(
            format!("لاگ به عقب برگشته: چک‌پوینت {signed} رکورد را امضا کرده"),
            format!("the log was rolled back: a checkpoint signed {signed} records"),
        ),
        Damage::RootDiffers { signed } => Say::new(
            format!("رکوردها ریشه‌ای را که برای {signed} رکورد امضا شده نمی‌دهند"),
            format!("the records do not give the root that was signed for {signed} records"),
        ),
    }
}

fn as_json(report: &Report) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let words = damage_words(&finding.damage);
            json!({ "record": finding.index, "damage": words.in_(Lang::En) })
        })
        .collect();
    json!({
        "records": report.size,
        "root": report.root.to_string(),
        "attachments": report.blobs,
        "erased": report.erased,
        "damage": findings,
        "more_damage": report.omitted,
        "unwitnessed": report.unwitnessed,
    })
}

#[cfg(feature = "serve")]
fn erase(dir: &Path, record: u64, confirm: Option<u64>, lang: Lang) -> Result<(), Problem> {
    if confirm != Some(record) {
        return Err(unconfirmed(record));
    }
    let config = crate::serve::read_config(dir)?;
    let log = crate::serve::open_log(dir, &config, payamgir_log::Mode::Tool)?;
    let erasure = match is_erasable(&log, record) {
        Ok(true) => log.erase(record),
        Ok(false) => Err(Error::NotErasable),
        Err(error) => Err(error),
    };
    log.close();
    let erasure = erasure.map_err(|error| log_problem(dir, error))?;
    output::line(match lang {
        Lang::Fa => format!("رکورد {record} پاک شد؛ پاک‌شدن در رکورد {erasure} ثبت است."),
        Lang::En => format!("Record {record} is erased; record {erasure} says so."),
    })
}

#[cfg(feature = "serve")]
fn is_erasable(log: &payamgir_log::Log, record: u64) -> Result<bool, Error> {
    let row = log.reader()?.row(record)?;
    let record = payamgir_log::Record::decode(&row.record).ok_or(Error::Corrupt)?;
    Ok(payamgir_roster::kind::is_erasable(record.kind.0))
}

#[cfg(feature = "serve")]
fn unconfirmed(record: u64) -> Problem {
    let what = Say::new(
        format!("محتوای رکورد {record} برای همیشه پاک می‌شود."),
        format!("This removes the body of record {record} for good."),
    );
    let to_do = Say::new(
        format!("اگر می‌خواهید، ‎--confirm {record} را بیفزایید."),
        format!("If you mean it, add --confirm {record}."),
    );
    Problem::new(what, to_do).exits(2)
}

#[cfg(not(feature = "serve"))]
fn no_server_here() -> Problem {
    let what = Say::new("این برنامه بی نیمه‌ی سرور ساخته شده.", "This program has no server half.");
    let to_do = Say::new("روی سرور اجرا کنید.", "Run this on the server.");
    Problem::new(what, to_do)
}

fn damaged(findings: u64) -> Problem {
    let what = Say::new(
        format!("{} ایراد پیدا شد.", digits::number(findings, Lang::Fa)),
        format!("Found wrong: {findings}."),
    );
    let to_do = Say::new(
        "پوشه را دست‌نخورده نگه دارید و با نسخه‌ی تحریریه بسنجید؛ آنچه تحریریه دارد از دست نرفته است.",
        "Keep the folder as it is and compare with the desk's copy; what a desk has is not lost.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

/// A log's failure in words.
pub fn log_problem(dir: &Path, error: Error) -> Problem {
    let shown = dir.display();
    let (what, to_do) = match &error {
        Error::NotALog => (
            Say::new(format!("در «{shown}» لاگی نیست."), format!("There is no log in {shown}.")),
            Say::new("پوشه را با ‎--dir بدهید.", "Name the folder with --dir."),
        ),
        Error::Locked => (
            Say::new(
                "برنامه‌ی دیگری این پوشه را باز دارد.",
                "Another program has this folder open.",
            ),
            Say::new("نخست آن را بایستانید.", "Stop it first."),
        ),
        Error::Full => (
            Say::new("جا نیست.", "There is no room."),
            Say::new("جا باز کنید یا سقف را بالا ببرید.", "Free space or raise the limit."),
        ),
        Error::NotFound => (
            Say::new("چنین رکوردی نیست.", "There is no such record."),
            Say::new("شماره را در فهرست ببینید.", "See the number in the list."),
        ),
        Error::AlreadyErased => (
            Say::new("این رکورد پیش‌تر پاک شده است.", "This record is already erased."),
            Say::new("کاری نمانده.", "There is nothing left to do."),
        ),
        Error::NotErasable => (
            Say::new(
                "ثبتِ پاک‌شدن را نمی‌توان پاک کرد.",
                "The record of an erasure cannot be erased.",
            ),
            Say::new("شماره‌ی دیگری بدهید.", "Name another record."),
        ),
        Error::Lingering => (
            Say::new(
                "پاک شد، ولی هنوز رونوشتی از آن روی دیسک هست.",
                "It is erased, but a copy of its bytes is still on the disk.",
            ),
            Say::new(
                "سرور را یک بار بازراه‌اندازی کنید؛ با آن رونوشت هم می‌رود.",
                "Restart the server once; the copy goes with that.",
            ),
        ),
        Error::Key => (
            Say::new("کلید لاگ با این پوشه نمی‌خواند.", "The log key does not fit this folder."),
            Say::new("log.key و log.pub را ببینید.", "Look at log.key and log.pub."),
        ),
        Error::ReadOnly => (
            Say::new(
                "این پوشه تنها خواندنی است و پایگاه داده نیاز به نوشتن دارد.",
                "This folder is read-only, and the database needs to write beside its file.",
            ),
            Say::new(
                "رونوشتی از پوشه بگیرید که بتوان در آن نوشت و همان را بسنجید.",
                "Copy the folder to where you may write and check the copy.",
            ),
        ),
        Error::Corrupt => {
            return damaged(1).because(error);
        }
        Error::RolledBack => return rolled_back().because(error),
        _ => (
            Say::new("لاگ باز یا نوشته نشد.", "The log could not be opened or written."),
            Say::new("دیسک و اجازه‌ها را ببینید.", "Look at the disk and the permissions."),
        ),
    };
    Problem::new(what, to_do).because(error)
}

fn rolled_back() -> Problem {
    let what = Say::new(
        "هشدار: پایگاه داده به گذشته برگشته است: با آخرین چک‌پوینت کنارش نمی‌خواند.",
        "ALARM: the database was rolled back: it is not the one its last checkpoint was made from.",
    );
    let to_do = Say::new(
        "پایگاه درست را بیاورید، یا لاگ تازه‌ای آغاز کنید (DEPLOYING.md)؛ هیچ تحریریه‌ای دنبال این لاگ نمی‌آید.",
        "Bring back the right database, or begin a new log (see DEPLOYING.md): no desk would follow this one.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}
