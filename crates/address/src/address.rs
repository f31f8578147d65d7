//! One address, sealed to one size.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::keys::{ID_BYTES, Keys, Secret};

const VERSION: u8 = 1;
/// What an address is sealed for; bound to it, so that it opens as nothing else.
const PURPOSE: &[u8] = b"payamgir address 1";
/// Bytes of the padded JSON: all addresses have one size, whatever a platform calls people.
const PLAIN_BYTES: usize = 320;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const SEALED_BYTES: usize = 1 + ID_BYTES + NONCE_BYTES + PLAIN_BYTES + TAG_BYTES;
/// Characters of a sealed address, always.
pub const SEALED_CHARS: usize = (SEALED_BYTES * 4).div_ceil(3);

/// Where an answer goes. It exists in the server's memory while something arrives or goes out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Which of the server's accounts it came by: a bot or a number. An answer goes out by the same.
    #[serde(rename = "a")]
    pub account: Zeroizing<String>,
    /// Whom the platform means.
    #[serde(rename = "t")]
    pub to: Zeroizing<String>,
    /// What is answered, by the platform's own id, where it fits.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Zeroizing<String>>,
    /// When the source wrote, in unix seconds: some platforms let nobody answer long after.
    #[serde(rename = "w")]
    pub wrote: u64,
}

/// Why an address does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOpened {
    /// It is of another form, or was changed.
    Malformed,
    /// Its key was destroyed, or was never this server's.
    KeyGone,
}

impl Keys {
    /// Seals an address under the newest key; `None` where there is none yet, or where the platform's
    /// names are longer than any known. What does not fit beside them is left out.
    pub fn seal(
        &self,
        address: &Address,
        fill: impl FnOnce(&mut [u8]),
    ) -> Option<Zeroizing<String>> {
        let secret = self.newest()?;
        let plain =
            padded(address).or_else(|| padded(&Address { about: None, ..address.clone() }))?;
        let mut nonce = [0; NONCE_BYTES];
        fill(&mut nonce);
        let head = head(secret);
        let payload = Payload { msg: &plain[..], aad: &head };
        let sealed = cipher(secret).encrypt(XNonce::from_slice(&nonce), payload).ok()?;
        let all = [&head[..], &nonce, &sealed].concat();
        Some(Zeroizing::new(BASE64URL_NOPAD.encode(&all)))
    }

    /// Opens an address that this server sealed.
    pub fn open(&self, sealed: &str) -> Result<Address, NotOpened> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes());
        let bytes = bytes.map_err(|_| NotOpened::Malformed)?;
        if bytes.len() != SEALED_BYTES || bytes[0] != VERSION {
            return Err(NotOpened::Malformed);
        }
        let (head, rest) = bytes.split_at(1 + ID_BYTES);
        let (nonce, sealed) = rest.split_at(NONCE_BYTES);
        let secret = self.of(&head[1..]).ok_or(NotOpened::KeyGone)?;
        let payload = Payload { msg: sealed, aad: head };
        let plain = cipher(secret).decrypt(XNonce::from_slice(nonce), payload);
        let plain = Zeroizing::new(plain.map_err(|_| NotOpened::Malformed)?);
        let end = plain.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
        serde_json::from_slice(&plain[..end]).map_err(|_| NotOpened::Malformed)
    }
}

fn head(secret: &Secret) -> Vec<u8> {
    [&[VERSION], &secret.id[..]].concat()
}

fn cipher(secret: &Secret) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*secret.derive(PURPOSE)).into())
}

fn padded(address: &Address) -> Option<Zeroizing<[u8; PLAIN_BYTES]>> {
    let json = Zeroizing::new(serde_json::to_vec(address).ok()?);
    let mut plain = Zeroizing::new([0; PLAIN_BYTES]);
    plain.get_mut(..json.len())?.copy_from_slice(&json);
    Some(plain)
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(…)")
    }
}

impl std::fmt::Display for NotOpened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the return address is malformed",
            Self::KeyGone => "the return address's key was destroyed",
        })
    }
}

impl std::error::Error for NotOpened {}
