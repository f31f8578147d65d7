//! The reading list for the hall: one file that scrolls by itself, works with no network, and without
//! its script is a calm text in large type.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use payamgir_wire::edition::Id;
use sha2::{Digest, Sha256};

use crate::block::Dir;
use crate::html::{Notes, blocks};
use crate::letters::{direction_of, frame, tidy};
use crate::press::{Press, Refused};
use crate::site::shelf::Shelf;
use crate::site::{Shown, assets};
use crate::subtitles::{self, Cue};
use payamgir_text::Lang;

const STYLE: &str = include_str!("../hall/hall.css");
/// The script, in the order in which its parts stand: each uses those before it.
const SCRIPT: [&str; 12] = [
    include_str!("../hall/core.js"),
    include_str!("../hall/page.js"),
    include_str!("../hall/memory.js"),
    include_str!("../hall/lines.js"),
    include_str!("../hall/motion.js"),
    include_str!("../hall/view.js"),
    include_str!("../hall/dialogs.js"),
    include_str!("../hall/link.js"),
    include_str!("../hall/audience.js"),
    include_str!("../hall/acts.js"),
    include_str!("../hall/keys.js"),
    include_str!("../hall/start.js"),
];
const WORDS_FA: &str = include_str!("../hall/words.fa.json");
const WORDS_EN: &str = include_str!("../hall/words.en.json");

/// The hall's page, and the content security policy that lets nothing run but its own script.
pub struct Page {
    /// The page.
    pub html: Vec<u8>,
    /// The policy.
    pub policy: String,
}

/// The reading list of an edition in a language.
///
/// # Errors
///
/// As of [`crate::build`].
pub fn page(press: &Press<'_>, edition: &Id, lang: &str) -> Result<Page, Refused> {
    let shelf = Shelf::new(press)?;
    let at = place(press, edition)?;
    let reading = shelf.reading(at, lang);
    let heading = shelf.heading(at, lang);
    let lang = &*heading.lang;
    let key: [u8; 32] = Sha256::digest(format!("{edition} {lang}")).into();
    let key = payamgir_wire::hex::Hex(key);
    let style = format!("{}\n{STYLE}", face());
    let policy = policy(&script());
    let (script, words) = (script(), if frame(lang) == Lang::Fa { WORDS_FA } else { WORDS_EN });
    let markup = html! {
        (DOCTYPE)
        html.hall lang=(lang) dir=(Dir(direction_of(lang)).word()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy);
                title { (heading.title) }
                style { (PreEscaped(&style)) }
            }
            body data-edition=(key) {
                header.cover { h1 { (tidy(&heading.title)) } @if !heading.cover.is_empty() { p { (tidy(&heading.cover)) } } }
                main { @for id in &reading { (article(&shelf, id)) } }
                script type="application/json" id="words" { (PreEscaped(words.replace('<', "\\u003c"))) }
                script { (PreEscaped(&script)) }
            }
        }
    };
    let policy = format!("{policy}; frame-ancestors 'none'");
    Ok(Page { html: markup.into_string().into_bytes(), policy })
}

/// The font within the page.
fn face() -> String {
    let font = data_encoding::BASE64.encode(assets::FONT);
    format!(
        "@font-face{{font-family:Vazirmatn;font-weight:100 900;src:url(data:font/woff2;base64,{font}) format(\"woff2\")}}"
    )
}

fn script() -> String {
    format!("(() => {{\n\"use strict\";\n{}}})();\n", SCRIPT.join("\n"))
}

fn policy(script: &str) -> String {
    let hash = data_encoding::BASE64.encode(&Sha256::digest(script));
    format!(
        "default-src 'none'; script-src 'sha256-{hash}'; style-src 'unsafe-inline'; font-src data:; \
         img-src data:; base-uri 'none'; form-action 'none'"
    )
}

/// An item, with its translation beside it where there is one.
fn article(shelf: &Shelf<'_>, id: &Id) -> Markup {
    let shown = Shown::of(shelf, id);
    let other = shelf.versions(id).into_iter().next().map(|other| Shown::of(shelf, &other));
    let other = other.filter(|other| other.withdrawn.is_none() && shown.withdrawn.is_none());
    html! {
        article id={ "i-" (shown.lang) "-" (shown.slug) } lang=(shown.lang) dir=(shown.dir()) {
            h2 { (tidy(shown.title)) }
            @if !shown.byline.name().is_empty() { p.byline { (tidy(shown.byline.name())) } }
            div.words { (words(&shown)) }
            @if let Some(other) = &other {
                div.translation lang=(other.lang) dir=(other.dir()) {
                    h2 { (tidy(other.title)) }
                    div.words { (words(other)) }
                }
            }
        }
    }
}

/// What is read: the words without notes; of what was taken back, that it was.
fn words(shown: &Shown<'_>) -> Markup {
    if let Some((_, reason)) = shown.withdrawn {
        return html! { p dir="auto" { (tidy(reason)) } };
    }
    let read = shown.read();
    let notes = Notes { prefix: "", lang: frame(shown.lang), under: 2 };
    blocks(&crate::block::without_notes(&read.blocks), notes)
}

fn place(press: &Press<'_>, edition: &Id) -> Result<usize, Refused> {
    press.editions.iter().position(|(id, _)| id == edition).ok_or(Refused::Nothing)
}

/// Cues of an edition as it is read in a language, one item after the other.
///
/// # Errors
///
/// As of [`crate::build`].
pub fn cues(press: &Press<'_>, edition: &Id, lang: &str, pace: u32) -> Result<Vec<Cue>, Refused> {
    let shelf = Shelf::new(press)?;
    let at = place(press, edition)?;
    let mut all: Vec<Cue> = vec![];
    for id in shelf.reading(at, lang) {
        let shown = Shown::of(&shelf, &id);
        if shown.withdrawn.is_some() {
            continue;
        }
        let start = all.last().map_or(0, |last| last.end + PAUSE);
        let own = subtitles::cues(shown.title, &shown.read(), pace).into_iter();
        all.extend(own.map(|cue| Cue { start: cue.start + start, end: cue.end + start, ..cue }));
    }
    Ok(all)
}

/// Silence between items, in milliseconds.
const PAUSE: u64 = 3_000;
