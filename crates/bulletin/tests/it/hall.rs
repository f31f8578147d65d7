//! The reading list in a real browser, driven by its keys: `tests/node/hall.mjs`.

use std::path::Path;
use std::process::Command;

use payamgir_bulletin::{Known, hall};
use payamgir_wire::hex::Hex;

use crate::congress::{self, Congress};
use crate::{change, with_press, withdraw};

fn page(lang: &str) -> hall::Page {
    page_of(&congress::small(), 101, lang)
}

fn page_of(congress: &Congress, edition: u8, lang: &str) -> hall::Page {
    let of = Hex([edition; 16]);
    with_press(congress, &Known::default(), |press| hall::page(press, &of, lang).unwrap())
}

/// What is read of a page, without its style and script.
fn read_of(congress: &Congress, edition: u8, lang: &str) -> String {
    let html = String::from_utf8(page_of(congress, edition, lang).html).unwrap();
    html[html.find("<main>").unwrap()..html.find("</main>").unwrap()].to_owned()
}

#[test]
fn what_was_taken_back_is_not_read_and_not_counted() {
    let (letter, english) = ("سه ماه بی‌حقوق", "Three months unpaid");
    let mut gone = congress::small();
    withdraw(&mut gone, 1);
    for lang in ["fa", "en"] {
        let read = read_of(&gone, 101, lang);
        assert!(!read.contains(letter) && !read.contains(english), "nor its translation: {lang}");
        assert!(!read.contains("یادداشتی از شمال") && !read.contains("به خواست فرستنده"));
        assert_eq!(read.matches("<article").count(), 2);
    }
    let mut translation = congress::small();
    withdraw(&mut translation, 2);
    for lang in ["fa", "en"] {
        let read = read_of(&translation, 101, lang);
        assert!(read.contains(letter) && !read.contains(english), "the original stands: {lang}");
    }
    let cues = with_press(&gone, &Known::default(), |press| {
        hall::cues(press, &Hex([101; 16]), "fa", 130).unwrap()
    });
    assert!(cues.iter().all(|cue| !cue.text.contains(letter) && !cue.text.contains("یادداشتی")));
}

#[test]
fn recordings_are_told_of_and_their_words_are_read_once() {
    let (label, words) = ("(صدا: پیام صوتی، یک دقیقه)", "صدایم را عوض کرده‌اند");
    let mut congress = congress::small();
    let read = read_of(&congress, 101, "fa");
    assert!(read.contains(label));
    assert_eq!(read.matches(words).count(), 1, "the body has them");
    change(&mut congress, 4, |item| item.body = "چیز دیگری.".into());
    let read = read_of(&congress, 101, "fa");
    assert!(read.find(label) < read.find(words) && read.contains(words));
}

#[test]
fn what_the_assembly_says_is_marked() {
    let read = read_of(&congress::small(), 102, "fa");
    assert!(read.contains("<p class=\"kind\">مصوبهٔ مجمع</p><h2>"));
}

#[test]
fn it_has_what_is_read_and_nothing_from_elsewhere() {
    let html = String::from_utf8(page("fa").html).unwrap();
    assert!(html.contains("سه ماه بی‌حقوق") && html.contains("Three months unpaid"));
    assert!(!html.contains("متنی که دیگر نیست"), "what was withdrawn is not read");
    let read = &html[html.find("<main>").unwrap()..html.find("</main>").unwrap()];
    assert!(!read.contains("doc-noteref") && !read.contains("<sup>"), "who listens has no notes");
    for elsewhere in ["src=\"", "href=\"http", "url(http", "import(", "fetch(", " eval("] {
        assert!(!html.contains(elsewhere), "{elsewhere}");
    }
}

#[test]
fn its_arithmetic_holds() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/node/hall-unit.mjs");
    let Ok(seen) = Command::new("node").arg("--test").arg(script).output() else {
        return println!("SKIPPED: node");
    };
    assert!(seen.status.success(), "{}", String::from_utf8_lossy(&seen.stdout));
}

#[test]
fn its_keys_do_what_they_say() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/node/hall.mjs");
    let has = |tool: &str| Command::new(tool).arg("--version").output().is_ok();
    if !script.with_file_name("node_modules").exists() || !has("chromium") || !has("node") {
        return println!("SKIPPED: node, chromium, or npm ci in tests/node");
    }
    let folder = tempfile::tempdir().unwrap();
    // In short each language at one size; in full both at both.
    let full = std::env::var_os("PAYAMGIR_HALL_FULL").is_some();
    for (lang, size) in [("fa", "1280"), ("en", "360")] {
        let path = folder.path().join(format!("hall.{lang}.html"));
        std::fs::write(&path, page(lang).html).unwrap();
        let mut command = Command::new("node");
        command.arg(&script).arg(&path);
        if !full {
            command.env("HALL_SIZE", size);
        }
        let seen = command.output().unwrap();
        let said = String::from_utf8_lossy(&seen.stdout);
        let wrong = String::from_utf8_lossy(&seen.stderr);
        assert!(seen.status.success(), "{lang}\n{said}\n{wrong}");
    }
}
