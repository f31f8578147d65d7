//! What an attachment is, what it says about its maker, and copies without that.
//!
//! An attachment is hostile until proven otherwise, so nothing here decodes one in the process
//! that asks: the [`Workshop`] starts the program anew for each job, that process gives up all but
//! reading its input and writing its answer ([`worker`]), and its answer is read as distrustfully
//! as the attachment. Tools of the system (mat2, ffmpeg) run in a bubblewrap of their own.
//!
//! Bytes go by pipes and lie in memory only. Memory can be swapped out: a desk's swap should be
//! encrypted or off. A tool that crashes leaves no core file, but a handler of the system that core
//! dumps are piped to may ignore that; of workers it gets nothing.
//!
//! This crate knows nothing of keys, the log or the network.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod answer;
mod fact;
pub mod facts;
mod kind;
mod measure;
mod picture;
mod refusal;
pub mod worker;
mod workshop;

pub use fact::{FACTS, Fact, FactKind, VALUE_CHARS};
pub use kind::{Class, HEAD_BYTES, Kind, sniff, sniff_zip};
pub use measure::size_of_picture;
pub use picture::{MEGAPIXELS, PICTURE_BYTES, Picture, repaint};
pub use refusal::{Package, Refusal};
pub use workshop::{CLEAN_BYTES, Cleaned, Workshop};
