//! Approvals: distinct editors who signed for one thing (docs/FORMAT.md §10.5).

use std::collections::BTreeSet;

use crate::bytes::Reader;
use crate::member::{Key, Role};
use crate::signed::{message, verify};
use crate::statement::Hash;
use crate::{Refusal, Roster};

const VERSION: u8 = 1;
/// What approvals are signed under.
const DOMAIN: &[u8] = b"payamgir approval 1";

/// What is approved. A signature for one is none for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// That an edition is published; the hash is of its exact bytes.
    Edition(Hash),
    /// That a record's body is erased everywhere.
    Erasure {
        /// Its index in the log.
        record: u64,
        /// Its leaf hash.
        leaf: Hash,
    },
    /// That everything is taken out of the desk; the hash is of what is asked for.
    Export(Hash),
}

/// One member's approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The desk.
    pub desk: Hash,
    /// What is approved.
    pub subject: Subject,
    /// Who made it, or asked for it.
    pub author: Key,
    /// Who approves.
    pub key: Key,
    /// Ed25519 over the domain and all of the above but the approver.
    pub signature: [u8; 64],
}

/// Checks that enough distinct editors approved `subject`, whose author is `author`: as many as
/// the roster's threshold, the author not among them unless the roster allows it. Gives them, in
/// their keys' order. An approval that does not count is passed over; where too few are left,
/// [`Refusal::NotAllowed`].
pub fn approved<'a>(
    roster: &Roster,
    subject: Subject,
    author: &Key,
    approvals: impl IntoIterator<Item = &'a Approval>,
) -> Result<Vec<Key>, Refusal> {
    let counts = |approval: &&Approval| {
        let same = approval.subject == subject && approval.author == *author;
        let own = approval.key == *author && !roster.policy.author_may_approve;
        let editor = roster.role(&approval.key).is_some_and(|role| role >= Role::Editor);
        same && !own && editor && approval.desk == roster.desk && approval.verify().is_ok()
    };
    let keys: BTreeSet<Key> = approvals.into_iter().filter(counts).map(|a| a.key).collect();
    let enough = keys.len() >= usize::from(roster.policy.threshold);
    if enough { Ok(keys.into_iter().collect()) } else { Err(Refusal::NotAllowed) }
}

impl Subject {
    fn write(self, out: &mut Vec<u8>) {
        let (kind, hash) = match self {
            Self::Edition(hash) => (1, hash),
            Self::Erasure { leaf, .. } => (2, leaf),
            Self::Export(hash) => (3, hash),
        };
        out.push(kind);
        out.extend_from_slice(&hash);
        if let Self::Erasure { record, .. } = self {
            out.extend_from_slice(&record.to_be_bytes());
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, Refusal> {
        let (kind, hash) = (from.u8()?, from.array()?);
        match kind {
            1 => Ok(Self::Edition(hash)),
            2 => Ok(Self::Erasure { record: from.u64()?, leaf: hash }),
            3 => Ok(Self::Export(hash)),
            _ => Err(Refusal::Malformed),
        }
    }
}

impl Approval {
    /// Signs; `sign` is asked once.
    pub fn new(
        desk: Hash,
        subject: Subject,
        author: Key,
        key: Key,
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Self {
        let mut this = Self { desk, subject, author, key, signature: [0; 64] };
        this.signature = sign(&message(DOMAIN, &this.unsigned()));
        this
    }

    /// A record's body.
    pub fn encode(&self) -> Vec<u8> {
        [&self.unsigned()[..], &self.key, &self.signature].concat()
    }

    /// Reads a body. The signature is not verified here.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut from = Reader::new(bytes)?;
        if from.u8()? != VERSION {
            return Err(Refusal::Malformed);
        }
        let desk = from.array()?;
        let subject = Subject::read(&mut from)?;
        let (author, key, signature) = (from.array()?, from.array()?, from.array()?);
        from.end()?;
        Ok(Self { desk, subject, author, key, signature })
    }

    /// Whether the signature fits.
    pub fn verify(&self) -> Result<(), Refusal> {
        verify(&self.key, &message(DOMAIN, &self.unsigned()), &self.signature)
    }

    fn unsigned(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend_from_slice(&self.desk);
        self.subject.write(&mut out);
        out.extend_from_slice(&self.author);
        out
    }
}
