//! Finds what in a text could tell who somebody is, and hides what an editor chose; knows nothing
//! of files, keys, network.
//!
//! What is found is a proposal: the editor chooses, and what is hidden is only what they chose.
//! Every function answers for every input, none panics, and all take time linear in the text.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod address;
mod check;
mod clear;
mod context;
mod endings;
mod find;
mod hide;
mod iban;
mod link;
mod names;
mod numbers;
mod place;
mod plain;
mod plate;
mod telephone;
mod what;

pub use clear::{Cleared, Hidden, Leak, Texts};
pub use find::{Find, find};
pub use hide::{BadSpan, HIDDEN, Span, bytes, hide, pieces, spans};
pub use what::What;
