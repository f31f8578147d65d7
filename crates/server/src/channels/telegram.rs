//! Telegram: asked for updates, or called.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use payamgir_address::Address;
use payamgir_channels::pieces::Unit;
use payamgir_channels::telegram::{self as api, Call, Update};
use payamgir_channels::{File, Heard, Reason, Verdict, Words};
use payamgir_log::Log;
use payamgir_wire::{Channel, send};

use super::fetch::{Files, NotFetched, Opened};
use super::health::Trouble;
use super::hooks::{Hook, Kind};
use super::http::{Answer, Http, NoAnswer, form};
use super::line::{Line, Shared};
use super::outbox::{Carrier, Other, Task, keep_sending, tasks};
use super::settings::{Secret, Telegram};
use super::taking::{Fetching, NotTaken, take};
use super::{NoChannels, Started};
use crate::desk::Desk;

/// Seconds for which the platform holds a question open.
const WAIT: u64 = 20;
/// Updates in one answer.
const LIMIT: u8 = 100;
/// Pauses after something went wrong, in seconds, by how often it did.
const PAUSES: [u64; 6] = [1, 2, 5, 10, 20, 30];

/// A bot's address.
#[derive(Clone)]
pub(super) struct Bot {
    http: Http,
    api: String,
    token: Secret,
    files: Option<PathBuf>,
}

pub(super) fn start(
    account: Telegram,
    shared: &Arc<Shared>,
    held: &(Log, Desk),
    stop: &Arc<AtomicBool>,
) -> Result<Started, NoChannels> {
    let http = Http::to(&account.api, shared.proxy.as_deref()).ok_or(NoChannels::Address)?;
    let id = account.token.0.split(':').next().unwrap_or_default().to_owned();
    let bot = Bot { http, api: account.api, token: account.token, files: account.files };
    let (give, given) = tasks();
    let polled = account.webhook.is_none();
    let line = Line::new((Channel::Telegram, &id), shared, held, give, polled);
    let carrier = Box::new(Sender { bot: bot.clone() });
    let mut threads = vec![keep_sending(&line, given, carrier, stop)];
    let listener = Listener { line: line.clone(), bot, delete: account.delete, stop: stop.clone() };
    let hook = match account.webhook {
        None => {
            threads.push(listener.listen());
            None
        }
        Some((url, secret)) => {
            let path = format!("/hook/telegram/{id}");
            threads.push(listener.clone().register(format!("{url}{path}"), secret.clone()));
            Some(Hook { path, line: line.clone(), kind: Kind::Telegram { secret, listener } })
        }
    };
    Ok(Started { line, hook, threads, drains: None })
}

impl Bot {
    fn call(&self, call: &Call, wait: u64) -> Result<Answer, NoAnswer> {
        let url = format!("{}/bot{}/{}", self.api, *self.token.0, call.method);
        let body = ("application/json", &call.body[..]);
        self.http.post(&url, body, None, Duration::from_secs(wait))
    }
}

/// Hears a bot's updates.
#[derive(Clone)]
pub(crate) struct Listener {
    line: Arc<Line>,
    bot: Bot,
    delete: bool,
    stop: Arc<AtomicBool>,
}

/// Where the asking stands.
struct Asking {
    /// The first update that is not known to be safe.
    offset: Option<i64>,
    limit: u8,
    failures: usize,
}

impl Listener {
    /// Asks until told to stop.
    fn listen(self) -> JoinHandle<()> {
        std::thread::spawn(move || {
            let mut asking = Asking { offset: None, limit: LIMIT, failures: 0 };
            while !self.stop.load(Ordering::SeqCst) {
                let pause = self.ask(&mut asking);
                asking.failures = if pause.is_some() { asking.failures + 1 } else { 0 };
                if let Some(pause) = pause {
                    self.sleep(pause.max(PAUSES[(asking.failures - 1).min(PAUSES.len() - 1)]));
                }
            }
        })
    }

    fn sleep(&self, seconds: u64) {
        let until = std::time::Instant::now() + Duration::from_secs(seconds);
        while std::time::Instant::now() < until && !self.stop.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Asks once. After how many seconds to ask again, where something is wrong.
    fn ask(&self, asking: &mut Asking) -> Option<u64> {
        // The first question says nothing of what is safe: it begins with what is not.
        let answer = match self.bot.call(&api::updates(asking.offset, asking.limit, WAIT), WAIT) {
            Ok(answer) => answer,
            Err(_) => {
                // A line that breaks in the middle may carry less.
                asking.limit = (asking.limit / 2).max(1);
                return self.wrong(Trouble::Unreachable, 0);
            }
        };
        match answer.status {
            200 => self.answered(&answer.body, asking),
            401 | 404 => self.wrong(Trouble::Token, 5),
            409 => self.wrong(Trouble::Conflict, 3),
            429 => match api::judge(429, &answer.body) {
                Verdict::Later(seconds) => self.wrong(Trouble::Rate, seconds),
                _ => self.wrong(Trouble::Rate, 5),
            },
            status => self.wrong(Trouble::Status(status), 0),
        }
    }

    fn wrong(&self, trouble: Trouble, pause: u64) -> Option<u64> {
        if !self.stop.load(Ordering::SeqCst) {
            self.line.wrong(trouble);
        }
        Some(pause)
    }

    fn answered(&self, body: &[u8], asking: &mut Asking) -> Option<u64> {
        let Some(updates) = api::split(body) else { return self.unsplit(body, asking) };
        asking.limit = LIMIT;
        self.line.health.heard(self.line.now());
        for raw in &updates {
            let update = api::read(raw.get().as_bytes(), self.line.shared.manner);
            let id = update.id;
            if self.take(update).is_err() {
                // What came before it is safe, and the next question says so.
                return Some(1);
            }
            asking.offset = id.map(|id| id + 1).or(asking.offset);
        }
        None
    }

    /// An answer that is none: one update alone may have made it so, and is kept as it came.
    fn unsplit(&self, body: &[u8], asking: &mut Asking) -> Option<u64> {
        self.line.wrong(Trouble::Answer);
        if asking.limit > 1 {
            asking.limit = 1;
            return Some(0);
        }
        let update = api::read(body, self.line.shared.manner);
        let (Some(id), Heard::Came(came)) = (update.id, &update.heard) else { return Some(5) };
        if take(&self.line, came, Fetching::Now(&self.bot)).is_ok() {
            asking.offset = Some(id + 1);
        }
        Some(0)
    }

    /// Takes one update; safe when this returns well.
    pub(super) fn take(&self, update: Update) -> Result<(), NotTaken> {
        if let Heard::Came(came) = &update.heard {
            let whole = take(&self.line, came, Fetching::Now(&self.bot))?;
            let deleted = self.delete && whole && came.kind == payamgir_channels::Kind::New;
            if let Some((chat, message)) = update.at.filter(|_| deleted) {
                self.line.give(Task::Other(Other::Delete(chat, message)));
            }
        }
        if let Some(query) = update.query {
            self.line.give(Task::Other(Other::Answered(query)));
        }
        if let Some(chat) = update.leave {
            self.line.give(Task::Other(Other::Leave(chat)));
        }
        Ok(())
    }

    /// Tells the platform where to call, until it heard.
    fn register(self, url: String, secret: Secret) -> JoinHandle<()> {
        std::thread::spawn(move || {
            while !self.stop.load(Ordering::SeqCst) {
                match self.bot.call(&Call::webhook(&url, &secret.0), 0) {
                    Ok(answer) if answer.status == 200 => {
                        return self.line.health.heard(self.line.now());
                    }
                    Ok(answer) if answer.status == 401 => self.line.wrong(Trouble::Token),
                    Ok(answer) => self.line.wrong(Trouble::Status(answer.status)),
                    Err(_) => self.line.wrong(Trouble::Unreachable),
                }
                self.sleep(30);
            }
        })
    }

    pub(super) fn read(&self, body: &[u8]) -> Update {
        api::read(body, self.line.shared.manner)
    }
}

impl Files for Bot {
    fn open(&self, file: &File) -> Result<Opened, NotFetched> {
        if self.files.is_none() && file.size.is_some_and(|size| size > api::LARGEST) {
            return Err(NotFetched::TooLarge);
        }
        let answer = self.call(&api::file(&file.id), 0).map_err(|_| NotFetched::Later)?;
        match answer.status {
            200 => {}
            400 if api::is_too_large(&answer.body) => return Err(NotFetched::TooLarge),
            400 => return Err(NotFetched::Gone),
            _ => return Err(NotFetched::Later),
        }
        let path = api::path(&answer.body).ok_or(NotFetched::Later)?;
        match &self.files {
            Some(folder) => local(folder, &path),
            None => self.fetch(&path),
        }
    }

    fn close(&self, _file: &File) {}
}

impl Bot {
    fn fetch(&self, path: &str) -> Result<Opened, NotFetched> {
        let url = Words::new(format!("{}/file/bot{}/{path}", self.api, *self.token.0));
        let stream = self.http.file(&url, None).map_err(|_| NotFetched::Later)?;
        match stream.status {
            200 => Ok(Opened { bytes: stream.body, size: stream.length, sha256: None }),
            // Its address was good for an hour: another is asked for.
            _ => Err(NotFetched::Later),
        }
    }
}

/// A file of one's own Bot API server, which lies in its folder; once sealed it is removed there.
fn local(folder: &std::path::Path, path: &str) -> Result<Opened, NotFetched> {
    let folder = folder.canonicalize().map_err(|_| NotFetched::Later)?;
    let path = std::path::Path::new(path).canonicalize().map_err(|_| NotFetched::Later)?;
    if !path.starts_with(&folder) {
        return Err(NotFetched::Gone);
    }
    let file = std::fs::File::open(&path).map_err(|_| NotFetched::Later)?;
    let size = file.metadata().ok().map(|about| about.len());
    // Unlinked while it is read: what is not sealed in the end is asked for again and made again.
    let _ = std::fs::remove_file(&path);
    Ok(Opened { bytes: Box::new(file), size, sha256: None })
}

/// Sends by a bot.
struct Sender {
    bot: Bot,
}

fn verdict(answer: Result<Answer, NoAnswer>) -> Verdict {
    match answer {
        Ok(answer) => api::judge(answer.status, &answer.body),
        Err(NoAnswer::NotAsked) => Verdict::NotReached,
        Err(NoAnswer::Unsure) => Verdict::Unsure,
    }
}

impl Carrier for Sender {
    fn most(&self) -> (Unit, usize) {
        (Unit::Utf16, api::TEXT)
    }

    fn text(&mut self, to: &Address, text: &str, _own: &str, _late: bool) -> Verdict {
        verdict(
            self.bot.call(&api::answer(&to.to, text, to.about.as_deref().map(String::as_str)), 0),
        )
    }

    fn file(&mut self, to: &Address, file: &send::File, _own: &str) -> Verdict {
        let (method, field, name) = match file.media_type.split('/').next() {
            Some("audio") => ("sendVoice", "voice", "voice.ogg"),
            Some("image") => ("sendPhoto", "photo", "photo.jpg"),
            _ => return Verdict::Refused(Reason::Form, None),
        };
        let url = Words::new(format!("{}/bot{}/{method}", self.bot.api, *self.bot.token.0));
        let boundary = std::array::from_fn(|at| file.bytes.get(at).copied().unwrap_or(7) ^ 0x5a);
        let part = (field, name, file.media_type.as_str(), &file.bytes[..]);
        let (kind, body) = form(&[("chat_id", &to.to)], part, boundary);
        verdict(self.bot.http.post(&url, (&kind, &body), None, Duration::from_secs(60)))
    }

    fn other(&mut self, other: &Other) {
        let call = match other {
            Other::Delete(chat, message) => api::delete(*chat, *message),
            Other::Answered(query) => api::answered(query),
            Other::Leave(chat) => Call::leave(*chat),
        };
        let _ = self.bot.call(&call, 0);
    }
}
