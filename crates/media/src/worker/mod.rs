//! The child's side: a process that reads a file from its standard input and answers on its
//! standard output, and can do nothing else.
//!
//! Before it reads a byte it takes from itself all that [`confinement`] lists.

mod confine;
#[cfg(target_os = "linux")]
mod filter;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::process::ExitCode;

use crate::picture::{Manner, paint};
use crate::{PICTURE_BYTES, Refusal, answer, facts};

pub use confine::{confine, confinement};

/// A job and what it needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// A picture with no edge longer than this.
    Picture(u32),
    /// A copy of an image at full size.
    Publish,
    /// What the file says about its maker.
    Facts,
}

impl Job {
    /// The arguments by which a worker is told.
    pub fn args(self) -> Vec<OsString> {
        match self {
            Job::Picture(edge) => vec!["picture".into(), edge.to_string().into()],
            Job::Publish => vec!["publish".into()],
            Job::Facts => vec!["facts".into()],
        }
    }

    fn parse(args: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let args: Vec<OsString> = args.into_iter().collect();
        let args: Vec<&str> = args.iter().filter_map(|arg| arg.to_str()).collect();
        match args[..] {
            ["picture", edge] => edge.parse().ok().map(Job::Picture),
            ["publish"] => Some(Job::Publish),
            ["facts"] => Some(Job::Facts),
            _ => None,
        }
    }

    fn work(self, input: &mut impl Read) -> Result<Vec<u8>, Refusal> {
        let painted = |manner, input: &mut _| {
            let picture = paint(&whole(input, PICTURE_BYTES)?, manner)?;
            Ok(answer::write_picture(&picture))
        };
        match self {
            Job::Picture(edge) => painted(Manner::Edge(edge.max(1)), input),
            Job::Publish => painted(Manner::Full, input),
            Job::Facts => facts::read(input).map(|facts| answer::write_facts(&facts)),
        }
    }
}

/// Confines the process, does the job that `args` (without the program and the words that lead
/// here) name, and answers. For a [`crate::Workshop`] to call, as its hidden subcommand.
///
/// Failure is answered too; the exit code is a failure's only where no answer could be given.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    // A panic's message may hold anything.
    std::panic::set_hook(Box::new(|_| ()));
    let Some(job) = Job::parse(args) else {
        return ExitCode::FAILURE;
    };
    let done = match confine() {
        Ok(()) => job.work(&mut std::io::stdin().lock()),
        Err(refusal) => Err(refusal),
    };
    let mut out = std::io::stdout().lock();
    match out.write_all(&answer::write(done)).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// All of `input`, at most `most` bytes.
fn whole(input: &mut impl Read, most: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes = vec![];
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    input.take(limit).read_to_end(&mut bytes).map_err(|e| Refusal::of_reading(&e))?;
    if bytes.len() > most { Err(Refusal::TooLarge) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_told_by_its_arguments() {
        for job in [Job::Picture(7), Job::Publish, Job::Facts] {
            assert_eq!(Job::parse(job.args()), Some(job));
        }
        let unknown: [&[&str]; 5] =
            [&[], &["picture"], &["picture", "-1"], &["facts", "x"], &["open"]];
        for args in unknown {
            assert_eq!(Job::parse(args.iter().map(OsString::from)), None, "{args:?}");
        }
    }
}
