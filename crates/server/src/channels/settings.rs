//! What the messengers' accounts are told.

use std::path::PathBuf;
use std::time::Duration;

use payamgir_text::lang::Lang;
use zeroize::Zeroizing;

pub use payamgir_address::Schedule;

/// A token or a password: not printed, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub Zeroizing<String>);

/// All accounts, and what holds for all of them.
#[derive(Clone)]
pub struct Settings {
    /// The folder for the keys of return addresses and for the ledger.
    pub folder: PathBuf,
    /// When keys of return addresses are made and destroyed.
    pub schedule: Schedule,
    /// Days for which it is remembered that an event was taken: longer than any platform repeats one.
    pub remember: u32,
    /// The language in which what is no text is put into words, and which is spoken to who wrote in none.
    pub lang: Lang,
    /// Whether names, handles and numbers of sources are kept, inside the seal.
    pub names: bool,
    /// After this long without word of a platform there is an alarm.
    pub silence: Duration,
    /// The first answer to somebody who writes, in Persian and English; none where nobody is to be
    /// answered by itself.
    pub greeting: Option<(String, String)>,
    /// The answer to a file that a messenger does not give out, in Persian and English.
    pub too_large: (String, String),
    /// A SOCKS proxy for all that is asked of platforms.
    pub proxy: Option<String>,
    /// Accounts.
    pub telegram: Vec<Telegram>,
    /// Accounts.
    pub signal: Vec<Signal>,
    /// Accounts.
    pub whatsapp: Vec<Whatsapp>,
    /// Accounts.
    pub instagram: Vec<Instagram>,
}

/// A Telegram bot.
#[derive(Clone)]
pub struct Telegram {
    /// Its token.
    pub token: Secret,
    /// The Bot API's address, without a slash at the end.
    pub api: String,
    /// Where the platform calls, and by what secret it is known; none where it is asked instead.
    pub webhook: Option<(String, Secret)>,
    /// Whether what is sealed is deleted from the chat.
    pub delete: bool,
    /// A Bot API server of one's own that keeps its files in this folder.
    pub files: Option<PathBuf>,
    /// The assembly's own channel, `@name`, in which what is published is posted.
    pub channel: Option<String>,
}

/// A Signal number of a signal-cli daemon.
#[derive(Clone)]
pub struct Signal {
    /// The daemon's socket.
    pub socket: PathBuf,
    /// The number.
    pub account: String,
    /// The folder where the daemon leaves attachments.
    pub attachments: PathBuf,
    /// Whether the daemon is asked to receive (`--receive-mode manual`).
    pub manual: bool,
    /// The oldest version that is not warned of.
    pub least: [u32; 3],
}

/// A WhatsApp number of the Cloud API.
#[derive(Clone)]
pub struct Whatsapp {
    /// The platform's id of the number.
    pub number: String,
    /// The access token.
    pub token: Secret,
    /// The app's secret, which signs webhooks.
    pub app_secret: Secret,
    /// What the platform says when it first calls.
    pub verify_token: Secret,
    /// The Graph API's address with its version.
    pub api: String,
    /// Hosts that may see the token when a file is fetched.
    pub media_hosts: Vec<String>,
}

/// An Instagram account.
#[derive(Clone)]
pub struct Instagram {
    /// The platform's id of the account.
    pub account: String,
    /// The file that holds the access token; a new one is written into it before it expires.
    pub token_file: PathBuf,
    /// The app's secret, which signs webhooks.
    pub app_secret: Secret,
    /// What the platform says when it first calls.
    pub verify_token: Secret,
    /// The API's address with its version.
    pub api: String,
    /// Hosts that files are fetched from, with all below them.
    pub media_hosts: Vec<String>,
    /// Whether people may answer for seven days.
    pub human_agent: bool,
}

/// The secret by which Telegram's calls are known, made from a bot's token.
pub fn webhook_secret(token: &Secret) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::new()
        .chain_update("payamgir telegram webhook 1 ")
        .chain_update(&*token.0)
        .finalize()
        .into()
}

impl Settings {
    /// Whether no account is set up.
    pub fn is_empty(&self) -> bool {
        self.telegram.is_empty()
            && self.signal.is_empty()
            && self.whatsapp.is_empty()
            && self.instagram.is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}
