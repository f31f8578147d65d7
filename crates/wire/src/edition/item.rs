//! One published piece.

use serde::{Deserialize, Serialize};

use super::{
    Day, FEW, Flaw, Id, MEDIA, Slug, check, is_language, is_line, is_seen, is_short, is_words,
};
use crate::hex::Hash;

/// Names that an item may not have: its edition's own pages and card have them.
const TAKEN: [&str; 3] = ["index", "whole", "cover"];

/// One published piece.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What names it in its address.
    pub slug: Slug,
    /// The language it is in, an ISO 639 code.
    pub lang: String,
    /// What it is.
    #[serde(default)]
    pub kind: Kind,
    /// One line.
    pub title: String,
    /// Sentences of the body, set off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pulls: Vec<String>,
    /// Markdown, as far as docs/FORMAT.md §23.2 knows it.
    pub body: String,
    /// Whose words they are.
    #[serde(default)]
    pub byline: Byline,
    /// Where, as vague as the desk chose; may be empty.
    #[serde(default)]
    pub place: String,
    /// When, as vague as the desk chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Day>,
    /// How far it was checked.
    #[serde(default)]
    pub label: Label,
    /// The item that this is a translation of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translates: Option<Id>,
    /// The items that this answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Id>,
    /// Pictures and sounds, as cleaned copies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Medium>,
    /// What was wrong before, by day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// That it was taken back, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawal>,
}

/// What an item is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// What somebody sent.
    #[default]
    Words,
    /// The assembly's answer.
    Answer,
    /// The assembly's resolution.
    Resolution,
}

/// Whose words they are, as the source asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Byline {
    /// Nobody's name.
    #[default]
    None,
    /// A name they chose.
    Name(String),
    /// A collective.
    Collective(String),
}

/// How far an item was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// Nothing is said.
    #[default]
    None,
    /// The desk could not check it.
    Unchecked,
    /// Parts of it were confirmed.
    Partly,
    /// The desk confirmed it.
    Confirmed,
}

/// A picture, a sound or a film: a cleaned copy.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medium {
    /// The record of the log that keeps the cleaned copy.
    pub record: u64,
    /// SHA-256 of the copy's bytes.
    pub hash: Hash,
    /// Its media type.
    pub media_type: String,
    /// Its width in pixels, of a picture or film; else 0.
    #[serde(default)]
    pub width: u32,
    /// Its height in pixels, of a picture or film; else 0.
    #[serde(default)]
    pub height: u32,
    /// What it shows, for who does not see or hear it.
    pub alt: String,
    /// What stands beneath it.
    #[serde(default)]
    pub caption: String,
    /// Whose work it is.
    #[serde(default)]
    pub credit: String,
    /// The words that are heard in it.
    #[serde(default)]
    pub transcript: String,
}

/// What was wrong and is now right.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When it was put right.
    pub day: Day,
    /// What was wrong.
    pub text: String,
}

/// That an item was taken back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// When.
    pub day: Day,
    /// Why.
    pub reason: String,
}

impl Item {
    /// Whether it is within the limits and can be published.
    pub fn check(&self) -> Result<(), Flaw> {
        self.slug.check()?;
        check(!TAKEN.contains(&&*self.slug.0), Flaw::SameSlug)?;
        check(is_language(&self.lang), Flaw::Language)?;
        check(is_line(&self.title), Flaw::Title)?;
        check(is_seen(&self.body) && is_words(&self.body), Flaw::Body)?;
        check(is_short(&self.place) && is_short(self.byline.name()), Flaw::Line)?;
        check(self.day.is_none_or(|day| day.check().is_ok()), Flaw::Day)?;
        let few = self.pulls.len() <= FEW && self.corrections.len() <= FEW;
        check(few && self.media.len() <= MEDIA && self.answers.len() <= MEDIA, Flaw::TooMany)?;
        check(self.pulls.iter().all(|pull| is_line(pull)), Flaw::Line)?;
        self.media.iter().try_for_each(Medium::check)?;
        let notes = self.corrections.iter().map(|note| (&note.day, &note.text));
        let notes = notes.chain(self.withdrawn.iter().map(|gone| (&gone.day, &gone.reason)));
        notes.into_iter().try_for_each(|(day, text)| {
            check(is_seen(text) && is_words(text), Flaw::Line)?;
            day.check()
        })
    }

    /// Every day in it.
    pub fn days(&self) -> impl Iterator<Item = &Day> {
        let notes = self.corrections.iter().map(|note| &note.day);
        self.day.iter().chain(notes).chain(self.withdrawn.iter().map(|gone| &gone.day))
    }

    /// Every text of it that a reader meets, its name in its address too. Of an item that was taken back
    /// that is its title, the reason and the address.
    pub fn texts(&self) -> Vec<&str> {
        if let Some(gone) = &self.withdrawn {
            return vec![&self.title, &gone.reason, &self.slug.0];
        }
        let mut all = vec![&*self.title, &*self.body, &*self.place, self.byline.name()];
        all.extend(self.pulls.iter().map(|pull| &**pull));
        all.extend(self.corrections.iter().map(|note| &*note.text));
        for medium in &self.media {
            all.extend([&*medium.alt, &*medium.caption, &*medium.credit, &*medium.transcript]);
        }
        all.push(&self.slug.0);
        all
    }
}

impl Byline {
    /// The name, or nothing.
    pub fn name(&self) -> &str {
        match self {
            Self::None => "",
            Self::Name(name) | Self::Collective(name) => name,
        }
    }
}

impl Medium {
    fn check(&self) -> Result<(), Flaw> {
        let picture = self.media_type.starts_with("image/");
        check(!picture || is_line(&self.alt), Flaw::Alt)?;
        let short = [&self.alt, &self.caption, &self.credit, &self.media_type];
        check(short.into_iter().all(|text| is_short(text)), Flaw::Line)?;
        check(is_words(&self.transcript), Flaw::Body)
    }
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Item(…)")
    }
}

impl std::fmt::Debug for Medium {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Medium(…)")
    }
}
