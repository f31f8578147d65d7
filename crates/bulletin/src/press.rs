//! Everything that is published, made into files; what is unchanged since an earlier release is not
//! made again.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use payamgir_redact::Cleared;
use payamgir_wire::edition::{Bulletin, Edition, Flaw, Id, Item, Medium};
use payamgir_wire::hex::{Hash, Hex};
use payamgir_wire::release::{self, FILE_BYTES, FilePath, Release};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::paper;
use crate::site::shelf::Shelf;
use crate::site::{self, View};

/// Counts changes of what is made from the same input: what an earlier program made is made anew.
const VERSION: u32 = 1;
/// Most threads.
const THREADS: usize = 8;

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

/// Files, new ones with their bytes.
pub struct Built(Vec<Part>);

/// Files that were made from the same.
struct Part {
    key: Hash,
    files: Vec<(release::File, Option<Vec<u8>>)>,
}

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
}

/// Makes everything that is published.
///
/// # Errors
///
/// [`Refused`]; nothing is made by halves.
pub fn build(press: &Press<'_>) -> Result<Built, Refused> {
    let shelf = Shelf::new(press)?;
    let views = site::views(press, &shelf)?;
    let next = AtomicUsize::new(0);
    let parts: Mutex<Vec<(usize, Result<Part, Refused>)>> = Mutex::default();
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(view) = views.get(at) else { return };
            let made = part(view, press);
            parts.lock().unwrap_or_else(PoisonError::into_inner).push((at, made));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads() {
            scope.spawn(work);
        }
        work();
    });
    let mut parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
    parts.sort_unstable_by_key(|(at, _)| *at);
    let built = Built(parts.into_iter().map(|(_, part)| part).collect::<Result<_, _>>()?);
    if built.is_release() { Ok(built) } else { Err(Refused::Files) }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(THREADS)
}

/// One part: as it is known, or made.
fn part(view: &View<'_>, press: &Press<'_>) -> Result<Part, Refused> {
    let key = key(view);
    if let Some(files) = press.known.0.get(&key) {
        return Ok(Part { key, files: files.iter().map(|file| (file.clone(), None)).collect() });
    }
    let made = view.make(press)?;
    let file = |(path, bytes): Made| {
        let (hash, size) = (Hex(Sha256::digest(&bytes).into()), bytes.len() as u64);
        (release::File { hash, size, path }, Some(bytes))
    };
    Ok(Part { key, files: made.into_iter().map(file).collect() })
}

/// A hash of all that a part is made from.
fn key(view: &View<'_>) -> Hash {
    let input = serde_json::to_vec(&(VERSION, paper::VERSION, view));
    let input = input.expect("a view has no map with other keys than strings");
    Hex(Sha256::new().chain_update(b"payamgir part 1\0").chain_update(input).finalize().into())
}

/// A medium's bytes, if they are what was named and may be published.
pub(crate) fn medium(press: &Press<'_>, item: Id, medium: &Medium) -> Result<Vec<u8>, Refused> {
    let bytes = (press.media)(medium).ok_or(Refused::NoMedium(item))?;
    let same = Hex(Sha256::digest(&bytes).into()) == medium.hash;
    if same && bytes.len() as u64 <= FILE_BYTES { Ok(bytes) } else { Err(Refused::NoMedium(item)) }
}

impl Built {
    /// The release that these files are.
    pub fn release(&self, desk: Hash, author: Hash, after: Option<(&Release, Hash)>) -> Release {
        let part = |part: &Part| release::Part {
            key: part.key,
            files: part.files.iter().map(|(file, _)| file.clone()).collect(),
        };
        Release {
            desk,
            number: after.map_or(0, |(release, _)| release.number) + 1,
            previous: after.map_or(Hex([0; 32]), |(_, hash)| hash),
            author,
            parts: self.0.iter().map(part).collect(),
        }
    }

    /// Whether a server will take the list of these files.
    fn is_release(&self) -> bool {
        let list = self.release(Hex([0; 32]), Hex([0; 32]), None);
        Release::decode(&list.encode()).is_ok()
    }

    /// The files that were made anew, with their bytes.
    pub fn new_files(&self) -> impl Iterator<Item = (&release::File, &[u8])> {
        let files = self.0.iter().flat_map(|part| &part.files);
        files.filter_map(|(file, bytes)| Some((file, bytes.as_deref()?)))
    }

    /// How many files there are, and how many of them were made anew.
    pub fn counts(&self) -> (usize, usize) {
        (self.0.iter().map(|part| part.files.len()).sum(), self.new_files().count())
    }
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
