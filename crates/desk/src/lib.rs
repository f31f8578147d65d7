//! The local half: fetches the log, verifies it, opens what is in it.
//!
//! It knows nothing of channels. Clock and randomness are arguments. Nothing that was opened is
//! written anywhere except where an editor asks for it.

pub mod client;
mod errands;
pub mod invite;
pub mod keys;
pub mod kit;
pub mod library;
pub mod office;
pub mod opening;
pub mod owed;
pub mod save;
pub mod store;
pub mod sync;

pub use client::{Client, Failure, Server};
pub use library::Submission;
pub use opening::{Item, Opened, Trouble};
/// Identities, for the program: only this crate may depend on the one that opens.
pub use payamgir_open as open;
/// Passes, for the program.
pub use payamgir_pass as passes;
/// Who the desk is, for the program.
pub use payamgir_roster as roster;
pub use payamgir_seal as seal;
pub use payamgir_work as work;
