//! Where an answer to a messenger's source goes, split in two: the server has the key, and the desk the
//! sealed address, inside the entry. Neither alone can answer, and once a key is destroyed nobody can
//! (docs/FORMAT.md §17).
//!
//! The same secrets give a source its alias, and what a platform calls an event a mark by which a
//! second delivery is known. None of it can be undone without them, and they are destroyed on schedule.
//! This crate knows nothing of files, network, clock or entries.

mod address;
mod alias;
mod job;
mod keys;
mod words;

pub use address::{Address, NotOpened, SEALED_CHARS};
pub use keys::{Keys, Malformed, Mark, Schedule};
