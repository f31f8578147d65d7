//! The daemon: its state, and its listening.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::connection::{self, Connection};
use super::inbox::Inbox;
use super::outbox::{Outcome, Removed, Sent};
use super::{ACCOUNT, Mode};
use crate::clock::Clock;
use crate::fault::Faults;

/// What all threads share.
pub(super) struct Daemon {
    pub socket: PathBuf,
    pub attachments: PathBuf,
    pub clock: Clock,
    pub mode: Mode,
    pub faults: Faults,
    state: Mutex<State>,
}

pub(super) struct State {
    pub account: Option<String>,
    pub version: String,
    pub shuffle: bool,
    pub dribble: bool,
    pub inbox: Inbox,
    pub connections: BTreeMap<u64, Connection>,
    /// Connections and subscriptions are numbered from here.
    pub next: u64,
    /// The last timestamp given, in milliseconds.
    pub last_time: u64,
    /// What stands between the next call and its answer.
    pub between: Vec<Value>,
    pub outcomes: VecDeque<Outcome>,
    pub sent: Vec<Sent>,
    pub removed: Vec<Removed>,
    pub calls: Vec<(String, Value)>,
    /// Tells the thread that accepts to end.
    listening: Option<Arc<AtomicBool>>,
}

/// Attachments need names of their own, over all daemons of a test.
static FILES: AtomicU64 = AtomicU64::new(1);

impl Daemon {
    pub fn new(folder: &Path, clock: Clock, mode: Mode) -> Self {
        let attachments = folder.join("attachments");
        fs::create_dir_all(&attachments).expect("a folder for attachments");
        Self {
            socket: folder.join("socket"),
            attachments,
            clock,
            mode,
            faults: Faults::default(),
            state: Mutex::new(State::default()),
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a file's name.
    pub fn file_number(&self) -> u64 {
        FILES.fetch_add(1, Ordering::SeqCst)
    }

    /// Makes the socket and accepts connections.
    pub fn listen(self: &Arc<Self>) {
        let _ = fs::remove_file(&self.socket);
        let listener = UnixListener::bind(&self.socket).expect("a socket");
        let going = Arc::new(AtomicBool::new(true));
        self.state().listening = Some(Arc::clone(&going));
        let daemon = Arc::clone(self);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if !connection::open(&daemon, &going, stream) {
                    return;
                }
            }
        });
    }

    /// Ends and removes the socket.
    pub fn stop(&self) {
        self.end();
        let _ = fs::remove_file(&self.socket);
    }

    /// Ends all connections and the listening.
    pub fn end(&self) {
        let mut state = self.state();
        for connection in std::mem::take(&mut state.connections).into_values() {
            connection.shut();
        }
        let Some(going) = state.listening.take() else { return };
        going.store(false, Ordering::SeqCst);
        drop(state);
        // Wakes the thread that accepts, which then sees that it is over.
        let _ = UnixStream::connect(&self.socket);
        // It must be gone before a test finds that nobody listens.
        while UnixStream::connect(&self.socket).is_ok() {
            std::thread::yield_now();
        }
    }
}

impl State {
    /// A timestamp in milliseconds that no other message of this daemon has.
    pub fn timestamp(&mut self, clock: &Clock) -> u64 {
        self.last_time = (clock.now() * 1000).max(self.last_time + 1);
        self.last_time
    }

    /// The next number of a connection or subscription.
    pub fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            account: Some(ACCOUNT.to_owned()),
            version: "0.14.6".to_owned(),
            shuffle: false,
            dribble: false,
            inbox: Inbox::default(),
            connections: BTreeMap::new(),
            next: 30,
            last_time: 0,
            between: Vec::new(),
            outcomes: VecDeque::new(),
            sent: Vec::new(),
            removed: Vec::new(),
            calls: Vec::new(),
            listening: None,
        }
    }
}
