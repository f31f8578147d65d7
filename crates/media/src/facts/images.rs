//! JPEG's segments, GIF's comments, and what all images may have.

use super::bytes::{be16, find, words};
use super::{exif, png, xmp};
use crate::fact::Facts;
use crate::{FactKind, Kind};

/// Most segments of a file.
const SEGMENTS: usize = 4096;

/// Which datasets of IPTC's application record say what (IIM 4.2, chapter 6).
const IPTC: [(u8, FactKind); 12] = [
    (5, FactKind::Title),
    (55, FactKind::Time),
    (65, FactKind::Software),
    (80, FactKind::Author),
    (85, FactKind::Author),
    (90, FactKind::Place),
    (92, FactKind::Place),
    (95, FactKind::Place),
    (101, FactKind::Place),
    (110, FactKind::Author),
    (116, FactKind::Author),
    (120, FactKind::Comment),
];

/// What an image says.
pub(super) fn read(file: &[u8], kind: Kind, facts: &mut Facts) {
    if kind != Kind::Gif {
        exif::read(file, facts);
    }
    xmp::scan(file, facts);
    match kind {
        Kind::Jpeg => jpeg(file, facts),
        Kind::Png => png::read(file, facts),
        Kind::Gif => gif(file, facts),
        _ => {}
    }
}

/// Segments up to the first scan (ITU-T T.81, B.1.1.4).
fn jpeg(file: &[u8], facts: &mut Facts) {
    let mut at = 2;
    for _ in 0..SEGMENTS {
        let (Some([0xFF, marker]), Some(length)) = (file.get(at..at + 2), be16(file, at + 2))
        else {
            return;
        };
        let Some(body) = file.get(at + 4..at + 2 + length) else {
            return;
        };
        match marker {
            0xDA | 0xD9 => return,
            0xFE => facts.add(FactKind::Comment, &words(body)),
            0xED => iptc(body, facts),
            0xEB => facts.add(FactKind::Other, "JUMBF, C2PA"),
            0xE2 if body.starts_with(b"MPF\0") => facts.add(FactKind::Thumbnail, "MPF"),
            _ => {}
        }
        at += 2 + length;
    }
}

/// Photoshop's segment; IPTC's datasets are found by their mark.
fn iptc(body: &[u8], facts: &mut Facts) {
    facts.add(FactKind::Other, "IPTC, Photoshop");
    let mut from = 0;
    for _ in 0..SEGMENTS {
        let Some(at) = find(body, b"\x1C\x02", from) else {
            return;
        };
        let value = be16(body, at + 3).and_then(|length| body.get(at + 5..at + 5 + length));
        let kind = IPTC.iter().find(|(number, _)| Some(number) == body.get(at + 2));
        if let (Some(value), Some((_, kind))) = (value, kind) {
            facts.add(*kind, &words(value));
        }
        from = at + 2;
    }
}

/// Comment extensions (GIF89a, 24): found by their mark, which image data may contain too.
fn gif(file: &[u8], facts: &mut Facts) {
    let mut from = 0;
    for _ in 0..SEGMENTS {
        let Some(at) = find(file, b"\x21\xFE", from) else {
            return;
        };
        let length = file.get(at + 2).map_or(0, |length| usize::from(*length));
        let text = file.get(at + 3..at + 3 + length).map(words).unwrap_or_default();
        if !text.is_empty() && !text.contains(char::is_control) {
            facts.add(FactKind::Comment, &text);
        }
        from = at + 2;
    }
}
