//! Members, what they may do, and what the desk asks of them.

use sha2::{Digest, Sha256};

use crate::Refusal;
use crate::bytes::{Reader, option};

/// Most members of a desk.
pub const MEMBERS: usize = 50;
/// An mlkem768x25519 public key (docs/FORMAT.md §1.1).
pub(crate) const RECIPIENT_BYTES: usize = 1216;

/// A member, by the Ed25519 key that signs for it.
pub type Key = [u8; 32];

/// The raw public key of an `age1pq1…` recipient. Not checked here: whoever seals to it does.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient(pub Box<[u8; RECIPIENT_BYTES]>);

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads only.
    Reader,
    /// Reads, answers, approves what is published.
    Editor,
    /// All that, and changes who the desk is.
    Admin,
}

/// A member as a statement admits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who it is.
    pub key: Key,
    /// What it may do.
    pub role: Role,
    /// Whom epochs are granted to: the member's first receiving key.
    pub receiver: Recipient,
}

/// What the desk asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How many admins change the roster, and how many editors approve.
    pub threshold: u8,
    /// Whether an author's own approval counts.
    pub author_may_approve: bool,
    /// Days after which the next epoch is due; 0 for never.
    pub epoch_days: u16,
    /// Days after its end for which an epoch can still be read; 0 for always.
    pub retention_days: u16,
}

/// The key that readmits a desk whose members are all lost; nobody holds it whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Signs the one statement.
    pub key: Key,
    /// What epochs are kept for it under.
    pub receiver: Recipient,
}

impl Policy {
    /// What a desk starts with.
    pub const DEFAULT: Self =
        Self { threshold: 1, author_may_approve: true, epoch_days: 30, retention_days: 0 };
}

impl Role {
    pub(crate) fn byte(self) -> u8 {
        self as u8 + 1
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, Refusal> {
        match from.u8()? {
            1 => Ok(Self::Reader),
            2 => Ok(Self::Editor),
            3 => Ok(Self::Admin),
            _ => Err(Refusal::Malformed),
        }
    }
}

impl Member {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.key);
        out.push(self.role.byte());
        out.extend_from_slice(&*self.receiver.0);
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, Refusal> {
        Ok(Self { key: from.array()?, role: Role::read(from)?, receiver: from.recipient()? })
    }
}

impl Policy {
    pub(crate) fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.threshold, u8::from(self.author_may_approve)]);
        out.extend_from_slice(&self.epoch_days.to_be_bytes());
        out.extend_from_slice(&self.retention_days.to_be_bytes());
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, Refusal> {
        let (threshold, author_may_approve) = (from.u8()?, from.flag()?);
        let (epoch_days, retention_days) = (from.u16()?, from.u16()?);
        Ok(Self { threshold, author_may_approve, epoch_days, retention_days })
    }
}

impl Recovery {
    pub(crate) fn write(this: Option<&Self>, out: &mut Vec<u8>) {
        option(out, this, |recovery, out| {
            out.extend_from_slice(&recovery.key);
            out.extend_from_slice(&*recovery.receiver.0);
        });
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Option<Self>, Refusal> {
        from.option(|from| Ok(Self { key: from.array()?, receiver: from.recipient()? }))
    }
}

impl Recipient {
    /// SHA-256 of the key, by which grants name an epoch.
    pub fn id(&self) -> [u8; 32] {
        Sha256::digest(*self.0).into()
    }
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recipient")
    }
}
