//! What people send.

use serde_json::{Value, json};

use super::Signal;
use super::daemon::State;
use crate::clock::Clock;

/// What a receipt says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It came to a device.
    Delivery,
    /// It was read.
    Read,
    /// It was looked at or heard.
    Viewed,
}

impl Signal {
    /// An envelope as it is, where its timestamps and the account are filled in; a value that has
    /// `envelope` is a whole notification's `params`. Gives its timestamp.
    pub fn inject(&self, envelope: Value) -> u64 {
        self.inject_together(vec![envelope]).first().copied().unwrap_or_default()
    }

    /// Envelopes whose lines are written in one piece. Gives their timestamps.
    pub fn inject_together(&self, envelopes: Vec<Value>) -> Vec<u64> {
        let daemon = self.daemon();
        let mut state = daemon.state();
        let fill = |envelope| fill(&mut state, &daemon.clock, envelope);
        let whole: Vec<Value> = envelopes.into_iter().map(fill).collect();
        let times = whole.iter().map(|one| one["envelope"]["timestamp"].as_u64());
        let times = times.map(Option::unwrap_or_default).collect();
        state.receive(daemon.mode, whole);
        times
    }

    /// An envelope that comes between the next call and its answer. Gives its timestamp.
    pub fn inject_before_answer(&self, envelope: Value) -> u64 {
        let daemon = self.daemon();
        let mut state = daemon.state();
        let whole = fill(&mut state, &daemon.clock, envelope);
        let time = whole["envelope"]["timestamp"].as_u64().unwrap_or_default();
        state.between.push(whole);
        time
    }

    /// A message of a person, known by an ACI alone. Gives its timestamp, Unix milliseconds.
    pub fn inject_from(&self, uuid: &str, data_message: Value) -> u64 {
        self.inject_content(uuid, "dataMessage", data_message)
    }

    /// Another kind of content of a person, such as `editMessage`. Gives its timestamp.
    pub fn inject_content(&self, uuid: &str, kind: &str, content: Value) -> u64 {
        self.inject(envelope_from(uuid, kind, content))
    }

    /// An envelope that the daemon could not open. Gives its timestamp.
    pub fn inject_exception(&self, uuid: &str, kind: &str, message: &str) -> u64 {
        let envelope = envelope_from(uuid, "", Value::Null);
        let exception = json!({"message": message, "type": kind});
        self.inject(json!({"envelope": envelope, "exception": exception}))
    }

    /// A person's devices say what became of messages of ours.
    pub fn receipts(&self, recipient: &str, kind: Receipt, timestamps: &[u64]) -> u64 {
        let content = json!({
            "when": self.clock().now() * 1000,
            "isDelivery": kind == Receipt::Delivery,
            "isRead": kind == Receipt::Read,
            "isViewed": kind == Receipt::Viewed,
            "timestamps": timestamps,
        });
        self.inject_content(recipient, "receiptMessage", content)
    }
}

/// An envelope whose sender hides the number.
pub fn envelope_from(uuid: &str, kind: &str, content: Value) -> Value {
    let mut envelope = json!({
        "source": uuid,
        "sourceNumber": null,
        "sourceUuid": uuid,
        "sourceName": "Test",
        "sourceDevice": 1,
    });
    if !kind.is_empty() {
        envelope[kind] = content;
    }
    envelope
}

/// A notification's params, with what was not said.
fn fill(state: &mut State, clock: &Clock, value: Value) -> Value {
    let mut whole =
        if value.get("envelope").is_some() { value } else { json!({"envelope": value}) };
    let envelope = &mut whole["envelope"];
    let own = ["/timestamp", "/dataMessage/timestamp", "/editMessage/dataMessage/timestamp"];
    let own = own.iter().find_map(|place| envelope.pointer(place)?.as_u64());
    let time = own.unwrap_or_else(|| state.timestamp(clock));
    default(envelope, "timestamp", json!(time));
    default(envelope, "serverReceivedTimestamp", json!(time + 121));
    default(envelope, "serverDeliveredTimestamp", json!(time + 221));
    for pointer in ["/dataMessage", "/editMessage/dataMessage"] {
        if let Some(message) = envelope.pointer_mut(pointer) {
            default(message, "timestamp", json!(time));
            default(message, "message", Value::Null);
            default(message, "expiresInSeconds", json!(0));
            default(message, "viewOnce", json!(false));
        }
    }
    default(&mut whole, "account", json!(state.account));
    whole
}

fn default(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.entry(name).or_insert(value);
    }
}
