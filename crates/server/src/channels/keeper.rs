//! The keys of return addresses and the ledger: what the server keeps of messengers, and for how
//! long.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use payamgir_address::{Keys, Schedule};
use payamgir_ledger::Ledger;
use zeroize::Zeroizing;

use super::health::Trouble;
use super::line::{Line, Shared};
use super::settings::Settings;
use crate::world::World;

const KEYS: &str = "route.keys";
const LEDGER: &str = "ledger.db";
/// How often it is looked whether a day began.
const LOOK: Duration = Duration::from_secs(20);

/// The keys and the ledger.
pub(crate) struct Keeper {
    keys: RwLock<Keys>,
    pub(crate) ledger: Ledger,
    path: PathBuf,
    schedule: Schedule,
    remember: u32,
    world: World,
}

/// Why they cannot be had.
#[derive(Debug)]
pub enum NoKeeper {
    /// The file of keys is malformed.
    Keys,
    /// It cannot be read or written.
    Io(std::io::Error),
    /// The ledger cannot be opened.
    Ledger(payamgir_ledger::Failed),
}

impl Keeper {
    pub(crate) fn open(settings: &Settings, world: World) -> Result<Self, NoKeeper> {
        let path = settings.folder.join(KEYS);
        let keys = match fs::read_to_string(&path).map(Zeroizing::new) {
            Ok(text) => Keys::parse(&text).map_err(|_| NoKeeper::Keys)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Keys::default(),
            Err(error) => return Err(NoKeeper::Io(error)),
        };
        let ledger = Ledger::open(&settings.folder.join(LEDGER)).map_err(NoKeeper::Ledger)?;
        let (keys, schedule, remember) = (RwLock::new(keys), settings.schedule, settings.remember);
        let keeper = Self { keys, ledger, path, schedule, remember, world };
        keeper.turn().map_err(NoKeeper::Io)?;
        Ok(keeper)
    }

    pub(crate) fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Days since 1970-01-01.
    pub(crate) fn today(&self) -> u32 {
        ((self.world.now)() / 86_400) as u32
    }

    pub(crate) fn now(&self) -> u64 {
        (self.world.now)()
    }

    /// Makes and destroys keys as the day asks, and forgets what has been remembered long enough. The
    /// new keys are on the disk before anything is sealed under them.
    pub(crate) fn turn(&self) -> std::io::Result<()> {
        let (today, random) = (self.today(), &self.world.random);
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = Keys::parse(&keys.text()).map_err(std::io::Error::other)?;
        if next.turn(today, self.schedule, |bytes| random(bytes)) {
            // Where the disk cannot be written, nothing turns, and it is tried again.
            replace(&self.path, &next.text())?;
            *keys = next;
        }
        drop(keys);
        let replies = today.saturating_sub(self.schedule.destroy);
        let events = today.saturating_sub(self.remember);
        self.ledger.forget(events, replies).map_err(std::io::Error::other)
    }
}

/// Writes a file beside and puts it in the old one's place, whose bytes are overwritten first: the disk
/// may have kept them elsewhere all the same (docs/THREAT-MODEL.md).
pub(crate) fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    let _ = fs::remove_file(&fresh);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let old = fs::OpenOptions::new().write(true).open(path).ok();
    fs::rename(&fresh, path)?;
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?;
    }
    if let Some(mut old) = old {
        let size = usize::try_from(old.metadata()?.len()).unwrap_or(0).min(1 << 16);
        old.write_all(&vec![0; size])?;
        old.sync_all()?;
    }
    Ok(())
}

/// Looks at the day now and then, and at who has been silent.
pub(crate) fn keep_turning(
    shared: &Arc<Shared>,
    lines: &[Arc<Line>],
    stop: &Arc<AtomicBool>,
) -> JoinHandle<()> {
    let (shared, lines, stop) = (shared.clone(), lines.to_vec(), stop.clone());
    std::thread::spawn(move || {
        let (started, mut day) = (shared.keeper.now(), shared.keeper.today());
        let most = shared.silence.as_secs();
        while !stop.load(Ordering::SeqCst) {
            let now = shared.keeper.now();
            if shared.keeper.today() != day {
                match shared.keeper.turn() {
                    Ok(()) => day = shared.keeper.today(),
                    Err(_) => lines.iter().for_each(|line| line.wrong(Trouble::Keys)),
                }
            }
            for line in &lines {
                line.health.tick(now);
                if line.is_asked && line.health.silent(now, started, most) {
                    line.wrong(Trouble::Silent);
                }
            }
            std::thread::park_timeout(LOOK.min(shared.silence));
        }
    })
}

impl std::fmt::Display for NoKeeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Keys => f.write_str("the keys of return addresses (route.keys) are malformed"),
            Self::Io(error) => write!(f, "the keys of return addresses: {error}"),
            Self::Ledger(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NoKeeper {}
