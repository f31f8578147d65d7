//! A codename: eight words of one list.

use zeroize::{Zeroize, Zeroizing};

use crate::guess::Mistake;
use crate::list::{List, WORDS_IN_LIST};
use crate::read;

/// How many words a codename has: 88 bits.
pub const WORDS: usize = 8;

/// Eight words of one list. Whoever has them can read the replies; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Codename {
    list: List,
    numbers: [u16; WORDS],
}

impl Codename {
    /// Draws one; `random` fills what it is given with random bytes.
    pub fn draw(list: List, random: impl FnOnce(&mut [u8])) -> Self {
        let mut bytes = Zeroizing::new([0; WORDS * 2]);
        random(&mut bytes[..]);
        let mut numbers = [0; WORDS];
        for (number, pair) in numbers.iter_mut().zip(bytes.chunks_exact(2)) {
            // A power of two: every word is as likely as another.
            *number = u16::from_be_bytes([pair[0], pair[1]]) % WORDS_IN_LIST as u16;
        }
        Self { list, numbers }
    }

    /// Reads what a person typed: in Persian or English, with any spaces, line ends and commas or
    /// with none, with or without numbers before the words, on any keyboard. [`Mistake`] says which
    /// words are not of the list, and which they may be meant to be.
    pub fn read(typed: &str) -> Result<Self, Mistake> {
        let (list, numbers) = read::numbers(typed)?;
        Ok(Self { list, numbers })
    }

    /// The words, in their order.
    pub fn words(&self) -> [&'static str; WORDS] {
        self.numbers.map(|number| self.list.all()[usize::from(number)])
    }

    /// Its list.
    pub fn list(&self) -> List {
        self.list
    }

    /// The words with one space between each: what the keys grow from.
    pub fn text(&self) -> Zeroizing<String> {
        let words = self.words();
        let mut text =
            Zeroizing::new(String::with_capacity(words.iter().map(|word| word.len() + 1).sum()));
        for (place, word) in words.iter().enumerate() {
            if place > 0 {
                text.push(' ');
            }
            text.push_str(word);
        }
        text
    }
}

impl Drop for Codename {
    fn drop(&mut self) {
        self.numbers.zeroize();
    }
}

impl std::fmt::Debug for Codename {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Codename(…)")
    }
}
