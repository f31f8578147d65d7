//! Text to glyphs in their places.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use harfrust::{Direction as Way, FontRef, ShaperData, UnicodeBuffer};
use payamgir_text::Direction;
use skrifa::MetadataProvider;
use unicode_bidi::{BidiInfo, Level};

use crate::letters::tidy;

/// A font's weight.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

const REGULAR: &[u8] = include_bytes!("../../fonts/Vazirmatn-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../fonts/Vazirmatn-Bold.ttf");

/// Shaping takes these in; a font need not have them: ZWNJ, ZWJ, LRM, RLM, ALM.
const JOINERS: [char; 5] = ['\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{61c}'];

/// A font, ready to shape.
pub(super) struct Face {
    pub(super) font: FontRef<'static>,
    data: &'static ShaperData,
    per_em: f32,
}

/// A line of glyphs.
pub(super) struct Line {
    /// Its text, in logical order.
    pub(super) text: String,
    /// Glyphs with their places from the line's left, in pixels.
    pub(super) glyphs: Vec<(u32, f32, f32)>,
    /// Its width in pixels.
    pub(super) width: f32,
}

static DATA: LazyLock<[ShaperData; 2]> =
    LazyLock::new(|| [Weight::Regular, Weight::Bold].map(|weight| ShaperData::new(&font(weight))));

fn font(weight: Weight) -> FontRef<'static> {
    let bytes = if weight == Weight::Bold { BOLD } else { REGULAR };
    FontRef::new(bytes).expect("our own font")
}

/// The letters of a text that our font does not have, each once.
pub(super) fn lacking(text: &str) -> BTreeSet<char> {
    let map = font(Weight::Regular).charmap();
    let seen = |c: &char| !c.is_whitespace() && !c.is_control() && !tidy(&c.to_string()).is_empty();
    text.chars().filter(seen).filter(|c| !JOINERS.contains(c) && map.map(*c).is_none()).collect()
}

impl Face {
    /// Our font in a weight.
    pub(super) fn of(weight: Weight) -> Self {
        let font = font(weight);
        let data = &DATA[usize::from(weight == Weight::Bold)];
        let per_em = data.shaper(&font).build().units_per_em() as f32;
        Self { font, data, per_em }
    }

    /// A text in lines no wider than `measure` where its words allow, for readers who begin on `side`.
    pub(super) fn lines(&self, text: &str, size: f32, measure: f32, side: Direction) -> Vec<Line> {
        let mut lines: Vec<String> = vec![];
        for word in text.split_whitespace() {
            let longer = lines.last().map(|line| format!("{line} {word}"));
            match longer.filter(|line| self.width(line, size) <= measure) {
                Some(line) => *lines.last_mut().expect("it was longer than one") = line,
                None => lines.extend(self.broken(word, size, measure)),
            }
        }
        lines.into_iter().map(|line| self.line(line, size, side)).collect()
    }

    /// A word, in pieces where it is wider than a line.
    fn broken(&self, word: &str, size: f32, measure: f32) -> Vec<String> {
        if self.width(word, size) <= measure {
            return vec![word.to_owned()];
        }
        let mut pieces = vec![String::new()];
        for c in word.chars() {
            let piece = pieces.last_mut().expect("there is one from the start");
            piece.push(c);
            if self.width(piece, size) > measure && piece.chars().count() > 1 {
                piece.pop();
                pieces.push(c.into());
            }
        }
        pieces
    }

    fn width(&self, text: &str, size: f32) -> f32 {
        self.line(text.to_owned(), size, Direction::Ltr).width
    }

    /// One line, its runs in the order in which they are seen (UAX #9).
    fn line(&self, text: String, size: f32, side: Direction) -> Line {
        let level = if side == Direction::Rtl { Level::rtl() } else { Level::ltr() };
        let bidi = BidiInfo::new(&text, Some(level));
        let mut line = Line { text: String::new(), glyphs: vec![], width: 0.0 };
        for paragraph in &bidi.paragraphs {
            let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
            for run in runs {
                let rtl = levels.get(run.start).is_some_and(Level::is_rtl);
                self.run(&text[run], rtl, size, &mut line);
            }
        }
        line.text = text;
        line
    }

    fn run(&self, text: &str, rtl: bool, size: f32, line: &mut Line) {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(if rtl { Way::RightToLeft } else { Way::LeftToRight });
        buffer.guess_segment_properties();
        let shaped = self.data.shaper(&self.font).build().shape(buffer, &[]);
        let scale = size / self.per_em;
        for (info, place) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let (x, y) = (place.x_offset as f32 * scale, place.y_offset as f32 * scale);
            // What the font does not have is left out: a row of boxes says nothing.
            if info.glyph_id != 0 {
                line.glyphs.push((info.glyph_id, line.width + x, y));
                line.width += place.x_advance as f32 * scale;
            }
        }
    }
}
