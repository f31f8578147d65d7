//! Files that are fetched after their platform was told that the event is safe: those that do not wait
//! for a slow line. A job is sealed under the server's own keys, and removed once its part is in the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use payamgir_channels::{File, lost};
use payamgir_wire::{Entry, Part};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::fetch::{self, Files, NotFetched, NotSealed};
use super::health::Trouble;
use super::line::Line;
use super::taking::attachment;

/// How often it is looked for jobs that came or are due.
const LOOK: Duration = Duration::from_millis(500);
/// A pause after something could not be stored.
const PAUSE: Duration = Duration::from_secs(2);
/// Seconds between tries, by how many there were.
const PAUSES: [u64; 6] = [2, 10, 60, 300, 1800, 3600];
/// Jobs looked at in one go.
const AT_ONCE: u32 = 64;

/// A file to fetch and the place that it will have.
#[derive(Serialize, Deserialize)]
pub(crate) struct Job {
    /// The entry, without its part, as it is encoded.
    entry: Vec<u8>,
    file: File,
    /// When the event came, in unix seconds.
    began: u64,
    tries: u32,
    due: u64,
}

#[derive(Serialize, Deserialize)]
struct Kept<'k> {
    line: std::borrow::Cow<'k, str>,
    job: Job,
}

impl Job {
    pub(crate) fn new(entry: &Entry, file: &File, now: u64) -> Self {
        let entry = entry.clone().encode().map(|bytes| bytes.to_vec()).unwrap_or_default();
        Self { entry, file: file.clone(), began: now, tries: 0, due: 0 }
    }

    pub(crate) fn encode(self, line: &str) -> Zeroizing<Vec<u8>> {
        let kept = Kept { line: line.into(), job: self };
        Zeroizing::new(serde_json::to_vec(&kept).unwrap_or_default())
    }
}

/// Fetches this account's files until `stop`. `patience` is how many seconds the platform keeps one.
pub(crate) fn keep_fetching(
    line: &Arc<Line>,
    files: Arc<dyn Files>,
    patience: u64,
    stop: &Arc<AtomicBool>,
) -> JoinHandle<()> {
    let (line, stop) = (line.clone(), stop.clone());
    std::thread::spawn(move || {
        while !stop.load(Ordering::SeqCst) {
            if !round(&line, &*files, patience) {
                std::thread::sleep(LOOK);
            }
        }
    })
}

/// Looks at all jobs once. Whether one was done.
fn round(line: &Line, files: &dyn Files, patience: u64) -> bool {
    let (mut any, mut after) = (false, 0);
    loop {
        let Ok(jobs) = line.shared.keeper.ledger.jobs(after, AT_ONCE) else {
            line.wrong(Trouble::Storage);
            return false;
        };
        let Some((last, _)) = jobs.last() else { return any };
        after = *last;
        any |= each(line, files, jobs, patience);
    }
}

fn each(line: &Line, files: &dyn Files, jobs: Vec<(i64, Vec<u8>)>, patience: u64) -> bool {
    let (mut any, ledger) = (false, &line.shared.keeper.ledger);
    for (id, sealed) in jobs {
        let opened = line.shared.keeper.keys().open_job(&sealed);
        let Ok(plain) = opened else {
            // Its key is gone: nobody can do it any more.
            line.wrong(Trouble::File);
            let _ = ledger.done(id);
            continue;
        };
        let kept = serde_json::from_slice::<Kept<'_>>(&plain);
        let Some(kept) = kept.ok().filter(|kept| kept.line == line.key) else { continue };
        if kept.job.due <= line.now() {
            any |= work(line, files, id, kept.job, patience);
        }
    }
    any
}

/// Does a job, or puts it off. Whether it is done.
fn work(line: &Line, files: &dyn Files, id: i64, mut job: Job, patience: u64) -> bool {
    let last = line.now().saturating_sub(job.began) >= patience;
    match fetch(line, files, &job, last) {
        Done::Yes => line.shared.keeper.ledger.done(id).is_ok(),
        Done::Never => {
            std::thread::sleep(PAUSE);
            false
        }
        Done::Later => {
            line.wrong(Trouble::File);
            let pause = PAUSES[(job.tries as usize).min(PAUSES.len() - 1)];
            (job.tries, job.due) = (job.tries + 1, line.now() + pause);
            put_off(line, id, job);
            false
        }
    }
}

fn put_off(line: &Line, id: i64, job: Job) {
    let random = &line.shared.world.random;
    let plain = job.encode(&line.key);
    let sealed = line.shared.keeper.keys().seal_job(&plain, |bytes| random(bytes));
    if let Some(sealed) = sealed {
        let _ = line.shared.keeper.ledger.change(id, &sealed);
    }
}

enum Done {
    Yes,
    Later,
    /// The server stops, or cannot store: it stays as it is.
    Never,
}

fn fetch(line: &Line, files: &dyn Files, job: &Job, last: bool) -> Done {
    let Some((log, desk)) = line.held() else { return Done::Never };
    // Only what this version encoded itself is in a job.
    let Ok(mut entry) = Entry::decode(&job.entry) else { return Done::Yes };
    let missing = || Part::Text(lost(line.shared.manner.lang, &job.file.name));
    let opened = match files.open(&job.file) {
        Ok(opened) => Some(opened),
        Err(NotFetched::Later) if !last => return Done::Later,
        Err(_) => None,
    };
    let sealed = opened
        .map(|opened| fetch::seal((&log, &desk), &job.file, opened, last, &|| line.is_closed()));
    let mut blobs = vec![];
    entry.part = match sealed {
        None => missing(),
        Some(Ok(fetched)) => {
            let part = attachment(&job.file, &fetched);
            blobs.push(fetched.blob);
            part
        }
        Some(Err(NotSealed::Log)) => {
            line.wrong(Trouble::Storage);
            return Done::Never;
        }
        Some(Err(NotSealed::Broken)) if line.is_closed() => return Done::Never,
        Some(Err(NotSealed::Broken)) if !last => return Done::Later,
        Some(Err(NotSealed::Broken)) => missing(),
    };
    match line.shared.append((&log, &desk), entry, blobs) {
        Ok(()) => Done::Yes,
        Err(_) => {
            line.wrong(Trouble::Storage);
            Done::Never
        }
    }
}
