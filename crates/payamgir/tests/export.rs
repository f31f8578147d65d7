//! Everything out of a desk, and back into another folder.

mod common;

use std::path::Path;
use std::process::Command;

use common::browser::Form;
use common::room::Window;
use common::{Place, skipped, text};

const CONTENT: &[u8] = b"the content of a file that is no picture";

/// A desk with two submissions, one of them with a file and a note.
fn filled() -> Place {
    let place = Place::new();
    let server = place.serve();
    let long = format!("{}.jpg", "نام‌دراز".repeat(12));
    let form = Form::text("نخستین پیام").file("عکس.jpg", "image/jpeg", CONTENT);
    let form = form.file(&long, "image/jpeg", b"under a name that no plain archive holds");
    assert_eq!(form.send(server.public, "/fa/").unwrap().status, 200);
    assert_eq!(Form::text("second").send(server.public, "/en/").unwrap().status, 200);
    let url = format!("http://{}", server.private);
    let synced =
        place.desk(&["sync", "--server", &url, "--log-key", &place.log_key, "--attachments"]);
    assert!(synced.status.success(), "{}", text(&synced.stderr));
    let mut window = Window::start(&place, &place.path("desk"));
    window.unlock();
    window.post("/en/do", "do=note&id=1&text=a+note&back=/en/");
    window.until("/status", |said| !said.text().contains("working"));
    window.until("/en/audit", |said| {
        said.text().contains("✓") && !said.text().contains("on the way")
    });
    drop(window);
    place
}

/// A new machine with the identity and the keyring from their backup, and nothing else.
fn elsewhere(place: &Place) -> impl Fn(&[&str]) -> std::process::Output {
    let new = place.path("new");
    std::fs::create_dir(&new).unwrap();
    for file in ["identity.age", "keyring.age"] {
        std::fs::copy(place.path(&format!("desk/{file}")), format!("{new}/{file}")).unwrap();
    }
    let passphrase = place.path("passphrase");
    move |args| {
        let fixed = ["--lang", "en", "desk", "--dir", &new, "--passphrase-file", &passphrase];
        place.run(&[&fixed[..], args].concat())
    }
}

/// An export goes in whole on the new machine: the log, what it opens to, an attachment; and once more.
fn comes_back(place: &Place, run: &impl Fn(&[&str]) -> std::process::Output, export: &str) {
    let imported = run(&["import", export]);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    assert!(run(&["verify"]).status.success());
    assert_eq!(
        text(&run(&["list", "--json"]).stdout),
        text(&place.desk(&["list", "--json"]).stdout)
    );
    let saved = place.path("saved");
    std::fs::create_dir(&saved).unwrap();
    let read = run(&["read", "1", "--save", &saved]);
    assert!(read.status.success(), "{}", text(&read.stderr));
    assert_eq!(std::fs::read(format!("{saved}/عکس.jpg")).unwrap(), CONTENT);
    assert!(run(&["import", export]).status.success(), "twice is as good as once");
}

#[test]
fn everything_comes_out_checked_and_goes_back_in() {
    let place = filled();
    let out = place.path("out");
    let exported = place.desk(&["export", "--out", &out]);
    assert!(exported.status.success(), "{}", text(&exported.stderr));
    let checked =
        Command::new("sha256sum").args(["-c", "--quiet", "SHA256SUMS"]).current_dir(&out).status();
    assert!(checked.unwrap().success());
    let read = |path: &str| std::fs::read(Path::new(&out).join(path)).unwrap();
    assert_eq!(read("submissions/000001/00.txt"), "نخستین پیام".as_bytes());
    assert_eq!(read("submissions/000001/01-عکس.jpg"), CONTENT);
    assert!(text(&read("work.jsonl")).contains("a note"));
    let again = place.desk(&["export", "--out", &out]);
    assert_eq!(again.status.code(), Some(1), "never over another");

    let run = elsewhere(&place);
    comes_back(&place, &run, &out);
}

#[test]
fn an_export_that_was_changed_is_refused() {
    let place = filled();
    let out = place.path("out");
    assert!(place.desk(&["export", "--out", &out]).status.success());
    for changed in ["log/frames", "log/checkpoint", "submissions/000001/00.txt"] {
        let path = Path::new(&out).join(changed);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let empty = place.path(&format!("empty-{}", changed.replace('/', "-")));
        let refused = place.run(&["--lang", "en", "desk", "--dir", &empty, "import", &out]);
        assert_eq!(refused.status.code(), Some(3), "{changed}");
        assert!(text(&refused.stderr).contains(changed), "{}", text(&refused.stderr));
        std::fs::write(&path, whole).unwrap();
    }
    // Also where the sums were made to fit: the checkpoint decides.
    let frames = Path::new(&out).join("log/frames");
    let mut bytes = std::fs::read(&frames).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&frames, bytes).unwrap();
    let resum = "sha256sum $(cut -c67- SHA256SUMS | grep -v عکس) > S && mv S SHA256SUMS";
    assert!(Command::new("sh").args(["-c", resum]).current_dir(&out).status().unwrap().success());
    let refused =
        place.run(&["--lang", "en", "desk", "--dir", &place.path("forged"), "import", &out]);
    assert_eq!(refused.status.code(), Some(3), "{}", text(&refused.stderr));
}

#[test]
fn one_sealed_file_is_read_by_tar_and_goes_back_in() {
    let place = filled();
    let file = place.path("desk.tar.age");
    let exported = place.desk(&["export", "--age", &file]);
    assert!(exported.status.success(), "{}", text(&exported.stderr));
    let sealed = std::fs::read(&file).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
    assert!(memchr::memmem::find(&sealed, "نخستین".as_bytes()).is_none());
    let member = payamgir_desk::open::Member::from_seed(&zeroize::Zeroizing::new([7; 64]));
    let own = member.own_identity().unwrap();
    let mut opened = payamgir_desk::open::SealedFile::new(
        [own],
        std::io::Cursor::new(&sealed),
        sealed.len() as u64,
    )
    .unwrap();
    // All of it but the padding: until a read goes beyond the end.
    let mut tar = vec![];
    let mut block = [0; 512];
    while opened.read_exact_at(tar.len() as u64, &mut block).is_ok() {
        tar.extend_from_slice(&block);
    }
    std::fs::write(place.path("desk.tar"), tar).unwrap();
    let out = place.path("untarred");
    std::fs::create_dir(&out).unwrap();
    let Ok(untarred) =
        Command::new("tar").args(["-xf", &place.path("desk.tar"), "-C", &out]).output()
    else {
        return skipped("no tar");
    };
    assert!(untarred.status.success(), "{}", text(&untarred.stderr));
    let checked =
        Command::new("sha256sum").args(["-c", "--quiet", "SHA256SUMS"]).current_dir(&out).status();
    assert!(checked.unwrap().success());
    let long = std::fs::read_dir(format!("{out}/submissions/000001")).unwrap().flatten();
    assert_eq!(long.filter(|e| e.file_name().to_string_lossy().contains("نام‌دراز")).count(), 1);

    let run = elsewhere(&place);
    // A byte of it changed, or its end cut off.
    for (name, damaged) in [
        (
            "changed",
            [
                &sealed[..sealed.len() / 2],
                &[sealed[sealed.len() / 2] ^ 1],
                &sealed[sealed.len() / 2 + 1..],
            ]
            .concat(),
        ),
        ("cut", sealed[..sealed.len() - 100_000.min(sealed.len() / 2)].to_vec()),
    ] {
        let path = place.path(name);
        std::fs::write(&path, damaged).unwrap();
        assert_eq!(run(&["import", &path]).status.code(), Some(3), "{name}");
    }
    comes_back(&place, &run, &file);
}
