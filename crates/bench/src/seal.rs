//! Sealing a stream: ours beside `rage` and beside the bare cipher, as whole processes that read
//! the same file from memory and write to nowhere.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use payamgir_seal::{BlobSealer, Recipient};
use serde_json::json;

use crate::report::{Goal, Section, number, row};
use crate::{Failure, Plan, fixture, machine, stats, tools};

const CHUNK: usize = 64 * 1024;
/// A file system in memory.
const MEMORY: &str = "/dev/shm";

/// Wall and CPU seconds of one process.
struct Took {
    wall: f64,
    cpu: f64,
}

/// In the child: seals a file to standard output.
pub fn seal_file(recipient: &str, file: &Path) -> Result<(), Failure> {
    let recipient: Recipient = recipient.parse()?;
    // The descriptor itself: Rust's own standard output looks for line ends.
    let out = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let mut sealer = BlobSealer::new(&recipient, out)?;
    let mut from = File::open(file)?;
    let mut buffer = vec![0; CHUNK];
    loop {
        match from.read(&mut buffer)? {
            0 => break,
            read => sealer.write_all(&buffer[..read])?,
        }
    }
    sealer.finish()?;
    Ok(())
}

/// Runs it.
pub fn run(plan: &Plan) -> Result<Section, Failure> {
    let (size, rounds) = if plan.quick { (256 << 20, 3) } else { (1 << 30, 7) };
    let folder = tempfile::tempdir_in(memory(plan))?;
    let file = folder.path().join("stream");
    generate(&file, size)?;
    let (rage, keygen) = tools::rage()?;
    let theirs = rage_recipient(&keygen, folder.path())?;
    let recipient = fixture::member().own_identity().unwrap().recipient();
    let (mut our_side, mut rage_side, mut raw) = (vec![], vec![], vec![]);
    for number in 0..rounds {
        eprintln!("seal: round {} of {rounds}", number + 1);
        let mut own = Command::new(std::env::current_exe()?);
        our_side.push(time(own.args(["seal", &recipient]).arg(&file))?);
        rage_side.push(time(Command::new(&rage).args(["-r", &theirs, "-o", "-"]).arg(&file))?);
        raw.push(bare(size)?);
    }
    Ok(section(size, &our_side, &rage_side, &raw))
}

fn memory(plan: &Plan) -> PathBuf {
    let memory = PathBuf::from(MEMORY);
    if memory.is_dir() { memory } else { plan.dir.clone() }
}

fn generate(path: &Path, size: u64) -> io::Result<()> {
    let mut to = BufWriter::with_capacity(CHUNK, File::create(path)?);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..size / 8 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        to.write_all(&state.to_le_bytes())?;
    }
    to.flush()
}

fn rage_recipient(keygen: &Path, folder: &Path) -> Result<String, Failure> {
    let key = folder.join("key");
    tools::run(Command::new(keygen).arg("-o").arg(&key).stderr(Stdio::null()))?;
    let text = std::fs::read_to_string(key)?;
    let public = text.lines().find_map(|line| line.strip_prefix("# public key: "));
    public.map(str::to_owned).ok_or_else(|| "rage-keygen wrote no public key".into())
}

fn time(command: &mut Command) -> Result<Took, Failure> {
    let (start, cpu) = (Instant::now(), machine::cpu_of_children()?);
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    if !status.success() {
        return Err(format!("{command:?} ended with {status}").into());
    }
    let cpu = machine::cpu_of_children()?.saturating_sub(cpu);
    Ok(Took { wall: start.elapsed().as_secs_f64(), cpu: cpu.as_secs_f64() })
}

/// Seconds the bare cipher takes for as many bytes, chunk by chunk in one buffer.
fn bare(size: u64) -> Result<f64, Failure> {
    let cipher = ChaCha20Poly1305::new((&*fixture::random::<32>()).into());
    let mut buffer = vec![7; CHUNK];
    let start = Instant::now();
    for number in 0..size / CHUNK as u64 {
        let mut nonce = Nonce::default();
        nonce[3..11].copy_from_slice(&number.to_be_bytes());
        cipher
            .encrypt_in_place_detached(&nonce, &[], &mut buffer)
            .map_err(|_| "the cipher refused")?;
    }
    let took: Duration = start.elapsed();
    Ok(took.as_secs_f64())
}

fn section(size: u64, ours: &[Took], rage: &[Took], raw: &[f64]) -> Section {
    let speed = |seconds: f64| size as f64 / seconds / 1e9;
    let wall = |side: &[Took]| speed(stats::median(side.iter().map(|took| took.wall)));
    let cpu = |side: &[Took]| speed(stats::median(side.iter().map(|took| took.cpu)));
    let raw = speed(stats::median(raw.iter().copied()));
    let beside_rage = stats::median(ours.iter().zip(rage).map(|(a, b)| b.wall / a.wall));
    let line = |name: &str, wall: f64, cpu: f64| {
        row([name, &number(wall), &number(cpu), &number(wall / raw)])
    };
    Section {
        name: "seal",
        figures: json!({
            "bytes": size,
            "ours_gb_per_second": wall(ours),
            "rage_gb_per_second": wall(rage),
            "raw_gb_per_second": raw,
            "ours_gb_per_cpu_second": cpu(ours),
            "rage_gb_per_cpu_second": cpu(rage),
            "of_rage": beside_rage,
            "of_raw": wall(ours) / raw,
        }),
        rows: vec![
            row(["stream", "GB/s", "GB/CPU s", "of raw"]),
            line("ours", wall(ours), cpu(ours)),
            line("rage", wall(rage), cpu(rage)),
            line("raw ChaCha20-Poly1305", raw, raw),
        ],
        goals: vec![Goal::at_least("seal: of rage's speed", beside_rage, 0.9)],
    }
}
