//! This program started again in another role. A child says its addresses in one line and ends
//! when its standard input does, so it does not outlive its parent.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{self, Command, Stdio};
use std::time::Duration;

use crate::{Failure, machine};

/// A server in a process of its own.
pub struct Child {
    process: process::Child,
    /// Where it takes submissions.
    pub public: SocketAddr,
    /// Where it serves desks.
    pub private: SocketAddr,
}

impl Child {
    /// Starts a role and waits until it listens.
    pub fn start(role: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Self, Failure> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(role)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("the child has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let (public, private) = line.trim().split_once(' ').ok_or("the child did not start")?;
        Ok(Self { process, public: public.parse()?, private: private.parse()? })
    }

    /// CPU time it has used.
    pub fn cpu(&self) -> Result<Duration, Failure> {
        machine::cpu(self.process.id())
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Ends it and waits for it.
    pub fn stop(mut self) -> Result<(), Failure> {
        drop(self.process.stdin.take());
        let status = self.process.wait()?;
        if status.success() { Ok(()) } else { Err(format!("a child ended with {status}").into()) }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// In the child: tells the parent the addresses.
pub fn say(public: SocketAddr, private: SocketAddr) {
    println!("{public} {private}");
}

/// In the child: resolves when the parent wants it to end.
pub async fn told_to_stop() {
    let wait = || {
        let mut rest = vec![];
        let _ = std::io::stdin().read_to_end(&mut rest);
    };
    let _ = tokio::task::spawn_blocking(wait).await;
}
