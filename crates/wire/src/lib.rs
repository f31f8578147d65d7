//! The plain-data vocabulary both halves share, byte for byte as docs/FORMAT.md says.
//!
//! It knows nothing of keys, files, network or clock. Values that a source wrote have types that
//! cannot be printed and are wiped when dropped.

pub mod armor;
pub mod desk_key;
pub mod dropbox;
pub mod edition;
pub mod entry;
pub mod hex;
pub mod key;
pub mod limits;
pub mod outcome;
pub mod piece;
pub mod release;
pub mod send;
pub mod signature;
pub mod sync;

pub use dropbox::Dropbox;
pub use entry::{Attachment, Channel, Entry, Origin, Part};
pub use hex::{Group, Hash};
pub use outcome::{Outcome, State};

/// Nine digits made from a submission's group, by which a source and a desk can speak of it.
pub fn reference(group: &Group) -> String {
    let number = group.0.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{:09}", number % 1_000_000_000)
}
