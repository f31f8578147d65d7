//! Envelopes, and what became of them.

use serde_json::{Value, json};

use super::Mode;
use super::connection::Piece;
use super::daemon::State;

/// One envelope.
struct Entry {
    /// A notification's `envelope`, `account` and what else it has.
    result: Value,
    /// Whether it still waits for a reader.
    kept: bool,
    /// Copies that are to be written, and copies that are.
    waiting: usize,
    written: usize,
}

/// All envelopes by number.
#[derive(Default)]
pub(super) struct Inbox(Vec<Entry>);

impl Inbox {
    fn add(&mut self, result: Value, kept: bool) -> usize {
        self.0.push(Entry { result, kept, waiting: 0, written: 0 });
        self.0.len() - 1
    }

    fn kept(&self) -> Vec<usize> {
        (0..self.0.len()).filter(|at| self.0[*at].kept).collect()
    }

    /// Copies are being written.
    pub fn begun(&mut self, envelopes: &[usize]) {
        for at in envelopes {
            self.0[*at].waiting -= 1;
            self.0[*at].written += 1;
        }
    }

    /// Copies could not be written.
    pub fn failed(&mut self, envelopes: &[usize]) {
        for at in envelopes {
            self.0[*at].written -= 1;
        }
    }

    /// Envelopes of which somebody's socket has a copy.
    pub fn delivered(&self) -> Vec<Value> {
        self.having(|entry| entry.written > 0)
    }

    /// Envelopes that nobody will get.
    pub fn lost(&self) -> Vec<Value> {
        self.having(|entry| entry.written == 0 && entry.waiting == 0 && !entry.kept)
    }

    /// Envelopes that wait for a reader.
    pub fn waiting(&self) -> Vec<Value> {
        self.having(|entry| entry.kept)
    }

    fn having(&self, which: impl Fn(&Entry) -> bool) -> Vec<Value> {
        let envelope = |entry: &Entry| entry.result["envelope"].clone();
        self.0.iter().filter(|entry| which(entry)).map(envelope).collect()
    }
}

impl State {
    /// Envelopes that come together, and are written together.
    pub fn receive(&mut self, mode: Mode, results: Vec<Value>) {
        let keep = mode != Mode::OnStart;
        let numbers: Vec<usize> =
            results.into_iter().map(|result| self.inbox.add(result, keep)).collect();
        if keep { self.flush_kept(mode) } else { self.hand_out(mode, &numbers) }
    }

    /// Gives readers what waited for one.
    pub fn flush_kept(&mut self, mode: Mode) {
        if self.readers(mode).is_empty() {
            return;
        }
        let numbers = self.inbox.kept();
        for at in &numbers {
            self.inbox.0[*at].kept = false;
        }
        self.hand_out(mode, &numbers);
    }

    /// Connections that get notifications, each as often as it subscribed.
    fn readers(&self, mode: Mode) -> Vec<(u64, Option<u64>)> {
        let mut readers = Vec::new();
        for (number, connection) in &self.connections {
            match mode {
                Mode::Manual => {
                    let each = connection.subscriptions.iter();
                    readers.extend(each.map(|subscription| (*number, Some(*subscription))));
                }
                _ => readers.push((*number, None)),
            }
        }
        readers
    }

    fn hand_out(&mut self, mode: Mode, numbers: &[usize]) {
        if numbers.is_empty() {
            return;
        }
        for (connection, subscription) in self.readers(mode) {
            let mut lines = Vec::new();
            for at in numbers {
                let entry = &mut self.inbox.0[*at];
                entry.waiting += 1;
                lines.extend(notification(&entry.result, subscription));
            }
            // A thread that has ended takes nothing, and then the copies are lost.
            let piece = Piece::Lines(lines, numbers.to_vec());
            if self.connections[&connection].writer.send(piece).is_err() {
                self.inbox.begun(numbers);
                self.inbox.failed(numbers);
            }
        }
    }
}

fn notification(result: &Value, subscription: Option<u64>) -> Vec<u8> {
    let params = match subscription {
        Some(number) => json!({"subscription": number, "result": result}),
        None => result.clone(),
    };
    let whole = json!({"jsonrpc": "2.0", "method": "receive", "params": params});
    format!("{whole}\n").into_bytes()
}
