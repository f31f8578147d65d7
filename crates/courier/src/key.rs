//! A desk's public key, checked.

use payamgir_seal::Recipient;
use payamgir_text::{Lang, bytewords};
use payamgir_wire::Hash;
use payamgir_wire::desk_key::DeskKey;

/// How many words a fingerprint has: 64 bits.
const WORDS: usize = 8;

/// To what is sealed.
pub struct Key {
    pub(crate) recipient: Recipient,
    /// SHA-256 of the key: which epoch it is.
    pub epoch: Hash,
}

/// The text is no desk's key, or one that contradicts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAKey;

impl Key {
    /// Reads what a server shows at `/key`.
    pub fn read(text: &str) -> Result<Self, NotAKey> {
        let key = DeskKey::read(text).ok_or(NotAKey)?;
        let recipient: Recipient = key.recipient.parse().map_err(|_| NotAKey)?;
        if recipient.id() != key.epoch.0 {
            return Err(NotAKey);
        }
        Ok(Self { recipient, epoch: key.epoch })
    }
}

/// An epoch in words, to be compared with a printed one.
pub fn fingerprint(epoch: &Hash, lang: Lang) -> String {
    let words: Vec<&str> =
        epoch.0[..WORDS].iter().map(|byte| bytewords::word(*byte, lang)).collect();
    words.join(" ")
}

impl std::fmt::Display for NotAKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a desk's key")
    }
}

impl std::error::Error for NotAKey {}
