//! All that the server knows.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::Notify;

use super::files::Files;
use super::hook::Hook;
use super::queue::Queue;
use crate::clock::Clock;
use crate::fault::Faults;

/// The person who writes where nobody else is named.
pub const PERSON: i64 = 900_000_101;

/// What the server's threads share.
pub(super) struct Stage {
    pub clock: Clock,
    pub faults: Faults,
    pub token: String,
    pub stopped: AtomicBool,
    /// Wakes polls that wait.
    pub changed: Notify,
    state: Mutex<State>,
}

impl Stage {
    pub fn new(clock: Clock, token: &str) -> Self {
        Self {
            clock,
            faults: Faults::default(),
            token: token.to_owned(),
            stopped: AtomicBool::new(false),
            changed: Notify::new(),
            state: Mutex::new(State::default()),
        }
    }

    /// The state, from which what is a day old has gone.
    pub fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.queue.expire(self.clock.now());
        state
    }

    /// The number before the token's colon.
    pub fn bot(&self) -> i64 {
        self.token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or_default()
    }
}

pub(super) struct State {
    pub queue: Queue,
    /// None until the program says which kinds it wants; empty is the default set too.
    pub allowed: Option<Vec<String>>,
    pub poll: PollState,
    pub hook: Option<Hook>,
    /// Chats to which a thread is carrying updates.
    pub couriers: HashSet<i64>,
    pub retry_base: Duration,
    /// What answers of webhooks asked for.
    pub executed: Vec<Value>,
    pub chats: BTreeMap<i64, Chat>,
    /// Channels that the bot administers, by `@` and their names.
    pub channels: BTreeMap<String, i64>,
    pub files: Files,
    pub local: Option<PathBuf>,
    pub sent: Vec<Sent>,
    pub deleted: Vec<(i64, i64)>,
    pub calls: Vec<String>,
    pub flood: (u64, usize),
    pub malformed: VecDeque<Vec<u8>>,
    pub albums: u64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            queue: Queue::default(),
            allowed: None,
            poll: PollState::default(),
            hook: None,
            couriers: HashSet::new(),
            retry_base: Duration::from_secs(1),
            executed: Vec::new(),
            chats: BTreeMap::new(),
            channels: BTreeMap::new(),
            files: Files::default(),
            local: None,
            sent: Vec::new(),
            deleted: Vec::new(),
            calls: Vec::new(),
            flood: (0, 0),
            malformed: VecDeque::new(),
            albums: 0,
        }
    }
}

/// What is remembered of earlier polls.
#[derive(Default)]
pub(super) struct PollState {
    /// Rises with each poll and each `setWebhook`: a poll that sees another number must end.
    pub turn: u64,
    /// Whether `setWebhook` raised the number.
    pub by_webhook: bool,
    pub last_conflict: Option<Instant>,
    /// The offset of the last poll, and when it began.
    pub last: Option<(i64, Instant)>,
}

/// A chat with one person.
#[derive(Default)]
pub(super) struct Chat {
    pub messages: HashMap<i64, Value>,
    pub last_id: i64,
    pub blocked: bool,
    pub deactivated: bool,
}

/// One message that the program sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// To whom.
    pub chat: i64,
    /// By which method, in lower case.
    pub method: String,
    /// The text, or a file's caption.
    pub text: String,
    /// The file, where its bytes came along or are known.
    pub bytes: Option<Vec<u8>>,
    /// The message's id in the chat.
    pub message_id: i64,
    /// The message that it answers, where that is still there.
    pub reply_to: Option<i64>,
    /// All parameters that are not files.
    pub params: Value,
}
