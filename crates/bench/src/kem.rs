//! Bare X-Wing: what sealing and opening cannot do without.

use std::thread;
use std::time::{Duration, Instant};

use payamgir_hybrid::{PrivateKey, PublicKey};

use crate::{Failure, fixture};

/// Different shares, so that no cache or branch predictor knows the answer.
const SHARES: usize = 512;
const STEP: usize = 64;

/// A key pair, expanded.
pub struct Pair {
    private: PrivateKey,
    public: PublicKey,
}

impl Pair {
    /// A fresh one.
    pub fn new() -> Result<Self, Failure> {
        let private = PrivateKey::from_seed(&fixture::random())?;
        let public = PublicKey::from_bytes(private.public())?;
        Ok(Self { private, public })
    }

    /// µs of one encapsulation, on one thread.
    pub fn encapsulation(&self, time: Duration) -> Result<f64, Failure> {
        let start = Instant::now();
        let mut done = 0;
        while start.elapsed() < time {
            for _ in 0..STEP {
                self.public.encapsulate()?;
            }
            done += STEP;
        }
        Ok(start.elapsed().as_secs_f64() * 1e6 / done as f64)
    }

    /// Decapsulations per second on `threads` threads together.
    pub fn decapsulations(&self, threads: usize, time: Duration) -> Result<f64, Failure> {
        let shares: Result<Vec<_>, _> =
            (0..SHARES).map(|_| self.public.encapsulate().map(|(share, _)| share)).collect();
        let shares = shares?;
        let work = || {
            let start = Instant::now();
            let mut done = 0;
            while start.elapsed() < time {
                for share in &shares[done % SHARES..][..STEP] {
                    self.private.decapsulate(share)?;
                }
                done += STEP;
            }
            Ok::<_, Failure>(done as f64 / start.elapsed().as_secs_f64())
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let rate = |worker: thread::ScopedJoinHandle<'_, _>| {
                worker.join().unwrap_or_else(|_| Err("a thread panicked".into()))
            };
            workers.into_iter().map(rate).sum()
        })
    }
}
