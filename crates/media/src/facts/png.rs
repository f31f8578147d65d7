//! PNG's texts and time (PNG, third edition, 11.3.3 and 11.3.5).

use std::io::Read;

use super::bytes::{be16, be32, latin, until_nul, words};
use super::xmp;
use crate::FactKind;
use crate::fact::Facts;

/// Most chunks of a file, and most bytes of one text.
const CHUNKS: usize = 65_536;
const TEXT_BYTES: u64 = 1 << 20;

/// The texts and the time.
pub(super) fn read(file: &[u8], facts: &mut Facts) {
    let mut at = 8;
    for _ in 0..CHUNKS {
        let Some(length) = be32(file, at).and_then(|n| usize::try_from(n).ok()) else {
            return;
        };
        let (Some(name), Some(end)) = (file.get(at + 4..at + 8), (at + 8).checked_add(length))
        else {
            return;
        };
        let body = file.get(at + 8..end).unwrap_or_default();
        match name {
            b"tEXt" => text(body, facts),
            b"zTXt" => packed(body, facts),
            b"iTXt" => international(body, facts),
            b"tIME" => time(body, facts),
            _ => {}
        }
        let Some(next) = end.checked_add(4) else { return };
        at = next;
    }
}

fn text(body: &[u8], facts: &mut Facts) {
    let (key, value) = until_nul(body);
    tell(&latin(key), &words(value), facts);
}

fn packed(body: &[u8], facts: &mut Facts) {
    let (key, value) = until_nul(body);
    let value = inflate(value.get(1..).unwrap_or_default());
    tell(&latin(key), &words(&value), facts);
}

fn international(body: &[u8], facts: &mut Facts) {
    let (key, rest) = until_nul(body);
    let [packed, _, rest @ ..] = rest else { return };
    let (_, rest) = until_nul(rest);
    let (_, value) = until_nul(rest);
    let inflated = if *packed == 1 { inflate(value) } else { vec![] };
    let value = if *packed == 1 { &inflated } else { value };
    if key == b"XML:com.adobe.xmp" {
        return xmp::scan(value, facts);
    }
    tell(&latin(key), &words(value), facts);
}

fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![];
    // What came before an error is looked at all the same.
    let _ = flate2::read::ZlibDecoder::new(bytes).take(TEXT_BYTES).read_to_end(&mut out);
    out
}

fn tell(key: &str, value: &str, facts: &mut Facts) {
    let kind = match key.to_ascii_lowercase().as_str() {
        "author" | "artist" | "copyright" => FactKind::Author,
        "title" => FactKind::Title,
        "description" | "comment" | "disclaimer" | "warning" => FactKind::Comment,
        "software" => FactKind::Software,
        "source" | "make" | "model" => FactKind::Device,
        "creation time" | "date:create" | "date:modify" | "date:timestamp" => FactKind::Time,
        _ => return facts.add(FactKind::Other, &format!("{key}: {value}")),
    };
    facts.add(kind, value);
}

fn time(body: &[u8], facts: &mut Facts) {
    if let (Some(year), Some([month, day, hour, minute, second])) = (be16(body, 0), body.get(2..7))
    {
        let value = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC");
        facts.add(FactKind::Time, &value);
    }
}
