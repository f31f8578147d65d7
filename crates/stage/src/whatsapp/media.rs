//! The media host.

use axum::extract::Request;
use bytes::Bytes;
use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Core;
use super::errors::refusal_because;
use crate::meta::{Reply, call, locked};

/// Seconds for which media of webhooks are kept.
const RECEIVED: u64 = 7 * 86_400;
/// Seconds for which what was uploaded is kept.
const UPLOADED: u64 = 30 * 86_400;
/// Seconds for which a URL holds.
const URL: u64 = 300;

/// What is odd about a medium.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaFlaws {
    /// The hash in webhook and answer is another's.
    pub wrong_sha256: bool,
    /// The answer's `file_size` is a thousand bytes too large.
    pub wrong_size: bool,
    /// The URL redirects to the other host, which has the bytes.
    pub redirect: bool,
    /// The URL itself is the other host's.
    pub foreign_url: bool,
    /// The webhook carries a URL at once.
    pub url_in_webhook: bool,
}

/// A medium in store.
#[derive(Clone)]
pub(crate) struct Stored {
    pub bytes: Bytes,
    mime: String,
    flaws: MediaFlaws,
    made: u64,
    keep: u64,
}

impl Stored {
    fn digest(&self) -> [u8; 32] {
        let flaw: &[u8] = if self.flaws.wrong_sha256 { b"other" } else { b"" };
        Sha256::new().chain_update(&self.bytes).chain_update(flaw).finalize().into()
    }
}

impl Core {
    /// Hosts what a webhook will name.
    pub fn host(&self, bytes: &[u8], mime: &str, flaws: &MediaFlaws) -> Value {
        let (id, stored) = self.store(Bytes::copy_from_slice(bytes), mime, flaws, RECEIVED);
        let mut object =
            json!({ "id": id, "mime_type": mime, "sha256": BASE64.encode(&stored.digest()) });
        if flaws.url_in_webhook {
            object["url"] = json!(self.media_url(&id, &stored));
        }
        object
    }

    /// Keeps what was uploaded; its id.
    pub fn upload(&self, bytes: Bytes, mime: &str) -> String {
        self.store(bytes, mime, &MediaFlaws::default(), UPLOADED).0
    }

    fn store(&self, bytes: Bytes, mime: &str, flaws: &MediaFlaws, keep: u64) -> (String, Stored) {
        let made = self.meta.clock().now();
        let stored = Stored { bytes, mime: mime.to_owned(), flaws: flaws.clone(), made, keep };
        let mut state = locked(&self.state);
        let id = state.media_id();
        state.media.insert(id.clone(), stored.clone());
        (id, stored)
    }

    /// A medium that has not died yet.
    pub fn medium(&self, id: &str) -> Option<Stored> {
        let now = self.meta.clock().now();
        let stored = locked(&self.state).media.get(id).cloned();
        stored.filter(|stored| now.saturating_sub(stored.made) < stored.keep)
    }

    /// Step one: where the bytes are.
    pub fn describe(&self, id: &str) -> Result<Reply, Reply> {
        let stored = self.medium(id).ok_or_else(|| gone(id))?;
        let size = stored.bytes.len() + if stored.flaws.wrong_size { 1000 } else { 0 };
        Ok(Reply::json(
            200,
            &json!({
                "messaging_product": "whatsapp", "url": self.media_url(id, &stored),
                "mime_type": stored.mime, "sha256": HEXLOWER.encode(&stored.digest()),
                "file_size": size, "id": id,
            }),
        ))
    }

    fn media_url(&self, id: &str, stored: &Stored) -> String {
        let until = self.meta.clock().now() + URL;
        let hash = self.hash(id, until);
        let host = if stored.flaws.foreign_url { self.elsewhere() } else { self.meta.url() };
        format!("{host}/whatsapp_business/attachments/?mid={id}&ext={until}&hash={hash}")
    }

    /// What binds a URL to its end, so that none need be remembered.
    fn hash(&self, id: &str, until: u64) -> String {
        let told = format!("{id} {until} {}", self.meta.app_secret());
        HEXLOWER.encode(&Sha256::digest(told)[..12])
    }

    /// Step two: the bytes.
    pub fn download(&self, mid: &str, ext: &str, hash: &str) -> Result<Reply, Reply> {
        let until = ext.parse().unwrap_or(0);
        if hash != self.hash(mid, until) || self.meta.clock().now() >= until {
            return Err(Reply::bytes(404, "text/html", Bytes::new()));
        }
        let stored = self.medium(mid).ok_or_else(|| gone(mid))?;
        if stored.flaws.redirect {
            return Ok(Reply::redirect(format!("{}/moved/?mid={mid}", self.elsewhere())));
        }
        Ok(Reply::bytes(200, &stored.mime, stored.bytes))
    }

    /// What the other host answers: the bytes, whoever asks, and the call is written down.
    pub fn answer_elsewhere(&self, request: &Request) -> Reply {
        locked(&self.elsewhere_calls).push(call(request));
        let query = request.uri().query().unwrap_or_default();
        let mid = query.split('&').find_map(|pair| pair.strip_prefix("mid="));
        match mid.and_then(|mid| self.medium(mid)) {
            Some(stored) => Reply::bytes(200, &stored.mime, stored.bytes),
            None => Reply::bytes(404, "text/html", Bytes::new()),
        }
    }
}

fn gone(id: &str) -> Reply {
    let details = format!("Object with ID '{id}' does not exist, or has expired");
    refusal_because(100, &details)
}
