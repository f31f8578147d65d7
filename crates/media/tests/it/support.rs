//! The worker of these tests.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use payamgir_media::Workshop;

/// Long enough for a busy machine.
pub const LONG: Duration = Duration::from_secs(120);

/// The example that cargo builds with the tests, beside their folder.
pub fn worker() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().parent().unwrap().join("examples/media-worker");
    assert!(path.exists(), "the example media-worker is not built");
    path
}

pub fn workshop() -> Workshop {
    Workshop::new(worker(), vec![])
}

/// The tools of the system that these tests need.
const TOOLS: [&str; 4] = ["exiftool", "mat2", "bwrap", "ffmpeg"];

/// Whether all tools are there. Says visibly that `test` is skipped where they are not, and fails
/// on CI.
pub fn tools(test: &str) -> bool {
    let there = |tool: &&str| std::path::Path::new("/usr/bin").join(tool).exists();
    let missing: Vec<_> = TOOLS.iter().filter(|tool| !there(tool)).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{test} needs {missing:?}");
    say(&format!("\nSKIPPED {test}: needs {missing:?}"));
    false
}

/// A line that is to be read: not by a macro of print, which the test runner would keep to itself.
pub fn say(words: &str) {
    std::io::stdout().write_all(format!("{words}\n").as_bytes()).unwrap();
}
