//! Reading one.

use aws_lc_rs::aead::Aad;
use aws_lc_rs::hmac;
use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

use super::{CHUNK_BYTES, FILE_KEY_BYTES, FOOT, HEADER_BYTES, INTRO, MAC_AT, MAC_CHARS};
use super::{SHARE_CHARS, mac_key, payload};
use crate::{PrivateKey, SHARE_BYTES, TAG_BYTES};

/// Why a file does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unopened {
    /// It has another layout; the `age` crate is to judge it.
    OtherLayout,
    /// A share or wrapped key that nobody honest makes.
    Header,
    /// Sealed to another key.
    NotForUs,
    /// The header or the payload was altered.
    Damaged,
}

/// Opens a file of this layout: all of the padded plaintext, or nothing.
pub fn open(key: &PrivateKey, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    let parts = Parts::of(file).ok_or(Unopened::OtherLayout)?;
    let wrapped = key.unwrap::<FILE_KEY_BYTES>(&parts.share, &parts.body);
    let file_key = wrapped.map_err(|_| Unopened::Header)?.ok_or(Unopened::NotForUs)?;
    hmac::verify(&mac_key(&*file_key), parts.authenticated, &parts.mac)
        .map_err(|_| Unopened::Damaged)?;
    let (cipher, once) = payload(&*file_key, parts.nonce);
    let mut plain = Zeroizing::new(parts.chunk.to_vec());
    let opened = cipher.open_in_place(once, Aad::empty(), &mut plain);
    let length = opened.map_err(|_| Unopened::Damaged)?.len();
    plain.truncate(length);
    Ok(plain)
}

/// The file taken apart; nothing is authenticated yet.
struct Parts<'a> {
    authenticated: &'a [u8],
    share: [u8; SHARE_BYTES],
    body: [u8; FILE_KEY_BYTES + TAG_BYTES],
    mac: [u8; 32],
    nonce: &'a [u8],
    /// The ciphertext with its tag.
    chunk: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(file: &'a [u8]) -> Option<Self> {
        let (header, chunk) = file.split_at_checked(HEADER_BYTES)?;
        // One chunk and not an empty one.
        if !(TAG_BYTES + 1..=CHUNK_BYTES + TAG_BYTES).contains(&chunk.len()) {
            return None;
        }
        let (authenticated, rest) = header.split_at(MAC_AT);
        let stanza = authenticated.strip_prefix(INTRO)?.strip_suffix(FOOT)?;
        let (share, stanza) = stanza.split_at(SHARE_CHARS);
        let body = stanza.strip_prefix(b"\n")?;
        let (mac, nonce) = rest.strip_prefix(b" ")?.split_at(MAC_CHARS);
        let nonce = nonce.strip_prefix(b"\n")?;
        let (share, body, mac) = (base64(share)?, base64(body)?, base64(mac)?);
        Some(Self { authenticated, share, body, mac, nonce, chunk })
    }
}

/// Canonical unpadded base64 of exactly `N` bytes.
fn base64<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let whole = BASE64_NOPAD.decode_len(text.len()) == Ok(N);
    (whole && BASE64_NOPAD.decode_mut(text, &mut bytes) == Ok(N)).then_some(bytes)
}
