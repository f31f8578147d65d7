//! Where a web source's answers go, and an answer itself (docs/FORMAT.md §19).

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::entry::pieces;
use crate::hex::Hex;
use crate::limits::{DROPBOX_ANSWER_BYTES, DROPBOX_ANSWER_JSON_BYTES, DROPBOX_ANSWER_PIECES};

/// Bytes of the public half of a codename's key.
pub const KEY_BYTES: usize = 1216;
/// Bytes of the length before the JSON.
const LENGTH_BYTES: usize = 4;
const VERSION: u32 = 1;

/// Where a codename's answers go: its public half.
#[derive(Clone, PartialEq, Eq)]
pub struct Dropbox {
    /// Under what answers lie at the server.
    pub id: Hex<16>,
    /// To what they are sealed.
    pub key: Box<[u8; KEY_BYTES]>,
}

impl Dropbox {
    /// The key as an entry carries it.
    pub fn key_text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64URL_NOPAD.encode(&self.key[..]))
    }

    /// An id and a key as an entry carries it; `None` where it is no key.
    pub fn read(id: Hex<16>, key: &str) -> Option<Self> {
        let mut bytes = Box::new([0; KEY_BYTES]);
        let fits = BASE64URL_NOPAD.decode_len(key.len()) == Ok(KEY_BYTES);
        let read = fits && BASE64URL_NOPAD.decode_mut(key.as_bytes(), &mut bytes[..]).is_ok();
        read.then_some(Self { id, key: bytes })
    }
}

/// One piece of a reply, as the codename opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which reply.
    pub reply: Hex<16>,
    /// Its place among the pieces of that reply, from 0.
    pub piece: u32,
    /// How many pieces the reply has.
    pub of: u32,
    /// When it was sealed, unix seconds.
    pub at: u64,
    /// The words.
    pub text: Zeroizing<String>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    v: u32,
    reply: Hex<16>,
    piece: u32,
    of: u32,
    at: u64,
    text: Zeroizing<String>,
}

impl Answer {
    /// A reply in as many pieces as it takes.
    pub fn pieces(reply: Hex<16>, at: u64, text: &str) -> Vec<Self> {
        let all: Vec<&str> = pieces(text, DROPBOX_ANSWER_JSON_BYTES).collect();
        let of = all.len() as u32;
        let piece = |(piece, text): (u32, &&str)| Self {
            reply,
            piece,
            of,
            at,
            text: Zeroizing::new((*text).to_owned()),
        };
        (0..).zip(&all).map(piece).collect()
    }

    /// Its bytes before padding: big-endian length, then JSON.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let Self { reply, piece, of, at, text } = self;
        let body =
            Body { v: VERSION, reply: *reply, piece: *piece, of: *of, at: *at, text: text.clone() };
        let json = Zeroizing::new(serde_json::to_vec(&body).expect("strings and numbers"));
        Zeroizing::new([&(json.len() as u32).to_be_bytes()[..], &json].concat())
    }

    /// Reads an opened one; `None` where it is not of this form.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>()?;
        let (json, zeros) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let body: Body = serde_json::from_slice(json).ok()?;
        let fits = body.v == VERSION && body.piece < body.of && zeros.iter().all(|byte| *byte == 0);
        let Body { reply, piece, of, at, text, .. } = body;
        fits.then_some(Self { reply, piece, of, at, text })
    }
}

/// A reply's pieces on their way from a desk to the server, sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct Deposit {
    /// Where they go.
    pub dropbox: Hex<16>,
    /// Which reply.
    pub reply: Hex<16>,
    /// Each of [`DROPBOX_ANSWER_BYTES`].
    pub pieces: Vec<Vec<u8>>,
}

impl Deposit {
    /// The dropbox, the reply, then the pieces.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = [self.dropbox.0, self.reply.0].concat();
        self.pieces.iter().for_each(|piece| bytes.extend_from_slice(piece));
        bytes
    }

    /// Reads it; `None` where there are no pieces, too many, or one of another size.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (dropbox, rest) = bytes.split_first_chunk::<16>()?;
        let (reply, rest) = rest.split_first_chunk::<16>()?;
        let pieces = rest.chunks_exact(DROPBOX_ANSWER_BYTES);
        let whole =
            pieces.remainder().is_empty() && (1..=DROPBOX_ANSWER_PIECES).contains(&pieces.len());
        whole.then(|| Self {
            dropbox: Hex(*dropbox),
            reply: Hex(*reply),
            pieces: pieces.map(<[u8]>::to_vec).collect(),
        })
    }
}

impl std::fmt::Debug for Dropbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dropbox(…)")
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::REPLY_CHARS;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn replies_come_back_from_their_pieces(text in ".{1,300}", times in 1usize..60, zeros in 0usize..90) {
            let text = text.repeat(times);
            let pieces = Answer::pieces(Hex([7; 16]), 5, &text);
            let mut together = String::new();
            for (place, piece) in pieces.iter().enumerate() {
                let mut bytes = piece.encode().to_vec();
                bytes.resize(bytes.len() + zeros, 0);
                let read = Answer::decode(&bytes).unwrap();
                prop_assert!((read.piece as usize, read.of as usize) == (place, pieces.len()));
                together.push_str(&read.text);
            }
            prop_assert_eq!(together, text);
        }

        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), key in ".{0,40}") {
            let _ = (Answer::decode(&bytes), Deposit::decode(&bytes), Dropbox::read(Hex([1; 16]), &key));
        }

        #[test]
        fn deposits_come_back(count in 1usize..=DROPBOX_ANSWER_PIECES, byte: u8) {
            let pieces = vec![vec![byte; DROPBOX_ANSWER_BYTES]; count];
            let deposit = Deposit { dropbox: Hex([1; 16]), reply: Hex([2; 16]), pieces };
            prop_assert!(Deposit::decode(&deposit.encode()) == Some(deposit.clone()));
            prop_assert!(Deposit::decode(&deposit.encode()[1..]).is_none());
        }
    }

    #[test]
    fn the_longest_reply_fits_a_deposit() {
        for letter in ["س", "a", "\"", "\u{1}", "😀"] {
            let pieces = Answer::pieces(Hex([7; 16]), u64::MAX, &letter.repeat(REPLY_CHARS));
            assert!(pieces.len() <= DROPBOX_ANSWER_PIECES, "{}", pieces.len());
            let most = DROPBOX_ANSWER_BYTES - 1_640 - 16;
            assert!(pieces.iter().all(|piece| piece.encode().len() <= most));
        }
    }
}
