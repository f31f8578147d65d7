//! A reply on its way from a desk to the server, which sends it by a messenger (docs/FORMAT.md §18).

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::hex::Hex;
use crate::limits::{REPLY_BYTES, REPLY_CHARS, ROUTE_BYTES};

const LENGTH_BYTES: usize = 4;

/// A reply and where it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Send {
    /// Which reply: sent once, however often it is handed over.
    pub reply: Hex<16>,
    /// The return address, as the entry carried it.
    pub route: Zeroizing<String>,
    /// The words; none only where there is a file.
    pub text: Zeroizing<String>,
    /// A voice or a picture.
    pub file: Option<File>,
}

/// A file that goes with a reply.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Zeroizing<Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    reply: Hex<16>,
    route: Zeroizing<String>,
    text: Zeroizing<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
}

impl Send {
    /// The length of the JSON, the JSON, then the file's bytes.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let media_type = self.file.as_ref().map(|file| file.media_type.clone());
        let (reply, route, text) = (self.reply, self.route.clone(), self.text.clone());
        let head = Head { reply, route, text, media_type };
        let head = Zeroizing::new(serde_json::to_vec(&head).expect("strings"));
        let file = self.file.as_ref().map_or(&[][..], |file| &file.bytes[..]);
        Zeroizing::new([&(head.len() as u32).to_be_bytes()[..], &head, file].concat())
    }

    /// Reads it; `None` where it is malformed or larger than any reply.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>()?;
        let (head, file) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let head: Head = serde_json::from_slice(head).ok()?;
        let fits = bytes.len() <= REPLY_BYTES
            && head.route.len() <= ROUTE_BYTES
            && head.text.chars().count() <= REPLY_CHARS;
        let file = match head.media_type {
            Some(media_type) => Some(File { media_type, bytes: Zeroizing::new(file.to_vec()) }),
            None if file.is_empty() => None,
            None => return None,
        };
        let something = file.is_some() || !head.text.trim().is_empty();
        let Head { reply, route, text, .. } = head;
        (fits && something).then_some(Self { reply, route, text, file })
    }
}

impl std::fmt::Debug for Send {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Send(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_handed_over_comes_back(text in ".{1,200}", file: Option<Vec<u8>>) {
            let file = file.map(|bytes| File { media_type: "audio/ogg".into(), bytes: Zeroizing::new(bytes) });
            let (route, text) = (Zeroizing::new("r".into()), Zeroizing::new(format!("x{text}")));
            let send = Send { reply: Hex([7; 16]), route, text, file };
            prop_assert!(Send::decode(&send.encode()) == Some(send));
        }

        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Send::decode(&bytes);
        }
    }

    #[test]
    fn nothing_is_no_reply() {
        let empty = Send {
            reply: Hex([7; 16]),
            route: Zeroizing::default(),
            text: Zeroizing::new(" \n".into()),
            file: None,
        };
        assert!(Send::decode(&empty.encode()).is_none());
        let long = Send { text: Zeroizing::new("س".repeat(REPLY_CHARS + 1)), ..empty };
        assert!(Send::decode(&long.encode()).is_none());
    }
}
