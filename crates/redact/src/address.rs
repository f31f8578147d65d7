//! Addresses of electronic mail, and accounts' names.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::find::Candidate;
use crate::what::What;

/// The longest part before the `@` (RFC 5321, 4.5.3.1.1), and how far the rest is read.
const LOCAL: usize = 64;
const HOST: usize = 253;

static HOST_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[a-z0-9\x{600}-\x{6ff}](?:[a-z0-9\-\x{600}-\x{6ff}]{0,62})(?:\.[a-z0-9\-]{1,63}){0,5}\.(?:[a-z]{2,24}|ایران|xn--[a-z0-9\-]{1,40})",
    )
});
static SPELLED_AT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r" {0,2}(?:[\[({<] ?(?:at|ات|@) ?[\])}>]| at ) {0,2}"));
static SPELLED_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[a-z0-9][a-z0-9._+\-]{0,63}(?: {0,2}[\[({<] ?(?:dot|دات|نقطه|\.) ?[\])}>] {0,2}[a-z0-9_+\-]{1,30}){0,3}$",
    )
});
static SPELLED_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[a-z0-9\-]{1,63}(?:(?: {0,2}[\[({<] ?(?:dot|دات|نقطه|\.) ?[\])}>] {0,2}| (?:dot|دات|نقطه) |\.)[a-z0-9\-]{1,63}){0,4}(?: {0,2}[\[({<] ?(?:dot|دات|نقطه|\.) ?[\])}>] {0,2}| (?:dot|دات|نقطه) |\.)[a-z]{2,24}",
    )
});

fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a fixed pattern is well formed")
}

/// Mail and handles.
pub(crate) fn candidates(text: &str) -> Vec<Candidate> {
    let signs = text.match_indices('@').map(|(at, _)| at);
    let mut found: Vec<Candidate> =
        signs.filter_map(|at| mail(text, at).or_else(|| handle(text, at))).collect();
    found.extend(SPELLED_AT.find_iter(text).filter_map(|sign| spelled(text, sign.range())));
    found
}

/// At most `most` bytes of `text` from `from`, ending between characters.
fn ahead(text: &str, from: usize, most: usize) -> &str {
    let mut end = text.len().min(from.saturating_add(most));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[from..end.max(from)]
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn mail(text: &str, at: usize) -> Option<Candidate> {
    let taken = text.as_bytes()[..at].iter().rev().take(LOCAL).take_while(|byte| is_local(**byte));
    let from = at - taken.count();
    let start = at - text[from..at].trim_start_matches(|c: char| !c.is_ascii_alphanumeric()).len();
    let host = HOST_AFTER.find(ahead(text, at + 1, HOST))?;
    let range = start..at + 1 + host.end();
    (start < at).then_some(Candidate { range, what: What::Email, rank: 90 })
}

/// Letters, digits, dots and underscores, with at least one letter, after an `@` that stands free.
fn handle(text: &str, at: usize) -> Option<Candidate> {
    let free = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '@' || c == '.');
    let rest = ahead(text, at + 1, LOCAL);
    let name = rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).next()?;
    let name = name.trim_end_matches('.');
    let letters = name.contains(|c: char| c.is_ascii_alphabetic());
    (free && letters && name.len() >= 3).then_some(Candidate {
        range: at..at + 1 + name.len(),
        what: What::Handle,
        rank: 70,
    })
}

/// An address whose `@` is written "at", in brackets or between spaces. Without brackets the dot
/// must be a word as well, or "look at example.com" would be one.
fn spelled(text: &str, sign: Range<usize>) -> Option<Candidate> {
    let mut from = sign.start.saturating_sub(2 * LOCAL);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let local = SPELLED_BEFORE.find(&text[from..sign.start])?;
    let host = SPELLED_AFTER.find(ahead(text, sign.end, HOST))?;
    let bracketed = text[sign.clone()].contains(['[', '(', '{', '<']);
    let worded = host.as_str().contains(' ') || host.as_str().contains(['[', '(', '{']);
    (bracketed || worded).then_some(Candidate {
        range: from + local.start()..sign.end + host.end(),
        what: What::Email,
        rank: 90,
    })
}
