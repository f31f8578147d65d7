//! The public half of a desk: what the server is told (docs/FORMAT.md §7).
//!
//! ```text
//! payamgir desk 1
//! recipient age1pq1…
//! member <43 characters of unpadded base64url: an Ed25519 public key>
//! ```

use data_encoding::BASE64URL_NOPAD;

use crate::limits::DESK_PUBLIC_BYTES;

const FIRST_LINE: &str = "payamgir desk 1";
/// Most members a desk has.
const MEMBERS: usize = 50;

/// What the server needs to know of a desk; nothing here is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskPublic {
    /// The age recipient every entry is sealed to. Not checked here.
    pub recipient: String,
    /// The Ed25519 keys that may fetch the log.
    pub members: Vec<[u8; 32]>,
}

/// The text is not a desk's public half; holds the number of the line at fault, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// Line at fault, from 1.
    pub line: usize,
}

impl DeskPublic {
    /// Reads the lines; blank lines and lines starting with `#` are skipped.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.len() > DESK_PUBLIC_BYTES {
            return Err(Malformed { line: 1 });
        }
        let mut lines = text.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
        let mut lines = lines.by_ref().filter(|(_, l)| !l.is_empty() && !l.starts_with('#'));
        if lines.next().map(|(_, line)| line) != Some(FIRST_LINE) {
            return Err(Malformed { line: 1 });
        }
        let (mut recipient, mut members) = (None, vec![]);
        for (line, content) in lines {
            let fault = Malformed { line };
            match content.split_once(' ').ok_or(fault)? {
                ("recipient", value) if recipient.is_none() => recipient = Some(value.to_owned()),
                ("member", value) if members.len() < MEMBERS => {
                    members.push(parse_key(value).ok_or(fault)?);
                }
                _ => return Err(fault),
            }
        }
        let last = text.lines().count();
        let recipient = recipient.ok_or(Malformed { line: last })?;
        if members.is_empty() {
            return Err(Malformed { line: last });
        }
        Ok(Self { recipient, members })
    }
}

impl std::fmt::Display for DeskPublic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{FIRST_LINE}\nrecipient {}", self.recipient)?;
        self.members.iter().try_for_each(|key| writeln!(f, "member {}", key_text(key)))
    }
}

/// An Ed25519 public key as unpadded base64url.
pub fn key_text(key: &[u8; 32]) -> String {
    BASE64URL_NOPAD.encode(key)
}

/// The inverse of [`key_text`].
pub fn parse_key(text: &str) -> Option<[u8; 32]> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not the public half of a desk: line {}", self.line)
    }
}

impl std::error::Error for Malformed {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back() {
        let desk = DeskPublic { recipient: "age1pq1x".into(), members: vec![[1; 32], [2; 32]] };
        assert_eq!(DeskPublic::parse(&desk.to_string()), Ok(desk.clone()));
        let commented = format!("# ours\n\n{desk}\n");
        assert_eq!(DeskPublic::parse(&commented), Ok(desk));
    }

    #[test]
    fn faults_name_their_line() {
        let key = key_text(&[1; 32]);
        let table = [
            (String::new(), 1),
            ("payamgir desk 2\n".into(), 1),
            ("payamgir desk 1\nrecipient a\n".into(), 2),
            (format!("payamgir desk 1\nmember {key}\n"), 2),
            (format!("payamgir desk 1\nrecipient a\nmember {key}x\n"), 3),
            (format!("payamgir desk 1\nrecipient a\nrecipient b\nmember {key}\n"), 3),
            ("payamgir desk 1\nrecipient\n".into(), 2),
            (format!("payamgir desk 1\n{}", "#".repeat(DESK_PUBLIC_BYTES)), 1),
        ];
        for (text, line) in table {
            assert_eq!(DeskPublic::parse(&text), Err(Malformed { line }), "{text:.60}");
        }
    }
}
