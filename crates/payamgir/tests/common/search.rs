//! Looks for canaries in what somebody left behind, in every likely encoding.

use std::path::Path;

use data_encoding::{BASE64, BASE64URL, HEXLOWER, HEXUPPER};

/// All canaries found below a folder, with where.
pub fn below(folder: &Path, canaries: &[&str]) -> Vec<String> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut here = within(path.file_name().unwrap().as_encoded_bytes(), canaries);
        if path.is_dir() {
            found.extend(below(&path, canaries));
        } else if let Ok(bytes) = std::fs::read(&path) {
            here.extend(within(&bytes, canaries));
        }
        found.extend(here.into_iter().map(|canary| format!("{canary} in {}", path.display())));
    }
    found
}

/// All canaries found in bytes.
pub fn within(bytes: &[u8], canaries: &[&str]) -> Vec<String> {
    let mut found = vec![];
    for canary in canaries {
        for (encoding, pattern) in encodings(canary) {
            if memchr::memmem::find(bytes, &pattern).is_some() {
                found.push(format!("{encoding} of {canary}"));
            }
        }
    }
    found
}

/// A canary as it might be written: plain, UTF-16, hexadecimal, percent-encoded, JSON-escaped,
/// and base64 at each of the three offsets it can have in a longer text.
pub fn encodings(canary: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = canary.as_bytes();
    let utf16 = |to: fn(u16) -> [u8; 2]| canary.encode_utf16().flat_map(to).collect();
    let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let form: String = bytes.iter().map(|byte| form_encoded(*byte)).collect();
    let escaped: String = canary.encode_utf16().map(json_escaped).collect();
    let mut all = vec![
        ("UTF-8", bytes.to_vec()),
        ("UTF-16LE", utf16(u16::to_le_bytes)),
        ("UTF-16BE", utf16(u16::to_be_bytes)),
        ("hex", HEXLOWER.encode(bytes).into_bytes()),
        ("HEX", HEXUPPER.encode(bytes).into_bytes()),
        ("percent", percent.clone().into_bytes()),
        ("percent, lower", percent.to_lowercase().into_bytes()),
        ("form", form.into_bytes()),
        ("JSON", escaped.into_bytes()),
    ];
    if let Ok(number) = canary.parse::<i64>() {
        all.push(("number, little end first", number.to_le_bytes().to_vec()));
        all.push(("number, big end first", number.to_be_bytes().to_vec()));
    }
    for skip in 0..3 {
        let whole = &bytes[skip..skip + (bytes.len() - skip) / 3 * 3];
        all.push(("base64", BASE64.encode(whole).into_bytes()));
        all.push(("base64url", BASE64URL.encode(whole).into_bytes()));
    }
    all
}

fn form_encoded(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).into(),
        other => format!("%{other:02X}"),
    }
}

fn json_escaped(unit: u16) -> String {
    match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii() => char::from(byte).into(),
        _ => format!("\\u{unit:04x}"),
    }
}
