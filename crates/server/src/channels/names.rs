//! What the server calls things by: keyed hashes of what platforms call them (docs/FORMAT.md §17).

use payamgir_address::Mark;
use payamgir_channels::{Came, File, Kind};
use payamgir_wire::hex::Hex;
use payamgir_wire::{Channel, Group};
use sha2::{Digest, Sha256};

use super::line::Line;
use super::taking::{NotTaken, storage};

/// A location that is followed is kept once in so many seconds.
const MOVED: u64 = 900;

/// The marks of an event: what comes again is known by them.
pub(crate) fn event(line: &Line, came: &Came) -> Vec<Mark> {
    let who = came.who.as_deref().map_or("", String::as_str);
    marks(line, "event", &[who, &came.message, tag(came.kind), &moment(came)])
}

/// The marks of what is unique for one source, by a word for it. WhatsApp's names are its own for all
/// sources, and a source's may change there.
pub(crate) fn of_source(line: &Line, came: &Came, what: &str, name: &str) -> Vec<Mark> {
    let who = came.who.as_deref().map_or("", String::as_str);
    let whose = if line.channel == Channel::Whatsapp { "" } else { who };
    marks(line, what, &[whose, name])
}

/// The marks of something of this account's, the newest key's first.
pub(crate) fn marks(line: &Line, what: &str, pieces: &[&str]) -> Vec<Mark> {
    let mut all: Vec<&[u8]> = vec![line.key.as_bytes(), what.as_bytes()];
    all.extend(pieces.iter().map(|piece| piece.as_bytes()));
    line.shared.keeper.keys().marks(&all)
}

/// What tells contents apart, the newest key's first. Under keys: of a short text nobody may find out
/// what it was by trying, once they are destroyed.
pub(crate) fn contents(line: &Line, came: &Came) -> Vec<u32> {
    let marks = marks(line, "contents", &[&Hex(came.digest()).to_string()]);
    marks.iter().map(|mark| u32::from_be_bytes(std::array::from_fn(|at| mark[at]))).collect()
}

/// The mark under which something was noted, or is to be.
pub(crate) fn known(line: &Line, marks: Vec<Mark>) -> Result<Mark, NotTaken> {
    let found = line.shared.keeper.ledger.find(&marks).map_err(|_| storage(line))?;
    Ok(marks[found.map_or(0, |(at, _)| at)])
}

/// Who wrote, as one hash, whichever of their names the platform used.
pub(crate) fn person(line: &Line, came: &Came) -> Result<Option<Mark>, NotTaken> {
    let Some(who) = &came.who else { return Ok(None) };
    let ledger = &line.shared.keeper.ledger;
    let failed = |_| storage(line);
    let mut names = marks(line, "person", &[who]);
    let own = names[0];
    if line.channel != Channel::Whatsapp {
        return Ok(Some(own));
    }
    // It calls one person by a number, by an id, or by both, and by either alone later on.
    let mut all = vec![own];
    if let Some(also) = &came.also {
        let other = marks(line, "person", &[also]);
        all.push(other[0]);
        names.extend(other);
    }
    let root = ledger.root(&names).map_err(failed)?.unwrap_or(own);
    ledger.rename(&all, &root, line.shared.keeper.today()).map_err(failed)?;
    Ok(Some(root))
}

/// A hash that follows from another.
pub(crate) fn under(root: &Mark, word: &str) -> Mark {
    Sha256::new().chain_update(root).chain_update(word).finalize().into()
}

/// What tells one person from another at the desk, where two have one alias by accident.
pub(crate) fn tag_of(person: &Mark) -> Hex<16> {
    let hash = under(person, "payamgir person 1");
    Hex(std::array::from_fn(|at| hash[at]))
}

/// The group of what a platform sent together. It does not follow from what the ledger shows alone:
/// it is a hash of it, and stands inside the seal only.
pub(crate) fn group(album: &Mark) -> Group {
    let hash = under(album, "payamgir group 1");
    Hex(std::array::from_fn(|at| hash[at]))
}

pub(crate) fn unique(file: &File) -> String {
    let name = file.unique.as_ref().unwrap_or(&file.id);
    format!("file {}", &**name)
}

fn tag(kind: Kind) -> &'static str {
    match kind {
        Kind::New => "new",
        Kind::Edit => "edit",
        Kind::Moved => "moved",
        Kind::Deletion => "deletion",
    }
}

/// What tells two changes of one message apart.
fn moment(came: &Came) -> String {
    match (came.kind, &came.event) {
        (Kind::Moved, _) => (came.wrote.unwrap_or_default() / MOVED).to_string(),
        (Kind::Edit, event) => {
            let digest = came.digest();
            let event = event.as_deref().map_or("", String::as_str);
            format!("{event} {}", Hex(digest))
        }
        (_, event) => event.as_deref().cloned().unwrap_or_default(),
    }
}
