//! `payamgir edition`: whether what is published is what a desk approved, checked from its files alone; and
//! taking a whole bulletin along.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use payamgir_courier::{Failure, Server, fetch};
use payamgir_roster::proof::{PROOF_BYTES, Proof, Shown};
use payamgir_roster::{Fold, kind};
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use payamgir_wire::armor::{Label, dearmor};
use payamgir_wire::hex::Hash;
use payamgir_wire::release::{File, RELEASE_BYTES, Release, hash_of};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::cli::{EditionCommand, SaveArgs, VerifyArgs};
use crate::courier::{no_server, server, unreached};
use crate::problem::{DAMAGED, Problem};
use crate::words::Say;
use crate::{files, output};

/// The list of the files, in the bulletin's folder.
const RELEASE: &str = "release.txt";
/// Who approved it.
const PROOF: &str = "proof.txt";

/// `payamgir edition …`
pub fn run(command: &EditionCommand, lang: Lang) -> Result<(), Problem> {
    match command {
        EditionCommand::Verify(args) => verify(args, lang),
        EditionCommand::Save(args) => save(args, lang),
    }
}

/// A release that was approved.
struct Approved {
    release: Release,
    hash: Hash,
    shown: Shown,
}

/// `payamgir edition verify`
fn verify(args: &VerifyArgs, lang: Lang) -> Result<(), Problem> {
    let folder = &args.folder;
    let list = read(&folder.join(RELEASE), RELEASE_BYTES)?;
    let proof = read(&folder.join(PROOF), PROOF_BYTES)?;
    let approved = approved(&list, &proof, args.desk.as_deref())?;
    for file in approved.release.files() {
        check(folder, file)?;
    }
    strangers(folder, &approved.release)?;
    tell(&approved, args.json, lang)
}

/// Whether the list was approved by as many as the desk asks for.
fn approved(list: &[u8], proof: &[u8], desk: Option<&Path>) -> Result<Approved, Problem> {
    let release = Release::decode(list).map_err(|error| no_list().because(error))?;
    let known = desk.map(founding).transpose()?;
    let desk = known.unwrap_or(release.desk.0);
    if desk != release.desk.0 {
        return Err(another_desk());
    }
    let proof = std::str::from_utf8(proof).ok().and_then(|text| Proof::decode(text).ok());
    let proof = proof.ok_or_else(no_list)?;
    let hash = hash_of(list);
    let shown = proof.verify(&desk, hash.0, &release.author.0);
    let shown = shown.map_err(|refusal| not_approved().because(refusal))?;
    Ok(Approved { release, hash, shown })
}

/// The desk that a desk.pub names.
fn founding(path: &Path) -> Result<[u8; 32], Problem> {
    let body = dearmor(Label::Desk, &files::read(path)?).map_err(|_| another_desk())?;
    let mut fold = Fold::default();
    fold.hear(0, kind::STATEMENT, &body).map_err(|refusal| another_desk().because(refusal))?;
    fold.roster().map(|roster| roster.desk()).ok_or_else(another_desk)
}

fn check(folder: &Path, file: &File) -> Result<(), Problem> {
    let path = folder.join(file.path.as_str());
    let altered = || altered(file.path.as_str());
    let mut from = fs::File::open(&path).map_err(|error| altered().because(error))?;
    let size = from.metadata().map(|data| data.len()).unwrap_or_default();
    let mut hash = Sha256::new();
    std::io::copy(&mut from, &mut hash).map_err(|error| altered().because(error))?;
    let same = size == file.size && file.hash.0 == <[u8; 32]>::from(hash.finalize());
    if same { Ok(()) } else { Err(altered()) }
}

/// A file that nobody approved would be read as if somebody had.
fn strangers(folder: &Path, release: &Release) -> Result<(), Problem> {
    let mut known: BTreeSet<PathBuf> =
        release.files().map(|file| folder.join(file.path.as_str())).collect();
    known.extend([RELEASE, PROOF].map(|name| folder.join(name)));
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).map_err(|error| files::unreadable(&at, error))? {
            let entry = entry.map_err(|error| files::unreadable(&at, error))?;
            let kind = entry.file_type().map_err(|error| files::unreadable(&at, error))?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if !known.contains(&entry.path()) {
                return Err(stranger());
            }
        }
    }
    Ok(())
}

fn read(path: &Path, most: usize) -> Result<Vec<u8>, Problem> {
    let file = fs::File::open(path).map_err(|error| files::unreadable(path, error))?;
    let mut bytes = vec![];
    let read = file.take(most as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| files::unreadable(path, error))?;
    if bytes.len() > most { Err(no_list()) } else { Ok(bytes) }
}

fn tell(approved: &Approved, json: bool, lang: Lang) -> Result<(), Problem> {
    let Approved { release, hash, shown } = approved;
    let (files, needed) = (release.files().count(), shown.roster.policy().threshold);
    if json {
        let told = json!({
            "desk": release.desk, "number": release.number, "release": hash, "files": files,
            "approved": shown.approvers.len(), "threshold": needed,
        });
        return output::line(told);
    }
    let number = |number: u64| digits::number(number, lang);
    let approvers = shown.approvers.len() as u64;
    output::line(match lang {
        Lang::Fa => format!(
            "درست است: {} پرونده، انتشار شمارهٔ {}. {} ویراستار تأیید کرده‌اند؛ میز {} تأیید می‌خواهد.\nمیز: {}\nاین را با نشانی میزی که می‌شناسید بسنجید. اینکه تازه‌ترین است از پرونده‌ها پیدا نیست.",
            number(files as u64),
            number(release.number),
            number(approvers),
            number(needed.into()),
            release.desk,
        ),
        Lang::En => format!(
            "Good: {} files, release {}. {} editors approved it; the desk asks for {}.\nDesk: {}\nCompare this with the desk you know. That it is the latest, files cannot tell.",
            number(files as u64),
            number(release.number),
            number(approvers),
            number(needed.into()),
            release.desk,
        ),
    })
}

/// `payamgir edition save`
fn save(args: &SaveArgs, lang: Lang) -> Result<(), Problem> {
    let address = args.server.server.as_deref().ok_or_else(no_server)?;
    let server = server(address, &args.server)?;
    let list = ask(&server, RELEASE, RELEASE_BYTES)?;
    let proof = ask(&server, PROOF, PROOF_BYTES)?;
    let approved = approved(&list, &proof, args.desk.as_deref())?;
    files::folder(&args.out)?;
    let earlier = earlier(&args.out, &approved.release)?;
    for file in approved.release.files() {
        if check(&args.out, file).is_ok() {
            continue;
        }
        let bytes = ask(&server, file.path.as_str(), file.size as usize)?;
        let path = args.out.join(file.path.as_str());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| files::unreadable(folder, error))?;
        }
        fs::write(&path, bytes).map_err(|error| files::unreadable(&path, error))?;
        check(&args.out, file)?;
    }
    // The old list goes last: until then it says what is to be taken away.
    take_away(&args.out, earlier.as_ref(), &approved.release)?;
    for (name, bytes) in [(PROOF, &proof), (RELEASE, &list)] {
        let path = args.out.join(name);
        fs::write(&path, bytes).map_err(|error| files::unreadable(&path, error))?;
    }
    strangers(&args.out, &approved.release)?;
    tell(&approved, args.json, lang)
}

/// The release whose copy the folder has, if any: it must be the same desk's, and no later one.
fn earlier(folder: &Path, new: &Release) -> Result<Option<Release>, Problem> {
    let path = folder.join(RELEASE);
    if !path.exists() {
        return Ok(None);
    }
    let list = read(&path, RELEASE_BYTES)?;
    let before = Release::decode(&list).map_err(|error| no_list().because(error))?;
    if before.desk != new.desk {
        return Err(anothers_folder());
    }
    if before.number > new.number {
        return Err(older());
    }
    Ok(Some(before))
}

/// Takes away what the earlier release had and this one has not, if it is still what that had.
fn take_away(folder: &Path, before: Option<&Release>, now: &Release) -> Result<(), Problem> {
    let kept: BTreeSet<&str> = now.files().map(|file| file.path.as_str()).collect();
    let before = before.into_iter().flat_map(Release::files);
    for file in before.filter(|file| !kept.contains(file.path.as_str())) {
        if check(folder, file).is_ok() {
            let path = folder.join(file.path.as_str());
            fs::remove_file(&path).map_err(|error| files::unreadable(&path, error))?;
        }
    }
    Ok(())
}

fn ask(server: &Server, path: &str, most: usize) -> Result<Vec<u8>, Problem> {
    match fetch(server, &format!("/{path}"), most) {
        Ok(bytes) => Ok(bytes),
        Err(Failure::Status(404)) => Err(nothing_published()),
        Err(failure) => Err(unreached(failure)),
    }
}

fn nothing_published() -> Problem {
    let what = Say::new("آنجا چیزی منتشر نشده است.", "Nothing is published there.");
    let to_do = Say::new("نشانی را ببینید.", "Look at the address.");
    Problem::new(what, to_do)
}

fn no_list() -> Problem {
    let what = Say::new(
        "فهرست پرونده‌ها (release.txt یا proof.txt) درست نیست.",
        "The list of files (release.txt or proof.txt) is not right.",
    );
    let to_do = Say::new("نشریه را دوباره بردارید.", "Take the bulletin once more.");
    Problem::new(what, to_do).exits(DAMAGED)
}

fn another_desk() -> Problem {
    let what = Say::new(
        "این نشریه از میزی که نام برده‌اید نیست.",
        "This bulletin is not of the desk you named.",
    );
    let to_do =
        Say::new("به آن اعتماد نکنید. desk.pub را ببینید.", "Do not trust it. Look at desk.pub.");
    Problem::new(what, to_do).exits(DAMAGED)
}

fn anothers_folder() -> Problem {
    let what =
        Say::new("در این پوشه نشریه‌ی میز دیگری است.", "This folder has another desk's bulletin.");
    Problem::new(what, Say::new("پوشه‌ی دیگری نام ببرید.", "Name another folder."))
}

fn older() -> Problem {
    let what = Say::new(
        "سرور انتشاری کهنه‌تر از نسخه‌ی این پوشه نشان می‌دهد؛ چیزی عوض نشد.",
        "The server shows an older release than the copy in this folder; nothing was changed.",
    );
    let to_do = Say::new("از میز بپرسید کدام تازه‌تر است.", "Ask the desk which is the latest.");
    Problem::new(what, to_do).exits(DAMAGED)
}

fn not_approved() -> Problem {
    let what = Say::new("میز این را تأیید نکرده است.", "The desk did not approve this.");
    let to_do = Say::new(
        "به آن اعتماد نکنید و از جای دیگری بردارید.",
        "Do not trust it, and take it from elsewhere.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

fn altered(path: &str) -> Problem {
    let what = Say::new(
        format!("این پرونده نیست یا عوض شده است: {path}"),
        format!("This file is missing, or was changed: {path}"),
    );
    let to_do = Say::new(
        "به آن اعتماد نکنید و از جای دیگری بردارید.",
        "Do not trust it, and take it from elsewhere.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}

fn stranger() -> Problem {
    let what = Say::new(
        "در پوشه پرونده‌ای است که در فهرست نیست.",
        "There is a file in the folder that the list does not name.",
    );
    let to_do = Say::new(
        "میز آن را تأیید نکرده است. پوشه‌ای تازه بردارید.",
        "The desk did not approve it. Take a fresh folder.",
    );
    Problem::new(what, to_do).exits(DAMAGED)
}
