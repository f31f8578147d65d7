//! The plain-data vocabulary both halves share, byte for byte as docs/FORMAT.md says.
//!
//! It knows nothing of keys, files, network or clock. Values that a source wrote have types that
//! cannot be printed and are wiped when dropped.

pub mod desk_public;
pub mod entry;
pub mod hex;
pub mod limits;
pub mod signature;
pub mod sync;

pub use entry::{Attachment, Channel, Entry, Part};
pub use hex::{Group, Hash};
