//! Editions: ten thousand items built, and built again unchanged; and a page served beside nginx, which has
//! the same files compressed beforehand.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child as Process, Command};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use payamgir_bulletin::{Built, Known, Press, build};
use payamgir_wire::hex::Hex;
use serde_json::json;

use crate::child::Child;
use crate::congress::{self, Congress};
use crate::load::{self, Span};
use crate::report::{Goal, Section, number, row};
use crate::{Failure, Plan, fixture, stats};

/// The page that is asked for.
const PAGE: &str = "read/fa/12-1/nasaji.html";
const CONNECTIONS: usize = 32;

/// Runs it.
pub fn run(plan: &Plan) -> Result<Section, Failure> {
    let (items, rounds) = if plan.quick { (1_000, 2) } else { (10_000, 5) };
    eprintln!("editions: {items} items, {rounds} rounds of serving");
    let (first, again, anew) = building(items)?;
    let folder = tempfile::tempdir_in(&plan.dir)?;
    let (ours, nginx) = serving(folder.path(), rounds, plan.quick)?;
    let ratio = ours / nginx;
    let scaled = first * 10_000.0 / f64::from(items);
    Ok(Section {
        name: "editions",
        figures: json!({
            "items": items, "built_s": first, "again_s": again, "again_new": anew,
            "ours_per_second": ours, "nginx_per_second": nginx, "ratio": ratio,
        }),
        rows: vec![
            row(["items", "built, s", "again, s", "made anew", "pages a second", "nginx", "ratio"]),
            [items as f64, first, again, anew as f64, ours, nginx, ratio].map(number).to_vec(),
        ],
        goals: vec![
            Goal::at_most("editions: 10,000 items built, s", scaled, 20.0),
            Goal::at_most("editions: unchanged, made anew", anew as f64, 0.0),
            Goal::at_least("editions: pages a second, of nginx's", ratio, 0.7),
        ],
    })
}

/// Seconds to build, to build again, and how many files that made.
fn building(items: u32) -> Result<(f64, f64, usize), Failure> {
    let congress = congress::large(items);
    let started = Instant::now();
    let built = made(&congress, &Known::default())?;
    let first = started.elapsed().as_secs_f64();
    let release = built.release(Hex([7; 32]), Hex([8; 32]), (0, Hex([0; 32])));
    drop(built);
    let known = Known::of(&release);
    let started = Instant::now();
    let again = made(&congress, &known)?;
    Ok((first, started.elapsed().as_secs_f64(), again.counts().1))
}

fn made(congress: &Congress, known: &Known) -> Result<Built, Failure> {
    let media: BTreeMap<_, _> = congress.media.iter().map(|(m, bytes)| (m.hash, bytes)).collect();
    let press = Press {
        desk: Hex([7; 32]),
        bulletin: &congress.bulletin,
        editions: &congress.editions,
        items: &congress.items,
        media: &|medium| media.get(&medium.hash).map(|bytes| (*bytes).clone()),
        engine: None,
        known,
    };
    Ok(build(&press)?)
}

/// Pages a second from us and from nginx, medians of alternating rounds.
fn serving(folder: &Path, rounds: u32, quick: bool) -> Result<(f64, f64), Failure> {
    let built = made(&congress::small(), &Known::default())?;
    fixture::create(folder, &fixture::found(&fixture::member()))?;
    let root = folder.join("root");
    lay_out(&built, &folder.join("editions"), &root)?;
    let server = Child::start(["server".as_ref(), folder.as_os_str()])?;
    let nginx = Nginx::start(folder, &root)?;
    let span = match quick {
        true => Span { warm: Duration::from_millis(300), counted: Duration::from_secs(1) },
        false => Span { warm: Duration::from_secs(1), counted: Duration::from_secs(4) },
    };
    let (mut ours, mut theirs) = (vec![], vec![]);
    for _ in 0..rounds {
        ours.push(
            load::run(server.public, &request(), CONNECTIONS, span, server.pid())?.per_second,
        );
        theirs.push(
            load::run(nginx.at, &request(), CONNECTIONS, span, nginx.process.id())?.per_second,
        );
    }
    server.stop()?;
    Ok((stats::median(ours), stats::median(theirs)))
}

/// The same files as a server keeps them, and as nginx does: both compressed beforehand.
fn lay_out(built: &Built, kept: &Path, root: &Path) -> Result<(), Failure> {
    fs::create_dir_all(kept.join("files"))?;
    for (file, bytes) in built.new_files() {
        let (own, path) =
            (kept.join(format!("files/{}", file.hash)), root.join(file.path.as_str()));
        fs::create_dir_all(path.parent().ok_or("a folder")?)?;
        let mut packed = GzEncoder::new(vec![], Compression::best());
        packed.write_all(bytes)?;
        let packed = packed.finish()?;
        for (plain, gzip) in [
            (own.clone(), own.with_extension("gz")),
            (path, root.join(format!("{}.gz", file.path))),
        ] {
            fs::write(plain, bytes)?;
            fs::write(gzip, &packed)?;
        }
    }
    let release = built.release(Hex([7; 32]), Hex([8; 32]), (0, Hex([0; 32])));
    fs::write(kept.join(format!("proof-{}.txt", release.hash())), "payamgir proof 1\n")?;
    Ok(fs::write(kept.join("release.txt"), release.encode())?)
}

fn request() -> Vec<u8> {
    format!("GET /{PAGE} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n").into_bytes()
}

/// An nginx of its own, ended when dropped.
struct Nginx {
    process: Process,
    at: SocketAddr,
}

impl Nginx {
    fn start(folder: &Path, root: &Path) -> Result<Self, Failure> {
        let at = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let (own, root) = (folder.join("nginx"), root.display());
        fs::create_dir_all(&own)?;
        let temp = own.display();
        let config = format!(
            "daemon off; pid {temp}/pid; error_log stderr crit; worker_processes auto;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;\n\
             open_file_cache max=1000; types {{ text/html html; }} gzip_static on; etag on;\n\
             client_body_temp_path {temp}/b; proxy_temp_path {temp}/p; fastcgi_temp_path {temp}/f;\n\
             uwsgi_temp_path {temp}/u; scgi_temp_path {temp}/s;\n\
             server {{ listen {at}; root {root}; }} }}\n"
        );
        fs::write(own.join("conf"), config)?;
        let mut command = Command::new("nginx");
        command.arg("-c").arg(own.join("conf")).arg("-p").arg(&own);
        let process = command.spawn().map_err(|error| format!("nginx: {error}"))?;
        let nginx = Self { process, at };
        for _ in 0..100 {
            if std::net::TcpStream::connect(at).is_ok() {
                return Ok(nginx);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err("nginx does not listen".into())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master ends its workers at SIGTERM, and not at SIGKILL.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}
