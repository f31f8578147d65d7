//! Latin within words that run from right to left: marks where the bidi algorithm (UAX #9) would tear
//! it apart.
//!
//! A number at the head of `2207/B-14` goes to the other side of what follows it, and a full stop at the
//! end of `Co.` to the other side of the word. A mark (LRM) beside it holds it where it was written.
//! Marks are spelling, not markup: they do the same on the web, on paper, in pictures and in messengers,
//! and unlike an isolate they leave `Shell Co. Ltd.` one stretch of Latin.

use payamgir_text::Direction;

/// LEFT-TO-RIGHT MARK.
const MARK: char = '\u{200e}';
/// Words that end with a full stop of their own.
const SHORT: [&str; 12] =
    ["Co", "Ltd", "Inc", "Corp", "No", "Vol", "vol", "Dr", "Mr", "Mrs", "Ms", "St"];

/// A text as it is set on lines that begin on a side.
pub(crate) fn along(text: &str, side: Direction) -> String {
    match side {
        Direction::Rtl => runs(text),
        Direction::Ltr => text.to_owned(),
    }
}

/// A text for lines that run from right to left, Latin held together. Doing it twice is doing it once.
pub(crate) fn runs(text: &str) -> String {
    // Most lines have none.
    if !text.contains(is_latin) {
        return text.to_owned();
    }
    text.split_inclusive(char::is_whitespace).map(held).collect()
}

/// One word, with what stands before and after it.
fn held(word: &str) -> String {
    let Some((from, to)) = core(word) else { return word.to_owned() };
    let (before, core, after) = (&word[..from], &word[from..to], &word[to..]);
    let mut out = before.to_owned();
    if is_reference(core) && !before.ends_with(MARK) {
        out.push(MARK);
    }
    out.push_str(core);
    match after.strip_prefix('.').filter(|rest| !rest.starts_with(['.', MARK])) {
        Some(rest) if is_short(core) => out.extend([".", "\u{200e}", rest]),
        _ => out.push_str(after),
    }
    out
}

/// Where the word's first letter or digit begins, and its last ends.
fn core(word: &str) -> Option<(usize, usize)> {
    let from = word.find(char::is_alphanumeric)?;
    let (at, last) = word.char_indices().rfind(|(_, c)| c.is_alphanumeric())?;
    Some((from, at + last.len_utf8()))
}

/// Whether it begins with a number and goes on in Latin.
fn is_reference(core: &str) -> bool {
    let joint = |c: char| matches!(c, '/' | '-' | '.' | '_' | ':');
    let ours = |c: char| is_latin(c) || is_digit(c) || joint(c);
    core.starts_with(is_digit)
        && core.contains(is_latin)
        && core.contains(joint)
        && core.chars().all(ours)
}

/// Whether a full stop after it belongs to it: `U.N.`, `m.b.H.`, `Co.`; not `congress.example.`.
fn is_short(core: &str) -> bool {
    let few = |part: &str| (1..=2).contains(&part.chars().count()) && part.chars().all(is_latin);
    SHORT.contains(&core) || (core.contains('.') && core.split('.').all(few))
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || (matches!(c, '\u{c0}'..='\u{24f}') && c.is_alphabetic())
}

/// A digit that the algorithm takes for a European one; those of Persian are.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '۰'..='۹')
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_bidi::{BidiInfo, Level};

    /// A line as it is seen, from the left.
    fn seen(text: &str) -> String {
        let bidi = BidiInfo::new(text, Some(Level::rtl()));
        let line = &bidi.paragraphs[0];
        bidi.reorder_line(line, line.range.clone()).replace(MARK, "")
    }

    #[test]
    fn latin_is_seen_as_it_was_written() {
        for (text, whole) in [
            ("نامهٔ شمارهٔ 2207/B-14 رسید", "2207/B-14"),
            ("نامهٔ شمارهٔ ۲۲۰۷/B-14، رسید", "۲۲۰۷/B-14"),
            ("نامهٔ (2207/B-14) رسید", "2207/B-14"),
            ("شرکت m.b.H. رسید", "m.b.H."),
            ("سازمان U.N.", "U.N."),
            ("شرکت Shell Co. Ltd. رسید", "Shell Co. Ltd."),
            ("شرکت Shell Co.، رسید", "Shell Co."),
        ] {
            assert!(!seen(text).contains(whole), "{text} needs no mark");
            assert!(seen(&runs(text)).contains(whole), "{}", seen(&runs(text)));
        }
    }

    #[test]
    fn what_needs_none_gets_none_and_none_gets_two() {
        for text in [
            "",
            "سه ماه است که حقوق نگرفته‌ایم.",
            "COVID-19 و B-14/2207 و 12/3 و ۳٫۵",
            "نشانی congress.example. همین است",
            "او گفت yes. و رفت",
            "Shell Co...",
            "پایان.  \n",
        ] {
            assert_eq!(runs(text), text);
        }
        let once = runs("شمارهٔ 2207/B-14 از Shell Co.");
        assert_eq!(runs(&once), once);
        assert_eq!(along("No. 2207/B-14", Direction::Ltr), "No. 2207/B-14");
    }
}
