//! How epochs' keys reach members: receiving keys and what is sealed to them (docs/FORMAT.md §10.4).
//!
//! A member's receiving key is replaced often and its private half destroyed with the epochs that
//! came under it. So an old copy of the log opens with no key that is left.

use crate::Refusal;
use crate::bytes::Reader;
use crate::member::{Key, Recipient};
use crate::signed::{message, verify};
use crate::statement::Hash;

const VERSION: u8 = 1;
/// Most bytes of a grant's age file.
const SEALED_BYTES: usize = 8192;
/// What receiving keys are signed under.
const DOMAIN: &[u8] = b"payamgir receiving 1";
/// What grants are signed under.
const GRANT_DOMAIN: &[u8] = b"payamgir grant 1";

/// A member's new receiving key, signed by the member alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiving {
    /// The desk.
    pub desk: Hash,
    /// The member.
    pub key: Key,
    /// Higher than that of the one before; a member's first, in its joining, has 0.
    pub counter: u32,
    /// Whether what was granted before must be granted again: the keys for it are lost.
    pub anew: bool,
    /// What to seal to from here on.
    pub receiver: Recipient,
    /// Ed25519 over the domain and all of the above.
    pub signature: [u8; 64],
}

/// An epoch's identity (its seed, 32 bytes), sealed to one member by another. Whether it opens, only
/// the one it is for can see; the signature says whose word it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The desk.
    pub desk: Hash,
    /// Who grants.
    pub granter: Key,
    /// The member it is for.
    pub member: Key,
    /// Which of its receiving keys.
    pub counter: u32,
    /// Which epoch: SHA-256 of its key.
    pub epoch: Hash,
    /// An age file.
    pub sealed: Vec<u8>,
    /// Ed25519 over the domain and all of the above.
    pub signature: [u8; 64],
}

impl Receiving {
    /// Signs a new receiving key; `sign` is asked once.
    pub fn new(
        (desk, key): (Hash, Key),
        (counter, anew): (u32, bool),
        receiver: Recipient,
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Self {
        let mut this = Self { desk, key, counter, anew, receiver, signature: [0; 64] };
        this.signature = sign(&message(DOMAIN, &this.unsigned()));
        this
    }

    /// A record's body.
    pub fn encode(&self) -> Vec<u8> {
        [&self.unsigned()[..], &self.signature].concat()
    }

    /// Reads a body. The signature is not verified here.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut from = Reader::new(bytes)?;
        if from.u8()? != VERSION {
            return Err(Refusal::Malformed);
        }
        let (desk, key, counter) = (from.array()?, from.array()?, from.u32()?);
        let anew = from.flag()?;
        let (receiver, signature) = (from.recipient()?, from.array()?);
        from.end()?;
        Ok(Self { desk, key, counter, anew, receiver, signature })
    }

    /// Whether the signature fits.
    pub fn verify(&self) -> Result<(), Refusal> {
        verify(&self.key, &message(DOMAIN, &self.unsigned()), &self.signature)
    }

    fn unsigned(&self) -> Vec<u8> {
        let counter = self.counter.to_be_bytes();
        let anew = [u8::from(self.anew)];
        [&[VERSION][..], &self.desk, &self.key, &counter, &anew, &*self.receiver.0].concat()
    }
}

impl Grant {
    /// Signs a grant; `sign` is asked once. It is for a member's receiving key
    /// of that number, and an epoch's identity sealed to it.
    pub fn new(
        (desk, granter): (Hash, Key),
        (member, counter): (Key, u32),
        (epoch, sealed): (Hash, Vec<u8>),
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Self {
        let signature = [0; 64];
        let mut this = Self { desk, granter, member, counter, epoch, sealed, signature };
        this.signature = sign(&message(GRANT_DOMAIN, &this.unsigned()));
        this
    }

    /// A record's body.
    pub fn encode(&self) -> Vec<u8> {
        [&self.unsigned()[..], &self.signature].concat()
    }

    /// Reads a body. The signature is not verified here.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut from = Reader::new(bytes)?;
        if from.u8()? != VERSION {
            return Err(Refusal::Malformed);
        }
        let (desk, granter, member) = (from.array()?, from.array()?, from.array()?);
        let (counter, epoch) = (from.u32()?, from.array()?);
        let (sealed, signature) = (from.long()?.to_vec(), from.array()?);
        if sealed.len() > SEALED_BYTES {
            return Err(Refusal::TooLarge);
        }
        from.end()?;
        Ok(Self { desk, granter, member, counter, epoch, sealed, signature })
    }

    /// Whether the signature fits.
    pub fn verify(&self) -> Result<(), Refusal> {
        verify(&self.granter, &message(GRANT_DOMAIN, &self.unsigned()), &self.signature)
    }

    fn unsigned(&self) -> Vec<u8> {
        let (counter, length) = (self.counter.to_be_bytes(), self.sealed.len() as u32);
        let mut out = vec![VERSION];
        out.extend([self.desk, self.granter, self.member].concat());
        out.extend_from_slice(&counter);
        out.extend_from_slice(&self.epoch);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&self.sealed);
        out
    }
}
