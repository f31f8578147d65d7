//! Who is at what now. Nothing of it is stored anywhere.

use payamgir_roster::Key;
use payamgir_seal::{Recipient, seal_entry};
use serde::{Deserialize, Serialize};

use super::{Office, lock};
use crate::opening::ENTRY_BYTES;

/// Seconds for which what a member said of itself is shown.
const STANDS: u64 = 60;

/// A member at a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Who.
    pub member: Key,
    /// The conversation's key.
    pub on: u64,
    /// Unix seconds, by this machine's clock.
    pub heard: u64,
}

/// What is sealed: the server sees neither who is meant nor where they are.
#[derive(Serialize, Deserialize)]
struct Word {
    v: u32,
    member: payamgir_wire::hex::Hex<32>,
    on: u64,
}

impl Office {
    /// This member is writing at a conversation. The others are told at once where it is a new one.
    pub fn attend(&self, number: u64) {
        let Some(on) = self.key_of(number) else { return };
        let before = lock(&self.own).replace((on, self.now()));
        if before.is_none_or(|(known, said)| known != on || self.now() >= said + STANDS) {
            self.wake.notify_all();
        }
    }

    /// Who else is at a conversation.
    pub fn others_at(&self, number: u64) -> Vec<Key> {
        let (now, on) = (self.now(), self.key_of(number));
        let all = lock(&self.presence);
        let here = all.iter().filter(|at| Some(at.on) == on && now < at.heard + STANDS);
        here.map(|at| at.member).collect()
    }

    /// The sealed word to leave at the server, while this member is at something.
    pub(super) fn word(&self) -> Option<Vec<u8>> {
        let (on, said) = (*lock(&self.own))?;
        if self.now() >= said + STANDS {
            return None;
        }
        let word = Word { v: 1, member: payamgir_wire::hex::Hex(self.me()), on };
        let json = serde_json::to_vec(&word).ok()?;
        seal_entry(&self.epoch()?, &json).ok()
    }

    /// Takes the others' words. Only those of members count; each speaks for itself as far as the
    /// server can be trusted, which gains nothing by lying here.
    pub(super) fn take_words(&self, words: &[Vec<u8>]) {
        let (keys, now) = (self.keys(), self.now());
        let roster = self.roster();
        let read = |word: &Vec<u8>| {
            let plain = keys.open_entry(word, ENTRY_BYTES).ok()?;
            let end = plain.iter().rposition(|byte| *byte != 0)? + 1;
            let word: Word = serde_json::from_slice(&plain[..end]).ok()?;
            roster.as_ref()?.role(&word.member.0)?;
            Some(At { member: word.member.0, on: word.on, heard: now })
        };
        let fresh: Vec<At> = words.iter().filter_map(read).collect();
        let mut all = lock(&self.presence);
        all.retain(|at| now < at.heard + STANDS && fresh.iter().all(|f| f.member != at.member));
        all.extend(fresh);
    }

    /// The key of the present epoch.
    pub(super) fn epoch(&self) -> Option<Recipient> {
        let roster = self.roster()?;
        Recipient::from_bytes(&*roster.epoch().recipient.0).ok()
    }
}
