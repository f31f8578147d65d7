//! What is good once, remembered for as long as it would be good.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// Most things remembered of one generation.
const MOST: usize = 200_000;

/// Two generations, each as long as a thing is good: what was used is in one of them until it is good no longer.
pub(super) struct Spent {
    /// Seconds for which a thing is good.
    valid: u64,
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
        Self { valid, state: Mutex::default() }
    }

    /// Whether it was used.
    pub(super) fn has(&self, thing: &[u8; 32]) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.newer.contains(thing) || state.older.contains(thing)
    }

    /// Notes that it is used; `false` where it was, or where so much was used that nothing more is remembered.
    pub(super) fn first(&self, thing: [u8; 32], now: u64) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now / self.valid;
        // A clock that was set back changes nothing.
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
        assert!(spent.first([1; 32], 1099) && !spent.first([1; 32], 1100));
        assert!(!spent.first([1; 32], 1198) && !spent.first([1; 32], 1050), "a clock set back");
        assert!(spent.first([2; 32], 1250) && spent.first([1; 32], 1250), "no longer remembered");
    }
}
