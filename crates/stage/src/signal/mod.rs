//! `signal-cli daemon --socket`: newline-delimited JSON-RPC on a Unix socket, and attachments in a
//! folder.
//!
//! As with the real daemon an envelope is *delivered* once it is written to a reader's socket, at most
//! once and without any acknowledgement: what the reader does not keep is gone. A test injects
//! envelopes ([`Signal::inject_from`] and its kin) and asks what became of them
//! ([`Signal::delivered`], [`Signal::lost`]).

mod answer;
mod attach;
mod connection;
mod control;
mod daemon;
mod inbox;
mod message;
mod methods;
mod outbox;
mod rpc;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clock::Clock;
use crate::fault::Faults;
pub use attach::Broken;
use daemon::Daemon;
pub use message::{Receipt, envelope_from};
pub use outbox::{Outcome, Removed, Sent};

/// The number of the account where no other is set.
pub const ACCOUNT: &str = "+15555550199";

/// When the daemon fetches messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// While somebody is connected; every connection gets them.
    OnConnection,
    /// While somebody is subscribed; notifications carry the subscription.
    Manual,
    /// Always: what comes while nobody is connected is lost.
    OnStart,
}

/// A running stand-in. Cheap to clone; it ends with its last clone.
#[derive(Clone)]
pub struct Signal(Arc<Running>);

struct Running(Arc<Daemon>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Signal {
    /// Listens on `folder/socket`; attachments are in `folder/attachments`.
    ///
    /// # Panics
    /// Where the folder cannot be written.
    pub fn start(folder: &Path, clock: Clock, mode: Mode) -> Self {
        let daemon = Arc::new(Daemon::new(folder, clock, mode));
        daemon.listen();
        Self(Arc::new(Running(daemon)))
    }

    /// The socket's path.
    pub fn socket(&self) -> PathBuf {
        self.daemon().socket.clone()
    }

    /// The folder of attachments.
    pub fn attachments(&self) -> PathBuf {
        self.daemon().attachments.clone()
    }

    /// What goes wrong next, by the method's lower-case name. A status is an error of code -32603
    /// here, and a cut ends the answer's line and the connection.
    pub fn faults(&self) -> &Faults {
        &self.daemon().faults
    }

    /// The clock that timestamps come from.
    pub fn clock(&self) -> &Clock {
        &self.daemon().clock
    }

    /// The account's number; none is a daemon without an account.
    pub fn set_account(&self, number: Option<&str>) {
        self.daemon().state().account = number.map(str::to_owned);
    }

    /// What `version` answers.
    pub fn set_version(&self, version: &str) {
        version.clone_into(&mut self.daemon().state().version);
    }

    /// Whether the answers of every other call are late, so that later ones overtake them.
    pub fn shuffle(&self, on: bool) {
        self.daemon().state().shuffle = on;
    }

    /// Whether everything is written byte by byte.
    pub fn dribble(&self, on: bool) {
        self.daemon().state().dribble = on;
    }

    /// Ends all connections and makes the socket anew; what waits for a reader stays.
    pub fn restart(&self) {
        self.daemon().stop();
        self.daemon().listen();
    }

    /// Ends, and removes the socket.
    pub fn stop(&self) {
        self.daemon().stop();
    }

    /// Ends as one that was killed does: the socket's file stays, and nobody listens.
    pub fn stop_leaving_socket(&self) {
        self.daemon().end();
    }

    fn daemon(&self) -> &Arc<Daemon> {
        &self.0.0
    }
}
