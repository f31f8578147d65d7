//! The archive, the site map, and what is shown where there is nothing.

use maud::{Markup, html};
use payamgir_wire::edition::{Bulletin, Day, Heading, Spoken};
use serde::Serialize;

use super::frame::{About, Frame, alone};
use super::shelf::Shelf;
use super::{assets, file};
use crate::block::Dir;
use crate::letters::direction_of;
use crate::press::Made;
use crate::say::Say;
use crate::when;

/// All editions, the newest first.
#[derive(Serialize)]
pub(crate) struct Archive<'a> {
    frame: Frame<'a>,
    editions: Vec<Listed<'a>>,
}

/// An edition in the archive.
#[derive(Serialize)]
struct Listed<'a> {
    path: String,
    heading: &'a Heading,
    day: Day,
    items: usize,
}

/// The site map, and the page of what is not there.
#[derive(Serialize)]
pub(crate) struct Rest<'a> {
    bulletin: &'a Bulletin,
    style: &'static str,
    /// Pages with the days of their editions.
    pages: Vec<(String, Day)>,
}

impl<'a> Shelf<'a> {
    /// All editions.
    pub(crate) fn archive(&self, lang: &'a str) -> Archive<'a> {
        let path = |lang: &str| format!("read/{lang}/archive.html");
        let others = self.bulletin.spoken.iter().filter(|spoken| spoken.lang != lang);
        let others = others.map(|spoken| (&*spoken.lang, path(&spoken.lang))).collect();
        let listed = |at: usize| Listed {
            path: self.edition_link(at, lang).path,
            heading: self.heading(at, lang),
            day: self.editions[at].1.day,
            items: self.reading(at, lang).len(),
        };
        let editions = (0..self.editions.len()).rev().map(listed).collect();
        Archive { frame: self.frame(path(lang), lang, others), editions }
    }

    /// What is left.
    pub(crate) fn rest(&self) -> Rest<'a> {
        let mut pages = vec![];
        for (at, (_, edition)) in self.editions.iter().enumerate() {
            pages.extend(
                self.bulletin
                    .spoken
                    .iter()
                    .map(|spoken| (self.edition_link(at, &spoken.lang).path, edition.day)),
            );
            let paths = edition.items.iter().filter_map(|id| self.path(id));
            pages.extend(paths.map(|path| (path, edition.day)));
        }
        Rest { bulletin: self.bulletin, style: assets::style_path(), pages }
    }
}

impl Archive<'_> {
    pub(crate) fn make(&self) -> Vec<Made> {
        let say = self.frame.say();
        let title = say.t("شماره‌ها", "Editions");
        let description = format!("{title} – {}", self.frame.title());
        let about = About { title, description, card: None, article: false };
        let page = self.frame.page(&about, &self.main(title));
        vec![(file(&self.frame.path), page)]
    }

    fn main(&self, title: &str) -> Markup {
        let say = self.frame.say();
        html! {
            header.cover { h1 { (title) } }
            ol.archive reversed {
                @for listed in &self.editions {
                    li {
                        article {
                            h2 { a href=(self.frame.to(&listed.path)) { (say.set(&listed.heading.title)) } }
                            p.dateline { time datetime=(when::iso_day(&listed.day)) { (when::line(&listed.day, say.0)) }
                                " · " (say.n(listed.items)) " " (say.t("نوشته", if listed.items == 1 { "item" } else { "items" })) }
                            @if !listed.heading.cover.is_empty() { p.excerpt { (say.set(&listed.heading.cover)) } }
                        }
                    }
                }
            }
        }
    }
}

impl Rest<'_> {
    pub(crate) fn make(&self) -> Vec<Made> {
        let mut made = vec![(file("404.html"), self.nothing())];
        if !self.bulletin.base.is_empty() {
            made.push((file("sitemap.xml"), self.map()));
        }
        made
    }

    /// Shown at any address, however deep: nothing in it is beside it. Only a server shows it, so it
    /// may lead to the server's first page.
    fn nothing(&self) -> Vec<u8> {
        let first = &self.bulletin.spoken[0];
        let title = Say::of(&first.lang).t("این صفحه نیست", "There is no such page");
        let one = |spoken: &Spoken| {
            let say = Say::of(&spoken.lang);
            html! {
                section lang=(spoken.lang) dir=(Dir(direction_of(&spoken.lang)).word()) {
                    h2 { (say.t("این صفحه نیست", "There is no such page")) }
                    p { (say.t("شاید نشانی کوتاه شده است، یا نوشته جای دیگری است.", "The address may have been cut short, or what was here is elsewhere.")) }
                    p { a href="/" { (say.t("به صفحهٔ نخست", "To the first page")) } }
                }
            }
        };
        let main = html! {
            main.whole #main { header.cover { h1 { (first.title) } } @for spoken in &self.bulletin.spoken { (one(spoken)) } }
        };
        alone(&first.lang, title, assets::plain(), &main)
    }

    /// <https://www.sitemaps.org/protocol.html>: every address in full.
    fn map(&self) -> Vec<u8> {
        let mut map = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
        );
        for (path, day) in &self.pages {
            let base = super::feed::escaped(&self.bulletin.base);
            map.push_str(&format!(
                "<url><loc>{base}{path}</loc><lastmod>{}</lastmod></url>\n",
                when::iso_day(day)
            ));
        }
        map.push_str("</urlset>\n");
        map.into_bytes()
    }
}
