//! What the platform knows.

use std::collections::{HashMap, VecDeque};

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

use super::Sent;
use super::events::items;
use super::media::Stored;
use crate::meta::{Reply, text};

const DAY: u64 = 86_400;
/// Seconds for which a token holds.
pub(crate) const TOKEN_HOLDS: u64 = 60 * DAY;
/// The author of what nobody is known to have written.
const STRANGER: &str = "1234567890123456";

pub(crate) struct State {
    pub revoked: bool,
    pub echo_first: bool,
    pub human_agent: bool,
    pub refuse: VecDeque<(i64, Option<i64>)>,
    pub sent: Vec<Sent>,
    pub media: HashMap<String, Stored>,
    /// Each token and when it was made.
    tokens: Vec<(String, u64)>,
    /// When somebody wrote last.
    last: HashMap<String, u64>,
    authors: HashMap<String, String>,
    ids: u64,
}

impl State {
    pub fn new(now: u64) -> Self {
        Self {
            revoked: false,
            echo_first: false,
            human_agent: false,
            refuse: VecDeque::new(),
            sent: Vec::new(),
            media: HashMap::new(),
            tokens: vec![("IGAAStageToken0".to_owned(), now)],
            last: HashMap::new(),
            authors: HashMap::new(),
            ids: 0,
        }
    }

    pub fn token(&self) -> &str {
        self.tokens.last().map_or("", |(token, _)| token)
    }

    /// When a token was made that holds.
    pub fn check_token(&self, told: Option<&str>, now: u64) -> Result<u64, Reply> {
        let known = self.tokens.iter().find(|(token, _)| Some(token.as_str()) == told);
        let (_, made) = known.ok_or_else(|| Reply::bad_token(None))?;
        if self.revoked {
            return Err(Reply::bad_token(Some(460)));
        }
        if now.saturating_sub(*made) >= TOKEN_HOLDS {
            return Err(Reply::bad_token(Some(463)));
        }
        Ok(*made)
    }

    /// A new token for one that is a day old; the old one holds as long as it would have.
    pub fn refresh(&mut self, told: &str, now: u64) -> Result<String, Reply> {
        let made = self.check_token(Some(told), now)?;
        if now.saturating_sub(made) < DAY {
            return Err(Reply::error(400, 100, "The token must be at least 24 hours old"));
        }
        let token = format!("IGAAStageToken{}", self.tokens.len());
        self.tokens.push((token.clone(), now));
        Ok(token)
    }

    pub fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    pub fn mid(&mut self) -> String {
        let plain = format!("stage:{:08}", self.id());
        format!("aWdfZAG1faXRl{}", BASE64URL_NOPAD.encode(plain.as_bytes()))
    }

    /// Opens the window of all who wrote in a body.
    pub fn heard(&mut self, body: &Value, now: u64) {
        for item in items(body).filter(|item| wrote(item)) {
            let author = text(item, "/sender/id").to_owned();
            self.authors.insert(text(item, "/message/mid").to_owned(), author.clone());
            self.last.insert(author, now);
        }
    }

    /// Seconds since somebody wrote last.
    pub fn silence(&self, igsid: &str, now: u64) -> Option<u64> {
        self.last.get(igsid).map(|last| now.saturating_sub(*last))
    }

    pub fn author(&self, mid: &str) -> String {
        self.authors.get(mid).map_or_else(|| STRANGER.to_owned(), Clone::clone)
    }

    pub fn close_media(&mut self, status: u16) {
        self.media.values_mut().for_each(|stored| stored.closed = Some(status));
    }
}

fn wrote(item: &Value) -> bool {
    let message = &item["message"];
    let own = message["is_echo"] == true || message["is_deleted"] == true;
    item.get("postback").is_some() || (message.is_object() && !own)
}
