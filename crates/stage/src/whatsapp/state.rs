//! What the platform knows.

use std::collections::{HashMap, VecDeque};

use data_encoding::BASE64;
use serde_json::Value;

use super::Sent;
use super::media::Stored;
use crate::meta::{list, text};

/// Seconds for which a message may be answered freely.
const WINDOW: u64 = 86_400;

#[derive(Default)]
pub(crate) struct State {
    /// How often the token was renewed.
    pub tokens: u32,
    pub read_receipts: bool,
    pub fail: VecDeque<i64>,
    pub refuse: VecDeque<i64>,
    pub reads: Vec<String>,
    pub media: HashMap<String, Stored>,
    /// What was accepted, and whether it failed later.
    pub out: Vec<(Sent, bool)>,
    people: Vec<Known>,
    ids: u64,
}

/// Somebody who wrote.
struct Known {
    wa_id: String,
    user_id: String,
    last: u64,
}

impl State {
    pub fn token(&self) -> String {
        format!("EAAStageToken{}", self.tokens)
    }

    fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    pub fn wamid(&mut self, way: &str) -> String {
        let plain = format!("stage/{way}/{:08}", self.id());
        format!("wamid.HBgL{}", BASE64.encode(plain.as_bytes()))
    }

    pub fn media_id(&mut self) -> String {
        (1_479_537_139_650_000 + self.id()).to_string()
    }

    /// Opens the window of all who wrote in a value.
    pub fn heard(&mut self, value: &Value, now: u64) {
        for message in list(value, "messages") {
            self.wrote(text(message, "/from"), text(message, "/from_user_id"), now);
        }
    }

    fn wrote(&mut self, wa_id: &str, user_id: &str, now: u64) {
        let same = |known: &&mut Known| known.is(wa_id) || known.is(user_id);
        if let Some(known) = self.people.iter_mut().find(same) {
            known.last = now;
            known.learn(wa_id, user_id);
            return;
        }
        let (wa_id, user_id) = (wa_id.to_owned(), user_id.to_owned());
        self.people.push(Known { wa_id, user_id, last: now });
    }

    /// Whether somebody may be written to freely.
    pub fn open(&self, to: &str, now: u64) -> bool {
        let known = self.people.iter().find(|known| known.is(to));
        known.is_some_and(|known| now.saturating_sub(known.last) < WINDOW)
    }

    pub fn sent(&self, failed: bool) -> Vec<Sent> {
        let all = self.out.iter().filter(|(_, also)| *also == failed);
        all.map(|(sent, _)| sent.clone()).collect()
    }
}

impl Known {
    /// Somebody seen under one id may come with the other, too, later.
    fn learn(&mut self, wa_id: &str, user_id: &str) {
        for (known, new) in [(&mut self.wa_id, wa_id), (&mut self.user_id, user_id)] {
            if known.is_empty() {
                new.clone_into(known);
            }
        }
    }

    fn is(&self, id: &str) -> bool {
        !id.is_empty() && (self.wa_id == id || self.user_id == id)
    }
}
