//! Words in blocks: what web, paper, hall and plain text are all made from.

use payamgir_text::Direction;
use serde::{Serialize, Serializer};

/// A body as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Body {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// The notes, which [`Inline::Note`] counts from 1.
    pub notes: Vec<Vec<Inline>>,
}

/// A block. Each that has words says which way they run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "t")]
pub enum Block {
    /// A paragraph.
    #[serde(rename = "p")]
    Paragraph {
        /// Which way it runs.
        dir: Dir,
        /// Its words.
        c: Vec<Inline>,
    },
    /// A heading within the item: level 2 or 3, the title's being 1.
    #[serde(rename = "h")]
    Heading {
        /// 2 or 3.
        level: u8,
        /// Which way it runs.
        dir: Dir,
        /// Its words.
        c: Vec<Inline>,
    },
    /// Another's words.
    #[serde(rename = "quote")]
    Quote {
        /// The blocks.
        c: Vec<Block>,
    },
    /// A poem.
    #[serde(rename = "poem")]
    Poem {
        /// Its lines.
        c: Vec<Line>,
    },
    /// A list.
    #[serde(rename = "list")]
    List {
        /// Whether it counts.
        ordered: bool,
        /// The first number.
        start: u64,
        /// The entries.
        c: Vec<Vec<Block>>,
    },
    /// A pause.
    #[serde(rename = "rule")]
    Rule,
}

/// A line of a poem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Line {
    /// A bayt of two hemistichs, or a line that stands alone (`b` is empty).
    Bayt {
        /// The first hemistich.
        a: String,
        /// The second.
        b: String,
    },
    /// A space between stanzas.
    Gap {
        /// Always.
        gap: bool,
    },
}

/// Words within a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "t")]
pub enum Inline {
    /// Plain words.
    #[serde(rename = "text")]
    Text {
        /// The words.
        s: String,
    },
    /// Stressed.
    #[serde(rename = "em")]
    Em {
        /// The words.
        c: Vec<Inline>,
    },
    /// Strongly stressed.
    #[serde(rename = "strong")]
    Strong {
        /// The words.
        c: Vec<Inline>,
    },
    /// Leads elsewhere: http, https or mailto.
    #[serde(rename = "link")]
    Link {
        /// Where.
        href: String,
        /// The words.
        c: Vec<Inline>,
    },
    /// A new line.
    #[serde(rename = "br")]
    Break,
    /// A mark of the note with this number, from 1.
    #[serde(rename = "note")]
    Note {
        /// The number.
        n: usize,
        /// Whether an earlier mark is of the same note.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
}

/// A direction as pages and paper write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dir(pub Direction);

impl Dir {
    /// `rtl` or `ltr`.
    pub fn word(self) -> &'static str {
        match self.0 {
            Direction::Rtl => "rtl",
            Direction::Ltr => "ltr",
        }
    }
}

impl Serialize for Dir {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl Inline {
    /// Plain words.
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text { s: words.into() }
    }
}

/// The words of a line, without marks of notes.
pub fn words(inlines: &[Inline]) -> String {
    let mut out = String::new();
    gather(inlines, &mut out);
    out
}

fn gather(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text { s } => out.push_str(s),
            Inline::Em { c } | Inline::Strong { c } | Inline::Link { c, .. } => gather(c, out),
            Inline::Break => out.push('\n'),
            Inline::Note { .. } => {}
        }
    }
}

/// Where the links of a body lead, in order.
pub fn addresses(body: &Body) -> Vec<String> {
    let mut found = vec![];
    body.blocks.iter().for_each(|block| led_to(block, &mut found));
    body.notes.iter().for_each(|note| lead(note, &mut found));
    found
}

fn led_to(block: &Block, found: &mut Vec<String>) {
    match block {
        Block::Paragraph { c, .. } | Block::Heading { c, .. } => lead(c, found),
        Block::Quote { c } => c.iter().for_each(|block| led_to(block, found)),
        Block::List { c, .. } => c.iter().flatten().for_each(|block| led_to(block, found)),
        Block::Poem { .. } | Block::Rule => {}
    }
}

fn lead(inlines: &[Inline], found: &mut Vec<String>) {
    for inline in inlines {
        match inline {
            Inline::Link { href, c } => {
                found.push(href.clone());
                lead(c, found);
            }
            Inline::Em { c } | Inline::Strong { c } => lead(c, found),
            Inline::Text { .. } | Inline::Break | Inline::Note { .. } => {}
        }
    }
}

/// Blocks without the marks of their notes: who listens has no notes.
pub fn without_notes(blocks: &[Block]) -> Vec<Block> {
    blocks.iter().map(without).collect()
}

fn without(block: &Block) -> Block {
    match block {
        Block::Paragraph { dir, c } => Block::Paragraph { dir: *dir, c: unmarked(c) },
        Block::Heading { level, dir, c } => {
            Block::Heading { level: *level, dir: *dir, c: unmarked(c) }
        }
        Block::Quote { c } => Block::Quote { c: without_notes(c) },
        Block::List { ordered, start, c } => {
            let c = c.iter().map(|entry| without_notes(entry)).collect();
            Block::List { ordered: *ordered, start: *start, c }
        }
        Block::Poem { .. } | Block::Rule => block.clone(),
    }
}

fn unmarked(inlines: &[Inline]) -> Vec<Inline> {
    let one = |inline: &Inline| match inline {
        Inline::Note { .. } => None,
        Inline::Em { c } => Some(Inline::Em { c: unmarked(c) }),
        Inline::Strong { c } => Some(Inline::Strong { c: unmarked(c) }),
        Inline::Link { href, c } => Some(Inline::Link { href: href.clone(), c: unmarked(c) }),
        other => Some(other.clone()),
    };
    inlines.iter().filter_map(one).collect()
}
