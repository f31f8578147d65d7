//! WhatsApp and Instagram: called by webhooks, answered over HTTPS.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, UNIX_EPOCH};

use payamgir_address::Address;
use payamgir_channels::meta::{Said, code, is_token};
use payamgir_channels::pieces::Unit;
use payamgir_channels::{File, Heard, Reason, Verdict, Words, instagram, whatsapp};
use payamgir_log::Log;
use payamgir_wire::{Channel, send};
use zeroize::Zeroizing;

use super::fetch::{Files, NotFetched, Opened};
use super::health::Trouble;
use super::hooks::{Hook, Kind};
use super::http::{Answer, Http, NoAnswer, form, is_of};
use super::jobs::keep_fetching;
use super::line::{Line, Shared, word};
use super::outbox::{Carrier, Window, keep_sending, tasks};
use super::settings::{Instagram, Secret, Whatsapp};
use super::taking::{Fetching, NotTaken, take};
use super::{Channels, NoChannels, Started, keeper, replies};
use crate::desk::Desk;

/// Seconds for which WhatsApp keeps a file, less an hour.
const WHATSAPP_KEEPS: u64 = 7 * 86_400 - 3600;
/// Seconds after which a file of Instagram's is given up; how long it is kept is not documented.
const INSTAGRAM_KEEPS: u64 = 86_400;
/// Days for which a token of Instagram's is good, and after which a new one is asked for.
const TOKEN_DAYS: u64 = 60;
const RENEW_DAYS: u64 = 30;
const DAY: u64 = 86_400;
const JSON: &str = "application/json";

/// Which of the two.
#[derive(Clone, Copy)]
pub(crate) enum Service {
    Whatsapp,
    Instagram,
}

impl Service {
    /// Takes everything in a webhook's body. What failed is sent again with the rest, which is then
    /// known.
    pub(super) fn take(
        self,
        line: &Line,
        channels: &Channels,
        body: &[u8],
    ) -> Result<(), NotTaken> {
        let manner = line.shared.manner;
        let all = match self {
            Self::Whatsapp => whatsapp::read(body, manner),
            Self::Instagram => instagram::read(body, manner),
        };
        let mut result = Ok(());
        for said in all {
            result = result.and(self.dispatch(line, channels, said));
        }
        result
    }

    /// One webhook is called for all accounts of one app: each event belongs to its own. What belongs to
    /// an account that is not set up is kept, and is answered by none.
    fn dispatch(self, line: &Line, channels: &Channels, mut said: Said) -> Result<(), NotTaken> {
        let Some(account) = said.account.take().filter(|account| **account != line.account) else {
            return self.hear(line, said);
        };
        if let Some(own) = channels.line(&format!("{}/{}", word(line.channel), *account)) {
            own.health.heard(own.now());
            return self.hear(own, said);
        }
        match said.heard {
            Heard::Came(came) => {
                let mut came = *came;
                (came.who, came.also, came.spoken) = (None, None, false);
                take(line, &came, Fetching::Later).map(drop)
            }
            _ => Ok(()),
        }
    }

    fn hear(self, line: &Line, said: Said) -> Result<(), NotTaken> {
        match said.heard {
            Heard::Came(came) => take(line, &came, Fetching::Later).map(drop),
            Heard::Status(status) => replies::heard(line, status),
            Heard::Echo(came) => {
                // Asked before: what ends in between is known by its name.
                let sending = line.is_sending();
                match (replies::is_own(line, &came)?, sending) {
                    (true, _) => Ok(()),
                    // Its name will be known once the answer to sending it is heard.
                    (false, true) => Err(NotTaken::Later),
                    (false, false) => take(line, &came, Fetching::Later).map(drop),
                }
            }
            Heard::Trouble(code) => {
                line.wrong(if is_token(code) { Trouble::Token } else { Trouble::Code(code) });
                Ok(())
            }
            Heard::Nothing => Ok(()),
        }
    }
}

pub(super) fn whatsapp(
    account: Whatsapp,
    shared: &Arc<Shared>,
    held: &(Log, Desk),
    stop: &Arc<AtomicBool>,
) -> Result<Started, NoChannels> {
    let http = Http::to(&account.api, shared.proxy.as_deref()).ok_or(NoChannels::Address)?;
    let (give, given) = tasks();
    let line = Line::new((Channel::Whatsapp, &account.number), shared, held, give, false);
    let (app_secret, verify_token) = (account.app_secret.clone(), account.verify_token.clone());
    let number = Number { http, line: line.clone(), account };
    let files: Arc<dyn Files> = Arc::new(number.clone());
    let threads = vec![
        keep_sending(&line, given, Box::new(number), stop),
        keep_fetching(&line, files, WHATSAPP_KEEPS, stop),
    ];
    let hook = called(&line, (app_secret, verify_token), Service::Whatsapp);
    Ok(Started { line, hook: Some(hook), threads, drains: None })
}

/// A WhatsApp number.
#[derive(Clone)]
struct Number {
    http: Http,
    line: Arc<Line>,
    account: Whatsapp,
}

fn judged(
    line: &Line,
    answer: Result<Answer, NoAnswer>,
    judge: fn(u16, &[u8]) -> Verdict,
) -> Verdict {
    match answer {
        Ok(answer) => {
            if code(&answer.body).is_some_and(is_token) {
                line.wrong(Trouble::Token);
            }
            judge(answer.status, &answer.body)
        }
        Err(NoAnswer::NotAsked) => {
            line.wrong(Trouble::Unreachable);
            Verdict::NotReached
        }
        Err(NoAnswer::Unsure) => Verdict::Unsure,
    }
}

impl Number {
    fn send(&self, body: &[u8]) -> Verdict {
        let url = format!("{}/{}/messages", self.account.api, self.account.number);
        let answer =
            self.http.post(&url, (JSON, body), Some(&self.account.token.0), Duration::ZERO);
        judged(&self.line, answer, whatsapp::judge)
    }

    /// Puts a file at the platform; it can be put there again as often as need be.
    fn upload(&self, file: &send::File) -> Result<Words, Verdict> {
        let url = format!("{}/{}/media", self.account.api, self.account.number);
        let fields = [("messaging_product", "whatsapp"), ("type", file.media_type.as_str())];
        let part = ("file", "file", file.media_type.as_str(), &file.bytes[..]);
        let (kind, body) = form(&fields, part, self.line.shared.random());
        let token = Some(self.account.token.0.as_str());
        let answer = self.http.post(&url, (&kind, &body), token, Duration::from_secs(60));
        // Nothing was sent, whatever became of the file.
        let answer = answer.map_err(|_| Verdict::NotReached)?;
        match whatsapp::uploaded(&answer.body).filter(|_| answer.status == 200) {
            Some(id) => Ok(id),
            None => Err(match whatsapp::judge(answer.status, &answer.body) {
                refused @ Verdict::Refused(..) => refused,
                _ => Verdict::Later(10),
            }),
        }
    }
}

impl Carrier for Number {
    fn most(&self) -> (Unit, usize) {
        (Unit::Chars, whatsapp::TEXT)
    }

    fn text(&mut self, to: &Address, text: &str, own: &str, _late: bool) -> Verdict {
        let about = to.about.as_deref().map(String::as_str);
        self.send(&whatsapp::text(&to.to, text, about, own))
    }

    fn file(&mut self, to: &Address, file: &send::File, own: &str) -> Verdict {
        let kind = match file.media_type.split('/').next() {
            Some("audio") => "audio",
            Some("image") => "image",
            _ => return Verdict::Refused(Reason::Form, None),
        };
        match self.upload(file) {
            Ok(id) => self.send(&whatsapp::media(&to.to, kind, &id, own)),
            Err(verdict) => verdict,
        }
    }

    fn window(&self, ago: u64) -> Window {
        if ago < whatsapp::WINDOW { Window::Open } else { Window::Over }
    }
}

impl Files for Number {
    fn open(&self, file: &File) -> Result<Opened, NotFetched> {
        let located = match file.id.is_empty() {
            true => File { url: file.url.clone(), ..File::default() },
            false => self.locate(file)?,
        };
        let url = located.url.ok_or(NotFetched::Gone)?;
        if !is_of(&url, &self.account.media_hosts) {
            // The token must not be shown to others. The operator may know the host as the platform's.
            self.line.wrong(Trouble::Host);
            return Err(NotFetched::Later);
        }
        let token = Some(self.account.token.0.as_str());
        let stream = self.http.file(&url, token).map_err(|_| NotFetched::Later)?;
        match stream.status {
            200 => {
                let size = located.size.filter(|size| *size > 0).or(stream.length);
                Ok(Opened { bytes: stream.body, size, sha256: located.sha256 })
            }
            // Its address was good for minutes: another is asked for.
            _ => Err(NotFetched::Later),
        }
    }
}

impl Number {
    fn locate(&self, file: &File) -> Result<File, NotFetched> {
        let url =
            format!("{}/{}?phone_number_id={}", self.account.api, *file.id, self.account.number);
        let token = Some(self.account.token.0.as_str());
        let answer = self.http.get(&url, token).map_err(|_| NotFetched::Later)?;
        match (answer.status, code(&answer.body)) {
            (200, _) => whatsapp::located(&answer.body).ok_or(NotFetched::Later),
            (_, Some(code)) if is_token(code) => {
                self.line.wrong(Trouble::Token);
                Err(NotFetched::Later)
            }
            (400 | 404, Some(100)) | (404 | 410, _) => Err(NotFetched::Gone),
            _ => Err(NotFetched::Later),
        }
    }
}

pub(super) fn instagram(
    account: Instagram,
    shared: &Arc<Shared>,
    held: &(Log, Desk),
    stop: &Arc<AtomicBool>,
) -> Result<Started, NoChannels> {
    let http = Http::to(&account.api, shared.proxy.as_deref()).ok_or(NoChannels::Address)?;
    let token = Token::read(&account.token_file).ok_or(NoChannels::Address)?;
    let (give, given) = tasks();
    let line = Line::new((Channel::Instagram, &account.account), shared, held, give, false);
    let (app_secret, verify_token) = (account.app_secret.clone(), account.verify_token.clone());
    line.health.token_until(token.made + TOKEN_DAYS * DAY);
    let token = Arc::new(RwLock::new(token));
    let profile = Profile { http, line: line.clone(), account, token };
    let files: Arc<dyn Files> = Arc::new(profile.clone());
    let threads = vec![
        keep_sending(&line, given, Box::new(profile.clone()), stop),
        keep_fetching(&line, files, INSTAGRAM_KEEPS, stop),
        profile.keep_renewing(stop),
    ];
    let hook = called(&line, (app_secret, verify_token), Service::Instagram);
    Ok(Started { line, hook: Some(hook), threads, drains: None })
}

/// Where the platform calls for an account, and how it is known.
fn called(
    line: &Arc<Line>,
    (app_secret, verify_token): (Secret, Secret),
    service: Service,
) -> Hook {
    let kind = Kind::Meta { app_secret, verify_token, service };
    Hook { path: format!("/hook/{}", line.key), line: line.clone(), kind }
}

/// A token and when it was made.
struct Token {
    token: Secret,
    /// Unix seconds.
    made: u64,
}

impl Token {
    /// A token in a file is as old as the file.
    fn read(path: &PathBuf) -> Option<Self> {
        let text = Zeroizing::new(std::fs::read_to_string(path).ok()?);
        let made = std::fs::metadata(path).ok()?.modified().ok()?;
        let made = made.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let token = Secret(Zeroizing::new(text.trim().to_owned()));
        (!token.0.is_empty()).then_some(Self { token, made })
    }
}

/// An Instagram account.
#[derive(Clone)]
struct Profile {
    http: Http,
    line: Arc<Line>,
    account: Instagram,
    token: Arc<RwLock<Token>>,
}

impl Profile {
    fn token(&self) -> Secret {
        self.token.read().unwrap_or_else(PoisonError::into_inner).token.clone()
    }

    fn keep_renewing(&self, stop: &Arc<AtomicBool>) -> JoinHandle<()> {
        let (profile, stop) = (self.clone(), stop.clone());
        std::thread::spawn(move || {
            let mut wait = 0u32;
            while !stop.load(Ordering::SeqCst) {
                if wait == 0 {
                    wait = if profile.renew() { 3600 } else { 300 };
                }
                wait -= 1;
                std::thread::sleep(Duration::from_secs(1));
            }
        })
    }

    /// Asks for a new token where it is time. Whether nothing is left to do.
    fn renew(&self) -> bool {
        let made = self.token.read().unwrap_or_else(PoisonError::into_inner).made;
        let days = self.line.now().saturating_sub(made) / DAY;
        if days < RENEW_DAYS {
            return true;
        }
        let root = self.account.api.rsplit_once("/v").map_or(&*self.account.api, |(root, _)| root);
        let url = Words::new(format!(
            "{root}/refresh_access_token?grant_type=ig_refresh_token&access_token={}",
            *self.token().0
        ));
        let answer = self.http.get(&url, None).ok().filter(|answer| answer.status == 200);
        let fresh = answer.and_then(|answer| instagram::refreshed(&answer.body));
        let Some((token, seconds)) = fresh else {
            self.line.wrong(Trouble::Ageing);
            return false;
        };
        // The file first: a token that only a process that died knew would be lost.
        if keeper::replace(&self.account.token_file, &token).is_err() {
            self.line.wrong(Trouble::Storage);
            return false;
        }
        let made = self.line.now();
        self.line.health.token_until(made + seconds);
        let mut kept = self.token.write().unwrap_or_else(PoisonError::into_inner);
        *kept = Token { token: Secret(token), made };
        true
    }
}

impl Carrier for Profile {
    fn most(&self) -> (Unit, usize) {
        (Unit::Bytes, instagram::TEXT)
    }

    fn text(&mut self, to: &Address, text: &str, _own: &str, late: bool) -> Verdict {
        let url = format!("{}/me/messages", self.account.api);
        let body = instagram::text(&to.to, text, late);
        let answer = self.http.post(&url, (JSON, &body), Some(&self.token().0), Duration::ZERO);
        judged(&self.line, answer, instagram::judge)
    }

    fn window(&self, ago: u64) -> Window {
        match ago {
            0..instagram::WINDOW => Window::Open,
            ..instagram::HUMAN_WINDOW if self.account.human_agent => Window::Late,
            _ => Window::Over,
        }
    }
}

impl Files for Profile {
    /// Without a token: the address is all that is needed, for whoever has it.
    fn open(&self, file: &File) -> Result<Opened, NotFetched> {
        let url = file.url.as_ref().ok_or(NotFetched::Gone)?;
        if !is_of(url, &self.account.media_hosts) {
            self.line.wrong(Trouble::Host);
            return Err(NotFetched::Later);
        }
        let stream = self.http.file(url, None).map_err(|_| NotFetched::Later)?;
        match stream.status {
            200 => Ok(Opened { bytes: stream.body, size: stream.length, sha256: None }),
            403 | 404 | 410 => Err(NotFetched::Gone),
            _ => Err(NotFetched::Later),
        }
    }
}
