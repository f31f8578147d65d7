//! `demo`: a real server and a real desk with generated keys, on loopback, in a throw-away
//! folder. What arrives is fetched, verified, opened and shown.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use payamgir_desk::library::Library;
use payamgir_desk::open::Member;
use payamgir_desk::sync::sync;
use payamgir_desk::{Client, Submission};
use payamgir_log::{Mirror, Reader};
use payamgir_text::lang::Lang;
use tokio::sync::oneshot;

use crate::cli::DemoArgs;
use crate::config::Config;
use crate::desk::{
    Link, Place, client, new_member, part_lines, public_half, save_all, sync_problem,
};
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::{output, serve};

/// How often the demo's desk looks.
const LOOK: Duration = Duration::from_millis(400);

/// `payamgir demo`
pub fn run(args: &DemoArgs, lang: Lang) -> Result<(), Problem> {
    let folder = tempfile::Builder::new().prefix("payamgir-demo-").tempdir().map_err(no_folder)?;
    let member = Arc::new(new_member());
    let server = folder.path().join("server");
    let log_key = serve::create(&server, Some(&public_half(&member).to_string()), None)?;
    let config = Config {
        listen: args.listen,
        desk_listen: ([127, 0, 0, 1], 0).into(),
        ..serve::read_config(&server)?
    };
    let (ready, started) = mpsc::channel();
    let (done, finished) = oneshot::channel();
    let (parts, desk_folder) = (args.parts, folder.path().to_owned());
    let desk = thread::spawn(move || {
        let Ok(addresses) = started.recv() else { return Ok(()) };
        let result = watch(&desk_folder, &member, log_key, addresses, parts, lang);
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
    // Told to stop, the desk is still watching; it goes with the process, and the folder too.
    if desk.is_finished() { desk.join().unwrap_or(Ok(())) } else { Ok(()) }
}

fn watch(
    folder: &Path,
    member: &Arc<Member>,
    log_key: String,
    (public, private): (SocketAddr, SocketAddr),
    parts: Option<u64>,
    lang: Lang,
) -> Result<(), Problem> {
    greet(public, folder, lang);
    let place = Place::new(Some(folder.join("desk")))?;
    place.folder()?;
    let link = Link { server: format!("http://{private}"), log_key, proxy: None };
    let mut mirror = place.mirror(&link)?;
    let client = client(&link, member)?;
    let mut shown = 0;
    loop {
        let synced = sync(&mut mirror, &client, |_, _| {}).map_err(|e| sync_problem(&place, e))?;
        if synced.now > shown {
            let mut reader = mirror.reader().map_err(|e| place.problem(e))?;
            let show =
                Show { place: &place, mirror: &mirror, client: &client, member, folder, lang };
            show.new_parts(&mut reader, shown, synced.now)?;
            shown = synced.now;
        }
        if parts.is_some_and(|parts| shown >= parts) {
            return Ok(());
        }
        thread::sleep(LOOK);
    }
}

fn greet(public: SocketAddr, folder: &Path, lang: Lang) {
    let folder = folder.display();
    eprintln!(
        "{}",
        match lang {
            Lang::Fa => format!(
                "\nاین صفحه را در مرورگر باز کنید:  http://{public}/fa/\n\
                 هرچه بفرستید این‌جا باز می‌شود. پوشه‌ی موقت: {folder}\nپایان: Ctrl-C\n"
            ),
            Lang::En => format!(
                "\nOpen this page in a browser:  http://{public}/\n\
                 What you send is opened here. Throw-away folder: {folder}\nTo end: Ctrl-C\n"
            ),
        }
    );
}

/// What showing needs.
struct Show<'a> {
    place: &'a Place,
    mirror: &'a Mirror,
    client: &'a Client,
    member: &'a Member,
    folder: &'a Path,
    lang: Lang,
}

impl Show<'_> {
    fn new_parts(&self, reader: &mut Reader, from: u64, to: u64) -> Result<(), Problem> {
        let threads = crate::desk::threads();
        let library = Library::read(reader, self.member.identity(), to, threads)
            .map_err(|e| self.place.problem(e))?;
        for submission in library.submissions {
            let new = submission.parts.into_iter().filter(|(record, _)| *record >= from);
            let new = Submission { number: submission.number, parts: new.collect() };
            if !new.parts.is_empty() {
                self.submission(reader, &new)?;
            }
        }
        Ok(())
    }

    fn submission(&self, reader: &Reader, new: &Submission) -> Result<(), Problem> {
        let head = pick(self.lang, "رسید", "arrived");
        for (record, entry) in &new.parts {
            output::line(format!("── {head} #{record}"))?;
            output::bytes(part_lines(entry, self.lang).as_bytes())?;
        }
        let identity = self.member.identity();
        let opened = self.folder.join("opened");
        save_all(self.place, self.mirror, reader, self.client, identity, new, &opened, self.lang)
    }
}

fn no_folder(error: std::io::Error) -> Problem {
    let what = Say::new("پوشه‌ی موقت ساخته نشد.", "The throw-away folder could not be made.");
    let to_do = Say::new("جای خالی دیسک را ببینید.", "Look at the free space on the disk.");
    Problem::new(what, to_do).because(error)
}
