//! What a browser writes on the wire when a form is sent, and what it reads back.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

/// A form being filled in.
#[derive(Default, Clone)]
pub struct Form {
    body: Vec<u8>,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Form {
    /// Only a text.
    pub fn text(text: &str) -> Self {
        Self::default().field("text", text)
    }

    /// With a plain field.
    pub fn field(mut self, name: &str, value: &str) -> Self {
        let head = format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        self.part(&head, value.as_bytes());
        self
    }

    /// With a file.
    pub fn file(mut self, name: &str, media_type: &str, bytes: &[u8]) -> Self {
        self.part(&file_head(name, media_type), bytes);
        self
    }

    fn part(&mut self, head: &str, content: &[u8]) {
        self.body.extend_from_slice(format!("--{BOUNDARY}\r\n{head}").as_bytes());
        self.body.extend_from_slice(content);
        self.body.extend_from_slice(b"\r\n");
    }

    /// The body as far as it goes, without its end.
    pub fn open_body(&self) -> &[u8] {
        &self.body
    }

    /// The whole body.
    pub fn body(&self) -> Vec<u8> {
        [&self.body[..], end().as_bytes()].concat()
    }

    /// Sends it and reads the answer.
    pub fn send(&self, to: SocketAddr, path: &str) -> io::Result<Answer> {
        let body = self.body();
        let mut stream = connect(to)?;
        stream.write_all(head(path, body.len() as u64).as_bytes())?;
        stream.write_all(&body)?;
        answer(stream)
    }
}

/// The head of a file's part.
pub fn file_head(name: &str, media_type: &str) -> String {
    format!(
        "Content-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
         Content-Type: {media_type}\r\n\r\n"
    )
}

/// The end of a body.
pub fn end() -> String {
    format!("--{BOUNDARY}--\r\n")
}

/// The head of a form's request.
pub fn head(path: &str, length: u64) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: assembly.example\r\nConnection: close\r\n\
         User-Agent: Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0\r\n\
         Accept-Language: fa,en;q=0.5\r\nContent-Length: {length}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
}

/// A connection that gives up rather than hang for ever.
pub fn connect(to: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(Duration::from_secs(120)))?;
    stream.set_write_timeout(Some(Duration::from_secs(120)))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Asks for a page.
pub fn get(to: SocketAddr, path: &str, fields: &str) -> io::Result<Answer> {
    let mut stream = connect(to)?;
    let head = format!("GET {path} HTTP/1.1\r\nHost: assembly.example\r\nConnection: close\r\n");
    stream.write_all(format!("{head}{fields}\r\n").as_bytes())?;
    answer(stream)
}

/// Reads an answer to its end.
pub fn answer(stream: TcpStream) -> io::Result<Answer> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
    let length = field(&head, "content-length").and_then(|value| value.parse().ok());
    let mut body = vec![];
    reader.take(length.unwrap_or(1 << 20)).read_to_end(&mut body)?;
    Ok(Answer { status, head, body: String::from_utf8_lossy(&body).into_owned() })
}

/// A header field's value.
pub fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
