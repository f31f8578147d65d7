//! The languages of the source's pages: each a file in `languages/`, with all its words and the
//! way it writes numbers.

use std::sync::LazyLock;

use payamgir_text::lang::Lang;
use payamgir_text::{digits, negotiate, size};

use super::words::Words;

/// Every file of `languages/`.
static FILES: &[&str] = &include!(concat!(env!("OUT_DIR"), "/languages.rs"));

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let read = |file: &&'static str| Language::read(file).unwrap_or_else(|wrong| panic!("{wrong}"));
    FILES.iter().map(read).collect()
});

/// A language of the source's pages.
pub struct Language {
    /// As in the `lang` attribute: the file's own.
    pub code: &'static str,
    /// What it calls itself.
    pub name: &'static str,
    /// The value of the `dir` attribute: `rtl` or `ltr`.
    pub dir: &'static str,
    /// The nearer of the two languages that everything else speaks.
    pub near: Lang,
    digits: [char; 10],
    group: &'static str,
    point: &'static str,
    units: Vec<&'static str>,
    pub(super) words: Words,
}

impl Language {
    /// All there are, by their codes.
    pub fn all() -> &'static [Self] {
        &LANGUAGES
    }

    /// The language of this code.
    pub fn of(code: &str) -> Option<&'static Self> {
        LANGUAGES.iter().find(|language| language.code == code)
    }

    /// Which of `offered` a browser asks for; the first where it asks for none of them, unless
    /// a nearer one is there.
    pub fn negotiate(offered: &[&'static Self], accept_language: Option<&str>) -> &'static Self {
        let header = accept_language.unwrap_or_default();
        let wished = negotiate::wished(header);
        let exact = wished.iter().find_map(|code| offered.iter().find(|one| one.code == code));
        let near = Lang::negotiate(accept_language);
        let near = || offered.iter().find(|one| one.code == near.code());
        exact.or_else(near).unwrap_or(&offered[0])
    }

    /// A file of `languages/`; what is wrong with it otherwise.
    fn read(file: &'static str) -> Result<Self, String> {
        let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let pairs = lines
            .map(|line| line.split_once(" = ").ok_or_else(|| format!("not key = words: {line}")));
        let pairs = pairs.collect::<Result<Vec<_>, _>>()?;
        let find = |key: &'static str| {
            let mut found = pairs.iter().filter(|(name, _)| *name == key).map(|(_, words)| *words);
            let words = found.next().ok_or_else(|| format!("{key} is missing"))?;
            if found.next().is_none() { Ok(words) } else { Err(format!("{key} is there twice")) }
        };
        let digits: Vec<char> = find("digits")?.chars().collect();
        Ok(Self {
            code: find("code")?,
            name: find("name")?,
            dir: find("dir")?,
            near: find("near")?.parse().map_err(|_| "near is neither fa nor en".to_owned())?,
            digits: digits.try_into().map_err(|_| "digits are not ten".to_owned())?,
            group: find("group")?,
            point: find("point")?,
            units: find("units")?.split(' ').collect(),
            words: Words::read(find)?,
        })
    }

    /// What browsers call the way this language writes numbers.
    pub(super) fn numbers(&self) -> &'static str {
        match self.digits[0] {
            '۰' => "fa",
            '٠' => "ar-u-nu-arab",
            _ => "en",
        }
    }

    /// `text` with ASCII digits as this language writes them.
    pub fn localize(&self, text: &str) -> String {
        text.chars()
            .map(|c| c.to_digit(10).map_or(c, |value| self.digits[value as usize]))
            .collect()
    }

    /// A whole number, in groups of three.
    pub fn number(&self, value: u64) -> String {
        self.localize(&digits::number(value, Lang::En).replace(',', self.group))
    }

    /// A size in bytes, that stays on one line with its unit.
    pub fn size(&self, bytes: u64) -> String {
        let english = size::bytes(bytes, Lang::En);
        let (number, unit) = english.split_once(' ').expect("a number and its unit");
        // The point last: a language's group may be a full stop.
        let number = number.split_once('.').map_or_else(
            || number.replace(',', self.group),
            |(whole, part)| [&whole.replace(',', self.group), self.point, part].concat(),
        );
        let at = size::UNITS.iter().position(|(name, _)| *name == unit).expect("a unit of ours");
        format!("{}\u{a0}{}", self.localize(&number), self.units[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_reads_and_has_every_word_and_no_other() {
        for file in FILES {
            let language = Language::read(file).unwrap();
            assert_eq!(language.units.len(), size::UNITS.len());
            assert!(["rtl", "ltr"].contains(&language.dir));
            let known = |key: &str| super::super::words::KEYS.contains(&key);
            let own = ["code", "name", "dir", "near", "digits", "group", "point", "units"];
            for line in file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
                let key = line.split(" = ").next().unwrap();
                assert!(own.contains(&key) || known(key), "{key}");
            }
        }
        assert!(Language::of("fa").is_some() && Language::of("en").is_some());
    }

    #[test]
    fn a_broken_file_says_what_is_wrong() {
        let file = |from: &str, to: &str| FILES[0].replacen(from, to, 1).leak() as &'static str;
        for (from, to, wrong) in [
            ("\nnear = ", "\nnear = x", "near is neither"),
            ("\nsend = ", "\nsent = ", "send is missing"),
            ("\nsend = ", "\nlead = ", "there twice"),
            ("\nsend = ", "\nsend ", "not key = words"),
        ] {
            let error = Language::read(file(from, to)).err().unwrap();
            assert!(error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn numbers_are_those_of_the_language() {
        let (fa, en) = (Language::of("fa").unwrap(), Language::of("en").unwrap());
        assert_eq!(fa.size((5 << 30) / 2), "۲٫۵\u{a0}گیگابایت");
        assert_eq!(en.size(1023), "1,023\u{a0}B");
        assert_eq!((fa.number(12_345), en.number(12_345)), ("۱۲٬۳۴۵".into(), "12,345".into()));
    }

    #[test]
    fn browsers_are_answered_in_what_they_ask_for() {
        let of = |code| Language::of(code).unwrap();
        let both = [of("fa"), of("en")];
        for (header, code) in [
            (None, "fa"),
            (Some("en-GB,en;q=0.9"), "en"),
            (Some("de"), "en"),
            (Some("ur"), "fa"),
            (Some("de,fa;q=0.5"), "fa"),
            (Some("en;q=0, de"), "fa"),
        ] {
            assert_eq!(Language::negotiate(&both, header).code, code, "{header:?}");
        }
        assert_eq!(Language::negotiate(&[of("en")], Some("fa")).code, "en");
    }
}
