//! The frame every page shares.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use payamgir_text::lang::Lang;

use super::{Site, words::Words};

/// The inline style, exactly as it stands between `<style>` and `</style>`.
pub const STYLE: &str = include_str!("style.css");

/// What sets one page's frame apart from another's.
pub(super) struct Frame<'a> {
    pub site: &'a Site,
    pub lang: Lang,
    /// What happened, for the title; nothing on the plain form.
    pub event: Option<&'a str>,
    /// Whether to offer the other language. Not where following the link would lose words or a receipt.
    pub switch: bool,
}

/// A whole page around `main`.
pub(super) fn page(frame: &Frame<'_>, main: &Markup) -> Markup {
    let lang = frame.lang;
    html! {
        (DOCTYPE)
        html lang=(lang.code()) dir=(lang.dir()) {
            (head(frame))
            body {
                (bar(frame))
                (letterhead(frame))
                main id="main" { (main) }
            }
        }
    }
}

fn head(frame: &Frame<'_>) -> Markup {
    let words = Words::of(frame.lang);
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width,initial-scale=1";
            meta name="referrer" content="no-referrer";
            meta name="robots" content="noindex";
            meta name="color-scheme" content="light dark";
            link rel="icon" href="data:,";
            title {
                @if let Some(event) = frame.event { (event) " – " }
                (words.title)
            }
            style { (PreEscaped(STYLE)) }
        }
    }
}

/// The way out stands first, for the keyboard too, and stays in sight.
fn bar(frame: &Frame<'_>) -> Markup {
    let words = Words::of(frame.lang);
    let other = words.other_lang;
    html! {
        nav aria-label=(words.links) {
            a.exit href=(frame.site.exit_url) rel="noreferrer noopener" { (words.leave) }
            a.skip href="#main" { (words.skip) }
            @if frame.switch {
                a href=(address(other)) lang=(other.code()) hreflang=(other.code()) dir=(other.dir()) {
                    (words.other_name)
                }
            }
        }
    }
}

fn letterhead(frame: &Frame<'_>) -> Markup {
    html! {
        header {
            p { (Words::of(frame.lang).leave_note) }
            p.name { bdi { (frame.site.name(frame.lang)) } }
        }
    }
}

/// Where the form of `lang` is, and where it sends to.
pub(super) const fn address(lang: Lang) -> &'static str {
    match lang {
        Lang::Fa => "/fa/",
        Lang::En => "/en/",
    }
}
