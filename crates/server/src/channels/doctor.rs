//! Looks at what is set up for each account, before or while it is served: asks its platform, and
//! changes nothing there.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use payamgir_channels::signal::{self, Line};
use payamgir_channels::telegram::Call;
use payamgir_channels::{Manner, meta};
use payamgir_text::lang::Lang;
use payamgir_wire::Channel;
use serde_json::{Value, json};

use super::http::{Answer, Http, NoAnswer};
use super::settings::{Instagram, Settings, Signal, Telegram, Whatsapp};
use super::{Trouble, line};

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whose.
    pub channel: Channel,
    /// The platform's name for the account.
    pub account: String,
    /// Whether it is as it should be.
    pub good: bool,
    /// In Persian.
    pub fa: String,
    /// In English.
    pub en: String,
}

/// What was found of one account.
struct Findings {
    channel: Channel,
    account: String,
    all: Vec<Finding>,
}

/// Looks at every account.
pub fn examine(settings: &Settings) -> Vec<Finding> {
    let Some(http) = Http::new(settings.proxy.as_deref()) else {
        let mut proxy = Findings::of(Channel::Unknown, "proxy");
        proxy.bad("نشانی پروکسی درست نیست", "the proxy's address is malformed");
        return proxy.all;
    };
    let mut all = vec![];
    all.extend(settings.telegram.iter().flat_map(|account| telegram(&http, account)));
    all.extend(settings.signal.iter().flat_map(signal_account));
    all.extend(settings.whatsapp.iter().flat_map(|account| whatsapp(&http, account)));
    all.extend(settings.instagram.iter().flat_map(|account| instagram(&http, account)));
    all
}

impl Findings {
    fn of(channel: Channel, account: &str) -> Self {
        Self { channel, account: account.to_owned(), all: vec![] }
    }

    fn push(&mut self, good: bool, fa: String, en: String) {
        let (channel, account) = (self.channel, self.account.clone());
        self.all.push(Finding { channel, account, good, fa, en });
    }

    fn good(&mut self, fa: &str, en: &str) {
        self.push(true, fa.to_owned(), en.to_owned());
    }

    fn bad(&mut self, fa: &str, en: &str) {
        self.push(false, fa.to_owned(), en.to_owned());
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.push(false, trouble.say(Lang::Fa), trouble.say(Lang::En));
    }

    /// What a platform answers to a question that only a good token gets an answer to.
    fn token(&mut self, answer: Result<Answer, NoAnswer>) -> Option<Value> {
        match answer {
            Ok(answer) if answer.status == 200 => {
                self.good("توکن پذیرفته است", "the token is taken");
                serde_json::from_slice(&answer.body).ok()
            }
            Ok(answer)
                if answer.status == 401 || meta::code(&answer.body).is_some_and(meta::is_token) =>
            {
                self.trouble(Trouble::Token);
                None
            }
            Ok(answer) => {
                self.trouble(Trouble::Status(answer.status));
                None
            }
            Err(_) => {
                self.trouble(Trouble::Unreachable);
                None
            }
        }
    }
}

fn telegram(http: &Http, account: &Telegram) -> Vec<Finding> {
    let id = account.token.0.split(':').next().unwrap_or_default();
    let mut found = Findings::of(Channel::Telegram, id);
    let call = |method: &'static str| {
        let call = Call::bare(method);
        let url = format!("{}/bot{}/{method}", account.api, *account.token.0);
        http.post(&url, ("application/json", &call.body), None, Duration::ZERO)
    };
    if found.token(call("getMe")).is_none() {
        return found.all;
    }
    let info = call("getWebhookInfo").ok();
    let info: Option<Value> = info.and_then(|answer| serde_json::from_slice(&answer.body).ok());
    let url = info.as_ref().and_then(|info| info["result"]["url"].as_str()).unwrap_or_default();
    match (&account.webhook, url) {
        (None, "") => found.good("ربات با پرسیدن کار می‌کند", "the bot is asked"),
        (None, _) => found.bad(
            "ربات وب‌هوکی دارد، پس پرسیدن رد می‌شود؛ آن را با deleteWebhook بردارید یا webhook = true بنویسید",
            "the bot has a webhook, so asking is refused; remove it with deleteWebhook, or write webhook = true",
        ),
        (Some((own, _)), url) if url.starts_with(own.as_str()) => {
            found.good("وب‌هوک به این سرور است", "the webhook is this server's");
        }
        (Some(_), "") => found.good(
            "وب‌هوک هنگام serve گذاشته می‌شود",
            "the webhook is set when the server runs",
        ),
        (Some(_), _) => found.bad(
            "وب‌هوک ربات به جای دیگری است و هنگام serve عوض می‌شود",
            "the bot's webhook is elsewhere, and is changed when the server runs",
        ),
    }
    found.all
}

fn whatsapp(http: &Http, account: &Whatsapp) -> Vec<Finding> {
    let mut found = Findings::of(Channel::Whatsapp, &account.number);
    let url = format!("{}/{}", account.api, account.number);
    found.token(http.get(&url, Some(&account.token.0)));
    found.all
}

fn instagram(http: &Http, account: &Instagram) -> Vec<Finding> {
    let mut found = Findings::of(Channel::Instagram, &account.account);
    let Ok(token) = std::fs::read_to_string(&account.token_file) else {
        found.trouble(Trouble::Token);
        return found.all;
    };
    let url = format!("{}/me?fields=user_id,username", account.api);
    if let Some(me) = found.token(http.get(&url, Some(token.trim()))) {
        let id = me["user_id"]
            .as_str()
            .map(str::to_owned)
            .or_else(|| Some(me["user_id"].as_u64()?.to_string()));
        if id.is_some_and(|id| id != account.account) {
            found.bad(
                "توکن از آن حساب دیگری است؛ account_id را بسنجید",
                "the token is another account's; check account_id",
            );
        }
    }
    found.all
}

fn signal_account(account: &Signal) -> Vec<Finding> {
    let mut found = Findings::of(Channel::Signal, &account.account);
    match std::fs::read_dir(&account.attachments) {
        Ok(_) => found.good("پوشه‌ی پیوست‌ها خوانده می‌شود", "the folder of attachments can be read"),
        Err(_) => found.bad(
            "پوشه‌ی پیوست‌ها خوانده نمی‌شود؛ attachments و مجوزها را ببینید",
            "the folder of attachments cannot be read; look at attachments and its permissions",
        ),
    }
    if !account.manual {
        // Every connection receives in that mode, and what this one received would be lost.
        match account.socket.exists() {
            true => found.good(
                "سوکت هست؛ در حالت on-connection از آن پرسیده نمی‌شود، «payamgir status» را ببینید",
                "the socket is there; it is not asked in mode on-connection, see `payamgir status`",
            ),
            false => found.trouble(Trouble::Unreachable),
        }
        return found.all;
    }
    let asked = |method| ask(account, method);
    match asked("version").map(|version| signal::version(&version)) {
        None => found.trouble(Trouble::Unreachable),
        Some(Some(version)) if version >= account.least => {
            let version = version.map(|part| part.to_string()).join(".");
            found.push(
                true,
                format!("signal-cli نسخه‌ی {version} پاسخ می‌دهد"),
                format!("signal-cli {version} answers"),
            );
        }
        Some(_) => found.trouble(Trouble::Old),
    }
    if let Some(accounts) = asked("listAccounts") {
        match signal::accounts(&accounts).contains(&account.account) {
            true => found.good("این شماره را دارد", "it has this number"),
            false => found.trouble(Trouble::NoAccount),
        }
    }
    found.all
}

/// Asks a daemon one thing on a connection of its own, which receives nothing.
fn ask(account: &Signal, method: &str) -> Option<Value> {
    let mut stream = UnixStream::connect(&account.socket).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    stream.write_all(&signal::call(1, method, json!({}), None)).ok()?;
    let manner = Manner { lang: Lang::En, names: false };
    for line in BufReader::new(stream).split(b'\n').take(100) {
        if let Line::Answer(1, answer) = signal::read(&line.ok()?, manner) {
            return answer.ok();
        }
    }
    None
}

impl Finding {
    /// The channel's word.
    pub fn word(&self) -> &'static str {
        line::word(self.channel)
    }
}
