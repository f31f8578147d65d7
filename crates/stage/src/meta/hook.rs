//! The webhook side: handshake, batches, duplicates, and what was told safe.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::sign::{SignatureKind, escaped};
use super::{Delivery, Meta};

impl Meta {
    /// Does the handshake with a webhook, and delivers to it from now on.
    ///
    /// # Errors
    /// What was wrong with the echo, in words.
    pub fn subscribe(&self, webhook_url: &str) -> Result<(), String> {
        self.queue().address = webhook_url.to_owned();
        let challenge = format!("11582{}", self.clock.now());
        match self.handshake("subscribe", self.verify_token(), &challenge) {
            (200, echo) if echo == challenge => {
                self.queue().subscribed = true;
                Ok(())
            }
            (status, echo) => Err(format!("{status} with {echo:?} instead of {challenge:?}")),
        }
    }

    /// Delivers to a webhook from now on, without a handshake.
    pub fn deliver_to(&self, webhook_url: &str) {
        let mut queue = self.queue();
        queue.address = webhook_url.to_owned();
        queue.subscribed = true;
    }

    /// One handshake with these words; status (0 where no answer came) and body. What is empty is left
    /// out. The webhook is the one that was last named.
    pub fn handshake(&self, mode: &str, token: &str, challenge: &str) -> (u16, String) {
        let address = self.queue().address.clone();
        let mut request = self.agent().get(address);
        let words = [("hub.mode", mode), ("hub.challenge", challenge), ("hub.verify_token", token)];
        for (name, value) in words.into_iter().filter(|(_, value)| !value.is_empty()) {
            request = request.query(name, value);
        }
        request.call().map_or((0, String::new()), |mut answer| {
            let body = answer.body_mut().read_to_string().unwrap_or_default();
            (answer.status().as_u16(), body)
        })
    }

    /// The delay before the first retry; each further one is twice as long. 1 s unless set.
    pub fn retry_base(&self, base: Duration) {
        self.queue().base = base;
    }

    /// How long the webhook may take to answer. 5 s unless set.
    pub fn patience(&self, long: Duration) {
        self.queue().patience = long;
    }

    /// Everything that waits for a retry is tried at once.
    pub fn retry_now(&self) {
        self.queue().hurry();
    }

    /// Whether `/` is written `\/`. It is unless set.
    pub fn escape_slashes(&self, on: bool) {
        self.queue().slashes = on;
    }

    /// Collects events from now on instead of delivering them.
    pub fn hold(&self) {
        self.queue().holding = true;
    }

    /// Delivers what was collected in one POST: two entries with two changes each, where there is
    /// enough for that.
    pub fn release(&self) {
        self.release_as(2, 2);
    }

    /// Delivers what was collected in one POST of at most so many entries with so many changes each.
    pub fn release_as(&self, entries: usize, changes: usize) {
        let mut parts = {
            let mut queue = self.queue();
            queue.holding = false;
            std::mem::take(&mut queue.held)
        };
        if self.queue().reorder {
            parts.reverse();
        }
        if !parts.is_empty() {
            self.push_body(&(self.kind.pack)(&parts, entries, changes), Duration::ZERO);
        }
    }

    /// Whether the newest is delivered first.
    pub fn reorder(&self, on: bool) {
        self.queue().reorder = on;
    }

    /// The next so many POSTs leave twice, in the same moment on two connections.
    pub fn duplicate_next(&self, posts: usize) {
        self.queue().doubled += posts;
    }

    /// Delivers the POST again, byte for byte, that an event was last in; false where there was none.
    pub fn redeliver(&self, id: &str) -> bool {
        let now = self.clock.now();
        let mut queue = self.queue();
        let Some(body) = queue.bodies.get(id).cloned() else {
            return false;
        };
        let names = serde_json::from_slice(&body).map(|value| (self.kind.names)(&value));
        queue.push(names.unwrap_or_default(), body, now, Duration::ZERO);
        true
    }

    /// Posts these bytes at once; the status of the answer, 0 where none came. It is in no ledger.
    pub fn post_raw(&self, bytes: &[u8], signature: SignatureKind) -> u16 {
        self.post(bytes, &self.signed(signature, bytes))
    }

    /// Queues this body as it is, past [`hold`](Self::hold).
    pub fn inject_body(&self, body: &Value) {
        self.push_body(body, Duration::ZERO);
    }

    /// The messages that were told safe, in that order, each once.
    pub fn acknowledged(&self) -> Vec<String> {
        messages(self.queue().acknowledged.iter())
    }

    /// The other events that were told safe, such as `wamid.X delivered` or `mid.X unsent`.
    pub fn others_acknowledged(&self) -> Vec<String> {
        let queue = self.queue();
        queue.acknowledged.iter().filter(|name| name.contains(' ')).cloned().collect()
    }

    /// The messages that wait: held, queued, or on their way.
    pub fn pending(&self) -> Vec<String> {
        let queue = self.queue();
        let parts =
            queue.held.iter().map(|part| (self.kind.pack)(std::slice::from_ref(part), 1, 1));
        let held: Vec<_> = parts.flat_map(|body| (self.kind.names)(&body)).collect();
        messages(held.iter().chain(queue.waiting().flat_map(|parcel| &parcel.names)))
    }

    /// The messages that were given up.
    pub fn lost(&self) -> Vec<String> {
        let mut queue = self.queue();
        queue.expire(self.clock.now(), self.kind.keep);
        messages(queue.lost.iter())
    }

    /// Whether nothing waits, messages or not.
    pub fn idle(&self) -> bool {
        let queue = self.queue();
        queue.held.is_empty() && queue.waiting().next().is_none()
    }

    /// Every try to deliver so far, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.queue().deliveries.clone()
    }

    /// Queues one event, to be delivered `after` so long.
    pub(crate) fn push(&self, part: Value, after: Duration) {
        let mut queue = self.queue();
        if queue.holding {
            queue.held.push(part);
            return;
        }
        drop(queue);
        self.push_body(&(self.kind.pack)(&[part], 1, 1), after);
    }

    fn push_body(&self, body: &Value, after: Duration) {
        let now = self.clock.now();
        let mut queue = self.queue();
        let bytes = Bytes::from(escaped(body, queue.slashes));
        queue.push((self.kind.names)(body), bytes, now, after);
    }

    /// Whether an event was told safe; where it will not be told, that is not waited for.
    pub(crate) fn told(&self, name: &str) -> bool {
        let queue = self.queue();
        !queue.subscribed || queue.holding || queue.acknowledged.iter().any(|told| told == name)
    }
}

fn messages<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    names.filter(|name| !name.contains(' ')).cloned().collect()
}
