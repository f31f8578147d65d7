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
    is_seen(text) && is_short(text)
}

/// Whether a reader sees anything of a text.
fn is_seen(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !is_blank(c))
}

/// Characters that show nothing by themselves: what Unicode lets a reader ignore, marks with nothing to
/// stand on, and letters that are blank.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}')
        || matches!(c, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{fffb}')
        || matches!(c, '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_seen() {
        for text in ["سلام", "?", "۱", "😀", "می\u{200c}خ", "\u{200f}a", "\u{fffd}"] {
            assert!(is_line(text), "{text:?}");
        }
        for text in [
            "",
            " \u{a0}\u{3000}",
            "\u{3164}",
            "\u{2800}\u{2800}",
            "\u{200c}\u{200d}\u{feff}",
            "\u{64e}\u{301}",
            "\u{115f}\u{1160}\u{ffa0}",
            "\u{e0041}\u{fe0f}\u{ad}",
        ] {
            assert!(!is_line(text), "{text:?}");
        }
        assert!(!is_line("a\nb") && !is_line("a\u{202e}b") && !is_line(&"a".repeat(LINE + 1)));
    }
}
