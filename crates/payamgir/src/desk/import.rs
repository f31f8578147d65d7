//! `desk import`: the log of an export back into a desk's folder, checked twice: against the
//! export's own sums, and as everything a server sends is, against the signed checkpoint.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use payamgir_log::{Fetched, Mirror};
use payamgir_text::lang::Lang;
use payamgir_wire::sync::read_frame;
use sha2::{Digest, Sha256};

use super::export::{hash_of, link};
use super::place::Place;
use crate::problem::{DAMAGED, Problem};
use crate::words::{Say, pick};
use crate::{files, output};

/// Records taken at once.
const ROWS: usize = 256;

/// `payamgir desk import`
pub fn run(place: &Place, folder: &Path, lang: Lang) -> Result<(), Problem> {
    let sums = sums(folder)?;
    for (path, sum) in &sums {
        if hash(&folder.join(path)).map_err(|e| not_whole(path).because(e))? != *sum {
            return Err(not_whole(path));
        }
    }
    let link = link(folder)?;
    let public = files::read(&folder.join("desk.pub"))?;
    if !place.public().exists() {
        files::create(&place.public(), public.as_bytes())?;
    } else if files::read(&place.public())? != public {
        return Err(super::session::another_desk());
    }
    let mut mirror = place.mirror(&link)?;
    let records = log(place, &mut mirror, folder)?;
    let blobs = blobs(&mirror, folder, &sums)?;
    if place.link()?.is_none() {
        place.remember(&link)?;
    }
    output::line(format!(
        "{records} {}, {blobs} {}",
        pick(lang, "رکورد", "records"),
        pick(lang, "پیوست بازگردانده شد.", "attachments were brought back."),
    ))
}

/// Every file there is, by its sum; none beside them.
fn sums(folder: &Path) -> Result<BTreeMap<String, String>, Problem> {
    let text = fs::read_to_string(folder.join("SHA256SUMS"));
    let text = text.map_err(|error| not_whole("SHA256SUMS").because(error))?;
    let mut sums = BTreeMap::new();
    for line in text.lines() {
        let (sum, path) = line.split_once("  ").ok_or_else(|| not_whole("SHA256SUMS"))?;
        let plain =
            !path.starts_with('/') && path.split('/').all(|step| step != ".." && !step.is_empty());
        if !plain {
            return Err(not_whole("SHA256SUMS"));
        }
        sums.insert(path.to_owned(), sum.to_owned());
    }
    Ok(sums)
}

fn hash(path: &Path) -> io::Result<String> {
    let (mut file, mut hash) = (File::open(path)?, Sha256::new());
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(payamgir_wire::hex::Hex::<32>(hash.finalize().into()).to_string()),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// Takes the records that are not here yet; they count once the checkpoint covers them.
fn log(place: &Place, mirror: &mut Mirror, folder: &Path) -> Result<u64, Problem> {
    let problem = |error| place.problem(error);
    let checkpoint = folder.join("log/checkpoint");
    let note = fs::read(&checkpoint).map_err(|error| not_whole("log/checkpoint").because(error))?;
    let offered = mirror.offer(&note).map_err(|_| contradicts())?;
    let frames = File::open(folder.join("log/frames"));
    let mut frames = BufReader::new(frames.map_err(|e| not_whole("log/frames").because(e))?);
    let broken = |error: io::Error| not_whole("log/frames").because(error);
    let (mut at, mut rows) = (0, vec![]);
    while at < offered.size {
        let frame =
            read_frame(&mut frames).map_err(broken)?.ok_or_else(|| not_whole("log/frames"))?;
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
    let size = offered.size;
    mirror.accept(offered).map_err(problem)?.map_err(|_| contradicts())?;
    Ok(size)
}

fn blobs(mirror: &Mirror, folder: &Path, sums: &BTreeMap<String, String>) -> Result<u64, Problem> {
    let mut kept = 0;
    for path in sums.keys() {
        let Some(name) = path.strip_prefix("log/blobs/") else { continue };
        let hash = hash_of(name).ok_or_else(|| not_whole(path))?;
        let whole = one_blob(mirror, &folder.join(path), &hash);
        kept += u64::from(whole.map_err(|error| not_whole(path).because(error))?);
    }
    Ok(kept)
}

fn one_blob(mirror: &Mirror, path: &PathBuf, hash: &payamgir_log::Hash) -> io::Result<bool> {
    let mut writer = mirror.blob().map_err(io::Error::other)?;
    io::copy(&mut File::open(path)?, &mut writer)?;
    writer.flush()?;
    Ok(mirror.keep(writer.finish().map_err(io::Error::other)?, hash))
}

/// A file of the export is missing or is not what its sum says.
pub fn not_whole(path: &str) -> Problem {
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
