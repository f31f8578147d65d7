//! A statement and who signed it: a record's body in the log (docs/FORMAT.md §10.2).

use ed25519_dalek::VerifyingKey;

use crate::bytes::Reader;
use crate::member::{Key, MEMBERS};
use crate::{Refusal, Statement};

/// What statements are signed under.
const DOMAIN: &[u8] = b"payamgir roster 1";

/// A member's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Who.
    pub key: Key,
    /// Ed25519 over the domain and the statement.
    pub bytes: [u8; 64],
}

/// A statement with its signatures, each key once, in the keys' order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What is said.
    pub statement: Statement,
    /// By whom.
    pub signatures: Vec<Signature>,
}

impl Signed {
    /// Signs with one key; `sign` is asked once.
    pub fn new(statement: Statement, key: Key, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> Self {
        let bytes = sign(&message(DOMAIN, &statement.encode()));
        Self { statement, signatures: vec![Signature { key, bytes }] }
    }

    /// The body's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let statement = self.statement.encode();
        let mut out = (statement.len() as u32).to_be_bytes().to_vec();
        out.extend_from_slice(&statement);
        out.push(self.signatures.len() as u8);
        for signature in &self.signatures {
            out.extend_from_slice(&signature.key);
            out.extend_from_slice(&signature.bytes);
        }
        out
    }

    /// Reads a body. Signatures are not verified here.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut from = Reader::new(bytes)?;
        let statement = Statement::decode(from.long()?)?;
        let count = usize::from(from.u8()?);
        let mut signatures: Vec<Signature> = vec![];
        for _ in 0..count {
            signatures.push(Signature { key: from.array()?, bytes: from.array()? });
        }
        from.end()?;
        let in_order = signatures.is_sorted_by(|a, b| a.key < b.key);
        let one_way = in_order && (1..=MEMBERS).contains(&count);
        if one_way { Ok(Self { statement, signatures }) } else { Err(Refusal::Malformed) }
    }

    /// Whether every signature fits.
    pub(crate) fn verify(&self) -> Result<(), Refusal> {
        let message = message(DOMAIN, &self.statement.encode());
        self.signatures.iter().try_for_each(|s| verify(&s.key, &message, &s.bytes))
    }
}

/// What is signed: the domain and the bytes, each after its length, so that nothing signed under
/// one domain can be read as signed under another.
pub fn message(domain: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(8 + domain.len() + bytes.len());
    for piece in [domain, bytes] {
        out.extend_from_slice(&(piece.len() as u32).to_be_bytes());
        out.extend_from_slice(piece);
    }
    out
}

/// Whether an Ed25519 signature fits; [`Refusal::Signature`] where not. Strict: keys of small order
/// and other encodings are refused.
pub fn verify(key: &Key, message: &[u8], signature: &[u8; 64]) -> Result<(), Refusal> {
    let key = VerifyingKey::from_bytes(key).map_err(|_| Refusal::Signature)?;
    let signature = ed25519_dalek::Signature::from_bytes(signature);
    key.verify_strict(message, &signature).map_err(|_| Refusal::Signature)
}
