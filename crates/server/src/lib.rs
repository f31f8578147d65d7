//! The exposed half: the source's pages and the desk's API.
//!
//! It holds recipients and never an identity: what it took it cannot open again. It reads no
//! flag, environment or configuration; clock and randomness are arguments. Operators are told
//! what happened in the closed vocabulary of [`journal`], in which a source's data has no place.

mod assets;
mod auth;
pub mod channels;
mod compress;
mod deposits;
mod desk;
mod desk_api;
mod editions;
mod fields;
mod flood;
#[cfg(fuzzing)]
pub mod fuzzing;
mod guard;
mod headers;
mod intake;
pub mod journal;
mod listen;
mod mailbox;
pub mod pages;
mod presence;
mod reading;
mod receipts;
mod returning;
mod routes;
mod sealed;
pub mod settings;
mod small;
mod submission;
mod upload;
mod uploads;
mod web;
pub mod world;

pub use desk::{Desk, NoDesk};
pub use editions::Editions;
pub use flood::{Flood, Lanes};
pub use listen::{Bound, Stores, bind};
pub use receipts::{Clock, Receipts};
pub use returning::Returning;
pub use sealed::offline_page;
pub use settings::Settings;
