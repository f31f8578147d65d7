//! An item as an article: on its own page, in the one file, in a feed.

use maud::{Markup, html};
use payamgir_wire::edition::{Day, Label};

use super::shelf::Link;
use super::shown::{Seen, Shown, letters_of};
use crate::block::{Body, Dir};
use crate::html::{Notes, body, heading};
use crate::letters::{self, Quotes, direction_of, endonym, tidy};
use crate::say::Say;
use crate::{plain, when};

/// Where an item stands: what keeps its ids apart, and the level of its title.
#[derive(Clone, Copy)]
pub(crate) struct Under<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) level: u8,
}

/// An item as an article; `to` finds the way to other pages.
pub(crate) fn article(
    shown: &Shown<'_>,
    to: &dyn Fn(&str) -> String,
    under: Under<'_>,
    above: &Markup,
) -> Markup {
    let say = shown.say();
    let id = under.prefix.strip_suffix('-');
    html! {
        article.item id=[id] lang=(shown.lang) dir=(shown.dir()) {
            header {
                (above)
                @if let Some(kind) = say.kind(shown.kind) { p.kind { (kind) } }
                (heading(under.level, shown.dir(), &html! { (shown.heading()) }))
                @if let Some(name) = say.byline(shown.byline) { p.byline { bdi { (say.set(name)) } } }
                (dateline(shown))
                (languages(shown, to))
            }
            @match shown.withdrawn {
                Some((day, reason)) => (tombstone(say, day, reason)),
                None => (words(shown, to, under)),
            }
            (links(shown, to, under.level))
        }
    }
}

fn dateline(shown: &Shown<'_>) -> Markup {
    let say = shown.say();
    let day = shown.day.map(|day| when::when(&day, say.0));
    html! {
        @if day.is_some() || !shown.place.is_empty() {
            p.dateline {
                @if !shown.place.is_empty() { bdi { (say.set(shown.place)) } @if day.is_some() { (say.comma()) } }
                @if let Some(day) = &day {
                    @match &day.iso { Some(iso) => time datetime=(iso) { (day.main) }, None => (day.main) }
                    @if !day.other.is_empty() { " " span.other { "(" (day.other) ")" } }
                }
            }
        }
        @if let Some(label) = say.label(shown.label) { p.label data-label=(label_word(shown.label)) { (label) } }
    }
}

fn label_word(label: Label) -> &'static str {
    match label {
        Label::None => "none",
        Label::Unchecked => "unchecked",
        Label::Partly => "partly",
        Label::Confirmed => "confirmed",
    }
}

fn languages(shown: &Shown<'_>, to: &dyn Fn(&str) -> String) -> Markup {
    let say = shown.say();
    html! {
        @if let Some(original) = &shown.original {
            p.translated { (say.t("ترجمه از ", "Translated from ")) (language(original, to)) }
        }
        @let others: Vec<_> = shown.versions.iter().filter(|link| shown.original.as_ref().is_none_or(|of| of.path != link.path)).collect();
        @if !others.is_empty() {
            p.translated { (say.t("این نوشته به زبان‌های دیگر: ", "In other languages: "))
                @for (at, link) in others.into_iter().enumerate() { @if at > 0 { (say.comma()) } (language(link, to)) }
            }
        }
    }
}

fn language(link: &Link<'_>, to: &dyn Fn(&str) -> String) -> Markup {
    html! {
        a href=(to(&link.path)) hreflang=(link.lang) lang=(link.lang) dir=(Dir(direction_of(link.lang)).word()) { (endonym(link.lang)) }
    }
}

fn tombstone(say: Say, day: Day, reason: &str) -> Markup {
    html! {
        div.tombstone role="note" {
            p { strong { (say.t("این نوشته پس گرفته شد، ", "This was withdrawn on ")) (when::line(&day, say.0)) (say.t(".", ".")) } }
            p dir="auto" { (say.set(&tidy(reason))) }
        }
    }
}

fn words(shown: &Shown<'_>, to: &dyn Fn(&str) -> String, under: Under<'_>) -> Markup {
    let read = shown.read();
    let say = shown.say();
    let (pictures, others): (Vec<_>, Vec<_>) =
        shown.media.iter().partition(|medium| medium.is("image/"));
    html! {
        @for medium in others { (sound(medium, to, say)) }
        @if let Some(first) = pictures.first() { (picture(first, to, (say, false))) }
        div.words data-words="" {
            (with_pulls(shown, &read, Notes { prefix: under.prefix, lang: letters::frame(shown.lang), under: under.level }))
        }
        @for medium in pictures.iter().skip(1) { (picture(medium, to, (say, true))) }
        @if !shown.corrections.is_empty() {
            section.corrections aria-label=(say.t("تصحیح", "Corrections")) {
                (heading(under.level + 1, shown.dir(), &html! { (say.t("تصحیح", "Corrections")) }))
                @for (day, text) in &shown.corrections { p dir="auto" { strong { (when::line(day, say.0)) ": " } (say.set(&tidy(text))) } }
            }
        }
    }
}

/// The body with its pull quotes set off: each before the block its words are in. Who hears the page
/// hears them once, in the body.
fn with_pulls(shown: &Shown<'_>, read: &Body, notes: Notes<'_>) -> Markup {
    let texts: Vec<String> =
        read.blocks.iter().map(|block| letters_of(&plain::bare_of(block))).collect();
    let place = |pull: &String| {
        let here = texts.iter().position(|text| text.contains(&letters_of(pull)));
        (here.unwrap_or(0), shown.say().set(&Quotes::of(shown.lang).set(&tidy(pull))))
    };
    let places: Vec<(usize, String)> = shown.pulls.iter().map(place).collect();
    html! {
        @for (at, block) in read.blocks.iter().enumerate() {
            @for (_, pull) in places.iter().filter(|(place, _)| *place == at) {
                p.pull aria-hidden="true" dir="auto" { (pull) }
            }
            (crate::html::blocks(std::slice::from_ref(block), notes))
        }
        (body(&Body { blocks: vec![], notes: read.notes.clone() }, notes))
    }
}

fn picture(medium: &Seen<'_>, to: &dyn Fn(&str) -> String, (say, later): (Say, bool)) -> Markup {
    let (width, height) = medium.size;
    let size = |side: u32| (side > 0).then_some(side);
    html! {
        figure {
            img src=(to(&medium.path)) alt=(medium.alt) width=[size(width)] height=[size(height)] loading=[later.then_some("lazy")];
            (caption(medium, say))
        }
    }
}

/// A sound or film, or what tells of it where it is not with the page; then its words, in sight where
/// there is nothing else.
fn sound(medium: &Seen<'_>, to: &dyn Fn(&str) -> String, say: Say) -> Markup {
    let (away, heard) = (medium.path.is_empty(), medium.heard());
    html! {
        div.sound {
            @if away { (told(medium, say)) } @else { (player(medium, to, say)) }
            @if !heard.is_empty() {
                details open[away] { summary { (say.t("متن آنچه شنیده می‌شود", "The words that are heard")) }
                    @for line in &heard { p dir="auto" { (say.set(line)) } }
                }
            }
        }
    }
}

fn told(medium: &Seen<'_>, say: Say) -> Markup {
    html! {
        p { strong { (say.set(&medium.told(say))) } " "
            @if !medium.credit.is_empty() { span.credit { bdi { (say.set(medium.credit)) } } " " }
            "(" (say.on_the_web()) ")"
        }
    }
}

fn player(medium: &Seen<'_>, to: &dyn Fn(&str) -> String, say: Say) -> Markup {
    let name = if medium.alt.is_empty() { say.t("صدا", "Sound") } else { medium.alt };
    html! {
        figure {
            @if medium.is("video/") { video controls preload="none" src=(to(&medium.path)) aria-label=(name) {} }
            @else { audio controls preload="none" src=(to(&medium.path)) aria-label=(name) {} }
            (caption(medium, say))
        }
    }
}

fn caption(medium: &Seen<'_>, say: Say) -> Markup {
    html! {
        @if !medium.caption.is_empty() || !medium.credit.is_empty() {
            figcaption dir="auto" { (say.set(medium.caption)) @if !medium.credit.is_empty() { " " span.credit { bdi { (say.set(medium.credit)) } } } }
        }
    }
}

fn links(shown: &Shown<'_>, to: &dyn Fn(&str) -> String, level: u8) -> Markup {
    let say = shown.say();
    let list = |head: &'static str, links: &[Link<'_>]| {
        html! {
            @if !links.is_empty() {
                section.answers aria-label=(head) {
                    (heading(level + 1, shown.dir(), &html! { (head) }))
                    ul { @for link in links { li { a href=(to(&link.path)) hreflang=(link.lang) { (titled(link)) } } } }
                }
            }
        }
    };
    html! {
        (list(say.t("این نوشته پاسخ است به", "This answers"), &shown.answers))
        (list(say.t("پاسخ مجمع به این نوشته", "The assembly’s answer"), &shown.answered))
    }
}

/// A link's title, in its own language and direction.
pub(super) fn titled(link: &Link<'_>) -> Markup {
    let title = Say::of(link.lang).set(link.title);
    html! { span lang=(link.lang) dir=(Dir(direction_of(link.lang)).word()) { (title) } }
}
