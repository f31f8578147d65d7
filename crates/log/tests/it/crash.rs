//! A server that is killed: what was answered is there.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use payamgir_log::*;

use crate::site::*;

pub const FOLDER: &str = "PAYAMGIR_TEST_LOG";

/// Not a test of its own: appends in many tasks and says what was answered, until it is killed.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn appending_until_killed() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let log = Log::open(folder.as_ref(), key(), NO_LIMITS, Mode::Server).unwrap();
    let size = log.reader().unwrap().size().unwrap();
    std::thread::scope(|scope| {
        for task in 0..8u64 {
            let log = &log;
            scope.spawn(move || {
                for n in 0.. {
                    // No two of these are the same in any run.
                    let seed = 10_000 * size + 8 * n + task;
                    let bytes = noise(seed, 5000);
                    let index = append(log, &bytes, vec![pending(log, &bytes[1..])]).unwrap();
                    let line = format!("answered {index} {seed}\n");
                    std::io::stdout().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

/// The test above in another process.
pub fn child(test: &str, folder: &std::path::Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", test]).env(FOLDER, folder);
    command
}

#[test]
fn a_killed_server_loses_nothing_it_answered() {
    let site = Site::new();
    let mut answered = vec![];
    for kill_after in [1, 40, 90] {
        let mut child = child("crash::appending_until_killed", site.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let answers = lines.filter_map(|line| {
            let (index, seed) = line.strip_prefix("answered ")?.split_once(' ')?;
            Some((index.parse::<u64>().unwrap(), seed.parse::<u64>().unwrap()))
        });
        answered.extend(answers.take(kill_after));
        child.kill().unwrap();
        child.wait().unwrap();
        // Whatever the kill interrupted, opening settles it.
        site.open().close();
        let report = site.clean();
        assert!(site.tmp().is_empty());
        assert_eq!((site.blobs() as u64, report.blobs), (report.size, report.size));
    }
    assert_eq!(answered.len(), 131);
    let rows = site.rows();
    for (index, seed) in answered {
        assert!(rows[index as usize].body == Some(noise(seed, 5000)), "{index}");
    }
}
