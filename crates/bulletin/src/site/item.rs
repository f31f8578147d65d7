//! An item's page.

use maud::{Markup, html};
use payamgir_wire::edition::Day;
use serde::Serialize;

use super::article::{Under, article, titled};
use super::file;
use super::frame::{About, Frame};
use super::shelf::{Link, Shelf};
use super::shown::Shown;
use crate::press::{Made, Press};
use crate::{card, messenger, when};

/// Most characters of a description.
const DESCRIPTION: usize = 160;

/// All that an item's page and card are made from.
#[derive(Serialize)]
pub(crate) struct Page<'a> {
    frame: Frame<'a>,
    shown: Shown<'a>,
    edition: Link<'a>,
    day: Day,
    before: Option<Link<'a>>,
    after: Option<Link<'a>>,
}

impl<'a> Shelf<'a> {
    /// The page of an edition's item.
    pub(crate) fn page(&self, at: usize, nth: usize) -> Page<'a> {
        let (_, edition) = &self.editions[at];
        let id = &edition.items[nth];
        let shown = Shown::of(self, id);
        let path = self.path(id).unwrap_or_default();
        let others = shown.versions.iter().map(|link| (link.lang, link.path.clone())).collect();
        let reading = self.reading(at, shown.lang);
        let own = reading.iter().position(|other| other == id);
        let beside = |step: isize| {
            let at = own?.checked_add_signed(step)?;
            self.link(reading.get(at)?)
        };
        Page {
            frame: self.frame(path, &self.items[id].lang, others),
            edition: self.edition_link(at, shown.lang),
            day: edition.day,
            before: beside(-1),
            after: beside(1),
            shown,
        }
    }
}

impl Page<'_> {
    pub(crate) fn make(&self, press: &Press<'_>) -> Vec<Made> {
        let shown = &self.shown;
        let card_path = self.frame.path.replace(".html", ".png");
        let about = About {
            title: shown.title,
            description: self.description(),
            card: Some((card_path.clone(), self.card_words())),
            article: true,
        };
        let page = self.frame.page(&about, &self.main());
        let drawn = card::draw(&card::Card {
            lang: shown.lang,
            title: shown.title,
            byline: self.beneath(),
            bulletin: self.frame.title(),
            edition: self.edition.title,
        });
        let mut made = vec![(file(&self.frame.path), page), (file(&card_path), drawn)];
        let words = press.items.get(&shown.id).map(|item| messenger::whole(item, &self.link()));
        made.extend(words.map(|words| (file(&self.text_path()), words.into_bytes())));
        made
    }

    /// Where the item is in plain words.
    fn text_path(&self) -> String {
        self.frame.path.replace(".html", ".txt")
    }

    /// Where it can be read; nothing where the bulletin does not say where it is served.
    fn link(&self) -> String {
        let full = |base: &str| format!("{base}{}", self.frame.path);
        Some(self.frame.base).filter(|base| !base.is_empty()).map(full).unwrap_or_default()
    }

    fn description(&self) -> String {
        let excerpt = self.shown.excerpt(DESCRIPTION);
        match self.gone() {
            Some(word) => format!("{word}: {excerpt}"),
            None if excerpt.is_empty() => self.shown.title.to_owned(),
            None => excerpt,
        }
    }

    /// That it was taken back, where it was.
    fn gone(&self) -> Option<&'static str> {
        self.shown.withdrawn.map(|_| self.shown.say().withdrawn())
    }

    /// What a card has beneath the title: whose words, or that they were taken back.
    fn beneath(&self) -> &str {
        let byline = self.shown.say().byline(self.shown.byline);
        self.gone().or(byline).unwrap_or_default()
    }

    fn card_words(&self) -> String {
        let parts = [Some(self.shown.title), self.gone(), Some(self.frame.title())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" – ")
    }

    fn main(&self) -> Markup {
        let (shown, say) = (&self.shown, self.frame.say());
        let to = |path: &str| self.frame.to(path);
        html! {
            (article(shown, &to, Under { prefix: "", level: 1 }, &html! {
                p.of { a href=(to(&self.edition.path)) { (self.edition.title) } " · " (when::when(&self.day, say.0).main) }
            }))
            @if self.before.is_some() || self.after.is_some() {
                nav.beside aria-label=(say.t("در همین شماره", "In this edition")) {
                    @if let Some(link) = &self.before { a.before href=(to(&link.path)) rel="prev" { small { (say.t("پیشین", "Previous")) } (titled(link)) } }
                    @if let Some(link) = &self.after { a.after href=(to(&link.path)) rel="next" { small { (say.t("پسین", "Next")) } (titled(link)) } }
                }
            }
        }
    }
}
