//! One process between two streams, with limits and a deadline.

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::Refusal;

/// Most bytes of each stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Most {
    pub input: u64,
    pub out: u64,
}

const STEP: usize = 64 * 1024;

/// How one direction ended.
type Passed = Result<(), Refusal>;

/// Starts `command`, copies `input` to it and what it says to `out`, and waits for it. It does
/// not outlive `until`, an input over its limit, or an `out` that is full.
pub(super) fn through(
    mut command: Command,
    input: &mut (impl Read + Send),
    out: &mut (impl Write + Send + ?Sized),
    most: Most,
    until: Instant,
) -> Result<ExitStatus, Refusal> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|_| Refusal::NoSandbox)?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Refusal::NoSandbox);
    };
    let (tell, told) = channel();
    let tell_too = tell.clone();
    thread::scope(|scope| {
        scope.spawn(move || tell_too.send(feed(input, stdin, most.input)));
        scope.spawn(move || tell.send(hear(stdout, out, most.out)));
        let passed = (0..2).try_for_each(|_| match told.recv_timeout(left(until)) {
            Ok(passed) => passed,
            Err(RecvTimeoutError::Timeout) => Err(Refusal::TimedOut),
            Err(RecvTimeoutError::Disconnected) => Err(Refusal::Interrupted),
        });
        let ended = passed.and_then(|()| ended(&mut child, until));
        // In any case, and before the threads are waited for: their pipes end with it.
        let _ = child.kill();
        let _ = child.wait();
        ended
    })
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

/// Copies to a process, which may stop listening whenever it likes.
fn feed(input: &mut impl Read, mut to: impl Write, most: u64) -> Passed {
    let mut buffer = vec![0; STEP];
    let mut sum = 0;
    loop {
        let n = read(input, &mut buffer)?;
        sum += n as u64;
        if sum > most {
            return Err(Refusal::TooLarge);
        }
        if n == 0 || to.write_all(&buffer[..n]).is_err() {
            return Ok(());
        }
    }
}

/// Copies from a process to someone who must get everything.
fn hear(mut from: impl Read, out: &mut (impl Write + ?Sized), most: u64) -> Passed {
    let mut buffer = vec![0; STEP];
    let mut sum = 0;
    loop {
        let n = read(&mut from, &mut buffer)?;
        sum += n as u64;
        if sum > most {
            return Err(Refusal::TooLarge);
        }
        if n == 0 {
            return out.flush().map_err(|_| Refusal::Interrupted);
        }
        out.write_all(&buffer[..n]).map_err(|_| Refusal::Interrupted)?;
    }
}

fn read(from: &mut impl Read, buffer: &mut [u8]) -> Result<usize, Refusal> {
    loop {
        match from.read(buffer) {
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            read => return read.map_err(|_| Refusal::Interrupted),
        }
    }
}

/// Waits for a process that has nothing left to say.
fn ended(child: &mut Child, until: Instant) -> Result<ExitStatus, Refusal> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if left(until).is_zero() => return Err(Refusal::TimedOut),
            Ok(None) => thread::sleep(Duration::from_millis(2)),
            Err(_) => return Err(Refusal::Crashed),
        }
    }
}

/// What an end that was no success means.
pub(super) fn crash(status: ExitStatus) -> Refusal {
    // SIGXCPU has this number on Linux (but MIPS) and macOS: computed too long.
    match status.signal() {
        Some(24) => Refusal::TimedOut,
        _ => Refusal::Crashed,
    }
}
