//! `payamgir desk`: the desk's window in a browser.
//!
//! This process holds no key and no word of anybody. It starts another one that serves the window
//! (`room`) and, once that one is told to lock, sees it end and starts the next: what a process
//! knew is gone with it, whatever its allocator or its libraries kept.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};

use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use super::Shown;
use super::place::Place;
use super::room::LOCKED;
use crate::cli::WindowArgs;
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::{files, output, world};

/// `payamgir desk`
pub fn run(place: &Place, args: &WindowArgs, shown: Shown) -> Result<(), Problem> {
    if !args.window.ip().is_loopback() {
        return Err(not_loopback());
    }
    place.folder()?;
    let session = secret();
    let mut entry = Some(secret());
    let mut at = args.window;
    loop {
        let mut room = start(place, at, args, shown)?;
        // Waiting would close the pipe.
        let _pipe = tell(&mut room, &session, entry.as_ref()).map_err(no_room)?;
        at = ready(&mut room)?;
        if let Some(entry) = entry.take() {
            lead_in(place, args, at, &entry, shown)?;
        }
        let status = room.wait().map_err(no_room)?;
        let _ = fs::remove_file(place.entry());
        if status.code() != Some(LOCKED.into()) {
            return if status.success() { Ok(()) } else { Err(ended()) };
        }
    }
}

fn secret() -> Zeroizing<[u8; 32]> {
    let mut secret = Zeroizing::new([0; 32]);
    world::random(&mut *secret);
    secret
}

/// Starts the process that serves the window.
fn start(place: &Place, at: SocketAddr, args: &WindowArgs, shown: Shown) -> Result<Child, Problem> {
    let program = std::env::current_exe().map_err(no_room)?;
    let mut command = Command::new(program);
    command.args(["--lang", shown.lang.code(), "desk", "--window", &at.to_string()]);
    command.arg("--dir").arg(place.dir());
    command.args(["--lock-after", &args.lock_after.to_string()]);
    command.arg(format!("--utc-offset={}", offset(shown.offset)));
    command.arg("room").stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().map_err(no_room)
}

/// As the flag takes it.
fn offset(seconds: i32) -> String {
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Through a pipe: arguments and environments can be read by others. Its end tells the room that this
/// process is gone.
fn tell(
    room: &mut Child,
    session: &[u8; 32],
    entry: Option<&Zeroizing<[u8; 32]>>,
) -> std::io::Result<Option<ChildStdin>> {
    let entry = entry.map(|entry| HEXLOWER.encode(&**entry)).unwrap_or_default();
    let words = Zeroizing::new(format!("{}\n{entry}\n", HEXLOWER.encode(session)));
    let mut pipe = room.stdin.take();
    pipe.as_mut().map_or(Ok(()), |pipe| pipe.write_all(words.as_bytes()))?;
    Ok(pipe)
}

/// The address that it serves.
fn ready(room: &mut Child) -> Result<SocketAddr, Problem> {
    let mut line = String::new();
    if let Some(out) = room.stdout.as_mut() {
        BufReader::new(out).read_line(&mut line).map_err(no_room)?;
    }
    line.trim().parse().map_err(|_| {
        let _ = room.wait();
        ended()
    })
}

/// Opens a browser. The secret is in a file that only this user reads: on a command line others on
/// this machine would see it.
fn lead_in(
    place: &Place,
    args: &WindowArgs,
    at: SocketAddr,
    entry: &[u8; 32],
    shown: Shown,
) -> Result<(), Problem> {
    let address = format!("http://{at}/enter?key={}", HEXLOWER.encode(entry));
    if args.no_browser {
        return output::line(&address);
    }
    let page = format!(
        "<!doctype html><meta charset=utf-8><meta name=referrer content=no-referrer>\
         <meta http-equiv=refresh content=\"0;url={address}\"><a href=\"{address}\">payamgir</a>\n"
    );
    let _ = fs::remove_file(place.entry());
    files::create(&place.entry(), page.as_bytes())?;
    let browser = args.browser.clone().unwrap_or_else(|| "xdg-open".into());
    let path = place.entry();
    let path = path.canonicalize().unwrap_or(path);
    let started =
        Command::new(browser).arg(&path).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let words = match started {
        Ok(_) => pick(
            shown.lang,
            "میز در مرورگر باز می‌شود. اگر نشد، این پرونده را در آن باز کنید:",
            "The desk opens in your browser. If it does not, open this file there:",
        ),
        Err(_) => pick(
            shown.lang,
            "مرورگری پیدا نشد؛ این پرونده را در مرورگر باز کنید:",
            "No browser was found; open this file in one:",
        ),
    };
    eprintln!("{words}\n  {}", path.display());
    Ok(())
}

fn not_loopback() -> Problem {
    let what = Say::new(
        "پنجره‌ی میز تنها روی همین رایانه باز می‌شود.",
        "The desk's window is served on this machine only.",
    );
    let to_do = Say::new(
        "نشانی loopback بدهید، مانند 127.0.0.1:7311.",
        "Give a loopback address, as 127.0.0.1:7311.",
    );
    Problem::new(what, to_do)
}

fn no_room(error: std::io::Error) -> Problem {
    let what = Say::new("پنجره‌ی میز آغاز نشد.", "The desk's window could not be started.");
    let to_do = Say::new("دوباره بکوشید.", "Try again.");
    Problem::new(what, to_do).because(error)
}

fn ended() -> Problem {
    let what = Say::new("پنجره‌ی میز بسته شد.", "The desk's window ended.");
    let to_do = Say::new(
        "شاید پنجره‌ی دیگری باز است یا آن نشانی گرفته شده؛ پیام بالا را ببینید.",
        "Another window may be open or the address taken; see the message above.",
    );
    Problem::new(what, to_do)
}
