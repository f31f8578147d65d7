//! The form, and the form again when nothing was taken.

use maud::{Markup, html};
use payamgir_dropbox::{Codename, WORDS};
use payamgir_text::bytewords;
use payamgir_wire::Hash;

use super::layout::{Frame, address, page, unkept};
use super::receipt::{receipt_address, receipt_row};
use super::returning::{Eight, answer_row, answers_address};
use super::spliced::Spliced;
use super::ways::ways;
use super::words::{Said, Words, fill};
use super::{Kept, Language, Problem, Site};

/// No page has this character.
const MARK: &str = "\0";

/// The page a source opens first, made once but for the eight words, which are new each time.
pub struct Form(Spliced);

impl Form {
    /// Makes the page of one language; `passes` where the desk has given out passes.
    pub fn new(site: &Site, lang: &Language, epoch: &Hash, passes: bool) -> Self {
        let eight = Eight { words: [MARK; WORDS], text: MARK, chosen: false, known: false };
        Self(Spliced::new(&form(site, lang, (eight, passes), epoch).into_string(), MARK))
    }

    /// The page with these words, as it is or as gzip: once as they are sent, and then each as it is shown.
    pub fn page(&self, codename: &Codename, gzip: bool) -> Vec<u8> {
        let text = codename.text();
        let words: Vec<&str> = std::iter::once(&**text).chain(codename.words()).collect();
        if gzip { self.0.gzip(&words) } else { self.0.plain(&words).into_bytes() }
    }
}

fn form(site: &Site, lang: &Language, (eight, passes): (Eight<'_>, bool), epoch: &Hash) -> Markup {
    let (words, pass) = (&lang.words, passes.then_some(""));
    let frame = Frame { site, lang, event: None, switch: true, script: true };
    let main = html! {
        h1 { (words.heading) }
        p.lead { (words.lead) }
        p { (words.sealed) " " (words.decides) }
        p { a href=(answers_address(lang)) { (words.came_back) } }
        @if site.receipts { p { a href=(receipt_address(lang)) { (words.came_receipt) } } }
        (fields(&Fields { cautions: true, eight: Some(eight), pass, ..Fields::blank(site, lang) }))
        section.row {
            h2 { (words.key) }
            div {
                p { bdi { (fingerprint(epoch, lang)) } }
                p.hint { (words.key_told) }
            }
        }
        section.row {
            h2 { (words.apart_ways) }
            div {
                p { (words.apart_ways_told) }
                p { a href=(format!("{}offline.html", address(lang))) { (words.offline) } }
                p { a href=(format!("{}carry", address(lang))) { (words.carry) } }
            }
        }
        (ways(&site.ways, lang))
    };
    page(&frame, &main)
}

/// The desk's present key in words: the first eight bytes of its hash.
pub(super) fn fingerprint(epoch: &Hash, lang: &Language) -> String {
    let words: Vec<&str> =
        epoch.0[..8].iter().map(|byte| bytewords::word(*byte, lang.near)).collect();
    words.join(" ")
}

/// The form again: nothing was taken. `passes` where the desk has given out passes.
pub fn refused(
    site: &Site,
    lang: &Language,
    (problem, passes): (Problem, bool),
    kept: &Kept,
) -> Markup {
    let words = &lang.words;
    let text = kept.codename.as_ref().map(Codename::text).unwrap_or_default();
    let pass = passes.then_some(&**kept.pass);
    let fresh = Fields {
        problem: Some(problem),
        cautions: true,
        ..Fields::of(kept, &text, pass, (site, lang))
    };
    let event = match problem {
        Problem::Repeated => words.repeated,
        _ => words.refused,
    };
    let frame = Frame { site, lang, event: Some(event), switch: false, script: true };
    let main = html! {
        (summary(&fresh, problem))
        h1 { (words.heading) }
        (fields(&fresh))
    };
    page(&frame, &main)
}

/// What the form's fields are drawn from.
pub(super) struct Fields<'a> {
    pub site: &'a Site,
    pub lang: &'a Language,
    pub kept_text: &'a str,
    pub continues: Option<&'a str>,
    pub eight: Option<Eight<'a>>,
    pub problem: Option<Problem>,
    /// By which it is let in a little later, and in how many seconds; empty where it need not be.
    pub turn: (&'a str, u64),
    /// Whether a receipt is asked for.
    pub receipt: bool,
    /// Where a pass is asked for, what is in the field.
    pub pass: Option<&'a str>,
    /// Whether to say what the page cannot protect from.
    pub cautions: bool,
}

impl<'a> Fields<'a> {
    /// Empty fields.
    pub(super) const fn blank(site: &'a Site, lang: &'a Language) -> Self {
        Self {
            site,
            lang,
            kept_text: "",
            continues: None,
            eight: None,
            problem: None,
            turn: ("", 0),
            receipt: false,
            pass: None,
            cautions: false,
        }
    }

    /// With what a form had in it; `text` is its codename's.
    pub(super) fn of(
        kept: &'a Kept,
        text: &'a str,
        pass: Option<&'a str>,
        (site, lang): (&'a Site, &'a Language),
    ) -> Self {
        let eight = kept.codename.as_ref().map(|codename| Eight {
            words: codename.words(),
            text,
            chosen: kept.answerable,
            known: kept.returns,
        });
        Self {
            eight,
            kept_text: &kept.text,
            receipt: kept.receipt,
            continues: kept.continues.as_deref(),
            turn: (&kept.turn.0, kept.turn.1),
            pass,
            ..Self::blank(site, lang)
        }
    }

    /// The words beside `field`, when the problem lies there.
    fn trouble(&self, field: Field) -> Option<String> {
        let problem = self.problem.filter(|p| Field::at_fault(*p) == Some(field))?;
        let said = self.lang.words.problem(problem);
        Some(self.site.limits(said.what, self.lang))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Text,
    Files,
    Pass,
}

impl Field {
    const fn at_fault(problem: Problem) -> Option<Self> {
        match problem {
            Problem::Empty | Problem::TextTooLong | Problem::DamagedBlock | Problem::OtherDesk => {
                Some(Self::Text)
            }
            Problem::TooManyFiles | Problem::FileTooLarge | Problem::TooMuch => Some(Self::Files),
            Problem::WrongPass | Problem::MisreadPass => Some(Self::Pass),
            _ => None,
        }
    }
}

/// The form itself. The token, the text and the codename stand before the files: the server seals fields as they come.
pub(super) fn fields(f: &Fields<'_>) -> Markup {
    let words = &f.lang.words;
    html! {
        form method="post" action=(address(f.lang)) enctype="multipart/form-data" accept-charset="utf-8"
            autocomplete="off" data-seal {
            (unkept())
            @if let Some(token) = f.continues { input type="hidden" name="continues" value=(token); }
            @if !f.turn.0.is_empty() { input type="hidden" name="turn" value=(f.turn.0); }
            (text_row(f))
            @if let Some(eight) = &f.eight { (answer_row(eight, f.lang)) }
            @if f.site.receipts { (receipt_row(f.lang, f.receipt)) }
            @if let Some(pass) = f.pass { (pass_row(f.lang, f.problem, pass)) }
            (files_row(f))
            @if f.cautions { (cautions(words)) }
            div.row { div { p.hint #way { (words.way_plain) } button { (words.send) } } }
        }
    }
}

fn text_row(f: &Fields<'_>) -> Markup {
    let words = &f.lang.words;
    let trouble = f.trouble(Field::Text);
    // Twice the limit: at the limit itself a browser cuts a pasted text without a word.
    let most = f.site.text_chars.saturating_mul(2);
    html! {
        div.row {
            div {
                label for="text" { (words.text) }
                p.hint #text-hint { (f.site.limits(words.text_hint, f.lang)) }
            }
            div {
                (beside("text-error", trouble.as_deref()))
                textarea name="text" id="text" dir="auto" rows="7" maxlength=(most) placeholder=" "
                    autocomplete="off" spellcheck="false" aria-invalid=[trouble.as_ref().map(|_| "true")]
                    aria-describedby=(described(trouble.is_some(), "text-error", "text-hint")) {
                    // A browser drops one line feed here; this one, not the source's.
                    "\n" (f.kept_text)
                }
            }
        }
    }
}

fn files_row(f: &Fields<'_>) -> Markup {
    let words = &f.lang.words;
    let trouble = f.trouble(Field::Files);
    html! {
        div.row {
            div {
                label for="files" { (words.files) }
                p.hint #files-hint { (f.site.limits(words.files_hint, f.lang)) }
            }
            div {
                (beside("files-error", trouble.as_deref()))
                input type="file" name="files" id="files" multiple
                    aria-invalid=[trouble.as_ref().map(|_| "true")]
                    aria-describedby=(described(trouble.is_some(), "files-error", "files-hint"));
                p.hint { (words.files_note) }
            }
        }
    }
}

/// Whether a pass would have helped.
fn helps(problem: Problem) -> bool {
    matches!(problem, Problem::Flooded | Problem::TooEarly | Problem::Full)
}

/// Where a pass is typed in; open where it would have helped.
pub(super) fn pass_row(lang: &Language, problem: Option<Problem>, pass: &str) -> Markup {
    let words = &lang.words;
    let wrong = matches!(problem, Some(Problem::WrongPass | Problem::MisreadPass));
    let open = wrong || problem.is_some_and(helps) || !pass.is_empty();
    html! {
        div.row {
            h2 { (words.pass) }
            details open[open] {
                summary { (words.pass_show) }
                p.hint #pass-hint { (words.pass_hint) }
                input type="text" name="pass" id="pass" value=(pass) aria-label=(words.pass) aria-describedby="pass-hint"
                    aria-invalid=[wrong.then_some("true")]
                    dir="ltr" inputmode="numeric" maxlength="100" autocomplete="off" spellcheck="false";
            }
        }
    }
}

fn cautions(words: &Words) -> Markup {
    html! {
        section.row {
            h2 { (words.cannot) }
            dl {
                @for (term, told) in words.cannot_notes() {
                    div data-plain[term == words.cannot_arriving] { dt { (term) } dd { (told) } }
                }
            }
        }
    }
}

fn beside(id: &str, trouble: Option<&str>) -> Markup {
    html! {
        @if let Some(trouble) = trouble { p.error id=(id) { (trouble) } }
    }
}

fn described(troubled: bool, error: &str, hint: &str) -> String {
    if troubled { format!("{error} {hint}") } else { hint.to_owned() }
}

/// What happened and what to do, above everything, with a link to the field it is about.
fn summary(f: &Fields<'_>, problem: Problem) -> Markup {
    let words = &f.lang.words;
    let Said { what, act } = words.problem(problem);
    let target = match Field::at_fault(problem) {
        Some(Field::Files) => "#files",
        Some(Field::Pass) => "#pass",
        _ => "#text",
    };
    // What was sent already has arrived, as far as this page knows.
    let heading = if problem == Problem::Repeated { what } else { words.refused };
    html! {
        div.alert role="alert" tabindex="-1" aria-labelledby="alert" {
            h2 #alert { (heading) }
            @if problem != Problem::Repeated { p { a href=(target) { (f.site.limits(what, f.lang)) } } }
            p { (turn_act(act, f.turn.1, (f.site, f.lang))) }
            @if offers_turn(problem) && !f.turn.0.is_empty() { p { (words.turn_act) } }
            @if helps(problem) && f.pass.is_some() { p { (words.pass_helps) } }
            @if f.continues.is_some() { p { (words.earlier) } }
            @if problem != Problem::Empty {
                p {
                    @if !f.kept_text.is_empty() { (words.kept) " " }
                    (words.choose_again)
                }
            }
        }
    }
}

/// What to do, with the seconds until the turn.
pub(super) fn turn_act(act: &str, seconds: u64, (site, lang): (&Site, &Language)) -> String {
    fill(&site.limits(act, lang), &[("{n}", &lang.number(seconds))])
}

/// Whether a turn is told of beside what to do about a pass.
pub(super) const fn offers_turn(problem: Problem) -> bool {
    matches!(problem, Problem::WrongPass | Problem::MisreadPass)
}
