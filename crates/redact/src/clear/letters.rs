//! Texts as they are compared: letters and digits, folded, and nothing between them.

use payamgir_text::{digits, fold};

/// A piece of fewer letters is found only as a word by itself.
const SHORT: usize = 4;
/// A piece of as many is found within other words too.
const LONG: usize = 7;
/// What Arabic and Kurdish, and hasty Persian, write together with the word that follows.
const PREFIXES: [&str; 9] = ["و", "ب", "ل", "ک", "ف", "ال", "وال", "بال", "لل"];
/// Those of them that few short words begin with.
const SHORT_PREFIXES: [&str; 3] = ["و", "ال", "وال"];

/// A letter or digit as it is compared.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) c: char,
    /// Its place in the text, in characters.
    pub(super) at: usize,
    /// Whether a word, or a group of digits, begins with it.
    pub(super) first: bool,
}

/// The letters and digits of a text.
pub(super) fn letters(text: &str) -> Vec<Letter> {
    let mut letters: Vec<Letter> = vec![];
    let mut first = true;
    for (at, c) in text.chars().enumerate() {
        let folded = digits::to_ascii(&fold::word(c.encode_utf8(&mut [0; 4])));
        // A mark on a letter, or a joiner, parts nothing.
        let joins = folded.is_empty();
        for c in folded.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
            let digit = letters.last().is_some_and(|last| last.c.is_ascii_digit());
            let first_of_kind = digit != c.is_ascii_digit();
            letters.push(Letter { c, at, first: first || first_of_kind });
            first = false;
        }
        first |= !joins && !c.is_alphanumeric();
    }
    letters
}

/// Whether a hidden piece stands here. A short one must be words by itself; a longer one may have an
/// ending, a long one anything around it; a number must begin and end where a number does.
pub(super) fn stands(letters: &[Letter], at: usize, piece: &[char]) -> bool {
    let end = at + piece.len();
    let Some(here) = letters.get(at..end) else { return false };
    if !here.iter().map(|letter| letter.c).eq(piece.iter().copied()) {
        return false;
    }
    let words = !piece.iter().all(char::is_ascii_digit);
    let within = || words && (piece.len() >= LONG || follows_prefix(letters, at, piece.len()));
    let ends = letters.get(end).is_none_or(|next| next.first);
    (letters[at].first || within()) && (ends || (words && piece.len() >= SHORT))
}

/// Whether all that stands before it in its word is a prefix.
fn follows_prefix(letters: &[Letter], at: usize, count: usize) -> bool {
    let Some(start) = (at.saturating_sub(3)..at).rev().find(|place| letters[*place].first) else {
        return false;
    };
    let before: String = letters[start..at].iter().map(|letter| letter.c).collect();
    let known = if count >= SHORT { &PREFIXES[..] } else { &SHORT_PREFIXES[..] };
    known.contains(&&*before)
}
