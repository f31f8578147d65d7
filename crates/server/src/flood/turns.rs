//! Turns, for browsers without scripts: who was not let in has one a little later, if the form that was given back
//! is sent again. It costs an honest source a moment, and a stranger who only ever repeats the same everything.
//! Nothing is kept of who waits: a turn is known again by its mark.

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::spent::Spent;
use super::{Rate, bucket::Bucket};
use crate::world::World;

/// Seconds until a turn is up, and for how long it then is: somebody may have files to choose again.
pub(super) const WAIT: u64 = 10;
const VALID: u64 = 3600;
/// Most bytes of what a form brings.
pub(super) const BYTES: usize = 128;

/// What a turn is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// It is up.
    Up,
    /// It is in so many seconds.
    Early(u64),
    /// It was: what was sent with it was let in.
    Spent,
    /// None of ours, too late, or too many at once.
    None,
}

/// The turns.
pub(super) struct Turns {
    lane: Bucket,
    /// Of this process alone.
    key: [u8; 32],
    spent: Spent,
    world: World,
}

impl Turns {
    pub(super) fn new(rate: Rate, world: World) -> Self {
        let spent = Spent::new(WAIT + VALID);
        Self { lane: Bucket::new(rate), key: world.bytes(), spent, world }
    }

    /// A turn from a little later on: when, what sets it apart, and the mark.
    pub(super) fn draw(&self) -> String {
        let said =
            format!("{}.{}", (self.world.now)() + WAIT, HEXLOWER.encode(&self.world.bytes::<12>()));
        let mark = HEXLOWER.encode(&self.mark(&said).finalize().into_bytes());
        format!("{said}.{mark}")
    }

    /// Whether it is its turn, for the first time.
    pub(super) fn look(&self, turn: &str) -> Look {
        let known = (turn.len() <= BYTES).then(|| self.read(turn)).flatten();
        let now = (self.world.now)();
        let Some((from, mark)) = known.filter(|(from, _)| now < from.saturating_add(VALID)) else {
            return Look::None;
        };
        match () {
            () if now < from => Look::Early(from - now),
            () if self.spent.has(&mark) => Look::Spent,
            () if self.lane.take() && self.spent.first(mark) => Look::Up,
            () => Look::None,
        }
    }

    fn read(&self, turn: &str) -> Option<(u64, [u8; 32])> {
        let (said, mark) = turn.rsplit_once('.')?;
        let mark: [u8; 32] = HEXLOWER.decode(mark.as_bytes()).ok()?.try_into().ok()?;
        self.mark(said).verify_slice(&mark).ok()?;
        Some((said.split_once('.')?.0.parse().ok()?, mark))
    }

    fn mark(&self, said: &str) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any length is a key");
        mac.chain_update(said)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use proptest::prelude::*;

    use super::*;

    fn turns(rate: Rate, clock: &Arc<AtomicU64>) -> Turns {
        let clock = clock.clone();
        let now = Arc::new(move || clock.load(Ordering::Relaxed));
        let dice = AtomicU64::new(7);
        let random = Arc::new(move |bytes: &mut [u8]| {
            bytes.fill(dice.fetch_add(1, Ordering::Relaxed) as u8);
        });
        Turns::new(rate, World { now, random })
    }

    #[test]
    fn a_turn_comes_later_once_and_passes() {
        let clock = Arc::new(AtomicU64::new(1000));
        let turns = turns((1.0, 0.0), &clock);
        let [first, second, third] = [(); 3].map(|()| turns.draw());
        assert_eq!(turns.look(&first), Look::Early(WAIT));
        clock.fetch_add(WAIT, Ordering::Relaxed);
        assert_eq!([turns.look(&first), turns.look(&first)], [Look::Up, Look::Spent]);
        assert_eq!(turns.look(&second), Look::None, "the lane is used up");
        clock.fetch_add(VALID, Ordering::Relaxed);
        assert_eq!(turns.look(&third), Look::None, "too late");
    }

    #[test]
    fn a_turn_that_was_changed_is_none() {
        let clock = Arc::new(AtomicU64::new(1000));
        let turns = turns((1000.0, 0.0), &clock);
        let turn = turns.draw();
        clock.fetch_add(WAIT, Ordering::Relaxed);
        for at in 0..turn.len() {
            let mut changed = turn.clone().into_bytes();
            changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
            let changed = std::str::from_utf8(&changed).unwrap();
            assert_eq!(turns.look(changed), Look::None, "{at}");
        }
        assert_eq!(turns.look(&turn), Look::Up);
    }

    proptest! {
        #[test]
        fn odd_turns_are_none(text in "\\PC{0,200}") {
            let turns = turns((1000.0, 0.0), &Arc::new(AtomicU64::new(1000)));
            prop_assert_eq!(turns.look(&text), Look::None);
        }
    }
}
