//! What the script is told: the desk's key, and all words it may show, in one page that it fetches once and
//! that nobody looks at.

use maud::{Markup, html};
use payamgir_text::lang::Lang;
use payamgir_wire::desk_key::DeskKey;

use super::form::{Fields, fields};
use super::outcome::afterwards;
use super::receipt::yours;
use super::returning::{Eight, answers_address, eight_words};
use super::{Language, Problem, Site};

/// The words and the key, in a page of their own; `passes` where the desk has given out passes.
pub fn sealing((site, passes): (&Site, bool), lang: &Language, key: &DeskKey) -> Markup {
    html! {
        (maud::DOCTYPE)
        html lang=(lang.code) dir=(lang.dir) {
            head { meta charset="utf-8"; title { (lang.words.title) } }
            body { (told((site, passes), lang, key)) }
        }
    }
}

/// The same, to stand hidden in a page that is carried.
pub(super) fn told((site, passes): (&Site, bool), lang: &Language, key: &DeskKey) -> Markup {
    let list = match lang.near {
        Lang::Fa => "fa.txt",
        Lang::En => "en.txt",
    };
    let words = &lang.words;
    let problem = |problem| {
        let said = words.problem(problem);
        format!("{}. {}", site.limits(said.what, lang), site.limits(said.act, lang))
    };
    let said = [
        ("way", words.way_sealed.to_owned()),
        ("way-door", words.way_door.to_owned()),
        ("count", words.door_count.to_owned()),
        ("unknown", words.door_unknown.to_owned()),
        ("near", words.door_near.to_owned()),
        ("sending", words.sealing_now.to_owned()),
        ("text-sent", words.sealing_text.to_owned()),
        ("file-sent", words.sealing_file.to_owned()),
        ("opening", words.sealing_opening.to_owned()),
        ("failed", words.sealing_failed.to_owned()),
        ("door-failed", words.door_failed.to_owned()),
        ("too-large", problem(Problem::FileTooLarge)),
        ("empty", problem(Problem::Empty)),
        ("long", problem(Problem::TextTooLong)),
        ("full", problem(Problem::Full)),
        ("file", words.file_row.to_owned()),
        ("none", words.none.to_owned()),
        ("sealed", words.fate_sealed.to_owned()),
        ("large", site.limits(words.fate_too_large, lang)),
        ("lost", words.fate_not_taken.to_owned()),
        ("busy", problem(Problem::Busy)),
        ("block-alone", words.block_alone.to_owned()),
        ("pass-wrong", problem(Problem::WrongPass)),
        ("pass-misread", problem(Problem::MisreadPass)),
        ("receipt-check", words.receipt_check.to_owned()),
        ("receipt-in", words.receipt_in.to_owned()),
        ("receipt-in-told", words.receipt_in_told.to_owned()),
        ("receipt-browser", format!("{} {}", words.receipt_browser, words.receipt_desk)),
        ("receipt-proof", words.receipt_proof.to_owned()),
        ("receipt-wrong", words.receipt_wrong.to_owned()),
    ];
    html! {
        div #sealing hidden data-recipient=(key.recipient) data-epoch=(key.epoch) data-founding=(key.desk)
            data-most=(site.file_bytes) data-chars=(site.text_chars) data-list=(list) data-log=(site.log_key) data-digits=(lang.localize("0123456789"))
            data-numbers=(lang.numbers()) data-dates=(if lang.near == Lang::Fa { "fa" } else { "en-CA" }) {
            @for (name, text) in said { p data-word=(name) { (text) } }
            div.progress data-progress {
                p role="status" data-line {}
                p.lost data-broken-line hidden { (words.sealing_broken) }
                p.lost data-busy-line hidden { (words.sealing_busy) }
                progress max="100" value="0" hidden aria-label=(words.sealing_now) {}
                p.hint { (words.sealing_stay) }
            }
            template { (done((site, passes), lang)) }
            template data-visit { (visited((site, passes), lang)) }
        }
    }
}

/// What is shown once all was sent.
fn done((site, passes): (&Site, bool), lang: &Language) -> Markup {
    let words = &lang.words;
    let known = Eight { words: [""; 8], text: "", chosen: true, known: true };
    let pass = passes.then_some("");
    let blank = Fields { eight: Some(known), pass, ..Fields::blank(site, lang) };
    html! {
        div data-whole { h1 { (words.received) } p.lead { (words.sealed_lead) } }
        div data-part { h1 { (words.part) } p.lead { (words.part_lead) } }
        section.row {
            h2 { (words.arrived) }
            ul.parts { li { span { (words.words_row) } " " b data-text {} } }
        }
        section.row data-eight {
            h2 { (words.answer_yours) }
            div {
                (eight_words([""; 8]))
                p { (words.answer_later) " " a href=(answers_address(lang)) { (words.door) } }
                p.hint { (words.answer_danger) }
            }
        }
        @if site.receipts { (yours("", ("{n}", false), lang)) p.alert data-no-receipt { (words.receipt_none) } }
        div data-rest { h2.apart { (words.rest) } (fields(&blank)) }
        section.row {
            h2 { (words.reference) }
            div { p.number { bdi dir="ltr" data-reference {} } p.hint { (words.reference_note) } }
        }
        (afterwards(words))
        div.row { p { a.more href=(super::layout::address(lang)) { (words.send_more) } } }
    }
}

/// What is shown of answers that were opened in the browser.
fn visited((site, passes): (&Site, bool), lang: &Language) -> Markup {
    let words = &lang.words;
    let known = Eight { words: [""; 8], text: "", chosen: true, known: true };
    let pass = passes.then_some("");
    let blank = Fields { eight: Some(known), pass, ..Fields::blank(site, lang) };
    html! {
        h1 { (words.door) }
        p.lead role="status" data-removed { (words.visit_removed) }
        div data-none { p.lead { (words.visit_none) } p { (words.visit_none_why) } }
        p data-some { (words.visit_opened) " " (words.visit_stay) }
        div data-replies {}
        template {
            section.row.reply {
                h2 { (words.visit_reply) " " bdi {} }
                div { div.said {} button.quiet type="button" { (words.visit_remove) } }
            }
        }
        h2.apart { (words.visit_more) }
        (fields(&blank))
        section.row {
            h2 { (words.now) }
            ol { @for step in [words.now_1, words.now_2, words.now_3] { li { (step) } } }
        }
    }
}
