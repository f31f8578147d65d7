//! Addresses of the web.

use std::sync::LazyLock;

use regex::Regex;

use crate::find::Candidate;
use crate::what::What;

/// Endings of a host that are taken without scheme or path. Those that are also words of English
/// or kinds of files are left out.
const ENDINGS: &[&str] = &[
    "com",
    "org",
    "net",
    "ir",
    "info",
    "io",
    "me",
    "de",
    "uk",
    "fr",
    "tv",
    "co",
    "gov",
    "edu",
    "app",
    "dev",
    "biz",
    "news",
    "eu",
    "ca",
    "nl",
    "tr",
    "ru",
    "cn",
    "xyz",
    "online",
    "site",
    "link",
    "cc",
    "ly",
    "gl",
    "gg",
    "ws",
    "blog",
    "page",
    "club",
    "shop",
    "onion",
    "example",
    "ایران",
    "ch",
    "se",
];

static SCHEME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?:(?:https?|hxxps?|ftp|tg|file)://|www\.)[^ \n<>"«»،؛“”]+"#));
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:[a-z0-9][a-z0-9\-]{0,62}\.){1,6}[a-z]{2,24}(?::[0-9]{2,5})?(?:[/?#][^ \n<>",
        "\"«»،؛“”",
        r"]*)?|[\x{621}-\x{6d3}\-]{2,63}\.ایران(?:/[^ \n<>«»،؛]*)?"
    ))
});

fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a fixed pattern is well formed")
}

/// Links with a scheme, with `www.`, and without either.
pub(crate) fn candidates(text: &str) -> Vec<Candidate> {
    let schemes = SCHEME.find_iter(text).map(|link| (link.start(), link.as_str()));
    let bare = BARE.find_iter(text).map(|link| (link.start(), link.as_str()));
    let bare = bare.filter(|(start, link)| stands(text, *start) && is_host(text, *start, link));
    schemes.chain(bare).map(|(start, link)| candidate(start, link)).collect()
}

fn candidate(start: usize, link: &str) -> Candidate {
    Candidate { range: start..start + trimmed(link).len(), what: What::Link, rank: 95 }
}

fn stands(text: &str, start: usize) -> bool {
    !text[..start].ends_with(|c: char| c.is_ascii_alphanumeric() || "@.-_/".contains(c))
}

/// Whether what stands before the path ends as hosts do, and no letter follows.
fn is_host(text: &str, start: usize, link: &str) -> bool {
    let host = link.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let ending = host.rsplit('.').next().unwrap_or_default();
    let path = link.get(host.len() + 1..).is_some_and(|path| path.len() > 1);
    let runs_on =
        text[start + link.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '@');
    !runs_on && (ENDINGS.contains(&ending) || path && host.len() > 3)
}

/// Without the sentence's own signs at its end.
fn trimmed(link: &str) -> &str {
    let mut link = link;
    loop {
        let shorter =
            link.trim_end_matches(['.', ',', ';', ':', '!', '?', '؟', '…', '\'', '’', '*']);
        let shorter = match shorter.strip_suffix([')', ']', '}']) {
            Some(open) if !open.contains(['(', '[', '{']) => open,
            _ => shorter,
        };
        if shorter.len() == link.len() {
            return link;
        }
        link = shorter;
    }
}
