//! Addresses as a browser shows them.

use std::fmt::Write;

/// A text in which letters that are percent-encoded (RFC 3986, 2.1) are letters; what encodes none
/// stays.
pub(super) fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let bytes = run(&rest[at..]);
        out.push_str(&rest[..at]);
        if bytes.is_empty() {
            out.push('%');
        }
        put(&mut out, &bytes);
        rest = &rest[at + (3 * bytes.len()).max(1)..];
    }
    out.push_str(rest);
    out
}

/// The bytes that are encoded from here on, one after the other.
fn run(text: &str) -> Vec<u8> {
    let byte = |three: &[u8]| match three {
        [b'%', high, low] => Some(hex(*high)? * 16 + hex(*low)?),
        _ => None,
    };
    text.as_bytes().chunks(3).map_while(byte).collect()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn put(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_encoded() {
        for (text, want) in [
            ("", ""),
            ("100%", "100%"),
            ("5% از", "5% از"),
            ("%D8%B1%D8%B6%D8%A7", "رضا"),
            ("a/%d8%b1ضا?x=%41", "a/رضا?x=A"),
            ("%D8%41%zz%", "%D8A%zz%"),
            ("%٪41", "%٪41"),
            ("%%41", "%A"),
        ] {
            assert_eq!(decoded(text), want, "{text}");
        }
    }
}
