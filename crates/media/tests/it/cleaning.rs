//! Copies that do not say who made them, judged by tools that are not ours.

use std::io::{Cursor, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use payamgir_media::{CLEAN_BYTES, Class, Cleaned, FactKind, Kind, Refusal, sniff};

use crate::samples::{self, CANARIES, LETTER, Sample, zipped};
use crate::support::{LONG, say, tools, workshop};

fn clean(bytes: &[u8], most: u64, deadline: Duration) -> Result<(Vec<u8>, Cleaned), Refusal> {
    let mut copy = vec![];
    let cleaned = workshop().clean(&mut &bytes[..], &mut copy, most, deadline)?;
    Ok((copy, cleaned))
}

/// What exiftool finds in a file, down to what is nested and doubled.
fn exiftool(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    // Of the file itself, not of its place on this disk.
    let args = ["-a", "-G1", "-ee", "-u", "--System:all", "--ExifTool:all"];
    let said = Command::new("/usr/bin/exiftool").args(args).arg(&path).output().unwrap();
    String::from_utf8_lossy(&said.stdout).into_owned()
}

fn found(said: &str) -> Vec<&'static str> {
    CANARIES.into_iter().filter(|canary| said.contains(canary)).collect()
}

/// All that is text in the members of a zip, or the file itself.
fn inside(bytes: &[u8], kind: Kind) -> String {
    if !matches!(kind, Kind::Docx | Kind::Odt) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for at in 0..archive.len() {
        let mut body = vec![];
        archive.by_index(at).unwrap().read_to_end(&mut body).unwrap();
        all += &String::from_utf8_lossy(&body);
    }
    all
}

/// Whether a copy is still what it was.
fn works(folder: &Path, name: &str, bytes: &[u8], kind: Kind) -> bool {
    match kind.class() {
        Class::Image => image::load_from_memory(bytes).is_ok_and(|image| image.height() == 96),
        Class::Audio | Class::Video => {
            let path = folder.join(name);
            let args = ["-nostdin", "-v", "error", "-xerror", "-i"];
            let mut ffmpeg = Command::new("/usr/bin/ffmpeg");
            ffmpeg.args(args).arg(path).args(["-f", "null", "-"]).stdin(Stdio::null());
            let done = ffmpeg.output().unwrap();
            done.status.success() && done.stderr.is_empty()
        }
        _ if kind == Kind::Pdf => pages(&folder.join(name)) == "1",
        _ => inside(bytes, kind).contains("words of a page"),
    }
}

/// How many pages poppler, which mat2 brings along, sees.
fn pages(path: &Path) -> String {
    let script = "import gi, sys\n\
                  gi.require_version('Poppler', '0.18')\n\
                  from gi.repository import Poppler\n\
                  print(Poppler.Document.new_from_file('file://' + sys.argv[1]).get_n_pages())";
    let said = Command::new("/usr/bin/python3").args(["-I", "-c", script]).arg(path).output();
    String::from_utf8_lossy(&said.unwrap().stdout).trim().to_owned()
}

#[test]
fn nothing_of_the_maker_is_left() {
    if !tools("nothing_of_the_maker_is_left") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    say("file | exiftool before | facts before | exiftool after | facts after");
    for sample in samples::all(folder.path()) {
        judge(folder.path(), &sample);
    }
}

fn judge(folder: &Path, sample: &Sample) {
    let Sample { name, bytes, says } = sample;
    // exiftool looks into a zip only with a module that may not be there.
    let look = |name: &str, bytes: &[u8]| {
        let said = exiftool(folder, name, bytes);
        let zipped = matches!(sniff(bytes), Kind::Docx | Kind::Odt);
        found(&if zipped { said + &inside(bytes, Kind::Docx) } else { said })
    };
    let before = look(name, bytes);
    assert!(before.contains(&"Canary"), "{name} has no canary");

    let facts = workshop().facts(&mut bytes.as_slice(), LONG).unwrap();
    for want in *says {
        let values: Vec<_> = facts.iter().map(|fact| (fact.kind, &fact.value)).collect();
        assert!(facts.iter().any(|f| f.value.contains(want)), "{name}: no {want} in {values:?}");
    }

    let (copy, cleaned) =
        clean(bytes, CLEAN_BYTES, LONG).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    let copied = format!("copy-{name}");
    let after = look(&copied, &copy);
    let left = cleaned.left.unwrap();
    let mut kinds: Vec<FactKind> = facts.iter().map(|fact| fact.kind).collect();
    kinds.dedup();
    let still: Vec<_> = left.iter().map(|f| format!("{:?}: {}", f.kind, f.value)).collect();
    say(&format!("{name} | {before:?} | {kinds:?} | {after:?} | {still:?}"));
    assert_eq!(after, [""; 0], "{name}");
    assert!(!inside(&copy, cleaned.kind).contains("Canary"), "{name}");
    assert!(!left.iter().any(|f| CANARIES.iter().any(|c| f.value.contains(c))), "{name}");
    assert_eq!(cleaned.size, copy.len() as u64);
    assert!(works(folder, &copied, &copy, cleaned.kind), "{name} is ruined");
}

#[test]
fn what_cannot_be_cleaned_is_refused() {
    if !tools("what_cannot_be_cleaned_is_refused") {
        return;
    }
    let strange = [LETTER.as_slice(), &[("word/strange.bin", b"who knows")]].concat();
    let broken = zipped(&[("[Content_Types].xml", b"<a"), ("word/document.xml", b"<b")]);
    let table: [(&str, &[u8], Refusal); 9] = [
        ("an unknown member", &zipped(&strange), Refusal::Declined),
        ("a broken document", &broken, Refusal::Declined),
        ("a broken film", b"\0\0\0\x10ftypisom\0\0\0\0noise", Refusal::Declined),
        ("a broken paper", b"%PDF-1.7 noise", Refusal::Declined),
        ("a broken image", b"\xFF\xD8\xFF\xE0noise", Refusal::Malformed),
        ("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1", Refusal::NotSupported),
        ("words", b"only words", Refusal::NotSupported),
        ("nothing", b"", Refusal::NotSupported),
        ("a program", b"\x7FELF\x02\x01\x01", Refusal::NotSupported),
    ];
    for (name, bytes, want) in table {
        let refused = clean(bytes, CLEAN_BYTES, LONG).map(|(_, cleaned)| cleaned.kind);
        assert_eq!(refused, Err(want), "{name}");
    }
}

#[test]
fn limits_hold_for_tools() {
    if !tools("limits_hold_for_tools") {
        return;
    }
    let endless = |head: &'static [u8], most, deadline| {
        let mut input = head.chain(std::io::repeat(0));
        workshop().clean(&mut input, &mut vec![], most, deadline).map(|c| c.kind)
    };
    for head in [b"%PDF-1.7".as_slice(), b"\xFF\xD8\xFF\xE0"] {
        assert_eq!(endless(head, 1 << 20, LONG), Err(Refusal::TooLarge));
    }
    // Too short for any tool: the sandbox is ended with its work undone.
    let soon = Duration::from_millis(150);
    assert_eq!(endless(b"%PDF-1.7", u64::MAX >> 4, soon), Err(Refusal::TimedOut));
}

#[test]
fn facts_of_noise() {
    let noise = [0x5A; 4096];
    assert_eq!(sniff(&noise), Kind::Text);
    let facts = workshop().facts(&mut noise.as_slice(), LONG);
    assert_eq!(facts.err(), Some(Refusal::NotSupported));
}
