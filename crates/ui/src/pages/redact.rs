//! Choosing what of a text is hidden: word by word, by what was found, or by selecting.

use maud::{Markup, html};
use payamgir_redact::{Find, HIDDEN, Span, pieces};

use super::frame::sheet;
use crate::handlers::Room;
use crate::handlers::redact::{Chosen, Failed};
use crate::place::Place;

/// A stretch of the text: a word, something that was found, or what stands between.
struct Stretch {
    start: usize,
    end: usize,
    found: Option<usize>,
    word: bool,
}

/// The page.
pub(crate) fn redact(room: &Room, chosen: &Chosen) -> Markup {
    let say = room.say;
    let action = format!("/{}/redact/{}", say.lang.code(), chosen.record);
    let place = Place { c: Some(chosen.conversation), ..Place::default() };
    let content = html! {
        p { a href=(place.href(say.lang)) data-action="back" { (say.t("‹ گفت‌وگو", "‹ Conversation")) } }
        h1 { (say.t("پوشاندن متن", "Hide words")) }
        p.lead {
            (say.t("روی هر واژه بزنید تا پنهان شود. ", "Tick what is to be hidden. "))
            span.js-only { (say.t("یا تکه‌ای از متن را برگزینید و «پنهان کن» را بزنید. ", "Or select a stretch and press “Hide”. ")) }
            (say.t("زیر آنچه خودمان یافتیم خط‌چین است. اصل پیام دست نمی‌خورد.", "What we found ourselves is underlined. The original stays as it is."))
        }
        @if let Some(failed) = chosen.failed {
            p.flag role="alert" { (match failed {
                Failed::Meanwhile => say.t("نگه داشته نشد: کسی در این میان چیز دیگری را پوشانده است. به گفت‌وگو نگاه کنید؛ اگر همین را می‌خواهید دوباره «نگه‌دار» را بزنید.", "Not kept: somebody hid something else meanwhile. Look at the conversation; if this is what you want, press Keep again."),
                Failed::NotDone => say.t("نگه داشته نشد: نقش شما چنین اجازه‌ای ندارد، یا روی این رایانه نوشته نشد.", "Not kept: your role does not allow it, or it could not be written on this machine."),
            }) }
        }
        form.redact action=(action) method="post" data-redact autocomplete="off" {
            input type="hidden" name="kept" value=(chosen.kept);
            (text(room, chosen))
            div.side {
                h2 { (say.t("پنهان می‌شود", "To be hidden")) }
                ul #chosen .chosen data-drop=(say.t("برگردان", "Show")) { (list(chosen)) }
                button.js-only type="button" data-hide { (say.t("پنهان کن آنچه برگزیده‌ام", "Hide what I selected")) }
                p.tools {
                    button name="do" value="preview" { (say.t("پیش‌نمایش", "Preview")) } " "
                    button.primary name="do" value="keep" { (say.t("نگه‌دار", "Keep")) }
                }
            }
        }
        section #preview .preview aria-labelledby="preview-title" {
            h2 #preview-title { (say.t("پیش‌نمایش", "Preview")) }
            (preview(room, chosen))
        }
    };
    sheet(
        room,
        (say.t("پوشاندن متن", "Hide words"), &format!("redact/{}", chosen.record)),
        &content,
    )
}

/// Nothing but the text's own characters stands in the element: scripts count in it.
fn text(room: &Room, chosen: &Chosen) -> Markup {
    let say = room.say;
    let all = stretches(&chosen.text, &chosen.finds, &chosen.spans);
    let mut at = 0;
    html! {
        div #redact-text .redact-text.words dir="auto" {
            @for stretch in &all {
                @let piece = &chosen.text[stretch.start..stretch.end];
                @let span = { let start = at; at += piece.chars().count() as u32; Span { start, end: at } };
                @if stretch.word {
                    @let kind = stretch.found.map(|find| chosen.finds[find].what.word(say.lang));
                    label.span data-kind=[kind] {
                        input type="checkbox" name="span" value={ (span.start) "-" (span.end) } checked[hides(&chosen.spans, span)];
                        (piece)
                    }
                } @else { (piece) }
            }
        }
    }
}

fn hides(spans: &[Span], part: Span) -> bool {
    spans.iter().any(|span| span.start <= part.start && part.end <= span.end)
}

/// The text cut at blanks, at what was found and at what is hidden: whatever is hidden is whole
/// stretches, so that it stays ticked.
fn stretches(text: &str, finds: &[Find], spans: &[Span]) -> Vec<Stretch> {
    let edges: Vec<usize> = spans
        .iter()
        .filter_map(|span| payamgir_redact::bytes(text, *span).ok())
        .flat_map(|range| [range.start, range.end])
        .collect();
    let whole = at_words(text, finds);
    whole.into_iter().flat_map(|stretch| cut(stretch, &edges)).collect()
}

/// A stretch cut at the edges within it.
fn cut(stretch: Stretch, edges: &[usize]) -> Vec<Stretch> {
    let within = edges.iter().copied().filter(|at| stretch.start < *at && *at < stretch.end);
    let mut ends: Vec<usize> = within.chain([stretch.end]).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut start = stretch.start;
    ends.into_iter()
        .map(|end| {
            let piece = Stretch { start, end, found: stretch.found, word: stretch.word };
            start = end;
            piece
        })
        .collect()
}

fn at_words(text: &str, finds: &[Find]) -> Vec<Stretch> {
    let mut out = vec![];
    let mut at = 0;
    for (n, find) in finds.iter().enumerate() {
        words(text, at, find.start, &mut out);
        out.push(Stretch { start: find.start, end: find.end, found: Some(n), word: true });
        at = find.end;
    }
    words(text, at, text.len(), &mut out);
    out
}

fn words(text: &str, from: usize, to: usize, out: &mut Vec<Stretch>) {
    let mut start = from;
    let mut blank: Option<bool> = None;
    for (at, c) in text[from..to].char_indices() {
        let now = c.is_whitespace();
        if blank.is_some_and(|blank| blank != now) {
            out.push(Stretch { start, end: from + at, found: None, word: blank == Some(false) });
            start = from + at;
        }
        blank = Some(now);
    }
    if start < to {
        out.push(Stretch { start, end: to, found: None, word: blank == Some(false) });
    }
}

fn list(chosen: &Chosen) -> Markup {
    let chars: Vec<char> = chosen.text.chars().collect();
    let words =
        |span: &Span| -> String { chars[span.start as usize..span.end as usize].iter().collect() };
    html! { @for span in &chosen.spans { li { bdi { (words(span)) } } } }
}

fn preview(room: &Room, chosen: &Chosen) -> Markup {
    let say = room.say;
    html! {
        @if chosen.fresh { p.hint { (say.t("آنچه یافتیم از پیش برگزیده است؛ تا «نگه‌دار» را نزنید چیزی پوشیده نیست.", "What we found is chosen beforehand; nothing is hidden until you press “Keep”.")) } }
        @match pieces(&chosen.text, &chosen.spans) {
            Ok(all) => {
                div.words { p dir="auto" {
                    @for (hidden, piece) in &all {
                        @if *hidden { span.gone role="img" aria-label=(say.t("پنهان", "hidden")) { (HIDDEN) } } @else { (piece) }
                    }
                } }
            }
            Err(_) => p { (say.t("آنچه برگزیده شده با متن نمی‌خواند.", "What was chosen does not fit the text.")) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use payamgir_redact::find;

    #[test]
    fn the_stretches_are_the_text() {
        for text in ["", " ", "سلام  من\n۰۹۱۲ ۰۰۰ ۰۰۰۰ هستم ", "a@example.org", "x"]
        {
            let length = text.chars().count() as u32;
            let odd = Span { start: length / 3, end: length / 3 + 1 };
            for spans in [vec![], vec![odd]] {
                let all = stretches(text, &find(text, &[]), &spans);
                let joined: String = all.iter().map(|s| &text[s.start..s.end]).collect();
                assert_eq!(joined, text);
            }
        }
    }
}
