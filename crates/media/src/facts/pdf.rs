//! PDF: a scan for the Info dictionary's keys and for XMP, in the file and in those of its
//! streams that may hold them (ISO 32000-1, 7.5.7, 14.3). No reader of the format: earlier
//! versions of a file, which lie in it too, are seen like the last one.

use std::io::Read;

use super::bytes::{find, latin, utf16, words};
use super::xmp;
use crate::FactKind;
use crate::fact::Facts;

/// Most streams that are inflated, most bytes of one and of all.
const STREAMS: usize = 2000;
const STREAM_BYTES: u64 = 8 << 20;
const ALL_BYTES: u64 = 128 << 20;

/// How far before a stream its dictionary is looked for.
const DICTIONARY: usize = 512;

/// Most times that a key counts.
const TIMES: usize = 64;

const KEYS: [(&[u8], FactKind); 9] = [
    (b"/CreationDate", FactKind::Time),
    (b"/ModDate", FactKind::Time),
    (b"/Author", FactKind::Author),
    (b"/Company", FactKind::Author),
    (b"/Creator", FactKind::Software),
    (b"/Producer", FactKind::Software),
    (b"/Title", FactKind::Title),
    (b"/Subject", FactKind::Comment),
    (b"/Keywords", FactKind::Comment),
];

/// What a file says.
pub(super) fn read(file: &[u8], facts: &mut Facts) {
    look(file, facts);
    let mut left = ALL_BYTES;
    let mut from = 0;
    for _ in 0..STREAMS {
        let Some(at) = find(file, b"stream", from) else { return };
        from = at + 6;
        let dictionary = &file[at.saturating_sub(DICTIONARY)..at];
        let opens = dictionary.ends_with(b">>") || dictionary.trim_ascii_end().ends_with(b">>");
        let speaks = [b"/ObjStm".as_slice(), b"/Metadata", b"/XML"];
        if !opens || !speaks.iter().any(|mark| find(dictionary, mark, 0).is_some()) {
            continue;
        }
        let body = inflate(file.get(from..).unwrap_or_default(), STREAM_BYTES.min(left));
        left = left.saturating_sub(body.len() as u64);
        look(&body, facts);
    }
}

/// Without the line's end that follows the word `stream`.
fn inflate(bytes: &[u8], most: u64) -> Vec<u8> {
    let bytes = bytes.strip_prefix(b"\r").unwrap_or(bytes);
    let bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
    let mut out = vec![];
    // What came before an error is looked at all the same.
    let _ = flate2::read::ZlibDecoder::new(bytes).take(most).read_to_end(&mut out);
    out
}

fn look(bytes: &[u8], facts: &mut Facts) {
    xmp::scan(bytes, facts);
    for (key, kind) in KEYS {
        let mut from = 0;
        for _ in 0..TIMES {
            let Some(at) = find(bytes, key, from) else { break };
            from = at + key.len();
            facts.add(kind, &string(&bytes[from..]).unwrap_or_default());
        }
    }
}

/// The string that follows a key, literal or hexadecimal (7.3.4).
fn string(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.get(..4096).unwrap_or(bytes).trim_ascii_start();
    let value = match bytes {
        [b'(', rest @ ..] => literal(rest),
        [b'<', rest @ ..] if !rest.starts_with(b"<") => hexadecimal(rest),
        _ => return None,
    };
    let wide = value.starts_with(b"\xFE\xFF") || value.starts_with(b"\xFF\xFE");
    Some(if wide { utf16(&value, true) } else { words(&value) })
}

/// Up to the parenthesis that closes it; escapes with one letter or up to three octal digits.
fn literal(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![];
    let mut depth = 0;
    let mut rest = bytes;
    while let [byte, next @ ..] = rest {
        rest = next;
        match byte {
            b')' if depth == 0 => break,
            b'\\' => {
                let (byte, after) = escaped(next);
                out.extend(byte);
                rest = after;
                continue;
            }
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        out.push(*byte);
    }
    out
}

fn escaped(bytes: &[u8]) -> (Option<u8>, &[u8]) {
    let digits = bytes.iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
    if digits > 0 {
        let code = u32::from_str_radix(&latin(&bytes[..digits]), 8).unwrap_or(0);
        return (Some((code & 0xFF) as u8), &bytes[digits..]);
    }
    let byte = match bytes.first() {
        Some(b'n') => Some(b'\n'),
        Some(b'r' | b't' | b'b' | b'f') => Some(b' '),
        Some(b'\n' | b'\r') | None => None,
        Some(other) => Some(*other),
    };
    (byte, bytes.get(1..).unwrap_or_default())
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    let digit = |b: &u8| char::from(*b).to_digit(16).map(|d| d as u8);
    let digits: Vec<u8> = bytes.iter().take_while(|b| **b != b'>').filter_map(digit).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn strings() {
        let table: [(&[u8], Option<&str>); 9] = [
            (b" (a (b) c)d", Some("a (b) c")),
            (b"(a\\)\\050\\n)", Some("a)(\n")),
            (b"(\xFE\xFF\x06\x33)", Some("س")),
            (b"<FEFF 0633>", Some("س")),
            (b"<6162>", Some("ab")),
            (b"<</A 1>>", None),
            (b" 12 0 R", None),
            (b"(never ends", Some("never ends")),
            (b"", None),
        ];
        for (bytes, want) in table {
            assert_eq!(string(bytes).as_deref(), want, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_string_is_answered(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            string(&[b"(".as_slice(), &bytes].concat());
            string(&[b"<".as_slice(), &bytes].concat());
        }
    }
}
