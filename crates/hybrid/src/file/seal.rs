//! Writing one.

use aws_lc_rs::aead::Aad;
use aws_lc_rs::{hmac, rand};
use data_encoding::BASE64_NOPAD;
use zeroize::Zeroizing;

use super::{CHUNK_BYTES, FILE_KEY_BYTES, FOOT, HEADER_BYTES, INTRO, NONCE_BYTES};
use super::{mac_key, payload};
use crate::{PublicKey, Rejected, TAG_BYTES};

/// Seals `plain` and `zeros` bytes of zeros after it, together at most [`CHUNK_BYTES`] and not
/// none. The plaintext is copied once, to where it is encrypted.
///
/// [`Rejected`] where it is too long or the operating system gives no randomness.
pub fn seal(key: &PublicKey, plain: &[u8], zeros: usize) -> Result<Vec<u8>, Rejected> {
    let length = plain.len().checked_add(zeros).filter(|n| (1..=CHUNK_BYTES).contains(n));
    let length = length.ok_or(Rejected)?;
    let mut file_key = Zeroizing::new([0; FILE_KEY_BYTES]);
    let mut nonce = [0; NONCE_BYTES];
    rand::fill(&mut *file_key).and_then(|()| rand::fill(&mut nonce)).map_err(|_| Rejected)?;
    let mut out = Vec::with_capacity(HEADER_BYTES + length + TAG_BYTES);
    header(key, &*file_key, &mut out)?;
    out.extend_from_slice(&nonce);
    out.extend_from_slice(plain);
    out.resize(HEADER_BYTES + length, 0);
    let (cipher, once) = payload(&*file_key, &nonce);
    let chunk = &mut out[HEADER_BYTES..];
    let tag = cipher.seal_in_place_separate_tag(once, Aad::empty(), chunk).map_err(|_| Rejected)?;
    out.extend_from_slice(tag.as_ref());
    Ok(out)
}

fn header(key: &PublicKey, file_key: &[u8], out: &mut Vec<u8>) -> Result<(), Rejected> {
    let wrapped = key.wrap(file_key)?;
    out.extend_from_slice(INTRO);
    base64(&wrapped.share, out);
    out.push(b'\n');
    base64(&wrapped.body, out);
    out.extend_from_slice(FOOT);
    let tag = hmac::sign(&mac_key(file_key), out);
    out.push(b' ');
    base64(tag.as_ref(), out);
    out.push(b'\n');
    Ok(())
}

fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    let at = out.len();
    out.resize(at + BASE64_NOPAD.encode_len(bytes.len()), 0);
    BASE64_NOPAD.encode_mut(bytes, &mut out[at..]);
}
