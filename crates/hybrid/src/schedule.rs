//! What both directions share: the X-Wing combiner and the HPKE key schedule.

use aws_lc_rs::aead::{CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{digest, hmac};
use zeroize::Zeroizing;

use crate::{Rejected, X25519_BYTES};

/// HPKE's `info`, fixed by the age specification.
const INFO: &[u8] = b"age-encryption.org/mlkem768x25519";
/// "HPKE" ‖ KEM X-Wing ‖ KDF HKDF-SHA256 ‖ AEAD ChaCha20-Poly1305 (RFC 9180 §5.1).
const SUITE: &[u8] = b"HPKE\x64\x7a\x00\x01\x00\x03";
/// The draft's label: an X-wing drawn in six characters.
const XWING_LABEL: &[u8] = br"\.//^\";

/// The X25519 half: both inputs of the agreement and its result.
pub(crate) struct Agreement<'a> {
    pub secret: &'a [u8],
    pub share: &'a [u8],
    pub public: &'a [u8],
}

/// draft-connolly-cfrg-xwing-kem §5.3, with the all-zero check the CCTV vectors require.
pub(crate) fn combine(
    mlkem_secret: &[u8],
    x: &Agreement<'_>,
) -> Result<Zeroizing<[u8; 32]>, Rejected> {
    if x.secret.iter().fold(0, |all, byte| all | byte) == 0 || x.secret.len() != X25519_BYTES {
        return Err(Rejected);
    }
    let mut hash = digest::Context::new(&digest::SHA3_256);
    for piece in [mlkem_secret, x.secret, x.share, x.public, XWING_LABEL] {
        hash.update(piece);
    }
    Ok(array(hash.finish().as_ref()))
}

/// The single-message AEAD of HPKE base mode: sequence number 0, no associated data.
pub(crate) struct OneShot {
    key: LessSafeKey,
    nonce: [u8; 12],
}

impl OneShot {
    /// RFC 9180 §5.1 KeySchedule with mode_base and an empty PSK.
    pub(crate) fn derive(shared_secret: &[u8; 32]) -> Self {
        static CONTEXT: std::sync::LazyLock<[u8; 65]> = std::sync::LazyLock::new(context);
        let secret = extract(shared_secret, b"secret", &[]);
        let key = expand(&secret, b"key", &*CONTEXT, 32);
        let nonce = expand(&secret, b"base_nonce", &*CONTEXT, 12);
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key[..]).expect("the key has 32 bytes");
        let mut first = [0; 12];
        first.copy_from_slice(&nonce[..12]);
        Self { key: LessSafeKey::new(key), nonce: first }
    }

    /// The AEAD key and its only nonce.
    pub(crate) fn parts(self) -> (LessSafeKey, Nonce) {
        (self.key, Nonce::assume_unique_for_key(self.nonce))
    }
}

/// mode_base, then what does not depend on the secret.
fn context() -> [u8; 65] {
    let mut context = [0; 65];
    context[1..33].copy_from_slice(&*extract(&[], b"psk_id_hash", &[]));
    context[33..].copy_from_slice(&*extract(&[], b"info_hash", INFO));
    context
}

fn extract(salt: &[u8], label: &[u8], ikm: &[u8]) -> Zeroizing<[u8; 32]> {
    mac(salt, &[b"HPKE-v1", SUITE, label, ikm])
}

/// LabeledExpand for at most one block of output (`length` ≤ 32).
fn expand(prk: &[u8; 32], label: &[u8], info: &[u8], length: u8) -> Zeroizing<[u8; 32]> {
    mac(prk, &[&[0, length], b"HPKE-v1", SUITE, label, info, &[1]])
}

fn mac(key: &[u8], pieces: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut context = hmac::Context::with_key(&key);
    pieces.iter().for_each(|piece| context.update(piece));
    array(context.sign().as_ref())
}

fn array(bytes: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    out.copy_from_slice(bytes);
    out
}
