//! One account at work.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::TrySendError;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use payamgir_address::Address;
use payamgir_channels::Manner;
use payamgir_log::{Error, Kind, Log, PendingBlob};
use payamgir_seal::seal_entry;
use payamgir_text::lang::Lang;
use payamgir_wire::piece::Head;
use payamgir_wire::send::Send;
use payamgir_wire::{Channel, Entry};
use tokio::runtime::Handle;

use super::health::{Health, Trouble};
use super::keeper::Keeper;
use super::outbox::{Task, Tasks};
use super::replies::Early;
use super::settings::Settings;
use crate::desk::Desk;
use crate::journal::{Event, Journal};
use crate::sealed;
use crate::world::World;

/// What all accounts share.
pub(crate) struct Shared {
    pub(crate) keeper: Keeper,
    pub(crate) world: World,
    pub(crate) journal: Journal,
    pub(crate) manner: Manner,
    pub(crate) silence: Duration,
    pub(crate) proxy: Option<String>,
    greeting: Option<(String, String)>,
    too_large: (String, String),
    handle: Handle,
}

impl Shared {
    pub(crate) fn new(
        keeper: Keeper,
        settings: &Settings,
        (world, journal): (World, Journal),
        handle: Handle,
    ) -> Self {
        Self {
            keeper,
            world,
            journal,
            manner: Manner { lang: settings.lang, names: settings.names },
            silence: settings.silence,
            proxy: settings.proxy.clone(),
            greeting: settings.greeting.clone(),
            too_large: settings.too_large.clone(),
            handle,
        }
    }

    pub(crate) fn greeting(&self, lang: Lang) -> Option<&str> {
        let (fa, en) = self.greeting.as_ref()?;
        Some(if lang == Lang::Fa { fa } else { en })
    }

    pub(crate) fn too_large(&self, lang: Lang) -> &str {
        if lang == Lang::Fa { &self.too_large.0 } else { &self.too_large.1 }
    }

    /// Seals an entry and adds it to the log; it is durable when this returns.
    pub(crate) fn append(
        &self,
        (log, desk): (&Log, &Desk),
        entry: Entry,
        blobs: Vec<PendingBlob>,
    ) -> Result<(), Error> {
        let body = entry.encode().map_err(|_| Error::from(std::io::Error::other("entry")))?;
        let sealed = seal_entry(&desk.now().recipient, &body)?;
        drop(body);
        self.handle.block_on(log.append(Kind::ENTRY, sealed, blobs)).map(drop)
    }

    /// Adds what somebody sealed to the log, once; it is durable when this returns.
    pub(crate) fn bring(&self, log: &Log, head: Head) -> Result<(), Error> {
        self.handle.block_on(sealed::add(log, head, vec![])).map(drop)
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        self.world.bytes()
    }
}

/// One account at work.
pub(crate) struct Line {
    pub(crate) channel: Channel,
    /// The platform's name for the account.
    pub(crate) account: String,
    /// Channel and account, as a return address names them.
    pub(crate) key: String,
    pub(crate) shared: Arc<Shared>,
    pub(crate) health: Health,
    /// Whether the platform is asked, so that its silence says something.
    pub(crate) is_asked: bool,
    /// One event at a time: what came twice at once is known the second time.
    pub(crate) turn: Mutex<Turn>,
    held: RwLock<Option<(Log, Desk)>>,
    tasks: Tasks,
    /// Something is being sent, and its platform's name for it is not known yet.
    pub(crate) sending: AtomicBool,
    /// Replies that wait to be sent: desks hand them over again and again.
    pub(crate) queued: Mutex<HashSet<[u8; 16]>>,
    /// What the platform told too early.
    pub(crate) early: Early,
}

/// What is remembered from one event to the next.
#[derive(Default)]
pub(crate) struct Turn {
    /// Events whose files could not be fetched, and how often.
    pub(crate) tries: HashMap<[u8; 32], u32>,
}

impl Line {
    pub(crate) fn new(
        (channel, account): (Channel, &str),
        shared: &Arc<Shared>,
        (log, desk): &(Log, Desk),
        tasks: Tasks,
        is_asked: bool,
    ) -> Arc<Self> {
        Arc::new(Self {
            channel,
            account: account.to_owned(),
            key: format!("{}/{account}", word(channel)),
            shared: shared.clone(),
            health: Health::default(),
            is_asked,
            turn: Mutex::default(),
            held: RwLock::new(Some((log.clone(), desk.clone()))),
            tasks,
            sending: AtomicBool::new(false),
            queued: Mutex::default(),
            early: Early::default(),
        })
    }

    /// The log and the desk, until the server stops.
    pub(crate) fn held(&self) -> Option<(Log, Desk)> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.held.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    pub(crate) fn close(&self) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn now(&self) -> u64 {
        self.shared.keeper.now()
    }

    /// Something is wrong: the operator is told, where it is news.
    pub(crate) fn wrong(&self, trouble: Trouble) {
        // Anybody can call without a signature: that says nothing of how the account stands.
        if trouble == Trouble::Unsigned {
            self.health.note(trouble, self.now());
            (self.shared.journal)(Event::Channel(self.channel, trouble));
        } else if self.health.is_wrong(trouble, self.now()) {
            (self.shared.journal)(Event::Channel(self.channel, trouble));
        }
    }

    pub(crate) fn is_sending(&self) -> bool {
        self.sending.load(Ordering::SeqCst)
    }

    /// Gives the sending thread a reply, unless it has it already; `false` where it has too much.
    pub(crate) fn give_reply(&self, to: Address, reply: Send) -> bool {
        let mut queued = self.queued.lock().unwrap_or_else(PoisonError::into_inner);
        let id = reply.reply.0;
        if queued.contains(&id) {
            return true;
        }
        let given = self.give(Task::Reply(Box::new((to, reply))));
        if given {
            queued.insert(id);
        }
        given
    }

    /// A reply waits no more.
    pub(crate) fn unqueue(&self, reply: &[u8; 16]) {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner).remove(reply);
    }

    /// Gives the sending thread something to do; `false` where it has too much already.
    pub(crate) fn give(&self, task: Task) -> bool {
        let to =
            if matches!(task, Task::Reply(_)) { &self.tasks.replies } else { &self.tasks.others };
        !matches!(to.try_send(task), Err(TrySendError::Full(_)))
    }
}

/// A channel's word in a return address.
pub(crate) fn word(channel: Channel) -> &'static str {
    match channel {
        Channel::Telegram => "telegram",
        Channel::Signal => "signal",
        Channel::Whatsapp => "whatsapp",
        Channel::Instagram => "instagram",
        Channel::Web | Channel::Carried | Channel::Unknown => "other",
    }
}
