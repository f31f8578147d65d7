//! Each system call on the way to the disk made to fail in turn, by strace.

use std::env;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use payamgir_log::*;

use crate::crash::{FOLDER, child};
use crate::erase::traces;
use crate::site::*;

/// Set where the work ends at its first failure, without closing anything.
const STOP: &str = "PAYAMGIR_TEST_STOP";
const APPENDS: u64 = 8;
/// All that can be said: the appends, and one erasure.
const ALL: usize = APPENDS as usize + 1;

/// Not a test of its own: appends, erases and says how each ended.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn work_that_may_fail() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let Ok(log) = Log::open(folder.as_ref(), key(), NO_LIMITS, Mode::Server) else { return };
    for seed in 0..APPENDS {
        match append_with_blob(&log, seed) {
            Ok(index) => println!("\nanswered {index} {seed}"),
            // As if the power went before anything else could be written.
            Err(_) if env::var_os(STOP).is_some() => std::process::exit(1),
            Err(_) => {}
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
fn work(folder: &Path, fault: &str, stop: bool) -> Vec<String> {
    let plain = child("faults::work_that_may_fail", folder);
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e"])
        .arg(format!("inject={fault}"))
        .arg(plain.get_program())
        .args(plain.get_args())
        .env(FOLDER, folder)
        .envs(stop.then_some((STOP, "")))
        .stderr(Stdio::null())
        .output()
        .expect("strace");
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(str::to_owned).collect()
}

/// What was said must be so, and the rest must be settled by opening the log. Gives how much was
/// said.
fn check(fault: &str, stop: bool) -> usize {
    let site = Site::new();
    let log = site.open();
    let secret = noise(99, 3000);
    append(&log, &secret, vec![pending(&log, &secret)]).unwrap();
    log.close();
    let said = work(site.path(), fault, stop);
    let erased = said.iter().any(|line| line == "erased");
    assert!(!erased || traces(&site, &secret) == 0, "{fault}");
    site.open().close();
    let (report, rows) = (site.clean(), site.rows());
    for line in said.iter().filter_map(|line| line.strip_prefix("answered ")) {
        let (index, seed) = line.split_once(' ').unwrap();
        let body = &noise(seed.parse().unwrap(), 6000)[1..];
        let row = &rows[index.parse::<usize>().unwrap()];
        assert!(row.body.as_deref() == Some(body), "{fault}: {line}");
    }
    assert!(!erased || rows[0].body.is_none(), "{fault}");
    let left = (site.blobs() as u64, site.tmp().len());
    assert_eq!(left, (report.blobs, 0), "{fault}");
    said.iter().filter(|line| line.starts_with("answered") || *line == "erased").count()
}

/// System calls, and a little more than how often the work makes each.
const CALLS: [(&str, u32); 10] = [
    ("fsync", 65),
    ("pwrite64", 120),
    ("write", 48),
    ("openat", 140),
    ("fcntl", 180),
    ("rename", 20),
    ("unlink", 22),
    ("ftruncate", 10),
    ("utimensat", 10),
    ("mkdir", 10),
];

#[test]
#[ignore = "needs strace and some minutes"]
fn what_was_answered_survives_any_system_call_that_fails() {
    assert_eq!(check("fsync:error=EIO:when=10000", false), ALL);
    for (call, most) in CALLS {
        for (fault, stop) in [
            ("signal=KILL:when=#", false),
            ("error=EIO:when=#", false),
            ("error=EIO:when=#", true),
            ("error=ENOSPC:when=#+", false),
        ] {
            // Taking and giving back locks does not fail on a disk of one's own.
            if call == "fcntl" && fault.starts_with("error") {
                continue;
            }
            let faults =
                (1..most).map(|n| format!("{call}:{}", fault.replace('#', &n.to_string())));
            let complete = faults.map(|fault| check(&fault, stop)).filter(|said| *said == ALL);
            assert!(complete.count() < most as usize - 1, "{call} {fault} hit nothing");
        }
    }
}
