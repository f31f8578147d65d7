//! Texts that are nearly the same, told by a few small numbers (Broder's min-wise hashing, over
//! pairs of neighbouring words).

use sha2::{Digest, Sha256};

/// Numbers in a sketch.
pub(super) const SKETCH: usize = 12;
/// Numbers that two sketches share where the texts are nearly the same.
const NEAR: usize = 7;
/// Words below which only the very same words count.
const WORDS: usize = 8;

/// A text by its words: the very same, and nearly the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Sketch {
    /// The same for the same folded words; 0 for no words.
    pub words: u64,
    /// Zeros where the text is too short to be nearly another.
    pub small: [u16; SKETCH],
}

/// Takes a text's folded words one by one.
pub(super) struct Sketcher {
    all: Sha256,
    before: u64,
    words: usize,
    least: [u64; SKETCH],
}

impl Default for Sketcher {
    fn default() -> Self {
        Self { all: Sha256::new(), before: 0, words: 0, least: [u64::MAX; SKETCH] }
    }
}

impl Sketcher {
    pub(super) fn word(&mut self, word: &str) {
        self.all.update(word);
        self.all.update([0]);
        let hash = fnv(word);
        if self.words > 0 {
            let pair = mix(self.before.rotate_left(17) ^ hash);
            for (at, least) in self.least.iter_mut().enumerate() {
                *least = (*least).min(mix(pair ^ SEEDS[at]));
            }
        }
        (self.before, self.words) = (hash, self.words + 1);
    }

    pub(super) fn finish(self) -> Sketch {
        if self.words == 0 {
            return Sketch::default();
        }
        let digest = self.all.finalize();
        let words = digest.iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte)) | 1;
        let small = match self.words {
            0..WORDS => [0; SKETCH],
            _ => self.least.map(|least| (least >> 48) as u16),
        };
        Sketch { words, small }
    }
}

impl Sketch {
    /// Whether it is of a text long enough to be nearly another.
    pub(super) fn is_long(&self) -> bool {
        self.small != [0; SKETCH]
    }

    /// Whether the texts are nearly the same.
    pub(super) fn is_near(&self, other: &Self) -> bool {
        self.small.iter().zip(&other.small).filter(|(a, b)| a == b).count() >= NEAR
    }

    /// Keys of which two near sketches almost always share one.
    pub(super) fn bands(&self) -> [u32; 4] {
        std::array::from_fn(|band| {
            let [a, b, c] = std::array::from_fn(|at| u64::from(self.small[band * 3 + at]));
            (mix(a << 32 | b << 16 | c | (band as u64) << 48) >> 32) as u32
        })
    }
}

/// FNV-1a.
fn fnv(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The finalizer of MurmurHash3.
fn mix(mut x: u64) -> u64 {
    x = (x ^ x >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    x = (x ^ x >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    x ^ x >> 33
}

/// The golden ratio's multiples.
const SEEDS: [u64; SKETCH] = {
    let mut seeds = [0; SKETCH];
    let mut at = 0;
    while at < SKETCH {
        seeds[at] = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        at += 1;
    }
    seeds
};

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(words: &[String]) -> Sketch {
        let mut sketcher = Sketcher::default();
        words.iter().for_each(|word| sketcher.word(word));
        sketcher.finish()
    }

    fn words(seed: u64, count: u64) -> Vec<String> {
        (0..count).map(|at| format!("w{}", mix(seed ^ mix(at)) % 2000)).collect()
    }

    #[test]
    fn a_word_changed_is_nearly_the_same_and_other_texts_are_not() {
        let (mut near, mut banded) = (0, 0);
        for seed in 1..=200 {
            let text = words(seed, 90);
            let mut changed = text.clone();
            changed[40] = "another".into();
            let (a, b) = (sketch(&text), sketch(&changed));
            assert_ne!(a.words, b.words);
            near += usize::from(a.is_near(&b));
            banded += usize::from(a.bands().iter().zip(b.bands()).any(|(a, b)| *a == b));
            let other = sketch(&words(seed + 1000, 90));
            assert!(!a.is_near(&other));
        }
        assert!(near >= 190 && banded >= 195, "{near} {banded}");
    }

    #[test]
    fn short_texts_are_the_same_only_by_all_their_words() {
        let (a, b) = (sketch(&words(1, 5)), sketch(&words(1, 6)));
        assert!(!a.is_long() && a.words != b.words);
        assert_eq!(sketch(&[]), Sketch::default());
        assert_eq!(sketch(&words(3, 90)), sketch(&words(3, 90)));
    }
}
