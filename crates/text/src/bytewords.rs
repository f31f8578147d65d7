//! Bytes as words that can be read over a telephone and written by hand: 256 common words of
//! each language, one for each byte (docs/FORMAT.md §12).

use std::sync::LazyLock;

use crate::{Lang, fold};

static FA: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("bytewords/fa.txt").lines().collect());
static EN: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("bytewords/en.txt").lines().collect());

/// The 256 words of a language, by the byte each stands for.
pub fn list(lang: Lang) -> &'static [&'static str] {
    match lang {
        Lang::Fa => &FA,
        Lang::En => &EN,
    }
}

/// The word for a byte.
pub fn word(byte: u8, lang: Lang) -> &'static str {
    list(lang)[usize::from(byte)]
}

/// The byte of a word of either language, however its letters were typed; a Persian word also
/// where it was written as it sounds.
pub fn byte(word: &str) -> Option<u8> {
    let at = |lang, as_compared: fn(&str) -> String| {
        let asked = as_compared(word);
        list(lang).iter().position(|known| as_compared(known) == asked)
    };
    let found = at(Lang::Fa, fold::word).or_else(|| at(Lang::En, fold::word));
    found.or_else(|| at(Lang::Fa, fold::sound)).and_then(|at| u8::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const LANGS: [Lang; 2] = [Lang::Fa, Lang::En];

    /// Insertions, deletions and changes from one to the other.
    fn distance(a: &str, b: &str) -> usize {
        let b: Vec<char> = b.chars().collect();
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.chars().enumerate() {
            let mut corner = std::mem::replace(&mut row[0], i + 1);
            for (j, y) in b.iter().enumerate() {
                let changed = corner + usize::from(x != *y);
                corner = row[j + 1];
                row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
            }
        }
        row[b.len()]
    }

    #[test]
    fn there_is_a_word_for_every_byte_and_it_comes_back() {
        for lang in LANGS {
            assert_eq!(list(lang).len(), 256);
            for value in 0..=255 {
                assert_eq!(byte(word(value, lang)), Some(value));
            }
        }
        assert_eq!(byte(""), None);
        assert_eq!(byte("nonsense"), None);
    }

    #[test]
    fn no_two_words_are_near_in_writing_or_in_sound() {
        for lang in LANGS {
            let heard: BTreeSet<String> = list(lang).iter().map(|word| fold::sound(word)).collect();
            assert_eq!(heard.len(), 256);
            for (at, a) in heard.iter().enumerate() {
                for b in heard.iter().skip(at + 1) {
                    assert!(distance(a, b) >= 2, "{a} {b}");
                }
            }
        }
    }

    #[test]
    fn words_have_letters_of_their_language_only() {
        let persian = |c: char| "اآبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی".contains(c);
        assert!(list(Lang::Fa).iter().all(|word| word.chars().all(persian)));
        assert!(list(Lang::En).iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase())));
    }
}
