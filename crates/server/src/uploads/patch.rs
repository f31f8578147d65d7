//! More of an upload, as its bytes come.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use data_encoding::BASE64;
use payamgir_log::Log;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::file::Writing;
use super::{Refused, Upload, Uploads};
use crate::fields::drain;
use crate::guard::{Guarded, Watch};
use crate::intake::Intake;

/// Chunks on their way to the disk.
const QUEUE: usize = 4;
/// Most bytes that are written before they are made durable: what a crash can cost a sender.
const LOOSE: u64 = 16 << 20;

/// What became of it.
pub(crate) enum Patched {
    /// All of it is durable; the upload has so many bytes now.
    Taken(u64),
    /// The upload is not where the sender thinks.
    Elsewhere,
    /// The bytes do not have the checksum that was told; none of them was kept.
    Differs,
    /// The upload would be longer than it was said to be; nothing beyond that was kept.
    TooMuch,
    /// The line broke; what came is kept, unless a checksum was told.
    Cut,
    /// Too many send at once.
    Busy,
    /// There is no room, or the disk failed.
    Refused(Refused),
}

/// What the sender says of its bytes.
pub(crate) struct Checksum {
    hash: Hash,
    expected: Vec<u8>,
}

enum Hash {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Checksum {
    /// `<algorithm> <base64>`; `None` for another algorithm or form.
    pub(crate) fn read(value: &[u8]) -> Option<Self> {
        let (name, value) = std::str::from_utf8(value).ok()?.split_once(' ')?;
        let expected = BASE64.decode(value.trim().as_bytes()).ok()?;
        let (hash, length) = match name {
            "sha1" => (Hash::Sha1(Sha1::new()), 20),
            "sha256" => (Hash::Sha256(Sha256::new()), 32),
            _ => return None,
        };
        (expected.len() == length).then_some(Self { hash, expected })
    }

    fn update(&mut self, bytes: &[u8]) {
        match &mut self.hash {
            Hash::Sha1(hash) => hash.update(bytes),
            Hash::Sha256(hash) => hash.update(bytes),
        }
    }

    fn fits(self) -> bool {
        match self.hash {
            Hash::Sha1(hash) => hash.finalize()[..] == self.expected,
            Hash::Sha256(hash) => hash.finalize()[..] == self.expected,
        }
    }
}

/// Takes a body from `offset` on. What is acknowledged is durable.
pub(crate) async fn patch(
    intake: &Intake,
    upload: &Arc<Upload>,
    offset: u64,
    checksum: Option<Checksum>,
    body: Body,
) -> Patched {
    let interrupt = upload.interrupt();
    let (body, watch) = intake.guarded(body);
    // Whoever comes next ends this one, also while it waits: at most one waits for each upload.
    let small = body.is_small();
    let turns = async {
        let turn = upload.turn.lock().await;
        // A small part is over soon: who holds all turns does not hold it back.
        (turn, if small { Some(None) } else { intake.turn().await.map(Some) })
    };
    let (turn, permit) = tokio::select! {
        turns = turns => turns,
        () = interrupt.cancelled() => return Patched::Cut,
    };
    let outcome = if upload.offset() != offset {
        Err((body, Patched::Elsewhere))
    } else if permit.is_none() {
        Err((body, Patched::Busy))
    } else if small {
        let start = || Writer::start(intake, upload, checksum);
        gathered((start, upload), body, &watch, &interrupt).await
    } else {
        Writer::start(intake, upload, checksum).take(body, &watch, &interrupt).await
    };
    drop((turn, permit));
    match outcome {
        Ok(patched) => patched,
        // A sender that is not heard out sees a broken line instead of the answer; nobody waits for it.
        Err((body, patched)) => {
            tokio::select! {
                () = drain(body, &watch) => {}
                () = interrupt.cancelled() => {}
            }
            patched
        }
    }
}

/// What comes next of a part.
enum Next {
    Some(Bytes),
    /// All of it came.
    End,
    /// The line broke, or somebody else goes on with the upload.
    Cut,
}

async fn next(body: &mut Guarded, watch: &Watch, interrupt: &CancellationToken) -> Next {
    let chunk = tokio::select! {
        chunk = body.chunk() => chunk,
        () = interrupt.cancelled() => return Next::Cut,
    };
    watch.parsed();
    match chunk {
        Some(Ok(chunk)) => Next::Some(chunk),
        Some(Err(_)) => Next::Cut,
        None => Next::End,
    }
}

/// A small part is here before a thread is taken for it: who sends it slowly takes none from others.
async fn gathered(
    (start, upload): (impl FnOnce() -> Writer, &Upload),
    mut body: Guarded,
    watch: &Watch,
    interrupt: &CancellationToken,
) -> Result<Patched, (Guarded, Patched)> {
    let (mut bytes, mut whole) = (BytesMut::new(), false);
    loop {
        match next(&mut body, watch, interrupt).await {
            Next::Some(chunk) => bytes.extend_from_slice(&chunk),
            Next::End => {
                whole = true;
                break;
            }
            Next::Cut => break,
        }
    }
    if bytes.len() as u64 > upload.length - upload.offset() {
        return Err((body, Patched::TooMuch));
    }
    let writer = start();
    if !bytes.is_empty() {
        // Where that fails, the end says why.
        let _ = writer.steps.send(Step::Data(bytes.freeze())).await;
    }
    Ok(writer.end(whole).await)
}

/// The bytes' way to the disk.
struct Writer {
    steps: mpsc::Sender<Step>,
    job: tokio::task::JoinHandle<Result<Written, Refused>>,
    left: u64,
}

enum Step {
    Data(Bytes),
    /// All of it came.
    End,
}

/// How writing ended.
enum Written {
    Whole(u64),
    Differs,
    Cut,
}

impl Writer {
    fn start(intake: &Intake, upload: &Arc<Upload>, checksum: Option<Checksum>) -> Self {
        let (steps, queue) = mpsc::channel(QUEUE);
        let (uploads, log) = (intake.uploads.clone(), intake.log.clone());
        let left = upload.length - upload.offset();
        let upload = upload.clone();
        let write =
            move || Pouring { uploads: &uploads, log: &log, upload: &upload, checksum }.pour(queue);
        Self { steps, job: tokio::task::spawn_blocking(write), left }
    }

    async fn take(
        mut self,
        mut body: Guarded,
        watch: &Watch,
        interrupt: &CancellationToken,
    ) -> Result<Patched, (Guarded, Patched)> {
        let (mut whole, mut wanted) = (false, true);
        loop {
            let chunk = match next(&mut body, watch, interrupt).await {
                Next::Some(chunk) => chunk,
                Next::End => {
                    whole = true;
                    break;
                }
                Next::Cut => break,
            };
            wanted = chunk.len() as u64 <= self.left;
            if !wanted {
                break;
            }
            self.left -= chunk.len() as u64;
            // Where that fails, the end says why.
            if self.steps.send(Step::Data(chunk)).await.is_err() {
                return Err((body, self.end(false).await));
            }
        }
        let ended = self.end(whole).await;
        if wanted { Ok(ended) } else { Err((body, Patched::TooMuch)) }
    }

    async fn end(self, whole: bool) -> Patched {
        if whole {
            let _ = self.steps.send(Step::End).await;
        }
        drop(self.steps);
        match self.job.await {
            Ok(Ok(Written::Whole(offset))) => Patched::Taken(offset),
            Ok(Ok(Written::Differs)) => Patched::Differs,
            Ok(Ok(Written::Cut)) => Patched::Cut,
            Ok(Err(why)) => Patched::Refused(why),
            Err(_) => Patched::Refused(Refused::Io(io::ErrorKind::Other.into())),
        }
    }
}

struct Pouring<'a> {
    uploads: &'a Uploads,
    log: &'a Log,
    upload: &'a Upload,
    checksum: Option<Checksum>,
}

impl Pouring<'_> {
    fn pour(mut self, mut queue: mpsc::Receiver<Step>) -> Result<Written, Refused> {
        self.room()?;
        let mut file = self.uploads.file(&self.upload.name).write().map_err(Refused::Io)?;
        if file.loose() > 0 || file.end() != self.upload.offset() {
            return Err(Refused::Io(io::ErrorKind::InvalidData.into()));
        }
        let poured = self.steps(&mut file, &mut queue);
        match poured {
            Ok(true) if self.checksum.take().is_none_or(Checksum::fits) => {
                self.settle(&mut file).map(Written::Whole)
            }
            Ok(true) => self.take_back(&mut file).map(|()| Written::Differs),
            Ok(false) if self.checksum.is_some() => {
                self.take_back(&mut file).map(|()| Written::Cut)
            }
            Ok(false) => self.settle(&mut file).map(|_| Written::Cut),
            Err(why) => {
                let _ = self.take_back(&mut file);
                Err(why)
            }
        }
    }

    /// Whether all of it came.
    fn steps(
        &mut self,
        file: &mut Writing,
        queue: &mut mpsc::Receiver<Step>,
    ) -> Result<bool, Refused> {
        loop {
            let bytes = match queue.blocking_recv() {
                Some(Step::Data(bytes)) => bytes,
                Some(Step::End) => return Ok(true),
                None => return Ok(false),
            };
            self.uploads.make_room(self.upload, bytes.len() as u64)?;
            self.upload.heard();
            if let Some(checksum) = &mut self.checksum {
                checksum.update(&bytes);
            }
            file.append(&bytes).map_err(full)?;
            if file.loose() >= LOOSE {
                self.room()?;
                if self.checksum.is_none() {
                    self.settle(file)?;
                }
            }
        }
    }

    fn take_back(&self, file: &mut Writing) -> Result<(), Refused> {
        let taken = file.take_back().map_err(Refused::Io);
        self.upload.reached(self.upload.offset());
        taken
    }

    /// What the disk must keep free is asked for; uploads that nobody goes on with give way.
    fn room(&self) -> Result<(), Refused> {
        while self.log.check_disk().is_err() {
            self.uploads.evict(self.upload)?;
        }
        Ok(())
    }

    fn settle(&self, file: &mut Writing) -> Result<u64, Refused> {
        let offset = file.settle().map_err(full)?;
        self.upload.reached(offset);
        Ok(offset)
    }
}

fn full(error: io::Error) -> Refused {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Refused::Full,
        _ => Refused::Io(error),
    }
}
