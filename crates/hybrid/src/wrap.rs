//! Encapsulation: needs a public key only.

use aws_lc_rs::aead::Aad;
use aws_lc_rs::agreement::{self, UnparsedPublicKey, X25519};
use aws_lc_rs::kem::{AlgorithmId, EncapsulationKey, ML_KEM_768};
use zeroize::Zeroizing;

use crate::X25519_BYTES;
use crate::schedule::{Agreement, OneShot, combine};
use crate::{MLKEM_CIPHERTEXT_BYTES, MLKEM_PUBLIC_BYTES, PUBLIC_KEY_BYTES, Rejected, SHARE_BYTES};

/// A parsed public key, kept expanded because parsing costs as much as using it.
pub struct PublicKey {
    mlkem: EncapsulationKey<AlgorithmId>,
    x25519: [u8; X25519_BYTES],
}

/// What goes into an age stanza.
pub struct Wrapped {
    /// The encapsulated share, the stanza's one argument.
    pub share: [u8; SHARE_BYTES],
    /// The secret sealed under the agreed key, the stanza's body: [`crate::TAG_BYTES`] longer.
    pub body: Vec<u8>,
}

impl PublicKey {
    /// Parses and checks a key: wrong length, an ML-KEM key out of range and an X25519 key of
    /// low order are [`Rejected`], by trying it once.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Rejected> {
        let bytes: &[u8; PUBLIC_KEY_BYTES] = bytes.try_into().map_err(|_| Rejected)?;
        let (mlkem, x25519) = bytes.split_at(MLKEM_PUBLIC_BYTES);
        let key = Self {
            mlkem: EncapsulationKey::new(&ML_KEM_768, mlkem).map_err(|_| Rejected)?,
            x25519: x25519.try_into().map_err(|_| Rejected)?,
        };
        key.encapsulate()?;
        Ok(key)
    }

    /// Seals `secret` (an age file key: 16 bytes) to this key, with fresh randomness from the
    /// operating system's generator, which is aws-lc-rs's only one.
    pub fn wrap(&self, secret: &[u8]) -> Result<Wrapped, Rejected> {
        let (share, shared_secret) = self.encapsulate()?;
        let (key, nonce) = OneShot::derive(&shared_secret).parts();
        let mut body = Vec::with_capacity(secret.len() + crate::TAG_BYTES);
        body.extend_from_slice(secret);
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut body).map_err(|_| Rejected)?;
        Ok(Wrapped { share, body })
    }

    /// X-Wing's Encapsulate: the share to send and the secret both sides then hold.
    pub fn encapsulate(&self) -> Result<([u8; SHARE_BYTES], Zeroizing<[u8; 32]>), Rejected> {
        let mut share = [0; SHARE_BYTES];
        let (mlkem_share, mlkem_secret) = self.mlkem.encapsulate().map_err(|_| Rejected)?;
        let mine = agreement::PrivateKey::generate(&X25519).map_err(|_| Rejected)?;
        let public = mine.compute_public_key().map_err(|_| Rejected)?;
        share[..MLKEM_CIPHERTEXT_BYTES].copy_from_slice(mlkem_share.as_ref());
        share[MLKEM_CIPHERTEXT_BYTES..].copy_from_slice(public.as_ref());
        let theirs = UnparsedPublicKey::new(&X25519, self.x25519);
        let secret = agreement::agree(&mine, theirs, Rejected, |secret| {
            let x = Agreement { secret, share: public.as_ref(), public: &self.x25519 };
            combine(mlkem_secret.as_ref(), &x)
        })?;
        Ok((share, secret))
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hybrid::PublicKey")
    }
}
