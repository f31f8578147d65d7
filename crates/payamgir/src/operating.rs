//! `status` and `doctor`: how the server and its messengers stand, for who operates them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use payamgir_server::channels::doctor;
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use serde_json::Value;

use crate::cli::{DoctorArgs, StatusArgs};
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::{channels_config, output, serve};

/// Most bytes of an answer.
const ANSWER: u64 = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(10);

/// `payamgir status`
pub fn status(args: &StatusArgs, lang: Lang) -> Result<(), Problem> {
    let address = match args.desk_listen {
        Some(address) => address,
        None => serve::read_config(&args.folder.dir)?.desk_listen,
    };
    let body = ask(address).map_err(|error| not_there(address, error))?;
    if args.json {
        return output::line(&body);
    }
    let status: Value = serde_json::from_str(&body).unwrap_or_default();
    let ready = match status["ready"] == true {
        true => pick(lang, "سرور آماده است.", "The server is ready."),
        false => pick(
            lang,
            "سرور اکنون چیزی نمی‌پذیرد؛ دیسک را ببینید.",
            "The server takes nothing now; look at the disk.",
        ),
    };
    output::line(ready)?;
    for account in status["accounts"].as_array().into_iter().flatten() {
        output::line(told(account, lang))?;
    }
    Ok(())
}

/// Asks the running server on its private address.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = format!("GET /status HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let mut answer = String::new();
    stream.take(ANSWER).read_to_string(&mut answer)?;
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
    body.ok_or_else(|| std::io::ErrorKind::InvalidData.into())
}

fn told(account: &Value, lang: Lang) -> String {
    let text = |key: &str| account[key].as_str().unwrap_or_default();
    let state = match text("state") {
        "open" => pick(lang, "باز", "open"),
        "waiting" => pick(lang, "چشم‌به‌راه", "waiting"),
        _ => pick(lang, "گرفتار", "in trouble"),
    };
    let mut line = format!("{} {}: {state}", text("channel"), text("account"));
    let mut minutes = |key: &str, fa: &str, en: &str| {
        if let Some(minutes) = account[key].as_u64() {
            let number = digits::number(minutes, lang);
            line += &match lang {
                Lang::Fa => format!("؛ {fa} {number} دقیقه پیش"),
                Lang::En => format!("; {en} {number} min ago"),
            };
        }
    };
    minutes("heard", "آخرین خبر", "heard");
    minutes("event", "آخرین رویداد", "last event up to");
    minutes("since", "آخرین گرفتاری", "last trouble");
    let trouble = account["trouble"][lang.code()].as_str();
    if let Some(trouble) = trouble {
        line += &format!(": {trouble}");
    }
    if let Some(days) = account["token_days"].as_u64() {
        let days = digits::number(days, lang);
        line += &match lang {
            Lang::Fa => format!("؛ توکن {days} روز دیگر کار می‌کند"),
            Lang::En => format!("; the token is good for {days} days"),
        };
    }
    line
}

/// `payamgir doctor`
pub fn doctor(args: &DoctorArgs, lang: Lang) -> Result<(), Problem> {
    let settings = channels_config::read(&args.folder.dir)?;
    if settings.is_empty() {
        return output::line(pick(
            lang,
            "در channels.toml هیچ حسابی نیست: تنها از وب پیام می‌رسد.",
            "There is no account in channels.toml: sources come by the web alone.",
        ));
    }
    let found = doctor::examine(&settings);
    let bad = found.iter().filter(|finding| !finding.good).count();
    for finding in &found {
        let mark = if finding.good { "✓" } else { "✗" };
        let said = match lang {
            Lang::Fa => &finding.fa,
            Lang::En => &finding.en,
        };
        output::line(format!("{mark} {} {}: {said}", finding.word(), finding.account))?;
    }
    if bad > 0 { Err(not_well()) } else { Ok(()) }
}

fn not_well() -> Problem {
    let what = Say::new("همه‌ی حساب‌ها درست نیستند.", "Not every account is as it should be.");
    let to_do = Say::new(
        "آنچه با ✗ نشان شده درست کنید؛ docs/channels را ببینید.",
        "Mend what is marked with ✗; see docs/channels.",
    );
    Problem::new(what, to_do)
}

fn not_there(address: SocketAddr, error: std::io::Error) -> Problem {
    let what = Say::new(
        format!("در {address} سروری پاسخ نمی‌دهد."),
        format!("No server answers at {address}."),
    );
    let to_do = Say::new(
        "سرور را با «payamgir serve» آغاز کنید، یا نشانی خصوصی‌اش را با ‎--desk-listen بدهید.",
        "Start it with `payamgir serve`, or name its private address with --desk-listen.",
    );
    Problem::new(what, to_do).because(error)
}
