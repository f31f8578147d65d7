//! Token buckets.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Rate;

/// So many at once, and then so many in a second.
pub(super) struct Bucket {
    rate: Rate,
    /// How many there are, and since when.
    state: Mutex<(f64, Instant)>,
}

impl Bucket {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, state: Mutex::new((rate.0, Instant::now())) }
    }

    /// Takes one, if there is one.
    pub(super) fn take(&self) -> bool {
        self.wait().is_none()
    }

    /// How many there are.
    pub(super) fn there(&self) -> f64 {
        let (most, rate) = self.rate;
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.0 + state.1.elapsed().as_secs_f64() * rate).min(most)
    }

    /// The share of what it holds that is there.
    pub(super) fn left(&self) -> f64 {
        if self.rate.0.is_infinite() { 1.0 } else { self.there() / self.rate.0.max(1.0) }
    }

    /// Takes one; or says how long it is until there is one.
    pub(super) fn wait(&self) -> Option<Duration> {
        let (most, rate) = self.rate;
        if most.is_infinite() {
            return None;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let come = now.duration_since(state.1).as_secs_f64() * rate;
        let there = (state.0 + come).min(most);
        let enough = there >= 1.0;
        *state = (if enough { there - 1.0 } else { there }, now);
        // An hour where none comes any more: a connection does not live as long.
        (!enough)
            .then(|| Duration::try_from_secs_f64((1.0 - there) / rate).unwrap_or(HOUR).min(HOUR))
    }
}

const HOUR: Duration = Duration::from_secs(3600);
