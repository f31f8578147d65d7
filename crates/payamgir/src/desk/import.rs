//! `desk import`: the log of an export back into a desk's folder, checked twice: against the
//! export's own sums, and as everything a server sends is, against the signed checkpoint.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use payamgir_desk::open::SealedFile;
use payamgir_log::{Fetched, Hash, Intake, Mirror};
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use payamgir_wire::hex::Hex;
use payamgir_wire::sync::read_frame;
use sha2::{Digest, Sha256};

use super::identity::unlock;
use super::place::{Link, Place};
use super::room::Whole;
use crate::problem::{DAMAGED, Problem};
use crate::words::{Say, pick};
use crate::{files, output};

/// Records taken at once.
const ROWS: usize = 256;
/// Most bytes of a file that is read whole: of text, or a checkpoint.
const SMALL_BYTES: u64 = 1024 * 1024;
/// Most bytes of the sums: of an export of a million submissions.
const SUMS_BYTES: u64 = 1024 * 1024 * 1024;
const SUMS: &str = "SHA256SUMS";

type Sums = BTreeMap<String, String>;

/// `payamgir desk import`
pub fn run(
    place: &Place,
    export: &Path,
    passphrase: Option<&Path>,
    lang: Lang,
) -> Result<(), Problem> {
    let mut import = Import::new(place);
    if export.is_dir() {
        from_folder(&mut import, export)?;
    } else {
        from_file(&mut import, export, passphrase, lang)?;
    }
    let (records, blobs) = import.finish()?;
    output::line(format!(
        "{} {}, {} {}",
        digits::number(records, lang),
        pick(lang, "رکورد", "records"),
        digits::number(blobs, lang),
        pick(lang, "پیوست بازگردانده شد.", "attachments were brought back."),
    ))
}

/// Every file is held against its sum before anything is taken. What no sum names is not looked at.
fn from_folder(import: &mut Import<'_>, folder: &Path) -> Result<(), Problem> {
    let open = |path: &str| File::open(folder.join(path)).map_err(|e| not_whole(path).because(e));
    let (sums, order) = sums(&whole(SUMS, &mut open(SUMS)?, SUMS_BYTES)?)?;
    for (path, sum) in &sums {
        let mut hashed = Hashed::new(open(path)?);
        io::copy(&mut hashed, &mut io::sink()).map_err(|error| not_whole(path).because(error))?;
        if hashed.hash() != *sum {
            return Err(not_whole(path));
        }
    }
    for path in &order {
        import.take(path, &mut BufReader::new(open(path)?))?;
    }
    import.sums = Some(sums);
    Ok(())
}

/// One file is read once: what is taken of it is held against the checkpoint and the blobs' own
/// hashes, and all of it against the sums, which stand at its end. Nothing opened touches the disk.
fn from_file(
    import: &mut Import<'_>,
    path: &Path,
    passphrase: Option<&Path>,
    lang: Lang,
) -> Result<(), Problem> {
    let name = path.display().to_string();
    let broken = |error: io::Error| not_whole(&name).because(error);
    let member = unlock(import.place, passphrase, lang)?;
    let own = member.own_identity().ok_or_else(|| not_whole(&name))?;
    let file = File::open(path).map_err(broken)?;
    let size = file.metadata().map_err(broken)?.len();
    let sealed = SealedFile::new([own], BufReader::new(file), size);
    let sealed = sealed.map_err(|error| not_yours(&name).because(error))?;
    let mut archive = tar::Archive::new(Whole::new(sealed));
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let path = entry.path().map_err(broken)?.to_string_lossy().into_owned();
        import.take(&path, &mut entry)?;
    }
    Ok(())
}

/// Takes the files of an export in their order.
struct Import<'p> {
    place: &'p Place,
    link: Option<Link>,
    mirror: Option<Mirror>,
    checkpoint: Vec<u8>,
    /// What was read, by its sum.
    read: Sums,
    sums: Option<Sums>,
    records: u64,
    blobs: u64,
}

impl<'p> Import<'p> {
    fn new(place: &'p Place) -> Self {
        Self {
            place,
            link: None,
            mirror: None,
            checkpoint: vec![],
            read: Sums::new(),
            sums: None,
            records: 0,
            blobs: 0,
        }
    }

    fn take(&mut self, path: &str, from: &mut impl Read) -> Result<(), Problem> {
        if path == SUMS {
            self.sums = Some(sums(&whole(path, from, SUMS_BYTES)?)?.0);
            return Ok(());
        }
        let mut from = Hashed::new(from);
        match path {
            "server.toml" => {
                let text = text(path, &mut from)?;
                let link = toml::from_str(&text);
                self.link = Some(link.map_err(|error| not_whole(path).because(error))?);
            }
            "desk.pub" => self.desk(&text(path, &mut from)?)?,
            "log/checkpoint" => self.checkpoint = whole(path, &mut from, SMALL_BYTES)?,
            "log/frames" => self.log(path, &mut from)?,
            _ => self.other(path, &mut from)?,
        }
        // What is behind what was taken counts for the sum.
        io::copy(&mut from, &mut io::sink()).map_err(|error| not_whole(path).because(error))?;
        self.read.insert(path.to_owned(), from.hash());
        Ok(())
    }

    fn desk(&mut self, public: &str) -> Result<(), Problem> {
        let own = self.place.public();
        if !own.exists() {
            return files::create(&own, public.as_bytes());
        }
        if files::read(&own)? == public { Ok(()) } else { Err(super::session::another_desk()) }
    }

    /// Takes the records that are not here yet; they count once the checkpoint covers them.
    fn log(&mut self, path: &str, frames: &mut impl Read) -> Result<(), Problem> {
        let (place, link) = (self.place, self.link.as_ref().ok_or_else(|| not_whole(path))?);
        let mirror = self.mirror.insert(place.mirror(link)?);
        let problem = |error| place.problem(error);
        let offered = mirror.offer(&self.checkpoint).map_err(|_| contradicts())?;
        let mut frames = BufReader::new(frames);
        let broken = |error: io::Error| not_whole(path).because(error);
        let (mut at, mut rows) = (0, vec![]);
        while at < offered.size {
            let frame = read_frame(&mut frames).map_err(broken)?.ok_or_else(|| not_whole(path))?;
            if at >= mirror.size() + rows.len() as u64 {
                rows.push(Fetched::new(&frame.record, frame.body));
            }
            at += 1;
            if rows.len() == ROWS || at == offered.size {
                mirror
                    .extend(&std::mem::take(&mut rows))
                    .map_err(problem)?
                    .map_err(|_| contradicts())?;
            }
        }
        self.records = offered.size;
        mirror.accept(offered).map_err(problem)?.map_err(|_| contradicts())
    }

    fn other(&mut self, path: &str, from: &mut impl Read) -> Result<(), Problem> {
        let Some(name) = path.strip_prefix("log/blobs/") else { return Ok(()) };
        let mirror = self.mirror.as_ref().ok_or_else(|| not_whole(path))?;
        let hash = payamgir_wire::hex::Hash::parse(name).map_err(|_| not_whole(path))?;
        let intake = mirror.intake().map_err(|error| self.place.problem(error))?;
        let kept = keep(&intake, from, &Hash(hash.0));
        self.blobs += u64::from(kept.map_err(|error| not_whole(path).because(error))?);
        Ok(())
    }

    /// Whether all was there and as its sum says.
    fn finish(self) -> Result<(u64, u64), Problem> {
        let sums = self.sums.ok_or_else(|| not_whole(SUMS))?;
        for (path, sum) in &sums {
            if self.read.get(path) != Some(sum) {
                return Err(not_whole(path));
            }
        }
        let link = self.link.ok_or_else(|| not_whole("server.toml"))?;
        if self.mirror.is_none() {
            return Err(not_whole("log/frames"));
        }
        if self.place.link()?.is_none() {
            self.place.remember(&link)?;
        }
        Ok((self.records, self.blobs))
    }
}

fn keep(intake: &Intake, from: &mut impl Read, hash: &Hash) -> io::Result<bool> {
    let mut writer = intake.blob().map_err(io::Error::other)?;
    io::copy(from, &mut writer)?;
    writer.flush()?;
    Ok(intake.keep(writer.finish().map_err(io::Error::other)?, hash))
}

/// Every file there is by its sum, and their names in their order.
fn sums(text: &[u8]) -> Result<(Sums, Vec<String>), Problem> {
    let text = std::str::from_utf8(text).map_err(|_| not_whole(SUMS))?;
    let (mut sums, mut order) = (Sums::new(), vec![]);
    for line in text.lines() {
        let (sum, path) = line.split_once("  ").ok_or_else(|| not_whole(SUMS))?;
        let plain =
            !path.starts_with('/') && path.split('/').all(|step| step != ".." && !step.is_empty());
        if !plain {
            return Err(not_whole(SUMS));
        }
        sums.insert(path.to_owned(), sum.to_owned());
        order.push(path.to_owned());
    }
    Ok((sums, order))
}

fn whole(path: &str, from: &mut impl Read, most: u64) -> Result<Vec<u8>, Problem> {
    let mut bytes = vec![];
    let read = from.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|error| not_whole(path).because(error))?;
    if bytes.len() as u64 <= most { Ok(bytes) } else { Err(not_whole(path)) }
}

fn text(path: &str, from: &mut impl Read) -> Result<String, Problem> {
    String::from_utf8(whole(path, from, SMALL_BYTES)?).map_err(|_| not_whole(path))
}

/// Hashed as it is read.
struct Hashed<R> {
    from: R,
    hash: Sha256,
}

impl<R: Read> Hashed<R> {
    fn new(from: R) -> Self {
        Self { from, hash: Sha256::new() }
    }

    fn hash(&self) -> String {
        Hex::<32>(self.hash.clone().finalize().into()).to_string()
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(out)?;
        self.hash.update(&out[..read]);
        Ok(read)
    }
}

/// A file of the export is missing or is not what its sum says.
fn not_whole(path: &str) -> Problem {
    let what = Say::new(
        format!("این خروجی درست نیست: {path}"),
        format!("This export is not whole: {path}"),
    );
    let to_do = Say::new(
        "رونوشت دیگری از خروجی را بیاورید. چیزی از این گرفته نشد که سنجیده نشده باشد.",
        "Bring another copy of the export. Nothing was taken from it that was not checked.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

/// The file does not open with this member's key.
fn not_yours(path: &str) -> Problem {
    let what = Say::new(
        format!("این پرونده با کلید این عضو باز نمی‌شود: {path}"),
        format!("This file does not open with this member's key: {path}"),
    );
    let to_do = Say::new(
        "همان عضوی که آن را نوشته باید بازش کند؛ identity.age او باید در پوشه‌ی میز باشد.",
        "The member who wrote it must open it: their identity.age must be in the desk's folder.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

fn contradicts() -> Problem {
    let what = Say::new(
        "هشدار: لاگ این خروجی با چک‌پوینت یا با آنچه این میز دارد نمی‌خواند.",
        "ALARM: the export's log contradicts its checkpoint or what this desk holds.",
    );
    let to_do = Say::new(
        "به آن اعتماد نکنید تا بدانید چه شده است.",
        "Do not trust it until you know what happened.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}
