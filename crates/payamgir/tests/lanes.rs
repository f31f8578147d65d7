//! Who is let in, and by what: with nothing, by a turn, by work, by a pass.

mod common;
#[path = "../../../tests/node/runner.rs"]
mod runner;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use common::browser::{self, Answer, Form, field};
use common::lanes::{WORDS, carry, narrow, passes, post, sealed, turn_in};
use common::{Place, Server, text};
use serde_json::json;

#[test]
fn who_brings_nothing_keeps_their_words_and_who_has_a_pass_goes_by() {
    let place = narrow("2");
    let server = place.serve();
    let passes = passes(&place, &server, 3);
    for _ in 0..2 {
        assert_eq!(Form::text("یکی").send(server.public, "/fa/").unwrap().status, 200);
    }
    let refused =
        Form::text(WORDS).file("a.jpg", "image/jpeg", b"zq").send(server.public, "/en/").unwrap();
    assert_eq!(refused.status, 503);
    assert!(refused.body.contains(WORDS), "the words are still there");
    assert!(
        refused.body.contains("Many messages are arriving")
            && refused.body.contains("name=\"pass\"")
    );
    assert!(!refused.body.contains("has arrived"));
    // So are the words that answers were to come by.
    let form = browser::get(server.public, "/en/", "").unwrap().body;
    let (_, rest) = form.split_once("name=\"codename\" value=\"").unwrap();
    let codename = rest.split('"').next().unwrap();
    let asked = Form::text(WORDS).field("codename", codename).field("answerable", "1");
    let refused = asked.field("receipt", "1").send(server.public, "/en/").unwrap();
    assert!(refused.status == 503 && refused.body.contains(&format!("value=\"{codename}\"")));
    assert!(refused.body.contains("name=\"receipt\" value=\"1\" checked"));
    // Words that were only looked at come back too, and who came with words is not shown them again.
    let looked = Form::text(WORDS).field("codename", codename).send(server.public, "/en/").unwrap();
    assert!(looked.body.contains(&format!("value=\"{codename}\"")));
    assert!(looked.body.contains("name=\"answerable\" value=\"1\">"), "unticked");
    let returns = Form::text(WORDS).field("codename", codename).field("answerable", "1");
    let returns = returns.field("returns", "1").send(server.public, "/en/").unwrap();
    assert!(returns.body.contains("This joins what you sent before"));
    assert!(!returns.body.contains("ol class=\"eight\""));
    // Also where it is the form itself that is wrong: nothing of it has to be typed again.
    let empty = Form::text(" ").field("codename", codename).field("answerable", "1");
    let refused = empty.field("pass", "12 34").send(server.public, "/en/").unwrap();
    assert!(refused.status == 422 && refused.body.contains(&format!("value=\"{codename}\"")));
    assert!(refused.body.contains("value=\"12 34\""));
    // A pass, however it is typed; what belongs together goes by the same, also in a second sending.
    let persian: String = passes[0]
        .chars()
        .map(|c| c.to_digit(10).map_or(' ', |d| char::from_u32(0x6f0 + d).unwrap()))
        .collect();
    let sent = Form::text(WORDS)
        .field("pass", &persian)
        .file("a.jpg", "image/jpeg", b"zq")
        .send(server.public, "/en/")
        .unwrap();
    assert!(sent.status == 200 && sent.body.contains("Your message has arrived"), "{}", sent.body);
    let again = Form::text("دنباله").field("pass", &passes[0]).send(server.public, "/fa/").unwrap();
    assert_eq!(again.status, 200);
    // None that nobody signed, none with a digit exchanged.
    let mut forged = passes[1].clone().into_bytes();
    forged[3] = if forged[3] == b'1' { b'2' } else { b'1' };
    let forged = String::from_utf8(forged).unwrap();
    for none in ["", "12345", &forged, &payamgir_text::code::write(1 << 90, 29, 5)] {
        let refused = Form::text(WORDS).field("pass", none).send(server.public, "/fa/").unwrap();
        assert_eq!(refused.status, 503, "{none}");
        let misread = refused.body.contains("رقم‌های برگه‌ی ورود خوانده نشد");
        let wrong = refused.body.contains("این برگه‌ی ورود مال این سرور نیست");
        let signed = payamgir_text::code::read(none, 29).is_some();
        assert_eq!((misread, wrong), (!none.is_empty() && !signed, signed), "{none}");
        assert!(refused.body.contains(&format!("value=\"{none}\"")), "it is there to be looked at");
    }
    // After a stop the used one is used, and the others are good.
    server.stop();
    place.configure("limits.plain_burst", "0");
    let server = place.serve();
    let send = |pass: &str| {
        Form::text("پس از آن").field("pass", pass).send(server.public, "/fa/").unwrap().status
    };
    assert_eq!([send(&passes[0]), send(&passes[1])], [503, 200]);
    let sealed = sealed(&place, &server, WORDS);
    let body = fs::read(&sealed).unwrap();
    assert_eq!(post(&server, "/sealed", &[("pass", &passes[2])], &body).status, 200);
    // Nothing of a pass or of its use is told anywhere.
    let (disk, said) = (place.folder.path().join("server"), server.said.lock().unwrap().clone());
    assert!(
        common::search::below(&disk, &passes.iter().map(String::as_str).collect::<Vec<_>>())
            .is_empty()
    );
    assert!(
        said.contains("more comes than people send") && !said.contains(&passes[1][..5]),
        "{said}"
    );
    place.sync(&server);
    assert_eq!(place.list().len(), 6);
}

#[test]
fn programs_work_for_their_turn() {
    let place = narrow("0");
    let server = place.serve();
    let file = sealed(&place, &server, WORDS);
    let body = fs::read(&file).unwrap();
    // Without work: refused, with something to solve, and nothing is kept.
    let refused = post(&server, "/sealed", &[], &body);
    assert_eq!(refused.status, 503);
    let challenge = field(&refused.head, "challenge").unwrap().to_owned();
    assert!(field(&refused.head, "retry-after").is_some());
    let begun =
        post(&server, "/upload", &[("Tus-Resumable", "1.0.0"), ("Upload-Length", "5")], b"");
    assert_eq!(begun.status, 503);
    // What is no work is none.
    let long = "A".repeat(4000);
    for proof in ["", "x", &*challenge, &long, "bnVsbA=="] {
        assert_eq!(post(&server, "/sealed", &[("proof", proof)], &body).status, 503);
    }
    place.sync(&server);
    assert_eq!(place.list().len(), 0);
    // The program does it by itself.
    let (fine, said) = carry(&place, &server, &file);
    assert!(fine && said.contains("new: 1"), "{said}");
    place.sync(&server);
    assert_eq!(place.list().len(), 1);
    // The page of couriers says to come later, and takes a pass.
    let refused = hand_in(&server, &file, &[]);
    assert!(refused.status == 503 && refused.body.contains("Many messages are arriving"));
    let passes = passes(&place, &server, 2);
    let wrong = hand_in(&server, &file, &[("pass", "123")]);
    assert!(wrong.status == 503 && wrong.body.contains("The digits of the pass could not be read"));
    let taken = hand_in(&server, &file, &[("pass", &passes[0])]);
    assert!(
        taken.status == 200 && taken.body.contains("<span>Here already</span> <b>1</b>"),
        "{}",
        taken.body
    );
    let pass = place.path("pass");
    fs::write(&pass, &passes[1]).unwrap();
    let address = format!("http://{}", server.public);
    let done = place.run(&["carry", &file, "--server", &address, "--pass", &pass]);
    assert!(done.status.success(), "{}", text(&done.stderr));
}

/// A file, on the page of couriers.
fn hand_in(server: &Server, file: &str, fields: &[(&str, &str)]) -> Answer {
    let mut form = Form::default();
    for (name, value) in fields {
        form = form.field(name, value);
    }
    let form = form.file("sealed", "application/octet-stream", &fs::read(file).unwrap());
    form.send(server.public, "/en/carry").unwrap()
}

#[test]
fn one_proof_lets_in_some_pieces_and_the_program_works_on() {
    let place = narrow("0");
    let server = place.serve();
    let mut bundle = vec![];
    for number in 0..20 {
        bundle.extend(fs::read(sealed(&place, &server, &format!("یکی از چند {number}"))).unwrap());
    }
    let file = place.path("bundle");
    fs::write(&file, bundle).unwrap();
    let (fine, said) = carry(&place, &server, &file);
    assert!(fine && said.contains("new: 20") && !said.contains("there already"), "{said}");
    let (fine, said) = carry(&place, &server, &file);
    assert!(fine && said.contains("there already: 20"), "{said}");
    place.sync(&server);
    assert_eq!(place.list().len(), 20);
}

#[test]
fn who_has_no_script_has_a_turn_a_little_later() {
    let place = narrow("0");
    place.configure("limits.plain_per_second", "1");
    let server = place.serve();
    let refused = Form::text(WORDS).send(server.public, "/en/").unwrap();
    assert!(refused.status == 503 && refused.body.contains("it then has a turn"));
    let turn = turn_in(&refused.body).unwrap();
    let send = |turn: &str| {
        Form::default()
            .field("turn", turn)
            .field("text", WORDS)
            .send(server.public, "/en/")
            .unwrap()
    };
    // Who is impatient does not begin again.
    let early = send(&turn);
    assert!(early.status == 503 && early.body.contains("It was too early"));
    assert!(early.body.contains(&format!("value=\"{turn}\"")));
    thread::sleep(Duration::from_secs(11));
    assert_eq!(send(&turn.replace('.', "0.")).status, 503, "none of ours");
    let sent = send(&turn);
    assert!(sent.status == 200 && sent.body.contains("Your message has arrived"), "{}", sent.body);
    // The page sent again: it is not said that nothing arrived.
    let again = send(&turn);
    assert!(again.status == 503 && again.body.contains("This page was sent once already"));
    assert!(!again.body.contains("has not arrived yet"));
    place.sync(&server);
    assert_eq!(place.list().len(), 1);
}

#[test]
fn one_token_lets_in_one_text_and_no_more() {
    let place = narrow("3");
    let server = place.serve();
    let many = (0..50).fold(Form::default(), |form, n| form.field("text", &format!("بند {n}")));
    assert_eq!(many.send(server.public, "/fa/").unwrap().status, 503);
    place.sync(&server);
    let row = &place.list()[0];
    let read = place.read(row["number"].as_u64().unwrap());
    assert_eq!((place.list().len(), read["parts"].as_array().unwrap().len()), (1, 3));
}

#[test]
fn words_around_a_block_that_is_known_are_paid_for() {
    let place = narrow("3");
    let server = place.serve();
    let block = fs::read(sealed_text(&place, &server, "zq-known-canary")).unwrap();
    let block = text(&block);
    assert_eq!(Form::text(&block).send(server.public, "/fa/").unwrap().status, 200);
    let fields = (0..20).map(|n| format!("{block}\nکنار آن {n}"));
    let many = fields.fold(Form::default(), |form, one| form.field("text", &one));
    let part = many.send(server.public, "/en/").unwrap();
    assert!(part.status == 503 && part.body.contains("کنار آن"), "{}", part.status);
    place.sync(&server);
    // Its first words, and those of two more tokens at the most.
    let parts: usize = place
        .list()
        .iter()
        .map(|row| place.read(row["number"].as_u64().unwrap())["parts"].as_array().unwrap().len())
        .sum();
    assert!((2..=4).contains(&parts), "{parts}");
}

/// A text that was sealed into a block.
fn sealed_text(place: &Place, server: &Server, words: &str) -> String {
    let (note, out) = (place.path("note"), place.path("block"));
    fs::write(&note, words).unwrap();
    let address = format!("http://{}", server.public);
    let made = place.run(&["seal", "--text", &note, "--server", &address]);
    fs::write(&out, made.stdout).unwrap();
    out
}

#[test]
fn who_has_a_pass_goes_on_where_the_share_is_full() {
    let place = Place::new();
    place.configure("limits.storage_mib", "8");
    place.configure("limits.plain_storage_percent", "30");
    let server = place.serve();
    let passes = passes(&place, &server, 1);
    let film = || Form::text("فیلم").field("pass", &passes[0]);
    let film = film().file("a.mp4", "video/mp4", &vec![5; 3 << 20]);
    let sent = film.send(server.public, "/en/").unwrap();
    assert!(sent.status == 200 && !sent.body.contains("did not arrive"), "{}", sent.body);
    let other = Form::text("دیگر").file("a.mp4", "video/mp4", &vec![5; 3 << 20]);
    assert_eq!(other.send(server.public, "/en/").unwrap().status, 507);
}

#[test]
fn a_bundle_of_files_gets_through_some_at_a_time() {
    let place = narrow("1");
    place.configure("limits.plain_per_second", "20");
    let server = place.serve();
    let (out, address) = (place.path("sealed"), format!("http://{}", server.public));
    let files: Vec<String> = (0..20).map(|n| place.path(&format!("photo{n}"))).collect();
    files.iter().for_each(|file| fs::write(file, file).unwrap());
    let seal: Vec<&str> = ["seal", "--server", &address, "--out", &out]
        .into_iter()
        .chain(files.iter().map(String::as_str))
        .collect();
    let made = place.run(&seal);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let (fine, said) = carry(&place, &server, &out);
    assert!(fine && said.contains("new: 20"), "{said}");
}

#[test]
fn what_brings_nothing_fills_only_its_part_of_the_storage() {
    let place = Place::new();
    place.configure("limits.storage_mib", "2");
    place.configure("limits.plain_storage_percent", "50");
    place.configure("limits.proof_work", "20000");
    let server = place.serve();
    let fits = (0..1000)
        .take_while(|_| Form::text("پر").send(server.public, "/fa/").unwrap().status == 200)
        .count();
    assert!((50..300).contains(&fits), "{fits}");
    // No turn is promised that would be none.
    let full = Form::text("پر").send(server.public, "/en/").unwrap();
    assert!(full.status == 507 && !full.body.contains("name=\"turn\""), "{}", full.status);
    let (fine, said) = carry(&place, &server, &sealed(&place, &server, WORDS));
    assert!(fine, "what works has room: {said}");
    place.sync(&server);
    assert_eq!(place.list().len(), fits + 1);
}

/// Plays a scene of sealed.mjs; `false` where it cannot run.
fn play(scene: &str, (place, server): (&Place, &Server), film: usize, passes: &[String]) -> bool {
    let needs = ["playwright-core", "axe-core", "/usr/bin/chromium"];
    let Some(mut script) = runner::script("sealed.mjs", &needs) else { return false };
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&shots).unwrap();
    let path = place.path("film");
    fs::write(&path, vec![7; film]).unwrap();
    let url = format!("http://{}/", server.public);
    let config =
        json!({ "url": url, "shots": shots, "text": WORDS, "film": path, "passes": passes });
    runner::output(script.args([scene, &config.to_string()]));
    true
}

#[test]
fn the_page_works_for_its_turn() {
    let place = narrow("0");
    let server = place.serve();
    let passes = passes(&place, &server, 2);
    if !play("flooded", (&place, &server), 300_000, &passes) {
        return;
    }
    place.sync(&server);
    assert_eq!(place.list().len(), 4);
}

#[test]
fn the_page_says_that_a_pass_cannot_be_read() {
    let place = narrow("0");
    place.configure("limits.proven_burst", "0");
    place.configure("limits.proven_per_second", "0");
    let server = place.serve();
    let passes = passes(&place, &server, 1);
    if !play("closed", (&place, &server), 30_000, &passes) {
        return;
    }
    place.sync(&server);
    assert_eq!(place.list().len(), 0);
}
