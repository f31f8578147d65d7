//! MP3: ID3v2.2 to 2.4 at the beginning, ID3v1 and APE at the end.

use std::borrow::Cow;

use super::bytes::{be32, find, latin, until_nul, utf16, words};
use super::ogg;
use crate::FactKind;
use crate::fact::Facts;

/// Most frames of a tag.
const FRAMES: usize = 4096;

/// Which frames say what; version 2.2 has names of three letters.
const NAMES: [(&str, &str, FactKind); 24] = [
    ("TDRC", "TYE", FactKind::Time),
    ("TYER", "TDA", FactKind::Time),
    ("TDAT", "TIM", FactKind::Time),
    ("TIME", "TRD", FactKind::Time),
    ("TDTG", "TOR", FactKind::Time),
    ("TDEN", "", FactKind::Time),
    ("TDRL", "", FactKind::Time),
    ("UFID", "UFI", FactKind::Serial),
    ("TSRC", "TRC", FactKind::Serial),
    ("TPE1", "TP1", FactKind::Author),
    ("TPE2", "TP2", FactKind::Author),
    ("TPE3", "TP3", FactKind::Author),
    ("TCOM", "TCM", FactKind::Author),
    ("TEXT", "TXT", FactKind::Author),
    ("TCOP", "TCR", FactKind::Author),
    ("TPUB", "TPB", FactKind::Author),
    ("TSSE", "TSS", FactKind::Software),
    ("TENC", "TEN", FactKind::Software),
    ("TIT1", "TT1", FactKind::Title),
    ("TIT2", "TT2", FactKind::Title),
    ("TIT3", "TT3", FactKind::Title),
    ("TALB", "TAL", FactKind::Title),
    ("TOWN", "", FactKind::Owner),
    ("TRSN", "", FactKind::Owner),
];

/// What a file says by its beginning and its last bytes.
pub(super) fn read(head: &[u8], tail: &[u8], facts: &mut Facts) {
    second(head, facts);
    if let Some(at) = tail.len().checked_sub(128)
        && tail[at..].starts_with(b"TAG")
    {
        first(&tail[at..], facts);
    }
    if find(tail, b"APETAGEX", 0).is_some() {
        facts.add(FactKind::Other, "APE");
    }
}

/// ID3v1: fields of fixed width.
fn first(tag: &[u8], facts: &mut Facts) {
    let fields = [
        (3..33, FactKind::Title),
        (33..63, FactKind::Author),
        (63..93, FactKind::Title),
        (93..97, FactKind::Time),
        (97..127, FactKind::Comment),
    ];
    for (range, kind) in fields {
        let (value, _) = until_nul(tag.get(range).unwrap_or_default());
        facts.add(kind, &words(value));
    }
}

/// Sizes whose bytes have seven bits.
fn synchsafe(size: u32) -> usize {
    let bytes = size.to_be_bytes().map(|b| usize::from(b & 0x7F));
    bytes.into_iter().fold(0, |sum, byte| sum << 7 | byte)
}

/// ID3v2: a header of ten bytes, then frames.
fn second(head: &[u8], facts: &mut Facts) {
    let (Some([b'I', b'D', b'3', version, _, flags]), Some(size)) = (head.get(..6), be32(head, 6))
    else {
        return;
    };
    let end = head.len().min(10 + synchsafe(size));
    let mut body = Cow::Borrowed(head.get(10..end).unwrap_or_default());
    if flags & 0x80 != 0 {
        body = Cow::Owned(resynchronised(&body));
    }
    let extended = flags & 0x40 != 0 && *version > 2;
    let at = if extended { extension(&body, *version) } else { 0 };
    frames(body.get(at..).unwrap_or_default(), *version, facts);
}

/// How long an extended header is; version 2.4 counts the size itself.
fn extension(body: &[u8], version: u8) -> usize {
    let size = be32(body, 0).unwrap_or_default();
    if version >= 4 {
        synchsafe(size)
    } else {
        usize::try_from(size).unwrap_or(0).saturating_add(4)
    }
}

/// Without the zeros that keep a decoder from taking a tag for sound.
fn resynchronised(body: &[u8]) -> Vec<u8> {
    let mut before = 0;
    let mut out = vec![];
    for byte in body {
        if !(before == 0xFF && *byte == 0) {
            out.push(*byte);
        }
        before = *byte;
    }
    out
}

fn frames(mut body: &[u8], version: u8, facts: &mut Facts) {
    for _ in 0..FRAMES {
        let (letters, header) = if version == 2 { (3, 6) } else { (4, 10) };
        let (Some(name), Some(size)) = (body.get(..letters), be32(body, letters)) else {
            return;
        };
        let size = match version {
            2 => usize::try_from(size >> 8).unwrap_or(0),
            3 => usize::try_from(size).unwrap_or(0),
            _ => synchsafe(size),
        };
        let end = header + size;
        let Some(value) = body.get(header..end).filter(|_| name[0] != 0) else {
            return;
        };
        frame(&latin(name), value, facts);
        body = &body[end..];
    }
}

fn frame(name: &str, value: &[u8], facts: &mut Facts) {
    let known = NAMES.iter().find(|(long, short, _)| *long == name || *short == name);
    match name {
        _ if known.is_some() => {
            let kind = known.map_or(FactKind::Other, |row| row.2);
            let value = if name.starts_with('T') { text(value) } else { words(value) };
            facts.add(kind, &value);
        }
        "TXXX" | "TXX" => {
            let text = text_parts(value);
            let (name, value) = text.split_once('\0').unwrap_or(("", &text));
            ogg::tell(name, value.trim_matches(LOOSE), facts);
        }
        "COMM" | "COM" | "USLT" | "ULT" => facts.add(FactKind::Comment, &text(&skipped(value))),
        "APIC" | "PIC" => facts.add(FactKind::Thumbnail, name),
        "PRIV" | "GEOB" | "GEO" => facts.add(FactKind::Other, &format!("{name}: {}", words(value))),
        _ if name.starts_with('T') => {
            facts.add(FactKind::Other, &format!("{name}: {}", text(value)))
        }
        _ => facts.add(FactKind::Other, &format!("{name}: {}", words(value))),
    }
}

/// A comment without its language.
fn skipped(value: &[u8]) -> Vec<u8> {
    let encoding = value.first().copied().into_iter();
    encoding.chain(value.iter().skip(4).copied()).collect()
}

/// What stands between texts and at their edges: NUL, and marks of order.
const LOOSE: [char; 3] = ['\0', '\u{FEFF}', '\u{FFFE}'];

/// A text, with a space between several.
fn text(value: &[u8]) -> String {
    text_parts(value).replace(LOOSE, " ")
}

/// A text by the byte that names its encoding; several are separated by NUL.
fn text_parts(value: &[u8]) -> String {
    let Some((encoding, value)) = value.split_first() else {
        return String::new();
    };
    match encoding {
        0 => words(value),
        1 => utf16(value, false),
        2 => utf16(value, true),
        _ => words(value),
    }
}
