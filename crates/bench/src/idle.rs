//! The real program with nothing to do: its memory, and how soon it answers.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::report::{Goal, Section, number, row};
use crate::{Failure, Plan, fixture, load, machine, request, stats, tools};

const SUBMISSIONS: u64 = 1000;
const CONNECTIONS: usize = 8;
/// How long it is left alone before its memory is read.
const REST: Duration = Duration::from_secs(2);

/// `payamgir serve`, killed when dropped.
struct Served {
    process: Child,
    public: SocketAddr,
    /// From the start of the process to the first page, in ms.
    first_page_ms: f64,
}

/// Runs it.
pub fn run(plan: &Plan) -> Result<Section, Failure> {
    let starts = if plan.quick { 5 } else { 15 };
    let program = tools::payamgir(plan)?;
    let folder = tempfile::tempdir_in(&plan.dir)?;
    let server = folder.path().join("server");
    init(&program, folder.path(), &server)?;
    eprintln!("idle: {starts} starts");
    let times: Result<Vec<f64>, Failure> =
        (0..starts).map(|_| Served::start(&program, &server).map(|s| s.first_page_ms)).collect();
    let start_ms = stats::median(times?);
    let served = Served::start(&program, &server)?;
    let fresh = served.rested_memory()?;
    load::send(served.public, &request::submission(served.public), CONNECTIONS, SUBMISSIONS)?;
    let used = served.rested_memory()?;
    Ok(section(start_ms, fresh, used))
}

fn init(program: &Path, folder: &Path, server: &Path) -> Result<(), Failure> {
    let desk = folder.join("desk.pub");
    std::fs::write(&desk, fixture::desk_public(&fixture::found(&fixture::member())))?;
    let mut init = Command::new(program);
    init.args([OsStr::new("init"), "--dir".as_ref(), server.as_ref()]).arg("--desk").arg(desk);
    tools::run(&mut init)
}

impl Served {
    /// Starts it and asks for the page as soon as it says where it listens.
    fn start(program: &Path, folder: &Path) -> Result<Self, Failure> {
        let start = Instant::now();
        let mut process = Command::new(program)
            .args(["serve", "--listen", "127.0.0.1:0", "--desk-listen", "127.0.0.1:0", "--dir"])
            .arg(folder)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(process.stderr.take().ok_or("no output")?).lines();
        let public = lines.find_map(|line| line.ok().as_deref().and_then(address));
        let mut served =
            Self { process, public: public.ok_or("it told no address")?, first_page_ms: 0.0 };
        load::ask(served.public, &request::first_page(served.public))?;
        served.first_page_ms = start.elapsed().as_secs_f64() * 1e3;
        // Read on, so that it never waits for somebody to listen.
        thread::spawn(move || lines.for_each(drop));
        Ok(served)
    }

    fn rested_memory(&self) -> Result<(f64, f64), Failure> {
        thread::sleep(REST);
        machine::memory(self.process.id())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The address in a line such as `payamgir: sources: http://127.0.0.1:8080/`.
fn address(line: &str) -> Option<SocketAddr> {
    line.split_once("http://")?.1.trim_end_matches('/').parse().ok()
}

fn section(start_ms: f64, fresh: (f64, f64), used: (f64, f64)) -> Section {
    let memory = |name: &str, (now, peak): (f64, f64)| row([name, &number(now), &number(peak)]);
    Section {
        name: "idle",
        figures: json!({
            "start_ms": start_ms,
            "rss_mib": fresh.0,
            "peak_mib": fresh.1,
            "rss_after_submissions_mib": used.0,
            "peak_after_submissions_mib": used.1,
            "submissions": SUBMISSIONS,
        }),
        rows: vec![
            row(["", "RSS MiB", "peak MiB"]),
            memory("after the start", fresh),
            memory(&format!("after {SUBMISSIONS} submissions"), used),
            row(["start to first page, ms", &number(start_ms)]),
        ],
        goals: vec![
            Goal::at_most("idle: RSS after the start, MiB", fresh.0, 25.0),
            Goal::at_most("idle: start to first page, ms", start_ms, 150.0),
        ],
    }
}
