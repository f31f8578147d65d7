//! `desk export`: everything the desk has, as plain files or as one sealed file.
//!
//! ```text
//! README.txt                    what this is
//! submissions/000012/…          submission.json, and each part: 00.txt, 01-name.jpg
//! work.jsonl                    what the desk did: one event a line, those passed over too
//! log/frames  log/checkpoint    the sealed log, as it can be imported again
//! log/blobs/<hash>              the sealed attachments that are on this machine
//! server.toml  desk.pub         which log and which desk
//! SHA256SUMS                    of all of these; `sha256sum -c SHA256SUMS` checks them
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use payamgir_desk::office::{Came, Office, Piece, View, What};
use payamgir_desk::seal::{BlobSealer, Recipient};
use payamgir_log::{Hash, Reader, Record};
use payamgir_text::{filename, lang::Lang};
use payamgir_wire::sync::write_frame;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::place::Place;
use super::room;
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::{files, output};

/// Where an export goes; everything is hashed on its way.
struct Out<S: Sink> {
    sink: S,
    sums: String,
}

/// Takes files one after another.
trait Sink {
    /// Takes a file of so many bytes.
    fn file(&mut self, path: &str, size: u64, from: &mut dyn Read) -> io::Result<()>;
    /// Makes all of it durable.
    fn finish(self) -> io::Result<()>;
}

/// `payamgir desk export`
pub fn run(
    place: Place,
    (folder, age): (Option<&Path>, Option<&Path>),
    passphrase: Option<&Path>,
    lang: Lang,
) -> Result<(), Problem> {
    let place: &'static Place = Box::leak(Box::new(place));
    let (office, own) = room::office(place, passphrase, lang)?;
    let count = match (folder, age) {
        (Some(folder), None) => write(place, &office, Folder::new(folder).map_err(failed)?),
        (None, Some(file)) => {
            let own = own.ok_or_else(no_own_key)?;
            write(place, &office, Sealed::new(file, &own).map_err(failed)?)
        }
        _ => return Err(one_of_two()),
    };
    let count = count.map_err(failed)?;
    let words = pick(lang, "گفت‌وگو بیرون نوشته شد.", "conversations were written.");
    output::line(format!("{count} {words}"))
}

fn write(place: &Place, office: &Office, sink: impl Sink) -> io::Result<u64> {
    let mut out = Out { sink, sums: String::new() };
    out.bytes("README.txt", README.as_bytes())?;
    for (name, path) in
        [("server.toml", place.dir().join("server.toml")), ("desk.pub", place.public())]
    {
        out.bytes(name, &fs::read(path)?)?;
    }
    let numbers: Vec<u64> = {
        let store = office.store();
        store.catalog().conversations().iter().map(|conversation| conversation.number).collect()
    };
    for number in &numbers {
        if let Some(view) = office.view(*number).map_err(io::Error::other)? {
            conversation(&mut out, office, &view)?;
        }
    }
    work(&mut out, office)?;
    log(&mut out, &Reader::open(place.log_folder()).map_err(io::Error::other)?, office.size())?;
    let sums = std::mem::take(&mut out.sums);
    out.sink.file("SHA256SUMS", sums.len() as u64, &mut sums.as_bytes())?;
    out.sink.finish()?;
    Ok(numbers.len() as u64)
}

fn conversation(out: &mut Out<impl Sink>, office: &Office, view: &View) -> io::Result<()> {
    for piece in &view.pieces {
        if let Piece::Submission(came) = piece {
            submission(out, office, view, came)?;
        }
    }
    Ok(())
}

fn submission(
    out: &mut Out<impl Sink>,
    office: &Office,
    view: &View,
    came: &Came,
) -> io::Result<()> {
    let folder = format!("submissions/{:06}", came.number);
    let mut parts = vec![];
    for part in &came.parts {
        let (name, kind) = match &part.what {
            What::Text(text) => {
                let name = format!("{:02}.txt", part.place);
                out.bytes(&format!("{folder}/{name}"), text.as_bytes())?;
                (Some(name), "text")
            }
            What::Attachment(attachment) => {
                let safe = filename::safe(&attachment.name, "attachment");
                let name = format!("{:02}-{safe}", part.place);
                let blob = office.blob(part.record).map_err(io::Error::other)?;
                let here = blob.is_some();
                if let Some((_, blob)) = blob {
                    let mut whole = room::Whole::new(blob);
                    out.file(&format!("{folder}/{name}"), attachment.size, &mut whole)?;
                }
                (here.then_some(name), "attachment")
            }
            What::Unreadable(_) => (None, "unreadable"),
            What::Unknown => (None, "unknown"),
        };
        let hidden = part.redaction.as_ref().map(|redaction| &redaction.spans);
        let before: Vec<_> =
            part.before.iter().map(|(at, text)| json!({"arrived": at, "text": text})).collect();
        parts.push(json!({
            "record": part.record, "place": part.place, "kind": kind, "file": name,
            "redacted": hidden, "earlier": before,
        }));
    }
    let whole = json!({
        "number": came.number,
        "conversation": view.number,
        "alias": view.alias,
        "reference": payamgir_wire::reference(&came.group),
        "arrived": came.arrived,
        "channel": came.channel,
        "labels": view.case.labels,
        "deletion_asked": !came.deletion.is_empty(),
        "parts": parts,
    });
    out.bytes(&format!("{folder}/submission.json"), format!("{whole:#}\n").as_bytes())
}

fn work(out: &mut Out<impl Sink>, office: &Office) -> io::Result<()> {
    let work = office.work();
    let mut lines = String::new();
    for heard in work.heard() {
        let event = heard.event.as_ref();
        let line = json!({
            "record": heard.record,
            "author": heard.author.map(|key| payamgir_wire::hex::Hex(key).to_string()),
            "made": event.map(|event| event.made),
            "event": event.map(|event| &event.act),
            "ignored": heard.outcome.err().map(|why| why.word()),
        });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    out.bytes("work.jsonl", lines.as_bytes())
}

/// The sealed log, as the server sent it.
fn log(out: &mut Out<impl Sink>, reader: &Reader, size: u64) -> io::Result<()> {
    let other = io::Error::other::<payamgir_log::Error>;
    out.bytes("log/checkpoint", &reader.checkpoint().map_err(other)?)?;
    let (mut length, mut blobs) = (0u64, vec![]);
    each_frame(reader, size, |frame, record| {
        length += frame.len() as u64;
        blobs.extend(record.blobs.iter().map(|blob| blob.hash));
        Ok(())
    })?;
    let mut frames = Frames { reader, size, next: 0, ready: io::Cursor::new(vec![]) };
    out.file("log/frames", length, &mut frames)?;
    blobs.sort_by_key(|hash| hash.0);
    blobs.dedup();
    for hash in blobs {
        if let Ok(file) = reader.blob(&hash) {
            let length = file.metadata()?.len();
            let name = payamgir_wire::hex::Hex(hash.0);
            out.file(&format!("log/blobs/{name}"), length, &mut BufReader::new(file))?;
        }
    }
    Ok(())
}

/// Rows read at once.
const ROWS: u64 = 256;

fn each_frame(
    reader: &Reader,
    size: u64,
    mut each: impl FnMut(&[u8], &Record) -> io::Result<()>,
) -> io::Result<()> {
    let (mut at, mut result) = (0, Ok(()));
    while at < size && result.is_ok() {
        let next = (at + ROWS).min(size);
        let read = reader.rows(at, next, |row| {
            let mut frame = vec![];
            write_frame(&mut frame, &row.record, row.body.as_deref());
            let record = Record::decode(&row.record);
            result = record.map_or(Err(io::ErrorKind::InvalidData.into()), |r| each(&frame, &r));
            result.is_ok()
        });
        read.map_err(io::Error::other)?;
        at = next;
    }
    result
}

/// The same as a stream.
struct Frames<'r> {
    reader: &'r Reader,
    size: u64,
    next: u64,
    ready: io::Cursor<Vec<u8>>,
}

impl Read for Frames<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.ready.read(out)?;
        if read > 0 || self.next >= self.size {
            return Ok(read);
        }
        let to = (self.next + ROWS).min(self.size);
        let mut frames = vec![];
        let rows = self.reader.rows(self.next, to, |row| {
            write_frame(&mut frames, &row.record, row.body.as_deref());
            true
        });
        rows.map_err(io::Error::other)?;
        (self.next, self.ready) = (to, io::Cursor::new(frames));
        self.ready.read(out)
    }
}

impl<S: Sink> Out<S> {
    fn bytes(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.file(path, bytes.len() as u64, &mut &bytes[..])
    }

    fn file(&mut self, path: &str, size: u64, from: &mut dyn Read) -> io::Result<()> {
        let mut hashed = Hashed { from, hash: Sha256::new(), read: 0 };
        self.sink.file(path, size, &mut hashed)?;
        if hashed.read != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let hash = payamgir_wire::hex::Hex::<32>(hashed.hash.finalize().into());
        self.sums.push_str(&format!("{hash}  {path}\n"));
        Ok(())
    }
}

struct Hashed<'r> {
    from: &'r mut dyn Read,
    hash: Sha256,
    read: u64,
}

impl Read for Hashed<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(out)?;
        self.hash.update(&out[..read]);
        self.read += read as u64;
        Ok(read)
    }
}

/// Files in a new folder.
struct Folder(PathBuf);

impl Folder {
    fn new(folder: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().mode(0o700).create(folder)?;
        Ok(Self(folder.to_owned()))
    }
}

impl Sink for Folder {
    fn file(&mut self, path: &str, _: u64, from: &mut dyn Read) -> io::Result<()> {
        let path = self.0.join(path);
        if let Some(parent) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        io::copy(from, &mut file)?;
        file.sync_all()
    }

    fn finish(self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }
}

/// A tar archive (POSIX ustar) inside one age file.
struct Sealed {
    sealer: BlobSealer<BufWriter<File>>,
    part: PathBuf,
    path: PathBuf,
}

impl Sealed {
    fn new(path: &Path, own: &Recipient) -> io::Result<Self> {
        if path.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let part = path.with_extension("part");
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        let sealer = BlobSealer::new(own, BufWriter::new(file))?;
        Ok(Self { sealer, part, path: path.to_owned() })
    }
}

impl Sink for Sealed {
    fn file(&mut self, path: &str, size: u64, from: &mut dyn Read) -> io::Result<()> {
        self.sealer.write_all(&ustar(path, size)?)?;
        let copied = io::copy(&mut from.take(size), &mut self.sealer)?;
        let fill = copied.next_multiple_of(512) - copied;
        self.sealer.write_all(&[0; 512][..fill as usize])
    }

    fn finish(mut self) -> io::Result<()> {
        self.sealer.write_all(&[0; 1024])?;
        let (file, _) = self.sealer.finish()?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&self.part, &self.path)
    }
}

/// A header of the ustar format; long names are split into prefix and name.
fn ustar(path: &str, size: u64) -> io::Result<[u8; 512]> {
    let (prefix, name) = match path.rsplit_once('/') {
        Some((prefix, name)) if path.len() > 100 => (prefix, name),
        _ => ("", path),
    };
    if name.len() > 100 || prefix.len() > 155 {
        return Err(io::ErrorKind::InvalidFilename.into());
    }
    let mut head = [0; 512];
    let mut put = |at: usize, bytes: &[u8]| head[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    // Sizes that eleven octal digits do not hold are written in base 256.
    match size < 1 << 33 {
        true => put(124, format!("{size:011o}\0").as_bytes()),
        false => {
            put(124, &[0x80]);
            put(128, &size.to_be_bytes());
        }
    }
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(345, prefix.as_bytes());
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(head)
}

const README: &str = "خروجی میز پیامگیر: همه چیز خوانا و بی‌مهر است؛ آن را مانند خود پیام‌ها نگه دارید.\n\
«sha256sum -c SHA256SUMS» درستی همه‌ی پرونده‌ها را می‌سنجد. «payamgir desk import» بخش log را باز می‌گرداند.\n\n\
An export of a payamgir desk: all of it can be read by anybody; keep it as you would keep the submissions.\n\
`sha256sum -c SHA256SUMS` checks every file. `payamgir desk import` brings the part in log back.\n";

fn failed(error: io::Error) -> Problem {
    let what = Say::new("خروجی نوشته نشد.", "The export could not be written.");
    let to_do = Say::new(
        "جای آزاد را ببینید؛ پوشه یا پرونده باید تازه باشد. آنچه نوشته شد ناتمام است، پاکش کنید.",
        "Look at the free space; the folder or file must be new. What was written is not whole: remove it.",
    );
    Problem::new(what, to_do).because(error)
}

fn one_of_two() -> Problem {
    let what = Say::new("خروجی به کجا؟", "Export to where?");
    let to_do = Say::new(
        "یکی از ‎--out پوشه یا ‎--age پرونده را بدهید.",
        "Give one of --out FOLDER and --age FILE.",
    );
    Problem::new(what, to_do).exits(2)
}

fn no_own_key() -> Problem {
    let what =
        Say::new("کلید age این عضو در سخت‌افزار است.", "This member's age key is in hardware.");
    let to_do = Say::new(
        "با ‎--out پوشه بنویسید و خودتان مهر کنید.",
        "Use --out FOLDER and seal it yourself.",
    );
    Problem::new(what, to_do)
}

/// The hash of a blob, for who imports.
pub fn hash_of(name: &str) -> Option<Hash> {
    payamgir_wire::hex::Hash::parse(name).ok().map(|hash| Hash(hash.0))
}

/// Where the export's server is told.
pub fn link(folder: &Path) -> Result<super::place::Link, Problem> {
    let text = files::read(&folder.join("server.toml"))?;
    toml::from_str(&text).map_err(|error| super::import::not_whole("server.toml").because(error))
}
