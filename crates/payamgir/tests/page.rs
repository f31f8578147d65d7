//! The source's page over plain HTTP: what it says of itself, and what it refuses how.

mod common;

use std::io::Write;

use common::browser::{self, Answer, BOUNDARY, Form, connect, field, get};
use common::{Place, Server};

fn small() -> (Place, Server) {
    let place = Place::new();
    for (key, value) in
        [("file_mib", "1"), ("files", "3"), ("text_chars", "100"), ("submission_mib", "8")]
    {
        place.configure(key, value);
    }
    let server = place.serve();
    (place, server)
}

fn send_raw(server: &Server, content_type: &str, body: &[u8]) -> Answer {
    let mut stream = connect(server.public).unwrap();
    let length = body.len();
    let kind = if content_type.is_empty() {
        String::new()
    } else {
        format!("Content-Type: {content_type}\r\n")
    };
    let head = format!(
        "POST /en/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{kind}Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    browser::answer(stream).unwrap()
}

#[test]
fn every_answer_carries_the_same_fields() {
    let (_place, server) = small();
    let answers = [
        get(server.public, "/", "").unwrap(),
        get(server.public, "/fa/", "").unwrap(),
        get(server.public, "/nowhere", "").unwrap(),
        Form::text("x").send(server.public, "/en/").unwrap(),
        Form::text("").send(server.public, "/en/").unwrap(),
        send_raw(&server, "text/plain", b"x"),
    ];
    for answer in answers {
        let policy = field(&answer.head, "content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(policy.contains("; script-src 'self'; worker-src blob:; connect-src 'self';"));
        for forbidden in ["unsafe", "http:", "https:", "*"] {
            assert!(!policy.contains(forbidden), "{policy}");
        }
        let expected = [
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ];
        for (name, value) in expected {
            assert_eq!(field(&answer.head, name), Some(value), "{name}");
        }
        for absent in ["set-cookie", "server", "etag", "last-modified", "x-powered-by"] {
            assert_eq!(field(&answer.head, absent), None, "{absent}");
        }
    }
}

#[test]
fn the_first_load_is_one_small_answer() {
    let (_place, server) = small();
    for path in ["/", "/fa/", "/en/"] {
        let plain = get(server.public, path, "").unwrap();
        let packed = get(server.public, path, "Accept-Encoding: gzip, br\r\n").unwrap();
        assert_eq!(field(&packed.head, "content-encoding"), Some("gzip"));
        let size: usize = field(&packed.head, "content-length").unwrap().parse().unwrap();
        assert!(size + packed.head.len() <= 13 * 1024, "{path}: {size}");
        assert!(plain.body.len() <= 13 * 1024, "{path}: {} uncompressed", plain.body.len());
        // One script, from here, pinned; the page does not wait for it.
        assert_eq!(plain.body.matches("<script").count(), 1);
        let script = plain.body.split("<script").nth(1).unwrap().split('>').next().unwrap();
        assert!(script.starts_with(" src=\"/s/") && script.contains(" integrity=\"sha384-"));
        assert!(script.ends_with(" defer"), "{script}");
        for forbidden in ["<svg", "@font-face", "@import", "url(", " onclick", "javascript:"] {
            assert!(!plain.body.contains(forbidden), "{path} has {forbidden}");
        }
        let refused = get(server.public, path, "Accept-Encoding: gzip;q=0\r\n").unwrap();
        assert_eq!(field(&refused.head, "content-encoding"), None);
    }
    let received = Form::text("x").send(server.public, "/fa/").unwrap();
    assert!(received.body.len() <= 10 * 1024, "{}", received.body.len());
}

#[test]
fn the_language_is_the_browsers_or_the_addresss() {
    let (_place, server) = small();
    let table = [
        ("/", "", "fa"),
        ("/", "Accept-Language: en-GB,en;q=0.9\r\n", "en"),
        ("/", "Accept-Language: fa-IR,en;q=0.9\r\n", "fa"),
        ("/", "Accept-Language: en;q=0.1, fa;q=0.2\r\n", "fa"),
        ("/fa/", "Accept-Language: en\r\n", "fa"),
        ("/en/", "Accept-Language: fa\r\n", "en"),
        ("/nowhere", "Accept-Language: en\r\n", "en"),
    ];
    for (path, fields, lang) in table {
        let page = get(server.public, path, fields).unwrap();
        assert!(page.body.contains(&format!("<html lang=\"{lang}\"")), "{path} {fields}");
    }
}

#[test]
fn refusals_say_what_and_keep_what_was_typed() {
    let (place, server) = small();
    let long = "الف <b>&amp; ".repeat(20);
    let table = [
        ("empty", Form::text(""), 422, ""),
        ("spaces", Form::text(" \r\n\t "), 422, ""),
        ("no fields", Form::default(), 422, ""),
        ("too long", Form::text(&long), 413, "الف &lt;b&gt;&amp;amp;"),
        ("not UTF-8", Form::default().file("x", "y", b"").field("text", "ok"), 200, ""),
    ];
    for (what, form, status, kept) in table {
        for path in ["/fa/", "/en/"] {
            let answer = form.send(server.public, path).unwrap();
            assert_eq!(answer.status, status, "{what}");
            assert!(answer.body.contains(kept), "{what}: typed text is gone");
            assert!(answer.body.contains("</html>"), "{what}");
        }
    }
    place.sync(&server);
    let all = place.list();
    assert_eq!(all.len(), 2, "only the two good ones: {all:?}");
}

#[test]
fn what_is_not_a_form_is_refused() {
    let (place, server) = small();
    let good = format!("multipart/form-data; boundary={BOUNDARY}");
    let long_boundary = format!("multipart/form-data; boundary={}", "b".repeat(71));
    let header_bomb = [
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"text\"\r\nX: ")
            .into_bytes(),
        vec![b'x'; 2 << 20],
    ]
    .concat();
    let many_headers =
        format!("--{BOUNDARY}\r\n{}\r\n\r\nx\r\n--{BOUNDARY}--\r\n", "X-H: 1\r\n".repeat(200));
    let bad_utf8 = [
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n").as_bytes(),
        &[0xff, 0xfe, 0x41],
        format!("\r\n--{BOUNDARY}--\r\n").as_bytes(),
    ]
    .concat();
    let unfinished = Form::text("x");
    let table: [(&str, &str, &[u8], u16); 11] = [
        ("no type", "", b"text=x", 415),
        ("urlencoded", "application/x-www-form-urlencoded", b"text=x", 415),
        ("json", "application/json", b"{}", 415),
        ("no boundary", "multipart/form-data", b"x", 400),
        ("empty boundary", "multipart/form-data; boundary=", b"x", 400),
        ("long boundary", &long_boundary, b"x", 400),
        ("no parts", &good, b"hello", 400),
        ("ends early", &good, unfinished.open_body(), 400),
        ("header bomb", &good, &header_bomb, 400),
        ("many headers", &good, many_headers.as_bytes(), 400),
        ("not UTF-8", &good, &bad_utf8, 400),
    ];
    for (what, kind, body, status) in table {
        let answer = send_raw(&server, kind, body);
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert!(answer.body.contains("</html>"), "{what}");
    }
    assert!(server.peak_kib() < 64 * 1024, "{} KiB", server.peak_kib());
    assert_eq!(Form::text("still here").send(server.public, "/en/").unwrap().status, 200);
    assert_eq!(place.verify().0, 0);
}

#[test]
fn other_methods_and_addresses_are_refused() {
    let (_place, server) = small();
    let table = [
        ("PUT /fa/", 405),
        ("DELETE /fa/", 405),
        ("POST /", 405),
        ("GET /fa", 200),
        ("GET /fa/x", 404),
        ("GET /desk/1/log", 404),
        ("GET /healthz", 404),
        ("GET /..%2f..%2fetc/passwd", 404),
        ("HEAD /fa/", 200),
    ];
    for (line, status) in table {
        let mut stream = connect(server.public).unwrap();
        let request =
            format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        assert_eq!(browser::answer(stream).unwrap().status, status, "{line}");
    }
}

#[test]
fn what_arrived_is_told_apart_from_what_did_not_and_the_rest_can_follow() {
    let (place, server) = small();
    let big = vec![1; (1 << 20) + 1];
    let form = Form::text("با سه فایل")
        .file("a.jpg", "image/jpeg", b"one")
        .file("b.mp4", "video/mp4", &big)
        .file("c.jpg", "image/jpeg", b"three");
    let answer = form.send(server.public, "/en/").unwrap();
    assert_eq!(answer.status, 413);
    let marker = "name=\"continues\" value=\"";
    let start = answer.body.find(marker).expect("a way to send the rest") + marker.len();
    let token: String = answer.body[start..].chars().take_while(|c| *c != '"').collect();
    let rest = Form::default().field("continues", &token).file("b2.mp4", "video/mp4", b"smaller");
    assert_eq!(rest.send(server.public, "/en/").unwrap().status, 200);
    place.sync(&server);
    let list = place.list();
    assert_eq!(list.len(), 1);
    let names: Vec<_> =
        list[0]["parts"].as_array().unwrap().iter().map(|p| p["name"].clone()).collect();
    assert_eq!(names, [serde_json::Value::Null, "a.jpg".into(), "c.jpg".into(), "b2.mp4".into()]);
}

#[test]
fn too_many_files_take_the_first_ones() {
    let (place, server) = small();
    let form =
        (0..6).fold(Form::text("شش"), |f, n| f.file(&format!("{n}.jpg"), "image/jpeg", b"x"));
    assert_eq!(form.send(server.public, "/fa/").unwrap().status, 413);
    place.sync(&server);
    assert_eq!(place.list()[0]["parts"].as_array().unwrap().len(), 4);
}

#[test]
fn a_request_larger_than_may_be_is_told_so() {
    let (place, server) = small();
    let form = (0..9)
        .fold(Form::text("بزرگ"), |f, _| f.file("x.mp4", "video/mp4", &vec![2; 1_000_000]));
    let answer = form.send(server.public, "/fa/").unwrap();
    assert_eq!(answer.status, 413);
    place.sync(&server);
    assert_eq!(place.list()[0]["parts"][0]["preview"], "بزرگ");
}

#[test]
fn texts_arrive_as_they_were_typed() {
    let (place, server) = small();
    let texts = ["دو\r\nسطر", "می‌خواهم ي ك ۱۲۳ 🙂", "a\u{202e}b\0c\u{1b}[31m", "  جلو و عقب  "];
    for text in texts {
        assert_eq!(Form::text(text).send(server.public, "/fa/").unwrap().status, 200);
    }
    place.sync(&server);
    for (submission, text) in place.list().iter().zip(texts) {
        let read = place.read(submission["number"].as_u64().unwrap());
        assert_eq!(read["parts"][0]["text"], text.replace("\r\n", "\n"));
    }
}

#[test]
fn a_form_without_a_chosen_file_is_its_text_and_an_empty_file_is_a_file() {
    let (place, server) = small();
    let nothing_chosen = Form::text("تنها متن").file("", "application/octet-stream", b"");
    assert_eq!(nothing_chosen.send(server.public, "/fa/").unwrap().status, 200);
    let empty = Form::default().file("", "application/octet-stream", b"");
    assert_eq!(empty.send(server.public, "/fa/").unwrap().status, 422);
    let named = Form::default().file("empty.txt", "text/plain", b"");
    assert_eq!(named.send(server.public, "/fa/").unwrap().status, 200);
    place.sync(&server);
    let list = place.list();
    let parts: Vec<_> = list.iter().map(|s| s["parts"].as_array().unwrap().len()).collect();
    assert_eq!(parts, [1, 1], "{list:?}");
    assert_eq!(
        (&list[1]["parts"][0]["name"], &list[1]["parts"][0]["size"]),
        (&"empty.txt".into(), &0.into())
    );
}

#[test]
fn a_text_nobody_can_see_is_none_and_a_broken_one_is_given_back() {
    let (_place, server) = small();
    let unseen = Form::text("\u{200c}\u{200f} \u{feff}").send(server.public, "/fa/").unwrap();
    assert_eq!(unseen.status, 422, "{}", unseen.body);
    let mut body = Form::text("سلام MARK").body();
    let at = body.windows(4).position(|w| w == b"MARK").unwrap();
    body[at] = 0xff;
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let broken = send_raw(&server, &kind, &body);
    assert_eq!(broken.status, 400, "{}", broken.body);
    assert!(broken.body.contains("سلام \u{fffd}ARK"), "{}", broken.body);
}

#[test]
fn a_second_text_is_a_part_of_its_own() {
    let (place, server) = small();
    let form = Form::text("یک").field("text", "دو");
    assert_eq!(form.send(server.public, "/fa/").unwrap().status, 200);
    place.sync(&server);
    let parts = place.list()[0]["parts"].clone();
    assert_eq!((&parts[0]["preview"], &parts[1]["preview"]), (&"یک".into(), &"دو".into()));
}
