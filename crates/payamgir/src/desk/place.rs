//! The desk's folder.
//!
//! ```text
//! identity.age   private keys under the passphrase
//! keyring.age    the epochs' keys and the receiving keys, sealed to the identity
//! desk.pub       the desk's founding: what the server is told, and whom this desk belongs to
//! server.toml    which server, by which log key
//! log/           the verified copy of its log
//! store/         what was opened of it, sealed to a key of the keyring
//! open.html      leads the browser in, once; there only while the desk's window is started
//! lock           empty; locked by the process that changes the rest
//! ```

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use payamgir_desk::keys::{self, Locked};
use payamgir_desk::open::{Hardware, Keyring, Member};
use payamgir_log::{Mirror, Report};
use serde::{Deserialize, Serialize};

use crate::files;
use crate::log_commands::{log_problem, parse_verifier};
use crate::problem::Problem;
use crate::words::Say;

/// How long, and how often, a folder that another process holds is asked for again.
const LOCK_PAUSE: Duration = Duration::from_millis(100);
const LOCK_TRIES: usize = 20;

/// A desk's folder.
pub struct Place {
    dir: PathBuf,
    log: PathBuf,
}

/// Which server a desk belongs to.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Its desk address.
    pub server: String,
    /// Its log's public key.
    pub log_key: String,
    /// The proxy to go through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
}

impl Place {
    /// The folder named, or the one in the user's data folder.
    pub fn new(dir: Option<PathBuf>) -> Result<Self, Problem> {
        let dir = dir.or_else(default_dir).ok_or_else(no_home)?;
        let log = dir.join("log");
        Ok(Self { dir, log })
    }

    pub fn identity(&self) -> PathBuf {
        self.dir.join("identity.age")
    }

    pub fn public(&self) -> PathBuf {
        self.dir.join("desk.pub")
    }

    /// Where the copy of the server's log is.
    pub fn log(&self) -> PathBuf {
        self.log.clone()
    }

    /// The same, as it stands here.
    pub fn log_folder(&self) -> &Path {
        &self.log
    }

    /// The desk's folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where what was opened is kept, sealed.
    pub fn store(&self) -> PathBuf {
        self.dir.join("store")
    }

    /// Where the way in lies while the desk's window is started.
    pub fn entry(&self) -> PathBuf {
        self.dir.join("open.html")
    }

    pub fn folder(&self) -> Result<(), Problem> {
        files::folder(&self.dir)
    }

    /// The folder for this process alone, until it is dropped: two that change the keyring at once
    /// would lose keys.
    pub fn hold(&self) -> Result<File, Problem> {
        self.folder()?;
        let path = self.dir.join("lock");
        let open = || OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
        let file = open().map_err(|error| busy(&self.dir).because(error))?;
        let mut waited = 0;
        while let Err(error) = file.try_lock() {
            waited += 1;
            if waited == LOCK_TRIES {
                return Err(busy(&self.dir).because(error));
            }
            std::thread::sleep(LOCK_PAUSE);
        }
        Ok(file)
    }

    /// The keyring; an empty one where there is none yet.
    pub fn keyring(&self, member: &Member) -> Result<Keyring, Problem> {
        let path = self.dir.join("keyring.age");
        if !path.exists() {
            return Ok(Keyring::default());
        }
        let file = files::read_bytes(&path)?;
        keys::unlock(&file, member).map_err(|error| match error {
            Locked::Hardware(why) => no_hardware(member).because(why),
            Locked::NotAKeyring => bad_keyring().because(error),
        })
    }

    /// Keeps the keyring, in one step.
    pub fn keep_keyring(&self, keyring: &Keyring, member: &Member) -> Result<(), Problem> {
        let sealed = keys::lock(keyring, member).map_err(|error| match member.hardware() {
            Some(_) => no_hardware(member).because(error),
            None => bad_keyring().because(error),
        })?;
        files::replace(&self.dir.join("keyring.age"), &sealed)
    }

    /// The server this desk belongs to, once it was told.
    pub fn link(&self) -> Result<Option<Link>, Problem> {
        let path = self.dir.join("server.toml");
        if !path.exists() {
            return Ok(None);
        }
        let link = toml::from_str(&files::read(&path)?);
        link.map(Some).map_err(|error| {
            let what = Say::new("server.toml خواندنی نیست.", "server.toml is malformed.");
            let to_do = Say::new(
                "آن را بردارید و نشانی و کلید را دوباره به sync بدهید.",
                "Remove it and give sync the address and the key again.",
            );
            Problem::new(what, to_do).because(error)
        })
    }

    /// Remembers the server.
    pub fn remember(&self, link: &Link) -> Result<(), Problem> {
        let text = toml::to_string(link).expect("three strings");
        files::replace(&self.dir.join("server.toml"), text.as_bytes())
    }

    /// The copy of the server's log.
    pub fn mirror(&self, link: &Link) -> Result<Mirror, Problem> {
        let verifier = parse_verifier(&link.log_key)?;
        Mirror::open(&self.dir.join("log"), verifier).map_err(|error| match error {
            payamgir_log::Error::Key => other_log(),
            other => self.problem(other),
        })
    }

    /// Checks the copy, also against checkpoints that others were shown.
    pub fn verify(&self, shown: &[Vec<u8>]) -> Result<Report, Problem> {
        let link = self.link()?.ok_or_else(no_server)?;
        let verifier = parse_verifier(&link.log_key)?;
        payamgir_log::verify(&self.dir.join("log"), &verifier, shown, false)
            .map_err(|e| self.problem(e))
    }

    /// A failure of the copy in words.
    pub fn problem(&self, error: payamgir_log::Error) -> Problem {
        log_problem(&self.dir, error)
    }
}

/// The plugin, or the hardware behind it, did not do its part.
pub fn no_hardware(member: &Member) -> Problem {
    let program = member.hardware().map(Hardware::program).unwrap_or_default();
    let what = Say::new(
        format!("کلید سخت‌افزاری به کار نیامد (‎{program})."),
        format!("The hardware key did not do its part ({program})."),
    );
    let to_do = Say::new(
        "ببینید کلید وصل است و این برنامه در PATH هست، و دوباره بکوشید. چیزی از دست نرفته است.",
        "See that the key is plugged in and that this program is on the PATH, and try again. Nothing is lost.",
    );
    Problem::new(what, to_do)
}

fn bad_keyring() -> Problem {
    let what = Say::new("keyring.age خواندنی نیست.", "keyring.age is not usable.");
    let to_do = Say::new(
        "نسخه‌ی پشتیبان را بیاورید؛ یا آن را بردارید و sync کنید تا دیگران کلیدها را دوباره بدهند.",
        "Restore it from its backup; or remove it and sync, and the others give you the keys again.",
    );
    Problem::new(what, to_do)
}

fn busy(dir: &Path) -> Problem {
    let dir = dir.display();
    let what = Say::new(
        format!("برنامه‌ی دیگری در پوشه‌ی «{dir}» کار می‌کند."),
        format!("Another program is at work in the folder {dir}."),
    );
    let to_do = Say::new("آن را ببندید و دوباره بکوشید.", "End it and try again.");
    Problem::new(what, to_do)
}

fn other_log() -> Problem {
    let what = Say::new(
        "این تحریریه نسخه‌ی لاگ دیگری را دارد و این کلید از آنِ آن نیست.",
        "This desk holds a copy of another log; this key is not that log's.",
    );
    let to_do = Say::new(
        "کلید را با آنچه گرداننده داده بسنجید؛ برای سرور دیگر پوشه‌ی دیگری با ‎--dir بدهید.",
        "Compare the key with what the operator gave you; for another server name another --dir.",
    );
    Problem::new(what, to_do)
}

fn default_dir() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let data = set("XDG_DATA_HOME").or_else(|| set("HOME").map(|h| h.join(".local/share")));
    data.map(|data| data.join("payamgir-desk"))
}

/// The desk was not told of a server yet.
pub fn no_server() -> Problem {
    let what = Say::new("این تحریریه هنوز سروری ندارد.", "This desk has no server yet.");
    let to_do = Say::new(
        "یک بار «payamgir desk sync --server نشانی --log-key کلید» را اجرا کنید.",
        "Run `payamgir desk sync --server URL --log-key KEY` once.",
    );
    Problem::new(what, to_do)
}

fn no_home() -> Problem {
    let what = Say::new("پوشه‌ی تحریریه پیدا نشد.", "The desk's folder is not known.");
    let to_do = Say::new("آن را با ‎--dir بدهید.", "Name it with --dir.");
    Problem::new(what, to_do)
}
