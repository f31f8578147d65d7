//! The source's page in Chromium, scripts off, against the real program. What the page says has
//! arrived is read back at the desk, and nothing else is there.

mod common;
#[path = "../../../tests/node/runner.rs"]
mod runner;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::{Dice, Place, Server, text};
use serde_json::{Value, json};

const NEEDS: [&str; 3] = ["playwright-core", "axe-core", "/usr/bin/chromium"];
const EXIT: &str = "https://exit.example/news?a=1&b=2";
const FILM_BYTES: usize = 20_000_000;
const PHOTO_BYTES: usize = 300_000;

#[test]
fn the_form_is_one_small_calm_request() {
    let place = Place::new();
    place.configure("site.exit_url", &format!("{EXIT:?}"));
    let server = place.serve();
    play("look", &place, &server, json!({ "exit": EXIT }));
}

#[test]
fn words_a_photo_and_a_film_reach_the_desk() {
    let place = made_by_the_program();
    let server = place.serve();
    let mut dice = Dice(20);
    let [photo, film] =
        [("photo.jpg", PHOTO_BYTES), ("فیلم ۱.mp4", FILM_BYTES)].map(|(name, n)| {
            let path = place.path(name);
            fs::write(&path, dice.bytes(n)).unwrap();
            path
        });
    let words = "سلام، «می‌خواهم» بگویم:\nدیروز ۱۲ نفر آنجا بودند. 🕊";
    let config = json!({ "text": words, "photo": photo, "film": film, "files": 20 });
    let Some(sent) = play("send", &place, &server, config) else { return };
    check_desk(&place, &server, &sent);
}

#[test]
fn refusals_are_shown_and_what_arrived_is_told() {
    let place = Place::new();
    let limits = [("text_chars", 40), ("files", 3), ("file_mib", 1), ("submission_mib", 40)];
    for (key, value) in limits {
        place.configure(&format!("limits.{key}"), &value.to_string());
    }
    let server = place.serve();
    let config = json!({ "chars": 40, "files": 3, "mib": 1, "much": 40 });
    let Some(sent) = play("refuse", &place, &server, config) else { return };
    check_desk(&place, &server, &sent);
}

#[test]
fn odd_people_and_odd_files_lose_nothing() {
    let place = Place::new();
    let server = place.serve();
    let Some(sent) = play("odd", &place, &server, json!({})) else { return };
    check_desk(&place, &server, &sent);
}

#[test]
fn a_file_with_an_unreadable_name_is_not_lost() {
    let place = Place::new();
    let server = place.serve();
    let Some(sent) = play("hidden", &place, &server, json!({})) else { return };
    check_desk(&place, &server, &sent);
}

/// A server's and a desk's folder made as operators and editors make them.
fn made_by_the_program() -> Place {
    let mut place = Place { folder: tempfile::tempdir().unwrap(), log_key: String::new() };
    fs::write(place.path("passphrase"), "twelve or more\n").unwrap();
    let made = place.desk(&["init"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let (server, desk) = (place.path("server"), place.path("desk/desk.pub"));
    let made = place.run(&["init", "--dir", &server, "--desk", &desk]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    place.log_key = text(&made.stdout).trim().to_owned();
    place
}

/// Plays a scene of page.mjs and says its figures; what was sent, or `None` where it cannot run.
fn play(scene: &str, place: &Place, server: &Server, mut config: Value) -> Option<Vec<Value>> {
    let mut script = runner::script("page.mjs", &NEEDS)?;
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    let folder = place.path("files");
    fs::create_dir_all(&shots).unwrap();
    fs::create_dir_all(&folder).unwrap();
    config["url"] = format!("http://{}/", server.public).into();
    config["folder"] = folder.into();
    config["shots"] = shots.to_str().into();
    let report = runner::output(script.args([scene, &config.to_string()]));
    let report: Value = serde_json::from_str(&report).unwrap();
    for figure in report["figures"].as_array().unwrap() {
        runner::say(&format!("page: {}", figure.as_str().unwrap()));
    }
    runner::say(&format!("page: pictures of {scene} in {}", shots.display()));
    Some(report["sent"].as_array().unwrap().clone())
}

/// Everything that was sent is at the desk as it was sent, and nothing else.
fn check_desk(place: &Place, server: &Server, sent: &[Value]) {
    place.sync(server);
    let listed = place.list();
    let mut numbers: BTreeMap<&str, u64> = BTreeMap::new();
    for submission in &listed {
        let number = submission["number"].as_u64().unwrap();
        numbers.insert(submission["reference"].as_str().unwrap(), number);
    }
    for submission in sent {
        let reference = submission["reference"].as_str().unwrap();
        let number = numbers.remove(reference).unwrap_or_else(|| panic!("lost: {submission}"));
        check_submission(place, number, submission);
    }
    // A button pressed twice may send twice; nothing is there that nobody sent.
    for number in numbers.values() {
        let copy = place.read(*number);
        let twin = sent.iter().any(|one| words(&copy).as_deref() == one["text"].as_str());
        assert!(twin, "nobody sent {copy}");
    }
}

fn check_submission(place: &Place, number: u64, sent: &Value) {
    let folder = place.path(&format!("saved-{number}"));
    let read = place.desk(&["read", &number.to_string(), "--json", "--save", &folder]);
    assert!(read.status.success(), "{}", text(&read.stderr));
    let printed = text(&read.stdout);
    let (json, saved) = printed.split_once('\n').unwrap();
    let received: Value = serde_json::from_str(json).unwrap();
    assert_eq!(received["language"], sent["language"]);
    assert_eq!(received["channel"], "web");
    assert_eq!(words(&received).as_deref(), sent["text"].as_str());
    let files: Vec<&Value> = parts(&received, "attachment").collect();
    let (expected, saved) = (sent["files"].as_array().unwrap(), saved.lines().collect::<Vec<_>>());
    assert_eq!((files.len(), saved.len()), (expected.len(), expected.len()), "{sent}");
    for ((file, path), expected) in files.into_iter().zip(saved).zip(expected) {
        let bytes = fs::read(expected["path"].as_str().unwrap()).unwrap();
        assert_eq!(file["name"], expected["name"]);
        assert_eq!(file["size"], bytes.len());
        assert_eq!(file["cut"], false);
        if let Some(kind) = expected["type"].as_str() {
            assert_eq!(file["media_type"], kind);
        }
        assert!(Path::new(path).parent() == Some(Path::new(&folder)), "{path}");
        assert!(fs::read(path).unwrap() == bytes, "{path} differs from what was sent");
    }
}

fn parts<'a>(submission: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let all = submission["parts"].as_array().unwrap().iter();
    all.filter(move |part| part["kind"] == kind)
}

/// Its words, in one piece.
fn words(submission: &Value) -> Option<String> {
    let pieces: Vec<&str> = parts(submission, "text").filter_map(|p| p["text"].as_str()).collect();
    (!pieces.is_empty()).then(|| pieces.concat())
}
