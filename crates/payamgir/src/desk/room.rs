//! The process that serves the desk's window: keys and words live here and end with it.

use std::ffi::OsString;
use std::io::{self, Read};
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use payamgir_desk::client::World;
use payamgir_desk::keys::Additions;
use payamgir_desk::office::publishing::Engine;
use payamgir_desk::office::{Fetch, Office, Post, Said, Shows};
use payamgir_desk::open::{Keyring, Member, SecretString};
use payamgir_desk::seal::Recipient;
use payamgir_desk::store::{Progress, Store, StoreError, Vault};
use payamgir_desk::sync::{SyncError, fetch_blob};
use payamgir_desk::{Client, Failure};
use payamgir_log::Intake;
use payamgir_media::Workshop;
use payamgir_text::lang::Lang;
use payamgir_ui::{NotOpened, Opened, Opener, Secrets, Settings, Why, serve};
use zeroize::Zeroizing;

use super::Shown;
use super::identity::{unlock, unlock_with};
use super::place::{Place, no_server};
use super::session::{Session, random};
use super::syncing::{altered_attachment, sync_problem, threads, unreachable_server, withheld};
use crate::cli::WindowArgs;
use crate::problem::{DAMAGED, Problem};
use crate::words::Say;
use crate::world;

pub use payamgir_desk::office::Whole;

/// The exit code that asks for the next room.
pub const LOCKED: u8 = 75;
/// The first argument of a process that works on one file.
const FILE_JOB: &str = "file-job";
/// The name in the keyring of the store's key.
const STORE_KEY: &str = "store";

/// The job, where this process was started to work on one file; nothing else of the program runs.
pub fn file_job() -> Option<Vec<OsString>> {
    let mut args = std::env::args_os().skip(1);
    (args.next()? == FILE_JOB).then(|| args.collect())
}

/// `payamgir desk room`
pub fn run(place: Place, args: &WindowArgs, shown: Shown) -> Result<(), Problem> {
    let (listener, mut line) = lent().map_err(|error| not_by_hand().because(error))?;
    let secrets = secrets(&mut line).ok_or_else(not_by_hand)?;
    let program = std::env::current_exe().map_err(|error| not_by_hand().because(error))?;
    let settings = Settings {
        idle: args.lock_after * 60,
        offset: shown.offset,
        lang: shown.lang,
        now: Arc::new(world::now),
        workshop: Workshop::new(program, vec![FILE_JOB.into()]),
        random: random(),
    };
    // The folder's words and the session's life are the process's.
    let opener = Arc::new(Door { place: Box::leak(Box::new(place)) });
    let why = serve((listener, settings), secrets, opener, parent_gone(line));
    match why.map_err(|error| not_by_hand().because(error))? {
        Why::Locked => std::process::exit(LOCKED.into()),
        Why::Ended => std::process::exit(0),
    }
}

/// What whoever started this process lent it: the listening socket, and the line to them.
fn lent() -> io::Result<(TcpListener, UnixStream)> {
    let listener = TcpListener::from(io::stdin().as_fd().try_clone_to_owned()?);
    let line = UnixStream::from(io::stdout().as_fd().try_clone_to_owned()?);
    let loopback = listener.local_addr()?.ip().is_loopback();
    let line = line.peer_addr().map(|_| line)?;
    if loopback { Ok((listener, line)) } else { Err(io::ErrorKind::AddrNotAvailable.into()) }
}

/// The session's secret and the entry's, each a line; the second is empty once it was used.
fn secrets(line: &mut UnixStream) -> Option<Secrets> {
    let mut read = || {
        let (mut text, mut byte) = (Zeroizing::new(vec![]), [0]);
        while text.len() <= 64 && line.read_exact(&mut byte).is_ok() && byte != *b"\n" {
            text.push(byte[0]);
        }
        let bytes = Zeroizing::new(HEXLOWER.decode(&text).unwrap_or_default());
        <[u8; 32]>::try_from(&**bytes).ok()
    };
    Some(Secrets { session: read()?, entry: read() })
}

/// Ends when whoever started this process does: its end of the line closes.
async fn parent_gone(mut line: UnixStream) {
    let (gone, told) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let mut rest = [0; 64];
        while !matches!(line.read(&mut rest), Ok(0) | Err(_)) {}
        drop(gone);
    });
    let _ = told.await;
}

/// Opens this folder's desk.
struct Door {
    place: &'static Place,
}

impl Opener for Door {
    fn open(
        &self,
        passphrase: Zeroizing<String>,
        progress: Arc<Progress>,
    ) -> Result<Opened, NotOpened> {
        let refused = |problem| NotOpened::Refused(said(&problem));
        let held = self.place.hold().map_err(refused)?;
        let member = unlock_with(self.place, SecretString::from((*passphrase).clone()));
        let opened = open(self.place, Arc::new(member.map_err(refused)?), held, progress);
        opened.map_err(|problem| NotOpened::Broken(said(&problem)))
    }

    fn records(&self) -> u64 {
        let reader = payamgir_log::Reader::open(&self.place.log());
        reader.and_then(|reader| reader.size()).unwrap_or(0)
    }
}

fn open(
    place: &'static Place,
    member: Arc<Member>,
    held: std::fs::File,
    progress: Arc<Progress>,
) -> Result<Opened, Problem> {
    let (office, session) = opened(place, member, progress)?;
    let intake = session.mirror.intake().map_err(|error| place.problem(error))?;
    let client = session.client()?;
    let fetch: Box<dyn Fetch> = Box::new(Attachments { place, intake, client });
    let post: Box<dyn Post> = Box::new(Line { session, _held: held });
    Ok(Opened { office, way: Some((post, fetch)) })
}

/// The desk for a command that has the folder already, and the member's own key if it is at hand.
pub fn office(
    place: &'static Place,
    passphrase: Option<&Path>,
    lang: Lang,
) -> Result<(Office, Option<Recipient>), Problem> {
    let member = Arc::new(unlock(place, passphrase, lang)?);
    let own = member.own_identity().and_then(|own| Recipient::from_bytes(own.public()).ok());
    let (office, _) = opened(place, member, Arc::default())?;
    Ok((office, own))
}

fn opened(
    place: &'static Place,
    member: Arc<Member>,
    progress: Arc<Progress>,
) -> Result<(Office, Session<'static>), Problem> {
    let link = place.link()?.ok_or_else(no_server)?;
    let mirror = place.mirror(&link)?;
    let mut session = Session::new(place, link, mirror, member.clone())?;
    let seed = store_key(&mut session)?;
    let size = session.size();
    let made = || {
        let vault = Vault::open(&place.store(), seed)?;
        let mut store = Store::new(vault, &place.log(), threads());
        let keys = copy(&session.keyring);
        store.read(&keys, size, &progress)?;
        let world = World { now: Arc::new(world::now), random: random() };
        let office = Office::open(store, (&place.log(), size), (member, keys), world, progress)?;
        Ok(office.with_engine(engine()))
    };
    let office = made().map_err(|error| no_store(place, error))?;
    Ok((office, session))
}

/// What sets paper; none where the program was built without it.
fn engine() -> Option<Arc<dyn Engine + Send>> {
    #[cfg(feature = "pdf")]
    return Some(Arc::new(payamgir_paper::Typst::new()));
    #[cfg(not(feature = "pdf"))]
    None
}

/// The store's key, made at the first unlocking; durable before anything is sealed to it.
fn store_key(session: &mut Session<'_>) -> Result<Zeroizing<[u8; 32]>, Problem> {
    let known = session.keyring.secret(STORE_KEY).and_then(|key| <[u8; 32]>::try_from(key).ok());
    if let Some(known) = known {
        return Ok(Zeroizing::new(known));
    }
    let mut fresh = Zeroizing::new([0; 32]);
    world::random(&mut *fresh);
    session.keyring.set_secret(STORE_KEY, Some(Zeroizing::new(fresh.to_vec())));
    session.place.keep_keyring(&session.keyring, &session.member)?;
    Ok(fresh)
}

fn copy(keyring: &Keyring) -> Keyring {
    Keyring::parse(&keyring.text()).unwrap_or_default()
}

/// The way to the server; holds the folder.
struct Line {
    session: Session<'static>,
    _held: std::fs::File,
}

impl Post for Line {
    fn sync(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<(u64, Option<Said>), Said> {
        let synced = self.session.sync(progress).map_err(|p| said(&p))?;
        self.session.forget_erased().map_err(|problem| said(&problem))?;
        let gone = self.session.unduly_erased().map_err(|problem| said(&problem))?;
        let missing = [synced.withheld, gone].concat();
        // It must not be missed, and what came is read all the same.
        let alarm =
            (!missing.is_empty()).then(|| Said { stops: false, ..said(&withheld(&missing)) });
        Ok((synced.now, alarm))
    }

    fn keys(&self) -> Result<Keyring, Said> {
        Ok(copy(&self.session.keyring))
    }

    fn add(&mut self, events: &Additions) -> Result<(usize, bool), Said> {
        let client = self.session.client().map_err(|problem| said(&problem))?;
        let (taken, word) = client.add(events).map_err(|f| said(&unreachable_server(f)))?;
        let for_good = word.is_some_and(|word| ["not-allowed", "malformed"].contains(&&*word));
        Ok((taken, for_good))
    }

    fn presence(&mut self, own: Option<&[u8]>) -> Result<Vec<Vec<u8>>, Said> {
        let client = self.session.client().map_err(|problem| said(&problem))?;
        client.presence(own).map_err(|failure| said(&unreachable_server(failure)))
    }

    fn hand_over(&mut self, reply: &payamgir_wire::send::Send) -> Result<bool, Said> {
        let client = self.session.client().map_err(|problem| said(&problem))?;
        client.send(reply).map_err(|failure| said(&unreachable_server(failure)))
    }

    fn answer(&mut self, reply: &payamgir_wire::dropbox::Deposit) -> Result<bool, Said> {
        let client = self.session.client().map_err(|problem| said(&problem))?;
        client.answer_codename(reply).map_err(|failure| said(&unreachable_server(failure)))
    }

    fn keep(&mut self, entry: &[u8], blob: &[u8]) -> Result<u64, Said> {
        let client = self.session.client().map_err(|problem| said(&problem))?;
        client.keep(entry, blob).map_err(|failure| said(&unreachable_server(failure)))
    }

    fn published(&mut self, known: Option<&payamgir_wire::Hash>) -> Result<Shows, Said> {
        let client = self.session.client().map_err(|problem| said(&problem))?;
        client.edition(known).map_err(|failure| said(&unreachable_server(failure)))
    }

    fn missing(&mut self, release: &[u8]) -> Result<Vec<payamgir_wire::Hash>, Said> {
        let client = self.session.client().map_err(|problem| said(&problem))?;
        client.missing_files(release).map_err(|failure| said(&unreachable_server(failure)))
    }

    fn hand_in(&mut self, files: &[u8]) -> Result<(), Said> {
        let client = self.session.client().map_err(|problem| said(&problem))?;
        client.hand_in_files(files).map_err(|failure| said(&unreachable_server(failure)))
    }

    fn publish(&mut self, release: &[u8]) -> Result<bool, Said> {
        let client = self.session.client().map_err(|problem| said(&problem))?;
        client.publish(release).map_err(|failure| said(&unreachable_server(failure)))
    }

    fn post_text(&mut self, file: &payamgir_wire::Hash) -> Result<bool, Said> {
        let client = self.session.client().map_err(|problem| said(&problem))?;
        client.post_text(file).map_err(|failure| said(&unreachable_server(failure)))
    }

    fn log(&self) -> &Path {
        self.session.place.log_folder()
    }
}

/// The way to the attachments: a handle of its own on the copy, so that neither waits for the other.
struct Attachments {
    place: &'static Place,
    intake: Intake,
    client: Client,
}

impl Fetch for Attachments {
    fn fetch(&mut self, blob: payamgir_wire::Hash) -> Result<bool, Said> {
        match fetch_blob(&self.intake, &self.client, blob, |_| ()) {
            Ok(()) => Ok(true),
            Err(SyncError::Server(Failure::NotFound)) => Ok(false),
            Err(SyncError::Protocol) => Err(Said { stops: false, ..said(&altered_attachment()) }),
            Err(error) => Err(said(&sync_problem(self.place, error))),
        }
    }
}

/// A failure as the window says it.
fn said(problem: &Problem) -> Said {
    use payamgir_text::lang::Lang::{En, Fa};
    let (what, to_do) = problem.faces();
    let alarm = problem.code() == DAMAGED;
    Said {
        fa: what.in_(Fa).to_owned(),
        en: what.in_(En).to_owned(),
        to_do_fa: to_do.in_(Fa).to_owned(),
        to_do_en: to_do.in_(En).to_owned(),
        alarm,
        stops: alarm,
    }
}

fn no_store(place: &Place, error: StoreError) -> Problem {
    if let StoreError::Log(error) = error {
        return place.problem(error);
    }
    let what = Say::new(
        "بایگانی میز خوانده یا نوشته نشد.",
        "The desk's store could not be read or written.",
    );
    let to_do = Say::new(
        "جای آزاد دیسک را ببینید. اگر باز هم نشد پوشه‌ی store را بردارید: از لاگ دوباره ساخته می‌شود.",
        "Look at the disk's free space. If that does not help, remove the folder store: it is made again from the log.",
    );
    Problem::new(what, to_do).because(error)
}

fn not_by_hand() -> Problem {
    let what =
        Say::new("این دستور را خود برنامه اجرا می‌کند.", "This command is for the program itself.");
    let to_do = Say::new("«payamgir desk» را اجرا کنید.", "Run `payamgir desk`.");
    Problem::new(what, to_do)
}
