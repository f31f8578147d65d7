//! Each system call on the way to the disk made to fail in turn, by strace.

use std::env;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use payamgir_log::*;

use crate::crash::{FOLDER, child};
use crate::site::*;

const APPENDS: u64 = 8;

/// Not a test of its own: appends, erases and says how each ended.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn work_that_may_fail() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let Ok(log) = Log::open(folder.as_ref(), key(), NO_LIMITS, Mode::Server) else { return };
    for seed in 0..APPENDS {
        if let Ok(index) = append_with_blob(&log, seed) {
            println!("\nanswered {index} {seed}");
        }
        if seed == 4 && log.erase(0).is_ok() {
            println!("\nerased");
        }
    }
    log.close();
}

fn append_with_blob(log: &Log, seed: u64) -> Result<u64, Error> {
    let bytes = noise(seed, 6000);
    let mut writer = log.blob()?;
    writer.write_all(&bytes)?;
    append(log, &bytes[1..], vec![writer.finish()?])
}

/// Runs the work with a fault; gives what it said.
fn work(folder: &Path, fault: &str) -> Vec<String> {
    let plain = child("faults::work_that_may_fail", folder);
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e"])
        .arg(format!("inject={fault}"))
        .arg(plain.get_program())
        .args(plain.get_args())
        .env(FOLDER, folder)
        .stderr(Stdio::null())
        .output()
        .expect("strace");
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(str::to_owned).collect()
}

/// What was said must be so, and the rest must be settled by opening the log.
fn check(fault: &str) -> usize {
    let site = Site::filled(1);
    let said = work(site.path(), fault);
    site.open().close();
    let (report, rows) = (site.clean(), site.rows());
    for line in said.iter().filter_map(|line| line.strip_prefix("answered ")) {
        let (index, seed) = line.split_once(' ').unwrap();
        let body = &noise(seed.parse().unwrap(), 6000)[1..];
        let row = &rows[index.parse::<usize>().unwrap()];
        assert!(row.body.as_deref() == Some(body), "{fault}: {line}");
    }
    if said.iter().any(|line| line == "erased") {
        assert!(rows[0].body.is_none(), "{fault}");
    }
    let left = (site.blobs() as u64, site.tmp().len());
    assert_eq!(left, (report.blobs, 0), "{fault}");
    said.iter().filter(|line| line.starts_with("answered")).count()
}

#[test]
#[ignore = "needs strace and some minutes"]
fn what_was_answered_survives_any_system_call_that_fails() {
    assert_eq!(check("fsync:error=EIO:when=10000"), APPENDS as usize);
    let mut failed = 0;
    for call in ["fsync,fdatasync", "pwrite64", "rename", "unlink", "utimensat", "mkdir"] {
        for error in ["EIO", "ENOSPC"] {
            for when in 1..30 {
                for on in ["", "+"] {
                    let answered = check(&format!("{call}:error={error}:when={when}{on}"));
                    failed += APPENDS as usize - answered;
                }
            }
        }
    }
    assert!(failed > 100, "the faults hit nothing");
}
