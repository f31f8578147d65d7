//! `desk sync`.

use std::io::{IsTerminal, Write};
use std::path::Path;

use payamgir_desk::Failure;
use payamgir_desk::client::BadAddress;
use payamgir_desk::library::Library;
use payamgir_desk::sync::{SyncError, Synced, fetch_blob};
use payamgir_log::Divergence;
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use payamgir_wire::Part;

use super::place::{Link, Place, no_server};
use super::session::{Session, not_the_desks};
use crate::output;
use crate::problem::{DAMAGED, Problem};
use crate::words::Say;

/// What `--proxy` takes to forget the proxy.
const NO_PROXY: &str = "none";

/// What was said on the command line about the server.
pub struct Given {
    pub server: Option<String>,
    pub log_key: Option<String>,
    pub proxy: Option<String>,
}

/// `payamgir desk sync`
pub fn run(
    place: &Place,
    given: &Given,
    attachments: bool,
    passphrase: Option<&Path>,
    lang: Lang,
) -> Result<(), Problem> {
    let mut session = Session::with(place, link(place, given)?, passphrase, lang)?;
    let mut line = Progress::new();
    let synced = session.sync(|here, all| line.show(&format!("{here}/{all}")));
    line.end();
    let synced = synced?;
    // Only now: a slip of the pen must not replace a server that is known to answer.
    place.remember(&session.link)?;
    output::line(summary(&synced, lang))?;
    if attachments {
        fetch_all(&session, lang)?;
    }
    session.forget_erased()?;
    let missing = [synced.withheld, session.unduly_erased()?].concat();
    if !missing.is_empty() {
        return Err(withheld(&missing));
    }
    not_the_desks(&session.fold()?)
}

fn link(place: &Place, given: &Given) -> Result<Link, Problem> {
    let known = place.link()?;
    let of = |get: fn(&Link) -> String| known.as_ref().map(get);
    let server = given.server.clone().or_else(|| of(|l| l.server.clone()));
    let log_key = given.log_key.clone().or_else(|| of(|l| l.log_key.clone()));
    let proxy = given.proxy.clone().or_else(|| known.as_ref().and_then(|l| l.proxy.clone()));
    let proxy = proxy.filter(|proxy| proxy != NO_PROXY);
    match (server, log_key) {
        (Some(server), Some(log_key)) => Ok(Link { server, log_key, proxy }),
        _ => Err(no_server()),
    }
}

fn fetch_all(session: &Session<'_>, lang: Lang) -> Result<(), Problem> {
    let (place, client) = (session.place, session.client()?);
    let mut reader = session.mirror.reader().map_err(|e| place.problem(e))?;
    let library = Library::read(&mut reader, &session.keyring, session.size(), threads());
    let library = library.map_err(|e| place.problem(e))?;
    let intake = session.mirror.intake().map_err(|e| place.problem(e))?;
    let (mut line, mut gone, mut altered) = (Progress::new(), 0, false);
    for (_, entry) in library.submissions.iter().flat_map(|s| &s.parts) {
        if let Part::Attachment(attachment) = &entry.part {
            let show = |bytes| line.show(&payamgir_text::size::bytes(bytes, lang));
            match fetch_blob(&intake, &client, attachment.blob, show) {
                Err(SyncError::Server(Failure::NotFound)) => gone += 1,
                Err(SyncError::Protocol) => altered = true,
                other => other.map_err(|e| sync_problem(place, e))?,
            }
        }
    }
    line.end();
    if altered {
        return Err(altered_attachment());
    }
    if gone == 0 { Ok(()) } else { Err(not_there(gone)) }
}

/// The server's bytes for an attachment are not those that the log names.
pub fn altered_attachment() -> Problem {
    let what = Say::new(
        "هشدار: پیوستی که سرور می‌دهد آن نیست که لاگ می‌گوید؛ پذیرفته نشد.",
        "ALARM: the server gives other bytes for an attachment than the log names; they were not taken.",
    );
    let to_do = Say::new(
        "از گرداننده‌ی سرور بپرسید؛ روی سرور «payamgir log verify» را اجرا کند. پیوست‌های دیگر گرفته می‌شوند.",
        "Ask whoever runs the server; let them run `payamgir log verify` there. Other attachments are fetched.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

/// Attachments the server has no more.
pub fn not_there(count: usize) -> Problem {
    let what = Say::new(
        format!("سرور {count} پیوست را ندارد؛ شاید پاک شده‌اند."),
        format!("The server does not have {count} of the attachments; they may have been erased."),
    );
    let to_do = Say::new(
        "بقیه گرفته شد. پاک‌شده‌ها را گرداننده با «payamgir log verify» می‌بیند.",
        "The others were fetched. Whoever runs the server sees erasures with `payamgir log verify`.",
    );
    Problem::new(what, to_do)
}

/// Threads to open with: all cores.
pub fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn summary(synced: &Synced, lang: Lang) -> String {
    let number = |n| digits::number(n, lang);
    let (new, all) = (number(synced.now - synced.before), number(synced.now));
    match lang {
        Lang::Fa => format!("{new} رکورد تازه؛ {all} رکورد در همه، همه سنجیده."),
        Lang::En => format!("{new} new records; {all} in all, all verified."),
    }
}

/// A line on standard error that is written over, where a person is looking.
pub struct Progress {
    shown: bool,
}

impl Progress {
    pub fn new() -> Self {
        Self { shown: false }
    }

    pub fn show(&mut self, text: &str) {
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[K{text}");
            let _ = std::io::stderr().flush();
            self.shown = true;
        }
    }

    pub fn end(&mut self) {
        if std::mem::take(&mut self.shown) {
            eprint!("\r\x1b[K");
        }
    }
}

/// A failed sync in words.
pub fn sync_problem(place: &Place, error: SyncError) -> Problem {
    match error {
        SyncError::Diverged(divergence) => diverged(&divergence),
        SyncError::Server(failure) => unreachable_server(failure),
        SyncError::Local(error) => place.problem(error),
        SyncError::Protocol => {
            let what = Say::new(
                "پاسخ سرور با این برنامه نمی‌خواند.",
                "The server's answer does not fit this program.",
            );
            let to_do = Say::new(
                "نشانی و نسخه‌ی هر دو برنامه را ببینید.",
                "Look at the address and at the versions of both programs.",
            );
            Problem::new(what, to_do)
        }
    }
}

fn diverged(divergence: &Divergence) -> Problem {
    let what = match divergence {
        Divergence::BadSignature => Say::new(
            "هشدار: چک‌پوینت سرور را کلید لاگی که این تحریریه می‌شناسد امضا نکرده است.",
            "ALARM: the server's checkpoint is not signed by the log key this desk knows.",
        ),
        Divergence::Shrunk { had, offered } => Say::new(
            format!("هشدار: لاگ سرور کوتاه شده است: {had} رکورد داشت و اکنون {offered} دارد."),
            format!("ALARM: the server's log shrank from {had} records to {offered}."),
        ),
        Divergence::Forked { offered } => Say::new(
            format!("هشدار: لاگ سرور چند شاخه شده یا گذشته‌اش عوض شده است (در {offered} رکورد)."),
            format!(
                "ALARM: the server's log forked or its past was changed (at {offered} records)."
            ),
        ),
        Divergence::Altered { index } => Say::new(
            format!("هشدار: رکورد {index} سرور دگرگون شده است."),
            format!("ALARM: record {index} at the server is altered."),
        ),
    };
    let to_do = Say::new(
        "چیزی از آن گرفته نشد و نسخه‌ی این تحریریه سالم است. به سرور اعتماد نکنید تا بدانید چه شده؛ با دیگران در تحریریه تماس بگیرید.",
        "Nothing of it was taken and this desk's copy is intact. Do not trust the server until you know what happened; call the others at the desk.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

/// Bodies that no erasure explains.
pub fn withheld(records: &[u64]) -> Problem {
    let list: Vec<_> = records.iter().take(20).map(u64::to_string).collect();
    let list = list.join(", ");
    let what = Say::new(
        format!("هشدار: سرور محتوای این رکوردها را نمی‌دهد و پاک‌شدنشان ثبت نشده: {list}"),
        format!("ALARM: the server withholds the bodies of records no erasure explains: {list}"),
    );
    let to_do = Say::new(
        "از گرداننده‌ی سرور بپرسید؛ روی سرور «payamgir log verify» را اجرا کند.",
        "Ask whoever runs the server; let them run `payamgir log verify` there.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

/// An address that no desk may use.
pub fn bad_address(error: BadAddress) -> Problem {
    let (what, to_do) = match error {
        BadAddress::Form => (
            Say::new("نشانی سرور درست نیست.", "The server's address is malformed."),
            Say::new(
                "مانند http://127.0.0.1:8081 یا https://desk.example بنویسید.",
                "Write it as http://127.0.0.1:8081 or https://desk.example.",
            ),
        ),
        BadAddress::NotPrivate => (
            Say::new(
                "نشانی http تنها برای همین رایانه و سرویس‌های onion پذیرفته است.",
                "Plain http is accepted only to this machine and to onion services.",
            ),
            Say::new("https یا onion به کار ببرید.", "Use https or an onion address."),
        ),
    };
    Problem::new(what, to_do)
}

/// A failed request in words.
pub fn unreachable_server(failure: Failure) -> Problem {
    let refused = |fa: &str, en: &str| {
        (
            Say::new("سرور این تحریریه را نپذیرفت.", "The server refused this desk."),
            Say::new(fa, en),
        )
    };
    let (what, to_do) = match &failure {
        Failure::Refused(word) if word == "clock" => refused(
            "ساعت این رایانه یا سرور درست نیست، یا سرور تازه روشن شده؛ ساعت را درست کنید و چند دقیقه دیگر بکوشید.",
            "This machine's clock or the server's is wrong, or the server has just started: set the clock and try again in some minutes.",
        ),
        Failure::Refused(word) if word == "unknown-key" => refused(
            "این کلید عضو تحریریه‌ی آن سرور نیست، یا دیگر نیست؛ از سرپرست تحریریه بپرسید.",
            "This key is not a member's of that server's desk, or no more: ask an admin of the desk.",
        ),
        Failure::Refused(_) => refused(
            "شاید پروکسی میان راه نام میزبان را عوض می‌کند؛ نشانی را ببینید.",
            "A proxy on the way may be changing the host name; look at the address.",
        ),
        Failure::Proxy => (
            Say::new("نشانی پروکسی درست نیست.", "The proxy's address is malformed."),
            Say::new(
                "مانند socks5://127.0.0.1:9050 بنویسید، یا none برای بی‌پروکسی.",
                "Write it as socks5://127.0.0.1:9050, or none for no proxy.",
            ),
        ),
        Failure::Network(_) => (
            Say::new("به سرور نمی‌رسیم.", "The server cannot be reached."),
            Say::new(
                "نشانی و اتصال را ببینید و دوباره بکوشید؛ چیزی از دست نرفته است.",
                "Look at the address and the connection and try again; nothing is lost.",
            ),
        ),
        Failure::NotFound | Failure::Status(_) => (
            Say::new("سرور نتوانست پاسخ دهد.", "The server could not answer."),
            Say::new(
                "دوباره بکوشید؛ گزارش سرور را ببینید.",
                "Try again; look at the server's log.",
            ),
        ),
    };
    Problem::new(what, to_do).because(failure)
}
