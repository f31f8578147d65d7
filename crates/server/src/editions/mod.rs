//! Published editions: files by their hashes, and the one release that says which of them are served.
//!
//! A file is durable before it is acknowledged, and what is published before it is served. In between
//! a crash leaves files that no release names: the next publishing takes them away. There is one
//! release at any time; an older one does not come back (docs/FORMAT.md §24).
//!
//! What is not as it was published is not served at all, and stops nothing else: the desks have it.

mod file;
pub(crate) mod http;
pub(crate) mod post;
pub(crate) mod public;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bytes::Bytes;
use payamgir_roster::proof::Proof;
use payamgir_wire::hex::{Hash, Hex};
use payamgir_wire::release::{Release, hash_of};
use sha2::{Digest, Sha256};

use file::{durable, gzipped, is_text};

/// The release that is served, in the folder.
const RELEASE: &str = "release.txt";
/// How the name of what shows that a release was approved begins; that release's hash follows.
const PROOF: &str = "proof-";
/// The files, by their hashes.
const FILES: &str = "files";
/// Bytes of files kept in memory.
const MEMORY: usize = 64 << 20;
/// A larger file is read from the disk each time.
const SMALL: u64 = 512 << 10;

/// Published editions.
pub struct Editions {
    folder: PathBuf,
    live: RwLock<Option<Arc<Live>>>,
    /// One publishing at a time.
    turn: Mutex<()>,
}

/// What is served.
pub(crate) struct Live {
    pub(crate) release: Listed,
    pub(crate) hash: Hash,
    number: u64,
    pub(crate) proof: Listed,
    files: HashMap<String, Served>,
    folder: PathBuf,
    memory: Mutex<Memory>,
}

/// A text that stands in memory, in both its forms.
pub(crate) struct Listed {
    pub(crate) hash: Hash,
    pub(crate) plain: Bytes,
    pub(crate) gzip: Bytes,
}

/// One file.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) hash: Hash,
    pub(crate) size: u64,
    pub(crate) media_type: &'static str,
    /// Whether there is a compressed form.
    pub(crate) gzip: bool,
}

#[derive(Default)]
struct Memory {
    held: HashMap<(Hash, bool), Bytes>,
    bytes: usize,
}

/// Why a release is not published.
#[derive(Debug)]
pub(crate) enum NotPublished {
    /// Another came before it, or it follows none that is served.
    Stale,
    /// A file of it is not here, or not of its size.
    Missing,
    /// A file of it would stand where none of an edition may.
    Misplaced,
    /// The storage failed.
    Io(io::Error),
}

impl Editions {
    /// Opens the folder in a server's folder; there may be none yet.
    ///
    /// # Errors
    ///
    /// Which file is damaged, or not there. Who opens it is to go on with [`Editions::empty`].
    pub fn open(dir: &Path) -> io::Result<Self> {
        let this = Self::empty(dir);
        let live = this.read()?.map(Arc::new);
        Ok(Self { live: RwLock::new(live), ..this })
    }

    /// The same with nothing served: what is published next is served again.
    pub fn empty(dir: &Path) -> Self {
        Self { folder: dir.join("editions"), live: RwLock::default(), turn: Mutex::default() }
    }

    /// What was published, if all of it is here.
    fn read(&self) -> io::Result<Option<Live>> {
        let list = match fs::read(self.folder.join(RELEASE)) {
            Ok(list) => list,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(damaged(RELEASE, error)),
        };
        let release = Release::decode(&list).map_err(|error| damaged(RELEASE, error))?;
        let name = proof_name(&hash_of(&list));
        let proof =
            fs::read_to_string(self.folder.join(&name)).map_err(|error| damaged(&name, error))?;
        Proof::decode(&proof).map_err(|refusal| damaged(&name, refusal))?;
        if let Some(missing) = self.missing(&release).first() {
            return Err(damaged(&format!("{FILES}/{missing}"), "not there, or not whole"));
        }
        self.compress(&release)?;
        Live::of(&self.folder, &list, proof.as_bytes(), &release).map(Some)
    }

    /// What is served now.
    pub(crate) fn live(&self) -> Option<Arc<Live>> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The files of a release that are not here.
    pub(crate) fn missing(&self, release: &Release) -> Vec<Hash> {
        let mut seen = HashSet::new();
        let files = release.files().filter(|file| seen.insert(file.hash));
        let here = |hash: &Hash, size| self.size(hash).is_some_and(|own| own == size);
        files.filter(|file| !here(&file.hash, file.size)).map(|file| file.hash).collect()
    }

    fn size(&self, hash: &Hash) -> Option<u64> {
        fs::metadata(self.path(hash)).ok().map(|data| data.len())
    }

    fn path(&self, hash: &Hash) -> PathBuf {
        self.folder.join(FILES).join(hash.to_string())
    }

    /// Keeps a file; durable when this returns.
    pub(crate) fn keep(&self, bytes: &[u8]) -> io::Result<()> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = Hex(Sha256::digest(bytes).into());
        fs::create_dir_all(self.folder.join(FILES))?;
        durable(&self.path(&hash), bytes)
    }

    /// Serves a release that the desk approved, from here on.
    pub(crate) fn publish(
        &self,
        (release, bytes): (&Release, &[u8]),
        proof: &Proof,
    ) -> Result<(), NotPublished> {
        if !release.files().all(|file| is_place(file.path.as_str())) {
            return Err(NotPublished::Misplaced);
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.live().is_none_or(|live| live.is_before(release)) {
            return Err(NotPublished::Stale);
        }
        if !self.missing(release).is_empty() {
            return Err(NotPublished::Missing);
        }
        let live = self.write(release, bytes, &proof.encode()).map_err(NotPublished::Io)?;
        let live = Arc::new(live);
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Some(live.clone());
        // What is left over is no fault of the release's: the next one takes it away.
        let _ = self.sweep(release, &live.hash);
        Ok(())
    }

    /// Makes a release durable. The proof comes first, and in no other's place: until the list is there,
    /// the release before it is served with its own.
    fn write(&self, release: &Release, list: &[u8], proof: &str) -> io::Result<Live> {
        self.compress(release)?;
        let live = Live::of(&self.folder, list, proof.as_bytes(), release)?;
        durable(&self.folder.join(proof_name(&live.hash)), proof.as_bytes())?;
        durable(&self.folder.join(RELEASE), list)?;
        Ok(live)
    }

    /// Makes the compressed forms; one that a crash cut off is made again.
    fn compress(&self, release: &Release) -> io::Result<()> {
        for file in release.files().filter(|file| is_text(&file.path)) {
            let to = gzipped(&self.path(&file.hash));
            if !to.exists() {
                durable(&to, &file::gzip(&fs::read(self.path(&file.hash))?)?)?;
            }
        }
        Ok(())
    }

    /// Takes away what no release names, and proofs of others.
    fn sweep(&self, release: &Release, hash: &Hash) -> io::Result<()> {
        let own = proof_name(hash);
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(PROOF) && name != own {
                fs::remove_file(entry.path())?;
            }
        }
        let named: HashSet<String> = release.files().map(|file| file.hash.to_string()).collect();
        for entry in fs::read_dir(self.folder.join(FILES))? {
            let entry = entry?;
            let name = entry.file_name();
            let stem = name.to_str().and_then(|name| name.split('.').next()).unwrap_or_default();
            if !named.contains(stem) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

impl Live {
    /// Whether a release may come after this one: the next, or one later than that where this server has
    /// fallen behind the desk, which goes on from what it published and not from what is served.
    fn is_before(&self, release: &Release) -> bool {
        match release.previous == self.hash {
            true => release.number == self.number + 1,
            false => release.number > self.number + 1,
        }
    }

    fn of(folder: &Path, list: &[u8], proof: &[u8], release: &Release) -> io::Result<Self> {
        let served = |file: &payamgir_wire::release::File| {
            let served = Served {
                hash: file.hash,
                size: file.size,
                media_type: file.path.media_type(),
                gzip: is_text(&file.path),
            };
            (file.path.as_str().to_owned(), served)
        };
        let files = release.files().filter(|file| is_place(file.path.as_str()));
        Ok(Self {
            release: Listed::of(list)?,
            hash: hash_of(list),
            number: release.number,
            proof: Listed::of(proof)?,
            files: files.map(served).collect(),
            folder: folder.join(FILES),
            memory: Mutex::default(),
        })
    }

    /// The file at a path of the bulletin.
    pub(crate) fn file(&self, path: &str) -> Option<&Served> {
        self.files.get(path)
    }

    /// The same, with its path.
    pub(crate) fn at(&self, path: &str) -> Option<(&str, &Served)> {
        self.files.get_key_value(path).map(|(path, served)| (path.as_str(), served))
    }

    /// The text file with a hash, and its path.
    pub(crate) fn text(&self, hash: &Hash) -> Option<(&str, &Served)> {
        let own =
            |(path, served): &(&String, &Served)| served.hash == *hash && path.ends_with(".txt");
        self.files.iter().find(own).map(|(path, served)| (path.as_str(), served))
    }

    /// Whether there is anything a robot may look at.
    pub(crate) fn has_map(&self) -> bool {
        self.files.contains_key("sitemap.xml")
    }

    fn path(&self, served: &Served, gzip: bool) -> PathBuf {
        let path = self.folder.join(served.hash.to_string());
        if gzip { gzipped(&path) } else { path }
    }

    /// A small file's bytes where they are in memory.
    pub(crate) fn held(&self, served: &Served, gzip: bool) -> Option<Bytes> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.held.get(&(served.hash, gzip)).cloned()
    }

    /// A small file's bytes, read from the disk and held in memory while there is room.
    pub(crate) fn read_small(&self, served: &Served, gzip: bool) -> io::Result<Option<Bytes>> {
        if served.size > SMALL {
            return Ok(None);
        }
        let bytes = Bytes::from(fs::read(self.path(served, gzip))?);
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.bytes + bytes.len() <= MEMORY {
            memory.bytes += bytes.len();
            memory.held.insert((served.hash, gzip), bytes.clone());
        }
        Ok(Some(bytes))
    }

    /// A large file, open.
    pub(crate) fn open(&self, served: &Served, gzip: bool) -> io::Result<fs::File> {
        fs::File::open(self.path(served, gzip))
    }
}

impl Listed {
    fn of(bytes: &[u8]) -> io::Result<Self> {
        let gzip = file::gzip(bytes)?.into();
        Ok(Self { hash: hash_of(bytes), plain: Bytes::copy_from_slice(bytes), gzip })
    }
}

/// Whether an edition may have a file there (docs/FORMAT.md §24.4): it comes before the server's own pages,
/// and no number of editors is to put another form in their place.
fn is_place(path: &str) -> bool {
    const FIRST: [&str; 4] = ["index.html", "404.html", "sitemap.xml", "cover.png"];
    path.starts_with("read/") || FIRST.contains(&path)
}

fn proof_name(release: &Hash) -> String {
    format!("{PROOF}{release}.txt")
}

fn damaged(name: &str, why: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{name}: {why}"))
}

#[cfg(test)]
mod tests;
