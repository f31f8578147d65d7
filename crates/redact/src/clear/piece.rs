//! What of a hidden piece may not occur by itself.

use super::letters::letters;

/// A piece of at most as many words is likely a name or a place: each of its words tells something.
const FEW: usize = 4;
/// As many words that follow each other tell of a longer one.
const RUN: usize = 3;
/// A group of fewer digits tells nothing by itself.
const DIGITS: usize = 5;
/// Words that are everybody's, folded: articles, prepositions, forms of address.
const COMMON: [&str; 95] = [
    "و",
    "در",
    "از",
    "به",
    "که",
    "را",
    "با",
    "این",
    "ان",
    "است",
    "بود",
    "شد",
    "شده",
    "برای",
    "تا",
    "بر",
    "هم",
    "یا",
    "یک",
    "ما",
    "من",
    "او",
    "شما",
    "انها",
    "ایشان",
    "خود",
    "های",
    "ها",
    "ای",
    "می",
    "نه",
    "اما",
    "اگر",
    "هر",
    "همه",
    "پس",
    "دو",
    "سه",
    "اقا",
    "اقای",
    "خانم",
    "دکتر",
    "مهندس",
    "استاد",
    "حاج",
    "سید",
    "فی",
    "الی",
    "عن",
    "ال",
    "هذا",
    "التی",
    "الذی",
    "له",
    "بو",
    "کاک",
    "the",
    "of",
    "in",
    "on",
    "at",
    "to",
    "and",
    "or",
    "a",
    "an",
    "is",
    "was",
    "are",
    "were",
    "be",
    "by",
    "for",
    "from",
    "with",
    "as",
    "it",
    "he",
    "she",
    "they",
    "we",
    "you",
    "i",
    "my",
    "his",
    "her",
    "our",
    "their",
    "this",
    "that",
    "mr",
    "mrs",
    "ms",
    "dr",
    "sir",
];

/// The words of a text, each its letters as they are compared.
pub(super) fn words(text: &str) -> Vec<Vec<char>> {
    let mut words: Vec<Vec<char>> = vec![];
    for letter in letters(text) {
        match words.last_mut().filter(|_| !letter.first) {
            Some(word) => word.push(letter.c),
            None => words.push(vec![letter.c]),
        }
    }
    words
}

/// Whether a piece tells somebody wherever it stands: it has two words that are not everybody's.
pub(super) fn tells(piece: &str) -> bool {
    words(piece).iter().filter(|word| is_own(word)).count() > 1
}

/// Parts of a piece that may not occur without the rest; `shown` are the words that were not hidden.
pub(super) fn parts(piece: &str, shown: &[Vec<char>]) -> Vec<Vec<char>> {
    let words = words(piece);
    let run = if words.len() <= FEW { 1 } else { RUN };
    let tell = |part: &&[Vec<char>]| {
        part.iter().any(|word| is_own(word)) && !shown.windows(run).any(|own| own == *part)
    };
    let mut parts: Vec<Vec<char>> = words.windows(run).filter(tell).map(<[_]>::concat).collect();
    parts.extend(likely(piece).into_iter().filter(|word| !shown.contains(word)));
    parts
}

/// Words that are likely names or numbers: those with a capital letter, but for the one that begins the
/// piece or a sentence, and those of digits.
fn likely(piece: &str) -> Vec<Vec<char>> {
    let mut found = vec![];
    let mut begins = true;
    for word in piece.split_whitespace() {
        let capital = word.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_uppercase);
        let letters: Vec<char> = letters(word).iter().map(|letter| letter.c).collect();
        let number = letters.iter().all(char::is_ascii_digit);
        if (number || (capital && !begins)) && is_own(&letters) {
            found.push(letters);
        }
        begins = word.ends_with(['.', '!', '?', ':']);
    }
    found
}

/// Whether a word is not everybody's.
fn is_own(word: &[char]) -> bool {
    let number = word.iter().all(char::is_ascii_digit);
    let text: String = word.iter().collect();
    if number { word.len() >= DIGITS } else { word.len() > 1 && !COMMON.contains(&&*text) }
}
