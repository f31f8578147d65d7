//! What a file says about its maker besides what is seen and heard in it.
//!
//! Readers of our own, each with limits, that look where people's tools write:
//!
//! | kind | what is seen | what is not |
//! |---|---|---|
//! | JPEG, PNG, WebP, HEIC, GIF | EXIF, XMP, IPTC, comments, PNG's texts and time | what a maker's note says (only that there is one), a second file after the image, colour profiles |
//! | PDF | the Info dictionary, XMP, also in deflated object streams | encrypted files, other filters, annotations' authors, what images or files inside it carry |
//! | MP4, MOV, M4A | times, `udta`, `ilst`, QuickTime keys, XMP, that there is a data track | what a data track says, what is in the stream itself; a `moov` over 32 MiB is refused |
//! | WebM | title, date (only that there is one), programs, tags | attached files, what is in the stream itself |
//! | MP3, OGG, WAV | ID3v2, ID3v1, comments of Vorbis, Opus, Theora and FLAC, `LIST INFO` | APE tags (only that there are some), tags after the first 16 MiB |
//! | DOCX, ODT | properties, authors of changes and comments, members' times, metadata of images inside | words anywhere in the text, other embedded files |
//!
//! Other kinds are refused: an empty list would say that nothing is there.

mod boxes;
mod bytes;
mod dates;
mod ebml;
mod exif;
mod id3;
mod images;
mod office;
mod ogg;
mod pdf;
mod png;
mod wav;
mod xml;
mod xmp;

use std::io::Read;

use crate::fact::Facts;
use crate::kind::sniff_whole;
use crate::{Fact, HEAD_BYTES, Kind, PICTURE_BYTES, Refusal, sniff};

/// Most bytes of a document.
pub const DOCUMENT_BYTES: usize = 128 << 20;
/// How much of the beginning of a sound is looked at.
const SOUND_BYTES: usize = 16 << 20;

/// What the file that `input` is says about its maker, in the order of [`crate::FactKind`].
///
/// Work for a sandboxed process: see [`crate::Workshop::facts`].
///
/// # Errors
///
/// [`Refusal::NotSupported`] for a kind that nobody here can look into, [`Refusal::TooLarge`]
/// over [`PICTURE_BYTES`] of an image or [`DOCUMENT_BYTES`], [`Refusal::Malformed`].
pub fn read(input: &mut impl Read) -> Result<Vec<Fact>, Refusal> {
    let mut head = vec![];
    take(input, HEAD_BYTES, &mut head)?;
    let mut facts = Facts::default();
    match sniff(&head) {
        Kind::Mp4 | Kind::Mov | Kind::M4a => boxes::read(&mut head.chain(input), &mut facts)?,
        Kind::WebM => ebml::read(&mut head.chain(input), &mut facts)?,
        Kind::Wav => wav::read(&mut head.chain(input), &mut facts)?,
        Kind::Mp3 => {
            let tail = ends(&mut head, input)?;
            id3::read(&head, &tail, &mut facts);
        }
        Kind::Ogg => {
            ends(&mut head, input)?;
            ogg::read(&head, &mut facts);
        }
        kind @ (Kind::Jpeg | Kind::Png | Kind::WebP | Kind::Gif | Kind::Heic) => {
            rest(&mut head, input, PICTURE_BYTES)?;
            images::read(&head, kind, &mut facts);
        }
        Kind::Pdf => {
            rest(&mut head, input, DOCUMENT_BYTES)?;
            pdf::read(&head, &mut facts);
        }
        Kind::Zip | Kind::Docx | Kind::Odt => {
            rest(&mut head, input, DOCUMENT_BYTES)?;
            office::read(&head, sniff_whole(&head), &mut facts)?;
        }
        Kind::Text | Kind::Other => return Err(Refusal::NotSupported),
    }
    Ok(facts.done())
}

trait Chained {
    fn chain<'a, R: Read>(&'a self, rest: &'a mut R) -> impl Read + 'a;
}

impl Chained for Vec<u8> {
    fn chain<'a, R: Read>(&'a self, rest: &'a mut R) -> impl Read + 'a {
        self.as_slice().chain(rest)
    }
}

/// Appends at most `most` bytes of `input`.
fn take(input: &mut impl Read, most: usize, to: &mut Vec<u8>) -> Result<(), Refusal> {
    let taken = input.take(most as u64).read_to_end(to);
    taken.map(drop).map_err(|e| Refusal::of_reading(&e))
}

/// The whole file, whose beginning `head` is.
fn rest(head: &mut Vec<u8>, input: &mut impl Read, most: usize) -> Result<(), Refusal> {
    take(input, most.saturating_add(1).saturating_sub(head.len()), head)?;
    if head.len() > most { Err(Refusal::TooLarge) } else { Ok(()) }
}

/// More of the beginning, and the last bytes of the file.
fn ends(head: &mut Vec<u8>, input: &mut impl Read) -> Result<Vec<u8>, Refusal> {
    take(input, SOUND_BYTES - HEAD_BYTES, head)?;
    let mut tail = head.get(head.len().saturating_sub(4096)..).unwrap_or_default().to_vec();
    loop {
        let before = tail.len();
        take(input, HEAD_BYTES, &mut tail)?;
        if tail.len() == before {
            return Ok(tail);
        }
        tail.drain(..tail.len().saturating_sub(4096));
    }
}

#[cfg(test)]
mod tests;
