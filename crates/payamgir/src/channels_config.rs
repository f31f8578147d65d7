//! `channels.toml`: the comment beside each field in [`SAMPLE`] is the manual.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use payamgir_server::channels::settings::{self, Schedule, Secret};
use payamgir_server::pages::Way;
use payamgir_text::lang::Lang;
use payamgir_wire::Channel;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::files;
use crate::problem::Problem;
use crate::words::Say;

/// The file's name in a server's folder.
pub const FILE: &str = "channels.toml";
/// The file `payamgir init` writes: all of it commented out. A test holds the rest to be the defaults.
pub const SAMPLE: &str = include_str!("channels.toml");

const GREETING: (&str, &str) = (
    "رسید و برای تحریریه مهر شد. اگر گوشی شما دیده می‌شود، این گفت‌وگو را از آن پاک کنید.",
    "It arrived and is sealed for the desk. If your phone may be looked at, delete this chat from it.",
);
const TOO_LARGE: (&str, &str) = (
    "این پرونده برای این پیام‌رسان بزرگ است و نرسید. آن را در تکه‌های کوچک‌تر از ۲۰ مگابایت بفرستید، یا از صفحه‌ی وب ما.",
    "This file is too large for this messenger and did not arrive. Send it in pieces below 20 MB, or by our web page.",
);

/// What the file says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Channels {
    language: String,
    keep_names: bool,
    route_days: u32,
    destroy_days: u32,
    remember_days: u32,
    silence_minutes: u64,
    greeting_fa: String,
    greeting_en: String,
    proxy: String,
    public_url: String,
    telegram: Vec<Telegram>,
    signal: Vec<Signal>,
    whatsapp: Vec<Whatsapp>,
    instagram: Vec<Instagram>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Telegram {
    handle: String,
    token_file: PathBuf,
    api: String,
    webhook: bool,
    delete_sealed: bool,
    files: PathBuf,
    channel: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Signal {
    handle: String,
    account: String,
    socket: PathBuf,
    attachments: PathBuf,
    manual: bool,
    least_version: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Whatsapp {
    handle: String,
    number_id: String,
    token_file: PathBuf,
    app_secret_file: PathBuf,
    verify_token_file: PathBuf,
    api: String,
    media_hosts: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Instagram {
    handle: String,
    account_id: String,
    token_file: PathBuf,
    app_secret_file: PathBuf,
    verify_token_file: PathBuf,
    api: String,
    media_hosts: Vec<String>,
    human_agent: bool,
}

impl Default for Channels {
    fn default() -> Self {
        Self {
            language: "fa".into(),
            keep_names: false,
            route_days: 30,
            destroy_days: 60,
            remember_days: 30,
            silence_minutes: 10,
            greeting_fa: GREETING.0.into(),
            greeting_en: GREETING.1.into(),
            proxy: String::new(),
            public_url: String::new(),
            telegram: vec![],
            signal: vec![],
            whatsapp: vec![],
            instagram: vec![],
        }
    }
}

impl Default for Telegram {
    fn default() -> Self {
        Self {
            handle: String::new(),
            token_file: "telegram.token".into(),
            api: "https://api.telegram.org".into(),
            webhook: false,
            delete_sealed: false,
            files: PathBuf::new(),
            channel: String::new(),
        }
    }
}

impl Default for Signal {
    fn default() -> Self {
        Self {
            handle: String::new(),
            account: "+15555550199".into(),
            socket: "/run/signal-cli/socket".into(),
            attachments: "/var/lib/signal-cli/attachments".into(),
            manual: true,
            least_version: "0.14.6".into(),
        }
    }
}

impl Default for Whatsapp {
    fn default() -> Self {
        Self {
            handle: String::new(),
            number_id: "106540352242922".into(),
            token_file: "whatsapp.token".into(),
            app_secret_file: "whatsapp.secret".into(),
            verify_token_file: "whatsapp.verify".into(),
            api: "https://graph.facebook.com/v26.0".into(),
            media_hosts: vec!["fbsbx.com".into(), "graph.facebook.com".into()],
        }
    }
}

impl Default for Instagram {
    fn default() -> Self {
        Self {
            handle: String::new(),
            account_id: "17841400000000001".into(),
            token_file: "instagram.token".into(),
            app_secret_file: "instagram.secret".into(),
            verify_token_file: "instagram.verify".into(),
            api: "https://graph.instagram.com/v26.0".into(),
            media_hosts: vec!["fbsbx.com".into(), "fbcdn.net".into(), "cdninstagram.com".into()],
            human_agent: false,
        }
    }
}

/// Reads a folder's accounts; none where there is no such file.
pub fn read(dir: &Path) -> Result<settings::Settings, Problem> {
    load(dir)?.settings(dir)
}

fn load(dir: &Path) -> Result<Channels, Problem> {
    let path = dir.join(FILE);
    let text = if path.exists() { files::read(&path)? } else { String::new() };
    Channels::parse(&text)
}

/// The accounts that the source's page names.
pub fn ways(dir: &Path) -> Result<Vec<Way>, Problem> {
    let config = load(dir)?;
    let of = |channel, handle: &String| Way { channel, handle: handle.clone() };
    let all = config.telegram.iter().map(|one| of(Channel::Telegram, &one.handle));
    let all = all.chain(config.signal.iter().map(|one| of(Channel::Signal, &one.handle)));
    let all = all.chain(config.whatsapp.iter().map(|one| of(Channel::Whatsapp, &one.handle)));
    let all = all.chain(config.instagram.iter().map(|one| of(Channel::Instagram, &one.handle)));
    Ok(all.filter(|way| !way.handle.is_empty()).collect())
}

impl Channels {
    fn parse(text: &str) -> Result<Self, Problem> {
        let config: Self = toml::from_str(text).map_err(malformed)?;
        config.check()
    }

    fn check(self) -> Result<Self, Problem> {
        let called = self.telegram.iter().any(|bot| bot.webhook);
        if called && !self.public_url.starts_with("http") {
            return Err(wrong("public_url"));
        }
        if self.route_days == 0 || self.destroy_days <= self.route_days {
            return Err(wrong("route_days, destroy_days"));
        }
        if self.remember_days < 8 {
            return Err(wrong("remember_days"));
        }
        if !matches!(&*self.language, "fa" | "en") {
            return Err(wrong("language"));
        }
        let numbers = self.whatsapp.iter().map(|one| &one.number_id);
        let mut ids = numbers.chain(self.instagram.iter().map(|one| &one.account_id));
        if ids.any(|id| id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit())) {
            return Err(wrong("number_id, account_id"));
        }
        if self.silence_minutes == 0 {
            return Err(wrong("silence_minutes"));
        }
        Ok(self)
    }

    fn settings(self, dir: &Path) -> Result<settings::Settings, Problem> {
        let url = self.public_url.trim_end_matches('/').to_owned();
        let greeting = (self.greeting_fa, self.greeting_en);
        let greeted = !greeting.0.is_empty() && !greeting.1.is_empty();
        let too_large = (TOO_LARGE.0.to_owned(), TOO_LARGE.1.to_owned());
        Ok(settings::Settings {
            folder: dir.to_owned(),
            schedule: Schedule { rotate: self.route_days, destroy: self.destroy_days },
            remember: self.remember_days,
            lang: self.language.parse().unwrap_or(Lang::Fa),
            names: self.keep_names,
            silence: Duration::from_secs(60 * self.silence_minutes),
            greeting: greeted.then_some(greeting),
            too_large,
            proxy: Some(self.proxy).filter(|proxy| !proxy.is_empty()),
            telegram: all(self.telegram, |bot| bot.settings(dir, &url))?,
            signal: all(self.signal, |number| number.settings(dir))?,
            whatsapp: all(self.whatsapp, |number| number.settings(dir))?,
            instagram: all(self.instagram, |account| account.settings(dir))?,
        })
    }
}

fn all<A, B>(given: Vec<A>, make: impl Fn(A) -> Result<B, Problem>) -> Result<Vec<B>, Problem> {
    given.into_iter().map(make).collect()
}

impl Telegram {
    fn settings(self, dir: &Path, url: &str) -> Result<settings::Telegram, Problem> {
        let token = secret(dir, &self.token_file)?;
        let shape = token.0.split_once(':').filter(|(id, _)| id.parse::<u64>().is_ok());
        if shape.is_none() {
            return Err(no_secret(&dir.join(&self.token_file)));
        }
        let webhook = self.webhook.then(|| (url.to_owned(), derived(&token)));
        let files = Some(self.files).filter(|files| !files.as_os_str().is_empty());
        let api = self.api.trim_end_matches('/').to_owned();
        let channel = Some(self.channel).filter(|channel| !channel.is_empty());
        Ok(settings::Telegram { token, api, webhook, delete: self.delete_sealed, files, channel })
    }
}

/// The secret by which Telegram's calls are known: it follows from the token, so that nothing more has
/// to be kept.
fn derived(token: &Secret) -> Secret {
    use payamgir_wire::hex::Hex;
    let hash = settings::webhook_secret(token);
    Secret(Zeroizing::new(Hex(hash).to_string()))
}

impl Signal {
    fn settings(self, dir: &Path) -> Result<settings::Signal, Problem> {
        let mut numbers = self.least_version.split('.').map(|part| part.parse().unwrap_or(0));
        let least = std::array::from_fn(|_| numbers.next().unwrap_or(0));
        Ok(settings::Signal {
            socket: dir.join(self.socket),
            account: self.account,
            attachments: dir.join(self.attachments),
            manual: self.manual,
            least,
        })
    }
}

impl Whatsapp {
    fn settings(self, dir: &Path) -> Result<settings::Whatsapp, Problem> {
        Ok(settings::Whatsapp {
            number: self.number_id,
            token: secret(dir, &self.token_file)?,
            app_secret: secret(dir, &self.app_secret_file)?,
            verify_token: secret(dir, &self.verify_token_file)?,
            api: self.api.trim_end_matches('/').to_owned(),
            media_hosts: self.media_hosts,
        })
    }
}

impl Instagram {
    fn settings(self, dir: &Path) -> Result<settings::Instagram, Problem> {
        secret(dir, &self.token_file)?;
        Ok(settings::Instagram {
            account: self.account_id,
            token_file: dir.join(&self.token_file),
            app_secret: secret(dir, &self.app_secret_file)?,
            verify_token: secret(dir, &self.verify_token_file)?,
            api: self.api.trim_end_matches('/').to_owned(),
            media_hosts: self.media_hosts,
            human_agent: self.human_agent,
        })
    }
}

/// Reads a secret's file, which nobody else may read.
fn secret(dir: &Path, name: &Path) -> Result<Secret, Problem> {
    let path = dir.join(name);
    let text = Zeroizing::new(files::read(&path)?);
    let mode = std::fs::metadata(&path).map_or(0, |about| about.permissions().mode());
    if mode & 0o077 != 0 {
        return Err(too_open(&path));
    }
    let text = text.trim();
    if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(no_secret(&path));
    }
    Ok(Secret(Zeroizing::new(text.to_owned())))
}

fn too_open(path: &Path) -> Problem {
    let path = path.display();
    let what = Say::new(
        format!("«{path}» را دیگران هم می‌توانند بخوانند."),
        format!("Others can read {path}."),
    );
    let to_do = Say::new(format!("chmod 600 {path}"), format!("chmod 600 {path}"));
    Problem::new(what, to_do)
}

fn no_secret(path: &Path) -> Problem {
    let path = path.display();
    let what = Say::new(
        format!("در «{path}» توکن یا رمزی نیست."),
        format!("There is no token or secret in {path}."),
    );
    let to_do = Say::new(
        "آنچه پیام‌رسان داده در یک سطر در آن بگذارید.",
        "Put what the platform gave you into it, on one line.",
    );
    Problem::new(what, to_do)
}

fn wrong(name: &str) -> Problem {
    let what = Say::new(
        format!("مقدار «{name}» در channels.toml پذیرفتنی نیست."),
        format!("channels.toml has a value out of range: {name}."),
    );
    let to_do = Say::new(
        "توضیح کنار آن را در فایل نمونه ببینید.",
        "See the comment beside it in the sample file.",
    );
    Problem::new(what, to_do)
}

fn malformed(error: toml::de::Error) -> Problem {
    let what = Say::new("channels.toml خواندنی نیست.", "channels.toml is malformed.");
    let to_do = Say::new("سطری را که نام برده شده درست کنید.", "Mend the line that is named.");
    Problem::new(what, to_do).because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sample with what is commented out put in.
    fn whole() -> String {
        SAMPLE
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .fold(String::new(), |all, line| all + line + "\n")
    }

    #[test]
    fn the_sample_is_the_defaults_and_names_every_key() {
        assert_eq!(Channels::parse(SAMPLE).ok(), Some(Channels::default()));
        let named = Channels::parse(&whole()).ok().unwrap();
        let expected = Channels {
            telegram: vec![Telegram::default()],
            signal: vec![Signal::default()],
            whatsapp: vec![Whatsapp::default()],
            instagram: vec![Instagram::default()],
            ..Channels::default()
        };
        assert_eq!(named, expected);
    }

    #[test]
    fn mistakes_are_named_and_secrets_are_not() {
        let table = [
            ("languge = \"fa\"", "channels.toml is malformed"),
            ("language = \"xx\"", "language"),
            ("destroy_days = 30", "destroy_days"),
            ("remember_days = 2", "remember_days"),
            ("[[telegram]]\nwebhook = true", "public_url"),
        ];
        for (text, expected) in table {
            let problem = Channels::parse(text).err().unwrap().tell(Lang::En);
            assert!(problem.contains(expected), "{text}: {problem}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("telegram.token");
        std::fs::write(&path, "1:secret-canary\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let config = || Channels::parse("[[telegram]]").ok().unwrap().settings(folder.path());
        let problem = config().err().unwrap().tell(Lang::En);
        assert!(problem.contains("Others can read") && !problem.contains("canary"), "{problem}");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(config().is_ok());
        std::fs::write(&path, "secret-canary two words").unwrap();
        let problem = config().err().unwrap().tell(Lang::En);
        assert!(problem.contains("no token") && !problem.contains("canary"), "{problem}");
    }
}
