//! The words codenames are made of: 2,048 in each list, eleven bits a word.

use std::collections::HashMap;
use std::sync::LazyLock;

use payamgir_text::fold;

/// How many words a list has.
pub const WORDS_IN_LIST: usize = 2048;

/// In which language a codename is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// Persian words.
    Persian,
    /// English words.
    English,
}

static PERSIAN: LazyLock<Words> = LazyLock::new(|| Words::new(include_str!("words/fa.txt")));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::new(include_str!("words/en.txt")));

/// A list, and where each word stands in it by how it is compared.
struct Words {
    all: Vec<&'static str>,
    folded: HashMap<String, u16>,
    heard: HashMap<String, u16>,
}

impl Words {
    fn new(text: &'static str) -> Self {
        let all: Vec<&str> = text.lines().collect();
        let by =
            |form: fn(&str) -> String| (0..).zip(&all).map(|(at, word)| (form(word), at)).collect();
        let (folded, heard) = (by(fold::word), by(fold::sound));
        Self { all, folded, heard }
    }
}

impl List {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Persian, Self::English];

    fn words(self) -> &'static Words {
        match self {
            Self::Persian => &PERSIAN,
            Self::English => &ENGLISH,
        }
    }

    /// All words, each at its number.
    pub fn all(self) -> &'static [&'static str] {
        &self.words().all
    }

    /// The number of a word, however its letters were typed; a Persian one also as it is heard.
    pub(crate) fn number(self, typed: &str) -> Option<u16> {
        let words = self.words();
        let folded = words.folded.get(&fold::word(typed));
        folded.or_else(|| words.heard.get(&fold::sound(typed))).copied()
    }

    /// The number of a word that has exactly these letters, as [`fold::word`] gives them.
    pub(crate) fn folded(self, letters: &str) -> Option<u16> {
        self.words().folded.get(letters).copied()
    }
}
