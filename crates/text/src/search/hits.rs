//! What is shown of a text that was found.

use super::matching::found;
use super::query::Query;
use super::token::{Token, tokens};

/// A part of an original, as it is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text, as it was written.
    pub text: String,
    /// Whether it is what was asked for.
    pub hit: bool,
}

/// A byte range of a text.
type Range = (usize, usize);

/// Where the words and phrases asked for occur in `text`: byte ranges by their beginning, not
/// overlapping. A word that begins as asked is marked whole, a phrase from its first word to its
/// last. What must not occur is not marked.
pub fn hits(text: &str, query: &Query) -> Vec<(usize, usize)> {
    merged(marks(&tokens(text), query))
}

/// A part of `text` of about `chars` characters, around the place where the most of what was asked
/// for stands together; None where none of it occurs. It is cut between words, with `…` where it
/// is cut, and inside of a word only if that is much longer than `chars`.
pub fn context(text: &str, query: &Query, chars: usize) -> Option<Vec<Piece>> {
    let tokens = tokens(text);
    let marks = marks(&tokens, query);
    let first = best(&marks, text, chars)?;
    let window = window(text, &tokens, first, chars);
    Some(pieces(text, window, &merged(marks)))
}

/// All occurrences, by their beginning, each with the number of its clause.
fn marks(tokens: &[Token], query: &Query) -> Vec<(Range, usize)> {
    let wanted = query.clauses.iter().enumerate().filter(|(_, clause)| !clause.negated);
    let ranges = wanted.flat_map(|(number, clause)| {
        found(tokens, &clause.term).into_iter().map(move |range| (range, number))
    });
    let mut marks: Vec<(Range, usize)> = ranges.collect();
    marks.sort_unstable();
    marks
}

fn merged(marks: Vec<(Range, usize)>) -> Vec<Range> {
    let mut merged: Vec<Range> = Vec::with_capacity(marks.len());
    for ((start, end), _) in marks {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// The first occurrence that has the most different clauses in the `chars` characters from it.
fn best(marks: &[(Range, usize)], text: &str, chars: usize) -> Option<Range> {
    let clauses = marks.iter().map(|(_, number)| number + 1).max()?;
    let mut counts = vec![0_usize; clauses];
    let (mut different, mut most, mut best) = (0, 0, None);
    let mut ahead = 0;
    // Two ends moving on together: bytes stand for characters, two of them for one.
    let reach = if text.is_ascii() { chars } else { chars.saturating_mul(2) };
    for ((start, end), number) in marks {
        while let Some(((_, end), number)) = marks.get(ahead) {
            if end.saturating_sub(*start) > reach {
                break;
            }
            different += usize::from(counts[*number] == 0);
            counts[*number] += 1;
            ahead += 1;
        }
        if best.is_none() || different > most {
            (most, best) = (different, Some((*start, *end)));
        }
        if counts[*number] > 0 {
            counts[*number] -= 1;
            different -= usize::from(counts[*number] == 0);
        }
    }
    best
}

/// The part of `text` to show: around `hit`, from the beginning of a word to the end of one.
fn window(text: &str, tokens: &[Token], hit: Range, chars: usize) -> Range {
    let single = tokens.iter().filter(|token| token.width == 1);
    let earliest = back(text, hit.0, chars / 3);
    let start = single.clone().find(|token| token.start >= earliest);
    let start = match start.map_or(hit.0, |token| token.start.min(hit.0)) {
        start if text[..start].trim().is_empty() => 0,
        // The words before it are too few to cut off.
        _ if earliest == 0 => 0,
        start => start,
    };
    let latest = forward(text, start, chars);
    if latest == text.len() && hit.1 <= latest {
        return (start, latest);
    }
    let end = single.rev().find(|token| token.end <= latest);
    let end = end.map_or(hit.1, |token| token.end.max(hit.1));
    // A hit far longer than what is asked for.
    (start, end.min(forward(text, start, chars.saturating_mul(2).saturating_add(40))))
}

/// The place `chars` characters after `from`.
fn forward(text: &str, from: usize, chars: usize) -> usize {
    text[from..].char_indices().nth(chars).map_or(text.len(), |(at, _)| from + at)
}

/// The place `chars` characters before `from`.
fn back(text: &str, from: usize, chars: usize) -> usize {
    let Some(last) = chars.checked_sub(1) else {
        return from;
    };
    text[..from].char_indices().rev().nth(last).map_or(0, |(at, _)| at)
}

/// The part of `text` in a window, with what of it was found apart.
fn pieces(text: &str, (start, end): Range, hits: &[Range]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    if start > 0 {
        plain.push('…');
    }
    let mut at = start;
    for &(from, to) in hits.iter().filter(|(from, to)| *to > start && *from < end) {
        let (from, to) = (from.max(start), to.min(end));
        plain.push_str(&text[at..from]);
        push(&mut pieces, std::mem::take(&mut plain), false);
        push(&mut pieces, text[from..to].to_owned(), true);
        at = to;
    }
    plain.push_str(&text[at..end]);
    if end < text.len() {
        plain.push('…');
    }
    push(&mut pieces, plain, false);
    pieces
}

fn push(pieces: &mut Vec<Piece>, text: String, hit: bool) {
    if !text.is_empty() {
        pieces.push(Piece { text, hit });
    }
}
