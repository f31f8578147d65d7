//! The reading list in a real browser, driven by its keys: `tests/node/hall.mjs`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use payamgir_bulletin::{Known, Press, hall};
use payamgir_wire::hex::Hex;

use crate::congress;

fn page(lang: &str) -> hall::Page {
    let congress = congress::small();
    let media: BTreeMap<_, _> = congress.media.iter().map(|(m, bytes)| (m.hash, bytes)).collect();
    let press = Press {
        desk: Hex([7; 32]),
        bulletin: &congress.bulletin,
        editions: &congress.editions,
        items: &congress.items,
        media: &|medium| media.get(&medium.hash).map(|bytes| (*bytes).clone()),
        engine: None,
        known: &Known::default(),
    };
    hall::page(&press, &Hex([101; 16]), lang).unwrap()
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
