//! Everything that is published, made into files; what is unchanged since an earlier release is not
//! made again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use payamgir_wire::hex::{Hash, Hex};
use payamgir_wire::release::{self, Release};
use sha2::{Digest, Sha256};

use crate::paper;
use crate::press::{Made, Press, Refused};
use crate::site::shelf::Shelf;
use crate::site::{self, View};

/// Counts changes of what is made from the same input: what an earlier program made is made anew.
const VERSION: u32 = 2;
/// Most threads.
const THREADS: usize = 8;

/// Files, new ones with their bytes.
pub struct Built(Vec<Part>);

/// Files that were made from the same.
struct Part {
    key: Hash,
    files: Vec<(release::File, Option<Vec<u8>>)>,
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
    if let Some(files) = press.known.files(key) {
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

impl Built {
    /// The release that these files are, after so many others, the last of them named; zeros where none.
    pub fn release(&self, desk: Hash, author: Hash, (before, last): (u64, Hash)) -> Release {
        let part = |part: &Part| release::Part {
            key: part.key,
            files: part.files.iter().map(|(file, _)| file.clone()).collect(),
        };
        Release {
            desk,
            number: before + 1,
            previous: last,
            author,
            parts: self.0.iter().map(part).collect(),
        }
    }

    /// Whether a server will take the list of these files.
    fn is_release(&self) -> bool {
        let list = self.release(Hex([0; 32]), Hex([0; 32]), (0, Hex([0; 32])));
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
