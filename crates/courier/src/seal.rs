//! Sealing a submission into pieces, one after another.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use payamgir_seal::{BlobSealer, seal_entry, seal_within};
use payamgir_wire::entry::text_parts;
use payamgir_wire::hex::Hex;
use payamgir_wire::piece::{self, Head, OVERHEAD};
use payamgir_wire::{Attachment, Channel, Entry, Part};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::key::Key;

/// Bytes of a piece in a block that fits one message of the strictest messenger that takes one: Telegram's
/// 4,096 characters, with the block's first and last line.
const BLOCK_PIECE: usize = 2952;

/// What is sealed.
pub struct Submission<'a> {
    /// Random; joins the parts at the desk.
    pub group: [u8; 16],
    /// The language its source writes in: a code, or empty.
    pub language: &'a str,
    /// When it is sealed, unix seconds.
    pub now: u64,
    /// Its words; may be empty.
    pub text: &'a str,
    /// Its files.
    pub files: &'a [&'a Path],
}

/// Why it was not sealed.
#[derive(Debug)]
pub enum NotSealed {
    /// A file could not be read.
    Read(io::Error),
    /// What is sealed could not be written.
    Write(io::Error),
}

/// Seals all of it into `out`. `progress` is told bytes of files as they are read. Memory does not grow with
/// the files; each is sealed into a nameless file in `temp` first, because its entry, which stands before it,
/// names it by its hash.
pub fn seal(
    key: &Key,
    submission: &Submission<'_>,
    out: &mut impl Write,
    temp: &Path,
    mut progress: impl FnMut(u64),
) -> Result<(), NotSealed> {
    let mut index = 0;
    for piece in texts(submission) {
        let entry = submission.entry(index, Part::Text(piece));
        let sealed = seal_entry(&key.recipient, &encode(entry)?).map_err(NotSealed::Write)?;
        out.write_all(&Head { epoch: key.epoch, entry: sealed, blob: 0 }.alone())
            .map_err(NotSealed::Write)?;
        index += 1;
    }
    for file in submission.files {
        let (blob, hash, size) = seal_file(key, file, temp, &mut progress)?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        let attachment = Attachment {
            blob: Hex(hash),
            size,
            media_type: Zeroizing::default(),
            name: Zeroizing::new(name.unwrap_or_default()),
            cut: false,
        };
        let entry = submission.entry(index, Part::Attachment(attachment));
        let sealed = seal_entry(&key.recipient, &encode(entry)?).map_err(NotSealed::Write)?;
        with_blob(key, sealed, blob, out).map_err(NotSealed::Write)?;
        index += 1;
    }
    Ok(())
}

/// Seals words into a block of text; one that fits a single message where they are few.
pub fn seal_block(key: &Key, submission: &Submission<'_>) -> Result<String, NotSealed> {
    let mut pieces = vec![];
    for (index, piece) in (0..).zip(texts(submission)) {
        let body = encode(submission.entry(index, Part::Text(piece)))?;
        let sealed = seal_within(&key.recipient, &body, BLOCK_PIECE - OVERHEAD);
        let entry = sealed.map_err(NotSealed::Write)?;
        pieces.extend(Head { epoch: key.epoch, entry, blob: 0 }.alone());
    }
    Ok(piece::block(&pieces))
}

fn texts(submission: &Submission<'_>) -> Vec<Zeroizing<String>> {
    let words =
        Some(submission.text).filter(|text| !payamgir_text::is_blank(text)).unwrap_or_default();
    text_parts(words).map(|piece| Zeroizing::new(piece.to_owned())).collect()
}

impl Submission<'_> {
    fn entry(&self, index: u32, part: Part) -> Entry {
        Entry {
            group: Hex(self.group),
            index,
            arrived: self.now,
            channel: Channel::Carried,
            language: self.language.to_owned(),
            alias: None,
            revises: None,
            origin: None,
            part,
        }
    }
}

fn encode(entry: Entry) -> Result<Zeroizing<Vec<u8>>, NotSealed> {
    entry.encode().map_err(|error| NotSealed::Write(io::Error::other(error)))
}

/// A file, sealed: where that is, its hash, and the file's true size.
fn seal_file(
    key: &Key,
    from: &Path,
    temp: &Path,
    progress: &mut impl FnMut(u64),
) -> Result<(File, [u8; 32], u64), NotSealed> {
    let mut from = File::open(from).map_err(NotSealed::Read)?;
    let to =
        Hashed { to: tempfile::tempfile_in(temp).map_err(NotSealed::Write)?, hash: Sha256::new() };
    let mut sealer = BlobSealer::new(&key.recipient, to).map_err(NotSealed::Write)?;
    let mut chunk = Zeroizing::new(vec![0; 64 * 1024]);
    loop {
        let read = from.read(&mut chunk).map_err(NotSealed::Read)?;
        if read == 0 {
            break;
        }
        sealer.write_all(&chunk[..read]).map_err(NotSealed::Write)?;
        progress(read as u64);
    }
    let (hashed, size) = sealer.finish().map_err(NotSealed::Write)?;
    Ok((hashed.to, hashed.hash.finalize().into(), size))
}

fn with_blob(key: &Key, entry: Vec<u8>, mut blob: File, out: &mut impl Write) -> io::Result<()> {
    let mut hash = Sha256::new();
    let length = blob.metadata()?.len();
    out.write_all(&Head { epoch: key.epoch, entry, blob: length }.write(&mut hash))?;
    blob.rewind()?;
    let mut both = Hashed { to: out, hash };
    io::copy(&mut blob, &mut both)?;
    let sum = both.hash.clone().finalize();
    both.to.write_all(&sum)
}

/// Hashes what passes.
struct Hashed<W> {
    to: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl std::fmt::Display for NotSealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(_) => f.write_str("a file could not be read"),
            Self::Write(_) => f.write_str("what is sealed could not be written"),
        }
    }
}

impl std::error::Error for NotSealed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read(error) | Self::Write(error) => Some(error),
        }
    }
}
