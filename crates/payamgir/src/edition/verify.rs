//! `payamgir edition verify`

use std::path::Path;

use payamgir_text::lang::Lang;

use super::{Approved, check, copy, folder, say};
use crate::cli::VerifyArgs;
use crate::problem::Problem;

/// Checks a folder from its files alone.
pub fn verify(args: &VerifyArgs, lang: Lang) -> Result<(), Problem> {
    let folder = &args.folder;
    let this = copy(folder, args.desk.as_deref())?;
    if let Some(known) = &args.known {
        against(&this, known)?;
    }
    for file in this.release.files() {
        check(folder, file)?;
    }
    let left = folder::strangers(folder, &this.release)?;
    say::tell(&this, &left, args.json, lang)
}

/// Whether it may come after an earlier copy: of the same desk, no older, with all of the membership that
/// copy knows. Who once was the desk alone can make an approved release at any time, but none that knows
/// who joined since.
fn against(this: &Approved, known: &Path) -> Result<(), Problem> {
    let earlier = copy(known, None).map_err(|_| say::no_known(known))?;
    let (new, old) = (&this.release, &earlier.release);
    if new.desk != old.desk {
        return Err(say::of_another());
    }
    if new.number < old.number {
        return Err(say::before_known());
    }
    let beside = new.number == old.number && this.hash != earlier.hash;
    if beside || (new.number == old.number + 1 && new.previous != earlier.hash) {
        return Err(say::beside_known());
    }
    if this.proof.follows(&earlier.proof) { Ok(()) } else { Err(say::earlier_members()) }
}
