//! Which way a text runs.

use unicode_bidi::get_base_direction_full;

use crate::lang::Lang;

/// The direction of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl From<Lang> for Direction {
    /// The direction a language is written in: a fit default for text that shows none.
    fn from(lang: Lang) -> Direction {
        match lang {
            Lang::Fa => Direction::Rtl,
            Lang::En => Direction::Ltr,
        }
    }
}

/// The direction of the first strong character that is not inside an isolate (UAX #9, P2 and P3),
/// taken from the first paragraph that has one. `None` when there is none: digits, emoji, the
/// invisible embeddings and most punctuation decide nothing; LRM, RLM, ALM and `؟` do.
pub fn of(text: &str) -> Option<Direction> {
    match get_base_direction_full(text) {
        unicode_bidi::Direction::Ltr => Some(Direction::Ltr),
        unicode_bidi::Direction::Rtl => Some(Direction::Rtl),
        unicode_bidi::Direction::Mixed => None,
    }
}

/// The lines of `text` (ended by LF or CR LF, which are left out) with the direction of each;
/// `default` for a line that shows none.
pub fn paragraphs(text: &str, default: Direction) -> impl Iterator<Item = (&str, Direction)> {
    text.lines().map(move |line| (line, of(line).unwrap_or(default)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Direction::{Ltr, Rtl};
    use super::*;

    #[test]
    fn first_strong() {
        let table = [
            ("", None),
            ("123 ۱۲۳ ٤٥", None),
            ("... !،? 🙂", None),
            ("؟", Some(Rtl)),
            ("hello", Some(Ltr)),
            ("سلام", Some(Rtl)),
            ("שלום", Some(Rtl)),
            ("12. سلام world", Some(Rtl)),
            ("(a) سلام", Some(Ltr)),
            ("\u{200F}hello", Some(Rtl)),
            ("\u{61C}hello", Some(Rtl)),
            ("\u{200E}سلام", Some(Ltr)),
            ("\u{200C}سلام", Some(Rtl)),
            ("\u{202E}hello", Some(Ltr)),
            ("\u{2068}hello\u{2069} سلام", Some(Rtl)),
            ("\u{2067}سلام", None),
            ("\u{2067}سلام\nhello", Some(Ltr)),
            ("1\n2\nسلام", Some(Rtl)),
            ("https://example.org سلام", Some(Ltr)),
        ];
        for (text, want) in table {
            assert_eq!(of(text), want, "{text:?}");
        }
    }

    #[test]
    fn by_line() {
        let text = "سلام\r\n\nhello\n123\n\u{200F}x";
        let lines: Vec<_> = paragraphs(text, Rtl).collect();
        let want = [("سلام", Rtl), ("", Rtl), ("hello", Ltr), ("123", Rtl), ("\u{200F}x", Rtl)];
        assert_eq!(lines, want);
        assert_eq!(paragraphs("۱۲", Ltr).next(), Some(("۱۲", Ltr)));
        assert_eq!(paragraphs("", Ltr).next(), None);
    }

    #[test]
    fn by_language() {
        assert_eq!(Direction::from(Lang::Fa), Rtl);
        assert_eq!(Direction::from(Lang::En), Ltr);
    }

    proptest! {
        #[test]
        fn the_default_shows_only_in_neutral_lines(text in crate::samples::text()) {
            let pairs = paragraphs(&text, Ltr).zip(paragraphs(&text, Rtl));
            for ((line, ltr), (_, rtl)) in pairs {
                prop_assert_eq!(ltr != rtl, of(line).is_none());
            }
        }
    }
}
