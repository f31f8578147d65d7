//! What is good once, remembered for as long as it would be good.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Most things remembered of one generation.
const MOST: usize = 200_000;

/// Two generations, each as long as a thing is good: what was used is in one of them until it is good no longer. By a
/// clock that nobody sets.
pub(super) struct Spent {
    /// How long a thing is good.
    valid: Duration,
    begun: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Which generation the newer one is.
    number: u64,
    newer: HashSet<[u8; 32]>,
    older: HashSet<[u8; 32]>,
}

impl Spent {
    pub(super) fn new(valid: u64) -> Self {
        Self { valid: Duration::from_secs(valid), begun: Instant::now(), state: Mutex::default() }
    }

    /// Whether it was used.
    pub(super) fn has(&self, thing: &[u8; 32]) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.newer.contains(thing) || state.older.contains(thing)
    }

    /// Notes that it is used; `false` where it was, or where so much was used that nothing more is remembered.
    pub(super) fn first(&self, thing: [u8; 32]) -> bool {
        self.first_at(thing, self.begun.elapsed())
    }

    fn first_at(&self, thing: [u8; 32], after: Duration) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let number = after.as_secs() / self.valid.as_secs().max(1);
        if number > state.number {
            let newer = std::mem::take(&mut state.newer);
            state.older = if number == state.number + 1 { newer } else { HashSet::new() };
            state.number = number;
        }
        let is_new = !state.older.contains(&thing) && state.newer.len() < MOST;
        is_new && state.newer.insert(thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_good_once_for_as_long_as_it_is_good() {
        let spent = Spent::new(100);
        let first = |thing, after| spent.first_at([thing; 32], Duration::from_secs(after));
        assert!(first(1, 99) && !first(1, 100) && !first(1, 198));
        assert!(spent.has(&[1; 32]) && !spent.has(&[2; 32]));
        assert!(first(2, 350) && first(1, 350), "no longer remembered");
    }
}
