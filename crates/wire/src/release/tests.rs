use proptest::prelude::*;

use super::*;

fn file(path: &str, size: u64) -> File {
    File { hash: hash_of(path.as_bytes()), size, path: FilePath::parse(path).unwrap() }
}

fn release(paths: &[&str]) -> Release {
    let files = paths.iter().map(|path| file(path, 7)).collect();
    let parts = vec![Part { key: Hex([9; 32]), files }];
    Release { desk: Hex([1; 32]), number: 3, previous: Hex([2; 32]), author: Hex([3; 32]), parts }
}

#[test]
fn there_and_back() {
    let release = release(&["index.html", "read/fa/12-2/a.html", "read/a.png"]);
    assert_eq!(Release::decode(&release.encode()), Ok(release));
}

#[test]
fn one_form_only() {
    let bytes = String::from_utf8(release(&["index.html"]).encode()).unwrap();
    for (from, to) in [
        ("number 3", "number 03"),
        ("number 3", "number +3"),
        ("number 3", "number 0"),
        (" 7 ", " 07 "),
        ("\npart", "\n\npart"),
        ("payamgir release 1", "payamgir release 2"),
        ("desk 01", "desk 0"),
        ("file ", "File "),
        ("index.html\n", "index.html"),
        ("index.html\n", "index.html\n\n"),
        ("index.html\n", "index.html\r\n"),
        ("index.html", "Index.html"),
    ] {
        let changed = bytes.replacen(from, to, 1);
        assert_ne!(changed, bytes, "{from}");
        assert_eq!(Release::decode(changed.as_bytes()), Err(NoRelease), "{from} → {to}");
    }
}

#[test]
fn paths() {
    for (path, holds) in [
        ("index.html", true),
        ("read/fa/12-2/a_b.html", true),
        ("", false),
        (".html", false),
        ("a/.html", false),
        ("a/.b.html", false),
        ("../a.html", false),
        ("a/../b.html", false),
        ("/a.html", false),
        ("a//b.html", false),
        ("a/", false),
        ("a.HTML", false),
        ("a.exe", false),
        ("a.svg", false),
        ("a.js", false),
        ("html", false),
        ("a b.html", false),
        ("a\\b.html", false),
        ("a%2f.html", false),
        ("پ.html", false),
        ("a\u{0}.html", false),
    ] {
        assert_eq!(FilePath::parse(path).is_some(), holds, "{path:?}");
    }
    assert!(FilePath::parse(&format!("{}.html", "a".repeat(196))).is_none());
}

#[test]
fn no_two_files_in_one_place() {
    for paths in [&["a.html", "a.html"][..], &["a.html", "a.html/b.html"]] {
        assert_eq!(Release::decode(&release(paths).encode()), Err(NoRelease), "{paths:?}");
    }
}

#[test]
fn endings() {
    assert_eq!(FilePath::ending("image/jpeg"), Some("jpg"));
    assert_eq!(FilePath::ending("audio/ogg; codecs=opus"), Some("ogg"));
    assert_eq!(FilePath::ending("image/svg+xml"), None);
    assert_eq!(FilePath::ending("text/javascript"), None);
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes: Vec<u8>) {
        let _ = Release::decode(&bytes);
    }

    #[test]
    fn what_is_read_is_written_alike(at in 0usize..400, byte: u8) {
        let mut bytes = release(&["index.html", "read/b.png"]).encode();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(read) = Release::decode(&bytes) {
            prop_assert_eq!(read.encode(), bytes);
        }
    }
}
