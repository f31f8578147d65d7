//! Holds identities; opens what `seal` sealed. Never linked into a server.
//!
//! Knows nothing of the log or the network. Seeds of keys are arguments; age draws the rest
//! (file keys, scrypt salts) from the operating system itself.

mod blob;
mod entry;
pub mod hardware;
mod identity;
pub mod keyring;
pub mod member;
mod sealed_file;

pub use blob::BlobReader;
pub use entry::open_entry;
pub use hardware::{Ask, Hardware};
pub use identity::{Identity, NotAnIdentity};
pub use keyring::Keyring;
pub use member::Member;
pub use sealed_file::SealedFile;

/// The type of passphrases; it cannot be printed and is wiped when dropped.
pub use age_core::secrecy::{ExposeSecret, SecretString};

/// Why a sealed file does not open. Says nothing of what is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenError {
    /// Not an age file, or its header is not as the specification says.
    Header,
    /// Sealed to another key.
    NotForUs,
    /// Altered, cut short, or padded with something other than zeros.
    Damaged,
    /// Longer than the limit the caller gave.
    TooLong,
}

impl From<age::DecryptError> for OpenError {
    fn from(error: age::DecryptError) -> Self {
        match error {
            age::DecryptError::NoMatchingKeys => Self::NotForUs,
            age::DecryptError::InvalidHeader | age::DecryptError::UnknownFormat => Self::Header,
            age::DecryptError::Io(_) => Self::Header,
            _ => Self::Damaged,
        }
    }
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Header => "not a well-formed age file",
            Self::NotForUs => "sealed to another key",
            Self::Damaged => "altered or cut short",
            Self::TooLong => "longer than allowed",
        })
    }
}

impl std::error::Error for OpenError {}
