//! Replies: drafted, approved, let go. What goes out is an [`Outgoing`], and only a queued reply
//! becomes one: a note has no way here.

use std::collections::BTreeSet;

use payamgir_roster::{Key, Role, Roster};
use payamgir_wire::hex::Hex;
use sha2::{Digest, Sha256};

use crate::Id;

/// What the hash of words with a file begins with.
const FILE: &[u8] = b"payamgir reply file 1";

/// A reply to a source.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its id.
    pub id: Id,
    /// The conversation.
    pub on: u64,
    /// Who wrote the present words.
    pub author: Key,
    /// When, by the author's clock, in unix seconds.
    pub made: u64,
    /// The words.
    pub text: String,
    /// The record of the voice or picture that goes with them.
    pub file: Option<u64>,
    /// Who approved these words, their author not among them.
    pub approvals: BTreeSet<Key>,
    /// How far it is.
    pub stage: Stage,
}

/// How far a reply is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Written.
    Draft,
    /// To go out; nothing changes it any more.
    Queued {
        /// Who let it go.
        by: Key,
        /// Its event's record; `None` while that is on its way.
        record: Option<u64>,
        /// Records its author had seen.
        seen: u64,
    },
    /// Taken back.
    Withdrawn,
}

/// Words that may go out, approved as the roster asks.
#[derive(Clone, Copy)]
pub struct Outgoing<'w>(&'w Reply);

impl Reply {
    /// How many more editors must approve before it may go out.
    pub fn missing(&self, roster: &Roster) -> usize {
        let policy = roster.policy();
        let editor = |key: &&Key| roster.role(key) >= Some(Role::Editor);
        let own = usize::from(policy.author_may_approve && editor(&&self.author));
        let others = self.approvals.iter().filter(editor).count();
        usize::from(policy.threshold).saturating_sub(others + own)
    }

    /// The reply as something that may be sent, once it is queued in the log.
    pub fn outgoing(&self) -> Option<Outgoing<'_>> {
        matches!(self.stage, Stage::Queued { record: Some(_), .. }).then_some(Outgoing(self))
    }

    /// The hash by which its words are approved, and its file with them.
    pub fn text_hash(&self) -> Hex<32> {
        match self.file {
            None => text_hash(&self.text),
            Some(record) => {
                let hash = Sha256::new().chain_update(FILE).chain_update(record.to_be_bytes());
                Hex(hash.chain_update(&self.text).finalize().into())
            }
        }
    }
}

impl<'w> Outgoing<'w> {
    /// The words.
    pub fn text(&self) -> &'w str {
        &self.0.text
    }

    /// The record of the file that goes with them.
    pub fn file(&self) -> Option<u64> {
        self.0.file
    }

    /// The conversation they go to.
    pub fn on(&self) -> u64 {
        self.0.on
    }
}

/// The hash by which the words of a reply without a file are approved.
pub fn text_hash(text: &str) -> Hex<32> {
    Hex(Sha256::digest(text).into())
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reply(…)")
    }
}
