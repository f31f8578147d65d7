//! `age1pq1…`: the only kind of recipient there is.

use std::collections::HashSet;
use std::str::FromStr;

use age::EncryptError;
use age_core::format::{FileKey, Stanza};
use age_core::primitives::{bech32_decode, bech32_encode};
use age_core::secrecy::ExposeSecret;
use bech32::Hrp;
use data_encoding::BASE64_NOPAD;
use payamgir_hybrid::PublicKey;
use sha2::{Digest, Sha256};

const HRP: &str = "age1pq";
const TAG: &str = "mlkem768x25519";
/// Files to this recipient are not mixed with classical ones.
const LABEL: &str = "postquantum";

/// Who can open what is sealed: a desk's current key.
#[derive(Debug)]
pub struct Recipient {
    key: PublicKey,
    bytes: Box<[u8]>,
}

/// The text is not an `age1pq1…` recipient, or one whose key must not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotARecipient;

impl Recipient {
    /// A recipient by its raw public key (docs/FORMAT.md §1.1).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotARecipient> {
        let key = PublicKey::from_bytes(bytes).map_err(|_| NotARecipient)?;
        Ok(Self { key, bytes: bytes.into() })
    }

    pub(crate) fn key(&self) -> &PublicKey {
        &self.key
    }

    /// SHA-256 of the key's bytes.
    pub fn id(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

impl std::fmt::Display for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hrp = Hrp::parse(HRP).expect("a constant");
        f.write_str(&bech32_encode(hrp, &self.bytes))
    }
}

impl FromStr for Recipient {
    type Err = NotARecipient;

    fn from_str(text: &str) -> Result<Self, NotARecipient> {
        let right_kind = |hrp: &str| if hrp == HRP { Ok(()) } else { Err(NotARecipient) };
        bech32_decode(
            text,
            |_| NotARecipient,
            |hrp| right_kind(hrp.as_str()),
            |_, bytes| {
                let bytes: Vec<u8> = bytes.collect();
                Self::from_bytes(&bytes)
            },
        )
    }
}

impl age::Recipient for Recipient {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let wrapped = self
            .key
            .wrap(file_key.expose_secret())
            .map_err(|e| EncryptError::Io(std::io::Error::other(e)))?;
        let stanza = Stanza {
            tag: TAG.to_owned(),
            args: vec![BASE64_NOPAD.encode(&wrapped.share)],
            body: wrapped.body,
        };
        Ok((vec![stanza], HashSet::from([LABEL.to_owned()])))
    }
}

impl std::fmt::Display for NotARecipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a usable age1pq1… recipient")
    }
}

impl std::error::Error for NotARecipient {}
