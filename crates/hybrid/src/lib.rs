//! The key wrapping of age's `mlkem768x25519` stanza, and small age files that have only that.
//!
//! X-Wing (draft-connolly-cfrg-xwing-kem) under HPKE base mode (RFC 9180) with HKDF-SHA256 and
//! ChaCha20-Poly1305. The `age` crate has no such recipient yet; the day it has one, the wrapping
//! is deleted. `wrap` and `unwrap` are separate features: a program that only seals contains no
//! code that could undo it.

#[cfg(any(feature = "wrap", feature = "unwrap"))]
pub mod file;
#[cfg(any(feature = "wrap", feature = "unwrap"))]
mod schedule;
#[cfg(feature = "unwrap")]
mod unwrap;
#[cfg(feature = "wrap")]
mod wrap;

#[cfg(feature = "unwrap")]
pub use unwrap::PrivateKey;
#[cfg(feature = "wrap")]
pub use wrap::{PublicKey, Wrapped};

/// Bytes of a public key: ML-KEM-768 (1,184), then X25519 (32).
pub const PUBLIC_KEY_BYTES: usize = MLKEM_PUBLIC_BYTES + X25519_BYTES;
/// Bytes of an encapsulated share: ML-KEM-768 ciphertext (1,088), then X25519 (32).
pub const SHARE_BYTES: usize = MLKEM_CIPHERTEXT_BYTES + X25519_BYTES;
/// Bytes of a private key: the seed it is expanded from.
pub const SEED_BYTES: usize = 32;
/// Bytes the authentication tag adds to what is wrapped.
pub const TAG_BYTES: usize = 16;

const MLKEM_PUBLIC_BYTES: usize = 1184;
const MLKEM_CIPHERTEXT_BYTES: usize = 1088;
const X25519_BYTES: usize = 32;

/// The key, share or body is not one this construction allows. It says no more on purpose:
/// callers must not learn which check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejected;

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("key or share rejected")
    }
}

impl std::error::Error for Rejected {}

#[cfg(all(test, feature = "wrap", feature = "unwrap"))]
mod tests;
