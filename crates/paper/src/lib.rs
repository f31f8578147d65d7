//! Paper: an edition's sheet set as a PDF by Typst, by the template and fonts that are in the program.
//!
//! The template sees the sheet's data and its pictures and no other file; what is in the data is text,
//! never code. The same sheet gives the same bytes. Without the feature `pdf` the crate is empty: Typst
//! takes longer to compile than all the rest.

#[cfg(feature = "pdf")]
mod engine;
#[cfg(feature = "pdf")]
mod world;

#[cfg(feature = "pdf")]
pub use engine::Typst;

/// The template, by the names its parts include each other by.
pub const TEMPLATE: [(&str, &str); 2] = [
    ("edition.typ", include_str!("../template/edition.typ")),
    ("text.typ", include_str!("../template/text.typ")),
];

/// Which characters the fonts have, as the template reads it.
pub const COVERAGE: (&str, &str) = ("coverage.json", include_str!("../template/coverage.json"));
