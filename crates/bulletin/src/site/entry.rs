//! An item as lists of an edition show it.

use maud::{Markup, html};
use payamgir_wire::edition::{Id, Kind, Label};
use serde::Serialize;

use super::shelf::{Link, Shelf};
use super::shown::Shown;
use crate::block::Dir;
use crate::letters::{direction_of, endonym};
use crate::say::Say;

/// Most characters of an excerpt.
const EXCERPT: usize = 220;

/// An item as lists show it.
#[derive(Serialize)]
pub(crate) struct Entry<'a> {
    link: Link<'a>,
    kind: Kind,
    label: Label,
    byline: &'a str,
    dateline: String,
    excerpt: String,
    pub(crate) withdrawn: bool,
    sound: bool,
    versions: Vec<Link<'a>>,
}

impl<'a> Shelf<'a> {
    /// An item as lists show it.
    pub(crate) fn entry(&self, id: &Id) -> Option<Entry<'a>> {
        let shown = Shown::of(self, id);
        Some(Entry {
            link: self.link(id)?,
            kind: shown.kind,
            label: shown.label,
            byline: shown.byline.name(),
            dateline: shown.dateline(),
            excerpt: shown.excerpt(EXCERPT),
            withdrawn: shown.withdrawn.is_some(),
            sound: shown.media.iter().any(|medium| medium.is("audio/")),
            versions: shown.versions,
        })
    }
}

impl Entry<'_> {
    /// The entry of a list in a language; the first of a list is larger.
    pub(crate) fn show(&self, to: &dyn Fn(&str) -> String, first: bool) -> Markup {
        let say = Say::of(self.link.lang);
        html! {
            article.entry.first[first].gone[self.withdrawn] lang=(self.link.lang) dir=(Dir(direction_of(self.link.lang)).word()) {
                @if let Some(kind) = say.kind(self.kind) { p.kind { (kind) } }
                h2 { a href=(to(&self.link.path)) hreflang=(self.link.lang) { (say.set(self.link.title)) } }
                @if !self.byline.is_empty() || !self.dateline.is_empty() {
                    p.byline { @if !self.byline.is_empty() { bdi { (say.set(self.byline)) } }
                        @if !self.byline.is_empty() && !self.dateline.is_empty() { span.dot { " · " } }
                        @if !self.dateline.is_empty() { span.when { (say.set(&self.dateline)) } } }
                }
                @if self.withdrawn { p.excerpt { strong { (say.withdrawn()) ": " } (self.excerpt) } }
                @else { p.excerpt { (self.excerpt) } }
                @if self.sound || !self.versions.is_empty() {
                    p.also { @if self.sound { span { (say.t("با صدا", "With sound")) } " " }
                        @for link in &self.versions { a href=(to(&link.path)) lang=(link.lang) hreflang=(link.lang) dir=(Dir(direction_of(link.lang)).word()) { (endonym(link.lang)) } " " } }
                }
            }
        }
    }
}
