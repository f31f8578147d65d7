//! What a press is given, what it may refuse, and the engine that sets its paper.

use std::collections::{BTreeMap, HashMap};

use payamgir_redact::Cleared;
use payamgir_wire::edition::{Bulletin, Edition, Flaw, Id, Item, Medium};
use payamgir_wire::hex::{Hash, Hex};
use payamgir_wire::release::{self, FILE_BYTES, FilePath, Release};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Everything that is published.
pub struct Press<'a> {
    /// The desk: its founding's hash.
    pub desk: Hash,
    /// What all editions share.
    pub bulletin: &'a Cleared<Bulletin>,
    /// The editions, the oldest first.
    pub editions: &'a [(Id, Cleared<Edition>)],
    /// The items in them.
    pub items: &'a BTreeMap<Id, Cleared<Item>>,
    /// The bytes of a picture or sound.
    pub media: &'a (dyn Fn(&Medium) -> Option<Vec<u8>> + Sync),
    /// Sets paper, where there is an engine.
    pub engine: Option<&'a dyn Engine>,
    /// What an earlier release has.
    pub known: &'a Known,
}

/// Sets a sheet as a PDF.
pub trait Engine: Sync {
    /// The PDF's bytes, the same for the same sheet; or why there are none, for the operator.
    fn set(&self, sheet: &Sheet) -> Result<Vec<u8>, String>;
}

/// What an engine sets: data for its template, and the pictures the data names.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// JSON.
    pub data: String,
    /// Pictures by the path that the data has.
    #[serde(skip)]
    pub files: Vec<(String, Vec<u8>)>,
}

/// The files of earlier parts, by their keys.
#[derive(Clone, Default)]
pub struct Known(HashMap<Hash, Vec<release::File>>);

/// A file as it is made.
pub type Made = (FilePath, Vec<u8>);

/// Why nothing was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// An edition, or the bulletin, is not within its limits.
    Flaw(Flaw),
    /// An item is not within its limits.
    Item(Id, Flaw),
    /// An edition names an item that is not there, or that another edition has.
    NoItem(Id),
    /// The bytes of a picture or sound are not here, are not those that were named, are too many, or of
    /// a kind that is not published.
    NoMedium(Id),
    /// There is no edition.
    Nothing,
    /// An edition is for paper, and this program sets none.
    NoPaper,
    /// Paper could not be set; for the operator.
    Paper(String),
    /// The files make no release: one is too large, there are too many, or two would be in one place.
    Files,
}

impl Known {
    /// Of an earlier release.
    pub fn of(release: &Release) -> Self {
        Self(release.parts.iter().map(|part| (part.key, part.files.clone())).collect())
    }

    /// The files that were made from what has this key.
    pub(crate) fn files(&self, key: Hash) -> Option<&[release::File]> {
        self.0.get(&key).map(Vec::as_slice)
    }
}

/// A medium's bytes, if they are what was named and may be published.
pub(crate) fn medium(press: &Press<'_>, item: Id, medium: &Medium) -> Result<Vec<u8>, Refused> {
    let bytes = (press.media)(medium).ok_or(Refused::NoMedium(item))?;
    let same = Hex(Sha256::digest(&bytes).into()) == medium.hash;
    if same && bytes.len() as u64 <= FILE_BYTES { Ok(bytes) } else { Err(Refused::NoMedium(item)) }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Flaw(_) => "an edition or the bulletin is not within its limits",
            Self::Item(..) => "an item is not within its limits",
            Self::NoItem(_) => "an item is not there, or stands in two editions",
            Self::NoMedium(_) => "a picture or sound is not here, or cannot be published",
            Self::Nothing => "there is no edition",
            Self::NoPaper => "this program sets no paper",
            Self::Files => "its files make no release",
            Self::Paper(why) => return write!(f, "paper could not be set: {why}"),
        })
    }
}

impl std::error::Error for Refused {}
