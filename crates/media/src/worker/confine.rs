//! What a worker takes from itself.

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::Refusal;

/// Most bytes of address space.
const MEMORY: u64 = 768 << 20;
/// Most seconds of computing.
const SECONDS: u64 = 60;
/// Descriptors: the three it is given.
const DESCRIPTORS: u64 = 3;

/// What a worker takes from itself on this system, for people who want to know. Landlock is taken
/// where the kernel has it; the others hold or the worker does not start.
pub fn confinement() -> &'static [&'static str] {
    #[cfg(target_os = "linux")]
    return &["rlimits", "not dumpable", "no_new_privs", "landlock, if there", "seccomp"];
    #[cfg(not(target_os = "linux"))]
    &["rlimits"]
}

/// Takes it all. There is no way back, and nothing but reading and writing descriptors that are
/// open is left; where the system is not Linux, only limits are set.
///
/// # Errors
///
/// [`Refusal::NoSandbox`]: the system would not, and nothing must be read.
pub fn confine() -> Result<(), Refusal> {
    #[cfg(target_os = "linux")]
    super::filter::landlock();
    #[cfg(target_os = "linux")]
    undumpable()?;
    limits().map_err(|_| Refusal::NoSandbox)?;
    #[cfg(target_os = "linux")]
    super::filter::seccomp()?;
    Ok(())
}

/// A handler that core dumps are piped to gets them whatever their limit is.
#[cfg(target_os = "linux")]
fn undumpable() -> Result<(), Refusal> {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|_| Refusal::NoSandbox)
}

fn limits() -> rustix::io::Result<()> {
    let most = |limit| Rlimit { current: Some(limit), maximum: Some(limit) };
    #[cfg(not(target_os = "macos"))]
    setrlimit(Resource::As, most(MEMORY))?;
    // The soft limit's signal says why; the hard one's would not.
    setrlimit(Resource::Cpu, Rlimit { current: Some(SECONDS), maximum: Some(SECONDS + 5) })?;
    setrlimit(Resource::Core, most(0))?;
    setrlimit(Resource::Fsize, most(0))?;
    setrlimit(Resource::Nproc, most(0))?;
    setrlimit(Resource::Nofile, most(DESCRIPTORS))
}
