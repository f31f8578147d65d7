//! Cards: what a link shows where it is shared, and a picture to post. Text is shaped and drawn here,
//! so that Persian on it is joined and in order whatever shows the picture.

mod canvas;
mod shape;

use std::collections::BTreeSet;

use payamgir_text::Direction;

use crate::letters::{direction_of, tidy};
use crate::runs::along;
use canvas::{ACCENT, Canvas};
use shape::{Face, Line, Weight};

/// A card's width in pixels.
pub const WIDTH: u32 = 1200;
/// A card's height in pixels.
pub const HEIGHT: u32 = 630;

const MARGIN: f32 = 84.0;
const MEASURE: f32 = WIDTH as f32 - 2.0 * MARGIN;
/// Sizes of a title, the largest that fits being taken, and the most lines of each.
const TITLES: [(f32, usize); 5] = [(92.0, 2), (76.0, 3), (64.0, 3), (54.0, 4), (46.0, 5)];
/// Room for the title.
const TOP: f32 = 190.0;
const BOTTOM: f32 = 470.0;

/// The letters of a text that the bulletin's font does not have, each once: a card leaves them out, and
/// paper has boxes in their place.
pub fn lacking(text: &str) -> BTreeSet<char> {
    shape::lacking(text)
}

/// What stands on a card.
pub struct Card<'a> {
    /// The language, which tells on which side lines begin.
    pub lang: &'a str,
    /// The title.
    pub title: &'a str,
    /// Whose words, or that they were taken back; may be empty.
    pub byline: &'a str,
    /// The bulletin's name.
    pub bulletin: &'a str,
    /// The edition's.
    pub edition: &'a str,
}

/// A card as PNG: 1200 by 630 pixels.
pub fn draw(card: &Card<'_>) -> Vec<u8> {
    let side = direction_of(card.lang);
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    let (bold, regular) = (Face::of(Weight::Bold), Face::of(Weight::Regular));
    let edge = if side == Direction::Rtl { WIDTH - 28 } else { 0 };
    canvas.bar((edge, 0), (28, HEIGHT), ACCENT);
    put(&mut canvas, &bold, side, (card.bulletin, 40.0, 118.0));
    let (size, lines) = fit(&bold, side, card.title);
    let leading = size * 1.42;
    let height = leading * lines.len() as f32;
    let mut y = TOP + (BOTTOM - TOP - height) / 2.0 + size * 1.02;
    for line in &lines {
        canvas.line(&bold, line, (start(side, line.width), y), size);
        y += leading;
    }
    put(&mut canvas, &regular, side, (card.byline, 40.0, 522.0));
    let rule = if side == Direction::Rtl { WIDTH - MARGIN as u32 - 96 } else { MARGIN as u32 };
    canvas.bar((rule, 150), (96, 6), ACCENT);
    put(&mut canvas, &regular, side, (card.edition, 32.0, 578.0));
    canvas.png()
}

/// Puts one line, cut where it is too long.
fn put(canvas: &mut Canvas, face: &Face, side: Direction, (text, size, y): (&str, f32, f32)) {
    let text = along(&tidy(text), side);
    let lines = face.lines(&text, size, MEASURE, side);
    let Some(line) = lines.first() else { return };
    let cut = lines.len() > 1;
    let ended =
        cut.then(|| face.lines(&format!("{}…", line.text.trim_end()), size, MEASURE * 1.1, side));
    let line = ended.as_ref().and_then(|lines| lines.first()).unwrap_or(line);
    canvas.line(face, line, (start(side, line.width), y), size);
}

/// The largest size in which the title fits, with its lines; one that fits in none is cut.
fn fit(face: &Face, side: Direction, title: &str) -> (f32, Vec<Line>) {
    let title = along(&tidy(title), side);
    let mut last = (TITLES[0].0, vec![]);
    for (size, most) in TITLES {
        let mut lines = face.lines(&title, size, MEASURE, side);
        let fits = lines.len() <= most;
        let end = lines.get(most - 1).map(|line| format!("{}…", line.text.trim_end()));
        lines.truncate(most);
        if fits {
            return (size, lines);
        }
        if let (Some(last), Some(end)) = (lines.last_mut(), end) {
            *last = face.lines(&end, size, MEASURE * 1.1, side).swap_remove(0);
        }
        last = (size, lines);
    }
    last
}

/// Where a line begins, from the left.
fn start(side: Direction, width: f32) -> f32 {
    match side {
        Direction::Rtl => WIDTH as f32 - MARGIN - width,
        Direction::Ltr => MARGIN,
    }
}

#[cfg(test)]
mod tests;
