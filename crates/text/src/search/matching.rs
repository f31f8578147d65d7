//! Whether a text has what is asked for.

use super::query::{Query, Term};
use super::token::{JOINED, Token, tokens};

/// Whether the clauses are met by these texts together: each that is not negated in one of them at
/// least, none that is negated in any. Filters are not looked at.
pub fn matches(query: &Query, texts: &[&str]) -> bool {
    let texts: Vec<Vec<Token>> = texts.iter().map(|text| tokens(text)).collect();
    let met = |term: &Term| texts.iter().any(|tokens| !found(tokens, term).is_empty());
    query.clauses.iter().all(|clause| met(&clause.term) != clause.negated)
}

/// Where a term occurs: byte ranges of the original, by their beginning. `tokens` are those of
/// one text, as [`tokens`] gives them.
pub(super) fn found(tokens: &[Token], term: &Term) -> Vec<(usize, usize)> {
    match term {
        Term::Word { start, joined } => word(tokens, start, joined),
        Term::Phrase(words) => phrase(tokens, words),
    }
}

/// Where words begin as asked; of several that begin in one place only the narrowest.
fn word(tokens: &[Token], start: &str, joined: &[String]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut last = None;
    for token in tokens {
        let begins = |start: &str| token.word.starts_with(start);
        if last != Some(token.place) && (begins(start) || joined.iter().any(|word| begins(word))) {
            last = Some(token.place);
            found.push((token.start, token.end));
        }
    }
    found
}

fn phrase(tokens: &[Token], words: &[String]) -> Vec<(usize, usize)> {
    let Some((first, rest)) = words.split_first() else {
        return Vec::new();
    };
    let begins = tokens.iter().enumerate().filter(|(_, token)| token.word == *first);
    begins.filter_map(|(at, token)| Some((token.start, end(tokens, at, rest)?))).collect()
}

/// Where the words that follow the token `at` end, if they do follow it.
fn end(tokens: &[Token], at: usize, words: &[String]) -> Option<usize> {
    // A word equal to several tokens of one place is a run of repeated pieces; so few that trying
    // each costs nothing, save in texts made for it: the places reached are a set, not a tree.
    let mut reached = vec![at];
    for word in words {
        let mut next: Vec<usize> =
            reached.iter().flat_map(|at| follow(tokens, *at, word)).collect();
        next.sort_unstable();
        next.dedup();
        reached = next;
    }
    reached.first().map(|at| tokens[*at].end)
}

/// The tokens equal to `word` that stand right after the token `at`.
fn follow<'a>(
    tokens: &'a [Token],
    at: usize,
    word: &'a str,
) -> impl Iterator<Item = usize> + use<'a> {
    let place = tokens[at].place.saturating_add(tokens[at].width);
    // Each place has at most as many tokens as widths, so what follows is near.
    let near = (at + 1..tokens.len()).take(JOINED * (JOINED + 1));
    near.filter(move |at| tokens[*at].place == place && tokens[*at].word == word)
}
