//! Webhooks in waiting, and what became of them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::Value;

/// No retry is further away than this.
const FURTHEST: Duration = Duration::from_secs(7 * 86_400);

/// One try to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// When, in Unix seconds.
    pub at: u64,
    /// The status of the answer; 0 where none came.
    pub status: u16,
    /// What the events in it are called.
    pub names: Vec<String>,
}

/// One POST in waiting.
#[derive(Clone)]
pub(crate) struct Parcel {
    serial: u64,
    pub names: Vec<String>,
    pub body: Bytes,
    /// How many copies leave at the same moment.
    pub copies: usize,
    made: u64,
    tries: u32,
    due: Instant,
    due_clock: u64,
    away: bool,
}

/// Everything about an account's webhook.
pub(crate) struct Queue {
    pub address: String,
    pub subscribed: bool,
    pub base: Duration,
    pub patience: Duration,
    pub slashes: bool,
    pub holding: bool,
    pub reorder: bool,
    pub doubled: usize,
    pub held: Vec<Value>,
    pub acknowledged: Vec<String>,
    pub lost: Vec<String>,
    pub deliveries: Vec<Delivery>,
    /// Every body that an event was ever in last.
    pub bodies: HashMap<String, Bytes>,
    parcels: Vec<Parcel>,
    serial: u64,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            address: String::new(),
            subscribed: false,
            base: Duration::from_secs(1),
            patience: Duration::from_secs(5),
            slashes: true,
            holding: false,
            reorder: false,
            doubled: 0,
            held: Vec::new(),
            acknowledged: Vec::new(),
            lost: Vec::new(),
            deliveries: Vec::new(),
            bodies: HashMap::new(),
            parcels: Vec::new(),
            serial: 0,
        }
    }
}

impl Queue {
    pub fn push(&mut self, names: Vec<String>, body: Bytes, now: u64, after: Duration) {
        self.serial += 1;
        for name in &names {
            self.bodies.insert(name.clone(), body.clone());
        }
        self.parcels.push(Parcel {
            serial: self.serial,
            names,
            body,
            copies: 1,
            made: now,
            tries: 0,
            due: Instant::now() + after,
            due_clock: now.saturating_add(after.as_secs() + 1),
            away: false,
        });
    }

    /// Forgets what is too old, and takes what is due: the oldest, or the newest where the order is
    /// turned around.
    pub fn take(&mut self, now: u64, keep: u64) -> Option<Parcel> {
        self.expire(now, keep);
        if !self.subscribed {
            return None;
        }
        let instant = Instant::now();
        // Due by either clock: one may stand, the other may have been put forward.
        let due = |parcel: &&mut Parcel| {
            !parcel.away && (parcel.due <= instant || parcel.due_clock <= now)
        };
        let mut parcels = self.parcels.iter_mut();
        let parcel = if self.reorder { parcels.rfind(due) } else { parcels.find(due) }?;
        parcel.away = true;
        let mut taken = parcel.clone();
        if self.doubled > 0 {
            self.doubled -= 1;
            taken.copies = 2;
        }
        Some(taken)
    }

    pub fn expire(&mut self, now: u64, keep: u64) {
        let old = |parcel: &mut Parcel| !parcel.away && now.saturating_sub(parcel.made) > keep;
        for parcel in self.parcels.extract_if(.., old) {
            for name in parcel.names {
                add(&mut self.lost, name);
            }
        }
        let acknowledged = &self.acknowledged;
        self.lost.retain(|name| !acknowledged.contains(name));
    }

    /// What came of a delivery.
    pub fn settle(&mut self, taken: &Parcel, status: u16, now: u64) {
        self.deliveries.push(Delivery { at: now, status, names: taken.names.clone() });
        let Some(at) = self.parcels.iter().position(|parcel| parcel.serial == taken.serial) else {
            return;
        };
        if (200..300).contains(&status) {
            let parcel = self.parcels.remove(at);
            parcel.names.into_iter().for_each(|name| add(&mut self.acknowledged, name));
        } else {
            self.parcels[at].postpone(self.base, now);
        }
    }

    /// Everything in waiting is due.
    pub fn hurry(&mut self) {
        self.parcels.iter_mut().for_each(|parcel| parcel.due = Instant::now());
    }

    pub fn waiting(&self) -> impl Iterator<Item = &Parcel> {
        self.parcels.iter()
    }
}

impl Parcel {
    fn postpone(&mut self, base: Duration, now: u64) {
        let delay = base.checked_mul(1 << self.tries.min(24)).unwrap_or(FURTHEST).min(FURTHEST);
        self.tries += 1;
        self.due = Instant::now() + delay;
        // Rounded up: by the seconds of a running clock it would be due too early.
        self.due_clock = now.saturating_add(delay.as_secs() + 1);
        self.away = false;
    }
}

fn add(all: &mut Vec<String>, name: String) {
    if !all.contains(&name) {
        all.push(name);
    }
}
