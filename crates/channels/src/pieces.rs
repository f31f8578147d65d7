//! Cutting a long text to what a messenger takes: at paragraphs, then at sentences, then at words,
//! and within a word only where there is no other place.

use unicode_segmentation::UnicodeSegmentation;

/// How a messenger counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// UTF-16 code units.
    Utf16,
    /// Unicode scalar values.
    Chars,
    /// Bytes of UTF-8.
    Bytes,
}

impl Unit {
    fn count(self, text: &str) -> usize {
        match self {
            Self::Utf16 => text.encode_utf16().count(),
            Self::Chars => text.chars().count(),
            Self::Bytes => text.len(),
        }
    }
}

/// The pieces of a text, each of at most `most` units and none blank; white space where it was cut
/// is left out.
pub fn pieces(text: &str, unit: Unit, most: usize) -> Vec<&str> {
    let (mut all, mut rest) = (vec![], text.trim());
    while unit.count(rest) > most {
        let (piece, after) = rest.split_at(end(rest, unit, most));
        all.push(piece.trim_end());
        rest = after.trim_start();
    }
    if !rest.is_empty() {
        all.push(rest);
    }
    all
}

/// Where the first piece ends.
fn end(text: &str, unit: Unit, most: usize) -> usize {
    let whole = fitting(text, unit, most);
    let head = &text[..whole];
    // Not so early that many small pieces come of it.
    let late = |at: &usize| *at > whole / 3;
    let paragraph = head.rfind("\n\n").map(|at| at + 2).filter(late);
    let line = || head.rfind('\n').map(|at| at + 1).filter(late);
    let sentence = || sentence_end(head).filter(late);
    let word = || head.rfind(char::is_whitespace).filter(late);
    paragraph.or_else(line).or_else(sentence).or_else(word).unwrap_or(whole)
}

fn sentence_end(text: &str) -> Option<usize> {
    let ends = text.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?' | '؟' | '…' | '؛'));
    let after = ends.map(|(at, c)| at + c.len_utf8());
    after.rev().find(|at| text[*at..].starts_with(char::is_whitespace))
}

/// The longest beginning of whole graphemes that fits; one unit of text at least.
fn fitting(text: &str, unit: Unit, most: usize) -> usize {
    let (mut used, mut end) = (0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        used += unit.count(grapheme);
        if used > most {
            break;
        }
        end = at + grapheme.len();
    }
    if end > 0 { end } else { within(text, unit, most) }
}

/// A grapheme larger than a whole piece is cut between its characters.
fn within(text: &str, unit: Unit, most: usize) -> usize {
    let (mut used, mut end) = (0, 0);
    for (at, c) in text.char_indices() {
        used += unit.count(c.encode_utf8(&mut [0; 4]));
        if used > most && end > 0 {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cuts_where_a_reader_would() {
        let text = "یک دو سه. چهار پنج شش! هفت هشت";
        assert_eq!(pieces(text, Unit::Chars, 24), ["یک دو سه. چهار پنج شش!", "هفت هشت"]);
        assert_eq!(pieces("a b\n\nc d e f", Unit::Bytes, 9), ["a b", "c d e f"]);
        assert_eq!(pieces("abcdef", Unit::Bytes, 4), ["abcd", "ef"]);
        assert_eq!(pieces("😀😀😀", Unit::Utf16, 4), ["😀😀", "😀"]);
        assert_eq!(pieces("  ", Unit::Bytes, 4), [""; 0]);
    }

    proptest! {
        #[test]
        fn every_piece_fits_and_nothing_but_space_is_lost(text in "[\\PC \n]{0,400}", most in 16usize..200) {
            for unit in [Unit::Utf16, Unit::Chars, Unit::Bytes] {
                let all = pieces(&text, unit, most);
                prop_assert!(all.iter().all(|piece| unit.count(piece) <= most && !piece.trim().is_empty()));
                let solid = |text: &str| text.split_whitespace().collect::<String>();
                prop_assert_eq!(solid(&all.concat()), solid(&text));
            }
        }
    }
}
