//! A clock that can be stopped and put forward.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The time all stand-ins of a test share. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Hands>);

#[derive(Debug, Default)]
struct Hands {
    /// Seconds it is ahead of the real one.
    ahead: AtomicI64,
    /// Where it stands; 0 while it goes.
    stopped: AtomicU64,
}

impl Clock {
    /// Unix seconds.
    pub fn now(&self) -> u64 {
        match self.0.stopped.load(Ordering::SeqCst) {
            0 => real().saturating_add_signed(self.0.ahead.load(Ordering::SeqCst)),
            stopped => stopped,
        }
    }

    /// Stops it at a moment.
    pub fn freeze(&self, at: u64) {
        self.0.stopped.store(at, Ordering::SeqCst);
    }

    /// Puts it forward, stopped or not.
    pub fn advance(&self, seconds: u64) {
        if self.0.stopped.load(Ordering::SeqCst) > 0 {
            self.0.stopped.fetch_add(seconds, Ordering::SeqCst);
        } else {
            self.0.ahead.fetch_add(seconds as i64, Ordering::SeqCst);
        }
    }
}

fn real() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
