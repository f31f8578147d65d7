//! What is shown of an item, and nothing that is not.

use payamgir_wire::Hash;
use payamgir_wire::edition::{Byline, Correction, Day, Id, Item, Kind, Label, Medium, Withdrawal};
use serde::Serialize;

use super::excerpt::excerpt;
use super::shelf::{Link, Shelf, path};
use crate::block::{Body, Dir};
use crate::letters::{direction_of, tidy};
use crate::say::Say;
use crate::{markdown, plain, when};

/// All that is shown of an item, and nothing that is not.
#[derive(Clone, Serialize)]
pub(crate) struct Shown<'a> {
    pub(crate) id: Id,
    pub(crate) slug: &'a str,
    pub(crate) lang: &'a str,
    pub(crate) kind: Kind,
    pub(crate) title: &'a str,
    pub(crate) byline: &'a Byline,
    pub(crate) place: &'a str,
    pub(crate) day: Option<Day>,
    pub(crate) label: Label,
    pub(crate) body: &'a str,
    pub(crate) pulls: &'a [String],
    pub(crate) media: Vec<Seen<'a>>,
    pub(crate) corrections: Vec<(Day, &'a str)>,
    pub(crate) withdrawn: Option<(Day, &'a str)>,
    pub(crate) original: Option<Link<'a>>,
    pub(crate) versions: Vec<Link<'a>>,
    pub(crate) answers: Vec<Link<'a>>,
    pub(crate) answered: Vec<Link<'a>>,
}

/// A picture or sound as it is shown.
#[derive(Clone, Serialize)]
pub(crate) struct Seen<'a> {
    /// Where its file is; empty where that is not with the page, and only words tell of it.
    pub(crate) path: String,
    pub(crate) hash: Hash,
    pub(crate) media_type: &'a str,
    pub(crate) size: (u32, u32),
    pub(crate) alt: &'a str,
    pub(crate) caption: &'a str,
    pub(crate) credit: &'a str,
    pub(crate) transcript: &'a str,
}

impl<'a> Shown<'a> {
    /// What is shown of an item. Of one that was taken back that is its title, and why.
    pub(crate) fn of(shelf: &Shelf<'a>, id: &Id) -> Self {
        let item: &'a Item = &shelf.items[id];
        let gone = item.withdrawn.as_ref().map(|Withdrawal { day, reason }| (*day, &**reason));
        let here = gone.is_none();
        let media = item.media.iter().filter(|_| here).filter_map(Seen::of).collect();
        let correction = |Correction { day, text }: &'a Correction| (*day, &**text);
        let versions = shelf.links(&shelf.versions(id));
        Self {
            id: *id,
            slug: &item.slug.0,
            lang: &item.lang,
            kind: item.kind,
            title: &item.title,
            byline: if here { &item.byline } else { &Byline::None },
            place: if here { &item.place } else { "" },
            day: item.day.filter(|_| here),
            label: if here { item.label } else { Label::None },
            body: if here { &item.body } else { "" },
            pulls: if here { &item.pulls } else { &[] },
            media,
            corrections: item.corrections.iter().filter(|_| here).map(correction).collect(),
            withdrawn: gone,
            original: item.translates.as_ref().and_then(|of| shelf.link(of)),
            versions,
            answers: shelf.links(&item.answers),
            answered: shelf.links(shelf.answers_to(id)),
        }
    }

    /// The body, read.
    pub(crate) fn read(&self) -> Body {
        markdown::read(self.body, self.lang)
    }

    /// Speaks around it.
    pub(crate) fn say(&self) -> Say {
        Say::of(self.lang)
    }

    /// Its title as it is set.
    pub(crate) fn heading(&self) -> String {
        self.say().set(&tidy(self.title))
    }

    /// Its sounds and films.
    pub(crate) fn recordings(&self) -> impl Iterator<Item = &Seen<'a>> {
        self.media.iter().filter(|seen| seen.is_recording())
    }

    /// Whether its body has these words, however they are marked and spaced.
    pub(crate) fn has(&self, words: &str) -> bool {
        let read = self.read();
        let body: String =
            read.blocks.iter().map(|block| letters_of(&plain::bare_of(block))).collect();
        body.contains(&letters_of(words))
    }

    /// Its direction.
    pub(crate) fn dir(&self) -> &'static str {
        Dir(direction_of(self.lang)).word()
    }

    /// Place and day in one line; may be empty.
    pub(crate) fn dateline(&self) -> String {
        let day = self.day.map(|day| when::line(&day, self.say().0));
        let parts = [Some(self.place.to_owned()).filter(|place| !place.is_empty()), day];
        parts.into_iter().flatten().collect::<Vec<_>>().join(self.say().comma())
    }

    /// Its first words, or why it was taken back.
    pub(crate) fn excerpt(&self, chars: usize) -> String {
        let words = match self.withdrawn {
            Some((_, reason)) => tidy(reason),
            None => excerpt(&self.read(), chars),
        };
        self.say().set(&words)
    }
}

impl<'a> Seen<'a> {
    /// As it is shown; nothing where its kind is not published.
    pub(crate) fn of(medium: &'a Medium) -> Option<Self> {
        let Medium { hash, media_type, width, height, alt, caption, credit, transcript, .. } =
            medium;
        let path = path(medium)?;
        let size = (*width, *height);
        Some(Self { path, hash: *hash, media_type, size, alt, caption, credit, transcript })
    }

    pub(crate) fn is(&self, kind: &str) -> bool {
        self.media_type.starts_with(kind)
    }

    /// Whether there is something to be heard.
    pub(crate) fn is_recording(&self) -> bool {
        !self.is("image/")
    }

    /// What stands beneath it, or else what it is of.
    pub(crate) fn name(&self) -> &'a str {
        if self.caption.is_empty() { self.alt } else { self.caption }
    }

    /// That there is a recording, and of what.
    pub(crate) fn told(&self, say: Say) -> String {
        let what = say.recording(self.is("video/"));
        let name = tidy(self.name());
        if name.is_empty() { what.to_owned() } else { format!("{what}: {name}") }
    }

    /// The words that are heard in it, line by line.
    pub(crate) fn heard(&self) -> Vec<String> {
        let text = tidy(self.transcript);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }
}

/// Letters and digits alone: a quotation's marks, and how it is spaced, may differ.
pub(super) fn letters_of(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
