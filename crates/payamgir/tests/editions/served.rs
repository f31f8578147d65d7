//! How a release is served, and what a damaged one costs.

use super::*;
use crate::common::browser::{Answer, field};

const PAGE: &str = "<!doctype html><title>a page</title>";

/// A desk of one that has published these files.
fn published(place: &Place, files: &[(&str, &str)]) -> (Server, Hand, Release) {
    let server = place.serve();
    let a = founder(place);
    done(&a.sync(&server));
    let (desk, hand) = (desk_id(&a), Hand::new(&server, 7));
    let release = of(desk, &hand, (1, [0; 32]), files);
    assert!(hand.approve(desk, &release, hand.key()));
    hand.hand_in(&files.iter().map(|(_, words)| *words).collect::<Vec<_>>());
    assert!(hand.publish(&release.encode()));
    (server, hand, release)
}

/// A release of these files.
pub fn of(
    desk: [u8; 32],
    hand: &Hand,
    follows: (u64, [u8; 32]),
    files: &[(&str, &str)],
) -> Release {
    let pages: Vec<&str> = files.iter().map(|(_, words)| *words).collect();
    let mut release = release(desk, hand.key(), follows, &pages);
    for (file, (path, _)) in release.parts[0].files.iter_mut().zip(files) {
        file.path = FilePath::parse(path).unwrap();
    }
    release
}

fn of_head(answer: &Answer, name: &str) -> String {
    field(&answer.head, name).unwrap_or_default().to_owned()
}

#[test]
fn folders_lead_to_their_pages_and_what_is_no_path_to_nothing() {
    let place = Place::new();
    let files = [
        ("index.html", "first"),
        ("read/fa/index.html", "of a language"),
        ("read/fa/12-1/index.html", "of an edition"),
        ("read/fa/12-1/a.html", PAGE),
    ];
    let (server, _, _) = published(&place, &files);
    let ask = |path: &str| get(server.public, path, "").unwrap();
    for (path, body) in [
        ("/", "first"),
        ("/read/fa/", "of a language"),
        ("/read/fa/12-1/", "of an edition"),
        ("/read/fa/12-1/index.html", "of an edition"),
    ] {
        let answer = ask(path);
        assert_eq!((answer.status, answer.body.as_str()), (200, body), "{path}");
        assert_eq!(of_head(&answer, "content-type"), "text/html; charset=utf-8");
        assert!(of_head(&answer, "content-security-policy").starts_with("default-src 'none'"));
        assert!(!of_head(&answer, "etag").is_empty());
    }
    for path in ["/read/fa", "/read/fa/12-1"] {
        let answer = ask(path);
        assert_eq!((answer.status, of_head(&answer, "location")), (308, format!("{path}/")));
    }
    for path in ["/read", "/read/", "/read/fa//", "/read/fa/12-2/", "/read/fa/12-2", "/index"] {
        assert_eq!(ask(path).status, 404, "{path}");
    }
    // An authority instead of a path.
    assert!((400..500).contains(&ask("a:1").status));
    assert!(!server.said.lock().unwrap().contains("stopped unexpectedly"));
}

#[test]
fn the_list_and_its_proof_are_sent_once_and_small() {
    let place = Place::new();
    let pages: Vec<String> = (0..200).map(|at| format!("read/fa/page-{at}.html")).collect();
    let files: Vec<(&str, &str)> = pages.iter().map(|path| (path.as_str(), PAGE)).collect();
    let (server, _, release) = published(&place, &files);
    let ask = |path: &str, fields: &str| get(server.public, path, fields).unwrap();
    for path in ["/release.txt", "/proof.txt"] {
        let plain = ask(path, "");
        let length: usize = of_head(&plain, "content-length").parse().unwrap();
        assert_eq!((plain.status, length), (200, plain.body.len()));
        assert_eq!(of_head(&plain, "vary"), "accept-encoding");
        let packed = ask(path, "Accept-Encoding: *;q=0.5\r\n");
        assert_eq!(of_head(&packed, "content-encoding"), "gzip");
        assert!(of_head(&packed, "content-length").parse::<usize>().unwrap() < length);
        assert_ne!(of_head(&plain, "etag"), of_head(&packed, "etag"));
        for (form, more) in [(&plain, ""), (&packed, "Accept-Encoding: gzip\r\n")] {
            let known = ask(path, &format!("If-None-Match: {}\r\n{more}", of_head(form, "etag")));
            assert_eq!((known.status, known.body.len()), (304, 0), "{path}");
        }
        assert_eq!(ask(path, "If-None-Match: \"other\"\r\n").status, 200);
    }
    assert_eq!(ask("/release.txt", "").body.as_bytes(), release.encode());
}

#[test]
fn a_part_is_sent_of_the_file_that_was_meant() {
    let place = Place::new();
    let (server, _, _) = published(&place, &[("read/media/ab.wav", "0123456789")]);
    let ask = |fields: &str| get(server.public, "/read/media/ab.wav", fields).unwrap();
    let own = of_head(&ask(""), "etag");
    for (known, status, body) in [
        (own.clone(), 206, "234"),
        (format!("W/{own}"), 200, "0123456789"),
        ("\"other\"".to_owned(), 200, "0123456789"),
        ("Thu, 01 Jan 1970 00:00:00 GMT".to_owned(), 200, "0123456789"),
    ] {
        let part = ask(&format!("Range: bytes=2-4\r\nIf-Range: {known}\r\n"));
        assert_eq!((part.status, part.body.as_str()), (status, body), "{known}");
    }
}

#[test]
fn an_edition_replaces_no_page_of_the_server() {
    let place = Place::new();
    let (server, hand, first) = published(&place, &[("index.html", PAGE)]);
    let own = get(server.public, "/words/fa.txt", "").unwrap().body;
    let desk = first.desk.0;
    for path in ["words/fa.txt", "offline.html", "fa/index.html"] {
        let files = [("index.html", PAGE), (path, "another's")];
        let next = of(desk, &hand, (2, first.hash().0), &files);
        assert!(hand.approve(desk, &next, hand.key()));
        hand.hand_in(&["another's"]);
        assert!(!matches!(hand.client.publish(&next.encode()), Ok(true)), "{path}");
    }
    assert_eq!(get(server.public, "/words/fa.txt", "").unwrap().body, own);
}

#[test]
fn people_write_though_what_was_published_is_damaged() {
    let place = Place::new();
    let (server, _, release) = published(&place, &[("index.html", PAGE)]);
    server.stop();
    let proof = place.path(&format!("server/editions/proof-{}.txt", release.hash()));
    std::fs::remove_file(&proof).unwrap();
    let server = place.serve();
    let said = server.said.lock().unwrap().clone();
    assert!(
        said.contains("could not be read whole") && said.contains("publish it again"),
        "{said}"
    );
    assert_eq!(Form::text("x").send(server.public, "/fa/").unwrap().status, 200);
    assert!(page(&server, "/").2.contains("<form"));
    assert_eq!(page(&server, "/release.txt").0, 404);
    let hand = Hand::new(&server, 7);
    assert!(hand.publish(&release.encode()), "it is approved still");
    assert_eq!(page(&server, "/").2, PAGE);
    assert!(Path::new(&proof).exists());
}
