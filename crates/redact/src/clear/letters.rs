//! Texts as they are compared: letters and digits, folded, and nothing between them.

use payamgir_text::{digits, fold};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::number::LONG as LONG_NUMBER;
use crate::endings::{is_ending, is_parted};

/// A piece of fewer letters is found only as a word by itself, or with an ending of a name; one of so many
/// also before a half space, and one of more with anything after it.
const SHORT: usize = 4;
/// A piece of as many may have such an ending with nothing between: with one, what is shorter makes
/// other words.
const ENDED: usize = 3;
/// A piece of as many is found within other words too.
const LONG: usize = 7;
/// What Arabic and Kurdish, and hasty Persian, write together with the word that follows.
const PREFIXES: [&str; 9] = ["و", "ب", "ل", "ک", "ف", "ال", "وال", "بال", "لل"];
/// Those of them that few short words begin with.
const SHORT_PREFIXES: [&str; 3] = ["و", "ال", "وال"];
/// What a half space parts from a verb: no name begins after it.
const VERBAL: [&str; 2] = ["می", "نمی"];

/// A letter or digit as it is compared.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) c: char,
    /// Its place in the text, in characters.
    pub(super) at: usize,
    /// Whether a word, or a group of digits, begins with it.
    pub(super) first: bool,
    /// Whether a half space stands before it in its word, or a mark of direction.
    pub(super) half: bool,
}

impl Letter {
    /// Whether a word ends before it, or a word's stem.
    fn parts(&self) -> bool {
        self.first || self.half
    }
}

/// The letters and digits of a text.
pub(super) fn letters(text: &str) -> Vec<Letter> {
    let mut letters: Vec<Letter> = vec![];
    let (mut first, mut half) = (true, false);
    for (at, typed) in text.chars().enumerate() {
        let forms = forms(typed);
        let apart = is_apart(typed, &forms);
        (first, half) = (first || apart, half || is_half(typed));
        for c in forms.chars().filter(|c| c.is_alphanumeric()) {
            let digit = letters.last().is_some_and(|last| last.c.is_ascii_digit());
            let first_of_kind = digit != c.is_ascii_digit();
            letters.push(Letter { c, at, first: first || first_of_kind, half });
            (first, half) = (false, false);
        }
        first |= apart;
    }
    letters
}

/// A character as the plain ones it stands for, without marks: there are letters for each of their
/// shapes, wide ones, ones for mathematics, and ones with a mark already on them.
fn forms(c: char) -> String {
    let plain: String = c.nfkd().filter(|c| !is_unseen(*c)).collect();
    digits::to_ascii(&fold::word(&plain)).chars().flat_map(char::to_lowercase).collect()
}

/// Whether a character belongs to no word beside it. A mark on a letter, or a joiner, has no form and
/// parts nothing; a raised digit is a note's number, and no part of the number before it.
fn is_apart(c: char, forms: &str) -> bool {
    let raised = matches!(c, '\u{B2}' | '\u{B3}' | '\u{B9}' | '\u{2070}'..='\u{2089}');
    raised || (!c.is_alphanumeric() && !forms.is_empty())
}

/// A mark on another letter, or a letter that is none: Hangul's fillers. Vowels that are letters of
/// their own in Indic scripts stay.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{115F}' | '\u{1160}') || (is_combining_mark(c) && !c.is_alphanumeric())
}

/// What ends a word's stem and is not seen.
fn is_half(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{2066}'..='\u{2069}')
}

/// Whether a hidden piece stands here. A short one must be words by itself, or have a name's endings; a
/// longer one may have any, a long one anything around it; a number must begin and end where a number
/// does, and a long one only end there: a country's code may stand before it.
pub(super) fn stands(letters: &[Letter], at: usize, piece: &[char]) -> bool {
    let (end, count) = (at + piece.len(), piece.len());
    let Some(here) = letters.get(at..end) else { return false };
    if !here.iter().map(|letter| letter.c).eq(piece.iter().copied()) {
        return false;
    }
    if piece.iter().all(char::is_ascii_digit) {
        let ends = letters.get(end).is_none_or(|next| next.first);
        return ends && (letters[at].first || count >= LONG_NUMBER);
    }
    begins(letters, at, count) && ends(letters, end, count)
}

/// Whether so many letters may be words that begin here.
fn begins(letters: &[Letter], at: usize, count: usize) -> bool {
    if letters[at].first || count >= LONG {
        return true;
    }
    let before = before(letters, at);
    let is = |known: &[&str]| before.as_deref().is_some_and(|before| known.contains(&before));
    let prefixes = if count >= SHORT { &PREFIXES[..] } else { &SHORT_PREFIXES[..] };
    is(prefixes) || (letters[at].half && !is(&VERBAL[..]))
}

/// What stands before a letter in its word; nothing where that is more than a prefix.
fn before(letters: &[Letter], at: usize) -> Option<String> {
    let start = (at.saturating_sub(3)..at).rev().find(|place| letters[*place].first)?;
    Some(letters[start..at].iter().map(|letter| letter.c).collect())
}

/// Whether so many letters may be words that end before this place.
fn ends(letters: &[Letter], end: usize, count: usize) -> bool {
    let Some(next) = letters.get(end).filter(|next| !next.first) else { return true };
    let own = letters[end + 1..].iter().take_while(|next| !next.parts());
    let rest: String = [next].into_iter().chain(own).map(|letter| letter.c).collect();
    match next.half {
        true => count >= SHORT || is_parted(&rest),
        false => count > SHORT || (count >= ENDED && is_ending(&rest)),
    }
}
