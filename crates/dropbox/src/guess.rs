//! What a mistyped word may have been meant to be.

use std::cmp::Reverse;

use payamgir_text::fold;

use crate::list::List;

/// Words that are offered for one that is not of the list.
const OFFERED: usize = 3;
/// Changes by which a word may be off.
const FAR: usize = 2;

/// Why what was typed is no codename.
#[derive(Clone, PartialEq, Eq)]
pub enum Mistake {
    /// It is not eight words.
    Count,
    /// Some are not of the list.
    Unknown(Vec<Unknown>),
}

/// A word that is not of the list.
#[derive(Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Which of the eight, from 1.
    pub place: usize,
    /// What it may be, the likeliest first; at most three.
    pub near: Vec<&'static str>,
}

/// The words of a list nearest to what was typed.
pub(crate) fn near(list: List, place: usize, typed: &str) -> Unknown {
    let typed: Vec<char> = fold::sound(typed).chars().collect();
    let mut near: Vec<(usize, Reverse<usize>, &'static str)> = vec![];
    for word in list.all() {
        let letters: Vec<char> = fold::sound(word).chars().collect();
        let off = distance(&typed, &letters);
        let alike = typed.iter().zip(&letters).take_while(|(a, b)| a == b).count();
        // Of a short word two changes leave nothing.
        if off <= FAR.min(letters.len() / 2) {
            near.push((off, Reverse(alike), word));
        }
    }
    near.sort();
    let near = near.into_iter().take(OFFERED).map(|(_, _, word)| word).collect();
    Unknown { place, near }
}

/// Letters added, left out, changed, or exchanged with their neighbour (optimal string alignment).
pub(crate) fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1; b.len() + 1];
        for (j, y) in b.iter().enumerate() {
            let changed = last[j] + usize::from(x != y);
            row[j + 1] = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

impl std::fmt::Debug for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mistake(…)")
    }
}
