//! Bytes as a short block of text that can be printed, mailed and pasted.
//!
//! ```text
//! -----BEGIN PAYAMGIR DESK-----
//! <base64, 64 characters a line>
//! -----END PAYAMGIR DESK-----
//! ```

use data_encoding::BASE64;

use crate::limits::ARMOR_BYTES;

const LINE: usize = 64;

/// What a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// A desk's founding: whom the server serves, whom a new desk belongs to.
    Desk,
    /// A member's public keys.
    Member,
}

/// The text is no block of that label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotArmor;

impl Label {
    fn name(self) -> &'static str {
        match self {
            Self::Desk => "PAYAMGIR DESK",
            Self::Member => "PAYAMGIR MEMBER",
        }
    }
}

/// The block, with a line end.
pub fn armor(label: Label, bytes: &[u8]) -> String {
    let name = label.name();
    let mut text = format!("-----BEGIN {name}-----\n");
    let encoded = BASE64.encode(bytes);
    let mut rest = &*encoded;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(LINE.min(rest.len()));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text + &format!("-----END {name}-----\n")
}

/// Reads a block of at most [`ARMOR_BYTES`]. What stands before and after it, blanks at the ends
/// of lines and how the lines are broken do not matter.
pub fn dearmor(label: Label, text: &str) -> Result<Vec<u8>, NotArmor> {
    let name = label.name();
    let (begin, end) = (format!("-----BEGIN {name}-----"), format!("-----END {name}-----"));
    if text.len() > ARMOR_BYTES {
        return Err(NotArmor);
    }
    let (_, rest) = text.split_once(&begin).ok_or(NotArmor)?;
    let (encoded, _) = rest.split_once(&end).ok_or(NotArmor)?;
    let encoded: Vec<u8> = encoded.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(&encoded).map_err(|_| NotArmor)
}

impl std::fmt::Display for NotArmor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a block of that kind")
    }
}

impl std::error::Error for NotArmor {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_written_as_documented() {
        let text = "-----BEGIN PAYAMGIR DESK-----\nYWJj\n-----END PAYAMGIR DESK-----\n";
        assert_eq!(armor(Label::Desk, b"abc"), text);
        assert!(armor(Label::Member, &[0; 500]).lines().all(|line| line.len() <= LINE));
    }

    #[test]
    fn mail_does_no_harm_and_lies_are_refused() {
        let text = armor(Label::Desk, &[7; 100]);
        let mailed = format!("Hello,\r\n\r\n{}\r\nBye", text.replace('\n', " \r\n"));
        assert_eq!(dearmor(Label::Desk, &mailed), Ok(vec![7; 100]));
        let table = [
            String::new(),
            text.replace("DESK", "MEMBER"),
            text.replace("-----END", "-----"),
            text.replacen('B', "!", 40),
            text[..text.len() / 2].to_owned(),
            format!("{}{text}", " ".repeat(ARMOR_BYTES)),
        ];
        for bad in table {
            assert_eq!(dearmor(Label::Desk, &bad), Err(NotArmor), "{bad:.40}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
            prop_assert_eq!(dearmor(Label::Member, &armor(Label::Member, &bytes)), Ok(bytes));
        }

        #[test]
        fn reading_never_panics(text in ".{0,300}") {
            let _ = dearmor(Label::Desk, &text);
        }
    }
}
