//! `demo`: a real server and a real desk with generated keys, on loopback, in a throw-away
//! folder, with four messengers that are played. What arrives is fetched, verified, opened and shown;
//! the desk's window answers it.

mod bulletin;
mod messengers;
mod window;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use payamgir_desk::Submission;
use payamgir_desk::library::Library;
use payamgir_log::Reader;
use payamgir_text::lang::Lang;
use tokio::sync::oneshot;

use crate::cli::DemoArgs;
use crate::config::Config;
use crate::desk::{Link, Place, Session, part_lines, save_all};
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::{files, output, serve};
use messengers::Messengers;
use window::{Editors, Window};

/// How often the demo's desk looks.
const LOOK: Duration = Duration::from_millis(400);

/// `payamgir demo`
pub fn run(args: &DemoArgs, lang: Lang) -> Result<(), Problem> {
    let folder = tempfile::Builder::new().prefix("payamgir-demo-").tempdir().map_err(no_folder)?;
    let editors = Editors::new();
    let member = editors.first.clone();
    let server = folder.path().join("server");
    let desk = folder.path().join("desk");
    let place = Place::new(Some(desk))?;
    place.folder()?;
    place.keep_keyring(&editors.keyring, &member)?;
    files::create(&place.public(), editors.founding.as_bytes())?;
    let log_key = serve::create(&server, Some(&editors.founding), None)?;
    let messengers = Messengers::start(&server)?;
    let config = Config {
        listen: args.listen,
        desk_listen: ([127, 0, 0, 1], 0).into(),
        ..serve::read_config(&server)?
    };
    let (ready, started) = mpsc::channel::<(SocketAddr, SocketAddr)>();
    let (done, finished) = oneshot::channel();
    let (parts, shown) = (args.parts, folder.path().to_owned());
    // Who wants only so many parts answers none.
    let with_window = parts.is_none();
    let stopped = Arc::new(AtomicBool::new(false));
    let told = stopped.clone();
    let desk = thread::spawn(move || {
        let Ok((public, private)) = started.recv() else { return Ok(()) };
        messengers.call(public);
        let link = Link { server: format!("http://{private}"), log_key, proxy: None };
        let windows = with_window.then(|| editors.windows(&shown, &link, lang)).transpose()?;
        greet((public, &messengers.url()), windows.as_ref(), &shown, lang);
        let mirror = place.mirror(&link)?;
        let mut session = Session::new(&place, link, mirror, member)?;
        if with_window {
            bulletin::begin(&mut session)?;
        }
        let result = watch(&mut session, &shown, (parts, &told), lang);
        let _ = done.send(());
        result
    });
    let stop = || async {
        tokio::select! {
            () = serve::stop_signal() => {}
            _ = finished => {}
        }
    };
    let served = serve::run(
        &server,
        &config,
        lang,
        |addresses| {
            let _ = ready.send(addresses);
        },
        stop,
    );
    served?;
    // The desk ends before its folder goes: what it still wrote would stay behind. That its server
    // is gone by now is no fault.
    let by_itself = desk.is_finished();
    stopped.store(true, Ordering::Relaxed);
    let watched = desk.join().unwrap_or(Ok(()));
    if by_itself { watched } else { Ok(()) }
}

fn watch(
    session: &mut Session<'_>,
    folder: &Path,
    (parts, stopped): (Option<u64>, &AtomicBool),
    lang: Lang,
) -> Result<(), Problem> {
    let (mut shown, mut seen) = (0, 0);
    loop {
        // The first editor's window is the same member's: what its desk owes the others, that one does.
        let synced = session.fetch(|_, _| {})?;
        if synced.now > shown {
            seen += new_parts(session, (shown, synced.now), folder, lang)?;
            shown = synced.now;
        }
        if parts.is_some_and(|parts| seen >= parts) || stopped.load(Ordering::Relaxed) {
            return Ok(());
        }
        thread::sleep(LOOK);
    }
}

fn greet(
    (public, messengers): (SocketAddr, &str),
    windows: Option<&[Window; 2]>,
    folder: &Path,
    lang: Lang,
) {
    let (folder, passphrase) = (folder.display(), window::PASSPHRASE);
    let [first, second] =
        windows.map_or(["–", "–"], |all| [&*all[0].address, &*all[1].address]);
    eprintln!(
        "{}",
        match lang {
            Lang::Fa => format!(
                "\n۱. بفرستید. این صفحه را در مرورگر باز کنید:  http://{public}/fa/\n\
                 \x20  یا از چهار پیام‌رسان، بازی‌شده روی همین رایانه:  {messengers}/\n\
                 ۲. بخوانید و بنویسید. میز ویراستار نخست:  {first}\n\
                 \x20  گفت‌وگو ← پوشاندن واژه‌ها ← از این، نوشته‌ای بساز ← انتشار ← شمارهٔ تازه ← پیشنهاد کن\n\
                 ۳. تأیید کنید. میز ویراستار دوم:  {second}\n\
                 \x20  کارها ← انتشار ← شماره ← تأیید می‌کنم؛ نشانی نخست آن را نشان می‌دهد، «خواندن در سالن» آن را می‌خواند.\n\
                 گذرواژهٔ هر دو میز: {passphrase}\n\
                 هرچه بفرستید این‌جا باز می‌شود. پوشه‌ی موقت: {folder}\nپایان: Ctrl-C\n"
            ),
            Lang::En => format!(
                "\n1. Send. Open this page in a browser:  http://{public}/\n\
                 \x20  or one of four messengers, played on this machine:  {messengers}/\n\
                 2. Read and write. The first editor's desk:  {first}\n\
                 \x20  a conversation → Hide words → Make an item of this → Publishing → New edition → propose it\n\
                 3. Approve. The second editor's desk:  {second}\n\
                 \x20  Menu → Publishing → the edition → approve; the first address shows it, “Read in the hall” reads it.\n\
                 The passphrase of both desks: {passphrase}\n\
                 What you send is opened here. Throw-away folder: {folder}\nTo end: Ctrl-C\n"
            ),
        }
    );
}

/// Shows what arrived; gives how many parts.
fn new_parts(
    session: &Session<'_>,
    (from, to): (u64, u64),
    folder: &Path,
    lang: Lang,
) -> Result<u64, Problem> {
    let problem = |error| session.place.problem(error);
    let mut reader = session.mirror.reader().map_err(problem)?;
    let library = Library::read(&mut reader, &session.keyring, to, crate::desk::threads());
    let mut seen = 0;
    for submission in library.map_err(problem)?.submissions {
        let new = submission.parts.into_iter().filter(|(record, _)| *record >= from);
        let new = Submission { number: submission.number, parts: new.collect() };
        if !new.parts.is_empty() {
            seen += new.parts.len() as u64;
            show(session, &reader, &new, folder, lang)?;
        }
    }
    Ok(seen)
}

fn show(
    session: &Session<'_>,
    reader: &Reader,
    new: &Submission,
    folder: &Path,
    lang: Lang,
) -> Result<(), Problem> {
    let head = pick(lang, "رسید", "arrived");
    for (record, entry) in &new.parts {
        output::line(format!("── {head} #{record}"))?;
        output::bytes(part_lines(entry, lang).as_bytes())?;
    }
    save_all(session, reader, new, &folder.join("opened"), lang)
}

fn no_folder(error: std::io::Error) -> Problem {
    let what = Say::new("پوشه‌ی موقت ساخته نشد.", "The throw-away folder could not be made.");
    let to_do = Say::new("جای خالی دیسک را ببینید.", "Look at the free space on the disk.");
    Problem::new(what, to_do).because(error)
}
