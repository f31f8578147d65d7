//! `payamgir edition save`

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use payamgir_courier::{Failure, Server, fetch};
use payamgir_roster::proof::PROOF_BYTES;
use payamgir_text::lang::Lang;
use payamgir_wire::release::{File, RELEASE_BYTES, Release, hash_of};

use super::{Approved, PROOF, RELEASE, approved, check, folder, read_proof, say};
use crate::cli::SaveArgs;
use crate::courier::{no_server, server, unreached};
use crate::problem::Problem;

/// How often it is begun again while the desk publishes.
const AGAIN: usize = 3;

/// Takes a whole bulletin along.
pub fn save(args: &SaveArgs, lang: Lang) -> Result<(), Problem> {
    let address = args.server.server.as_deref().ok_or_else(no_server)?;
    let server = server(address, &args.server)?;
    let mut list = ask(&server, RELEASE, RELEASE_BYTES)?;
    let (mut earlier, mut again) = (vec![], 0);
    loop {
        let problem = match attempt(&server, &list, &mut earlier, args) {
            Ok((saved, left)) => return say::tell(&saved, &left, args.json, lang),
            Err(problem) => problem,
        };
        // What was published in between is no forgery: proof and files are then another release's.
        match ask(&server, RELEASE, RELEASE_BYTES) {
            Ok(now) if now != list && again < AGAIN => list = now,
            _ => return Err(problem),
        }
        again += 1;
    }
}

/// Takes one release along; `earlier` are those of which something may be in the folder.
fn attempt(
    server: &Server,
    list: &[u8],
    earlier: &mut Vec<Release>,
    args: &SaveArgs,
) -> Result<(Approved, Vec<String>), Problem> {
    let out = &args.out;
    let proof = ask(server, PROOF, PROOF_BYTES)?;
    let new = approved(list, &proof, args.desk.as_deref())?;
    earlier.extend(before(out, &new)?);
    earlier.push(new.release.clone());
    folder::make(out).map_err(|error| say::unwritable(out, error))?;
    for file in new.release.files() {
        take(server, out, file)?;
    }
    // The old list goes last: until then it says what is to be taken away.
    take_away(out, earlier, &new.release)?;
    put(out, PROOF, &proof)?;
    put(out, RELEASE, list)?;
    let left = folder::strangers(out, &new.release)?;
    Ok((new, left))
}

/// The release whose copy the folder has, if any: it must be the same desk's, and no later one, and know no
/// more of who the desk is.
fn before(out: &Path, new: &Approved) -> Result<Option<Release>, Problem> {
    let Some(list) = there(out, RELEASE, RELEASE_BYTES)? else { return Ok(None) };
    let before = Release::decode(&list).map_err(|error| say::no_copy(out).because(error))?;
    if before.desk != new.release.desk {
        return Err(say::anothers_folder());
    }
    if before.number > new.release.number {
        return Err(say::older());
    }
    if before.number == new.release.number && hash_of(&list) != new.hash {
        return Err(say::beside_known());
    }
    let Some(proof) = there(out, PROOF, PROOF_BYTES)? else { return Ok(Some(before)) };
    let proof = read_proof(&proof).ok_or_else(|| say::no_copy(out))?;
    if new.proof.follows(&proof) { Ok(Some(before)) } else { Err(say::server_forgot()) }
}

/// A small file of the copy that the folder has.
fn there(out: &Path, name: &str, most: usize) -> Result<Option<Vec<u8>>, Problem> {
    match folder::read(out, name, most) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(say::no_copy(out).because(error)),
    }
}

/// Fetches a file, unless the folder has it.
fn take(server: &Server, out: &Path, file: &File) -> Result<(), Problem> {
    if check(out, file).is_ok() {
        return Ok(());
    }
    let path = file.path.as_str();
    let bytes = match fetch(server, &format!("/{path}"), file.size as usize) {
        Ok(bytes) => bytes,
        Err(Failure::Status(404)) => return Err(say::not_given(path)),
        Err(failure) => return Err(unreached(failure)),
    };
    if hash_of(&bytes) != file.hash {
        return Err(say::not_given(path));
    }
    put(out, path, &bytes)?;
    check(out, file)
}

fn put(out: &Path, path: &str, bytes: &[u8]) -> Result<(), Problem> {
    folder::put(out, path, bytes).map_err(|error| match error.kind() {
        io::ErrorKind::NotADirectory => say::in_the_way(path),
        _ => say::unwritable(&out.join(path), error),
    })
}

/// Takes away what earlier releases had and this one has not, if it is still what they had.
fn take_away(out: &Path, earlier: &[Release], now: &Release) -> Result<(), Problem> {
    let kept: BTreeSet<&str> = now.files().map(|file| file.path.as_str()).collect();
    let before = earlier.iter().flat_map(Release::files);
    for file in before.filter(|file| !kept.contains(file.path.as_str())) {
        if check(out, file).is_ok() {
            let path = out.join(file.path.as_str());
            fs::remove_file(&path).map_err(|error| say::unwritable(&path, error))?;
        }
    }
    Ok(())
}

fn ask(server: &Server, path: &str, most: usize) -> Result<Vec<u8>, Problem> {
    match fetch(server, &format!("/{path}"), most) {
        Ok(bytes) => Ok(bytes),
        Err(Failure::Status(404)) => Err(say::nothing_published()),
        Err(failure) => Err(unreached(failure)),
    }
}
