//! A stranger's file name made one that any system can save.

use crate::chars::{is_bidi_control, is_hidden, is_joiner, prefix};

/// The longest name, in bytes of UTF-8. Encrypting file systems allow as little as 143.
const MAX_BYTES: usize = 120;

/// The longest extension, with its dot and in bytes, that survives shortening.
const MAX_EXTENSION: usize = 16;

/// Names that Windows gives to devices whatever their extension; COM and LPT take a digit too.
const DEVICES: [&str; 7] = ["CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"];

/// The name to save a file under that its sender called `name`; `fallback`, treated alike, if
/// nothing of it is left, and `file` if nothing of that is either.
///
/// Only what follows the last `/` or `\` is taken. Controls and bidi controls go, so that a name
/// reads in the order it is stored; ``:*?"<>|`` become `_`; dots, dashes and spaces go from the
/// front, dots and spaces from the end; a Windows device name gets a `_` before it. Names longer
/// than 120 bytes are cut before their extension, if that is short. All else is kept as given: no
/// normalisation, no change of letters, ZWNJ inside stays. Applying it again changes nothing.
pub fn safe(name: &str, fallback: &str) -> String {
    cleaned(name).or_else(|| cleaned(fallback)).unwrap_or_else(|| "file".to_owned())
}

/// The safe form of `name`, or `None` when nothing is left of it.
fn cleaned(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next()?;
    let spelled: String = last.chars().filter_map(spelled).collect();
    let bare = spelled.trim_start_matches(|c| c == '-' || is_loose(c)).trim_end_matches(is_loose);
    if bare.is_empty() {
        return None;
    }
    // Twice, because shortening `CON    ….txt` drops the spaces it leaves before the dot.
    Some(not_a_device(shortened(not_a_device(bare.to_owned()))))
}

/// What stands for `c` in a name; `None` where nothing does.
fn spelled(c: char) -> Option<char> {
    match c {
        ':' | '*' | '?' | '"' | '<' | '>' | '|' => Some('_'),
        '\u{2028}' | '\u{2029}' => Some(' '),
        _ if c.is_control() => c.is_whitespace().then_some(' '),
        _ if c == '\u{FEFF}' || is_bidi_control(c) || is_hidden(c) => None,
        _ => Some(c),
    }
}

/// Whether `c` is lost, or misleads, at the edge of a name.
fn is_loose(c: char) -> bool {
    c == '.' || c.is_whitespace() || is_joiner(c)
}

/// `name` within [`MAX_BYTES`].
fn shortened(name: String) -> String {
    if name.len() <= MAX_BYTES {
        return name;
    }
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if name.len() - dot <= MAX_EXTENSION => name.split_at(dot),
        _ => (name.as_str(), ""),
    };
    let stem = prefix(stem, MAX_BYTES - extension.len()).trim_end_matches(is_loose);
    format!("{stem}{extension}")
}

/// `name` with `_` before it if Windows would open a device for it.
fn not_a_device(name: String) -> String {
    let stem = name.split('.').next().unwrap_or_default();
    let stem = stem.trim_end().to_ascii_uppercase();
    let port = stem.strip_prefix("COM").or(stem.strip_prefix("LPT"));
    let numbered = port.is_some_and(is_port_number);
    if numbered || DEVICES.contains(&stem.as_str()) {
        return format!("_{name}");
    }
    name
}

/// Whether `text` is one digit, of those and the superscripts that Windows takes for a port's.
fn is_port_number(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next();
    let digit = first.is_some_and(|c| matches!(c, '0'..='9' | '¹' | '²' | '³'));
    digit && chars.next().is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names() {
        let table = [
            ("photo.jpg", "photo.jpg"),
            ("می\u{200C}روم ۱۲.pdf", "می\u{200C}روم ۱۲.pdf"),
            ("e\u{301} 👩\u{200D}🚀.txt", "e\u{301} 👩\u{200D}🚀.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\x\\a.doc", "a.doc"),
            ("a\\b/c\\d", "d"),
            ("C:a.txt", "C_a.txt"),
            ("a.txt:hidden", "a.txt_hidden"),
            ("a<b>|\"?*.txt", "a_b_____.txt"),
            (".bashrc", "bashrc"),
            ("-rf", "rf"),
            (" . -.-x", "x"),
            ("name. . ", "name"),
            ("a\u{202E}gpj.exe", "agpj.exe"),
            ("\u{2067}a\u{200F}\u{61C}b\u{FEFF}.txt", "ab.txt"),
            ("a\nb\tc\u{2029}d\0\u{1B}e\u{9B}", "a b c de"),
            ("\u{200C}.a\u{200D}", "a"),
            ("a\u{E0041}.txt", "a.txt"),
            ("archive.tar.gz", "archive.tar.gz"),
            ("$(rm -rf ~)`x`", "$(rm -rf ~)`x`"),
        ];
        for (name, want) in table {
            assert_eq!(safe(name, "part"), want, "{name:?}");
        }
    }

    #[test]
    fn nothing_left() {
        for name in ["", ".", "..", "---", " . ", "a/", "x\\", "\u{202E}", "\0", "\u{200C}"] {
            assert_eq!(safe(name, "part-1"), "part-1", "{name:?}");
            assert_eq!(safe(name, "../x y?"), "x y_", "{name:?}");
            assert_eq!(safe(name, "."), "file", "{name:?}");
        }
    }

    #[test]
    fn devices() {
        let reserved = ["CON", "nul.txt", "Aux.tar.gz", "com1", "LPT9.x", "COM¹", "prn .txt"];
        for name in reserved.into_iter().chain(["CONIN$", "conout$.log", "COM0"]) {
            assert_eq!(safe(name, "part"), format!("_{name}"));
        }
        for name in ["CONSOLE", "COM", "COM10", "COM1x", "a.con", "null", "_CON", "LPT"] {
            assert_eq!(safe(name, "part"), name);
        }
        let spaced = format!("CON{}x.txt", " ".repeat(200));
        assert_eq!(safe(&spaced, "part"), "_CON.txt");
    }

    #[test]
    fn lengths() {
        let x = |times: usize| "x".repeat(times);
        let fa = |times: usize| "ی".repeat(times);
        let table = [
            (x(120), x(120)),
            (x(121), x(120)),
            (x(300) + ".jpeg", x(115) + ".jpeg"),
            (fa(100) + ".pdf", fa(58) + ".pdf"),
            (fa(100) + ".jpeg", fa(57) + ".jpeg"),
            (x(10) + "." + &x(200), x(10) + "." + &x(109)),
            (x(50) + &" .".repeat(90) + "z.txt", x(50) + ".txt"),
            (x(119) + "  y", x(119)),
            ("nul.".to_owned() + &x(117), "_nul.".to_owned() + &x(115)),
        ];
        for (name, want) in table {
            assert_eq!(safe(&name, "part"), want, "{name}");
        }
    }

    proptest! {
        #[test]
        fn always_safe(name in crate::samples::text(), fallback in crate::samples::text()) {
            let name = safe(&name, &fallback);
            prop_assert!((1..=MAX_BYTES).contains(&name.len()));
            prop_assert!(!name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']));
            prop_assert!(!name.contains(|c: char| c.is_control() || is_bidi_control(c)));
            prop_assert!(!name.starts_with(['.', '-', ' ']) && !name.ends_with(['.', ' ']));
            prop_assert_eq!(safe(&name, &fallback), name);
        }
    }
}
