//! The real program, run as people run it: a server's folder, a desk's folder, and a browser
//! reduced to what it writes on the wire.
#![allow(dead_code)]

pub mod browser;
pub mod lanes;
pub mod messenger;
pub mod people;
pub mod proxy;
pub mod room;
pub mod search;

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use payamgir_desk::keys;
use payamgir_desk::open::{Keyring, Member};
use payamgir_desk::roster::Policy;
use payamgir_wire::armor::{Label, armor};
use serde_json::Value;
use tempfile::TempDir;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_payamgir");
const PASSPHRASE: &str = "a passphrase for tests";
/// How long a server may take to start or stop on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server's folder and a desk's folder.
pub struct Place {
    pub folder: TempDir,
    pub log_key: String,
}

/// A running server. Killed when dropped.
pub struct Server {
    pub child: Child,
    pub public: SocketAddr,
    pub private: SocketAddr,
    /// Everything it has written to standard output and standard error.
    pub said: Arc<Mutex<String>>,
}

impl Place {
    /// Makes both folders with the program itself; only the identity is made here, because its
    /// scrypt work is the point elsewhere.
    pub fn new() -> Self {
        Self::within(&std::env::temp_dir())
    }

    /// The same below a given folder.
    pub fn within(parent: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("payamgir-test-").tempdir_in(parent).unwrap();
        let desk = folder.path().join("desk");
        std::fs::create_dir(&desk).unwrap();
        std::fs::write(folder.path().join("passphrase"), PASSPHRASE).unwrap();
        let member = Member::from_seed(&zeroize::Zeroizing::new([7; 64]));
        let file = member.lock(PASSPHRASE.into(), Some(2)).unwrap();
        std::fs::write(desk.join("identity.age"), file).unwrap();
        let random: payamgir_desk::client::Random = Arc::new(dice);
        let mut keyring = Keyring::default();
        let policy = (Policy::DEFAULT, keys::day(now()));
        let founding = keys::found(&member, &mut keyring, &[], policy, &random).unwrap();
        let public = armor(Label::Desk, &founding.encode());
        std::fs::write(desk.join("desk.pub"), public).unwrap();
        std::fs::write(desk.join("keyring.age"), keys::lock(&keyring, &member).unwrap()).unwrap();
        let mut place = Self { folder, log_key: String::new() };
        let made = place.run(&[
            "init",
            "--dir",
            &place.path("server"),
            "--desk",
            &place.path("desk/desk.pub"),
        ]);
        assert!(made.status.success(), "{}", text(&made.stderr));
        place.log_key = text(&made.stdout).trim().to_owned();
        // No full hour falls into a test and adds records to its log.
        place.configure("limits.receipt_seconds", "10000000000");
        place
    }

    /// A path below the folder.
    pub fn path(&self, below: &str) -> String {
        self.folder.path().join(below).to_str().unwrap().to_owned()
    }

    /// Sets a key of the configuration, as `limits.files = 3`.
    pub fn configure(&self, key: &str, value: &str) {
        let path = self.path("server/payamgir.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let name = key.rsplit('.').next().unwrap();
        let lines = text.lines().map(|line| match line.split_once(" = ") {
            Some((found, _)) if found == name => format!("{name} = {value}"),
            _ => line.to_owned(),
        });
        let changed: Vec<String> = lines.collect();
        assert!(changed.contains(&format!("{name} = {value}")), "no key {key}");
        std::fs::write(&path, changed.join("\n")).unwrap();
    }

    /// The program with arguments, in a quiet environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(args).env_clear().env("TMPDIR", self.temp()).stdin(Stdio::null());
        command
    }

    /// The temp folder of every program run here; searched by the seizure test.
    pub fn temp(&self) -> PathBuf {
        let temp = self.folder.path().join("tmp");
        std::fs::create_dir_all(&temp).unwrap();
        temp
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs a desk command.
    pub fn desk(&self, args: &[&str]) -> Output {
        let (dir, passphrase) = (self.path("desk"), self.path("passphrase"));
        let fixed = ["--lang", "en", "desk", "--dir", &dir, "--passphrase-file", &passphrase];
        self.run(&[&fixed[..], args].concat())
    }

    /// Fetches what is new; panics unless it verifies.
    pub fn sync(&self, server: &Server) -> String {
        let url = format!("http://{}", server.private);
        let done = self.desk(&["sync", "--server", &url, "--log-key", &self.log_key]);
        assert!(done.status.success(), "{}{}", text(&done.stdout), text(&done.stderr));
        text(&done.stdout)
    }

    /// What the desk sees, as `desk list --json` says it.
    pub fn list(&self) -> Vec<Value> {
        let listed = self.desk(&["list", "--json"]);
        assert!(listed.status.success(), "{}", text(&listed.stderr));
        text(&listed.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// One submission, as `desk read --json` says it.
    pub fn read(&self, number: u64) -> Value {
        let read = self.desk(&["read", &number.to_string(), "--json"]);
        assert!(read.status.success(), "{}", text(&read.stderr));
        serde_json::from_slice(&read.stdout).unwrap()
    }

    /// `log verify --json`: the exit code and the report.
    pub fn verify(&self) -> (i32, Value) {
        let verified = self.run(&["log", "verify", "--json", "--dir", &self.path("server")]);
        let report = serde_json::from_slice(&verified.stdout).unwrap_or(Value::Null);
        (verified.status.code().unwrap(), report)
    }

    /// Appends a record with the server's own key, as a server that lies could.
    pub fn append_as_server(&self, kind: u8, body: &[u8]) {
        use payamgir_log::{Kind, Limits, Log, LogKey, Mode};
        let key = std::fs::read_to_string(self.path("server/log.key")).unwrap();
        let key = LogKey::parse(key.trim()).unwrap();
        let limits = Limits { storage: u64::MAX, keep_free: 0 };
        let log = Log::open(self.path("server/log").as_ref(), key, limits, Mode::Server).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(log.append(Kind(kind), body.to_vec(), vec![])).unwrap();
        log.close();
    }

    /// Starts the server.
    pub fn serve(&self) -> Server {
        let mut command = self.command(&self.serve_args().each_ref().map(String::as_str));
        Server::start(&mut command)
    }

    /// Starts it again with the desk's address it had.
    pub fn serve_at(&self, private: SocketAddr) -> Server {
        let mut args = self.serve_args();
        args[6] = private.to_string();
        Server::start(&mut self.command(&args.each_ref().map(String::as_str)))
    }

    /// The arguments of a server on free ports.
    pub fn serve_args(&self) -> [String; 7] {
        let any = "127.0.0.1:0".to_owned();
        let [a, b, c, d] = ["serve", "--dir", "--listen", "--desk-listen"].map(str::to_owned);
        [a, b, self.path("server"), c, any.clone(), d, any]
    }
}

impl Server {
    /// Starts it and waits until it has said its addresses and that it started.
    pub fn start(command: &mut Command) -> Self {
        Self::try_start(command).unwrap_or_else(|said| panic!("did not start: {said}"))
    }

    /// The same; where it ends before it started, what it said.
    pub fn try_start(command: &mut Command) -> Result<Self, String> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let listeners = [
            listen(child.stdout.take().unwrap(), said.clone()),
            listen(child.stderr.take().unwrap(), said.clone()),
        ];
        let begun = Instant::now();
        loop {
            let text = said.lock().unwrap().clone();
            if text.contains("payamgir: started") {
                let [public, private] = ["sources", "desks"].map(|who| address(&text, who));
                return Ok(Self { child, public, private, said });
            }
            if child.try_wait().unwrap().is_some() {
                listeners.into_iter().for_each(|listener| listener.join().unwrap());
                return Err(said.lock().unwrap().clone());
            }
            assert!(begun.elapsed() < PATIENCE, "did not start: {text}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// The program itself, where it runs below a tracer.
    fn pid(&self) -> String {
        let own = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children"));
        let first = children.ok().and_then(|c| c.split_whitespace().next().map(str::to_owned));
        first.unwrap_or_else(|| own.to_string())
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let pid = self.pid();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    /// Ends it with SIGTERM and waits.
    pub fn stop(self) -> String {
        self.signal("-TERM");
        self.wait()
    }

    /// Waits for its end; gives what it said.
    pub fn wait(mut self) -> String {
        let begun = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE, "did not stop");
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(Duration::from_millis(50));
        self.said.lock().unwrap().clone()
    }

    /// Ends it at once, as a power cut would end the process.
    pub fn kill(mut self) {
        self.signal("-KILL");
        self.child.wait().unwrap();
    }

    /// The most memory it ever held, in KiB.
    pub fn peak_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _ = Command::new("kill").args(["-KILL", &self.pid()]).status();
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

fn listen(from: impl Read + Send + 'static, said: Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    })
}

fn address(said: &str, who: &str) -> SocketAddr {
    let start = format!("payamgir: {who}: http://");
    let line = said.lines().find_map(|line| line.strip_prefix(&start)).unwrap();
    line.trim_end_matches('/').parse().unwrap()
}

/// Output as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether a tool is on this machine. Where CI=true a missing tool fails the test; elsewhere
/// the test is skipped and says so.
pub fn has_tool(name: &str) -> bool {
    let found = Command::new(name).arg("--version").output().is_ok();
    if !found {
        assert!(std::env::var_os("CI").is_none(), "{name} is missing");
        skipped(&format!("needs {name}"));
    }
    found
}

/// Says aloud that a test was skipped: past the test runner, which keeps quiet what passes.
pub fn skipped(why: &str) {
    say(&format!("SKIPPED: {why}"));
}

/// A line on standard error that the test harness does not hold back.
pub fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A number from the environment: tests have a short form, and a full one in the soak run.
pub fn full_or(name: &str, short: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(short)
}

/// Unix seconds.
pub fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// Fills a buffer, each time differently.
pub fn dice(bytes: &mut [u8]) {
    static ROLLS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let seed = ROLLS.fetch_add(0x9e37_79b9, std::sync::atomic::Ordering::Relaxed);
    bytes.copy_from_slice(&Dice(seed).bytes(bytes.len()));
}

/// Numbers that look random and are the same each time.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.roll() as u8).collect()
    }
}
