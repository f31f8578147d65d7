//! Classes of characters that more than one module asks about, and safe cuts.

use unicode_bidi::{BidiClass, bidi_class};

/// Stands where a character was taken out and its absence must show.
pub(crate) const REPLACEMENT: char = '\u{FFFD}';

/// Unicode's `Bidi_Control` property: characters whose only effect is on the order of others.
pub(crate) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// ZWNJ, which Persian spelling needs, and ZWJ, which Persian and emoji use.
pub(crate) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Format characters that can carry text or commands nobody sees: deprecated controls
/// (U+206A..F), interlinear annotation, shorthand and musical formats, and the plane of tags and
/// supplementary variation selectors.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(c, '\u{206A}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}')
        || matches!(c, '\u{E0000}'..='\u{E0FFF}')
}

/// Whether `c` belongs to the character before it: a nonspacing mark (including variation
/// selectors), a joiner, or an emoji skin tone. Spacing marks of Indic scripts are not counted.
pub(crate) fn clings(c: char) -> bool {
    is_joiner(c) || matches!(c, '\u{1F3FB}'..='\u{1F3FF}') || bidi_class(c) == BidiClass::NSM
}

/// Whether a reader would see nothing: only white space, joiners, controls of direction, hidden
/// characters and marks with nothing to stand on.
pub fn is_blank(text: &str) -> bool {
    let unseen = |c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}';
    text.chars().all(|c| unseen(c) || is_bidi_control(c) || is_hidden(c) || clings(c))
}

/// The longest beginning of `text` of at most `max` bytes that ends between characters.
pub(crate) fn prefix(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_is_what_nobody_sees() {
        for text in ["", " \n\t", "\u{200C}\u{200F}", "\u{FEFF}\u{2066} \u{2069}", "\u{FE0F}"] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["\u{200C}ی", ".", "😀", "0", "\u{FFFD}"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn classes() {
        for c in ['\u{61C}', '\u{200E}', '\u{202E}', '\u{2066}', '\u{2069}'] {
            assert!(is_bidi_control(c) && !is_joiner(c), "{c:?}");
        }
        for c in ['a', 'ی', '\u{200C}', '\u{200D}', '\u{206A}', '\u{2029}'] {
            assert!(!is_bidi_control(c), "{c:?}");
        }
        for c in ['\u{E0041}', '\u{FFF9}', '\u{206F}', '\u{E01EF}'] {
            assert!(is_hidden(c), "{c:?}");
        }
        for c in ['a', '\u{FE0F}', '\u{200C}', '\u{FFFD}', '\u{F8FF}'] {
            assert!(!is_hidden(c), "{c:?}");
        }
    }

    #[test]
    fn clinging() {
        for c in ['\u{301}', '\u{64E}', '\u{FE0F}', '\u{200C}', '\u{1F3FD}'] {
            assert!(clings(c), "{c:?}");
        }
        for c in ['a', 'ی', ' ', '۱', '\u{1F469}'] {
            assert!(!clings(c), "{c:?}");
        }
    }

    #[test]
    fn prefixes() {
        let table = [
            ("", 5, ""),
            ("abc", 0, ""),
            ("abc", 2, "ab"),
            ("abc", 9, "abc"),
            ("سلام", 3, "س"),
            ("سلام", 4, "سل"),
            ("😀", 3, ""),
        ];
        for (text, max, want) in table {
            assert_eq!(prefix(text, max), want, "{text} {max}");
        }
    }
}
