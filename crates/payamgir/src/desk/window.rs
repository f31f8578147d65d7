//! `payamgir desk`: the desk's window in a browser.
//!
//! This process holds no key and no word of anybody. It starts another one that serves the window
//! (`room`) and, once that one is told to lock, sees it end and starts the next: what a process
//! knew is gone with it, whatever its allocator or its libraries kept. It holds the listening
//! socket and lends it to each room, so that nobody else on this machine can take the address in
//! between and show a door of their own. Of secrets it knows the browser's session alone.

use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

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
    // Whose a connection is, is looked up for version 4 only.
    if !matches!(args.window.ip(), IpAddr::V4(ip) if ip.is_loopback()) {
        return Err(not_loopback());
    }
    place.folder()?;
    let session = secret();
    let mut entry = Some(secret());
    let listener = TcpListener::bind(args.window).map_err(|error| taken(args).because(error))?;
    let at = listener.local_addr().map_err(no_room)?;
    loop {
        let (mut room, mut line) = start(place, &listener, args, shown).map_err(no_room)?;
        tell(&mut line, &session, entry.as_ref()).map_err(no_room)?;
        if let Some(entry) = entry.take() {
            lead_in(place, args, at, &entry, shown)?;
        }
        // The line stays open meanwhile: its end tells the room that this process is gone.
        let status = room.wait().map_err(no_room)?;
        drop(line);
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

/// Starts the process that serves the window: the listening socket is its standard input, and a
/// line to this process its standard output.
fn start(
    place: &Place,
    listener: &TcpListener,
    args: &WindowArgs,
    shown: Shown,
) -> io::Result<(Child, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--lang", shown.lang.code(), "desk", "--dir"]).arg(place.dir());
    command.args(["--lock-after", &args.lock_after.to_string()]);
    command.arg(format!("--utc-offset={}", offset(shown.offset))).arg("room");
    command.stdin(Stdio::from(OwnedFd::from(listener.try_clone()?)));
    command.stdout(Stdio::from(OwnedFd::from(theirs)));
    Ok((command.spawn()?, ours))
}

/// As the flag takes it.
fn offset(seconds: i32) -> String {
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Not through arguments or the environment: others can read those.
fn tell(
    line: &mut UnixStream,
    session: &[u8; 32],
    entry: Option<&Zeroizing<[u8; 32]>>,
) -> io::Result<()> {
    let entry = entry.map(|entry| HEXLOWER.encode(&**entry)).unwrap_or_default();
    let words = Zeroizing::new(format!("{}\n{entry}\n", HEXLOWER.encode(session)));
    line.write_all(words.as_bytes())
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

fn no_room(error: io::Error) -> Problem {
    let what = Say::new("پنجره‌ی میز آغاز نشد.", "The desk's window could not be started.");
    let to_do = Say::new("دوباره بکوشید.", "Try again.");
    Problem::new(what, to_do).because(error)
}

fn taken(args: &WindowArgs) -> Problem {
    let at = args.window;
    let what = Say::new(
        format!("نشانی {at} به کار نیامد."),
        format!("The address {at} could not be used."),
    );
    let to_do = Say::new(
        "شاید پنجره‌ی میز دیگری باز است؛ آن را ببندید یا با ‎--window نشانی دیگری بدهید.",
        "Another desk's window may be open: close it, or name another address with --window.",
    );
    Problem::new(what, to_do)
}

fn ended() -> Problem {
    let what = Say::new("پنجره‌ی میز بسته شد.", "The desk's window ended.");
    let to_do = Say::new(
        "شاید پنجره‌ی دیگری باز است یا آن نشانی گرفته شده؛ پیام بالا را ببینید.",
        "Another window may be open or the address taken; see the message above.",
    );
    Problem::new(what, to_do)
}
