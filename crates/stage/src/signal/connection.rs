//! One connection: a thread that reads calls, and one that writes lines.

use std::io::{BufRead, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::answer;
use super::daemon::{Daemon, State};

/// Bytes written alone before the reader gets time to see them.
const DRIBBLE: usize = 16;

/// Something to write.
pub(super) enum Piece {
    /// Lines in one write, and the numbers of the envelopes in them.
    Lines(Vec<u8>, Vec<usize>),
    /// Ends the connection.
    End,
}

/// The daemon's side of a connection.
pub(super) struct Connection {
    stream: UnixStream,
    pub writer: Sender<Piece>,
    /// In manual mode, its subscriptions.
    pub subscriptions: Vec<u64>,
}

impl Connection {
    /// Ends it at once.
    pub fn shut(&self) {
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Writes bytes that contain no envelope.
    pub fn write(&self, bytes: Vec<u8>) {
        let _ = self.writer.send(Piece::Lines(bytes, Vec::new()));
    }
}

/// Takes a connection in, unless the listening is over, which it tells.
pub(super) fn open(daemon: &Arc<Daemon>, going: &AtomicBool, stream: UnixStream) -> bool {
    let (Ok(reading), Ok(writing)) = (stream.try_clone(), stream.try_clone()) else { return true };
    let (writer, pieces) = channel();
    let mut state = daemon.state();
    // Under the lock under which it ends: no connection outlives that.
    if !going.load(Ordering::SeqCst) {
        return false;
    }
    let number = state.number();
    state.connections.insert(number, Connection { stream, writer, subscriptions: Vec::new() });
    state.flush_kept(daemon.mode);
    drop(state);
    let ours = Arc::clone(daemon);
    std::thread::spawn(move || write_all(&ours, writing, &pieces));
    let ours = Arc::clone(daemon);
    std::thread::spawn(move || read_all(&ours, number, reading));
    true
}

fn read_all(daemon: &Arc<Daemon>, number: u64, stream: UnixStream) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        match reader.read_until(b'\n', &mut line) {
            Ok(count) if count > 0 => answer::take(daemon, number, line),
            _ => break,
        }
    }
    if let Some(connection) = daemon.state().connections.remove(&number) {
        connection.shut();
    }
}

fn write_all(daemon: &Daemon, mut stream: UnixStream, pieces: &Receiver<Piece>) {
    let mut broken = false;
    for piece in pieces {
        let Piece::Lines(bytes, envelopes) = piece else {
            let _ = stream.shutdown(Shutdown::Both);
            broken = true;
            continue;
        };
        // Said before it is written: a reader that has it may ask at once.
        let dribble = daemon.state().begun(&envelopes, broken);
        if !broken && write(&mut stream, &bytes, dribble).is_err() {
            broken = true;
            daemon.state().failed(&envelopes);
        }
    }
}

impl State {
    fn begun(&mut self, envelopes: &[usize], broken: bool) -> bool {
        self.inbox.begun(envelopes);
        if broken {
            self.inbox.failed(envelopes);
        }
        self.dribble
    }

    fn failed(&mut self, envelopes: &[usize]) {
        self.inbox.failed(envelopes);
    }
}

fn write(stream: &mut UnixStream, bytes: &[u8], dribble: bool) -> std::io::Result<()> {
    if !dribble {
        return stream.write_all(bytes);
    }
    for (at, byte) in bytes.iter().enumerate() {
        stream.write_all(&[*byte])?;
        if at % DRIBBLE == 0 {
            std::thread::sleep(Duration::from_micros(200));
        }
    }
    Ok(())
}
