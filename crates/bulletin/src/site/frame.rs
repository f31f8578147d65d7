//! What every page has around its words.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use payamgir_wire::edition::{Bulletin, Spoken};
use serde::Serialize;

use super::assets;
use super::shelf::{Shelf, relative};
use crate::block::Dir;
use crate::letters::{direction_of, endonym, frame};
use crate::say::Say;

/// What every page has around its words.
#[derive(Clone, Serialize)]
pub(crate) struct Frame<'a> {
    /// Where the page is.
    pub(crate) path: String,
    /// The language of the page.
    pub(crate) lang: &'a str,
    spoken: &'a Spoken,
    addresses: &'a [String],
    pub(crate) base: &'a str,
    /// The page in other languages.
    pub(crate) others: Vec<(&'a str, String)>,
    style: &'static str,
}

/// What one page says about itself.
pub(crate) struct About<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: String,
    /// A picture of it, and what is on that.
    pub(crate) card: Option<(String, String)>,
    /// Of one item, rather than of many.
    pub(crate) article: bool,
}

impl<'a> Shelf<'a> {
    /// The frame of a page in a language.
    pub(crate) fn frame(
        &self,
        path: String,
        lang: &'a str,
        others: Vec<(&'a str, String)>,
    ) -> Frame<'a> {
        let Bulletin { addresses, base, .. } = self.bulletin;
        let style = assets::style_path();
        Frame { path, lang, spoken: self.spoken(lang), addresses, base, others, style }
    }
}

impl Frame<'_> {
    /// Speaks the frame's language.
    pub(crate) fn say(&self) -> Say {
        Say(frame(&self.spoken.lang))
    }

    /// The bulletin's name.
    pub(crate) fn title(&self) -> &str {
        &self.spoken.title
    }

    /// The way to another file.
    pub(crate) fn to(&self, path: &str) -> String {
        relative(&self.path, path)
    }

    fn home(&self, page: &str) -> String {
        self.to(&format!("read/{}/{page}", self.spoken.lang))
    }

    /// An address in full, where the bulletin has one; else the way.
    fn full(&self, path: &str) -> String {
        if self.base.is_empty() { self.to(path) } else { format!("{}{path}", self.base) }
    }

    /// A whole page.
    pub(crate) fn page(&self, about: &About<'_>, main: &Markup) -> Vec<u8> {
        let say = self.say();
        let markup = html! {
            (DOCTYPE)
            html lang=(self.lang) dir=(Dir(direction_of(self.lang)).word()) {
                (self.head(about))
                body {
                    a.skip href="#main" { (say.t("پرش به متن", "Skip to the text")) }
                    (self.masthead())
                    main #main { (main) }
                    (self.colophon())
                }
            }
        };
        markup.into_string().into_bytes()
    }

    fn head(&self, about: &About<'_>) -> Markup {
        let own = format!("{} – {}", about.title, self.title());
        html! {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (own) }
                meta name="description" content=(about.description);
                link rel="stylesheet" href=(self.to(self.style));
                link rel="icon" href="data:,";
                link rel="alternate" type="application/atom+xml" title=(self.title()) href=(self.home("feed.xml"));
                link rel="alternate" type="application/feed+json" title=(self.title()) href=(self.home("feed.json"));
                @for (lang, path) in self.others.iter().filter(|_| !self.base.is_empty()) {
                    link rel="alternate" hreflang=(lang) href=(self.full(path));
                }
                @if !self.base.is_empty() { link rel="canonical" href=(self.full(&self.path)); }
                meta property="og:type" content=(if about.article { "article" } else { "website" });
                meta property="og:title" content=(about.title);
                meta property="og:description" content=(about.description);
                meta property="og:site_name" content=(self.title());
                meta property="og:locale" content=(self.lang);
                @if !self.base.is_empty() { meta property="og:url" content=(self.full(&self.path)); }
                @if let Some((card, alt)) = &about.card {
                    meta property="og:image" content=(self.full(card));
                    meta property="og:image:type" content="image/png";
                    meta property="og:image:width" content=(crate::card::WIDTH);
                    meta property="og:image:height" content=(crate::card::HEIGHT);
                    meta property="og:image:alt" content=(alt);
                    meta name="twitter:card" content="summary_large_image";
                }
            }
        }
    }

    fn masthead(&self) -> Markup {
        let say = self.say();
        html! {
            header.masthead lang=(self.spoken.lang) dir=(Dir(direction_of(&self.spoken.lang)).word()) {
                div.inner {
                    a.name href=(self.home("index.html")) { (self.title()) }
                    nav aria-label=(say.t("بخش‌ها", "Sections")) {
                        a href=(self.home("archive.html")) { (say.t("شماره‌ها", "Editions")) }
                        @for (lang, path) in &self.others {
                            a href=(self.to(path)) lang=(lang) hreflang=(lang) dir=(Dir(direction_of(lang)).word()) { (endonym(lang)) }
                        }
                        a.send href=(self.to(&format!("{}/", self.spoken.lang))) { (say.t("پیام بفرستید", "Send a message")) }
                    }
                }
            }
        }
    }

    fn colophon(&self) -> Markup {
        let say = self.say();
        html! {
            footer.colophon lang=(self.spoken.lang) dir=(Dir(direction_of(&self.spoken.lang)).word()) {
                div.inner {
                    @if !self.spoken.about.is_empty() { p { (self.spoken.about) } }
                    (addresses(say, self.addresses))
                    p.feeds {
                        a href=(self.home("feed.xml")) { (say.t("خوراک Atom", "Atom feed")) } " "
                        a href=(self.home("feed.json")) { (say.t("خوراک JSON", "JSON feed")) }
                    }
                }
            }
        }
    }
}

/// Where the bulletin is: from a copy that was handed on, the one way to write to it.
pub(crate) fn addresses(say: Say, all: &[String]) -> Markup {
    html! {
        @if !all.is_empty() {
            p { (say.t("نشانی‌ها برای خواندن و فرستادن:", "Addresses, to read and to send:")) }
            ul.addresses { @for address in all { li { (one_address(address)) } } }
        }
    }
}

fn one_address(address: &str) -> Markup {
    match host(address) {
        Some(host) => html! { a href=(address) rel="noreferrer" dir="ltr" { (host) } },
        None => html! { bdi dir="ltr" { (address) } },
    }
}

/// The host that an address of the web leads to; nothing of what is none, or shows another first.
fn host(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let host = rest.split(['/', '?', '#', '\\']).next()?;
    let plain = address.bytes().all(|byte| byte.is_ascii_graphic());
    Some(host).filter(|host| plain && !host.is_empty() && !host.contains('@'))
}

/// A whole page that stands alone: its style is in it, and no link leads to a file beside it.
pub(crate) fn alone(lang: &str, title: &str, style: &str, main: &Markup) -> Vec<u8> {
    let markup = html! {
        (DOCTYPE)
        html lang=(lang) dir=(Dir(direction_of(lang)).word()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(style)) }
            }
            body { (main) }
        }
    };
    markup.into_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (address, want) in [
            ("https://congress.example/", Some("congress.example")),
            ("http://congressxample2345.onion/fa/?a#b", Some("congressxample2345.onion")),
            ("https://congress.example:8443", Some("congress.example:8443")),
            ("https://congress.example@elsewhere.example/", None),
            ("https://congress.example/ و بعد", None),
            ("https:///", None),
            ("congress.example", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(host(address), want, "{address}");
        }
    }
}
