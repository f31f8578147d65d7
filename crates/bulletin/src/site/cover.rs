//! An edition's page, which while it is the last is the first page too.

use maud::{Markup, html};
use payamgir_wire::edition::{Day, Heading};
use serde::Serialize;

use super::entry::Entry;
use super::file;
use super::frame::{About, Frame};
use super::shelf::{Link, Shelf};
use crate::html::{Notes, body};
use crate::press::Made;
use crate::{card, letters, markdown, paper, plain, when};

/// All that an edition's page is made from.
#[derive(Serialize)]
pub(crate) struct Page<'a> {
    frame: Frame<'a>,
    heading: &'a Heading,
    day: Day,
    entries: Vec<Entry<'a>>,
    whole: String,
    papers: Vec<(paper::Form, String)>,
    last: Last,
}

/// Whether it is the first page, and where.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Last {
    /// It is an edition's own.
    No,
    /// Of a language.
    Language,
    /// Of the whole bulletin.
    All,
}

impl<'a> Shelf<'a> {
    /// An edition's page in one of the bulletin's languages.
    pub(crate) fn cover(&self, at: usize, lang: &'a str, last: Last) -> Page<'a> {
        let edition = &self.editions[at].1;
        let own = |lang: &str, last: Last| match last {
            Last::No => format!("read/{lang}/{}/index.html", edition.slug),
            Last::Language => format!("read/{lang}/index.html"),
            Last::All => "index.html".into(),
        };
        let beside = if last == Last::All { Last::Language } else { last };
        let others = self.bulletin.spoken.iter().filter(|spoken| spoken.lang != lang);
        let others = others.map(|spoken| (&*spoken.lang, own(&spoken.lang, beside))).collect();
        let papers = paper::Form::ALL.into_iter().filter(|_| edition.paper);
        Page {
            frame: self.frame(own(lang, last), lang, others),
            heading: self.heading(at, lang),
            day: edition.day,
            entries: self.reading(at, lang).iter().filter_map(|id| self.entry(id)).collect(),
            whole: self.whole_path(at, lang),
            papers: papers.map(|form| (form, paper::path(lang, &edition.slug, form))).collect(),
            last,
        }
    }

    /// What stands on an edition in a language.
    pub(crate) fn heading(&self, at: usize, lang: &str) -> &'a Heading {
        let edition = &self.editions[at].1;
        let alike = |heading: &&'a Heading| letters::frame(&heading.lang) == letters::frame(lang);
        let own = edition.headings.iter().find(|heading| heading.lang == lang);
        own.or_else(|| edition.headings.iter().find(alike)).unwrap_or(&edition.headings[0])
    }

    /// A link to an edition's page, for readers of a language.
    pub(crate) fn edition_link(&self, at: usize, lang: &str) -> Link<'a> {
        let spoken = self.spoken(lang);
        let slug = &self.editions[at].1.slug;
        let path = format!("read/{}/{slug}/index.html", spoken.lang);
        Link { path, title: &self.heading(at, lang).title, lang: &spoken.lang }
    }
}

impl Page<'_> {
    pub(crate) fn make(&self) -> Vec<Made> {
        let card_path = self.frame.path.replace("index.html", "cover.png");
        let about = About {
            title: &self.heading.title,
            description: self.description(),
            card: Some((card_path.clone(), self.heading.title.clone())),
            article: false,
        };
        let page = self.frame.page(&about, &self.main());
        let date = when::when(&self.day, self.frame.say().0).main;
        let title =
            if self.heading.cover.is_empty() { &self.heading.title } else { &self.heading.cover };
        let drawn = card::draw(&card::Card {
            lang: self.frame.lang,
            title,
            byline: &date,
            bulletin: self.frame.title(),
            edition: &self.heading.title,
        });
        vec![(file(&self.frame.path), page), (file(&card_path), drawn)]
    }

    fn description(&self) -> String {
        match &*self.heading.cover {
            "" => format!("{} – {}", self.heading.title, self.frame.title()),
            cover => cover.to_owned(),
        }
    }

    fn main(&self) -> Markup {
        let to = |path: &str| self.frame.to(path);
        let say = self.frame.say();
        let when = when::when(&self.day, say.0);
        let intro = markdown::read(&self.heading.intro, &self.heading.lang);
        html! {
            header.cover {
                @if self.last != Last::No { p.now { (say.t("تازه‌ترین شماره", "Latest edition")) } }
                h1 { (say.set(&self.heading.title)) }
                p.dateline { time datetime=(when::iso_day(&self.day)) { (when.main) } @if !when.other.is_empty() { " " span.other { "(" (when.other) ")" } } }
                @if !self.heading.cover.is_empty() { p.line { (say.set(&self.heading.cover)) } }
                @if !plain::paragraphs(&intro).is_empty() {
                    div.words data-words="" { (body(&intro, Notes { prefix: "i", lang: say.0, under: 1 })) }
                }
            }
            div.entries { @for (at, entry) in self.entries.iter().enumerate() { (entry.show(&to, at == 0)) } }
            aside.take aria-label=(say.t("این شماره را بردارید", "Take this edition along")) {
                h2 { (say.t("این شماره را بردارید", "Take this edition along")) }
                ul {
                    li { a href=(to(&self.whole)) { (say.t("همه در یک پروندهٔ HTML", "All of it in one HTML file")) } }
                    @for (form, path) in &self.papers { li { a href=(to(path)) { (form.name(say)) } } }
                }
            }
        }
    }
}
