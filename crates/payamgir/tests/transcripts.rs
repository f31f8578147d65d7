//! The program's words, exit codes and streams, as transcripts (tests/transcripts/*.txt) that
//! are reviewed as text. `UPDATE=1 cargo test -p payamgir --test transcripts` writes them anew.
//!
//! ```text
//! # a remark
//! = FILE TEXT     a file is written (+ appends a line)
//! $ ARGUMENTS     the program is run in the folder where the files are
//! ? CODE          its exit code
//! > …             a line of standard output
//! ! …             a line of standard error
//! ```
//! `[..]` stands for anything within a line.

use std::fmt::Write;
use std::fs::{self, OpenOptions};
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn the_program_says_what_the_transcripts_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 5);
    let wrong: Vec<_> = files.iter().filter_map(|file| check(file)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What differs, if anything.
fn check(file: &Path) -> Option<String> {
    let expected = fs::read_to_string(file).unwrap();
    let found = play(&expected);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(file, keep_wildcards(&expected, &found)).unwrap();
        return None;
    }
    let (mut left, mut right) = (expected.lines(), found.lines());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return None,
            (Some(a), Some(b)) if matches(a, b) => {}
            (a, b) => {
                let name = file.file_name().unwrap().to_string_lossy();
                return Some(format!("{name}:\n  expected {a:?}\n  found    {b:?}"));
            }
        }
    }
}

/// The transcript as it is today.
fn play(script: &str) -> String {
    let place = tempfile::tempdir().unwrap();
    let mut found = String::new();
    for line in script.lines() {
        match line.split_at_checked(2) {
            Some(("? " | "> " | "! ", _)) | None if !line.is_empty() && line != "#" => {}
            Some(("= ", file)) => write_file(place.path(), file, false),
            Some(("+ ", file)) => write_file(place.path(), file, true),
            _ => {}
        }
        if !["?", ">", "!"].iter().any(|mark| line.starts_with(mark)) {
            writeln!(found, "{line}").unwrap();
        }
        if let Some(arguments) = line.strip_prefix("$ ") {
            found.push_str(&run(place.path(), arguments));
        }
    }
    found
}

fn write_file(place: &Path, line: &str, append: bool) {
    let (name, text) = line.split_once(' ').unwrap_or((line, ""));
    let mut options = OpenOptions::new();
    options.create(true).write(true).append(append).truncate(!append);
    let mut file = options.open(place.join(name)).unwrap();
    std::io::Write::write_all(&mut file, format!("{text}\n").as_bytes()).unwrap();
}

fn run(place: &Path, arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_payamgir"))
        .args(arguments.split_whitespace())
        .current_dir(place)
        .env_clear()
        .env("HOME", place)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let mut text = format!("? {}\n", output.status.code().unwrap());
    for (mark, bytes) in [(">", output.stdout), ("!", output.stderr)] {
        let shown = String::from_utf8_lossy(&bytes).replace(place.to_str().unwrap(), "[HOME]");
        for line in shown.lines() {
            writeln!(text, "{}", format!("{mark} {line}").trim_end()).unwrap();
        }
    }
    text
}

fn matches(pattern: &str, line: &str) -> bool {
    let mut rest = line;
    let mut pieces = pattern.split("[..]");
    let first = pieces.next().unwrap_or_default();
    let Some(after) = rest.strip_prefix(first) else { return false };
    rest = after;
    let mut last = first;
    for piece in pieces {
        let Some(at) = rest.rfind(piece) else { return false };
        rest = &rest[at + piece.len()..];
        last = piece;
    }
    rest.is_empty() || (last.is_empty() && pattern.ends_with("[..]"))
}

/// The new transcript with the old one's wildcards where they still fit.
fn keep_wildcards(old: &str, new: &str) -> String {
    let patterns: Vec<_> = old.lines().filter(|line| line.contains("[..]")).collect();
    let keep = |line: &str| {
        let pattern = patterns.iter().find(|pattern| matches(pattern, line));
        pattern.map_or_else(|| line.to_owned(), |pattern| (*pattern).to_owned())
    };
    new.lines().fold(String::new(), |text, line| text + &keep(line) + "\n")
}
