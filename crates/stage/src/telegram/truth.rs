//! What became of everything.

use serde_json::{Value, json};

use super::Telegram;
use super::state::{Sent, Stage};

impl Telegram {
    /// Ids of updates that the program was given and said are safe: an offset passed them, or its
    /// webhook answered 2xx.
    pub fn acknowledged(&self) -> Vec<i64> {
        self.state().queue.acknowledged.clone()
    }

    /// Ids of updates that nobody will get: a day old, destroyed with a negative offset or
    /// `drop_pending_updates`, or passed by an offset without having been given.
    pub fn lost(&self) -> Vec<i64> {
        self.state().queue.lost.clone()
    }

    /// Ids of updates whose kinds the program did not ask for.
    pub fn filtered(&self) -> Vec<i64> {
        self.state().queue.filtered.clone()
    }

    /// How many updates wait.
    pub fn pending(&self) -> usize {
        self.state().queue.len()
    }

    /// What the program sent, in order.
    pub fn sent(&self) -> Vec<Sent> {
        self.state().sent.clone()
    }

    /// Chat and message ids that the program deleted.
    pub fn deleted(&self) -> Vec<(i64, i64)> {
        self.state().deleted.clone()
    }

    /// The calls, by their names in lower case; downloads are `file`.
    pub fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    /// Calls that a webhook's answers contained.
    pub fn executed(&self) -> Vec<Value> {
        self.state().executed.clone()
    }

    /// A message as the chat shows it now.
    pub fn message(&self, chat: i64, message_id: i64) -> Option<Value> {
        self.state().chats.get(&chat)?.messages.get(&message_id).cloned()
    }

    /// All of it but files' bytes.
    pub fn ledger(&self) -> Value {
        ledger(&self.0.stage)
    }
}

/// What the control page shows.
pub(super) fn ledger(stage: &Stage) -> Value {
    let state = stage.state();
    let sent: Vec<Value> = state.sent.iter().map(without_bytes).collect();
    json!({
        "acknowledged": state.queue.acknowledged,
        "lost": state.queue.lost,
        "filtered": state.queue.filtered,
        "pending": state.queue.len(),
        "sent": sent,
        "deleted": state.deleted,
    })
}

fn without_bytes(sent: &Sent) -> Value {
    json!({
        "chat": sent.chat,
        "method": sent.method,
        "text": sent.text,
        "message_id": sent.message_id,
        "reply_to": sent.reply_to,
        "size": sent.bytes.as_ref().map(Vec::len),
    })
}
