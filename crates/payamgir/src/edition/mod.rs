//! `payamgir edition`: whether what is published is what a desk approved, checked from its files alone; and
//! taking a whole bulletin along.

mod folder;
mod save;
mod say;
mod verify;

use std::io;
use std::path::Path;

use payamgir_roster::proof::{PROOF_BYTES, Proof, Shown};
use payamgir_roster::{Fold, kind};
use payamgir_text::lang::Lang;
use payamgir_wire::armor::{Label, dearmor};
use payamgir_wire::hex::Hash;
use payamgir_wire::release::{File, RELEASE_BYTES, Release, hash_of};

use crate::cli::EditionCommand;
use crate::files;
use crate::problem::Problem;

/// The list of the files, in the bulletin's folder.
const RELEASE: &str = "release.txt";
/// Who approved it.
const PROOF: &str = "proof.txt";

/// `payamgir edition …`
pub fn run(command: &EditionCommand, lang: Lang) -> Result<(), Problem> {
    match command {
        EditionCommand::Verify(args) => verify::verify(args, lang),
        EditionCommand::Save(args) => save::save(args, lang),
    }
}

/// A release that was approved.
struct Approved {
    release: Release,
    hash: Hash,
    proof: Proof,
    shown: Shown,
}

/// Whether the list was approved by as many as the desk asks for.
fn approved(list: &[u8], proof: &[u8], desk: Option<&Path>) -> Result<Approved, Problem> {
    let release = Release::decode(list).map_err(|error| say::no_list().because(error))?;
    let known = desk.map(founding).transpose()?;
    let desk = known.unwrap_or(release.desk.0);
    if desk != release.desk.0 {
        return Err(say::another_desk());
    }
    let proof = read_proof(proof).ok_or_else(say::no_list)?;
    let hash = hash_of(list);
    let shown = proof.verify(&desk, hash.0, &release.author.0);
    let shown = shown.map_err(|refusal| say::not_approved().because(refusal))?;
    Ok(Approved { release, hash, proof, shown })
}

/// The desk that a desk.pub names.
fn founding(path: &Path) -> Result<[u8; 32], Problem> {
    let body = dearmor(Label::Desk, &files::read(path)?).map_err(|_| say::another_desk())?;
    let mut fold = Fold::default();
    let heard = fold.hear(0, kind::STATEMENT, &body);
    heard.map_err(|refusal| say::another_desk().because(refusal))?;
    fold.roster().map(|roster| roster.desk()).ok_or_else(say::another_desk)
}

fn read_proof(bytes: &[u8]) -> Option<Proof> {
    std::str::from_utf8(bytes).ok().and_then(|text| Proof::decode(text).ok())
}

/// The release that a folder says it is a copy of; the files are not looked at.
fn copy(folder: &Path, desk: Option<&Path>) -> Result<Approved, Problem> {
    let read = |name: &str, most| {
        let read = folder::read(folder, name, most);
        read.map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => say::no_list().because(error),
            _ => files::unreadable(&folder.join(name), error),
        })
    };
    approved(&read(RELEASE, RELEASE_BYTES)?, &read(PROOF, PROOF_BYTES)?, desk)
}

/// Whether a folder has a file as the list says.
fn check(folder: &Path, file: &File) -> Result<(), Problem> {
    let altered = || say::altered(file.path.as_str());
    match folder::holds(folder, file) {
        Ok(true) => Ok(()),
        Ok(false) => Err(altered()),
        Err(error) => Err(altered().because(error)),
    }
}
