//! What a source reads after sending, and the short pages that hold nothing but a sentence.

use maud::{Markup, html};
use payamgir_dropbox::Codename;

use super::form::{Fields, fields, turn_act};
use super::layout::{Frame, address, page};
use super::receipt;
use super::returning::remember;
use super::words::{Said, Words, fill};
use super::{Answerable, Arrival, FileFate, Language, Problem, Site};

/// Everything arrived, or part of it did and the form is offered for the rest; `passes` where the desk has given
/// out passes.
pub fn received((site, passes): (&Site, bool), lang: &Language, arrival: &Arrival) -> Markup {
    let words = &lang.words;
    let whole = arrival.is_whole();
    let event = if whole { words.received } else { words.part };
    let frame = Frame { site, lang, event: Some(event), switch: false, script: !whole };
    let main = html! {
        h1 { (event) }
        @if whole { p.lead { (words.received_lead) } } @else { (why_part(site, lang, arrival)) }
        (arrived(site, lang, arrival))
        @match &arrival.answerable {
            Answerable::No => {}
            Answerable::By(codename) => (remember(codename, lang)),
            Answerable::Misread => p.alert { (words.answer_misread) },
            Answerable::Apart => p.alert { (words.answer_apart) },
            Answerable::Busy => p.alert { (words.answer_busy) },
        }
        (receipt::given(&arrival.given, whole, lang))
        @if !whole { (the_rest((site, passes), lang, arrival)) }
        (reference(lang, arrival))
        (afterwards(words))
        @if whole { div.row { p { a.more href=(address(lang)) { (words.send_more) } } } }
    };
    page(&frame, &main)
}

/// One sentence and the way back to the form.
pub fn message(site: &Site, lang: &Language, problem: Problem) -> Markup {
    let words = &lang.words;
    let Said { what, act } = words.problem(problem);
    let what = site.limits(what, lang);
    let frame = Frame { site, lang, event: Some(&what), switch: true, script: false };
    let main = html! {
        h1 { (what) }
        p.lead { (turn_act(act, 0, (site, lang))) }
        @if !matches!(problem, Problem::NotFound | Problem::Method) { p { (words.back) } }
        p { a.more href=(address(lang)) { (words.home) } }
    };
    page(&frame, &main)
}

fn why_part(site: &Site, lang: &Language, arrival: &Arrival) -> Markup {
    let words = &lang.words;
    html! {
        p.lead { (words.part_lead) }
        @if let Some(problem) = arrival.problem {
            @let said = words.problem(problem);
            p { (site.limits(said.what, lang)) ". " (turn_act(said.act, 0, (site, lang))) }
        }
    }
}

/// Each part by its place, never by its name.
fn arrived(site: &Site, lang: &Language, arrival: &Arrival) -> Markup {
    let words = &lang.words;
    let text = if arrival.text { words.fate_sealed } else { words.none };
    html! {
        section.row {
            div {
                h2 { (words.arrived) }
                @if !arrival.files.is_empty() { p.hint { (count(lang, arrival)) } }
            }
            ul.parts {
                li { span { (words.words_row) } " " b { (text) } }
                @for (index, fate) in arrival.files.iter().enumerate() {
                    (file(site, lang, index + 1, *fate))
                }
            }
        }
    }
}

fn file(site: &Site, lang: &Language, place: usize, fate: FileFate) -> Markup {
    let words = &lang.words;
    let place = lang.number(place as u64);
    let lost = (fate != FileFate::Sealed).then_some("lost");
    html! {
        li {
            span { (fill(words.file_row, &[("{n}", &place)])) } " "
            b class=[lost] { (site.limits(words.fate(fate), lang)) }
        }
    }
}

fn count(lang: &Language, arrival: &Arrival) -> String {
    let sealed = lang.number(arrival.sealed() as u64);
    let all = lang.number(arrival.files.len() as u64);
    let values = [("{n}", &*sealed), ("{of}", &*all)];
    fill(lang.words.arrived_count, &values)
}

fn the_rest((site, passes): (&Site, bool), lang: &Language, arrival: &Arrival) -> Markup {
    let kept = &arrival.kept;
    let text = kept.codename.as_ref().map(Codename::text).unwrap_or_default();
    let rest = Fields::of(kept, &text, passes.then_some(&**kept.pass), (site, lang));
    html! {
        h2.apart { (lang.words.rest) }
        (fields(&rest))
    }
}

fn reference(lang: &Language, arrival: &Arrival) -> Markup {
    let words = &lang.words;
    html! {
        section.row {
            h2 { (words.reference) }
            div {
                p.number { bdi dir="ltr" { (lang.localize(&arrival.reference)) } }
                p.hint { (words.reference_note) }
            }
        }
    }
}

pub(super) fn afterwards(words: &Words) -> Markup {
    html! {
        section.row {
            h2 { (words.next) }
            p { (words.next_note) }
        }
        section.row {
            h2 { (words.now) }
            ol {
                @for step in [words.now_1, words.now_2, words.now_3] { li { (step) } }
            }
        }
    }
}
