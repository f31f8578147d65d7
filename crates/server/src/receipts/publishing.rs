//! Publishing by the clock: where too little came in a turn, records that are nothing are added, and where too
//! much did, the rest waits for the next turns. So the size of what is published tells nothing of what came.

use std::sync::Arc;
use std::time::Duration;

use payamgir_ledger::Published;
use payamgir_log::{Kind, Log};
use tokio::task::JoinSet;

use super::{Clock, Receipts, Unread, blocking};
use crate::journal::{Event, Journal};

/// Turns in which what waits should be published; else each turn takes twice as much.
const BACKLOG: u64 = 24;
/// Turns, of an hour a day of them, after which a step that is not needed any more is halved.
const CALM: u64 = 24;
/// How many times the configured step a turn takes at most.
const LARGEST: u64 = 256;
/// Records added in one go, so that what arrives meanwhile is not behind all of them.
const BATCH: u64 = 64;
/// Longest sleep in seconds: a clock may be set anew.
const LOOK: u64 = 30;

impl Receipts {
    /// Publishes at each turn of the clock, for as long as the server runs.
    pub(crate) async fn keep_publishing(self: Arc<Self>, log: Log, journal: Journal) {
        let mut last = self.turn();
        while self.are_given() {
            tokio::time::sleep(Duration::from_secs(self.until().min(LOOK))).await;
            let now = self.turn();
            // A clock that was set back begins anew, at its next turn.
            if now <= last {
                last = now;
                continue;
            }
            last = now;
            if self.publish(&log).await.is_err() {
                journal(Event::PublishFailed);
            }
        }
    }

    fn turn(&self) -> u64 {
        (self.world.now)() / self.clock.every.max(1)
    }

    /// Fills up what is published next, and has it signed. What stops it in between changes nothing that
    /// can be seen: the next turn goes on from what was published last.
    async fn publish(self: &Arc<Self>, log: &Log) -> Result<(), Unread> {
        let (reading, receipts) = (log.clone(), self.clone());
        let read = move || Ok((reading.reader()?.size()?, receipts.ledger.published()?));
        let (size, before) = blocking(read).await?;
        let mut next = next(size, before.as_ref(), self.clock);
        let missing = next.size.saturating_sub(size);
        // A log that is shorter than what was published is another one, or an old copy.
        if missing > next.step {
            return Err(Unread);
        }
        self.fill(log, missing).await?;
        let (log, receipts) = (log.clone(), self.clone());
        blocking(move || {
            next.note = String::from_utf8(log.checkpoint_of(next.size)?).map_err(|_| Unread)?;
            receipts.ledger.publish(&next)?;
            Ok(receipts.ledger.tidy()?)
        })
        .await
    }

    async fn fill(&self, log: &Log, mut missing: u64) -> Result<(), Unread> {
        while missing > 0 {
            let mut adding = JoinSet::new();
            for _ in 0..missing.min(BATCH) {
                let (log, body) = (log.clone(), self.world.bytes::<32>().to_vec());
                adding.spawn(async move { log.append(Kind::FILLER, body, vec![]).await });
            }
            missing = missing.saturating_sub(BATCH);
            while let Some(added) = adding.join_next().await {
                added.map_err(|_| Unread)??;
            }
        }
        Ok(())
    }
}

/// What is published after `before`, where the log has `size` records; its turn and note are still open.
fn next(size: u64, before: Option<&Published>, clock: Clock) -> Published {
    let least = clock.step.max(1);
    let (last, mut step, mut calm) = match before {
        Some(before) => (before.size, before.step.max(least), before.calm),
        None => (size / least * least, least, 0),
    };
    let waits = |step: u64| size.saturating_sub(last + step);
    while waits(step) > BACKLOG * step && step < least * LARGEST {
        (step, calm) = (step * 2, 0);
    }
    calm = if waits(step / 2) == 0 { calm + 1 } else { 0 };
    if calm >= CALM && step / 2 >= least {
        (step, calm) = (step / 2, 0);
    }
    Published { size: last + step, step, calm, note: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCK: Clock = Clock { every: 3600, step: 64 };

    /// Sizes that are published while so many records come in each turn.
    fn run(turns: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let (mut size, mut before, mut sizes) = (0, None, vec![]);
        for come in turns {
            size += come;
            let after = next(size, before.as_ref(), CLOCK);
            size = size.max(after.size);
            sizes.push(after.size);
            before = Some(after);
        }
        sizes
    }

    #[test]
    fn what_comes_does_not_show() {
        let calm = run([0; 48]);
        assert_eq!(calm, (1..=48).map(|turn| turn * 64).collect::<Vec<_>>());
        let busy = (0..48).map(|turn| if turn % 5 == 4 { 300 } else { turn % 3 });
        assert_eq!(run(busy), calm);
    }

    #[test]
    fn a_rush_is_followed_and_a_step_that_is_not_needed_shrinks_again() {
        let rush = std::iter::repeat_n(5000, 10).chain(std::iter::repeat_n(0, 3000));
        let sizes = run(rush);
        let steps: Vec<u64> = sizes.windows(2).map(|two| two[1] - two[0]).collect();
        assert!(sizes[40] >= 50_000, "{}", sizes[40]);
        assert!(steps.iter().max() > Some(&1000) && steps.last() == Some(&64));
        let flood = run(std::iter::repeat_n(10_000_000, 30));
        assert!(flood.windows(2).all(|two| two[1] - two[0] <= 64 * LARGEST));
    }

    #[test]
    fn a_log_that_was_there_before_begins_at_its_end() {
        assert_eq!(next(1000, None, CLOCK).size, 1024);
        assert_eq!(next(1024, None, CLOCK).size, 1088);
    }
}
