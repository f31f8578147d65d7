//! What is published: items, the editions they stand in, and the bulletin around them
//! (docs/FORMAT.md §23). Plain data with its limits; what a reader sees of it is made elsewhere.

mod bulletin;
mod day;
mod item;
mod name;

pub use bulletin::{Bulletin, Edition, Heading, Spoken};
pub use day::{Calendar, Day};
pub use item::{Byline, Correction, Item, Kind, Label, Medium, Withdrawal};
pub use name::Slug;

/// An item or an edition is named by random bytes for as long as it is.
pub type Id = crate::hex::Hex<16>;

/// Most characters of a body, of an introduction, of a transcript.
pub const WORDS: usize = 20_000;
/// Most characters of one line: a title, a by-line, a caption.
pub const LINE: usize = 300;
/// Most pull quotes of an item, and most corrections.
pub const FEW: usize = 12;
/// Most pictures and sounds of an item.
pub const MEDIA: usize = 40;
/// Most items of an edition.
pub const ITEMS: usize = 400;
/// Most languages of a bulletin.
pub const LANGUAGES: usize = 8;

/// Why something cannot be published as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// A title is missing, longer than [`LINE`] characters, or not one line.
    Title,
    /// Its address has other than small Latin letters, digits and single hyphens, or is too long.
    Slug,
    /// Two things have the same address.
    SameSlug,
    /// The language is not a code of two or three letters.
    Language,
    /// There are no words, or more than [`WORDS`] characters.
    Body,
    /// A line (by-line, place, caption …) is too long or not one line.
    Line,
    /// There is more of something than an item may have.
    TooMany,
    /// A day that is in no calendar.
    Day,
    /// A pull quote that the body does not have.
    Pull,
    /// A picture without words for those who do not see it.
    Alt,
}

/// One line that can be seen, of at most [`LINE`] characters.
fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && is_short(text)
}

/// At most one line.
fn is_short(text: &str) -> bool {
    text.chars().count() <= LINE && !text.chars().any(breaks)
}

/// Whether a character ends a line, turns around what stands beside it, or is none.
fn breaks(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

/// At most [`WORDS`] characters in any number of lines.
fn is_words(text: &str) -> bool {
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().count() <= WORDS && text.chars().all(plain)
}

/// An ISO 639 code in small letters.
fn is_language(code: &str) -> bool {
    matches!(code.len(), 2..=3) && code.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn check(holds: bool, flaw: Flaw) -> Result<(), Flaw> {
    if holds { Ok(()) } else { Err(flaw) }
}
