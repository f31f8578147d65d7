//! The courier's page: sealed files are handed in, and what is said of them.

use maud::{Markup, html};

use super::form::{offers_turn, pass_row, turn_act};
use super::layout::{Frame, address, page, unkept};
use super::words::{Words, fill};
use super::{Carried, Language, Problem, Site};
use crate::sealed::Tally;

/// Where sealed files are handed in.
pub(super) fn carry_address(lang: &Language) -> String {
    format!("{}carry", address(lang))
}

/// The form; above it, what became of what was handed in. `passes` where the desk has given out passes.
pub fn carry((site, passes): (&Site, bool), lang: &Language, carried: &Carried) -> Markup {
    let (words, tally) = (&lang.words, carried.tally.as_ref());
    let problem = tally.and_then(|tally| tally.problem);
    let event = tally.map(|tally| {
        if problem.is_some() && tally.is_nothing() {
            words.carried_none
        } else {
            heading(words, tally)
        }
    });
    let frame = Frame { site, lang, event, switch: tally.is_none(), script: false };
    let main = html! {
        @if let Some(tally) = tally { (became(site, lang, tally, carried)) } @else {
            h1 { (words.carry) }
            p.lead { (words.carry_lead) }
            p { (words.carry_safe) }
        }
        form method="post" action=(carry_address(lang)) enctype="multipart/form-data" autocomplete="off" {
            (unkept())
            @if !carried.turn.0.is_empty() { input type="hidden" name="turn" value=(carried.turn.0); }
            @if passes { (pass_row(lang, problem, &carried.pass)) }
            div.row {
                div { label for="files" { (words.carry_files) } p.hint #files-hint { (words.carry_files_hint) } }
                input type="file" name="files" id="files" multiple aria-describedby="files-hint";
            }
            div.row {
                div { label for="text" { (words.carry_block) } p.hint #text-hint { (words.carry_block_hint) } }
                textarea.short name="text" id="text" rows="4" dir="ltr" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="text-hint" { "\n" (*carried.text) }
            }
            p.row { button { (words.carry_send) } }
        }
        p { a.more href=(address(lang)) { (words.home) } }
    };
    page(&frame, &main)
}

fn became(site: &Site, lang: &Language, tally: &Tally, carried: &Carried) -> Markup {
    let words = &lang.words;
    let lines = [
        (words.carried_new, tally.new, false),
        (words.carried_known, tally.known, false),
        (words.carried_other, tally.other, true),
        (words.carried_damaged, tally.damaged, true),
    ];
    html! {
        @if let Some(problem) = tally.problem { (troubled(site, lang, problem, (tally, carried))) } @else {
            h1 { (heading(words, tally)) }
        }
        @if !tally.is_nothing() {
            ul.parts {
                @for (template, n, bad) in lines {
                    @if n > 0 || (!bad && template == words.carried_new) { (line(template, n, lang)) }
                }
            }
            p { @if tally.is_fine() { (words.carried_done) } @else { (words.carried_again) } }
        }
    }
}

fn heading(words: &Words, tally: &Tally) -> &'static str {
    match tally {
        tally if tally.is_fine() => words.carried,
        tally if tally.is_nothing() => words.carried_empty,
        _ => words.carried_part,
    }
}

/// A count at the end of its line.
fn line(template: &str, count: u64, lang: &Language) -> Markup {
    let what = fill(template, &[("{n}", "")]);
    html! { li { span { (what.trim_end().trim_end_matches(':')) } " " b { (lang.number(count)) } } }
}

/// Why not all was taken, and what to do.
fn troubled(
    site: &Site,
    lang: &Language,
    problem: Problem,
    (tally, carried): (&Tally, &Carried),
) -> Markup {
    let words = &lang.words;
    let said = words.problem(problem);
    let (turn, wait) = &carried.turn;
    html! {
        div.alert role="alert" tabindex="-1" aria-labelledby="alert" {
            h1 #alert { @if tally.is_nothing() { (words.carried_none) } @else { (words.carried_part) } }
            p { (site.limits(said.what, lang)) ". " (turn_act(said.act, *wait, (site, lang))) }
            @if offers_turn(problem) && !turn.is_empty() { p { (words.turn_act) } }
            p { (words.choose_again) }
        }
    }
}

impl Tally {
    /// Whether there was no sealed message.
    pub(crate) fn is_nothing(&self) -> bool {
        self.new + self.known + self.other + self.damaged == 0
    }

    /// Whether all that was handed in is in the log.
    fn is_fine(&self) -> bool {
        self.problem.is_none() && self.other == 0 && self.damaged == 0 && self.new + self.known > 0
    }
}
