//! The part of an address that names one thing.

use serde::{Deserialize, Serialize};

use super::{Flaw, check};

/// Most characters of a slug: with its folders a path stays far below what any file system takes.
const CHARS: usize = 60;

/// What names an item or an edition in its address: small Latin letters and digits, with single
/// hyphens between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slug(pub String);

impl Slug {
    /// Whether it has the form.
    pub fn check(&self) -> Result<(), Flaw> {
        let word = |word: &str| {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            !word.is_empty() && word.bytes().all(plain)
        };
        check(self.0.len() <= CHARS && self.0.split('-').all(word), Flaw::Slug)
    }

    /// What is left of a text when all that a slug cannot have is left out; nothing where nothing is.
    pub fn from_text(text: &str) -> Self {
        let mut slug = String::new();
        for c in text.chars().filter_map(plain) {
            let doubled = c == '-' && (slug.is_empty() || slug.ends_with('-'));
            if !doubled && slug.len() < CHARS {
                slug.push(c);
            }
        }
        slug.truncate(slug.trim_end_matches('-').len());
        Self(slug)
    }
}

/// A character as a slug has it; digits of Persian and Arabic are digits.
fn plain(c: char) -> Option<char> {
    let digit = |zero: u32| char::from_digit(u32::from(c) - zero, 10);
    match c {
        '\u{660}'..='\u{669}' => digit(0x660),
        '\u{6f0}'..='\u{6f9}' => digit(0x6f0),
        _ if c.is_ascii_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ if c.is_whitespace() || c.is_ascii_punctuation() || c == '،' || c == '–' => Some('-'),
        _ => None,
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (text, holds) in [
            ("12-2", true),
            ("a", true),
            ("aban-1405", true),
            ("", false),
            ("-a", false),
            ("a-", false),
            ("a--b", false),
            ("A", false),
            ("a.b", false),
            ("a/b", false),
            ("..", false),
            ("۱۲", false),
        ] {
            assert_eq!(Slug(text.into()).check().is_ok(), holds, "{text}");
        }
        assert_eq!(Slug("a".repeat(61)).check(), Err(Flaw::Slug));
    }

    #[test]
    fn from_texts() {
        for (text, slug) in [
            ("12th Congress, day 2", "12th-congress-day-2"),
            ("کنگرهٔ ۱۲، روز ۲", "12-2"),
            ("  --  ", ""),
            ("سلام", ""),
        ] {
            assert_eq!(Slug::from_text(text).0, slug, "{text}");
        }
        assert!(Slug::from_text(&"ab ".repeat(60)).check().is_ok());
    }
}
