//! Plaintext in, padded age v1 ciphertext out.
//!
//! Holds recipients only: no identity, no log, no file, no clock. age draws its randomness from
//! the operating system.

mod blob;
mod entry;
pub mod padding;
mod recipient;

pub use blob::BlobSealer;
pub use entry::{seal_entry, seal_exact, seal_within};
pub use recipient::{NotARecipient, Recipient};
