//! Desk work as events: who assigned, noted, labelled, checked, redacted, answered what.
//!
//! An event is signed by a member, sealed to the epoch and appended to the log; the log's order
//! settles conflicts. [`Work`] is a pure function of the events in that order and of the roster at
//! each of them, so every desk comes to the same state and passes over the same events for the
//! same reasons (docs/FORMAT.md §14).
//!
//! Verifying only: signatures are made by whom a closure stands for. No files, no network, no
//! clock; what an event says of the time is shown and decides nothing.

mod act;
mod case;
mod event;
mod fold;
mod ignored;
mod publishing;
mod reply;

pub use act::{Act, Check, Id};
pub use case::{Case, Note, Redaction};
pub use event::{Event, Signed};
pub use fold::{Canned, Erasure, Heard, Outcome, Work};
pub use ignored::Ignored;
pub use publishing::{Proposal, Publishing, Release, Version, Written, version_hash};
pub use reply::{Outgoing, Reply, Stage, text_hash};

/// The kind of the log's records that hold an event.
pub const KIND: u8 = payamgir_roster::kind::WORK;
/// Most bytes of an event with its signature.
pub const EVENT_BYTES: usize = 48 * 1024;
/// Most conversations one event is about.
pub const SUBJECTS: usize = 2000;
/// Most characters of a note or a reply.
pub const WORDS: usize = 20_000;
/// Most characters of a label or a name.
pub const NAME: usize = 60;
/// Most spans of one redaction.
pub const SPANS: usize = 2000;
