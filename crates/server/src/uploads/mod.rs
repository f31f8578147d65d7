//! Sealed files on their way, so that a line may break and the rest come later: tus 1.0
//! (<https://tus.io/protocols/resumable-upload>) with creation, termination, expiration and checksum.
//!
//! What is here is ciphertext of unfinished uploads, in a folder of its own; the log knows nothing of it
//! before a piece that names it is handed in. An upload's address is its capability: 16 random bytes,
//! of which the disk has only a hash. All of it is bounded: who sends nothing for a while gives way.

mod file;
pub(crate) mod http;
mod patch;
mod slot;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use payamgir_wire::hex::Hex;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::world::World;
use file::UploadFile;
use slot::Slot;

/// Unfinished uploads at once.
const MANY: usize = 512;
/// After so long without a byte an upload gives way to others, where there is no room.
const IDLE: Duration = Duration::from_secs(300);
/// Hours for which an unfinished upload is kept.
const HOURS: u64 = 72;
/// After so long an upload of which less than this came in each second gives way, where there are too many: a fifth of
/// what the slowest line brings that is meant to be served.
const EMPTY: Duration = Duration::from_secs(30);
const PACE: u64 = 500;
/// How often what expired is looked for.
const LOOK: Duration = Duration::from_secs(600);

/// What names an upload: whoever has it may go on with it, and end it.
pub(crate) type Id = Hex<16>;
/// Under what it lies on the disk.
type Name = [u8; 16];

/// Unfinished uploads.
pub(crate) struct Uploads {
    folder: PathBuf,
    /// Bytes all of them may take.
    room: u64,
    /// Bytes one may have.
    most: u64,
    world: World,
    known: Mutex<HashMap<Name, Arc<Upload>>>,
}

/// One of them.
pub(crate) struct Upload {
    name: Name,
    pub(crate) length: u64,
    pub(crate) expires: u64,
    /// Since when it is known here.
    begun: Instant,
    state: Mutex<State>,
    /// Held by who writes; who comes later ends the earlier, whose line may be dead without knowing.
    turn: tokio::sync::Mutex<()>,
    interrupt: Mutex<CancellationToken>,
}

struct State {
    offset: u64,
    /// Bytes that were written and are not durable yet.
    loose: u64,
    heard: Instant,
}

/// Why an upload cannot be had.
#[derive(Debug)]
pub(crate) enum Refused {
    /// There is none of that name.
    Unknown,
    /// It is larger than any may be.
    TooLarge,
    /// There is no room.
    Full,
    /// There are too many.
    Many,
    /// The disk failed.
    Io(io::Error),
}

impl Uploads {
    /// Opens a folder, or makes it, with what a crash or a stop left there. `room` bytes are for all of
    /// them, `most` for one.
    pub(crate) fn open(
        folder: PathBuf,
        (room, most): (u64, u64),
        world: World,
    ) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let uploads = Self { folder, room, most, world, known: Mutex::default() };
        let now = (uploads.world.now)();
        let mut known = HashMap::new();
        for entry in fs::read_dir(&uploads.folder)? {
            let path = entry?.path();
            let name = path.file_stem().and_then(|stem| Hex::parse(stem.to_str()?).ok());
            let Some(Hex(name)) = name else { continue };
            match uploads.file(&name).restore()? {
                Some(slot) if slot.expires > now => {
                    known.insert(name, Arc::new(Upload::new(name, slot)));
                }
                _ => uploads.file(&name).remove()?,
            }
        }
        *uploads.known() = known;
        Ok(uploads)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Name, Arc<Upload>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, name: &Name) -> UploadFile {
        UploadFile::new(self.folder.join(HEXLOWER.encode(name)))
    }

    /// The largest that is taken, in bytes.
    pub(crate) fn most(&self) -> u64 {
        self.most
    }

    /// Begins an upload of so many bytes; it is on the disk when this returns. Blocks.
    pub(crate) fn create(&self, length: u64) -> Result<(Id, Arc<Upload>), Refused> {
        if length == 0 || length > self.most {
            return Err(Refused::TooLarge);
        }
        let id = Hex(self.world.bytes());
        let hour = (self.world.now)() / 3600 + 1;
        let slot = Slot { turn: 0, length, offset: 0, expires: (hour + HOURS) * 3600 };
        let name = name_of(&id);
        let upload = Arc::new(Upload::new(name, slot));
        // It is counted from here on, also while its files are made.
        self.enter(&upload)?;
        let made = self.file(&name).create(&slot);
        if made.is_err() {
            let _ = self.remove(&upload);
        }
        made.map(|()| (id, upload)).map_err(Refused::Io)
    }

    /// The upload of a name.
    pub(crate) fn find(&self, id: &Id) -> Result<Arc<Upload>, Refused> {
        let now = (self.world.now)();
        let found = self.known().get(&name_of(id)).cloned();
        found.filter(|upload| upload.expires > now).ok_or(Refused::Unknown)
    }

    /// Takes an upload among those that are known. Where there are too many, one gives way of which
    /// nothing came, or nothing for a while.
    fn enter(&self, upload: &Arc<Upload>) -> Result<(), Refused> {
        loop {
            let mut known = self.known();
            if known.len() < MANY {
                known.insert(upload.name, upload.clone());
                return Ok(());
            }
            let idle = known.values().filter(|upload| upload.idle() >= IDLE || upload.is_slow());
            let idle = idle.max_by_key(|upload| upload.idle()).cloned();
            drop(known);
            self.remove(&*idle.ok_or(Refused::Many)?).map_err(Refused::Io)?;
        }
    }

    /// Takes room for bytes of an upload that are about to be written. Who was heard of last stays longest.
    fn make_room(&self, upload: &Upload, bytes: u64) -> Result<(), Refused> {
        loop {
            let known = self.known();
            let used: u64 = known.values().map(|upload| upload.bytes()).sum();
            if used.saturating_add(bytes) <= self.room {
                upload.state().loose += bytes;
                return Ok(());
            }
            drop(known);
            self.evict(upload)?;
        }
    }

    /// Removes the upload of which nothing was heard for longest, where that is long.
    pub(crate) fn evict(&self, but: &Upload) -> Result<(), Refused> {
        let known = self.known();
        let others = known.values().filter(|other| other.name != but.name);
        let idle = others.filter(|upload| upload.idle() >= IDLE);
        let idle = idle.max_by_key(|upload| upload.idle()).cloned();
        drop(known);
        self.remove(&*idle.ok_or(Refused::Full)?).map_err(Refused::Io)
    }

    /// Whether it is still there.
    pub(crate) fn has(&self, upload: &Upload) -> bool {
        self.known().contains_key(&upload.name)
    }

    /// Ends an upload and removes what came of it. Blocks.
    pub(crate) fn remove(&self, upload: &Upload) -> io::Result<()> {
        upload.interrupt();
        self.known().remove(&upload.name);
        self.file(&upload.name).remove()
    }

    /// The file of a whole upload.
    pub(crate) fn whole(&self, upload: &Upload) -> Option<PathBuf> {
        (upload.offset() == upload.length).then(|| self.file(&upload.name).data())
    }

    /// Removes what expired, for as long as the server runs.
    pub(crate) async fn keep_turning(self: Arc<Self>) {
        loop {
            tokio::time::sleep(LOOK).await;
            let uploads = self.clone();
            let _ = tokio::task::spawn_blocking(move || uploads.expire()).await;
        }
    }

    fn expire(&self) {
        let now = (self.world.now)();
        let over: Vec<_> =
            self.known().values().filter(|upload| upload.expires <= now).cloned().collect();
        for upload in over {
            // What cannot be removed now is at the next start.
            let _ = self.remove(&upload);
        }
    }
}

impl Upload {
    fn new(name: Name, slot: Slot) -> Self {
        let state = State { offset: slot.offset, loose: 0, heard: Instant::now() };
        Self {
            name,
            length: slot.length,
            expires: slot.expires,
            begun: Instant::now(),
            state: Mutex::new(state),
            turn: tokio::sync::Mutex::default(),
            interrupt: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes that are durable.
    pub(crate) fn offset(&self) -> u64 {
        self.state().offset
    }

    /// Bytes it takes on the disk.
    fn bytes(&self) -> u64 {
        let state = self.state();
        state.offset + state.loose
    }

    /// Waits until nobody writes to it.
    pub(crate) async fn alone(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Whether next to nothing came of it, for how long it has been, and nobody sends it or waits to.
    fn is_slow(&self) -> bool {
        let age = self.begun.elapsed();
        let little = self.bytes() < age.as_secs() * PACE;
        let is_whole = self.offset() == self.length;
        age >= EMPTY && little && !is_whole && self.turn.try_lock().is_ok()
    }

    fn idle(&self) -> Duration {
        self.state().heard.elapsed()
    }

    fn heard(&self) {
        self.state().heard = Instant::now();
    }

    fn reached(&self, offset: u64) {
        let mut state = self.state();
        state.offset = offset;
        state.loose = 0;
        state.heard = Instant::now();
    }

    /// Ends whoever writes now; gives what ends the next.
    fn interrupt(&self) -> CancellationToken {
        let mut token = self.interrupt.lock().unwrap_or_else(PoisonError::into_inner);
        token.cancel();
        *token = CancellationToken::new();
        token.clone()
    }
}

fn name_of(id: &Id) -> Name {
    let hash = Sha256::new().chain_update(b"payamgir upload 1").chain_update(id.0).finalize();
    hash.first_chunk().copied().expect("a hash is longer")
}
