//! Words without marks: for messengers, feeds' summaries, and what a search engine is told.

use crate::block::{Block, Body, Inline, Line, words};

/// A body as paragraphs, each a string; notes follow under their numbers.
pub fn paragraphs(body: &Body) -> Vec<String> {
    let mut out = vec![];
    for block in &body.blocks {
        gather(block, "", &mut out);
    }
    for (at, note) in body.notes.iter().enumerate() {
        out.push(format!("[{}] {}", at + 1, marked(note)));
    }
    out
}

/// What a reader sees of a text in Markdown, and after it where its links lead: what was hidden must
/// not be read in either.
pub fn read(text: &str) -> String {
    let body = crate::markdown::read(text, "");
    let mut out = vec![];
    body.blocks.iter().for_each(|block| bare(block, &mut out));
    out.extend(body.notes.iter().map(|note| words(note)));
    out.extend(crate::block::addresses(&body));
    out.join("\n")
}

/// The same of one block.
pub(crate) fn bare_of(block: &Block) -> String {
    let mut out = vec![];
    bare(block, &mut out);
    out.join("\n")
}

fn bare(block: &Block, out: &mut Vec<String>) {
    match block {
        Block::Paragraph { c, .. } | Block::Heading { c, .. } => out.push(words(c)),
        Block::Quote { c } => c.iter().for_each(|block| bare(block, out)),
        Block::Poem { c } => out.push(poem(c)),
        Block::List { c, .. } => c.iter().flatten().for_each(|block| bare(block, out)),
        Block::Rule => {}
    }
}

fn gather(block: &Block, lead: &str, out: &mut Vec<String>) {
    match block {
        Block::Paragraph { c, .. } | Block::Heading { c, .. } => {
            out.push(format!("{lead}{}", marked(c)))
        }
        Block::Quote { c } => c.iter().for_each(|block| gather(block, lead, out)),
        Block::Poem { c } => out.push(poem(c)),
        Block::List { ordered, start, c } => {
            // An entry of a list within another has its own mark alone.
            for (at, entry) in c.iter().enumerate() {
                let lead = match ordered {
                    true => format!("{}. ", start + at as u64),
                    false => "– ".to_owned(),
                };
                entry.iter().for_each(|block| gather(block, &lead, out));
            }
        }
        Block::Rule => out.push("* * *".into()),
    }
}

/// A poem as lines, hemistichs parted by a slash.
pub fn poem(lines: &[Line]) -> String {
    let line = |line: &Line| match line {
        Line::Bayt { a, b } if b.is_empty() => a.clone(),
        Line::Bayt { a, b } => format!("{a} / {b}"),
        Line::Gap { .. } => String::new(),
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Words with the numbers of notes.
fn marked(inlines: &[Inline]) -> String {
    let part = |inline: &Inline| match inline {
        Inline::Note { n, .. } => format!("[{n}]"),
        Inline::Break => "\n".into(),
        Inline::Text { s } => s.clone(),
        Inline::Link { href, c } => match words(c) {
            shown if shown == *href => shown,
            shown => format!("{shown} ({href})"),
        },
        Inline::Em { c } | Inline::Strong { c } => marked(c),
    };
    inlines.iter().map(part).collect()
}
