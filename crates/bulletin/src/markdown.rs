//! The part of Markdown that items are written in (docs/FORMAT.md §23.2), read into blocks.
//!
//! What is not of that part loses nothing: HTML and code are shown as they were written, a picture as
//! its words. A body from anywhere is answered; how deep blocks stand in each other is limited, so
//! that nothing made from them runs out of stack.

use payamgir_text::Direction;
use payamgir_text::direction;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::block::{Block, Body, Dir, Inline, Line, words};
use crate::letters::{Quotes, tidy};
use crate::runs::along;

/// Blocks that stand deeper in each other than this are taken as if they did not.
const DEPTH: usize = 6;
/// Words after the fence of a poem.
const POEM: [&str; 4] = ["poem", "شعر", "شیعر", "هۆنراوە"];

/// Reads a body in a language, whose direction lines have that show none.
pub fn read(text: &str, lang: &str) -> Body {
    let text = tidy(text);
    let options = Options::ENABLE_FOOTNOTES;
    let mut reader = Reader::new(lang);
    for event in Parser::new_ext(&text, options) {
        reader.hear(event);
    }
    reader.finish()
}

/// What is being read.
struct Reader {
    default: Direction,
    quotes: Quotes,
    /// Blocks that are open, the body itself first.
    open: Vec<Open>,
    /// Inlines that are open in the present line, the line itself first.
    line: Vec<(Wrap, Vec<Inline>)>,
    /// Openings that were too deep, and wait for their ends.
    passed: usize,
    poem: Option<String>,
    /// Whether there was a heading.
    headed: bool,
    labels: Vec<String>,
    notes: Vec<(String, Vec<Inline>)>,
}

/// A block that is open.
enum Open {
    Blocks(Vec<Block>),
    Quote(Vec<Block>),
    List { start: Option<u64>, entries: Vec<Vec<Block>> },
    Entry(Vec<Block>),
    Note(String, Vec<Block>),
}

/// What inlines are wrapped in.
enum Wrap {
    Line,
    Em,
    Strong,
    Link(Option<String>),
}

impl Reader {
    fn new(lang: &str) -> Self {
        Self {
            default: crate::letters::direction_of(lang),
            quotes: Quotes::of(lang),
            open: vec![Open::Blocks(vec![])],
            line: vec![],
            passed: 0,
            poem: None,
            headed: false,
            labels: vec![],
            notes: vec![],
        }
    }

    fn hear(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.begin(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.poem.is_some() => {
                self.poem.get_or_insert_default().push_str(&tidy(&text));
            }
            Event::Text(text) => self.words(&text),
            Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => self.words(&text),
            Event::SoftBreak => self.words(" "),
            Event::HardBreak => self.put(Inline::Break),
            Event::Rule => self.block(Block::Rule),
            Event::FootnoteReference(label) => self.mark(&label),
            _ => {}
        }
    }

    fn begin(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.wrap(Wrap::Em),
            Tag::Strong => self.wrap(Wrap::Strong),
            Tag::Link { dest_url, .. } => self.wrap(Wrap::Link(safe(&dest_url))),
            Tag::Image { .. } => self.wrap(Wrap::Link(None)),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) if POEM.contains(&info.trim()) => {
                self.flush();
                self.poem = Some(String::new());
            }
            Tag::BlockQuote(_) => self.open(Open::Quote(vec![])),
            Tag::List(start) => self.open(Open::List { start, entries: vec![] }),
            Tag::Item => self.open(Open::Entry(vec![])),
            Tag::FootnoteDefinition(label) => self.open(Open::Note(label.to_string(), vec![])),
            _ => self.flush(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image => self.unwrap(),
            TagEnd::Heading(level) => self.heading(level),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::FootnoteDefinition => {
                self.close()
            }
            TagEnd::CodeBlock if self.poem.is_some() => {
                let lines = along(&self.poem.take().unwrap_or_default(), self.default);
                self.block(Block::Poem { c: poem(&lines) });
            }
            _ => self.flush(),
        }
    }

    /// Opens a block, unless it would be too deep.
    fn open(&mut self, block: Open) {
        self.flush();
        if self.passed > 0 || self.open.len() > DEPTH {
            self.passed += 1;
        } else {
            self.open.push(block);
        }
    }

    fn close(&mut self) {
        self.flush();
        if self.passed > 0 {
            self.passed -= 1;
            return;
        }
        match self.open.pop() {
            Some(Open::Quote(c)) => self.block(Block::Quote { c }),
            Some(Open::List { start, entries: c }) => {
                self.block(Block::List { ordered: start.is_some(), start: start.unwrap_or(1), c });
            }
            Some(Open::Entry(blocks)) => match self.open.last_mut() {
                Some(Open::List { entries, .. }) => entries.push(blocks),
                _ => blocks.into_iter().for_each(|block| self.block(block)),
            },
            Some(Open::Note(label, blocks)) => self.notes.push((label, in_a_line(&blocks))),
            Some(body @ Open::Blocks(_)) => self.open.push(body),
            None => {}
        }
    }

    /// Adds a block to the innermost that is open.
    fn block(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(Open::Blocks(all) | Open::Quote(all) | Open::Entry(all) | Open::Note(_, all)) => {
                all.push(block);
            }
            Some(Open::List { entries, .. }) => entries.push(vec![block]),
            None => {}
        }
    }

    fn wrap(&mut self, wrap: Wrap) {
        self.line();
        // A line's own stack is limited as blocks are.
        if self.line.len() <= DEPTH {
            self.line.push((wrap, vec![]));
        } else {
            self.passed += 1;
        }
    }

    fn unwrap(&mut self) {
        if self.line.len() > DEPTH && self.passed > 0 {
            self.passed -= 1;
            return;
        }
        let Some((wrap, c)) = self.line.pop_if(|(wrap, _)| !matches!(wrap, Wrap::Line)) else {
            return;
        };
        match wrap {
            Wrap::Em => self.put(Inline::Em { c }),
            Wrap::Strong => self.put(Inline::Strong { c }),
            Wrap::Link(Some(href)) => self.put(Inline::Link { href, c }),
            Wrap::Link(None) | Wrap::Line => c.into_iter().for_each(|inline| self.put(inline)),
        }
    }

    fn words(&mut self, text: &str) {
        // A character may be written by its number, which is not seen before it is read.
        let s = along(&self.quotes.set(&tidy(text)), self.default);
        match self.line().last_mut() {
            Some(Inline::Text { s: before }) => before.push_str(&s),
            _ => self.put(Inline::Text { s }),
        }
    }

    fn put(&mut self, inline: Inline) {
        self.line().push(inline);
    }

    /// The innermost inlines that are open.
    fn line(&mut self) -> &mut Vec<Inline> {
        if self.line.is_empty() {
            self.line.push((Wrap::Line, vec![]));
        }
        &mut self.line.last_mut().expect("one was pushed").1
    }

    /// A mark of a note: numbered as they are met.
    fn mark(&mut self, label: &str) {
        let known = self.labels.iter().position(|known| known == label);
        let at = known.unwrap_or_else(|| {
            self.labels.push(label.to_owned());
            self.labels.len() - 1
        });
        self.put(Inline::Note { n: at + 1, again: known.is_some() });
    }

    /// The present line, which ends.
    fn take(&mut self) -> Option<Vec<Inline>> {
        while self.line.len() > 1 {
            self.unwrap();
        }
        self.quotes.rest();
        let (_, c) = self.line.pop()?;
        let c = trimmed(c);
        (!c.is_empty()).then_some(c)
    }

    fn flush(&mut self) {
        if let Some(c) = self.take() {
            let dir = self.dir(&c);
            self.block(Block::Paragraph { dir, c });
        }
    }

    fn heading(&mut self, level: HeadingLevel) {
        // Two levels below the title, the first of which comes first.
        let first = matches!(level, HeadingLevel::H1 | HeadingLevel::H2) || !self.headed;
        let level = if first { 2 } else { 3 };
        self.headed = true;
        if let Some(c) = self.take() {
            let dir = self.dir(&c);
            self.block(Block::Heading { level, dir, c });
        }
    }

    fn dir(&self, c: &[Inline]) -> Dir {
        Dir(direction::of(&words(c)).unwrap_or(self.default))
    }

    fn finish(mut self) -> Body {
        self.flush();
        while self.open.len() > 1 {
            self.close();
        }
        let Some(Open::Blocks(blocks)) = self.open.pop() else { return Body::default() };
        let of = |label: &String| {
            let found = self.notes.iter().find(|(known, _)| known == label);
            found.map(|(_, note)| note.clone()).unwrap_or_default()
        };
        Body { blocks, notes: self.labels.iter().map(of).collect() }
    }
}

/// A note's blocks as one line.
fn in_a_line(blocks: &[Block]) -> Vec<Inline> {
    let mut line = vec![];
    for block in blocks {
        if !line.is_empty() {
            line.push(Inline::text(" "));
        }
        match block {
            Block::Paragraph { c, .. } | Block::Heading { c, .. } => line.extend_from_slice(c),
            Block::Quote { c } => line.extend(in_a_line(c)),
            Block::List { c, .. } => c.iter().for_each(|entry| line.extend(in_a_line(entry))),
            Block::Poem { c } => line.push(Inline::text(crate::plain::poem(c))),
            Block::Rule => {}
        }
    }
    line
}

/// Without spaces at the ends.
fn trimmed(mut c: Vec<Inline>) -> Vec<Inline> {
    if let Some(Inline::Text { s }) = c.first_mut() {
        *s = s.trim_start().to_owned();
    }
    if let Some(Inline::Text { s }) = c.last_mut() {
        s.truncate(s.trim_end().len());
    }
    c.retain(|inline| !matches!(inline, Inline::Text { s } if s.is_empty()));
    c
}

/// An address that may be followed: a web or mail address, with nothing in it that is not seen.
fn safe(address: &str) -> Option<String> {
    let lower = address.to_ascii_lowercase();
    let known = ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme));
    let plain = tidy(address) == address && !address.contains(char::is_whitespace);
    (known && plain).then(|| address.to_owned())
}

/// Lines of a poem: hemistichs are parted by ` / `, `***` or a tab; a line without is one alone.
fn poem(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = vec![];
    for line in text.lines().map(str::trim) {
        let gap = matches!(lines.last(), None | Some(Line::Gap { .. }));
        match line.is_empty() {
            true if gap => {}
            true => lines.push(Line::Gap { gap: true }),
            false => lines.push(bayt(line)),
        }
    }
    if matches!(lines.last(), Some(Line::Gap { .. })) {
        lines.pop();
    }
    lines
}

fn bayt(line: &str) -> Line {
    let parted = [" / ", "***", "\t"].iter().find_map(|between| line.split_once(between));
    let (a, b) = parted.unwrap_or((line, ""));
    Line::Bayt { a: a.trim().to_owned(), b: b.trim().to_owned() }
}

#[cfg(test)]
mod tests;
