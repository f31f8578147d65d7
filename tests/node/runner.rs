//! Runs the scripts beside it. Tests of several crates include this file by its path.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// `node <name>`, ready for its arguments. `None` where Node or one of `needs` (npm packages, or
/// absolute paths of programs) is missing: the test is skipped, visibly. On CI that is a failure.
pub fn script(name: &str, needs: &[&str]) -> Option<Command> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/node");
    let absent = |need: &&&str| !folder.join("node_modules").join(need).exists();
    let mut missing: Vec<&str> = needs.iter().filter(absent).copied().collect();
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).status();
    if !node.is_ok_and(|status| status.success()) {
        missing.insert(0, "node");
    }
    if !missing.is_empty() {
        let why = format!("needs {} (npm ci in tests/node)", missing.join(", "));
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{name} {why}");
        say(&format!("SKIPPED: {name} {why}"));
        return None;
    }
    let mut command = Command::new("node");
    command.arg(folder.join(name));
    Some(command)
}

/// Runs it to its end and gives what it printed. Its own words are the test's where it fails.
pub fn output(command: &mut Command) -> String {
    let ended = command.output().expect("node runs");
    let (out, err) =
        (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{command:?}: {}\n{out}\n{err}", ended.status);
    out.into_owned()
}

/// A line on standard error that the test harness does not hold back.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
