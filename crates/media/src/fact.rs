//! What a file says about its maker, one thing at a time.

use std::fmt;

use payamgir_text::Lang;

/// Most characters of a fact's value that are kept.
pub const VALUE_CHARS: usize = 300;
/// Most facts about one file.
pub const FACTS: usize = 256;

/// One thing that a file says. The value is a stranger's text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fact {
    /// What it is about.
    pub kind: FactKind,
    /// What it says: at most [`VALUE_CHARS`] characters, no control characters, otherwise as
    /// found. Places are `latitude, longitude` in decimal degrees where they could be read.
    pub value: String,
}

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactKind {
    /// Where it was made.
    Place,
    /// When it was made or changed.
    Time,
    /// Maker and model of the device.
    Device,
    /// A number by which a device or a copy can be told from others.
    Serial,
    /// Who made it.
    Author,
    /// The program that wrote it.
    Software,
    /// A title, an album, a subject.
    Title,
    /// Free words about it.
    Comment,
    /// To whom it, or the device, belongs.
    Owner,
    /// A small copy of the image, perhaps of how it was before it was cropped.
    Thumbnail,
    /// That there is something more.
    Other,
}

/// Each kind and its words; the place in this list is its number between processes.
const WORDS: [(FactKind, &str, &str); 11] = [
    (FactKind::Place, "جا", "place"),
    (FactKind::Time, "زمان", "time"),
    (FactKind::Device, "دستگاه", "device"),
    (FactKind::Serial, "شمارهٔ سریال", "serial number"),
    (FactKind::Author, "پدیدآور", "author"),
    (FactKind::Software, "نرم‌افزار", "software"),
    (FactKind::Title, "عنوان", "title"),
    (FactKind::Comment, "توضیح", "comment"),
    (FactKind::Owner, "مالک", "owner"),
    (FactKind::Thumbnail, "تصویر کوچک", "thumbnail"),
    (FactKind::Other, "چیز دیگر", "other"),
];

impl FactKind {
    /// The word for it.
    pub fn word(self, lang: Lang) -> &'static str {
        let row = WORDS[usize::from(self.number())];
        match lang {
            Lang::Fa => row.1,
            Lang::En => row.2,
        }
    }

    pub(crate) fn number(self) -> u8 {
        let at = WORDS.iter().position(|row| row.0 == self);
        at.and_then(|at| u8::try_from(at).ok()).unwrap_or(10)
    }

    pub(crate) fn numbered(number: u8) -> Option<Self> {
        WORDS.get(usize::from(number)).map(|row| row.0)
    }
}

impl fmt::Debug for Fact {
    /// The kind only: the value came from a source.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fact({:?})", self.kind)
    }
}

/// A list of facts that stays within [`FACTS`] and tells nothing twice.
#[derive(Default)]
pub(crate) struct Facts(Vec<Fact>);

impl Facts {
    /// Adds a fact, unless its value is empty, it is known, or the list is full.
    pub fn add(&mut self, kind: FactKind, value: &str) {
        let value = tidy(value);
        let fact = Fact { kind, value };
        if self.0.len() < FACTS && !fact.value.is_empty() && !self.0.contains(&fact) {
            self.0.push(fact);
        }
    }

    /// The list, by kind.
    pub fn done(mut self) -> Vec<Fact> {
        self.0.sort_by_key(|fact| fact.kind);
        self.0
    }
}

/// `value` without control characters, outer spaces and what is over [`VALUE_CHARS`].
pub(crate) fn tidy(value: &str) -> String {
    let spaced = |c: char| if c.is_control() { ' ' } else { c };
    let kept: String = value.chars().take(VALUE_CHARS * 4).map(spaced).collect();
    let kept: String = kept.trim().chars().take(VALUE_CHARS).collect();
    kept.trim_end().to_owned()
}

/// A place as facts write it; `None` where it is not on Earth.
pub(crate) fn place(lat: f64, lon: f64) -> Option<String> {
    let on_earth = lat.abs() <= 90.0 && lon.abs() <= 180.0;
    on_earth.then(|| format!("{lat:.6}, {lon:.6}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back() {
        for (kind, fa, en) in WORDS {
            assert_eq!(FactKind::numbered(kind.number()), Some(kind));
            assert_eq!((kind.word(Lang::Fa), kind.word(Lang::En)), (fa, en));
        }
        assert_eq!(FactKind::numbered(11), None);
    }

    #[test]
    fn values_are_short_and_nothing_is_said_twice() {
        let mut facts = Facts::default();
        for value in ["a\nb", "a b", "\0 ", &"ی".repeat(400)] {
            facts.add(FactKind::Title, value);
        }
        let values: Vec<usize> = facts.done().iter().map(|f| f.value.chars().count()).collect();
        assert_eq!(values, [3, VALUE_CHARS]);
    }

    #[test]
    fn debug_says_nothing_of_the_value() {
        let fact = Fact { kind: FactKind::Author, value: "someone".to_owned() };
        assert_eq!(format!("{fact:?}"), "Fact(Author)");
    }

    #[test]
    fn places() {
        assert_eq!(place(35.6892, 51.389).as_deref(), Some("35.689200, 51.389000"));
        for (lat, lon) in [(91.0, 0.0), (0.0, -181.0), (f64::NAN, 0.0)] {
            assert_eq!(place(lat, lon), None);
        }
    }
}
