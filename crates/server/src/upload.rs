//! One file, from the wire into a sealed blob, without ever resting in the clear.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use payamgir_log::{BlobWriter, Error, Log, PendingBlob};
use payamgir_seal::BlobSealer;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::desk::Now;

/// Chunks on their way to the sealer: enough to keep it busy, few enough to hold back a sender
/// that is faster than the disk.
const QUEUE: usize = 4;

enum Step {
    Data(Bytes),
    End,
}

/// A file being sealed on a thread that may block. Dropped before [`Upload::finish`], it leaves
/// nothing on the disk.
pub(crate) struct Upload {
    steps: mpsc::Sender<Step>,
    job: JoinHandle<Result<(PendingBlob, u64), Error>>,
}

impl Upload {
    pub(crate) fn start(desk: Arc<Now>, log: Log) -> Self {
        let (steps, queue) = mpsc::channel(QUEUE);
        Self { steps, job: tokio::task::spawn_blocking(move || seal(&desk, &log, queue)) }
    }

    /// Takes bytes that are sealed already.
    pub(crate) fn as_it_is(log: Log) -> Self {
        let (steps, queue) = mpsc::channel(QUEUE);
        Self { steps, job: tokio::task::spawn_blocking(move || keep(&log, queue)) }
    }

    /// Hands over the next bytes. `false` where sealing has failed; [`Upload::finish`] says why.
    pub(crate) async fn write(&self, bytes: Bytes) -> bool {
        self.steps.send(Step::Data(bytes)).await.is_ok()
    }

    /// Ends it: nothing of it is on the disk, or counted, any more.
    pub(crate) async fn discard(self) {
        drop(self.steps);
        let _ = self.job.await;
    }

    /// Ends the blob and makes it durable; gives it and its true size in bytes.
    pub(crate) async fn finish(self) -> Result<(PendingBlob, u64), Error> {
        let _ = self.steps.send(Step::End).await;
        drop(self.steps);
        self.job.await.map_err(|_| Error::Closed)?
    }
}

fn seal(
    desk: &Now,
    log: &Log,
    mut queue: mpsc::Receiver<Step>,
) -> Result<(PendingBlob, u64), Error> {
    let mut sealer = BlobSealer::new(&desk.recipient, log.blob()?)?;
    pour(&mut queue, &mut sealer)?;
    let (blob, size): (BlobWriter, u64) = sealer.finish()?;
    Ok((blob.finish()?, size))
}

fn keep(log: &Log, mut queue: mpsc::Receiver<Step>) -> Result<(PendingBlob, u64), Error> {
    let mut blob = log.blob()?;
    pour(&mut queue, &mut blob)?;
    let blob = blob.finish()?;
    let size = blob.blob().size;
    Ok((blob, size))
}

fn pour(queue: &mut mpsc::Receiver<Step>, to: &mut impl Write) -> Result<(), Error> {
    loop {
        match queue.blocking_recv() {
            Some(Step::Data(bytes)) => to.write_all(&bytes)?,
            Some(Step::End) => return Ok(()),
            None => return Err(Error::from(io::Error::from(io::ErrorKind::UnexpectedEof))),
        }
    }
}
