//! Who is at what now: the last word of each member, in memory, for a short while. It is sealed to
//! the desk, so that the server does not know which conversation is spoken of.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use payamgir_roster::Key;
use payamgir_wire::limits::PRESENCE_BYTES;
use payamgir_wire::sync;

use crate::auth::Asking;
use crate::desk_api::{Api, binary};

/// Seconds for which a word stands.
const STANDS: u64 = 60;

/// The words, by their members.
#[derive(Default)]
pub(crate) struct Presence(Mutex<BTreeMap<Key, (u64, Bytes)>>);

impl Presence {
    fn put(&self, member: Key, now: u64, word: Bytes) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (said, _)| now < *said + STANDS);
        all.insert(member, (now, word));
    }

    /// What the others said.
    fn of_others(&self, member: &Key, now: u64) -> Vec<u8> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (said, _)| now < *said + STANDS);
        let mut out = vec![];
        all.iter()
            .filter(|(key, _)| *key != member)
            .for_each(|(_, (_, word))| sync::write_addition(&mut out, 0, word));
        out
    }
}

/// `POST /desk/1/presence`: a member's sealed word, in place of its last.
pub(crate) async fn put(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(key)): axum::Extension<Asking>,
    word: Bytes,
) -> StatusCode {
    if word.len() > PRESENCE_BYTES {
        return StatusCode::PAYLOAD_TOO_LARGE;
    }
    api.presence.put(key, (api.world.now)(), word);
    StatusCode::OK
}

/// `GET /desk/1/presence`: the words of the others.
pub(crate) async fn get(
    State(api): State<Arc<Api>>,
    axum::Extension(Asking(key)): axum::Extension<Asking>,
) -> Response {
    binary(api.presence.of_others(&key, (api.world.now)()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_for_a_minute_and_is_for_the_others() {
        let presence = Presence::default();
        presence.put([1; 32], 100, Bytes::from_static(b"first"));
        presence.put([1; 32], 110, Bytes::from_static(b"second"));
        let heard = |by: u8, now| {
            let bytes = presence.of_others(&[by; 32], now);
            let all = sync::read_additions(&bytes).unwrap();
            all.into_iter().map(|(_, word)| word.to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(heard(2, 169), [b"second"]);
        assert!(heard(1, 169).is_empty(), "nobody is told of itself");
        assert!(heard(2, 170).is_empty());
    }
}
