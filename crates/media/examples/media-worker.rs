//! A worker for the tests: jobs as the program does them, and misdeeds that its sandbox must stop.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, ExitCode};

use payamgir_media::worker;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    match args.first().and_then(|arg| arg.to_str()) {
        Some("misdeed") => misdeed(args.get(1).and_then(|arg| arg.to_str()).unwrap_or_default()),
        // The same without the sandbox: shows that the misdeeds would succeed.
        Some("free") => attempt(args.get(1).and_then(|arg| arg.to_str()).unwrap_or_default()),
        _ => worker::main(args),
    }
}

fn misdeed(name: &str) -> ExitCode {
    match worker::confine() {
        Ok(()) => attempt(name),
        Err(_) => ExitCode::FAILURE,
    }
}

/// Says `done` where it succeeded and the error's number where it did not.
fn attempt(name: &str) -> ExitCode {
    let done = match name {
        "read" => std::fs::read("/etc/passwd").map(drop),
        "list" => std::fs::read_dir("/").map(drop),
        "connect" => std::net::TcpStream::connect("127.0.0.1:9").map(drop),
        "bind" => std::net::TcpListener::bind("127.0.0.1:0").map(drop),
        "unix" => std::os::unix::net::UnixStream::pair().map(drop),
        "spawn" => Command::new("/bin/true").status().map(drop),
        "thread" => std::thread::Builder::new().spawn(|| ()).map(drop),
        "write" => std::fs::write("/dev/shm/payamgir-media-misdeed", b"x"),
        "remove" => std::fs::remove_file("/dev/shm/payamgir-media-misdeed"),
        "memory" => allocate(4 << 30),
        "spin" => loop {
            std::hint::black_box(0);
        },
        "linger" => loop {
            std::thread::park();
        },
        "flood" => loop {
            let _ = std::io::stdout().write_all(&[b'x'; 4096]);
        },
        "panic" => panic!("as asked"),
        "abort" => std::process::abort(),
        _ => Ok(()),
    };
    let words = done.map_or_else(|e| format!("{:?}", e.raw_os_error()), |()| "done".to_owned());
    let _ = std::io::stdout().write_all(words.as_bytes());
    ExitCode::SUCCESS
}

fn allocate(bytes: usize) -> std::io::Result<()> {
    let mut memory: Vec<u8> = vec![];
    let reserved = memory.try_reserve_exact(bytes);
    reserved.map_err(|_| std::io::Error::from_raw_os_error(12))?;
    memory.resize(bytes.min(1 << 20), 1);
    std::hint::black_box(&memory);
    Ok(())
}
