//! Media behind URLs that are their own key.

use bytes::Bytes;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::Core;
use crate::meta::{Reply, locked};

/// A medium in store.
pub(crate) struct Stored {
    bytes: Bytes,
    mime: String,
    /// What its URL is answered instead, once it is closed.
    pub closed: Option<u16>,
}

impl Core {
    /// Hosts a medium; its URL.
    pub fn host(&self, bytes: &[u8], mime: &str) -> String {
        let stored =
            Stored { bytes: Bytes::copy_from_slice(bytes), mime: mime.to_owned(), closed: None };
        let mut state = locked(&self.state);
        let id = (18_000_000_000_000_000 + state.id()).to_string();
        state.media.insert(id.clone(), stored);
        let signature = self.signature(&id);
        format!("{}/ig_messaging_cdn/?asset_id={id}&signature={signature}", self.meta.url())
    }

    fn signature(&self, id: &str) -> String {
        let told = format!("{id} {}", self.meta.app_secret());
        HEXLOWER.encode(&Sha256::digest(told)[..12])
    }

    /// The bytes behind a URL.
    pub fn download(&self, id: &str, signature: &str) -> Result<Reply, Reply> {
        let refused = |status| Reply::bytes(status, "text/plain", Bytes::new());
        if signature != self.signature(id) {
            return Err(refused(403));
        }
        let state = locked(&self.state);
        let stored = state.media.get(id).ok_or_else(|| refused(404))?;
        match stored.closed {
            Some(status) => Err(refused(status)),
            None => Ok(Reply::bytes(200, &stored.mime, stored.bytes.clone())),
        }
    }
}
