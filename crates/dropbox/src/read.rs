//! Reading what a person typed as a codename.

use payamgir_text::{digits, fold};
use zeroize::Zeroizing;

use crate::codename::WORDS;
use crate::guess::{Mistake, Unknown, near};
use crate::list::List;

/// Most bytes that are looked at: several times the longest codename with numbers and spaces.
const TYPED_BYTES: usize = 1024;
/// Longest word of either list, in letters.
const LETTERS: usize = 10;

type Numbers = [u16; WORDS];

/// The list and the numbers of eight words.
pub(crate) fn numbers(typed: &str) -> Result<(List, Numbers), Mistake> {
    if typed.len() > TYPED_BYTES {
        return Err(Mistake::Count);
    }
    let typed = Zeroizing::new(digits::to_ascii(typed));
    let tokens = tokens(&typed);
    let Some(words) = in_order(&tokens) else { return together(&tokens) };
    let list = list_of(words[0]);
    let found = words.map(|word| list.number(word));
    let unknown: Vec<Unknown> = (1..)
        .zip(found.iter().zip(words))
        .filter(|(_, (number, _))| number.is_none())
        .map(|(place, (_, word))| near(list, place, word))
        .collect();
    if unknown.is_empty() {
        Ok((list, found.map(Option::unwrap_or_default)))
    } else {
        Err(Mistake::Unknown(unknown))
    }
}

/// Words and numbers, without what stands between them. A joiner stays inside its word.
fn tokens(typed: &str) -> Vec<&str> {
    let mut tokens = vec![];
    let mut rest = typed;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit() || is_letter(c)) {
        rest = &rest[start..];
        let digits = rest.starts_with(|c: char| c.is_ascii_digit());
        let ends = |c: char| if digits { !c.is_ascii_digit() } else { !is_letter(c) };
        let end = rest.find(ends).unwrap_or(rest.len());
        tokens.push(&rest[..end]);
        rest = &rest[end..];
    }
    tokens
}

/// Letters, and the marks and joiners that are typed within words.
fn is_letter(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{200C}' | '\u{200D}')
}

/// The eight words by the numbers before them, where there are such; else as they stand.
fn in_order<'a>(tokens: &[&'a str]) -> Option<[&'a str; WORDS]> {
    let mut placed = [""; WORDS];
    let numbered = tokens.len() == 2 * WORDS
        && tokens.chunks_exact(2).all(|pair| {
            let place = pair[0].parse::<usize>().ok().and_then(|place| place.checked_sub(1));
            let free = place.and_then(|place| placed.get_mut(place)).filter(|free| free.is_empty());
            free.map(|free| *free = pair[1]).is_some() && !is_number(pair[1])
        });
    if numbered {
        return Some(placed);
    }
    let words: Vec<&str> = tokens.iter().copied().filter(|token| !is_number(token)).collect();
    words.try_into().ok()
}

fn is_number(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_digit())
}

/// Words typed with spaces missing, or with one too many: read as what they can only be.
fn together(tokens: &[&str]) -> Result<(List, Numbers), Mistake> {
    let words: Vec<&str> = tokens.iter().copied().filter(|token| !is_number(token)).collect();
    let letters = Zeroizing::new(words.iter().map(|word| fold::word(word)).collect::<String>());
    let letters: Zeroizing<Vec<char>> = Zeroizing::new(letters.chars().collect());
    let list = list_of(words.first().copied().unwrap_or_default());
    let mut search = Search { list, letters: &letters, path: vec![], found: vec![], tries: 0 };
    search.from(0);
    match &search.found[..] {
        [only] => Ok((list, *only)),
        _ => Err(Mistake::Count),
    }
}

fn list_of(word: &str) -> List {
    let latin = word.starts_with(|c: char| c.is_ascii_alphabetic());
    if latin { List::English } else { List::Persian }
}

/// All ways to cut letters into eight words; two are as good as many.
struct Search<'a> {
    list: List,
    letters: &'a [char],
    path: Vec<u16>,
    found: Vec<Numbers>,
    tries: u32,
}

impl Search<'_> {
    /// Most cuts that are tried: letters that were chosen to have many end here.
    const TRIES: u32 = 20_000;

    fn from(&mut self, at: usize) {
        self.tries += 1;
        let left = WORDS - self.path.len();
        if left == 0 || self.found.len() > 1 || self.tries > Self::TRIES {
            if left == 0 && at == self.letters.len() {
                self.found.extend(<Numbers>::try_from(&self.path[..]));
            }
            return;
        }
        for end in at + 1..=self.letters.len().min(at + LETTERS) {
            let word: Zeroizing<String> = Zeroizing::new(self.letters[at..end].iter().collect());
            if let Some(number) = self.list.folded(&word) {
                self.path.push(number);
                self.from(end);
                self.path.pop();
            }
        }
    }
}
