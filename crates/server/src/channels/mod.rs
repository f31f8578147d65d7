//! The messengers: what comes in by them, and what goes back (docs/adr/0011-channels.md).
//!
//! Every account has a [`line::Line`]: it seals what came and only then lets its platform be told so.
//! Platforms are read by `payamgir-channels`, which is pure; here is what waits, asks, fetches and
//! remembers. Each account has a thread that listens (or a route that is called) and one that sends.

pub mod doctor;
mod fetch;
mod health;
mod hooks;
mod http;
mod jobs;
mod keeper;
mod line;
mod meta;
mod names;
mod outbox;
mod replies;
pub mod settings;
mod signal;
mod taking;
mod telegram;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use payamgir_log::Log;
use payamgir_wire::Channel;
use tokio::runtime::Handle;

pub use health::{Report, Trouble};
pub(crate) use hooks::router;
pub(crate) use line::word;
pub(crate) use replies::{Answer, hand_over};
pub use settings::Settings;

use crate::desk::Desk;
use crate::journal::Journal;
use crate::world::World;
use keeper::{Keeper, NoKeeper};
use line::{Line, Shared};

/// All accounts at work.
pub struct Channels {
    lines: Vec<Arc<Line>>,
    hooks: Vec<hooks::Hook>,
    shared: Option<Arc<Shared>>,
    /// The account that posts what is published, by its key, and the channel.
    posts: Option<(String, String)>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    /// Threads that take the last of what was handed to them when they are told to stop.
    draining: Vec<JoinHandle<()>>,
}

/// How long they may take.
const DRAINED: Duration = Duration::from_secs(6);
const LOOK: Duration = Duration::from_millis(20);

/// Why the accounts cannot be served.
#[derive(Debug)]
pub enum NoChannels {
    /// The keys of return addresses, or the ledger, cannot be read or written.
    Keeper(NoKeeper),
    /// A proxy's or a server's address is malformed, or not private and not encrypted.
    Address,
    /// One account is set up twice.
    Twice,
}

impl Channels {
    /// Of no account.
    pub fn none() -> Self {
        let stop = Arc::default();
        let (threads, draining) = (vec![], vec![]);
        Self { lines: vec![], hooks: vec![], shared: None, posts: None, stop, threads, draining }
    }

    /// Starts every account that is set up.
    pub fn start(
        settings: Settings,
        (log, desk): (Log, Desk),
        (world, journal): (World, Journal),
    ) -> Result<Self, NoChannels> {
        if settings.is_empty() {
            return Ok(Self::none());
        }
        let keeper = Keeper::open(&settings, world.clone()).map_err(NoChannels::Keeper)?;
        let shared = Arc::new(Shared::new(keeper, &settings, (world, journal), Handle::current()));
        let mut all = Self { shared: Some(shared.clone()), ..Self::none() };
        let held = (log, desk);
        for account in settings.telegram {
            let channel = account.channel.clone();
            let started = telegram::start(account, &shared, &held, &all.stop)?;
            let own = channel.map(|channel| (started.line.key.clone(), channel));
            all.posts = all.posts.or(own);
            all.add(started)?;
        }
        for account in settings.signal {
            all.add(signal::start(account, &shared, &held, &all.stop)?)?;
        }
        for account in settings.whatsapp {
            all.add(meta::whatsapp(account, &shared, &held, &all.stop)?)?;
        }
        for account in settings.instagram {
            all.add(meta::instagram(account, &shared, &held, &all.stop)?)?;
        }
        all.threads.push(keeper::keep_turning(&shared, &all.lines, &all.stop));
        replies::settle_begun(&shared, &held.0, &held.1);
        Ok(all)
    }

    fn add(&mut self, started: Started) -> Result<(), NoChannels> {
        if self.line(&started.line.key).is_some() {
            return Err(NoChannels::Twice);
        }
        self.lines.push(started.line);
        self.hooks.extend(started.hook);
        self.threads.extend(started.threads);
        self.draining.extend(started.drains);
        Ok(())
    }

    /// How each account stands.
    pub fn reports(&self) -> Vec<Report> {
        self.lines
            .iter()
            .map(|line| line.health.report(line.channel, &line.account, line.is_asked))
            .collect()
    }

    /// The accounts by channel, for the source's page.
    pub fn open(&self) -> Vec<Channel> {
        let mut all: Vec<Channel> = self.lines.iter().map(|line| line.channel).collect();
        all.dedup();
        all
    }

    pub(crate) fn hook(&self, path: &str) -> Option<&hooks::Hook> {
        self.hooks.iter().find(|hook| hook.path == path)
    }

    pub(crate) fn line(&self, key: &str) -> Option<&Arc<Line>> {
        self.lines.iter().find(|line| line.key == key)
    }

    /// The account that posts what is published, and the channel it posts in.
    pub(crate) fn posts(&self) -> Option<(&Arc<Line>, &str)> {
        let (key, channel) = self.posts.as_ref()?;
        Some((self.line(key)?, channel))
    }

    pub(crate) fn shared(&self) -> Option<&Arc<Shared>> {
        self.shared.as_ref()
    }

    /// Takes nothing more. What is being taken is finished or was never acknowledged; who waits for a
    /// platform is not waited for.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
        // What a daemon has handed over already has no other place to come from.
        let until = Instant::now() + DRAINED;
        while Instant::now() < until && self.draining.iter().any(|thread| !thread.is_finished()) {
            std::thread::sleep(LOOK);
        }
        self.lines.iter().for_each(|line| line.close());
    }
}

/// An account that was started.
pub(crate) struct Started {
    line: Arc<Line>,
    hook: Option<hooks::Hook>,
    threads: Vec<JoinHandle<()>>,
    drains: Option<JoinHandle<()>>,
}

impl std::fmt::Display for NoChannels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Keeper(error) => error.fmt(f),
            Self::Twice => f.write_str("one account is set up twice"),
            Self::Address => f.write_str("an address of a platform or of the proxy is not usable"),
        }
    }
}

impl std::error::Error for NoChannels {}
