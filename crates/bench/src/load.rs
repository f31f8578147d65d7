//! The load: many connections on one thread, each sending the same bytes again and again and
//! reading answers by their Content-Length. It shares the server's cores, so it does no more.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::{Failure, machine, stats};

/// Longer answers are errors.
const ANSWER_BYTES: usize = 64 * 1024;
const LENGTH: &[u8] = b"\r\ncontent-length: ";
// As others write it.
const LENGTH_TOO: &[u8] = b"\r\nContent-Length: ";

/// How long to send, and from when on to count.
#[derive(Clone, Copy)]
pub struct Span {
    pub warm: Duration,
    pub counted: Duration,
}

/// What came of it.
pub struct Load {
    pub per_second: f64,
    /// The server's CPU time per submission, in µs.
    pub cpu_us: f64,
    pub p50_us: f64,
    pub p99_us: f64,
    pub errors: u64,
    /// All that were acknowledged, those before the counting among them.
    pub acknowledged: u64,
}

/// What one connection saw.
#[derive(Default)]
struct Seen {
    latencies: Vec<u32>,
    acknowledged: u64,
    errors: u64,
}

#[derive(Clone, Copy)]
struct Until {
    from: Instant,
    to: Instant,
}

/// Sends for a while over `connections` to the server that is process `pid`.
pub fn run(
    to: SocketAddr,
    request: &[u8],
    connections: usize,
    span: Span,
    pid: u32,
) -> Result<Load, Failure> {
    let from = Instant::now() + span.warm;
    let until = Until { from, to: from + span.counted };
    let request: Arc<[u8]> = request.into();
    runtime()?.block_on(async {
        let mut all = JoinSet::new();
        for _ in 0..connections {
            all.spawn(keep_sending(to, request.clone(), until));
        }
        tokio::time::sleep_until(until.from.into()).await;
        let before = (machine::cpu(pid)?, Instant::now());
        tokio::time::sleep_until(until.to.into()).await;
        let after = (machine::cpu(pid)?, Instant::now());
        let seen = all.join_all().await;
        Ok(sum(seen, after.0 - before.0, after.1 - before.1))
    })
}

/// Sends `count` requests over `connections`; an error where one is not answered with 200.
pub fn send(to: SocketAddr, request: &[u8], connections: usize, count: u64) -> Result<(), Failure> {
    let left = Arc::new(AtomicU64::new(count));
    let request: Arc<[u8]> = request.into();
    runtime()?.block_on(async {
        let mut all = JoinSet::new();
        for _ in 0..connections {
            let (left, request) = (left.clone(), request.clone());
            all.spawn(async move {
                let mut line = Line::open(to).await?;
                let take = |n: u64| n.checked_sub(1);
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
                    line.ask(&request).await?;
                }
                io::Result::Ok(())
            });
        }
        all.join_all().await.into_iter().collect::<io::Result<()>>()
    })?;
    Ok(())
}

/// One request's answer, whole.
pub fn ask(to: SocketAddr, request: &[u8]) -> Result<Vec<u8>, Failure> {
    runtime()?.block_on(async {
        let mut line = Line::open(to).await?;
        let length = line.ask(request).await?;
        line.buffer.truncate(length);
        Ok(line.buffer)
    })
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

fn sum(seen: Vec<Seen>, cpu: Duration, took: Duration) -> Load {
    let mut latencies: Vec<u32> =
        seen.iter().flat_map(|one| one.latencies.iter().copied()).collect();
    let count = latencies.len() as f64;
    Load {
        per_second: count / took.as_secs_f64(),
        cpu_us: cpu.as_secs_f64() * 1e6 / count.max(1.0),
        p50_us: stats::percentile(&mut latencies, 50),
        p99_us: stats::percentile(&mut latencies, 99),
        errors: seen.iter().map(|one| one.errors).sum(),
        acknowledged: seen.iter().map(|one| one.acknowledged).sum(),
    }
}

async fn keep_sending(to: SocketAddr, request: Arc<[u8]>, until: Until) -> Seen {
    let mut seen = Seen::default();
    while Instant::now() < until.to {
        if one_line(to, &request, until, &mut seen).await.is_err() {
            seen.errors += 1;
        }
    }
    seen
}

async fn one_line(to: SocketAddr, request: &[u8], until: Until, seen: &mut Seen) -> io::Result<()> {
    let mut line = Line::open(to).await?;
    let mut start = Instant::now();
    while start < until.to {
        line.ask(request).await?;
        let end = Instant::now();
        seen.acknowledged += 1;
        if start >= until.from && end < until.to {
            seen.latencies.push((end - start).as_micros().try_into().unwrap_or(u32::MAX));
        }
        start = end;
    }
    Ok(())
}

/// One connection and room for an answer.
struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    async fn open(to: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; ANSWER_BYTES] })
    }

    /// Sends and reads the answer into the buffer; gives its length. Only 200 is an answer.
    async fn ask(&mut self, request: &[u8]) -> io::Result<usize> {
        self.stream.write_all(request).await?;
        let (mut filled, mut whole) = (0, None);
        while whole.is_none_or(|whole| filled < whole) {
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            filled += read;
            whole = match whole {
                None => length(&self.buffer[..filled])?,
                known => known,
            };
        }
        Ok(filled)
    }
}

/// The length of an answer, once its head is here.
fn length(answer: &[u8]) -> io::Result<Option<usize>> {
    let Some(head) = find(answer, b"\r\n\r\n") else { return Ok(None) };
    let bad = || io::Error::from(io::ErrorKind::InvalidData);
    if !answer.starts_with(b"HTTP/1.1 200 ") {
        return Err(bad());
    }
    let found = find(&answer[..head], LENGTH).or_else(|| find(&answer[..head], LENGTH_TOO));
    let at = found.ok_or_else(bad)? + LENGTH.len();
    let digits = answer[at..].iter().take_while(|byte| byte.is_ascii_digit());
    let body = digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'));
    Ok(Some(head + 4 + body))
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_end_where_their_length_says() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\nx: y\r\n\r\nhello";
        assert_eq!(length(answer).unwrap(), Some(answer.len() - 5 + 12));
        assert_eq!(length(&answer[..20]).unwrap(), None);
        assert!(length(b"HTTP/1.1 507 No\r\ncontent-length: 1\r\n\r\n").is_err());
        assert!(length(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
