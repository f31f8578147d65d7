//! Texts in which nothing that was hidden occurs. What is published takes only these, so that a
//! word an editor hid in a submission cannot come back by another's typing, a translation's or a
//! caption's.
//!
//! This keeps editors from mistakes. Who means to can say the same in other words or letters; that is
//! what a second editor's approval is for.

mod letters;
mod number;
mod percent;
mod piece;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use letters::{Letter, letters};
use percent::decoded;

use crate::find::find;
use crate::hide::{BadSpan, Span, pieces};

/// What was hidden of the texts that something was made from.
#[derive(Clone)]
pub struct Hidden {
    /// What a reader sees of a text that is written with marks.
    read: fn(&str) -> String,
    /// The letters of what may not occur, by their first two.
    pieces: HashMap<[char; 2], BTreeSet<Vec<char>>>,
    /// What else is hidden, unless it stands openly in these texts.
    under: Option<Arc<Hidden>>,
    /// What was not hidden of the texts.
    shown: Vec<Vec<Letter>>,
}

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

impl Texts for payamgir_wire::edition::Bulletin {
    fn texts(&self) -> Vec<&str> {
        self.texts()
    }
}

/// Characters of a place where something hidden stands.
const AROUND: usize = 30;

/// Something in whose texts nothing hidden occurs. There is no other way to one than
/// [`Hidden::clear`].
#[derive(Clone, PartialEq, Eq)]
pub struct Cleared<T>(T);

/// That something hidden occurs, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct Leak {
    /// Which of the texts, from 0.
    pub text: usize,
    /// The first character of the place, counted in Unicode scalar values; in the text with its
    /// addresses decoded, or as it is read, where it does not occur as it is written.
    pub at: usize,
    /// The words from there on, for who wrote them: they are printed nowhere.
    pub words: String,
}

impl Default for Hidden {
    fn default() -> Self {
        Self::reading(str::to_owned)
    }
}

impl Hidden {
    /// Nothing yet. `read` gives what a reader sees of a text that is written with marks: nothing
    /// hidden may occur in that either.
    pub fn reading(read: fn(&str) -> String) -> Self {
        Self { read, pieces: HashMap::new(), under: None, shown: vec![] }
    }

    /// This, and what is hidden there but for what the texts that are added here show.
    #[must_use]
    pub fn over(self, under: Arc<Hidden>) -> Self {
        Self { under: Some(under), ..self }
    }

    /// Adds what is hidden of a text: each piece as a whole, what tells somebody in it, the words of a
    /// short one, and of a longer one whatever three words follow each other. Words that are
    /// everybody's, or stand in the rest of the text, tell nothing. `names` is the desk's own list.
    ///
    /// # Errors
    ///
    /// As of [`crate::hide`].
    pub fn add(&mut self, text: &str, spans: &[Span], names: &[String]) -> Result<(), BadSpan> {
        let all = pieces(text, spans)?;
        let open = all.iter().filter(|(hidden, _)| !hidden).map(|(_, piece)| *piece);
        let shown: Vec<Vec<char>> = open.clone().flat_map(piece::words).collect();
        self.shown.extend(open.map(letters));
        for (_, piece) in all.iter().filter(|(hidden, _)| *hidden) {
            self.keep_text(piece);
            self.keep_finds(piece, names);
            piece::parts(piece, &shown).into_iter().for_each(|part| self.keep(part));
        }
        Ok(())
    }

    /// Adds of what is hidden only what tells somebody wherever it stands: two words or more together,
    /// numbers and addresses.
    ///
    /// # Errors
    ///
    /// As of [`crate::hide`].
    pub fn add_telling(&mut self, text: &str, spans: &[Span]) -> Result<(), BadSpan> {
        for (_, piece) in pieces(text, spans)?.iter().filter(|(hidden, _)| *hidden) {
            if piece::tells(piece) {
                self.keep_text(piece);
            }
            self.keep_finds(piece, &[]);
        }
        Ok(())
    }

    fn keep_finds(&mut self, piece: &str, names: &[String]) {
        for found in find(piece, names) {
            self.keep_text(&piece[found.start..found.end]);
        }
    }

    fn keep_text(&mut self, text: &str) {
        for text in [text, &*decoded(text)] {
            self.keep(letters(text).iter().map(|letter| letter.c).collect());
        }
    }

    /// A letter alone says nothing, and would be found everywhere.
    fn keep(&mut self, piece: Vec<char>) {
        let piece = number::sought(piece);
        if let [first, second, ..] = piece[..] {
            self.pieces.entry([first, second]).or_default().insert(piece);
        }
    }

    /// Whether nothing is hidden.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.under.as_ref().is_none_or(|under| under.is_empty())
    }

    /// Clears what has nothing hidden in it, as it is written and as it is read: letters are compared
    /// however they were typed or encoded in an address, numbers and words however they were spaced,
    /// and long numbers with a country's code or without.
    ///
    /// # Errors
    ///
    /// [`Leak`], the first there is.
    pub fn clear<T: Texts>(&self, what: T) -> Result<Cleared<T>, Leak> {
        let found = what.texts().into_iter().enumerate().filter(|_| !self.is_empty()).find_map(
            |(text, words)| {
                let (at, words) = self.leak(words)?;
                Some(Leak { text, at, words })
            },
        );
        match found {
            Some(leak) => Err(leak),
            None => Ok(Cleared(what)),
        }
    }

    /// Whether a hidden day stands in a day in words. The name of a month alone, or a year, is hidden as a
    /// name or a number of something else: it tells no day.
    pub fn covers_day(&self, words: &str) -> bool {
        let letters = letters(words);
        let is_day = |piece: &Vec<char>| {
            piece.iter().any(char::is_ascii_digit) && piece.iter().any(|c| c.is_alphabetic())
        };
        let all = || [Some(self), self.under.as_deref()].into_iter().flatten();
        (0..letters.len()).any(|at| all().any(|own| own.standing(&letters, at).any(is_day)))
    }

    /// Where something hidden stands in a text, and the words there.
    fn leak(&self, text: &str) -> Option<(usize, String)> {
        self.occurs(text).or_else(|| self.occurs(&(self.read)(text)))
    }

    fn occurs(&self, text: &str) -> Option<(usize, String)> {
        let in_text = |text: &str| Some(around(self.find(&letters(text))?, text));
        let encoded = || in_text(&decoded(text));
        in_text(text).or_else(|| text.contains('%').then(encoded).flatten())
    }

    fn find(&self, letters: &[Letter]) -> Option<usize> {
        let other = |at| {
            let mut others = self.under.iter().flat_map(|under| under.standing(letters, at));
            others.any(|piece| !self.shows(piece))
        };
        let here = |at: &usize| self.standing(letters, *at).next().is_some() || other(*at);
        (0..letters.len()).find(here).map(|at| letters[at].at)
    }

    /// The pieces that stand at a place.
    fn standing<'h>(
        &'h self,
        letters: &'h [Letter],
        at: usize,
    ) -> impl Iterator<Item = &'h Vec<char>> {
        let two = letters.get(at..at + 2).map(|two| [two[0].c, two[1].c]);
        let pieces = two.and_then(|two| self.pieces.get(&two));
        pieces.into_iter().flatten().filter(move |piece| letters::stands(letters, at, piece))
    }

    fn shows(&self, piece: &[char]) -> bool {
        let stands = |text: &Vec<Letter>| {
            (0..text.len()).any(|at| text[at].c == piece[0] && letters::stands(text, at, piece))
        };
        self.shown.iter().any(stands)
    }
}

/// A place, and some words from there on.
fn around(at: usize, text: &str) -> (usize, String) {
    let rest: String = text.chars().skip(at).take(AROUND).collect();
    (at, rest.lines().next().unwrap_or_default().trim().to_owned())
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

impl std::fmt::Debug for Leak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Leak({}, {})", self.text, self.at)
    }
}

impl std::fmt::Display for Leak {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("words that were hidden of a source's text occur")
    }
}

impl std::error::Error for Leak {}

#[cfg(test)]
mod tests;
