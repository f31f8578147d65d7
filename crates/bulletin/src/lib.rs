//! Published items in, a set of files out: the site, its feeds and cards, the edition in one file, what
//! paper is set from, the reading list for the hall, and plain words for messengers.
//!
//! It is pure: no file, network, clock or randomness. It sees what is to be published and nothing else;
//! an item reaches it only as [`Cleared`]: text in which nothing that was hidden of its sources occurs.
//! The same input gives the same bytes, so that who approves an edition can make it anew and compare.

pub mod block;
pub mod card;
pub mod hall;
mod html;
pub mod letters;
mod make;
pub mod markdown;
pub mod messenger;
pub mod paper;
pub mod plain;
mod press;
mod runs;
mod say;
mod site;
pub mod subtitles;
pub mod when;

pub use make::{Built, build};
pub use payamgir_redact::Cleared;
pub use press::{Engine, Known, Made, Press, Refused, Sheet};
pub use site::{preview, preview_paper};
