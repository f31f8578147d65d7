//! Editions, and the bulletin they appear in.

use serde::{Deserialize, Serialize};

use super::{
    Day, Flaw, ITEMS, Id, LANGUAGES, Slug, check, is_language, is_line, is_short, is_words,
};

/// Items in order, under a number and a cover line.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// What names it in its address.
    pub slug: Slug,
    /// The day it bears.
    pub day: Day,
    /// What stands on it in each language, the bulletin's own first.
    pub headings: Vec<Heading>,
    /// The items, in order.
    pub items: Vec<Id>,
    /// Whether it is made for paper too.
    #[serde(default)]
    pub paper: bool,
}

/// What stands on an edition in one language.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// The language, an ISO 639 code.
    pub lang: String,
    /// "12th congress, day 2".
    pub title: String,
    /// The cover line; may be empty.
    #[serde(default)]
    pub cover: String,
    /// Markdown, before the items; may be empty.
    #[serde(default)]
    pub intro: String,
}

/// What all editions share.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulletin {
    /// Its name and what it says about itself, in each language, the main one first.
    pub spoken: Vec<Spoken>,
    /// Where it can be read and written to, as people type it; may be empty.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Where its files are served, with a slash at the end; for what must name itself in full (site
    /// map, cards). Empty: nothing names itself.
    #[serde(default)]
    pub base: String,
    /// Names it in feeds for ever, whatever its address (RFC 4151): a domain name or an address of
    /// mail, then a comma and a day on which that was the assembly's own. Empty: the desk's key does.
    #[serde(default)]
    pub tag: String,
}

/// A bulletin in one language.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// The language, an ISO 639 code.
    pub lang: String,
    /// The bulletin's name.
    pub title: String,
    /// One line about it.
    #[serde(default)]
    pub about: String,
}

impl Edition {
    /// Whether it is within the limits.
    pub fn check(&self) -> Result<(), Flaw> {
        self.slug.check()?;
        self.day.check()?;
        check(self.day.day.is_some(), Flaw::Day)?;
        let some = (1..=LANGUAGES).contains(&self.headings.len());
        check(some && (1..=ITEMS).contains(&self.items.len()), Flaw::TooMany)?;
        self.headings.iter().try_for_each(Heading::check)
    }

    /// Every text in it that somebody wrote, its name in its address too.
    pub fn texts(&self) -> Vec<&str> {
        self.headings
            .iter()
            .flat_map(|heading| [&*heading.title, &*heading.cover, &*heading.intro])
            .chain([&*self.slug.0])
            .collect()
    }

    /// What stands on it in a language, or else in the first it has.
    pub fn heading(&self, lang: &str) -> Option<&Heading> {
        self.headings.iter().find(|heading| heading.lang == lang).or(self.headings.first())
    }
}

impl Heading {
    fn check(&self) -> Result<(), Flaw> {
        check(is_language(&self.lang), Flaw::Language)?;
        check(is_line(&self.title), Flaw::Title)?;
        check(is_short(&self.cover), Flaw::Line)?;
        check(is_words(&self.intro), Flaw::Body)
    }
}

impl Bulletin {
    /// Every text in it.
    pub fn texts(&self) -> Vec<&str> {
        let spoken = self.spoken.iter().flat_map(|spoken| [&*spoken.title, &*spoken.about]);
        let lines = self.addresses.iter().map(|line| &**line);
        spoken.chain(lines).chain([&*self.base, &*self.tag]).collect()
    }

    /// Whether it is within the limits.
    pub fn check(&self) -> Result<(), Flaw> {
        check((1..=LANGUAGES).contains(&self.spoken.len()), Flaw::TooMany)?;
        for (at, spoken) in self.spoken.iter().enumerate() {
            let twice = self.spoken[..at].iter().any(|other| other.lang == spoken.lang);
            check(is_language(&spoken.lang) && !twice, Flaw::Language)?;
            check(is_line(&spoken.title), Flaw::Title)?;
            check(is_short(&spoken.about), Flaw::Line)?;
        }
        let lines = self.addresses.iter().chain([&self.base, &self.tag]);
        check(self.addresses.len() <= LANGUAGES, Flaw::TooMany)?;
        check(lines.into_iter().all(|line| is_short(line)), Flaw::Line)?;
        let base = self.base.is_empty() || (is_web(&self.base) && self.base.ends_with('/'));
        check(base, Flaw::Line)
    }
}

fn is_web(address: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>');
    let web = address.starts_with("https://") || address.starts_with("http://");
    web && address.bytes().all(plain)
}

impl std::fmt::Debug for Edition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Edition(…)")
    }
}
