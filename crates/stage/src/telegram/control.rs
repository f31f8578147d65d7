//! What a test makes people do.

use serde_json::{Value, json};

use super::Telegram;
use super::files::file_fields;
use super::people::{announce, compose, membership, person_of, queue, remember, say, tell};
use super::queue::Update;
use super::state::PERSON;

impl Telegram {
    /// A private message; `message_id`, `date`, `chat` and `from` are filled in where they are absent.
    /// Gives the update's id.
    pub fn inject(&self, message: Value) -> i64 {
        let person = person_of(&message).unwrap_or(PERSON);
        self.inject_from(person, message).0
    }

    /// A message of this person. Gives the update's id and the message's.
    pub fn inject_from(&self, person: i64, content: Value) -> (i64, i64) {
        say(&self.0.stage, person, content)
    }

    /// An update as it is; `update_id` is filled in where it is absent. Gives it.
    pub fn inject_update(&self, update: Value) -> i64 {
        tell(&self.0.stage, update)
    }

    /// JSON text that stands as it is among the updates, whatever shape it has. Gives the id by which
    /// offsets pass it: its own, or the next one, which stands for the word UPDATE in it.
    pub fn inject_bytes(&self, raw: &str) -> i64 {
        let now = self.clock().now();
        let mut state = self.state();
        let own: Option<Value> = serde_json::from_str(raw).ok();
        let own = own.and_then(|value| value.get("update_id")?.as_i64());
        let id = own.unwrap_or_else(|| state.queue.allocate());
        let text = raw.replace("UPDATE", &id.to_string());
        state.queue.push(Update { id, chat: 0, date: now, text, served: false }, now);
        drop(state);
        announce(&self.0.stage);
        id
    }

    /// The items of one album, one message each. Gives their ids.
    pub fn album(&self, person: i64, contents: Vec<Value>) -> Vec<i64> {
        let group = {
            let mut state = self.state();
            state.albums += 1;
            format!("1390000000{:08}", state.albums)
        };
        let with_group = |mut content: Value| {
            content["media_group_id"] = json!(group);
            self.inject_from(person, content).1
        };
        contents.into_iter().map(with_group).collect()
    }

    /// A person edits a message: `content` replaces the fields it names, and null removes one. Gives
    /// the update's id.
    pub fn edit(&self, person: i64, message_id: i64, content: Value) -> i64 {
        let now = self.clock().now();
        let mut state = self.state();
        let old = state.chats.get(&person).and_then(|chat| chat.messages.get(&message_id));
        let old = old.cloned().unwrap_or_else(|| json!({"message_id": message_id}));
        let mut message = compose(&mut state, now, person, old);
        message["edit_date"] = json!(now);
        for (name, value) in content.as_object().into_iter().flatten() {
            message[name] = value.clone();
        }
        if let Some(fields) = message.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        remember(&mut state, &message);
        let id = queue(&mut state, now, json!({"edited_message": message}));
        drop(state);
        announce(&self.0.stage);
        id
    }

    /// A person deletes a message on their side, of which no update tells.
    pub fn erase(&self, person: i64, message_id: i64) {
        if let Some(chat) = self.state().chats.get_mut(&person) {
            chat.messages.remove(&message_id);
        }
    }

    /// The bot administers a channel of that name, `@` in front; gives its id.
    pub fn open_channel(&self, name: &str) -> i64 {
        let mut state = self.state();
        let id = -1_001_000_000_000 - state.channels.len() as i64;
        state.channels.insert(name.to_owned(), id);
        state.chats.entry(id).or_default();
        id
    }

    /// A person blocks the bot. Gives the update's id.
    pub fn block(&self, person: i64) -> i64 {
        self.membership(person, true)
    }

    /// A person lets the bot in again. Gives the update's id.
    pub fn unblock(&self, person: i64) -> i64 {
        self.membership(person, false)
    }

    fn membership(&self, person: i64, blocked: bool) -> i64 {
        self.state().chats.entry(person).or_default().blocked = blocked;
        self.inject_update(membership(&self.0.stage, self.clock().now(), person, blocked))
    }

    /// A person deletes their account, of which no update tells.
    pub fn deactivate(&self, person: i64) {
        self.state().chats.entry(person).or_default().deactivated = true;
    }

    /// A file that `getFile` finds. Gives its `file_id`.
    pub fn put_file(&self, bytes: Vec<u8>) -> String {
        self.state().files.put(Some(bytes), None)
    }

    /// A file that `getFile` puts at this path, such as `voice/file_1.oga`. Gives its `file_id`.
    pub fn put_file_at(&self, bytes: Vec<u8>, path: &str) -> String {
        self.state().files.put(Some(bytes), Some(path.to_owned()))
    }

    /// A file of this many bytes, all zero; a self-hosted server alone gives one above 20 MB. Gives
    /// its `file_id`.
    pub fn put_large_file(&self, size: u64) -> String {
        self.state().files.put_large(size)
    }

    /// `file_id`, `file_unique_id` and `file_size` of a file, as messages contain them.
    pub fn file(&self, file_id: &str) -> Value {
        file_fields(&self.state().files, file_id)
    }
}
