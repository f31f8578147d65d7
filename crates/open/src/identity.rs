//! `AGE-SECRET-KEY-PQ-1…`: the private half of an `age1pq1…` recipient.

use std::str::FromStr;

use age::DecryptError;
use age_core::format::{FileKey, Stanza};
use age_core::primitives::{bech32_decode, bech32_encode};
use age_core::secrecy::{ExposeSecret, SecretString};
use bech32::Hrp;
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD};
use payamgir_hybrid::{PUBLIC_KEY_BYTES, PrivateKey, Rejected, SEED_BYTES};
use zeroize::Zeroizing;

const HRP: &str = "AGE-SECRET-KEY-PQ-";
const RECIPIENT_HRP: &str = "age1pq";
const TAG: &str = "mlkem768x25519";
const FILE_KEY_BYTES: usize = 16;

/// A private key that opens entries and blobs. Kept expanded; it cannot be printed.
pub struct Identity {
    seed: Zeroizing<[u8; SEED_BYTES]>,
    key: PrivateKey,
}

/// The text is not an `AGE-SECRET-KEY-PQ-1…` identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnIdentity;

impl Identity {
    /// The identity that grows from these 32 random bytes.
    pub fn from_seed(seed: Zeroizing<[u8; SEED_BYTES]>) -> Self {
        let key = PrivateKey::from_seed(&seed).expect("every seed is a key");
        Self { seed, key }
    }

    pub(crate) fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// The seed it grows from. Whoever has it has the identity.
    pub fn seed(&self) -> &Zeroizing<[u8; SEED_BYTES]> {
        &self.seed
    }

    /// The public half's bytes.
    pub fn public(&self) -> &[u8; PUBLIC_KEY_BYTES] {
        self.key.public()
    }

    /// The public half, `age1pq1…`.
    pub fn recipient(&self) -> String {
        let hrp = bech32_hrp(RECIPIENT_HRP);
        bech32_encode(hrp, self.key.public())
    }

    /// The private half as age writes it. Whoever reads it can open everything.
    pub fn secret(&self) -> SecretString {
        let lower = Zeroizing::new(bech32_encode(bech32_hrp(HRP), &*self.seed));
        SecretString::from(lower.to_uppercase())
    }
}

impl FromStr for Identity {
    type Err = NotAnIdentity;

    fn from_str(text: &str) -> Result<Self, NotAnIdentity> {
        let right_kind =
            |hrp: &str| if hrp.eq_ignore_ascii_case(HRP) { Ok(()) } else { Err(NotAnIdentity) };
        bech32_decode(
            text,
            |_| NotAnIdentity,
            |hrp| right_kind(hrp.as_str()),
            |_, bytes| {
                let bytes = Zeroizing::new(bytes.collect::<Vec<u8>>());
                let mut seed = Zeroizing::new([0; SEED_BYTES]);
                if bytes.len() != seed.len() {
                    return Err(NotAnIdentity);
                }
                seed.copy_from_slice(&bytes);
                Ok(Self::from_seed(seed))
            },
        )
    }
}

impl age::Identity for Identity {
    /// `None` where the stanza is of another kind or another key's; an error where it breaks
    /// the specification, which refuses the whole file.
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if stanza.tag != TAG {
            return None;
        }
        let [share] = &stanza.args[..] else { return Some(Err(DecryptError::InvalidHeader)) };
        let Ok(share) = BASE64_NOPAD.decode(share.as_bytes()) else {
            return Some(Err(DecryptError::InvalidHeader));
        };
        match self.key.unwrap::<FILE_KEY_BYTES>(&share, &stanza.body) {
            Err(Rejected) => Some(Err(DecryptError::InvalidHeader)),
            Ok(opened) => {
                opened.map(|opened| Ok(FileKey::init_with_mut(|key| key.copy_from_slice(&*opened))))
            }
        }
    }
}

fn bech32_hrp(text: &str) -> Hrp {
    Hrp::parse(text).expect("a constant")
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(…)")
    }
}

impl std::fmt::Display for NotAnIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not an AGE-SECRET-KEY-PQ-1… identity")
    }
}

impl std::error::Error for NotAnIdentity {}

/// 32 secret bytes from base64url.
pub(crate) fn seed(text: &str) -> Option<Zeroizing<[u8; SEED_BYTES]>> {
    let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).ok()?);
    let mut seed = Zeroizing::new([0; SEED_BYTES]);
    if bytes.len() != seed.len() {
        return None;
    }
    seed.copy_from_slice(&bytes);
    Some(seed)
}

/// Reads a secret's text, for writing it to a protected file.
pub(crate) fn expose(secret: &SecretString) -> &str {
    secret.expose_secret()
}
