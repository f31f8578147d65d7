//! The desk's own list of names.

use std::collections::HashSet;
use std::ops::Range;

use crate::endings::ENDINGS;
use crate::find::Candidate;
use crate::plain::{Plain, ZWNJ};
use crate::what::What;

/// The most words a name in a text may be written in.
const MOST_WORDS: usize = 6;

/// Endings that are also written without a half space.
const JOINED: &[&str] =
    &["هایشان", "هایی", "های", "ها", "مان", "تان", "شان", "رو", "م", "ت", "ش", "و"];
/// Letters a name must have for endings of one letter to be split off.
const LONG: usize = 4;

/// The names found in `text` as whole words.
pub(crate) fn candidates(text: &str, names: &[String]) -> Vec<Candidate> {
    let keys: HashSet<String> =
        names.iter().map(|name| key(name)).filter(|key| is_long(key)).collect();
    let most = keys.iter().map(String::len).max().unwrap_or(0) + 16;
    let words = if keys.is_empty() { Vec::new() } else { words(text) };
    let from = |first| longest(text, &words, first, &keys, most);
    let found = (0..words.len()).filter_map(from);
    found.map(|range| Candidate { range, what: What::Name, rank: 65 }).collect()
}

fn is_long(key: &str) -> bool {
    key.chars().count() >= 2
}

/// A name's letters alone, folded.
fn key(name: &str) -> String {
    Plain::of(name).text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
        match words.last_mut() {
            Some(word) if word.end == at => word.end += c.len_utf8(),
            _ => words.push(at..at + c.len_utf8()),
        }
    }
    words
}

/// The longest name that begins with this word, with the endings that belong to it.
fn longest(
    text: &str,
    words: &[Range<usize>],
    first: usize,
    keys: &HashSet<String>,
    most: usize,
) -> Option<Range<usize>> {
    let mut letters = String::new();
    let mut found = None;
    for at in first..words.len().min(first + MOST_WORDS) {
        if at > first && !joins(&text[words[at - 1].end..words[at].start]) {
            break;
        }
        letters.push_str(&text[words[at].clone()]);
        if letters.len() > most {
            break;
        }
        if is_name(&letters, words[at].len(), keys) {
            found = ending(text, words, at).map(|end| words[first].start..end).or(found);
        }
    }
    found
}

fn joins(between: &str) -> bool {
    matches!(between, " " | "-" | "\u{200C}" | "  " | "\u{200C} " | " \u{200C}" | "_" | ". ")
}

/// Whether the letters are a name, or a name and an ending in the last word, of `last` bytes.
fn is_name(letters: &str, last: usize, keys: &HashSet<String>) -> bool {
    let stem = |ending: &&str| {
        let stem = letters.strip_suffix(ending)?;
        let long = ending.chars().count() > 1 || stem.chars().count() >= LONG;
        (long && ending.len() < last && keys.contains(stem)).then_some(())
    };
    keys.contains(letters) || JOINED.iter().find_map(stem).is_some()
}

/// Where the name ends that this word is the last of; `None` if a half space and another word
/// make of it another name.
fn ending(text: &str, words: &[Range<usize>], last: usize) -> Option<usize> {
    let end = words[last].end;
    let Some(next) = words.get(last + 1) else { return Some(end) };
    if !text[end..next.start].chars().all(|c| c == ZWNJ) {
        return Some(end);
    }
    ENDINGS.contains(&&text[next.clone()]).then_some(next.end)
}

#[cfg(test)]
mod tests {
    use crate::find;

    #[test]
    fn names_are_whole_words() {
        let names = ["احمدی", "مریم کاظمی‌نژاد", "Sahar", "ن"].map(str::to_owned);
        let table = [
            ("احمدی‌ها آمدند", Some("احمدی‌ها")),
            ("احمدی‌ست", Some("احمدی‌ست")),
            ("احمديها آمدند", Some("احمديها")),
            ("احمدیان آمدند", None),
            ("احمدی‌نژاد", None),
            ("اَحمدی را", Some("اَحمدی")),
            ("مريم كاظمى نژاد", Some("مريم كاظمى نژاد")),
            ("مریم", None),
            ("احمدی و من", Some("احمدی")),
            ("SAHAR's", Some("SAHAR")),
            ("Sahara", None),
            ("ن", None),
        ];
        for (text, want) in table {
            let found = find(text, &names);
            assert_eq!(found.first().map(|one| &text[one.start..one.end]), want, "{text}");
        }
    }
}
