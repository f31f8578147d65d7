//! The request a browser sends from the form: one text, no file chosen.

use std::net::SocketAddr;

/// Bytes of the text.
pub const TEXT_BYTES: usize = 1024;

const SENTENCE: &str = "ما را به جلسه راه ندادند و می‌خواهیم حرف‌مان در صورت‌جلسه بیاید. ";
const BOUNDARY: &str = "----WebKitFormBoundaryq3Zt0bYxW8uPaK1e";
const HEAD: &str = "Connection: keep-alive\r\n\
    Cache-Control: max-age=0\r\n\
    Upgrade-Insecure-Requests: 1\r\n\
    Origin: null\r\n\
    User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/142.0.0.0 Mobile Safari/537.36\r\n\
    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n\
    Accept-Encoding: gzip, deflate, br, zstd\r\n\
    Accept-Language: fa-IR,fa;q=0.9,en;q=0.8\r\n";

/// A Persian text of exactly [`TEXT_BYTES`].
pub fn text() -> String {
    let mut text = SENTENCE.repeat(TEXT_BYTES / SENTENCE.len());
    for c in SENTENCE.chars() {
        if text.len() + c.len_utf8() > TEXT_BYTES {
            break;
        }
        text.push(c);
    }
    text.extend(std::iter::repeat_n('.', TEXT_BYTES - text.len()));
    text
}

/// The whole request.
pub fn submission(to: SocketAddr) -> Vec<u8> {
    let body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{}\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n\r\n--{BOUNDARY}--\r\n",
        text()
    );
    let length = body.len();
    let head = format!(
        "POST /fa/ HTTP/1.1\r\nHost: {to}\r\n{HEAD}Content-Length: {length}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

/// A request for the first page.
pub fn first_page(to: SocketAddr) -> Vec<u8> {
    format!("GET / HTTP/1.1\r\nHost: {to}\r\n{HEAD}\r\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_its_size() {
        assert_eq!(text().len(), TEXT_BYTES);
    }
}
