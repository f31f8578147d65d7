//! `desk export`: everything the desk has, as plain files or as one sealed file.
//!
//! ```text
//! README.txt                    what this is
//! submissions/000012/…          submission.json, and each part: 00.txt, 01-name.jpg, what it was before:
//!                               00-earlier-17.txt, and what no channel could read: 02-unreadable.bin
//! work.jsonl                    what the desk did: one event a line, those passed over too
//! log/frames  log/checkpoint    the sealed log, as it can be imported again
//! log/blobs/<hash>              the sealed attachments that are on this machine
//! server.toml  desk.pub         which log and which desk
//! SHA256SUMS                    of all of these; `sha256sum -c SHA256SUMS` checks them
//! ```

mod sink;
mod submissions;

use std::fs;
use std::io::{self, BufReader, Read};
use std::path::Path;

use payamgir_desk::office::Office;
use payamgir_log::{Reader, Record};
use payamgir_text::{digits, lang::Lang};
use payamgir_wire::sync::write_frame;
use serde_json::json;

use self::sink::{Folder, Out, Sealed, Sink};
use super::place::Place;
use super::room;
use crate::output;
use crate::problem::Problem;
use crate::words::{Say, pick};

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
    let (count, absent) = count.map_err(failed)?;
    let words = pick(lang, "گفت‌وگو بیرون نوشته شد.", "conversations were written.");
    output::line(format!("{} {words}", digits::number(count, lang)))?;
    if absent == 0 { Ok(()) } else { Err(not_all(absent, lang)) }
}

/// Writes all; gives how many conversations there are, and attachments that are not here.
fn write(place: &Place, office: &Office, sink: impl Sink) -> io::Result<(u64, u64)> {
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
    let mut absent = 0;
    for number in &numbers {
        if let Some(view) = office.view(*number).map_err(io::Error::other)? {
            absent += submissions::conversation(&mut out, office, &view)?;
        }
    }
    work(&mut out, office)?;
    log(&mut out, &Reader::open(place.log_folder()).map_err(io::Error::other)?, office.size())?;
    let sums = std::mem::take(&mut out.sums);
    out.sink.file("SHA256SUMS", sums.len() as u64, &mut sums.as_bytes())?;
    out.sink.finish()?;
    Ok((numbers.len() as u64, absent))
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

/// All is written but what this machine does not have.
fn not_all(count: u64, lang: Lang) -> Problem {
    let count = digits::number(count, lang);
    let what = Say::new(
        format!("{count} پیوست روی این رایانه نیست و در خروجی هم نیست؛ هر چیز دیگر نوشته شد."),
        format!(
            "{count} attachments are not on this machine, and not in the export; all else was written."
        ),
    );
    let to_do = Say::new(
        "برای آن‌ها پیش از خروجی «payamgir desk sync --attachments» را اجرا کنید.",
        "For those, run `payamgir desk sync --attachments` before exporting.",
    );
    Problem::new(what, to_do)
}
