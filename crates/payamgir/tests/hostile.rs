//! Forms as no browser sends them, by the hundred: every one gets an answer in words or a closed
//! line, and the server goes on.

mod common;

use std::io::Write;

use common::browser::{self, BOUNDARY, Form, connect};
use common::{Dice, Place, Server, full_or};

#[test]
fn hostile_forms_get_an_answer_and_change_nothing_else() {
    let place = Place::new();
    for (key, value) in [("file_mib", "1"), ("submission_mib", "2"), ("pause_seconds", "1")] {
        place.configure(key, value);
    }
    let server = place.serve();
    let good = Form::text("درست").field("x", "y").file("a.jpg", "image/jpeg", &[9; 3000]).body();
    let mut dice = Dice(0x5eed);
    for round in 0..full_or("PAYAMGIR_HOSTILE_FORMS", 400) {
        let body = worse(&good, &mut dice);
        if let Some(answer) = send(&server, &body) {
            let known = [200, 400, 413, 415, 422].contains(&answer.status);
            assert!(known && answer.body.ends_with("</html>"), "round {round}: {}", answer.status);
        }
    }
    let said = server.said.lock().unwrap().clone();
    assert!(!said.contains("unexpectedly"), "{said}");
    assert!(server.peak_kib() < 64 * 1024, "{} KiB", server.peak_kib());
    assert_eq!(Form::text("still here").send(server.public, "/fa/").unwrap().status, 200);
    let (code, report) = place.verify();
    assert_eq!(code, 0, "{report}");
    place.sync(&server);
    assert!(place.list().iter().all(|line| line["trouble"].is_null()));
}

/// A good body with some of it changed, moved, doubled or missing.
fn worse(good: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut body = good.to_vec();
    for _ in 0..=dice.roll() % 4 {
        let at = (dice.roll() as usize) % body.len().max(1);
        match dice.roll() % 7 {
            0 => body.truncate(at),
            1 => body[at..].iter_mut().take(3).for_each(|byte| *byte = dice.roll() as u8),
            2 => drop(body.splice(at..at, token(dice))),
            3 => body = [&body[at..], &body[..at]].concat(),
            4 => body.extend_from_within(at..),
            5 => drop(body.drain(at..body.len().min(at + 40))),
            _ => body = [token(dice), body].concat(),
        }
        if body.is_empty() {
            body.push(b'x');
        }
    }
    body
}

fn token(dice: &mut Dice) -> Vec<u8> {
    let tokens: [&[u8]; 12] = [
        b"\r\n",
        b"\r\n\r\n",
        b"--",
        b"\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW",
        b"\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n",
        b"Content-Disposition: form-data; name=\"files\"; filename=\"x\"\r\n\r\n",
        b"Content-Disposition: form-data; name=\"text\"\r\n\r\n",
        b"Content-Disposition: form-data; name=\"",
        b"filename*=UTF-8''%ff%fe; filename=\"\\\"\r\n",
        b"Content-Type: a/b; c=\"\r\n",
        b"\0\xff\xfe\xc0\x80",
        b"name=\"continues\"\r\n\r\n00000000000000000000000000000000.4294967295",
    ];
    tokens[dice.roll() as usize % tokens.len()].to_vec()
}

fn send(server: &Server, body: &[u8]) -> Option<browser::Answer> {
    let mut stream = connect(server.public).unwrap();
    let head = format!(
        "POST /fa/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    browser::answer(stream).ok()
}
