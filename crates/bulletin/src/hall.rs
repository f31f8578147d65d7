//! The reading list for the hall: one file that scrolls by itself, works with no network, and without
//! its script is a calm text in large type.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use payamgir_wire::edition::Id;
use sha2::{Digest, Sha256};

use crate::block::{Block, Body, Dir, Inline, without_notes};
use crate::html::{Notes, blocks};
use crate::letters::{direction_of, frame, tidy};
use crate::press::{Press, Refused};
use crate::say::Say;
use crate::site::shelf::Shelf;
use crate::site::{Shown, assets};
use crate::subtitles::{self, Cue};
use payamgir_text::{Lang, direction};

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
    let reading = reading(&shelf, at, lang);
    let heading = shelf.heading(at, lang);
    let (lang, say) = (&*heading.lang, Say::of(&heading.lang));
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
                header.cover { h1 { (say.set(&tidy(&heading.title))) } @if !heading.cover.is_empty() { p { (say.set(&tidy(&heading.cover))) } } }
                main { @for shown in &reading { (article(&shelf, shown)) } }
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

/// An edition's items as they are read out in a language.
fn reading<'a>(shelf: &Shelf<'a>, at: usize, lang: &str) -> Vec<Shown<'a>> {
    let chosen = shelf.reading(at, lang).into_iter().filter_map(|id| standing(shelf, at, id));
    chosen.map(|id| Shown::of(shelf, &id)).collect()
}

/// What is read in an item's place: nothing where it was taken back, or what it translates was; its
/// original where the translation alone was.
fn standing(shelf: &Shelf<'_>, at: usize, id: Id) -> Option<Id> {
    let gone = |id: &Id| shelf.items.get(id).is_some_and(|item| item.withdrawn.is_some());
    let here = |id: &Id| shelf.editions[at].1.items.contains(id);
    let original = shelf.items[&id].translates;
    match (gone(&id), original) {
        (_, Some(of)) if gone(&of) => None,
        (true, of) => of.filter(here),
        (false, _) => Some(id),
    }
}

/// An item, with its translation beside it where there is one that stands.
fn article(shelf: &Shelf<'_>, shown: &Shown<'_>) -> Markup {
    let mut others = shelf.versions(&shown.id).into_iter().map(|id| Shown::of(shelf, &id));
    let other = others.find(|other| other.withdrawn.is_none());
    html! {
        article id={ "i-" (shown.lang) "-" (shown.slug) } lang=(shown.lang) dir=(shown.dir()) {
            (title(shown))
            @if !shown.byline.name().is_empty() { p.byline { (shown.say().set(&tidy(shown.byline.name()))) } }
            div.words { (words(shown)) }
            @if let Some(other) = &other {
                div.translation lang=(other.lang) dir=(other.dir()) {
                    (title(other))
                    div.words { (words(other)) }
                }
            }
        }
    }
}

/// The title, beneath what the item is where it is no source's words.
fn title(shown: &Shown<'_>) -> Markup {
    html! {
        @if let Some(kind) = shown.say().kind(shown.kind) { p.kind { (kind) } }
        h2 { (shown.heading()) }
    }
}

fn words(shown: &Shown<'_>) -> Markup {
    let notes = Notes { prefix: "", lang: frame(shown.lang), under: 2 };
    blocks(&aloud(shown), notes)
}

/// What is read: the words without notes, then those of recordings, each after a line that tells of it.
/// Words that the body has are not read twice.
fn aloud(shown: &Shown<'_>) -> Vec<Block> {
    let mut read = without_notes(&shown.read().blocks);
    for seen in shown.recordings() {
        let heard = seen.heard();
        let known = shown.has(&heard.concat());
        read.push(paragraph(&format!("({})", seen.told(shown.say())), shown));
        let lines = heard.iter().filter(|_| !known);
        read.extend(lines.map(|line| paragraph(line, shown)));
    }
    read
}

fn paragraph(line: &str, shown: &Shown<'_>) -> Block {
    let dir = direction::of(line).unwrap_or(direction_of(shown.lang));
    Block::Paragraph { dir: Dir(dir), c: vec![Inline::text(shown.say().set(line))] }
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
    for shown in reading(&shelf, at, lang) {
        let start = all.last().map_or(0, |last| last.end + PAUSE);
        let body = Body { blocks: aloud(&shown), notes: vec![] };
        let own = subtitles::cues(&shown.heading(), &body, pace).into_iter();
        all.extend(own.map(|cue| Cue { start: cue.start + start, end: cue.end + start, ..cue }));
    }
    Ok(all)
}

/// Silence between items, in milliseconds.
const PAUSE: u64 = 3_000;
