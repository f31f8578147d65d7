//! What the word lists promise: nobody's typing, hearing or joining of words leads from one word to another.

use std::collections::{BTreeMap, BTreeSet};

use payamgir_dropbox::{List, WORDS_IN_LIST};
use payamgir_text::fold;

/// Endings that are typed joined, apart, or with a joiner between.
const ENDINGS: [&str; 16] = [
    "ی", "ها", "های", "ان", "ات", "م", "ت", "ش", "ه", "تر", "ترین", "یی", "ای", "مان", "تان", "شان",
];
const BEGINNINGS: [&str; 4] = ["ب", "می", "ن", "نمی"];
const ENGLISH_ENDINGS: [&str; 9] = ["s", "es", "ed", "d", "r", "er", "ing", "y", "ly"];

fn letters(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// Letters added, left out, changed, or exchanged with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    (0..=a.len()).for_each(|i| rows[i][0] = i);
    (0..=b.len()).for_each(|j| rows[0][j] = j);
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            rows[i][j] = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                rows[i][j] = rows[i][j].min(rows[i - 2][j - 2] + 1);
            }
        }
    }
    rows[a.len()][b.len()]
}

/// Pairs that one mistake turns into one another.
fn near(words: &[String]) -> Vec<(String, String)> {
    let all: Vec<Vec<char>> = words.iter().map(|word| letters(word)).collect();
    let mut found = vec![];
    for (at, a) in all.iter().enumerate() {
        for b in &all[at + 1..] {
            if a.len().abs_diff(b.len()) < 2 && distance(a, b) < 2 {
                found.push((a.iter().collect(), b.iter().collect()));
            }
        }
    }
    found
}

/// How an English word sounds, roughly: what the list was made with.
fn english_sound(word: &str) -> String {
    let mut text = word.to_owned();
    for (from, to) in [("kn", "n"), ("wr", "r")] {
        if let Some(rest) = text.strip_prefix(from) {
            text = format!("{to}{rest}");
        }
    }
    for (from, to) in [("ph", "f"), ("ck", "k"), ("gh", "")] {
        text = text.replace(from, to);
    }
    let raw = letters(&text);
    let mut out = String::new();
    for (at, c) in raw.iter().enumerate() {
        let next = raw.get(at + 1);
        match c {
            'c' if next.is_some_and(|next| "eiy".contains(*next)) => out.push('s'),
            'c' | 'q' => out.push('k'),
            'x' => out.push_str("ks"),
            'z' => out.push('s'),
            c => out.push(*c),
        }
    }
    let mut single = letters(&out);
    single.dedup();
    if single.len() > 1 && single.last() == Some(&'e') {
        single.pop();
    }
    let mut heard = String::new();
    let vowel = |c: char| "aeiouy".contains(c);
    let mut run = false;
    for c in single {
        let again = run && (vowel(c) || c == 'w');
        run = vowel(c) || again;
        if !again {
            heard.push(c);
        }
    }
    heard
}

#[test]
fn each_list_has_its_words_and_each_word_its_letters() {
    for list in List::ALL {
        let words = list.all();
        assert_eq!(words.len(), WORDS_IN_LIST);
        assert!(words.is_sorted());
        for word in words {
            let count = word.chars().count();
            assert!((3..=8).contains(&count), "{word}");
            let own = |c: char| match list {
                List::Persian => "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیآ".contains(c),
                List::English => c.is_ascii_lowercase(),
            };
            assert!(word.chars().all(own), "{word}");
        }
    }
}

#[test]
fn no_keyboard_and_no_single_mistake_makes_one_word_of_another() {
    for list in List::ALL {
        let folded: Vec<String> = list.all().iter().map(|word| fold::word(word)).collect();
        assert_eq!(folded.iter().collect::<BTreeSet<_>>().len(), WORDS_IN_LIST);
        assert_eq!(near(&folded), []);
    }
}

#[test]
fn no_two_words_sound_alike() {
    let heard: Vec<String> = List::Persian.all().iter().map(|word| fold::sound(word)).collect();
    assert_eq!(near(&heard), []);
    let mut by_sound: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for word in List::English.all() {
        by_sound.entry(english_sound(word)).or_default().push(word);
    }
    let alike: Vec<_> = by_sound.into_values().filter(|words| words.len() > 1).collect();
    assert!(alike.is_empty(), "{alike:?}");
}

#[test]
fn no_word_is_another_with_an_ending_or_a_beginning() {
    let words: BTreeSet<String> = List::Persian.all().iter().map(|word| fold::word(word)).collect();
    for word in &words {
        for ending in ENDINGS {
            assert!(!words.contains(&format!("{word}{ending}")), "{word} {ending}");
        }
        for beginning in BEGINNINGS {
            assert!(!words.contains(&format!("{beginning}{word}")), "{beginning} {word}");
        }
    }
    let words: BTreeSet<&str> = List::English.all().iter().copied().collect();
    for word in &words {
        for ending in ENGLISH_ENDINGS {
            assert!(!words.contains(&*format!("{word}{ending}")), "{word} {ending}");
        }
    }
}
