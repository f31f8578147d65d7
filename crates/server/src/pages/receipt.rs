//! Receipts: asked for in the form, shown once, and checked on a page of their own.

use maud::{Markup, html};

use super::layout::{Frame, address, page, unkept};
use super::words::fill;
use super::{Given, Language, Site};

/// Groups of digits in a receipt.
const GROUPS: usize = 10;

/// What became of a receipt that was checked.
pub enum Checked {
    /// They are not its digits.
    Misread,
    /// There is no such receipt here.
    Unknown,
    /// It is not published yet; in so many minutes.
    Waits(u64),
    /// It is not published, nor will be.
    Never,
    /// The proofs, and of how many parts.
    In(String, u64),
}

/// Where receipts of `lang` are checked.
pub(super) fn receipt_address(lang: &Language) -> String {
    format!("{}receipt", address(lang))
}

/// The row of the form in which one is asked for.
pub(super) fn receipt_row(lang: &Language, chosen: bool) -> Markup {
    let words = &lang.words;
    html! {
        div.row {
            h2 { (words.receipt) }
            div {
                p.hint { (words.receipt_hint) }
                details open[chosen] {
                    summary { (words.receipt_show) }
                    p.hint { (words.receipt_danger) " " (words.receipt_take) }
                    label.check { input type="checkbox" name="receipt" value="1" checked[chosen]; " " (words.receipt_choose) }
                }
            }
        }
    }
}

/// The receipt of what was sent just now.
pub(super) fn given(given: &Given, whole: bool, lang: &Language) -> Markup {
    match given {
        Given::No => html! {},
        Given::Failed => html! { p.alert { (lang.words.receipt_none) } },
        Given::Code(code, minutes) => yours(code, (&lang.number(*minutes), !whole), lang),
    }
}

/// The same, to be filled in: its digits and the minutes until it can be checked; `part` where more is to come.
pub(super) fn yours(code: &str, (minutes, part): (&str, bool), lang: &Language) -> Markup {
    let words = &lang.words;
    html! {
        section.row data-receipt {
            h2 { (words.receipt_yours) }
            div {
                (groups(code, lang))
                p { (words.receipt_where) " " a href=(receipt_address(lang)) { (words.receipt_check) } }
                p data-more hidden[!part] { (words.receipt_part) }
                p data-wait { (fill(words.receipt_when, &[("{n}", minutes)])) }
                p.hint { (words.receipt_danger) " " (words.receipt_leave) }
            }
        }
    }
}

/// The digits in numbered groups: read from the right or the left, their order is not in doubt.
fn groups(code: &str, lang: &Language) -> Markup {
    let code = lang.localize(code);
    let groups = if code.is_empty() { vec![""; GROUPS] } else { code.split('-').collect() };
    html! { ol.eight { @for group in groups { li { bdi dir="ltr" { (group) } } } } }
}

/// The page on which one is checked; above the form, what was found.
pub fn receipt(site: &Site, lang: &Language, checked: Option<(&str, &Checked)>) -> Markup {
    let words = &lang.words;
    let event = checked.map(|(_, checked)| said(checked, lang).0);
    let frame = Frame { site, lang, event, switch: checked.is_none(), script: true };
    let typed = match checked {
        Some((typed, Checked::Misread | Checked::Unknown)) => typed,
        _ => "",
    };
    let wrong = !typed.is_empty();
    let main = html! {
        div data-found {
            @match checked {
                Some((_, checked)) => (found(checked, lang)),
                None => { h1 { (words.receipt_check) } p.lead { (words.receipt_lead) } }
            }
        }
        form method="post" action=(receipt_address(lang)) accept-charset="utf-8" autocomplete="off" data-check {
            (unkept())
            div.row {
                div { label for="receipt" { (words.receipt_digits) } }
                textarea.short name="receipt" id="receipt" rows="3" dir="ltr" maxlength="256" inputmode="numeric"
                    autocomplete="off" spellcheck="false" aria-invalid=[wrong.then_some("true")] {
                    "\n" (typed)
                }
            }
            p.row { button { (words.receipt_button) } }
        }
        section.row {
            h2 { (words.door_sees) }
            p { (words.receipt_sees) }
        }
        @if checked.is_some() {
            section.row {
                h2 { (words.now) }
                ol { @for step in [words.now_1, words.now_2, words.now_3] { li { (step) } } }
            }
        }
        p { a.more href=(address(lang)) { (words.home) } }
    };
    page(&frame, &main)
}

fn said<'a>(checked: &Checked, lang: &'a Language) -> (&'a str, &'a str) {
    let words = &lang.words;
    match checked {
        Checked::Misread => (words.receipt_misread, words.receipt_misread_told),
        Checked::Unknown => (words.receipt_unknown, words.receipt_unknown_told),
        Checked::Never => (words.receipt_never, words.receipt_never_told),
        Checked::Waits(_) => (words.receipt_waits, words.receipt_waits_told),
        Checked::In(..) => (words.receipt_in, words.receipt_in_told),
    }
}

fn found(checked: &Checked, lang: &Language) -> Markup {
    let (what, told) = said(checked, lang);
    let number = match checked {
        Checked::Waits(number) | Checked::In(_, number) => lang.number(*number),
        _ => String::new(),
    };
    html! {
        h1 { (what) }
        p.lead { (fill(told, &[("{n}", &number)])) }
        @if let Checked::In(proofs, _) = checked {
            p { (lang.words.receipt_server) " " (lang.words.receipt_desk) }
            details {
                summary { (lang.words.receipt_proof) }
                p.hint { (lang.words.receipt_proof_told) }
                pre dir="ltr" tabindex="0" { (proofs) }
            }
        }
    }
}
