//! What a test makes go wrong, and what it asks afterwards.

use serde_json::Value;

use super::Signal;
use super::outbox::{Outcome, Removed, Sent};

impl Signal {
    /// Writes these bytes and a line's end to everybody who is connected.
    pub fn raw_line(&self, bytes: &[u8]) {
        for connection in self.daemon().state().connections.values() {
            connection.write([bytes, b"\n"].concat());
        }
    }

    /// How the next sends end, one each; after them all succeed again.
    pub fn fail_send(&self, outcomes: Vec<Outcome>) {
        self.daemon().state().outcomes.extend(outcomes);
    }

    /// How many are connected.
    pub fn connections(&self) -> usize {
        self.daemon().state().connections.len()
    }

    /// What the program sent, in order, once for each recipient.
    pub fn sent(&self) -> Vec<Sent> {
        self.daemon().state().sent.clone()
    }

    /// What the program took back.
    pub fn removed(&self) -> Vec<Removed> {
        self.daemon().state().removed.clone()
    }

    /// Envelopes that were written to a reader's socket, each once, in the order they were injected.
    pub fn delivered(&self) -> Vec<Value> {
        self.daemon().state().inbox.delivered()
    }

    /// Envelopes that nobody will get: nobody was connected, or the connection broke before.
    pub fn lost(&self) -> Vec<Value> {
        self.daemon().state().inbox.lost()
    }

    /// Envelopes that wait for a reader.
    pub fn kept(&self) -> Vec<Value> {
        self.daemon().state().inbox.waiting()
    }

    /// The calls, by method and parameters.
    pub fn calls(&self) -> Vec<(String, Value)> {
        self.daemon().state().calls.clone()
    }
}
