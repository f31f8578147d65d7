//! Who the desk is: a chain of signed statements, folded to one roster.
//!
//! Members join and leave, roles and thresholds change, epochs start. Each statement names the
//! desk and its predecessor, and is in force once as many admins signed it as the roster asks
//! for. The fold is a pure function of the statements in the log's order, so the server and every
//! desk come to the same roster or to the same refusal (docs/FORMAT.md §10).
//!
//! Verifying only: signatures are made by whom a closure stands for. No files, no network, no
//! clock; the day is an argument.

mod approval;
mod bytes;
mod fold;
mod grant;
mod member;
pub mod proof;
mod refusal;
mod roster;
mod rules;
mod signed;
mod statement;

pub use approval::{Approval, Subject, approved};
pub use fold::{Fold, Heard, kind};
pub use grant::{Grant, Receiving};
pub use member::{Key, MEMBERS, Member, Policy, Recipient, Recovery, Role};
pub use refusal::Refusal;
pub use roster::{Epoch, Invitation, Outcome, Roster, invitation_number};
pub use signed::{Signature, Signed, message, verify};
pub use statement::{Act, Hash, Joining, Statement};

/// Most bytes of anything this crate reads: a record's body in the log.
pub const BODY_BYTES: usize = 64 * 1024;
