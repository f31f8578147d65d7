//! Signal, by a signal-cli daemon's socket: one thread reads, and does nothing else before a line is
//! safe. The daemon has told Signal that it has a message before it tells us, and keeps none: a crash
//! between its telling and our commit loses that one (docs/channels/signal.md).

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use payamgir_address::Address;
use payamgir_channels::pieces::Unit;
use payamgir_channels::signal::{self as api, Line as Said, Refused};
use payamgir_channels::{File, Heard, Reason, Verdict};
use payamgir_log::Log;
use payamgir_wire::{Channel, send};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::fetch::{Files, NotFetched, Opened};
use super::health::Trouble;
use super::line::{Line, Shared};
use super::outbox::{Carrier, keep_sending, tasks};
use super::settings::Signal;
use super::taking::{Fetching, NotTaken, take};
use super::{NoChannels, Started, replies};
use crate::desk::Desk;

/// How long a call to the daemon may take: it asks Signal in turn.
const CALL: Duration = Duration::from_secs(90);
/// How long reading waits before it is looked whether to stop.
const LOOK: Duration = Duration::from_secs(2);
/// A pause after the daemon was not there.
const PAUSE: Duration = Duration::from_secs(2);
/// How long the daemon may be silent before it is taken to have written all it had.
const DRAIN: Duration = Duration::from_millis(250);
/// Files in the daemon's folder that nobody asked for are older than this.
const LEFTOVER: Duration = Duration::from_secs(600);
/// Bytes of a long text that are read.
const LONG_TEXT: u64 = 1 << 20;
/// Characters of a text; longer ones are parted.
const TEXT: usize = 8000;

type Answers = HashMap<u64, SyncSender<Result<Value, Refused>>>;

/// The daemon, as both threads have it.
struct Daemon {
    line: Arc<Line>,
    account: Signal,
    writer: Mutex<Option<UnixStream>>,
    answers: Mutex<Answers>,
    calls: AtomicU64,
}

pub(super) fn start(
    account: Signal,
    shared: &Arc<Shared>,
    held: &(Log, Desk),
    stop: &Arc<AtomicBool>,
) -> Result<Started, NoChannels> {
    let (give, given) = tasks();
    // A number in a return address; a daemon may have several.
    let line = Line::new((Channel::Signal, &account.account), shared, held, give, false);
    let daemon = Arc::new(Daemon {
        line: line.clone(),
        account,
        writer: Mutex::default(),
        answers: Mutex::default(),
        calls: AtomicU64::new(1),
    });
    let sender = Box::new(Sender(daemon.clone()));
    let threads = vec![keep_sending(&line, given, sender, stop)];
    let drains = Some(listen(daemon, stop));
    Ok(Started { line, hook: None, threads, drains })
}

fn listen(daemon: Arc<Daemon>, stop: &Arc<AtomicBool>) -> JoinHandle<()> {
    let stop = stop.clone();
    std::thread::spawn(move || {
        while !stop.load(Ordering::SeqCst) {
            if daemon.converse(&stop).is_err() && !stop.load(Ordering::SeqCst) {
                daemon.line.wrong(Trouble::Unreachable);
            }
            daemon.hang_up();
            std::thread::sleep(PAUSE);
        }
    })
}

impl Daemon {
    /// Reads what the daemon says until it ends or this server stops.
    fn converse(self: &Arc<Self>, stop: &AtomicBool) -> std::io::Result<()> {
        let stream = UnixStream::connect(&self.account.socket)?;
        stream.set_read_timeout(Some(LOOK))?;
        stream.set_write_timeout(Some(CALL))?;
        *self.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(stream.try_clone()?);
        let asking = self.clone();
        // What is asked at the beginning is answered between the lines that are read below.
        let asker = std::thread::spawn(move || asking.begin());
        let mut reader = BufReader::new(stream);
        let mut line = Zeroizing::new(vec![]);
        let mut looked = Instant::now();
        while !stop.load(Ordering::SeqCst) {
            if looked.elapsed() > LOOK * 15 {
                self.look_for_leftovers();
                looked = Instant::now();
            }
            if next(&mut reader, &mut line)? {
                self.hear(&line);
                line.clear();
            }
        }
        self.drain(&mut reader, &mut line);
        self.hang_up();
        let _ = asker.join();
        Ok(())
    }

    /// The server stops: what the daemon has written already is taken, and nothing more is asked for.
    fn drain(&self, reader: &mut BufReader<UnixStream>, line: &mut Zeroizing<Vec<u8>>) {
        if self.account.manual {
            self.write(&api::call(0, "unsubscribeReceive", json!({}), None));
        }
        let _ = reader.get_ref().set_read_timeout(Some(DRAIN));
        let until = Instant::now() + DRAIN * 8;
        while Instant::now() < until && matches!(next(reader, line), Ok(true)) {
            self.hear(line);
            line.clear();
        }
    }

    fn write(&self, line: &[u8]) -> bool {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.as_mut().is_some_and(|stream| stream.write_all(line).is_ok())
    }

    fn hang_up(&self) {
        if let Some(stream) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Asks what the daemon is, and, where it waits for that, to receive.
    fn begin(&self) {
        if let Ok(Ok(version)) = self.call("version", json!({}), false) {
            match api::version(&version) {
                Some(version) if version >= self.account.least => {
                    self.line.health.heard(self.line.now());
                }
                _ => self.line.wrong(Trouble::Old),
            }
        }
        if let Ok(Ok(accounts)) = self.call("listAccounts", json!({}), false)
            && !api::accounts(&accounts).contains(&self.account.account)
        {
            self.line.wrong(Trouble::NoAccount);
        }
        if self.account.manual
            && matches!(self.call("subscribeReceive", json!({}), true), Ok(Err(_)))
        {
            self.line.wrong(Trouble::NoAccount);
        }
    }

    /// Takes a line. There is no way to have it told again: it is tried until it is safe.
    fn hear(&self, line: &[u8]) {
        if self.is_others(line) {
            return;
        }
        let heard = match api::read(line, self.line.shared.manner) {
            Said::Answer(id, answer) => {
                let waiting =
                    self.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
                if let Some(waiting) = waiting {
                    let _ = waiting.try_send(answer);
                }
                return;
            }
            Said::Heard(heard) => heard,
        };
        self.line.health.heard(self.line.now());
        loop {
            let taken = match &heard {
                Heard::Came(came) => take(&self.line, came, Fetching::Now(self)).map(drop),
                Heard::Status(status) => replies::heard(&self.line, status.clone()),
                Heard::Echo(came) => self.echo(came),
                Heard::Trouble(code) => {
                    self.line.wrong(Trouble::Code(*code));
                    Ok(())
                }
                Heard::Nothing => Ok(()),
            };
            match taken {
                Ok(()) | Err(NotTaken::Closed) => return,
                Err(NotTaken::Storage | NotTaken::Later) => std::thread::sleep(PAUSE / 4),
            }
        }
    }

    /// Whether it is for another number of the same daemon.
    fn is_others(&self, line: &[u8]) -> bool {
        #[derive(serde::Deserialize)]
        struct Named {
            account: Option<String>,
            result: Option<Box<Named>>,
        }
        #[derive(serde::Deserialize)]
        struct Notice {
            params: Option<Named>,
        }
        let notice: Option<Notice> = serde_json::from_slice(line).ok();
        let named = notice.and_then(|notice| notice.params);
        let named = named.and_then(|named| match named.result {
            Some(inner) => inner.account,
            None => named.account,
        });
        named.is_some_and(|account| account != self.account.account)
    }

    fn echo(&self, came: &payamgir_channels::Came) -> Result<(), NotTaken> {
        match replies::is_own(&self.line, came)? {
            true => Ok(()),
            false => take(&self.line, came, Fetching::Now(self)).map(drop),
        }
    }

    /// Calls the daemon and waits for the answer, which the reading thread passes on.
    fn call(
        &self,
        method: &str,
        params: Value,
        own: bool,
    ) -> Result<Result<Value, Refused>, Unheard> {
        let id = self.calls.fetch_add(1, Ordering::SeqCst);
        let account = own.then_some(self.account.account.as_str());
        let line = api::call(id, method, params, account);
        let (give, given) = sync_channel(1);
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(id, give);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let written = match writer.as_mut() {
            Some(stream) => stream.write_all(&line).map_err(|_| Unheard::Unsure),
            None => Err(Unheard::NotAsked),
        };
        drop(writer);
        let answer = written.and_then(|()| given.recv_timeout(CALL).map_err(|_| Unheard::Unsure));
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        answer
    }

    fn path(&self, file: &File) -> Option<PathBuf> {
        // An id is a file's name, and nothing else.
        let name = Path::new(&**file.id).file_name()?;
        (name == Path::new(&**file.id).as_os_str()).then(|| self.account.attachments.join(name))
    }

    /// Files that lie in the daemon's folder although nobody waits for them.
    fn look_for_leftovers(&self) {
        let Ok(all) = std::fs::read_dir(&self.account.attachments) else { return };
        let now = SystemTime::now();
        let old = |entry: &std::fs::DirEntry| {
            let about = entry.metadata().ok().filter(|about| about.is_file());
            let made = about.and_then(|about| about.modified().ok());
            made.is_some_and(|made| now.duration_since(made).is_ok_and(|age| age > LEFTOVER))
        };
        if all.flatten().any(|entry| old(&entry)) {
            self.line.wrong(Trouble::Leftover);
        }
    }
}

/// Why a call has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unheard {
    NotAsked,
    Unsure,
}

/// Reads on; whether a whole line is there. One that is longer than any is given as far as it fits.
fn next(
    reader: &mut BufReader<UnixStream>,
    line: &mut Zeroizing<Vec<u8>>,
) -> std::io::Result<bool> {
    let room = (api::LINE_BYTES + 1).saturating_sub(line.len()) as u64;
    match reader.by_ref().take(room).read_until(b'\n', line) {
        Ok(0) if room > 0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        Ok(_) if line.last() == Some(&b'\n') => {
            line.pop();
            Ok(!line.is_empty())
        }
        Ok(_) => Ok(line.len() > api::LINE_BYTES),
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock
                    | std::io::ErrorKind::TimedOut
                    | std::io::ErrorKind::Interrupted
            ) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

impl Files for Daemon {
    fn open(&self, file: &File) -> Result<Opened, NotFetched> {
        let path = self.path(file).ok_or(NotFetched::Gone)?;
        // The daemon writes it before it tells of it: what is not there will not come.
        let source = std::fs::File::open(path).map_err(|_| NotFetched::Gone)?;
        let size = source.metadata().map_err(|_| NotFetched::Gone)?;
        if !size.is_file() || size.len() == 0 {
            return Err(NotFetched::Gone);
        }
        Ok(Opened { bytes: Box::new(source), size: None, sha256: None })
    }

    fn close(&self, file: &File) {
        if let Some(path) = self.path(file) {
            let _ = std::fs::remove_file(&path);
            let mut preview = path.into_os_string();
            preview.push(".preview");
            let _ = std::fs::remove_file(preview);
        }
    }

    fn long_text(&self, file: &File) -> Option<Zeroizing<String>> {
        if &**file.media_type != api::LONG_TEXT {
            return None;
        }
        let source = std::fs::File::open(self.path(file)?).ok()?;
        let mut text = Zeroizing::new(String::new());
        source.take(LONG_TEXT).read_to_string(&mut text).ok()?;
        Some(text)
    }
}

/// Sends by the daemon.
struct Sender(Arc<Daemon>);

impl Sender {
    fn send(&self, params: Value) -> Verdict {
        match self.0.call("send", params, true) {
            Ok(answer) => api::judge(&answer),
            Err(Unheard::NotAsked) => Verdict::NotReached,
            Err(Unheard::Unsure) => Verdict::Unsure,
        }
    }
}

impl Carrier for Sender {
    fn most(&self) -> (Unit, usize) {
        (Unit::Chars, TEXT)
    }

    fn text(&mut self, to: &Address, text: &str, _own: &str, _late: bool) -> Verdict {
        self.send(api::message(&to.to, text, None))
    }

    fn file(&mut self, to: &Address, file: &send::File, _own: &str) -> Verdict {
        if !matches!(file.media_type.split('/').next(), Some("audio" | "image")) {
            return Verdict::Refused(Reason::Form, None);
        }
        self.send(api::message(&to.to, "", Some((&file.media_type, &file.bytes))))
    }
}
