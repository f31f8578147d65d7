//! A text with one form for each letter, digit, dash and space, and the way back to the original.

use std::ops::Range;

use payamgir_text::{digits, fold};

/// Zero width non-joiner, which ends a word's stem in Persian and may stand between digits.
pub(crate) const ZWNJ: char = '\u{200C}';

/// The folded text. Offsets into it are bytes, always between characters.
pub(crate) struct Plain {
    /// Lower case, ASCII digits, `-` for dashes, one kind of space; marks and controls left out.
    pub(crate) text: String,
    /// For each byte of `text`, where the character it belongs to stands in the original.
    origin: Vec<Range<usize>>,
}

impl Plain {
    /// Folds `original`.
    pub(crate) fn of(original: &str) -> Plain {
        let mut plain = Plain { text: String::with_capacity(original.len()), origin: Vec::new() };
        let ascii = digits::to_ascii(original);
        for ((at, typed), c) in original.char_indices().zip(ascii.chars()) {
            plain.take(at..at + typed.len_utf8(), c);
        }
        plain
    }

    /// The bytes of the original that `range` of the folded text stands for.
    pub(crate) fn original(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let first = self.origin.get(range.start)?;
        let last = self.origin.get(range.end.checked_sub(1)?)?;
        Some(first.start..last.end)
    }

    fn take(&mut self, from: Range<usize>, c: char) {
        match one(c) {
            Some(c) => {
                self.text.push(c);
                self.origin.resize(self.text.len(), from);
            }
            None if is_mark(c) => self.cling(from.end),
            None => {}
        }
    }

    /// The last character reaches to `end`: a mark upon it is a part of it.
    fn cling(&mut self, end: usize) {
        let width = self.text.chars().next_back().map_or(0, char::len_utf8);
        for byte in self.origin.iter_mut().rev().take(width) {
            byte.end = end;
        }
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{300}'..='\u{36F}' | '\u{FE00}'..='\u{FE0F}')
}

/// The form a character is compared in; `None` for those nobody sees as a character.
fn one(c: char) -> Option<char> {
    match c {
        ' '..='@' | '['..='~' | '\n' | ZWNJ => Some(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => Some('-'),
        '\u{2028}' | '\u{2029}' | '\r' => Some('\n'),
        '\u{FF01}'..='\u{FF5E}' => full_width(c).and_then(one),
        '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => None,
        '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{AD}' => None,
        _ if is_mark(c) => None,
        _ if c.is_whitespace() => Some(' '),
        _ => letter(c),
    }
}

fn full_width(c: char) -> Option<char> {
    char::from_u32(u32::from(c) - 0xFEE0)
}

fn letter(c: char) -> Option<char> {
    let folded = fold::word(c.encode_utf8(&mut [0; 4])).chars().next()?;
    folded.to_lowercase().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_and_finds_back() {
        let table = [
            ("۰۹۱۲–٠٠٠", "0912-000", 0..8, "۰۹۱۲–٠٠٠"),
            ("كتابِ A", "کتاب a", 0..8, "كتابِ"),
            ("a\u{200F}b\u{A0}c", "ab c", 0..2, "a\u{200F}b"),
            ("می\u{200C}خ", "می\u{200C}خ", 0..4, "می"),
            ("１２", "12", 1..2, "２"),
        ];
        for (original, folded, range, want) in table {
            let plain = Plain::of(original);
            assert_eq!(plain.text, folded);
            assert_eq!(plain.original(&range).map(|r| &original[r]), Some(want));
        }
    }
}
