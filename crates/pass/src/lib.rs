//! Passes let in whom a desk knows, when strangers flood the server (docs/FORMAT.md §22).
//!
//! A desk draws passes and blinds them; the server signs them blindly, and sees each only when it is used
//! (RFC 9497, VOPRF of ristretto255-SHA512). So the server cannot tell whom a pass was given to, nor which were
//! made together, and nobody makes one without it. Randomness is an argument.

mod desk;
mod pass;
mod random;
mod server;

pub use desk::{Blinded, Refused};
pub use pass::Pass;
pub use server::Issuer;

/// Bytes of a point, as it travels.
pub const POINT: usize = 32;
/// Bytes of the server's answer after the points: its proof, and its public key.
pub const PROOF: usize = 64;
/// Most passes in one go.
pub const MOST: usize = 100;

type Suite = voprf::Ristretto255;
