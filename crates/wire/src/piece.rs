//! What a source sealed itself: pieces, each an entry and perhaps a blob, one after another in a
//! file, a body of a request or an armoured block (docs/FORMAT.md §20).
//!
//! ```text
//! "PGS1" ‖ epoch (32) ‖ u32 length ‖ sealed entry ‖ u64 length ‖ sealed blob ‖ SHA-256 of all before it
//! ```
//!
//! Files of pieces joined are a file of pieces: so a bundle needs no format of its own. The hash
//! finds what a line or a stick damaged; it proves nothing.

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use crate::hex::{Hash, Hex};
use crate::limits::{BLOCK_BYTES, BODY_BYTES};

const MAGIC: &[u8; 4] = b"PGS1";
/// How every age file begins.
const AGE: &[u8] = b"age-encryption.org/v1\n";
/// Fewest bytes of a sealed entry: an age file's header to one hybrid recipient, and something in it. What is
/// shorter is none, and many such would cost a log more than they weigh.
pub const ENTRY_BYTES: usize = 1_700;
/// Bytes before the entry, between it and the blob, and after the blob.
const HEAD: usize = MAGIC.len() + 32 + 4;
const LENGTH: usize = 8;
const SUM: usize = 32;
/// Bytes a piece takes besides its entry and blob.
pub const OVERHEAD: usize = HEAD + LENGTH + SUM;

const BEGIN: &str = "BEGIN PAYAMGIR MESSAGE";
const END: &str = "END PAYAMGIR MESSAGE";
const LINE: usize = 64;

/// What a piece says before its blob.
#[derive(Clone, PartialEq, Eq)]
pub struct Head {
    /// SHA-256 of the recipient that it is sealed to.
    pub epoch: Hash,
    /// The sealed entry.
    pub entry: Vec<u8>,
    /// The sealed blob's length in bytes; 0 where there is none.
    pub blob: u64,
}

/// Something that is not a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAPiece {
    /// It is of another form.
    Form,
    /// It ends in the middle.
    Short,
    /// It was damaged on its way.
    Damaged,
}

/// What is read of a row of pieces as its bytes come, in whatever steps.
#[derive(Default)]
pub struct Reader {
    stage: Stage,
    held: Vec<u8>,
    hash: Sha256,
}

#[derive(Default)]
enum Stage {
    #[default]
    Head,
    Entry {
        epoch: Hash,
        length: usize,
    },
    Blob {
        left: u64,
    },
    Sum,
    /// What is left is not looked at.
    Broken(NotAPiece),
}

/// What comes of some bytes.
pub enum Event<'a> {
    /// A piece begins.
    Head(Head),
    /// More of its blob.
    Blob(&'a [u8]),
    /// It is whole, and as it was written.
    End,
}

impl Reader {
    /// Takes bytes from the front of `bytes`: gives what comes of them, or `None` where more are needed.
    /// To be called until then; after an error nothing more is read.
    pub fn next<'a>(&mut self, bytes: &mut &'a [u8]) -> Result<Option<Event<'a>>, NotAPiece> {
        let event = self.step(bytes);
        if let Err(wrong) = event {
            self.stage = Stage::Broken(wrong);
        }
        event
    }

    /// Whether it may end here.
    pub fn end(&self) -> Result<(), NotAPiece> {
        match self.stage {
            Stage::Head if self.held.is_empty() => Ok(()),
            Stage::Broken(wrong) => Err(wrong),
            _ => Err(NotAPiece::Short),
        }
    }

    fn step<'a>(&mut self, bytes: &mut &'a [u8]) -> Result<Option<Event<'a>>, NotAPiece> {
        match self.stage {
            Stage::Broken(wrong) => Err(wrong),
            Stage::Head => {
                let early = bytes.len().min(MAGIC.len().saturating_sub(self.held.len()));
                let known = [&self.held[..], &bytes[..early]].concat();
                if !MAGIC.starts_with(&known[..known.len().min(MAGIC.len())]) {
                    return Err(NotAPiece::Form);
                }
                let Some(head) = self.hold(bytes, HEAD) else { return Ok(None) };
                let (_, rest) = head.split_at(MAGIC.len());
                let (epoch, length) = rest.split_first_chunk::<32>().ok_or(NotAPiece::Form)?;
                let length =
                    u32::from_be_bytes(length.try_into().map_err(|_| NotAPiece::Form)?) as usize;
                if !(ENTRY_BYTES..=BODY_BYTES).contains(&length) {
                    return Err(NotAPiece::Form);
                }
                self.stage = Stage::Entry { epoch: Hex(*epoch), length };
                self.step(bytes)
            }
            Stage::Entry { epoch, length } => {
                let Some(mut entry) = self.hold(bytes, length + LENGTH) else { return Ok(None) };
                let blob = entry.split_off(length);
                let blob = u64::from_be_bytes(blob.try_into().map_err(|_| NotAPiece::Form)?);
                if !entry.starts_with(AGE) {
                    return Err(NotAPiece::Form);
                }
                self.stage = if blob == 0 { Stage::Sum } else { Stage::Blob { left: blob } };
                Ok(Some(Event::Head(Head { epoch, entry, blob })))
            }
            Stage::Blob { left } => {
                let most = usize::try_from(left).unwrap_or(usize::MAX);
                let (part, rest) = bytes.split_at(bytes.len().min(most));
                *bytes = rest;
                self.hash.update(part);
                let left = left - part.len() as u64;
                self.stage = if left == 0 { Stage::Sum } else { Stage::Blob { left } };
                Ok((!part.is_empty()).then_some(Event::Blob(part)))
            }
            Stage::Sum => {
                let hash = self.hash.clone();
                let Some(sum) = self.hold(bytes, SUM) else { return Ok(None) };
                *self = Self::default();
                if sum[..] == hash.finalize()[..] {
                    Ok(Some(Event::End))
                } else {
                    Err(NotAPiece::Damaged)
                }
            }
        }
    }

    /// Takes bytes until there are `length`; gives them then.
    fn hold(&mut self, bytes: &mut &[u8], length: usize) -> Option<Vec<u8>> {
        let (part, rest) = bytes.split_at(bytes.len().min(length - self.held.len()));
        *bytes = rest;
        self.held.extend_from_slice(part);
        if self.held.len() < length {
            return None;
        }
        self.hash.update(&self.held);
        Some(std::mem::take(&mut self.held))
    }
}

impl Head {
    /// What stands before the blob; `hash` goes on with the blob's bytes.
    pub fn write(&self, hash: &mut Sha256) -> Vec<u8> {
        let length = (self.entry.len() as u32).to_be_bytes();
        let parts = [&MAGIC[..], &self.epoch.0, &length, &self.entry, &self.blob.to_be_bytes()];
        let bytes = parts.concat();
        hash.update(&bytes);
        bytes
    }

    /// A whole piece without a blob.
    pub fn alone(&self) -> Vec<u8> {
        let mut hash = Sha256::new();
        let mut bytes = self.write(&mut hash);
        bytes.extend_from_slice(&hash.finalize());
        bytes
    }
}

/// Pieces without blobs, all of them whole.
pub fn read_alone(mut bytes: &[u8]) -> Result<Vec<Head>, NotAPiece> {
    let (mut reader, mut heads) = (Reader::default(), vec![]);
    while let Some(event) = reader.next(&mut bytes)? {
        match event {
            Event::Head(head) if head.blob == 0 => heads.push(head),
            Event::Head(_) | Event::Blob(_) => return Err(NotAPiece::Form),
            Event::End => {}
        }
    }
    reader.end().map(|()| heads)
}

/// Pieces as a block of text that can be pasted into any messenger.
pub fn block(bytes: &[u8]) -> String {
    let mut text = format!("-----{BEGIN}-----\n");
    let encoded = BASE64.encode(bytes);
    for line in encoded.as_bytes().chunks(LINE) {
        text.push_str(std::str::from_utf8(line).expect("base64 is ASCII"));
        text.push('\n');
    }
    text + &format!("-----{END}-----\n")
}

/// A block found in a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Found<'a> {
    /// What stands before it.
    pub before: &'a str,
    /// Its pieces.
    pub pieces: Result<Vec<Head>, NotAPiece>,
    /// What stands after it.
    pub after: &'a str,
}

/// The first block in a text. Messengers make long dashes of short ones, break lines anew and put blanks in
/// them: only the letters of the block count.
pub fn find(text: &str) -> Option<Found<'_>> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (inside, after) = rest.split_once(END).unwrap_or((rest, ""));
    let dashes =
        |c: char| matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―') || c.is_whitespace();
    let pieces = if inside.len() > BLOCK_BYTES {
        Err(NotAPiece::Form)
    } else {
        let letters: Vec<u8> = inside
            .chars()
            .filter(|c| !dashes(*c))
            .map(|c| u8::try_from(c).unwrap_or(b'!'))
            .collect();
        let bytes = BASE64.decode(&letters).map_err(|_| NotAPiece::Damaged);
        bytes.and_then(|bytes| read_alone(&bytes))
    };
    let pieces = pieces
        .and_then(|pieces| if pieces.is_empty() { Err(NotAPiece::Short) } else { Ok(pieces) });
    Some(Found {
        before: before.trim_end_matches(dashes),
        pieces,
        after: after.trim_start_matches(dashes),
    })
}

impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Head(…)")
    }
}

impl std::fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Found(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(length: usize) -> Vec<u8> {
        [AGE, &vec![b'x'; ENTRY_BYTES + length]].concat()
    }

    fn piece(length: usize, blob: &[u8]) -> Vec<u8> {
        let head = Head { epoch: Hex([3; 32]), entry: entry(length), blob: blob.len() as u64 };
        let mut hash = Sha256::new();
        let mut bytes = head.write(&mut hash);
        hash.update(blob);
        bytes.extend_from_slice(blob);
        bytes.extend_from_slice(&hash.finalize());
        bytes
    }

    /// Entries' and blobs' lengths, as they are read in these steps.
    fn read(bytes: &[u8], step: usize) -> Result<Vec<(usize, Vec<u8>)>, NotAPiece> {
        let (mut reader, mut all) = (Reader::default(), vec![]);
        for mut chunk in bytes.chunks(step) {
            while let Some(event) = reader.next(&mut chunk)? {
                match event {
                    Event::Head(head) => all.push((head.entry.len(), vec![])),
                    Event::Blob(part) => all.last_mut().unwrap().1.extend_from_slice(part),
                    Event::End => {}
                }
            }
            assert!(chunk.is_empty());
        }
        reader.end().map(|()| all)
    }

    proptest! {
        #[test]
        fn pieces_come_back_in_whatever_steps(
            pieces in prop::collection::vec((0usize..300, prop::collection::vec(any::<u8>(), 0..400)), 0..5),
            step in 1usize..500,
        ) {
            let bytes: Vec<u8> = pieces.iter().flat_map(|(length, blob)| piece(*length, blob)).collect();
            let expected: Vec<_> = pieces.into_iter().map(|(length, blob)| (length + AGE.len() + ENTRY_BYTES, blob)).collect();
            prop_assert_eq!(read(&bytes, step), Ok(expected));
        }

        #[test]
        fn what_is_cut_or_changed_is_refused(length in 0usize..200, blob in prop::collection::vec(any::<u8>(), 0..200), at: prop::sample::Index, step in 1usize..100) {
            let whole = piece(length, &blob);
            let at = at.index(whole.len());
            if at > 0 {
                prop_assert!(read(&whole[..at], step).is_err());
            }
            let mut changed = whole.clone();
            changed[at] ^= 1;
            prop_assert!(read(&changed, step).is_err());
        }

        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..600), text in ".{0,300}", step in 1usize..50) {
            let _ = (read(&bytes, step), read(&[&MAGIC[..], &bytes].concat(), step), find(&text));
            let _ = find(&format!("{text}{BEGIN}{text}"));
        }

        #[test]
        fn a_block_is_found_however_it_was_pasted(length in 0usize..900, before in "[a-zآ-ی \n]{0,40}", after in "[a-zآ-ی \n]{0,40}", width in 1usize..90, dash in "[-–—]{0,4}") {
            let bytes = piece(length, &[]);
            let text = block(&bytes);
            let inside: String = text.lines().filter(|line| !line.contains(BEGIN) && !line.contains(END)).collect();
            let lines: Vec<String> = inside.as_bytes().chunks(width).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
            for text in [text, format!("{dash}{BEGIN}{dash} {} {dash}{END}{dash}", lines.join(" \r\n"))] {
                let text = format!("{before}\n{text}\n{after}");
                let found = find(&text).unwrap();
                prop_assert_eq!(found.pieces.unwrap()[0].entry.len(), length + AGE.len() + ENTRY_BYTES);
                prop_assert_eq!((found.before.trim(), found.after.trim()), (before.trim(), after.trim()));
            }
        }
    }

    #[test]
    fn blocks_that_are_none_are_told_from_words() {
        assert!(find("سلام").is_none());
        let text = block(&piece(20, &[]));
        assert!(find(&text[..text.len() / 2]).unwrap().pieces.is_err());
        assert!(find(&text.replace("AAAA", "AAA?")).unwrap().pieces.is_err());
        assert_eq!(find(&format!("{BEGIN} {END}")).unwrap().pieces, Err(NotAPiece::Short));
        // A blob is not for pasting.
        assert_eq!(find(&block(&piece(20, b"film"))).unwrap().pieces, Err(NotAPiece::Form));
    }

    #[test]
    fn a_length_that_lies_takes_no_memory() {
        let mut bytes = piece(20, &[]);
        bytes[36..40].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(read(&bytes, 64), Err(NotAPiece::Form));
    }
}
