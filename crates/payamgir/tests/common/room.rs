//! The desk's window as a browser speaks to it, without the browser.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::{Place, text};

pub const PASSPHRASE: &str = "a passphrase for tests";
const PATIENCE: Duration = Duration::from_secs(120);

/// A started window and what a browser would know of it.
pub struct Window {
    pub child: Child,
    pub at: SocketAddr,
    pub entry: String,
    pub cookie: String,
}

/// An answer: status, head, body.
pub struct Said {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Said {
    pub fn text(&self) -> String {
        text(&self.body)
    }
}

impl Window {
    /// Starts it; the browser has not come in yet.
    pub fn start(place: &Place, dir: &str) -> Self {
        Self::start_with(place, dir, &[])
    }

    /// The same with more flags.
    pub fn start_with(place: &Place, dir: &str, more: &[&str]) -> Self {
        let args =
            ["--lang", "en", "desk", "--dir", dir, "--window", "127.0.0.1:0", "--no-browser"];
        let mut child =
            place.command(&[&args[..], more].concat()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let rest = line.trim().strip_prefix("http://").expect("an address");
        let (at, entry) = rest.split_once("/enter?key=").unwrap();
        let (at, entry) = (at.parse().unwrap(), entry.to_owned());
        Self { child, at, entry, cookie: String::new() }
    }

    /// Comes in, as the browser does first.
    pub fn enter(&mut self) -> Said {
        let said = self.ask("GET", &format!("/enter?key={}", self.entry), &[], "");
        let cookie = said.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        if let Some(cookie) = cookie {
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        said
    }

    /// Comes in and unlocks; waits until it is open.
    pub fn unlock(&mut self) {
        self.enter();
        self.post("/en/unlock", &format!("passphrase={}", PASSPHRASE.replace(' ', "+")));
        self.until("/en/", |said| said.status == 200);
    }

    pub fn get(&self, path: &str) -> Said {
        self.ask("GET", path, &[], "")
    }

    pub fn post(&self, path: &str, form: &str) -> Said {
        let origin = format!("http://{}", self.at);
        let kind = "application/x-www-form-urlencoded";
        self.ask("POST", path, &[("Origin", &origin), ("Content-Type", kind)], form)
    }

    /// Asks until the answer is as wanted.
    pub fn until(&self, path: &str, wanted: impl Fn(&Said) -> bool) -> Said {
        let begun = Instant::now();
        loop {
            if let Ok(said) = self.try_ask("GET", path, &[], "")
                && wanted(&said)
            {
                return said;
            }
            assert!(begun.elapsed() < PATIENCE, "{path} does not become what it should");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Said {
        self.try_ask(method, path, fields, body).unwrap()
    }

    /// One request on a connection of its own. A field that is given takes the usual one's place.
    pub fn try_ask(
        &self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> std::io::Result<Said> {
        let body = body.as_ref();
        let host = self.at.to_string();
        let usual = [("Host", &*host), ("Cookie", &*self.cookie)];
        let given = |name: &str| fields.iter().any(|(own, _)| *own == name);
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        let kept = usual.iter().filter(|(name, value)| !given(name) && !value.is_empty());
        for (name, value) in kept.chain(fields).filter(|(_, value)| !value.is_empty()) {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", body.len());
        let mut stream = TcpStream::connect(self.at)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(&[head.as_bytes(), body].concat())?;
        let mut all = vec![];
        stream.read_to_end(&mut all)?;
        let end = all.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        let end = end.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        let head = text(&all[..end]);
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
        let body = all.split_off(end + 4);
        let body = if head.contains("chunked") { unchunked(&body) } else { body };
        Ok(Said { status, head, body })
    }

    /// The process that serves it now.
    pub fn room(&self) -> Option<u32> {
        let path = format!("/proc/{0}/task/{0}/children", self.child.id());
        let children = std::fs::read_to_string(path).ok()?;
        children.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut out = vec![];
    while let Some(end) = body.windows(2).position(|bytes| bytes == b"\r\n") {
        let size = usize::from_str_radix(&text(&body[..end]), 16).unwrap_or(0);
        let from = end + 2;
        if size == 0 || body.len() < from + size {
            break;
        }
        out.extend_from_slice(&body[from..from + size]);
        body = &body[(from + size + 2).min(body.len())..];
    }
    out
}

/// Whether a process's memory holds these bytes; `None` where it may not be read.
pub fn remembers(pid: u32, bytes: &[u8]) -> Option<bool> {
    use std::os::unix::fs::FileExt;
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).ok()?;
    let memory = std::fs::File::open(format!("/proc/{pid}/mem")).ok()?;
    let finder = memchr::memmem::Finder::new(bytes);
    let mut looked = 0u64;
    for line in maps.lines().filter(|line| line.contains("rw")) {
        let (from, to) = line.split_whitespace().next()?.split_once('-')?;
        let from = u64::from_str_radix(from, 16).ok()?;
        let to = u64::from_str_radix(to, 16).ok()?;
        let mut at = from;
        while at < to {
            let much = (to - at).min(4 << 20) as usize;
            let mut piece = vec![0; much];
            let read = memory.read_at(&mut piece, at).unwrap_or(0);
            looked += read as u64;
            if finder.find(&piece[..read]).is_some() {
                return Some(true);
            }
            // Overlapping, so that nothing is missed at an edge.
            at += (much as u64).saturating_sub(bytes.len() as u64).max(1);
            if much < 4 << 20 {
                break;
            }
        }
    }
    (looked > 0).then_some(false)
}
