//! Bringing the desk's copy of the log up to date, verified before it counts.

use std::io::{BufReader, Read};
use std::sync::mpsc;
use std::thread;

use payamgir_log::{Divergence, Error, Fetched, Intake, Mirror};
use payamgir_wire::sync::{Frame, read_frame};

use crate::client::{Client, Failure};

/// How a sync can fail.
#[derive(Debug)]
pub enum SyncError {
    /// The server's log contradicts what it signed. Nothing of it was taken.
    Diverged(Divergence),
    /// The server could not be asked.
    Server(Failure),
    /// The copy on this machine could not be read or written.
    Local(Error),
    /// The server's answer is not of this protocol.
    Protocol,
}

/// What a sync brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    /// Records before.
    pub before: u64,
    /// Records now, all verified.
    pub now: u64,
    /// Records whose bodies the server withholds without an erasure that says so.
    pub withheld: Vec<u64>,
}

/// Fetches what is new and holds it against the signed checkpoint. `progress` is told the number
/// of records here and the number there are.
pub fn sync(
    mirror: &mut Mirror,
    client: &Client,
    mut progress: impl FnMut(u64, u64),
) -> Result<Synced, SyncError> {
    let before = mirror.held().map_or(0, |held| held.size);
    once(mirror, client, &mut progress)?;
    // An erasure may have come between the checkpoint and the records; then the next checkpoint
    // explains what is missing.
    if !mirror.unexplained()?.is_empty() {
        once(mirror, client, &mut progress)?;
        ask_again(mirror, client)?;
    }
    // What sources check their receipts against is this log, and no other.
    if let Some(note) = client.published()? {
        mirror.compare(&note)?.map_err(SyncError::Diverged)?;
    }
    let now = mirror.held().map_or(0, |held| held.size);
    Ok(Synced { before, now, withheld: mirror.unexplained()? })
}

fn once(
    mirror: &mut Mirror,
    client: &Client,
    progress: &mut impl FnMut(u64, u64),
) -> Result<(), SyncError> {
    let offered = mirror.offer(&client.checkpoint()?).map_err(SyncError::Diverged)?;
    mirror.trim(offered.size)?;
    let (from, to) = (mirror.size(), offered.size);
    // One page is on its way while the one before it is checked and the one before that kept.
    // Nobody waits for these threads: a server that is caught must not hold back the alarm by
    // sending its next page slowly.
    let (ahead, pages) = mpsc::sync_channel(1);
    let (beside, checked) = mpsc::sync_channel(1);
    let client = client.clone();
    thread::spawn(move || fetch(&client, from, to, &ahead));
    thread::spawn(move || pages.into_iter().try_for_each(|page| beside.send(page.map(check))));
    for rows in checked {
        mirror.extend(&rows?)?.map_err(SyncError::Diverged)?;
        progress(mirror.size(), to);
    }
    mirror.accept(offered)?.map_err(SyncError::Diverged)
}

/// Fetches page after page until one fails or nobody takes them any more.
fn fetch(client: &Client, from: u64, to: u64, ahead: &mpsc::SyncSender<Result<Page, SyncError>>) {
    let mut next = from;
    while next < to {
        let rows = page(client, next, to);
        let count = rows.as_ref().map_or(0, |rows| rows.len() as u64);
        if ahead.send(rows).is_err() || count == 0 {
            return;
        }
        next += count;
    }
}

fn check(page: Page) -> Vec<Fetched> {
    page.into_iter().map(|frame| Fetched::new(&frame.record, frame.body)).collect()
}

/// A body that was withheld may be there now.
fn ask_again(mirror: &mut Mirror, client: &Client) -> Result<(), SyncError> {
    for index in mirror.unexplained()? {
        if let Some(body) = page(client, index, index + 1)?.swap_remove(0).body {
            mirror.supply(index, &body)?;
        }
    }
    Ok(())
}

type Page = Vec<Frame>;

fn page(client: &Client, from: u64, to: u64) -> Result<Page, SyncError> {
    let most = usize::try_from(to - from).unwrap_or(usize::MAX);
    let mut body = BufReader::with_capacity(256 * 1024, client.log(from, to)?);
    let (mut rows, mut bytes) = (vec![], 0);
    while let Some(frame) = read_frame(&mut body).map_err(broken)? {
        bytes += frame.record.len() + frame.body.as_ref().map_or(0, Vec::len);
        rows.push(frame);
        if rows.len() > most || bytes > PAGE_BYTES {
            return Err(SyncError::Protocol);
        }
    }
    if rows.is_empty() { Err(SyncError::Protocol) } else { Ok(rows) }
}

/// Most bytes of records in one page: a server that sends more is not one of ours.
const PAGE_BYTES: usize = 16 << 20;

/// Fetches a blob unless it is here; goes on where a broken line left off. `progress` is told
/// the bytes here so far.
pub fn fetch_blob(
    intake: &Intake,
    client: &Client,
    hash: payamgir_wire::Hash,
    mut progress: impl FnMut(u64),
) -> Result<(), SyncError> {
    let wanted = payamgir_log::Hash(hash.0);
    if intake.has(&wanted)? {
        return Ok(());
    }
    let size = intake.blob_size(&wanted)?;
    let mut writer = intake.blob()?;
    let (mut done, mut tries) = (0u64, 0);
    loop {
        let before = done;
        let body = client.blob(&hash.to_string(), done);
        match body
            .map_err(SyncError::from)
            // One byte too many is enough to know that it is another blob.
            .map(|body| body.take((size + 1).saturating_sub(done)))
            .and_then(|body| copy(body, &mut writer, &mut done, &mut progress))
        {
            Ok(()) => break,
            Err(SyncError::Server(Failure::Network(_))) if tries < TRIES || done > before => {
                tries = if done > before { 0 } else { tries + 1 };
            }
            Err(other) => return Err(other),
        }
    }
    let whole = intake.keep(writer.finish()?, &wanted);
    if whole { Ok(()) } else { Err(SyncError::Protocol) }
}

/// Attempts that bring nothing before a fetch is given up.
const TRIES: u32 = 3;

fn copy(
    mut body: impl Read,
    writer: &mut payamgir_log::BlobWriter,
    done: &mut u64,
    progress: &mut impl FnMut(u64),
) -> Result<(), SyncError> {
    let mut buffer = vec![0; 128 * 1024];
    loop {
        let read = body.read(&mut buffer).map_err(broken)?;
        if read == 0 {
            return Ok(());
        }
        std::io::Write::write_all(writer, &buffer[..read]).map_err(Error::from)?;
        *done += read as u64;
        progress(*done);
    }
}

fn broken(error: std::io::Error) -> SyncError {
    match error.kind() {
        std::io::ErrorKind::InvalidData => SyncError::Protocol,
        _ => SyncError::Server(Failure::Network(Box::new(error))),
    }
}

impl From<Failure> for SyncError {
    fn from(failure: Failure) -> Self {
        Self::Server(failure)
    }
}

impl From<Error> for SyncError {
    fn from(error: Error) -> Self {
        Self::Local(error)
    }
}

impl std::fmt::Display for SyncError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Diverged(_) => "the server's log contradicts what it signed",
            Self::Server(_) => "the server could not be asked",
            Self::Local(_) => "the copy on this machine failed",
            Self::Protocol => "the server's answer is not of this protocol",
        })
    }
}

impl std::error::Error for SyncError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Server(failure) => Some(failure),
            Self::Local(error) => Some(error),
            Self::Diverged(_) | Self::Protocol => None,
        }
    }
}
