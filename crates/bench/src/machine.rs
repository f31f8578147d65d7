//! The machine: what it is, how busy it is, what its processes have used.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Failure, stats};

/// Linux reports CPU time in hundredths of a second to every program.
const TICK: Duration = Duration::from_millis(10);
/// Fields of `/proc/<pid>/stat` after the name, which ends with the last `)`.
const USER_TIME: usize = 11;
const CHILDREN_USER_TIME: usize = 13;
const SYNCS: usize = 100;

/// Processor, cores, load, and what one write and fsync takes in `dir`, in µs.
pub fn describe(dir: &Path) -> Result<Value, Failure> {
    let cpu = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpu.lines().find_map(|l| l.strip_prefix("model name")).unwrap_or_default();
    Ok(json!({
        "cpu": model.trim_start_matches([' ', '\t', ':']),
        "cores": cores(),
        "load_before": load_average()?,
        "fsync_us": sync_time(dir)?,
    }))
}

/// Cores this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The load of the last minute.
pub fn load_average() -> Result<f64, Failure> {
    let text = fs::read_to_string("/proc/loadavg")?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}

fn sync_time(dir: &Path) -> Result<f64, Failure> {
    let folder = tempfile::tempdir_in(dir)?;
    let mut file = File::create(folder.path().join("sync"))?;
    let mut times = vec![];
    for _ in 0..SYNCS {
        let start = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    Ok(stats::median(times))
}

/// CPU time of a process, user and system, of all its threads.
pub fn cpu(pid: u32) -> Result<Duration, Failure> {
    cpu_field(pid, USER_TIME)
}

/// CPU time of this process's children that have ended and were waited for.
pub fn cpu_of_children() -> Result<Duration, Failure> {
    cpu_field(std::process::id(), CHILDREN_USER_TIME)
}

fn cpu_field(pid: u32, first: usize) -> Result<Duration, Failure> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<u32>().ok());
    match (ticks(first), ticks(first + 1)) {
        (Some(user), Some(system)) => Ok(TICK * (user + system)),
        _ => Err("/proc/<pid>/stat is not as expected".into()),
    }
}

/// Resident memory of a process in MiB: now, and at its peak.
pub fn memory(pid: u32) -> Result<(f64, f64), Failure> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().strip_suffix(" kB")?.parse::<f64>().ok()? / 1024.0)
    };
    field("VmRSS:").zip(field("VmHWM:")).ok_or_else(|| "no memory figures".into())
}
