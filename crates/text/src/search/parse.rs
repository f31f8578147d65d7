//! A query as it is typed.

use crate::chars::is_bidi_control;

use super::letters::{Class, Classes};
use super::operators::{condition, operator};
use super::query::{Clause, Filter, Query, Term};
use super::token::{JOINED, cut, each_token, fold_word};

/// The most characters of a query; the rest is not looked at.
const LONGEST: usize = 1_000;

/// Understands a query. It never fails: what is not understood is a word, or listed as unknown.
///
/// Words are found by their beginning, `"…"`, `«…»` and `“…”` hold whole words one after another, a
/// minus before either says that it must not occur, and so it does before conditions such as
/// `is:open` or `وضعیت:باز`, whose values may be quoted. Today and yesterday are not understood
/// here: see [`parse_at`]. Of a longer query the first 1,000 characters are looked at.
pub fn parse(query: &str) -> Query {
    Parser::default().read(query, None)
}

/// As [`parse`], on the local day `today`, counted from 1970-01-01, so that today and yesterday
/// (امروز, دیروز) are understood as dates.
pub fn parse_at(query: &str, today: i32) -> Query {
    Parser::default().read(query, Some(today))
}

#[derive(Default)]
struct Parser {
    query: Query,
    /// The last pieces of plain words that follow each other.
    run: Vec<String>,
}

impl Parser {
    fn read(mut self, text: &str, today: Option<i32>) -> Query {
        let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
        let mut rest = &text[..end];
        loop {
            rest = rest.trim_start_matches(is_between);
            if rest.is_empty() {
                return self.query;
            }
            let (negated, typed) = match rest.strip_prefix(['-', '−', '–']) {
                Some(after) => (true, after.trim_start_matches(is_bidi_control)),
                None => (false, rest),
            };
            let used = self.one(rest, typed, negated, today);
            rest = typed.get(used..).unwrap_or("");
        }
    }

    /// Reads one word, phrase or condition off the beginning of `typed`, which is `rest` without
    /// its minus; how many bytes of it that took.
    fn one(&mut self, rest: &str, typed: &str, negated: bool, today: Option<i32>) -> usize {
        if let Some((inner, used)) = quoted(typed) {
            self.phrase(inner, negated);
            return used;
        }
        let Some((name, value)) = named(typed) else {
            let used = typed.find(ends_word).unwrap_or(typed.len());
            self.words(&typed[..used], negated);
            return used;
        };
        let (inner, length) = quoted(value).unwrap_or_else(|| bare(value));
        let used = typed.len() - value.len() + length;
        match operator(name).and_then(|operator| condition(operator, inner, today)) {
            Some(kind) => self.query.filters.push(Filter { negated, kind }),
            None => {
                let minus = rest.len() - typed.len();
                self.query.unknown.push(rest[..minus + used].to_owned());
            }
        }
        self.run.clear();
        used
    }

    fn clause(&mut self, negated: bool, term: Term) {
        self.query.clauses.push(Clause { negated, term });
    }

    fn phrase(&mut self, text: &str, negated: bool) {
        self.run.clear();
        let words = pieces(text);
        if !words.is_empty() {
            self.clause(negated, Term::Phrase(words));
        }
    }

    /// What was typed without a space in it.
    fn words(&mut self, typed: &str, negated: bool) {
        let words = pieces(typed);
        match words.as_slice() {
            // A minus by itself.
            [] => {}
            [_] if negated => {
                self.run.clear();
                self.plain(words);
                self.run.clear();
                self.negate_last();
            }
            _ if negated => self.none_of(typed, words),
            _ if words.len() > 1 && is_solo(typed) => self.phrase(typed, false),
            _ => self.plain(words),
        }
    }

    /// Plain words: each also as written together with those before it.
    fn plain(&mut self, words: Vec<String>) {
        for word in words {
            let befores = (0..self.run.len()).rev();
            let joined = befores.map(|from| self.run[from..].concat() + &word);
            let joined = joined.map(|word| cut(&word).to_owned()).collect();
            self.run.push(word.clone());
            if self.run.len() >= JOINED {
                self.run.remove(0);
            }
            self.clause(false, Term::Word { start: word, joined });
        }
    }

    fn negate_last(&mut self) {
        if let Some(last) = self.query.clauses.last_mut() {
            last.negated = true;
        }
    }

    /// A word of several pieces that must not occur, neither in pieces nor written together.
    fn none_of(&mut self, typed: &str, words: Vec<String>) {
        self.run.clear();
        let mut together = None;
        each_token(typed, |word, _, _, _, width| {
            if usize::try_from(width) == Ok(words.len()) {
                together = Some(word.to_owned());
            }
        });
        self.clause(true, Term::Phrase(words));
        if let Some(start) = together {
            self.clause(true, Term::Word { start, joined: Vec::new() });
        }
    }
}

/// The written pieces of a text, folded.
fn pieces(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_token(text, |word, _, _, _, width| {
        if width == 1 {
            words.push(word.to_owned());
        }
    });
    words
}

/// Whether all characters are words by themselves, as emoji are.
fn is_solo(typed: &str) -> bool {
    let classes = Classes::get();
    let part = |c| matches!(classes.of(c), Class::Solo(_) | Class::Mark | Class::Hidden);
    typed.chars().all(part)
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || is_bidi_control(c)
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || closers(c).is_some()
}

/// What ends a quotation that `c` begins.
fn closers(c: char) -> Option<&'static [char]> {
    match c {
        '"' => Some(&['"']),
        '«' => Some(&['»']),
        '“' | '”' | '„' => Some(&['”', '“']),
        _ => None,
    }
}

/// What the quotation that begins `text` holds, and its bytes with the marks; one that is not
/// closed goes on to the end.
fn quoted(text: &str) -> Option<(&str, usize)> {
    let first = text.chars().next()?;
    let closers = closers(first)?;
    let inner = &text[first.len_utf8()..];
    match inner.char_indices().find(|(_, c)| closers.contains(c)) {
        Some((end, c)) => Some((&inner[..end], first.len_utf8() + end + c.len_utf8())),
        None => Some((inner, text.len())),
    }
}

/// A value without marks around it, and its bytes: up to a space, without a comma that ends it.
fn bare(text: &str) -> (&str, usize) {
    let used = text.find(char::is_whitespace).unwrap_or(text.len());
    let value = text[..used].trim_matches(is_bidi_control);
    (value.trim_end_matches([',', '،', ';', '؛']), used)
}

/// The name of a condition at the beginning of `text`, and all that follows its colon. The Persian
/// for before, after, larger and smaller is two words, which may be written with a space.
fn named(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once([':', '：'])?;
    let inside = |c: char| matches!(c, '\u{200B}'..='\u{200D}' | '\u{640}');
    let word = |c: char| c.is_alphabetic() || inside(c) || is_bidi_control(c);
    let plain = match name.split_once(' ') {
        Some((first, second)) => {
            matches!(
                fold_word(first).as_str(),
                "پیش" | "پس" | "قبل" | "بعد" | "بزرگتر" | "بلندتر" | "کوچکتر" | "کوتاهتر"
            ) && second.chars().all(word)
        }
        None => name.chars().all(word),
    };
    (plain && operator(name).is_some()).then_some((name, value))
}
