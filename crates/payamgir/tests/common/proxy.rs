//! A server between a desk and its server that says what it likes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// One exchange: `GET /path`, and a body on its way to the server or back from it.
pub type Tamper = Arc<dyn Fn(&str, Vec<u8>) -> Vec<u8> + Send + Sync>;

/// Passes every request on; `ask` may change what is sent, `answer` what comes back with 200.
pub fn between(server: SocketAddr, ask: Tamper, answer: Tamper) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (ask, answer) = (ask.clone(), answer.clone());
            thread::spawn(move || pass(stream, server, &ask, &answer));
        }
    });
    address
}

fn pass(mut desk: TcpStream, server: SocketAddr, ask: &Tamper, answer: &Tamper) -> Option<()> {
    let (head, body) = message(&mut desk)?;
    let line = head.lines().next()?.rsplit_once(' ')?.0.to_owned();
    let mut there = TcpStream::connect(server).ok()?;
    send(&mut there, &head, &ask(&line, body))?;
    let (head, body) = message(&mut there)?;
    let body = if head.starts_with("HTTP/1.1 200") { answer(&line, body) } else { body };
    send(&mut desk, &head, &body)
}

fn send(to: &mut TcpStream, head: &str, body: &[u8]) -> Option<()> {
    let fields = head.lines().filter(|line| {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        !matches!(&*name, "content-length" | "connection" | "transfer-encoding")
    });
    let fields: Vec<&str> = fields.collect();
    let head = fields.join("\r\n");
    let end = format!("\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    to.write_all(&[head.as_bytes(), end.as_bytes(), body].concat()).ok()
}

/// A head, without the empty line, and its body.
fn message(from: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut head = vec![];
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        from.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?.trim_end().to_owned();
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase().strip_prefix("content-length: ").map(|n| n.parse().unwrap())
    });
    let mut body = vec![];
    match length {
        Some(length) => drop(from.take(length).read_to_end(&mut body)),
        None if head.starts_with("HTTP") => drop(from.read_to_end(&mut body)),
        None => {}
    }
    Some((head, body))
}
