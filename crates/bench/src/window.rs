//! The real program's window: from the passphrase to the first screen, as an editor waits for it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use payamgir_desk::keys;
use payamgir_desk::open::{Keyring, Member};
use zeroize::Zeroizing;

use crate::{Failure, Plan, fixture, tools};

const PASSPHRASE: &str = "a passphrase for measuring";
/// How often it is asked whether it is open; a browser asks each second.
const LOOK: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(300);

/// Puts what the program needs beside the copy of the log in `folder`: the identity under a
/// passphrase with the work the program itself would choose, the keyring, which server, which desk.
pub fn furnish(
    folder: &Path,
    member: &Member,
    founded: &fixture::Founded,
    (log_key, store_key): (&str, &[u8; 32]),
) -> Result<(), Failure> {
    let mut keyring =
        Keyring::parse(&founded.keyring.text()).map_err(|_| "the keyring does not parse")?;
    keyring.set_secret("store", Some(Zeroizing::new(store_key.to_vec())));
    let sealed = keys::lock(&keyring, member).map_err(|_| "the keyring is not sealed")?;
    fs::write(folder.join("keyring.age"), sealed)?;
    fs::write(folder.join("identity.age"), member.lock(PASSPHRASE.into(), None)?)?;
    fs::write(folder.join("desk.pub"), fixture::desk_public(founded))?;
    // Nobody answers there: what is measured is this machine.
    let link = format!("server = \"http://127.0.0.1:9\"\nlog_key = {log_key:?}\n");
    fs::write(folder.join("server.toml"), link)?;
    Ok(())
}

/// Milliseconds from sending the passphrase to having the first screen: scrypt, the copy of the log,
/// the store, the list, the page.
pub fn unlock_ms(plan: &Plan, folder: &Path) -> Result<f64, Failure> {
    let mut command = Command::new(tools::payamgir(plan)?);
    command.arg("desk").arg("--dir").arg(folder);
    let child =
        command.args(["--window", "127.0.0.1:0", "--no-browser"]).stdout(Stdio::piped()).spawn()?;
    let mut window = Window { child, at: String::new(), cookie: String::new() };
    window.enter()?;
    let form = format!("passphrase={}", PASSPHRASE.replace(' ', "+"));
    let start = Instant::now();
    window.ask("POST", "/en/unlock", &form)?;
    while !window.ask("GET", "/en/", "")?.starts_with("HTTP/1.1 200") {
        if start.elapsed() > PATIENCE {
            return Err("the window does not open".into());
        }
        std::thread::sleep(LOOK);
    }
    Ok(start.elapsed().as_secs_f64() * 1000.0)
}

struct Window {
    child: Child,
    at: String,
    cookie: String,
}

impl Window {
    /// Comes in by the address the program prints.
    fn enter(&mut self) -> Result<(), Failure> {
        let mut line = String::new();
        let printed = self.child.stdout.as_mut().ok_or("the window has no output")?;
        BufReader::new(printed).read_line(&mut line)?;
        let address = line.trim().strip_prefix("http://").ok_or("the window did not start")?;
        let (at, path) = address.split_once('/').ok_or("the window has no address")?;
        self.at = at.to_owned();
        let said = self.ask("GET", &format!("/{path}"), "")?;
        let cookie = said.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        self.cookie = cookie.ok_or("the window gave no cookie")?.to_owned();
        Ok(())
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Result<String, Failure> {
        let mut line = TcpStream::connect(&self.at)?;
        let (at, cookie, length) = (&self.at, &self.cookie, body.len());
        write!(
            line,
            "{method} {path} HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\nCookie: {cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        )?;
        let mut said = vec![];
        line.read_to_end(&mut said)?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
