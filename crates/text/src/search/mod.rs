//! A desk's search: the words of a text, what a query asks for, and where it is met.
//!
//! Words are compared folded: how a letter was typed, vowel marks, ZWNJ, the language of digits and
//! the case of letters do not matter. An index is built from [`each_token`]; [`matches`] says the
//! same of texts at hand, slowly.

mod dates;
mod hits;
mod letters;
mod matching;
mod operators;
mod parse;
mod query;
mod sizes;
mod token;

#[cfg(test)]
mod tests;

pub use dates::day;
pub use hits::{Piece, context, hits};
pub use matching::matches;
pub use parse::{parse, parse_at};
pub use query::{Clause, Filter, FilterKind, Has, Is, Query, Term};
pub use token::{Token, each_token, fold_word, tokens};
