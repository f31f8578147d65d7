//! The parent's side: starts a process for each job, feeds it, hears it out, ends it in time.

mod clean;
mod through;
mod tools;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::worker::Job;
use crate::{Fact, PICTURE_BYTES, Picture, Refusal, answer};
use through::{Most, through};

pub use clean::{CLEAN_BYTES, Cleaned};

/// Where jobs are done: a program that leads to [`crate::worker::main`].
#[derive(Clone, Debug)]
pub struct Workshop {
    program: PathBuf,
    args: Vec<OsString>,
}

impl Workshop {
    /// Jobs are done by `program`, which with `args` before the job's own arguments must call
    /// [`crate::worker::main`] with the latter.
    pub fn new(program: PathBuf, args: Vec<OsString>) -> Self {
        Self { program, args }
    }

    /// A picture of the image that `input` is: upright, no edge longer than `max_edge` pixels,
    /// nothing in it but pixels. Of a moving image the first frame, and that it moved. At most
    /// [`PICTURE_BYTES`] of input.
    ///
    /// # Errors
    ///
    /// Any [`Refusal`] but those of tools; HEIC is [`Refusal::NotSupported`].
    pub fn picture(
        &self,
        input: &mut (impl Read + Send),
        max_edge: u32,
        deadline: Duration,
    ) -> Result<Picture, Refusal> {
        self.paint(Job::Picture(max_edge), input, Instant::now() + deadline)
    }

    /// What the file that `input` is says about its maker; see [`crate::facts`] for what is seen
    /// and what is not.
    ///
    /// # Errors
    ///
    /// Any [`Refusal`] but those of tools.
    pub fn facts(
        &self,
        input: &mut (impl Read + Send),
        deadline: Duration,
    ) -> Result<Vec<Fact>, Refusal> {
        self.facts_until(input, Instant::now() + deadline)
    }

    /// Runs the program with `job` as its last arguments: `input` goes in, and at most
    /// `most_out` bytes of what it says come back, as they are. Whatever the program is, it sees
    /// nothing of this environment and ends with `deadline`.
    ///
    /// A read of `input` that does not come back delays the answer beyond the deadline.
    ///
    /// # Errors
    ///
    /// [`Refusal::TimedOut`], [`Refusal::Crashed`] where it did not end well,
    /// [`Refusal::TooLarge`] where it says more, [`Refusal::Interrupted`].
    pub fn run(
        &self,
        job: &[OsString],
        input: &mut (impl Read + Send),
        most_out: usize,
        deadline: Duration,
    ) -> Result<Vec<u8>, Refusal> {
        self.ask(job, input, most_out, Instant::now() + deadline)
    }

    fn facts_until(
        &self,
        input: &mut (impl Read + Send),
        until: Instant,
    ) -> Result<Vec<Fact>, Refusal> {
        let said = self.ask(&Job::Facts.args(), input, answer::FACTS_BYTES, until)?;
        answer::read(&said).and_then(answer::read_facts)
    }

    fn paint(
        &self,
        job: Job,
        input: &mut (impl Read + Send),
        until: Instant,
    ) -> Result<Picture, Refusal> {
        let said = self.ask(&job.args(), input, PICTURE_BYTES + 64, until)?;
        answer::read(&said).and_then(answer::read_picture)
    }

    fn ask(
        &self,
        job: &[OsString],
        input: &mut (impl Read + Send),
        most_out: usize,
        until: Instant,
    ) -> Result<Vec<u8>, Refusal> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).args(job).env_clear().current_dir("/");
        // The program's allocator would reserve more addresses than a worker may have.
        command.env("MIMALLOC_ARENA_RESERVE", "0");
        let mut said = vec![];
        let out = u64::try_from(most_out).unwrap_or(u64::MAX);
        let ended = through(command, input, &mut said, Most { input: u64::MAX, out }, until)?;
        if ended.success() { Ok(said) } else { Err(through::crash(ended)) }
    }
}

/// Hands bytes on to two; the second may have heard enough.
struct Tee<'a, A: ?Sized, B> {
    first: &'a mut A,
    second: Option<B>,
}

impl<A: Write + ?Sized, B: Write> Write for Tee<'_, A, B> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.first.write_all(bytes)?;
        if let Some(second) = &mut self.second
            && second.write_all(bytes).is_err()
        {
            self.second = None;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.first.flush()
    }
}
