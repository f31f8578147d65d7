//! A whole small age v1 file: a header with one hybrid stanza, and a payload of one chunk.
//!
//! Such a file has one layout, every length but the payload's fixed:
//!
//! ```text
//! age-encryption.org/v1 LF
//! -> mlkem768x25519 SP base64(share) LF
//! base64(wrapped file key) LF
//! --- SP base64(HMAC of all up to "---") LF
//! nonce ‖ ChaCha20-Poly1305(padded plaintext)
//! ```
//!
//! The `age` crate writes and reads it too, at several times the cost of the primitives: its
//! streams are made for chunk after chunk (docs/adr/0006-small-files.md).

#[cfg(feature = "unwrap")]
mod open;
#[cfg(feature = "wrap")]
mod seal;

use aws_lc_rs::aead::{CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{hkdf, hmac};
use zeroize::Zeroizing;

use crate::{SHARE_BYTES, TAG_BYTES};

#[cfg(feature = "unwrap")]
pub use open::{Unopened, open};
#[cfg(feature = "wrap")]
pub use seal::seal;

/// Bytes of the header and the payload's nonce: where the ciphertext begins.
pub const HEADER_BYTES: usize = MAC_AT + 1 + MAC_CHARS + 1 + NONCE_BYTES;
/// Most bytes of padded plaintext: one chunk of the age format.
pub const CHUNK_BYTES: usize = 64 * 1024;

const INTRO: &[u8] = b"age-encryption.org/v1\n-> mlkem768x25519 ";
const FOOT: &[u8] = b"\n---";
const FILE_KEY_BYTES: usize = 16;
const NONCE_BYTES: usize = 16;
/// Characters of unpadded base64.
const SHARE_CHARS: usize = (SHARE_BYTES * 4).div_ceil(3);
const BODY_CHARS: usize = ((FILE_KEY_BYTES + TAG_BYTES) * 4).div_ceil(3);
const MAC_CHARS: usize = (32usize * 4).div_ceil(3);
/// Where the part under the HMAC ends.
const MAC_AT: usize = INTRO.len() + SHARE_CHARS + 1 + BODY_CHARS + FOOT.len();

/// The header's HMAC key; the tag is over all up to and with "---".
fn mac_key(file_key: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &*derive(file_key, &[], b"header"))
}

/// The payload's cipher and the nonce of a first chunk that is also the last: a counter of 0 in
/// eleven bytes, then 1.
fn payload(file_key: &[u8], nonce: &[u8]) -> (LessSafeKey, Nonce) {
    let key = derive(file_key, nonce, b"payload");
    let key = UnboundKey::new(&CHACHA20_POLY1305, &*key).expect("the key has 32 bytes");
    let only_chunk = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    (LessSafeKey::new(key), Nonce::assume_unique_for_key(only_chunk))
}

fn derive(secret: &[u8], salt: &[u8], label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(secret);
    let label = [label];
    let okm = prk.expand(&label, hkdf::HKDF_SHA256).expect("32 bytes is one block");
    okm.fill(&mut *key).expect("the length that was asked for");
    key
}
