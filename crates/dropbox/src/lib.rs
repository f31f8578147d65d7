//! What a web source comes back with: eight words. From them grow the number under which replies
//! lie, the ticket by which they are fetched and removed, and the key that opens them.
//!
//! This crate opens *replies* and nothing else: its private key is made from a codename, and there
//! is no other way to one. It knows no desk, no entry, no file, network or clock; randomness is an
//! argument. Nothing here can be printed.

mod codename;
mod guess;
mod key;
mod list;
mod read;

pub use codename::{Codename, WORDS};
pub use guess::Mistake;
pub use key::{Dropbox, PUBLIC_KEY_BYTES, Still, id_of};
pub use list::{List, WORDS_IN_LIST};
