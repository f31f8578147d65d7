//! Pure functions over Persian and English text: which language to speak, digits and numbers,
//! Jalali and Gregorian dates, sizes, direction, and making a stranger's text safe to print on a
//! terminal or to use as a file name.
//!
//! This crate knows nothing of everything else: no file, network, clock, randomness, environment
//! or other crate of the workspace. Every function answers for every input and none panics.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod balance;
pub mod bytewords;
mod chars;
pub mod code;
pub mod digits;
pub mod direction;
pub mod filename;
pub mod fold;
pub mod jalali;
pub mod lang;
pub mod negotiate;
#[cfg(test)]
mod samples;
pub mod search;
pub mod size;
pub mod terminal;

pub use chars::is_blank;
pub use direction::Direction;
pub use lang::Lang;
