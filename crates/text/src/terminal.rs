//! A stranger's text made safe to print on a terminal.
//!
//! A terminal obeys what it prints: escape sequences move the cursor, rewrite the title, fill the
//! clipboard; bidi controls reorder what follows them, and invisible characters hide text in text.

use crate::balance::balanced;
use crate::chars::{REPLACEMENT, clings, is_bidi_control, is_hidden, is_joiner};
use crate::direction::{self, Direction};

/// First strong isolate: what follows is laid out by itself, in its own direction.
const FSI: char = '\u{2068}';

/// Pop directional isolate: the end of what an FSI opened.
const PDI: char = '\u{2069}';

/// SCP, select character path (ECMA-48, 8.3.111: `CSI Ps1 ; Ps2 02/00 06/11`), left to right.
/// "BiDi in Terminal Emulators" takes the first parameter alone, as the paragraph's direction.
const PATH_LTR: &str = "\u{1B}[1 k";

/// SCP, right to left.
const PATH_RTL: &str = "\u{1B}[2 k";

/// SCP with 0: the terminal's own default. Defined by "BiDi in Terminal Emulators" only.
const PATH_DEFAULT: &str = "\u{1B}[0 k";

/// `text` with nothing left in it that a terminal obeys or that hides.
///
/// - Letters, marks, ZWNJ, ZWJ, LRM, RLM, ALM, LF and tab are kept.
/// - CR LF, CR, U+2028 and U+2029 become LF.
/// - Other controls below U+0020 and DEL become their pictures (ESC is ␛); those of U+0080..9F,
///   tags, annotation characters and other hidden formats become U+FFFD.
/// - Bidi embeddings, overrides and isolates are kept, closed at the end of their line; a closer
///   that closes nothing is dropped.
pub fn visible(text: &str) -> String {
    let lines = text.replace("\r\n", "\n");
    let shown: String = lines.chars().map(shown).collect();
    balanced(&shown)
}

/// `text` as one line for a listing, of at most `max_chars` characters (not columns).
///
/// Runs of white space become one space, none at the ends; all bidi controls are dropped; the rest
/// is as in [`visible`]. What is too long ends in `…`, which counts, and is not cut before a
/// combining mark or a joiner.
pub fn one_line(text: &str, max_chars: usize) -> String {
    let undirected = text.replace(is_bidi_control, "");
    let words: Vec<&str> = undirected.split_whitespace().collect();
    let line: String = words.join(" ").chars().map(shown).collect();
    shortened(line, max_chars)
}

/// `text` in FSI and PDI, so that it neither takes its direction from the words around it nor
/// gives them its own. Each line is isolated by itself, and closers in `text` cannot end it early.
pub fn isolate(text: &str) -> String {
    let text = balanced(text);
    let lines: Vec<String> = text.split('\n').map(|line| format!("{FSI}{line}{PDI}")).collect();
    lines.join("\n")
}

/// `text` with the direction of each line told to the terminal by an SCP sequence before it, and
/// the terminal's default restored at the end; `default` for a line that shows none.
///
/// For terminals that follow "BiDi in Terminal Emulators" (freedesktop.org terminal-wg), where SCP
/// acts on the paragraph it opens; others must be given `text` alone. `text` must be [`visible`]
/// already and should end in LF: a terminal that follows ECMA-48 to the letter applies the closing
/// sequence to the line it stands on.
pub fn with_direction(text: &str, default: Direction) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        out.push_str(match direction::of(line).unwrap_or(default) {
            Direction::Ltr => PATH_LTR,
            Direction::Rtl => PATH_RTL,
        });
        out.push_str(line);
    }
    if !out.is_empty() {
        out.push_str(PATH_DEFAULT);
    }
    out
}

/// What is printed for `c`.
fn shown(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\r' | '\u{2028}' | '\u{2029}' => '\n',
        '\0'..='\u{1F}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(REPLACEMENT),
        '\u{7F}' => '\u{2421}',
        '\u{80}'..='\u{9F}' => REPLACEMENT,
        _ if is_hidden(c) => REPLACEMENT,
        _ => c,
    }
}

/// `line` if it has at most `max_chars` characters, otherwise its beginning and an ellipsis.
fn shortened(line: String, max_chars: usize) -> String {
    if line.chars().nth(max_chars).is_none() {
        return line;
    }
    let Some(room) = max_chars.checked_sub(1) else {
        return String::new();
    };
    let starts = line.char_indices().take(room + 1);
    let end = starts.filter(|(_, c)| !clings(*c)).last();
    let kept = &line[..end.map_or(0, |(at, _)| at)];
    let kept = kept.trim_end_matches(|c| c == ' ' || is_joiner(c));
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seen_text() {
        let table = [
            ("", ""),
            ("سلام\tworld\n", "سلام\tworld\n"),
            ("می\u{200C}روم\u{200D}", "می\u{200C}روم\u{200D}"),
            ("\u{200E}a\u{200F}b\u{61C}", "\u{200E}a\u{200F}b\u{61C}"),
            ("a\u{1B}[2Jb", "a␛[2Jb"),
            ("\0\u{7}\u{8}\u{B}\u{C}\u{1F}\u{7F}", "␀␇␈␋␌␟␡"),
            ("\u{80}\u{85}\u{9B}31m", "\u{FFFD}\u{FFFD}\u{FFFD}31m"),
            ("a\r\nb\rc\r\r\nd", "a\nb\nc\n\nd"),
            ("a\u{2028}b\u{2029}c", "a\nb\nc"),
            ("\u{202E}gpj.exe", "\u{202E}gpj.exe\u{202C}"),
            ("\u{202E}a\u{2029}b", "\u{202E}a\u{202C}\nb"),
            ("a\u{202C}\u{2069}", "a"),
            ("🏴\u{E0067}\u{E007F}", "🏴\u{FFFD}\u{FFFD}"),
            ("\u{FFF9}a\u{FFFA}b\u{FFFB}", "\u{FFFD}a\u{FFFD}b\u{FFFD}"),
            ("❤\u{FE0F}e\u{301}بَ", "❤\u{FE0F}e\u{301}بَ"),
        ];
        for (text, want) in table {
            assert_eq!(visible(text), want, "{text:?}");
        }
    }

    #[test]
    fn listing_lines() {
        let table = [
            ("", 10, ""),
            (" \n\t ", 10, ""),
            (" a\r\n\u{85}\u{2028}b  c ", 10, "a b c"),
            ("a\u{202E}b\u{200F}c \u{2067} d", 10, "abc d"),
            ("a\u{1B}[0m", 10, "a␛[0m"),
            ("سلام دنیا", 9, "سلام دنیا"),
            ("سلام دنیا", 8, "سلام دن…"),
            ("سلام دنیا", 6, "سلام…"),
            ("abcdef", 0, ""),
            ("abcdef", 1, "…"),
            ("abcdef", 3, "ab…"),
            ("abe\u{301}f", 4, "ab…"),
            ("می\u{200C}روم", 3, "م…"),
            ("می\u{200C}روم", 4, "می…"),
            ("👩\u{200D}🚀 b", 3, "👩…"),
            ("a👍\u{1F3FD}b", 3, "a…"),
            ("\u{301}\u{301}\u{301}", 2, "…"),
        ];
        for (text, max_chars, want) in table {
            assert_eq!(one_line(text, max_chars), want, "{text:?} {max_chars}");
        }
    }

    #[test]
    fn isolating() {
        let table = [
            ("", "\u{2068}\u{2069}"),
            ("سلام", "\u{2068}سلام\u{2069}"),
            ("a\nb", "\u{2068}a\u{2069}\n\u{2068}b\u{2069}"),
            ("a\u{2069}b", "\u{2068}ab\u{2069}"),
            ("\u{202E}a", "\u{2068}\u{202E}a\u{202C}\u{2069}"),
        ];
        for (text, want) in table {
            assert_eq!(isolate(text), want, "{text:?}");
        }
    }

    #[test]
    fn directed() {
        let table = [
            ("", ""),
            ("سلام", "\u{1B}[2 kسلام\u{1B}[0 k"),
            ("hi\n", "\u{1B}[1 khi\n\u{1B}[0 k"),
            (
                "سلام\n\nhi\n12\n",
                "\u{1B}[2 kسلام\n\u{1B}[2 k\n\u{1B}[1 khi\n\u{1B}[2 k12\n\u{1B}[0 k",
            ),
        ];
        for (text, want) in table {
            assert_eq!(with_direction(text, Direction::Rtl), want, "{text:?}");
        }
        assert_eq!(with_direction("1", Direction::Ltr), "\u{1B}[1 k1\u{1B}[0 k");
    }

    proptest! {
        #[test]
        fn seen_text_has_nothing_to_obey(text in crate::samples::text()) {
            let seen = visible(&text);
            let obeyed = |c: char| c.is_control() && c != '\n' && c != '\t';
            prop_assert!(!seen.contains(obeyed) && !seen.contains(is_hidden));
            prop_assert_eq!(&visible(&seen), &seen);
        }

        #[test]
        fn a_listing_line_is_one_short_line(text in crate::samples::text(), max in 0..40_usize) {
            let line = one_line(&text, max);
            prop_assert!(line.chars().count() <= max);
            prop_assert!(!line.contains(char::is_control) && !line.contains(is_bidi_control));
            prop_assert_eq!(line.trim(), &line);
            prop_assert_eq!(&one_line(&line, max), &line);
        }

        #[test]
        fn isolates_stay_closed(text in crate::samples::text()) {
            let isolated = isolate(&visible(&text));
            prop_assert_eq!(&balanced(&isolated), &isolated);
            prop_assert_eq!(direction::of(&isolated), None);
        }

        #[test]
        fn direction_only_adds_sequences(text in crate::samples::text()) {
            let seen = visible(&text);
            let mut directed = with_direction(&seen, Direction::Ltr);
            for path in [PATH_LTR, PATH_RTL, PATH_DEFAULT] {
                directed = directed.replace(path, "");
            }
            prop_assert_eq!(directed, seen);
        }
    }
}
