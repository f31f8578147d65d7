//! The frame every page shares.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Language, Site};

/// The inline style, exactly as it stands between `<style>` and `</style>`.
pub const STYLE: &str = include_str!("style.css");

/// What sets one page's frame apart from another's.
pub(super) struct Frame<'a> {
    pub site: &'a Site,
    pub lang: &'a Language,
    /// What happened, for the title; nothing on the plain form.
    pub event: Option<&'a str>,
    /// Whether to offer the other languages. Not where following the link would lose words or a receipt.
    pub switch: bool,
    /// Whether it has a form that the script takes over.
    pub script: bool,
}

/// A whole page around `main`.
pub(super) fn page(frame: &Frame<'_>, main: &Markup) -> Markup {
    let lang = frame.lang;
    html! {
        (DOCTYPE)
        html lang=(lang.code) dir=(lang.dir) {
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
    let words = &frame.lang.words;
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
            @if frame.script { (super::script::tag()) }
        }
    }
}

/// The way out stands first, for the keyboard too, and stays in sight.
fn bar(frame: &Frame<'_>) -> Markup {
    let words = &frame.lang.words;
    html! {
        nav aria-label=(words.links) {
            a.exit href=(frame.site.exit_url) rel="noreferrer noopener" { (words.leave) }
            a.skip href="#main" { (words.skip) }
            @if frame.switch {
                span.langs {
                    @for other in frame.site.languages.iter().filter(|other| other.code != frame.lang.code) {
                        a href=(address(other)) lang=(other.code) hreflang=(other.code) dir=(other.dir) { (other.name) }
                    }
                }
            }
        }
    }
}

fn letterhead(frame: &Frame<'_>) -> Markup {
    html! {
        header {
            p { (frame.lang.words.leave_note) }
            p.name { bdi { (frame.site.name(frame.lang)) } }
        }
    }
}

/// Keeps a form's words off the disk: what is sent with a form Chromium writes into the files by which it restores
/// its windows, unless a password is in it. It has no name and is sent nowhere.
pub(super) fn unkept() -> Markup {
    html! { input type="password" value="1" hidden autocomplete="off"; }
}

/// Where the form of `lang` is, and where it sends to.
pub(super) fn address(lang: &Language) -> String {
    format!("/{}/", lang.code)
}
