//! Telegram's Bot API, as `api.telegram.org` and a self-hosted server answer it.
//!
//! Updates are kept until an offset passes them, or a webhook says 2xx, or their message is a day old.
//! A test injects what people do ([`Telegram::inject_from`] and its kin), the program calls the API,
//! and the test asks what became of it ([`Telegram::acknowledged`], [`Telegram::lost`],
//! [`Telegram::sent`]).

mod control;
mod courier;
mod files;
mod hook;
mod http;
mod methods;
mod page;
mod params;
mod people;
mod poll;
mod queue;
mod remove;
mod send;
mod state;
mod truth;

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use crate::clock::Clock;
use crate::fault::Faults;
use crate::site::Site;
pub use state::{PERSON, Sent};
use state::{Stage, State};

/// The token of [`Telegram::start`].
pub const TOKEN: &str = "1000001:stage-token";

/// A running stand-in. Cheap to clone; it ends with its last clone.
#[derive(Clone)]
pub struct Telegram(Arc<Running>);

struct Running {
    stage: Arc<Stage>,
    site: Site,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stage.stopped.store(true, Ordering::SeqCst);
    }
}

impl Telegram {
    /// A server that knows the token [`TOKEN`].
    pub fn start(clock: Clock) -> Self {
        Self::with_token(clock, TOKEN)
    }

    /// A server that knows this token, `digits:secret`.
    pub fn with_token(clock: Clock, token: &str) -> Self {
        let stage = Arc::new(Stage::new(clock, token));
        let site = Site::serve(http::router(Arc::clone(&stage)));
        Self(Arc::new(Running { stage, site }))
    }

    /// The base of calls, `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn url(&self) -> String {
        self.0.site.url()
    }

    /// The bot's token.
    pub fn token(&self) -> &str {
        &self.0.stage.token
    }

    /// What goes wrong next, by the method's lower-case name; downloads are `file`.
    pub fn faults(&self) -> &Faults {
        &self.0.stage.faults
    }

    /// The clock by which updates and links expire.
    pub fn clock(&self) -> &Clock {
        &self.0.stage.clock
    }

    /// Behaves from now on like a self-hosted `--local` server, which keeps its files in `dir`.
    pub fn set_local(&self, dir: PathBuf) {
        self.state().local = Some(dir);
    }

    /// How long the first wait of a webhook's retries is; 1 s where nothing else is said.
    pub fn retry_base(&self, base: Duration) {
        self.state().retry_base = base;
    }

    /// The next `times` sends are refused with 429 and "retry after `seconds`".
    pub fn flood(&self, seconds: u64, times: usize) {
        self.state().flood = (seconds, times);
    }

    /// The next `getUpdates` answers exactly these bytes, at once.
    pub fn malform_next(&self, bytes: Vec<u8>) {
        self.state().malformed.push_back(bytes);
        self.0.stage.changed.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.stage.state()
    }
}
