//! The source's pages with their script, in Chromium, against the real program.

mod common;
#[path = "../../../tests/node/runner.rs"]
mod runner;

use std::fs;
use std::path::Path;

use common::room::Window;
use common::{Dice, Place, Server, text};
use serde_json::{Value, json};

const NEEDS: [&str; 3] = ["playwright-core", "axe-core", "/usr/bin/chromium"];
const WORDS: &str = "zq-sealed-canary-6120 نوشته‌ای که سرور هرگز ندید\nسطر دوم: «۱۲۳»";

/// Plays a scene of sealed.mjs; its report, or `None` where it cannot run.
fn play(scene: &str, place: &Place, server: &Server, mut config: Value) -> Option<Value> {
    let mut script = runner::script("sealed.mjs", &NEEDS)?;
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    let folder = place.path("files");
    fs::create_dir_all(&shots).unwrap();
    fs::create_dir_all(&folder).unwrap();
    config["url"] = format!("http://{}/", server.public).into();
    config["folder"] = folder.into();
    config["shots"] = shots.to_str().into();
    let report = runner::output(script.args([scene, &config.to_string()]));
    runner::say(&format!("sealed: pictures of {scene} in {}", shots.display()));
    Some(serde_json::from_str(&report).unwrap())
}

fn film(place: &Place, bytes: usize) -> (String, Vec<u8>) {
    let canary = b"zq-film-canary-7731".repeat(40);
    let film = [canary, Dice(77).bytes(bytes)].concat();
    let path = place.path("فیلم.mp4");
    fs::write(&path, &film).unwrap();
    (path, film)
}

/// What the desk reads under a reference.
fn find(place: &Place, reference: &str) -> Value {
    let row = place.list().into_iter().find(|row| row["reference"] == reference);
    place.read(row.unwrap_or_else(|| panic!("lost: {reference}"))["number"].as_u64().unwrap())
}

/// Its one file, as a desk saves it.
fn saved(place: &Place, number: &Value) -> Vec<u8> {
    let folder = place.path(&format!("saved-{number}"));
    let read = place.desk(&["read", &number.to_string(), "--save", &folder]);
    assert!(read.status.success(), "{}", text(&read.stderr));
    fs::read(fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path()).unwrap()
}

#[test]
fn what_is_sealed_in_the_browser_is_opened_at_the_desk() {
    let place = Place::new();
    let server = place.serve();
    let (path, film) = film(&place, 5_000_000);
    let canaries = ["zq-sealed-canary-6120", "zq-film-canary-7731", "فیلم.mp4"];
    let config = json!({ "text": WORDS, "film": path, "canaries": canaries });
    let Some(report) = play("send", &place, &server, config) else { return };
    place.sync(&server);
    assert_eq!(place.list().len(), 2);
    for sent in report["sent"].as_array().unwrap() {
        let read = find(&place, sent["reference"].as_str().unwrap());
        let said = read.to_string();
        assert!(said.contains("zq-sealed-canary-6120") && said.contains("فیلم.mp4"), "{said}");
        assert_eq!(read["channel"], "web");
        assert_eq!(read["language"], sent["lang"]);
        assert_eq!(read["parts"][0]["text"], WORDS);
        assert!(saved(&place, &read["number"]) == film);
    }
    assert_eq!(place.verify().0, 0);
    assert!(fs::read_dir(place.path("server/uploads")).unwrap().next().is_none());
}

#[test]
fn without_the_script_the_plain_way_serves_and_says_so() {
    let place = Place::new();
    let server = place.serve();
    if play("plain", &place, &server, json!({ "text": WORDS })).is_some() {
        place.sync(&server);
        assert_eq!(place.list().len(), 3);
    }
}

#[test]
fn odd_answers_and_odd_words_lose_nothing_and_claim_nothing() {
    let place = Place::new();
    place.configure("site.exit_url", "\"https://exit.example/\"");
    let server = place.serve();
    let (path, film) = film(&place, 400_000);
    fs::write(place.path("words.txt"), "zq-block-canary").unwrap();
    let url = format!("http://{}", server.public);
    let block = place.run(&["seal", "--text", &place.path("words.txt"), "--server", &url]);
    let config = json!({ "film": path, "block": text(&block.stdout) });
    let Some(report) = play("odd", &place, &server, config) else { return };
    place.sync(&server);
    assert_eq!(place.list().len(), 3);
    let read = find(&place, report["number"].as_str().unwrap());
    assert_eq!(read["parts"][0]["text"], "a\u{fffd} half, zq-half-canary");
    assert!(saved(&place, &read["number"]) == film);
    let all: String = place
        .list()
        .iter()
        .map(|row| place.read(row["number"].as_u64().unwrap()).to_string())
        .collect();
    assert!(all.contains("zq-block-canary") && !all.contains("BEGIN PAYAMGIR"));
}

#[test]
fn a_browser_keeps_nothing_on_its_disk_of_what_was_sent_or_typed() {
    let place = Place::new();
    let server = place.serve();
    fs::write(place.path("words.txt"), "zq-carried-canary").unwrap();
    let url = format!("http://{}", server.public);
    let block = place.run(&["seal", "--text", &place.path("words.txt"), "--server", &url]);
    let config = json!({ "text": "zq-kept-canary-3391", "block": text(&block.stdout) });
    play("left", &place, &server, config);
}

#[test]
fn a_film_goes_on_when_the_line_is_back() {
    let place = Place::new();
    let server = place.serve();
    let (path, film) = film(&place, 60_000_000);
    let config = json!({ "text": WORDS, "film": path, "cuts": 4 });
    let Some(report) = play("broken", &place, &server, config) else { return };
    place.sync(&server);
    let read = find(&place, report["sent"][0]["reference"].as_str().unwrap());
    assert!(saved(&place, &read["number"]) == film);
    assert!(fs::read_dir(place.path("server/uploads")).unwrap().next().is_none());
}

#[test]
fn answers_are_opened_in_the_browser() {
    let place = Place::new();
    let server = place.serve();
    for (n, lang) in ["fa", "en"].into_iter().enumerate() {
        let form = common::browser::get(server.public, &format!("/{lang}/"), "").unwrap().body;
        let codename = field(&form, "codename");
        let words = format!("پرسش {n}");
        let form = common::browser::Form::text(&words)
            .field("codename", &codename)
            .field("answerable", "1");
        assert_eq!(form.send(server.public, "/en/").unwrap().status, 200);
        place.sync(&server);
        let number = place.list().last().unwrap()["number"].as_u64().unwrap();
        let mut window = Window::start(&place, &place.path("desk"));
        window.unlock();
        let at = format!("/en/?c={number}");
        window.until(&at, |said| said.text().contains(&words));
        let once = field(&window.get(&at).text(), "once");
        window
            .post("/en/do", &format!("do=queue&id={number}&once={once}&text=zq-answer-canary-55"));
        window.until(&at, |said| said.text().contains("data-fate=\"accepted\""));
        let config = json!({ "codename": codename, "answer": "zq-answer-canary-55", "lang": lang });
        if play("answers", &place, &server, config).is_none() {
            return;
        }
        let both = window.until(&at, |said| said.text().contains("zq-second-canary")).text();
        assert!(both.contains(&words));
        drop(window);
    }
}

/// The hidden field of a name in a page, the last there is.
fn field(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let at = page.rfind(&mark).unwrap_or_else(|| panic!("no {name} in {page}")) + mark.len();
    page[at..].split('"').next().unwrap().to_owned()
}

#[test]
fn the_page_that_is_carried_seals_with_no_network() {
    let place = Place::new();
    let server = place.serve();
    let (path, film) = film(&place, 700_000);
    if play("offline", &place, &server, json!({ "text": WORDS, "film": path })).is_none() {
        return;
    }
    let url = format!("http://{}", server.public);
    let made = ["block-fa.txt", "file-fa.bin", "block-en.txt", "file-en.bin"]
        .map(|name| place.path(&format!("files/{name}")));
    for file in &made {
        let carried = place.run(&["carry", "--json", "--server", &url, file]);
        assert!(carried.status.success(), "{file}: {}", text(&carried.stderr));
    }
    place.sync(&server);
    let list = place.list();
    assert_eq!(list.len(), 4);
    for (n, row) in list.iter().enumerate() {
        let read = place.read(row["number"].as_u64().unwrap());
        assert_eq!(read["channel"], "carried");
        assert!(read["parts"][0]["text"].as_str().unwrap().starts_with(WORDS));
        if n % 2 == 1 {
            assert!(saved(&place, &row["number"]) == film);
        }
    }
}

#[test]
fn a_receipt_is_checked_in_the_browser_and_a_forged_one_is_caught() {
    let place = Place::new();
    place.configure("limits.receipt_seconds", "3");
    let server = place.serve();
    let (path, _) = film(&place, 50_000);
    let config = json!({ "text": WORDS, "film": path });
    if play("receipt", &place, &server, config).is_none() {
        return;
    }
    place.sync(&server);
    assert_eq!(place.list().len(), 2);
}
