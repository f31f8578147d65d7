//! What the process gives up before it does anything.

use rustix::process::{DumpableBehavior, Resource, Rlimit};

/// No core dumps, no readable files for others, small pages, and panics that say where and never
/// what.
///
/// Best effort: where the system refuses, the program still runs.
pub fn process() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(Resource::Core, none);
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
    // Huge pages keep megabytes of freed memory, and what was in it, for each thread.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    std::panic::set_hook(Box::new(|info| eprintln!("{}", words(info.location()))));
}

/// Where, never what: a panic's message may hold anything.
fn words(at: Option<&std::panic::Location<'_>>) -> String {
    match at {
        Some(at) => format!("payamgir: stopped unexpectedly at {}:{}", at.file(), at.line()),
        None => "payamgir: stopped unexpectedly".to_owned(),
    }
}
