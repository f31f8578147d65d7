//! Texts in which nothing that was hidden occurs. What is published takes only these, so that a
//! word an editor hid in a submission cannot come back by another's typing, a translation's or a
//! caption's.

use std::collections::BTreeSet;

use payamgir_text::digits;
use payamgir_text::fold;

use crate::hide::{BadSpan, Span, pieces};

/// A hidden piece of fewer letters and digits than this is found only as a word by itself.
const SHORT: usize = 4;
/// A piece of fewer says nothing by itself, and would be found everywhere.
const LEAST: usize = 2;

/// What was hidden of the texts that something was made from.
#[derive(Clone, Default)]
pub struct Hidden(BTreeSet<String>);

/// Something with texts in it.
pub trait Texts {
    /// All of them.
    fn texts(&self) -> Vec<&str>;
}

impl Texts for payamgir_wire::edition::Item {
    fn texts(&self) -> Vec<&str> {
        self.texts()
    }
}

impl Texts for payamgir_wire::edition::Edition {
    fn texts(&self) -> Vec<&str> {
        self.texts()
    }
}

/// Something in whose texts nothing hidden occurs. There is no other way to one than
/// [`Hidden::clear`].
#[derive(Clone, PartialEq, Eq)]
pub struct Cleared<T>(T);

/// That something hidden occurs; where, and not what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leak {
    /// Which of the texts, from 0.
    pub text: usize,
    /// The first character of the place, counted in Unicode scalar values.
    pub at: usize,
}

impl Hidden {
    /// Adds what is hidden of a text.
    ///
    /// # Errors
    ///
    /// As of [`crate::hide`].
    pub fn add(&mut self, text: &str, spans: &[Span]) -> Result<(), BadSpan> {
        for (hidden, piece) in pieces(text, spans)? {
            let letters: String = letters(piece).into_iter().map(|letter| letter.c).collect();
            if hidden && letters.chars().count() >= LEAST {
                self.0.insert(letters);
            }
        }
        Ok(())
    }

    /// Whether nothing is hidden.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Clears what has nothing hidden in it: letters are compared however they were typed, and
    /// numbers and words however they were spaced.
    ///
    /// # Errors
    ///
    /// [`Leak`], the first there is.
    pub fn clear<T: Texts>(&self, what: T) -> Result<Cleared<T>, Leak> {
        let found = what
            .texts()
            .into_iter()
            .enumerate()
            .find_map(|(text, words)| self.find(words).map(|at| Leak { text, at }));
        match found {
            Some(leak) => Err(leak),
            None => Ok(Cleared(what)),
        }
    }

    fn find(&self, text: &str) -> Option<usize> {
        if self.0.is_empty() {
            return None;
        }
        let letters = letters(text);
        let all: Vec<char> = letters.iter().map(|letter| letter.c).collect();
        let begins = |at: &usize| self.0.iter().any(|piece| begins(&letters, &all, *at, piece));
        (0..letters.len()).find(begins).map(|at| letters[at].at)
    }
}

/// Whether a hidden piece begins here. A short one must be words by itself; a longer one may have an
/// ending after it; a number must begin and end where a number does.
fn begins(letters: &[Letter], all: &[char], at: usize, piece: &str) -> bool {
    let count = piece.chars().count();
    let Some(here) = all.get(at..at + count) else { return false };
    if !letters[at].first || !here.iter().copied().eq(piece.chars()) {
        return false;
    }
    let ends = letters.get(at + count).is_none_or(|next| next.first);
    let number = piece.chars().all(|c| c.is_ascii_digit());
    ends || (count >= SHORT && !number)
}

/// A letter or digit as it is compared.
struct Letter {
    c: char,
    /// Its place in the text, in characters.
    at: usize,
    /// Whether a word, or a group of digits, begins with it.
    first: bool,
}

/// The letters and digits of a text, folded; nothing between them.
fn letters(text: &str) -> Vec<Letter> {
    let mut letters = vec![];
    let mut first = true;
    for (at, c) in text.chars().enumerate() {
        let folded = digits::to_ascii(&fold::word(c.encode_utf8(&mut [0; 4])));
        let joins = folded.is_empty();
        for c in folded.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
            letters.push(Letter { c, at, first });
            first = false;
        }
        first |= !joins && !c.is_alphanumeric();
    }
    letters
}

impl<T> Cleared<T> {
    /// What was cleared.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Cleared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::fmt::Debug for Cleared<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cleared(…)")
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden(…)")
    }
}

impl std::fmt::Display for Leak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("words that were hidden of a source's text occur")
    }
}

impl std::error::Error for Leak {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hide;

    struct One<'a>(&'a str);

    impl Texts for One<'_> {
        fn texts(&self) -> Vec<&str> {
            vec!["", self.0]
        }
    }

    fn hidden(text: &str, piece: &str) -> Hidden {
        let at = text.find(piece).expect("it is there");
        let start = text[..at].chars().count() as u32;
        let span = Span { start, end: start + piece.chars().count() as u32 };
        let mut hidden = Hidden::default();
        hidden.add(text, &[span]).unwrap();
        hidden
    }

    #[test]
    fn what_was_hidden_does_not_come_back() {
        let source = "نگین از کارخانهٔ آبان با شمارهٔ 0912-345-6789 نوشت: علی آمد";
        for (piece, text, leaks) in [
            ("نگین", "دوست ما نگین گفت", true),
            ("نگین", "دوست ما نگینی گفت", true),
            ("نگین", "سنگین بود", false),
            ("نگین", "نَـگین", true),
            ("نگین", "ن گ ی ن", true),
            ("نگین", "هیچ", false),
            ("علی", "علی", true),
            ("علی", "علیه ستم", false),
            ("علی", "«علی!»", true),
            ("کارخانهٔ آبان", "كارخانه‌ي آبان", false),
            ("کارخانهٔ آبان", "کارخانه آبان", true),
            ("0912-345-6789", "زنگ بزنید: ۰۹۱۲ ۳۴۵ ۶۷ ۸۹", true),
            ("0912-345-6789", "۰۹۱۲۳۴۵۶۷۸۹۰", false),
            ("0912-345-6789", "۱۲۳", false),
            ("آمد", "ا\u{653}مد", true),
        ] {
            let cleared = hidden(source, piece).clear(One(text));
            assert_eq!(cleared.is_err(), leaks, "{piece} in {text}");
        }
    }

    #[test]
    fn the_place_is_told_and_not_the_words() {
        let leak = hidden("of Nadia", "Nadia").clear(One("from NADIA's")).unwrap_err();
        assert_eq!(leak, Leak { text: 1, at: 5 });
        assert!(!format!("{leak} {leak:?}").contains("adia"));
    }

    proptest! {
        #[test]
        fn a_text_with_its_own_words_hidden_is_clear(text in "[a-c ]{0,12}", start in 0u32..12, length in 2u32..6) {
            let count = text.chars().count() as u32;
            prop_assume!(start + length <= count);
            let span = Span { start, end: start + length };
            let mut hidden = Hidden::default();
            hidden.add(&text, &[span]).unwrap();
            let piece: String = text.chars().skip(start as usize).take(length as usize).collect();
            prop_assert_eq!(hidden.is_empty(), letters(&piece).len() < LEAST);
            if !hidden.is_empty() {
                // What stands by itself is found wherever it is put.
                let around = format!("before, {piece}, after");
                prop_assert!(hidden.clear(One(&around)).is_err());
            }
            let _ = hide(&text, &[span]);
        }
    }
}
