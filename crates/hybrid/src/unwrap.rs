//! Decapsulation: needs the private key.

use aws_lc_rs::aead::Aad;
use aws_lc_rs::agreement::{self, UnparsedPublicKey, X25519};
use aws_lc_rs::kem::{AlgorithmId, Ciphertext, DecapsulationKey, ML_KEM_768};
use ml_kem::{EncodedSizeUser, KemCore, MlKem768};
use sha3::Shake256;
use sha3::digest::{ExtendableOutput, Update, XofReader};
use zeroize::Zeroizing;

use crate::schedule::{Agreement, OneShot, combine};
use crate::{MLKEM_CIPHERTEXT_BYTES, PUBLIC_KEY_BYTES, Rejected, SEED_BYTES, SHARE_BYTES};
use crate::{TAG_BYTES, X25519_BYTES};

/// A private key in its expanded form: decapsulating from the seed would cost five times more.
pub struct PrivateKey {
    mlkem: DecapsulationKey<AlgorithmId>,
    x25519: agreement::PrivateKey,
    x25519_public: [u8; X25519_BYTES],
    public: Box<[u8; PUBLIC_KEY_BYTES]>,
}

impl PrivateKey {
    /// Expands a seed (draft-connolly-cfrg-xwing-kem §5.2): SHAKE256 gives ML-KEM's d and z
    /// and the X25519 scalar.
    pub fn from_seed(seed: &[u8; SEED_BYTES]) -> Result<Self, Rejected> {
        let mut expanded = Zeroizing::new([0u8; 96]);
        Shake256::default().chain(seed).finalize_xof().read(&mut expanded[..]);
        let x25519 = agreement::PrivateKey::from_private_key(&X25519, &expanded[64..])
            .map_err(|_| Rejected)?;
        let x25519_public = x25519.compute_public_key().map_err(|_| Rejected)?;
        let (mlkem, mlkem_public) = expand_mlkem(&expanded)?;
        let mut public = Box::new([0; PUBLIC_KEY_BYTES]);
        public[..mlkem_public.len()].copy_from_slice(&mlkem_public);
        public[mlkem_public.len()..].copy_from_slice(x25519_public.as_ref());
        let x25519_public = x25519_public.as_ref().try_into().map_err(|_| Rejected)?;
        Ok(Self { mlkem, x25519, x25519_public, public })
    }

    /// The public key's bytes.
    pub fn public(&self) -> &[u8; PUBLIC_KEY_BYTES] {
        &self.public
    }

    /// Opens a stanza's body: `None` where it was sealed to another key or altered. A body that
    /// does not fit `N` bytes and its tag, and a share of the wrong length or of low order, are
    /// [`Rejected`]: nobody honest makes one.
    pub fn unwrap<const N: usize>(
        &self,
        share: &[u8],
        body: &[u8],
    ) -> Result<Option<Zeroizing<[u8; N]>>, Rejected> {
        if body.len() != N + TAG_BYTES {
            return Err(Rejected);
        }
        let shared_secret = self.decapsulate(share)?;
        let (key, nonce) = OneShot::derive(&shared_secret).parts();
        let mut opened = Zeroizing::new(body.to_vec());
        if key.open_in_place(nonce, Aad::empty(), &mut opened).is_err() {
            return Ok(None);
        }
        let mut secret = Zeroizing::new([0; N]);
        secret.copy_from_slice(&opened[..N]);
        Ok(Some(secret))
    }

    /// X-Wing's Decapsulate.
    pub fn decapsulate(&self, share: &[u8]) -> Result<Zeroizing<[u8; 32]>, Rejected> {
        let share: &[u8; SHARE_BYTES] = share.try_into().map_err(|_| Rejected)?;
        let (mlkem_share, x_share) = share.split_at(MLKEM_CIPHERTEXT_BYTES);
        let mlkem_secret =
            self.mlkem.decapsulate(Ciphertext::from(mlkem_share)).map_err(|_| Rejected)?;
        let theirs = UnparsedPublicKey::new(&X25519, x_share);
        agreement::agree(&self.x25519, theirs, Rejected, |secret| {
            let x = Agreement { secret, share: x_share, public: &self.x25519_public };
            combine(mlkem_secret.as_ref(), &x)
        })
    }
}

fn expand_mlkem(expanded: &[u8; 96]) -> Result<(DecapsulationKey<AlgorithmId>, Vec<u8>), Rejected> {
    let half = |at: usize| expanded[at..at + 32].try_into().map_err(|_| Rejected);
    let (private, public) = MlKem768::generate_deterministic(&half(0)?, &half(32)?);
    let bytes = Zeroizing::new(private.as_bytes().to_vec());
    let key = DecapsulationKey::new(&ML_KEM_768, &bytes).map_err(|_| Rejected)?;
    Ok((key, public.as_bytes().to_vec()))
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hybrid::PrivateKey(…)")
    }
}
