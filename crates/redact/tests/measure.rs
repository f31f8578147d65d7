//! How much of what was marked in invented sentences is found, and how much else.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::Range;

use payamgir_redact::{What, find};
use payamgir_text::Lang;

/// On standard error itself: the test runner keeps what macros print to itself, and these figures are
/// to be read.
macro_rules! tell {
    ($($what:tt)*) => {
        let _ = writeln!(std::io::stderr(), $($what)*);
    };
}

const SENTENCES: &str = include_str!("sentences.txt");
/// Floors of precision and recall, over all sentences and over those held out.
const FLOOR: f64 = 0.97;
const FLOOR_HELD_OUT: f64 = 0.95;

const KINDS: [(&str, What); 10] = [
    ("tel", What::Telephone),
    ("email", What::Email),
    ("handle", What::Handle),
    ("link", What::Link),
    ("nid", What::NationalId),
    ("card", What::Card),
    ("iban", What::Iban),
    ("coord", What::Coordinates),
    ("plate", What::Plate),
    ("name", What::Name),
];

#[derive(Clone, Copy, Default)]
struct Count {
    marked: usize,
    recalled: usize,
    found: usize,
    right: usize,
    exact: usize,
}

impl Count {
    fn add(&mut self, other: &Count) {
        self.marked += other.marked;
        self.recalled += other.recalled;
        self.found += other.found;
        self.right += other.right;
        self.exact += other.exact;
    }

    fn line(&self, name: &str) -> String {
        let (marked, found) = (self.marked, self.found);
        let exact = ratio(self.exact, marked);
        let (precision, recall) = (self.precision(), self.recall());
        format!("{name:>9} {marked:4} {found:4}   {precision:.3} {recall:.3} {exact:.3}")
    }

    fn precision(&self) -> f64 {
        ratio(self.right, self.found)
    }

    fn recall(&self) -> f64 {
        ratio(self.recalled, self.marked)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

type Marks = Vec<(What, Range<usize>)>;

fn kind(word: &str) -> What {
    let found = KINDS.iter().find(|(name, _)| *name == word);
    found.unwrap_or_else(|| panic!("no such kind: {word}")).1
}

/// The sentence without its marks, and where they were.
fn unmark(line: &str) -> (String, Marks) {
    let mut text = String::new();
    let mut marks = Vec::new();
    let mut rest = line;
    while let Some((shown, marked)) = rest.split_once('⟦') {
        let (inner, after) = marked.split_once('⟧').expect("a mark ends");
        let (word, hidden) = inner.split_once('|').expect("a mark has a kind");
        text.push_str(shown);
        marks.push((kind(word), text.len()..text.len() + hidden.len()));
        text.push_str(hidden);
        rest = after;
    }
    text.push_str(rest);
    (text, marks)
}

fn names() -> Vec<String> {
    let line = SENTENCES.lines().find_map(|line| line.strip_prefix("# names: "));
    line.expect("a list of names").split("; ").map(str::to_owned).collect()
}

fn sentences() -> Vec<&'static str> {
    SENTENCES.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect()
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Counts one sentence; says what went wrong in it when asked by `SHOW=1`, but not of those held
/// out, which nobody should look at while changing the finders.
fn count(line: &str, names: &[String], held_out: bool) -> BTreeMap<What, Count> {
    let (text, marks) = unmark(line);
    let found: Marks =
        find(&text, names).iter().map(|one| (one.what, one.start..one.end)).collect();
    let show = std::env::var_os("SHOW").is_some() && !held_out;
    let mut counts: BTreeMap<What, Count> = BTreeMap::new();
    for (what, range) in &marks {
        let hit = found.iter().any(|(kind, one)| kind == what && overlap(one, range));
        let exact = found.contains(&(*what, range.clone()));
        let count = counts.entry(*what).or_default();
        count.marked += 1;
        count.recalled += usize::from(hit);
        count.exact += usize::from(exact);
        if show && !exact {
            tell!("{} {what:?}: {text}", if hit { "inexact" } else { "missed" });
        }
    }
    for (what, range) in &found {
        let right = marks.iter().any(|(kind, one)| kind == what && overlap(one, range));
        let count = counts.entry(*what).or_default();
        count.found += 1;
        count.right += usize::from(right);
        if show && !right {
            tell!("wrong {what:?} {:?}: {text}", &text[range.clone()]);
        }
    }
    counts
}

fn report(title: &str, counts: &BTreeMap<What, Count>) -> Count {
    let mut all = Count::default();
    tell!("\n{title}\n     kind marked found prec. recall exact");
    for (name, what) in KINDS {
        let one = counts.get(&what).copied().unwrap_or_default();
        tell!("{}", one.line(name));
        all.add(&one);
    }
    tell!("{}", all.line("all"));
    all
}

#[test]
fn finds_most_and_little_else() {
    let names = names();
    let mut sums = [BTreeMap::new(), BTreeMap::new(), BTreeMap::new()];
    for (at, line) in sentences().iter().enumerate() {
        let held_out = at % 4 == 3;
        for (what, one) in count(line, &names, held_out) {
            for sum in [0, if held_out { 2 } else { 1 }] {
                sums[sum].entry(what).or_insert_with(Count::default).add(&one);
            }
        }
    }
    let [all, seen, held_out] = sums;
    report("seen while the finders were written", &seen);
    let held_out = report("held out", &held_out);
    let all = report("all", &all);
    for (name, count, floor) in [("all", all, FLOOR), ("held out", held_out, FLOOR_HELD_OUT)] {
        assert!(count.precision() >= floor, "precision of {name}: {}", count.precision());
        assert!(count.recall() >= floor, "recall of {name}: {}", count.recall());
    }
}

#[test]
fn sentences_are_enough() {
    let lines = sentences();
    let persian = lines.iter().filter(|line| line.contains(['ا', 'ر', 'ن'])).count();
    let nothing = lines.iter().filter(|line| !line.contains('⟦')).count();
    assert!(lines.len() >= 220 && nothing >= 70, "{} {nothing}", lines.len());
    assert!(persian * 10 > lines.len() * 6);
    for (_, what) in KINDS {
        assert!(lines.iter().any(|line| unmark(line).1.iter().any(|(kind, _)| *kind == what)));
        assert!(!what.word(Lang::Fa).is_empty());
    }
}
