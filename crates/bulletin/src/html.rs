//! Blocks as HTML.

use maud::{Markup, html};
use payamgir_text::{Lang, digits};

use crate::block::{Block, Body, Inline, Line};

/// Where a body's notes are linked: one page may hold many bodies.
#[derive(Clone, Copy)]
pub(crate) struct Notes<'a> {
    /// What the ids of this body begin with.
    pub(crate) prefix: &'a str,
    pub(crate) lang: Lang,
    /// The level of the title above the body: its own headings are below that.
    pub(crate) under: u8,
}

/// A body with its notes beneath.
pub(crate) fn body(body: &Body, notes: Notes<'_>) -> Markup {
    html! {
        (blocks(&body.blocks, notes))
        @if !body.notes.is_empty() {
            section.notes role="doc-endnotes" aria-label=(if notes.lang == Lang::Fa { "یادداشت‌ها" } else { "Notes" }) {
                ol {
                    @for (at, note) in body.notes.iter().enumerate() {
                        li id={ (notes.prefix) "n" (at + 1) } {
                            p { (inlines(note, notes)) " "
                                a.back href={ "#" (notes.prefix) "r" (at + 1) } role="doc-backlink" aria-label=(back(notes.lang)) { "↩︎" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn back(lang: Lang) -> &'static str {
    if lang == Lang::Fa { "بازگشت به متن" } else { "Back to the text" }
}

/// Blocks without notes beneath.
pub(crate) fn blocks(all: &[Block], notes: Notes<'_>) -> Markup {
    html! { @for block in all { (one(block, notes)) } }
}

fn one(block: &Block, notes: Notes<'_>) -> Markup {
    match block {
        Block::Paragraph { dir, c } => html! { p dir=(dir.word()) { (inlines(c, notes)) } },
        Block::Heading { level, dir, c } => {
            heading(level - 1 + notes.under, dir.word(), &inlines(c, notes))
        }
        Block::Quote { c } => html! { blockquote { (blocks(c, notes)) } },
        Block::Poem { c } => poem(c),
        Block::List { ordered: true, start, c } => html! {
            ol start=[(*start != 1).then_some(start)] { (entries(c, notes)) }
        },
        Block::List { c, .. } => html! { ul { (entries(c, notes)) } },
        Block::Rule => html! { hr; },
    }
}

/// A heading of a level from 1 to 4.
pub(crate) fn heading(level: u8, dir: &str, words: &Markup) -> Markup {
    match level {
        1 => html! { h1 dir=(dir) { (words) } },
        2 => html! { h2 dir=(dir) { (words) } },
        3 => html! { h3 dir=(dir) { (words) } },
        _ => html! { h4 dir=(dir) { (words) } },
    }
}

fn entries(all: &[Vec<Block>], notes: Notes<'_>) -> Markup {
    html! { @for entry in all { li { (blocks(entry, notes)) } } }
}

/// A bayt is one line of two halves where there is room, two lines where there is not; who hears or
/// copies it has a space between them.
fn poem(lines: &[Line]) -> Markup {
    html! {
        div.poem {
            @for line in lines {
                @match line {
                    Line::Bayt { a, b } if b.is_empty() => p.lone { (a) },
                    Line::Bayt { a, b } => p.bayt { span { (a) } " " span { (b) } },
                    Line::Gap { .. } => div.gap {},
                }
            }
        }
    }
}

fn inlines(all: &[Inline], notes: Notes<'_>) -> Markup {
    html! { @for inline in all { (inline_one(inline, notes)) } }
}

fn inline_one(inline: &Inline, notes: Notes<'_>) -> Markup {
    match inline {
        Inline::Text { s } => html! { (s) },
        Inline::Em { c } => html! { em { (inlines(c, notes)) } },
        Inline::Strong { c } => html! { strong { (inlines(c, notes)) } },
        Inline::Link { href, c } => {
            html! { a href=(href) rel="noreferrer" { (inlines(c, notes)) } }
        }
        Inline::Break => html! { br; },
        Inline::Note { n, again } => html! {
            sup { a id=[(!again).then(|| format!("{}r{n}", notes.prefix))] href={ "#" (notes.prefix) "n" (n) } role="doc-noteref" {
                (digits::localize(&n.to_string(), notes.lang))
            } }
        },
    }
}
