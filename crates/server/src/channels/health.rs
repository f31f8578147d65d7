//! How an account stands, for the operator. Nothing of a source is in it, and no time finer than a
//! minute: the rhythm of arrivals is not the operator's affair.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use payamgir_text::lang::Lang;
use payamgir_wire::Channel;

/// What is wrong with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Another program listens to the same bot.
    Conflict,
    /// The token is not taken.
    Token,
    /// The platform wants to be asked less.
    Rate,
    /// Nothing was heard of the platform for too long.
    Silent,
    /// The platform cannot be reached.
    Unreachable,
    /// It answers with this status.
    Status(u16),
    /// Its answer is of no known form.
    Answer,
    /// What came could not be stored.
    Storage,
    /// It says that something is wrong, by its own number.
    Code(u32),
    /// Somebody called without the right signature or secret.
    Unsigned,
    /// The daemon's program is older than its platform takes for long.
    Old,
    /// The daemon has no such number.
    NoAccount,
    /// Plain files lie about that nobody needs.
    Leftover,
    /// The token is about to expire, and no new one is given.
    Ageing,
    /// A file could not be fetched.
    File,
    /// The keys of return addresses could not be turned.
    Keys,
    /// A file lies at a host that is not one of the platform's, as far as is set up.
    Host,
}

/// How an account stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its channel.
    pub channel: Channel,
    /// The platform's name for it: the operator's own.
    pub account: String,
    /// Whether the platform was heard, and nothing is wrong.
    pub open: bool,
    /// Minutes since the platform was last heard.
    pub heard: Option<u64>,
    /// Minutes since the last event was taken, rounded up to ten.
    pub event: Option<u64>,
    /// What was wrong last, and minutes since.
    pub trouble: Option<(Trouble, u64)>,
    /// Days the token has left.
    pub token_days: Option<u64>,
}

/// How an account stands, kept.
#[derive(Default)]
pub(crate) struct Health(Mutex<State>);

#[derive(Default)]
struct State {
    heard: Option<u64>,
    event: Option<u64>,
    trouble: Option<(Trouble, u64)>,
    token_until: Option<u64>,
    /// When each was told last.
    told: HashMap<Trouble, u64>,
    /// Nothing was wrong since.
    good: bool,
    now: u64,
}

impl Health {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The platform was heard.
    pub(crate) fn heard(&self, now: u64) {
        self.with(|state| (state.heard, state.good) = (Some(now), true));
    }

    /// An event was taken.
    pub(crate) fn took(&self, now: u64) {
        self.with(|state| (state.event, state.heard) = (Some(now), Some(now)));
    }

    /// Something is wrong. Whether it is news: said again within the hour it is not.
    pub(crate) fn is_wrong(&self, trouble: Trouble, now: u64) -> bool {
        self.with(|state| {
            state.good = false;
            state.trouble = Some((trouble, now));
            let told = state.told.get(&trouble);
            let news = told.is_none_or(|told| now.saturating_sub(*told) >= 3600);
            if news {
                state.told.insert(trouble, now);
            }
            news
        })
    }

    /// Something that passed by itself.
    pub(crate) fn note(&self, trouble: Trouble, now: u64) {
        self.with(|state| state.trouble = Some((trouble, now)));
    }

    pub(crate) fn token_until(&self, until: u64) {
        self.with(|state| state.token_until = Some(until));
    }

    /// Since when nothing was heard; `None` where something was lately.
    pub(crate) fn silent(&self, now: u64, started: u64, most: u64) -> bool {
        self.with(|state| {
            state.now = now;
            now.saturating_sub(state.heard.unwrap_or(started)) > most
        })
    }

    /// For the operator.
    pub(crate) fn report(&self, channel: Channel, account: &str, asked: bool) -> Report {
        let tens = |minutes: u64| minutes.div_ceil(10) * 10;
        self.with(|state| {
            let now = state.now.max(state.heard.unwrap_or(0));
            let minutes = |at: u64| now.saturating_sub(at) / 60;
            Report {
                channel,
                account: account.to_owned(),
                open: state.good,
                // What a platform calls us by is an arrival itself.
                heard: state.heard.map(minutes).map(|m| if asked { m } else { tens(m) }),
                event: state.event.map(minutes).map(tens),
                trouble: state.trouble.map(|(trouble, at)| (trouble, minutes(at))),
                token_days: state.token_until.map(|until| until.saturating_sub(now) / 86_400),
            }
        })
    }

    /// The time of the report.
    pub(crate) fn tick(&self, now: u64) {
        self.with(|state| state.now = now);
    }
}

impl Report {
    /// In one word.
    pub fn state(&self) -> &'static str {
        match (self.open, self.heard) {
            (true, _) => "open",
            (false, None) if self.trouble.is_none() => "waiting",
            _ => "trouble",
        }
    }

    /// For programs, with words for people in both languages.
    pub fn json(&self) -> serde_json::Value {
        let words = |(trouble, _): (Trouble, u64)| serde_json::json!({ "fa": trouble.say(Lang::Fa), "en": trouble.say(Lang::En) });
        serde_json::json!({
            "channel": super::word(self.channel),
            "account": self.account,
            "state": self.state(),
            "heard": self.heard,
            "event": self.event,
            "trouble": self.trouble.map(words),
            "since": self.trouble.map(|(_, minutes)| minutes),
            "token_days": self.token_days,
        })
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", super::word(self.channel), self.account, self.state())?;
        match self.heard {
            Some(minutes) => write!(f, "; heard {minutes} min ago")?,
            None => write!(f, "; not heard yet")?,
        }
        if let Some(minutes) = self.event {
            write!(f, "; last event within {minutes} min")?;
        }
        if let Some(days) = self.token_days {
            write!(f, "; token good for {days} days")?;
        }
        match self.trouble {
            Some((trouble, minutes)) => {
                write!(f, "; {minutes} min ago: {}", trouble.say(Lang::En))
            }
            None => Ok(()),
        }
    }
}

impl Trouble {
    /// What it is and what to do.
    pub fn say(self, lang: Lang) -> String {
        let (fa, en) = self.both();
        match lang {
            Lang::Fa => fa,
            Lang::En => en,
        }
    }

    fn both(self) -> (String, String) {
        let both = |fa: &str, en: &str| (fa.to_owned(), en.to_owned());
        match self {
            Self::Conflict => both(
                "برنامه‌ی دیگری هم به همین ربات گوش می‌دهد و پیام‌ها را می‌برد؛ آن را خاموش کنید",
                "another program listens to the same bot and takes what comes; stop it",
            ),
            Self::Token => both(
                "توکن پذیرفته نیست؛ توکن تازه بگیرید، در پرونده‌اش بگذارید و سرور را از نو آغاز کنید",
                "the token is not taken; get a new one, put it into its file and restart the server",
            ),
            Self::Rate => {
                both("پیام‌رسان می‌خواهد کمتر پرسیده شود", "the platform wants to be asked less")
            }
            Self::Silent => both(
                "مدتی است از پیام‌رسان خبری نیست؛ آنچه آنجا مانده ممکن است از دست برود",
                "nothing was heard of the platform for some time; what waits there may be lost",
            ),
            Self::Unreachable => both(
                "پیام‌رسان در دسترس نیست؛ شبکه و پروکسی را ببینید",
                "the platform cannot be reached; look at the network and the proxy",
            ),
            Self::Status(status) => (
                format!("پیام‌رسان با {status} پاسخ می‌دهد"),
                format!("the platform answers with status {status}"),
            ),
            Self::Answer => both(
                "پاسخ پیام‌رسان به شکلی ناشناخته است",
                "the platform's answer is of no known form",
            ),
            Self::Storage => both(
                "آنچه رسید نگه داشته نشد و دوباره آزموده می‌شود؛ دیسک را ببینید",
                "what came could not be stored, and is tried again; look at the disk",
            ),
            Self::Code(code) => (
                format!("پیام‌رسان خطای {code} را گفت"),
                format!("the platform told of error {code}"),
            ),
            Self::Unsigned => both(
                "کسی بی‌امضای درست صدا زد؛ رازِ برنامه (app secret) را بسنجید",
                "somebody called without the right signature; check the app's secret",
            ),
            Self::Old => both(
                "نسخه‌ی signal-cli کهنه است و سیگنال شماره را بیرون می‌کند؛ آن را تازه کنید",
                "signal-cli is old, and Signal throws out numbers that use it; update it",
            ),
            Self::NoAccount => both(
                "signal-cli این شماره را ندارد؛ آن را ثبت یا وصل کنید",
                "signal-cli does not have this number; register or link it",
            ),
            Self::Leftover => both(
                "در پوشه‌ی پیوست‌های signal-cli پرونده‌های باز مانده است؛ پیش از پاک کردن ببینید: شاید از پیامی گم‌شده همین مانده باشد",
                "plain files lie in signal-cli's folder of attachments; look before you remove them: one may be all that is left of something lost",
            ),
            Self::Ageing => both(
                "توکن به پایان نزدیک است و تازه نمی‌شود؛ دستی تازه کنید",
                "the token is about to expire and is not renewed; renew it by hand",
            ),
            Self::Keys => both(
                "کلیدهای نشانی بازگشت نو نشدند و کلید کهنه نابود نشد؛ دیسک را ببینید",
                "the keys of return addresses were not turned, and an old one not destroyed; look at the disk",
            ),
            Self::Host => both(
                "پرونده‌ای در میزبانی است که در media_hosts نیست؛ اگر از آن پیام‌رسان است بیفزایید",
                "a file lies at a host that is not in media_hosts; add it if it is the platform's",
            ),
            Self::File => both(
                "پرونده‌ای از پیام‌رسان گرفته نشد",
                "a file could not be fetched from the platform",
            ),
        }
    }
}
