//! One thread on which keys are grown from codenames, and the two short queues before it.
//!
//! A source who sends goes before one who reads, and who reads gets at most half of one core: so
//! a flood of guesses takes little from those who send. No address is looked at to tell them apart.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use payamgir_dropbox::{Codename, Dropbox, Still};
use tokio::sync::oneshot;

/// Who may wait in each lane: a few seconds of work.
const WAITING: usize = 16;
/// How long anybody waits for a key.
const PATIENCE: Duration = Duration::from_secs(20);
/// After so many who send, one who reads has a turn.
const SENDERS: u32 = 4;
/// After so long without work, the memory is given back.
const IDLE: Duration = Duration::from_secs(30);

/// What a key is grown for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// To be named in what a source sends.
    Sending,
    /// To read answers.
    Reading,
}

/// The thread and its queues.
#[derive(Default)]
pub(crate) struct Stills(Arc<Shared>);

#[derive(Default)]
struct Shared {
    queues: Mutex<Queues>,
    changed: Condvar,
}

#[derive(Default)]
struct Queues {
    sending: VecDeque<Job>,
    reading: VecDeque<Job>,
    running: bool,
    closed: bool,
    /// Who sent since somebody read last.
    senders: u32,
}

struct Job {
    codename: Codename,
    founding: [u8; 32],
    done: oneshot::Sender<Dropbox>,
}

impl Stills {
    /// Waits for its turn, then for the key; `None` where too many wait already.
    pub(crate) async fn grow(
        &self,
        lane: Lane,
        codename: Codename,
        founding: [u8; 32],
    ) -> Option<Dropbox> {
        let (done, grown) = oneshot::channel();
        self.queue(lane, Job { codename, founding, done })?;
        tokio::time::timeout(PATIENCE, grown).await.ok()?.ok()
    }

    fn queue(&self, lane: Lane, job: Job) -> Option<()> {
        let mut queues = self.0.lock();
        let queue = queues.of(lane);
        if queue.len() >= WAITING {
            return None;
        }
        queue.push_back(job);
        if !queues.running {
            let shared = self.0.clone();
            let thread = std::thread::Builder::new().name("codenames".into());
            if thread.spawn(move || Working(shared).work()).is_err() {
                queues.clear();
                return None;
            }
            queues.running = true;
        }
        self.0.changed.notify_one();
        Some(())
    }
}

impl Drop for Stills {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_one();
    }
}

impl Queues {
    fn of(&mut self, lane: Lane) -> &mut VecDeque<Job> {
        match lane {
            Lane::Sending => &mut self.sending,
            Lane::Reading => &mut self.reading,
        }
    }

    /// Who waits is told that there is no turn.
    fn clear(&mut self) {
        self.sending.clear();
        self.reading.clear();
    }

    /// The next job. Who has gone away is passed over; who reads is not passed over for ever.
    fn next(&mut self, resting: bool) -> Option<(Lane, Job)> {
        let lanes = match (resting, self.senders >= SENDERS) {
            (true, _) => &[Lane::Sending][..],
            (false, true) => &[Lane::Reading, Lane::Sending],
            (false, false) => &[Lane::Sending, Lane::Reading],
        };
        for lane in lanes {
            while let Some(job) = self.of(*lane).pop_front() {
                if !job.done.is_closed() {
                    self.senders = if *lane == Lane::Sending { self.senders + 1 } else { 0 };
                    return Some((*lane, job));
                }
            }
        }
        None
    }
}

/// The thread at work. However it ends, another can begin, and nobody waits for this one.
struct Working(Arc<Shared>);

impl Working {
    /// Grows keys until nothing came for a while; then ends, and the memory with it.
    fn work(&self) {
        let mut still = Still::default();
        let mut rest = Duration::ZERO;
        while let Some((lane, job)) = self.0.wait(rest) {
            let begun = Instant::now();
            let _ = job.done.send(still.grow(&job.codename, &job.founding));
            rest = if lane == Lane::Reading { begun.elapsed() } else { Duration::ZERO };
        }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let mut queues = self.0.lock();
        if std::thread::panicking() {
            queues.clear();
            queues.running = false;
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job: for `rest` only of who sends. `None` where nothing comes, or all is over.
    fn wait(&self, rest: Duration) -> Option<(Lane, Job)> {
        let begun = Instant::now();
        let mut queues = self.lock();
        loop {
            let left = rest.saturating_sub(begun.elapsed());
            if let Some(next) = queues.next(!left.is_zero()) {
                return Some(next);
            }
            if queues.closed || begun.elapsed() > IDLE {
                queues.running = false;
                return None;
            }
            let pause = if left.is_zero() { IDLE } else { left };
            let woken = self.changed.wait_timeout(queues, pause);
            queues = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use payamgir_dropbox::List;

    fn job(byte: u8) -> (Job, oneshot::Receiver<Dropbox>) {
        let (done, grown) = oneshot::channel();
        let codename = Codename::draw(List::English, |bytes| bytes.fill(byte));
        (Job { codename, founding: [0; 32], done }, grown)
    }

    #[test]
    fn who_sends_goes_first_and_who_left_is_passed_over() {
        let mut queues = Queues::default();
        let (reads, _reader) = job(1);
        let (gone, left) = job(2);
        let (sends, _sender) = job(3);
        queues.reading.push_back(reads);
        queues.sending.extend([gone, sends]);
        drop(left);
        assert_eq!(queues.next(false).unwrap().0, Lane::Sending);
        assert!(queues.next(true).is_none(), "a rest is kept from who reads");
        assert_eq!(queues.next(false).unwrap().0, Lane::Reading);
        assert!(queues.next(false).is_none());
    }

    #[tokio::test]
    async fn a_flood_of_guesses_is_refused_and_does_not_hold_up_who_sends() {
        let stills = Arc::new(Stills::default());
        let guess = |byte| {
            let stills = stills.clone();
            let codename = Codename::draw(List::English, |bytes| bytes.fill(byte));
            tokio::spawn(
                async move { stills.grow(Lane::Reading, codename, [0; 32]).await.is_some() },
            )
        };
        let guesses: Vec<_> = (0..60).map(guess).collect();
        tokio::task::yield_now().await;
        let sender = Codename::draw(List::Persian, |bytes| bytes.fill(9));
        let grown = stills.grow(Lane::Sending, sender.clone(), [0; 32]).await.unwrap();
        let waiting = stills.0.lock().reading.len();
        assert!(waiting > 0, "guesses still wait when who sends is done");
        let mut served = 0;
        for guess in guesses {
            served += usize::from(guess.await.unwrap());
        }
        assert!((1..=WAITING + 2).contains(&served), "{served}");
        let again = stills.grow(Lane::Reading, sender, [0; 32]).await.unwrap();
        assert_eq!(grown.id(), again.id());
    }
}
