//! Codenames, and the pages of who comes back with one.

use maud::{Markup, html};
use payamgir_dropbox::{Codename, Mistake, WORDS};
use payamgir_text::{digits, jalali};
use payamgir_wire::hex::Hex;
use zeroize::Zeroizing;

use super::form::{Fields, fields};
use super::layout::{Frame, address, page, unkept};
use super::words::fill;
use super::{Language, Site};

/// The eight words of a form, as they are shown and sent.
#[derive(Clone, Copy)]
pub(super) struct Eight<'a> {
    pub words: [&'a str; WORDS],
    /// All of them, as the form sends them.
    pub text: &'a str,
    /// Whether what is sent can be answered by them unless its source says otherwise.
    pub chosen: bool,
    /// Whether its source came with them.
    pub known: bool,
}

/// What the door shows again.
#[derive(Default)]
pub struct Door<'a> {
    /// What was typed.
    pub typed: &'a str,
    /// What is wrong with it.
    pub mistake: Option<&'a Mistake>,
}

/// A reply, opened for the page that shows it. Not printable.
pub struct Reply {
    /// Which.
    pub id: Hex<16>,
    /// When it was sealed, unix seconds.
    pub at: u64,
    /// The words.
    pub text: Zeroizing<String>,
}

/// What a codename finds.
pub struct Visit<'a> {
    /// The codename.
    pub codename: &'a Codename,
    /// What waits.
    pub replies: Vec<Reply>,
    /// Whether something was removed just now.
    pub removed: bool,
    /// Whether the desk has given out passes.
    pub passes: bool,
    /// Days for which answers are kept.
    pub days: u32,
}

/// Where the answers of `lang` are.
pub(super) fn answers_address(lang: &Language) -> String {
    format!("{}answers", address(lang))
}

/// The words in a form: offered, or known already.
pub(super) fn answer_row(eight: &Eight<'_>, lang: &Language) -> Markup {
    let words = &lang.words;
    html! {
        div.row {
            h2 #answer { (words.answer) }
            div {
                input type="hidden" name="codename" value=(eight.text);
                @if eight.known {
                    input type="hidden" name="answerable" value="1";
                    input type="hidden" name="returns" value="1";
                    p { (words.answer_joins) }
                } @else {
                    p.hint { (words.answer_hint) }
                    details open[eight.chosen] data-words {
                        summary { (words.answer_show) }
                        (eight_words(eight.words))
                        p.hint { (words.answer_write) }
                        label.check { input type="checkbox" name="answerable" value="1" checked[eight.chosen]; " " (words.answer_choose) }
                    }
                }
            }
        }
    }
}

/// The words, each with its number: read from the right or the left, their order is not in doubt.
pub(super) fn eight_words(words: [&str; WORDS]) -> Markup {
    html! {
        ol.eight { @for word in words { li { bdi { (word) } } } }
    }
}

/// The codename that what was sent can be answered by, once more.
pub(super) fn remember(codename: &Codename, lang: &Language) -> Markup {
    let words = &lang.words;
    html! {
        section.row {
            h2 { (words.answer_yours) }
            div {
                (eight_words(codename.words()))
                p { (words.answer_later) " " a href=(answers_address(lang)) { (words.door) } }
                p.hint { (words.answer_danger) }
            }
        }
    }
}

/// The door for who comes back.
pub fn door(site: &Site, lang: &Language, door: &Door<'_>) -> Markup {
    let words = &lang.words;
    let event = door.mistake.map(|_| words.door_mistake);
    let frame = Frame { site, lang, event, switch: event.is_none(), script: true };
    let main = html! {
        @if let Some(mistake) = door.mistake { (mistaken(mistake, lang)) }
        h1 { (words.door) }
        p.lead { (words.door_lead) }
        form method="post" action=(answers_address(lang)) accept-charset="utf-8" autocomplete="off" data-door {
            (unkept())
            div.row {
                div {
                    label for="codename" { (words.door_words) }
                    p.hint #codename-hint { (words.door_hint) }
                }
                textarea.short name="codename" id="codename" rows="3" dir="auto" maxlength="1024" autocomplete="off"
                    autocapitalize="none" spellcheck="false" aria-describedby="codename-hint"
                    aria-invalid=[door.mistake.map(|_| "true")] {
                    "\n" (door.typed)
                }
            }
            div.row { div { p.hint #way { (words.door_way) } button { (words.door_open) } } }
        }
        section.row data-plain {
            h2 { (words.door_sees) }
            p { (words.door_sees_told) }
        }
        p { a.more href=(address(lang)) { (words.home) } }
    };
    page(&frame, &main)
}

/// What is wrong with the words, each by its place; what was typed is not said again.
fn mistaken(mistake: &Mistake, lang: &Language) -> Markup {
    let words = &lang.words;
    html! {
        div.alert role="alert" tabindex="-1" aria-labelledby="alert" {
            h2 #alert { (words.door_mistake) }
            @match mistake {
                Mistake::Count => p { a href="#codename" { (words.door_count) } },
                Mistake::Unknown(unknown) => ul {
                    @for one in unknown {
                        li {
                            a href="#codename" { (fill(words.door_unknown, &[("{n}", &lang.number(one.place as u64))])) }
                            @if !one.near.is_empty() {
                                " " (words.door_near)
                                @for near in &one.near { " " bdi.near { (near) } }
                            }
                        }
                    }
                },
            }
        }
    }
}

/// What waits for a codename, and the form to go on. An unknown codename and one without replies
/// make the same page.
pub fn visit(site: &Site, lang: &Language, visit: &Visit<'_>) -> Markup {
    let words = &lang.words;
    let text = visit.codename.text();
    let known = Eight { words: visit.codename.words(), text: &text, chosen: true, known: true };
    let pass = visit.passes.then_some("");
    let blank = Fields { eight: Some(known), pass, ..Fields::blank(site, lang) };
    let frame = Frame { site, lang, event: None, switch: false, script: true };
    let days = lang.number(visit.days.into());
    let main = html! {
        h1 { (words.door) }
        @if visit.removed { p.lead role="status" { (words.visit_removed) } }
        @if visit.replies.is_empty() {
            @if !visit.removed {
                p.lead { (words.visit_none) }
                p { (words.visit_none_why) }
            }
        } @else {
            p { (fill(words.visit_some, &[("{n}", &days)])) }
            @for reply in &visit.replies { (one(reply, &text, lang)) }
        }
        h2.apart { (words.visit_more) }
        (fields(&blank))
        section.row {
            h2 { (words.now) }
            ol { @for step in [words.now_1, words.now_2, words.now_3] { li { (step) } } }
        }
    };
    page(&frame, &main)
}

fn one(reply: &Reply, codename: &str, lang: &Language) -> Markup {
    let words = &lang.words;
    // A day and no more: the hour is nobody's affair who looks over a shoulder.
    let day = jalali::format_date(reply.at, 0, lang.near);
    html! {
        section.row.reply {
            h2 { (words.visit_reply) " " bdi { (lang.localize(&digits::to_ascii(&day))) } }
            div {
                div.said { @for line in reply.text.lines().filter(|line| !line.trim().is_empty()) { p dir="auto" { (line) } } }
                form method="post" action=(answers_address(lang)) autocomplete="off" {
                    (unkept())
                    input type="hidden" name="codename" value=(codename);
                    input type="hidden" name="remove" value=(reply.id);
                    button.quiet { (words.visit_remove) }
                }
            }
        }
    }
}
