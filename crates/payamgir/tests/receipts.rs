//! Receipts: asked for in the form, checked later from another device, and by programs that are not ours.

mod common;
#[path = "../../../tests/node/runner.rs"]
mod runner;

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use common::browser::{self, Answer, Form, connect};
use common::{Place, Server, search, text};
use payamgir_log::{Code, Kind, Limits, Log, LogKey, Mode, Verifier, check_receipt};

/// A place whose checkpoint is published every so many seconds.
fn place(every: &str) -> Place {
    let place = Place::new();
    place.configure("limits.receipt_seconds", every);
    place.configure("limits.receipt_records", "8");
    place
}

fn ask(server: &Server, path: &str, kind: &str, body: &[u8]) -> Answer {
    let mut stream = connect(server.public).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    browser::answer(stream).unwrap()
}

fn prove(server: &Server, code: &str) -> Answer {
    ask(server, "/receipt", "text/plain", code.as_bytes())
}

fn page(server: &Server, typed: &str) -> Answer {
    let typed: String = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let kind = "application/x-www-form-urlencoded";
    ask(server, "/en/receipt", kind, format!("receipt={typed}").as_bytes())
}

/// The digits on the page that says what arrived.
fn digits(page: &str) -> String {
    let at = page.find("data-receipt").expect("no receipt on the page");
    let groups = page[at..].split("<bdi dir=\"ltr\">").skip(1).take(10);
    let groups: Vec<&str> = groups.map(|group| group.split('<').next().unwrap()).collect();
    groups.join("-")
}

fn send(server: &Server, form: Form) -> String {
    let answer = form.field("receipt", "1").send(server.public, "/en/").unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    digits(&answer.body)
}

/// The proofs, once they are published.
fn published(server: &Server, code: &str) -> String {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let answer = prove(server, code);
        match answer.status {
            200 => return answer.body,
            202 => assert!(browser::field(&answer.head, "retry-after").is_some()),
            other => panic!("{other}"),
        }
        assert!(Instant::now() < until, "nothing is published");
        thread::sleep(Duration::from_millis(200));
    }
}

fn checkpoint(server: &Server) -> Option<String> {
    let answer = browser::get(server.public, "/checkpoint", "").unwrap();
    (answer.status == 200).then_some(answer.body)
}

fn size(note: &str) -> u64 {
    note.lines().nth(1).unwrap().parse().unwrap()
}

fn parse(code: &str) -> Code {
    Code::new(payamgir_text::code::read(code, 39).unwrap().to_be_bytes())
}

/// `payamgir receipt`, to which digits are typed.
fn program(place: &Place, server: &Server, typed: &str, more: &[&str]) -> (bool, String) {
    let address = format!("http://{}", server.public);
    let fixed = ["--lang", "en", "receipt", "--server", &address];
    let mut command = place.command(&[&fixed[..], more].concat());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    (done.status.success(), text(&done.stdout) + &text(&done.stderr))
}

/// A checkpoint of another log under the same key: what a server might show to some and not to others.
fn forged(place: &Place, key: &str) -> Vec<u8> {
    let folder = place.folder.path().join("other");
    let key = || LogKey::parse(key).unwrap();
    Log::create(&folder, &key()).unwrap();
    let limits = Limits { storage: 1 << 30, keep_free: 0 };
    let log = Log::open(&folder, key(), limits, Mode::Server).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(log.append(Kind::ENTRY, vec![1], vec![])).unwrap();
    let note = log.checkpoint_of(1).unwrap();
    log.close();
    note
}

#[test]
fn a_receipt_shows_later_that_words_and_files_are_in_the_log() {
    let place = place("2");
    let server = place.serve();
    let form = Form::text("zq-receipt-canary سلام").file("a.jpg", "image/jpeg", b"zq-file-canary");
    let code = send(&server, form);
    let proofs = published(&server, &code);
    let verifier = Verifier::parse(&place.log_key).unwrap();
    let (found, checkpoint) = check_receipt(parse(&code), &proofs, &verifier).ok().unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(checkpoint.size % 8, 0);
    // On the page, however the digits are typed.
    let persian: String = code
        .chars()
        .map(|c| c.to_digit(10).map_or(' ', |d| char::from_u32(0x6f0 + d).unwrap()))
        .collect();
    for typed in [code.clone(), code.replace('-', ""), persian] {
        let shown = page(&server, &typed);
        assert_eq!(shown.status, 200);
        assert!(shown.body.contains("It is in the record"), "{}", shown.body);
    }
    // By the program, which trusts the key it is given.
    let proof = place.path("proof");
    let (fine, said) =
        program(&place, &server, &code, &["--log-key", &place.log_key, "--proof", &proof]);
    assert!(fine && said.contains("It is in the record. Parts: 2"), "{said}");
    let other = place.log_key.replace("payamgir/", "other/");
    let (fine, said) = program(&place, &server, &code, &["--log-key", &other]);
    assert!(!fine && said.contains("not this server's"), "{said}");
    // By sigstore's verifier.
    if let Some(mut script) = runner::script("receipt.mjs", &["@sigstore/verify"]) {
        let second = format!("{proof}.2");
        let said = runner::output(script.args([&place.log_key, &proof, &second]));
        assert_eq!(said.trim(), "2 checked");
    }
    // An editor holds it against the desk's copy; another log's is found out.
    place.sync(&server);
    let note = place.path("note");
    fs::write(&note, checkpoint.note).unwrap();
    assert!(place.desk(&["verify", "--checkpoint", &note]).status.success());
    // As the program wrote the proof, and as the page shows all of them.
    fs::write(&note, &proofs).unwrap();
    assert!(place.desk(&["verify", "--checkpoint", &proof]).status.success());
    assert!(place.desk(&["verify", "--checkpoint", &note]).status.success());
    fs::write(&note, "none").unwrap();
    assert_eq!(place.desk(&["verify", "--checkpoint", &note]).status.code(), Some(2));
    let key = fs::read_to_string(place.path("server/log.key")).unwrap();
    let forged = forged(&place, key.trim());
    fs::write(&note, forged).unwrap();
    assert_eq!(place.desk(&["verify", "--checkpoint", &note]).status.code(), Some(3));
    // The desk's copy has the same root, and nothing but what was sent besides what is nothing.
    place.sync(&server);
    assert_eq!(place.list().len(), 1);
    let report = place.run(&["log", "verify", "--dir", &place.path("server"), "--json"]);
    assert!(report.status.success(), "{}", text(&report.stdout));
    let found = search::below(
        place.folder.path().join("server").as_path(),
        &["zq-receipt-canary", &code, &code.replace('-', "")],
    );
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn what_is_changed_or_another_s_is_not_proved() {
    let place = place("1");
    let server = place.serve();
    let (one, two) = (send(&server, Form::text("یک")), send(&server, Form::text("دو")));
    let (first, second) = (published(&server, &one), published(&server, &two));
    let verifier = Verifier::parse(&place.log_key).unwrap();
    let checks = |code: &str, proofs: &str| check_receipt(parse(code), proofs, &verifier).is_ok();
    assert!(checks(&one, &first) && checks(&two, &second));
    assert!(
        !checks(&one, &second) && !checks(&one, &format!("{first}{second}")) && !checks(&one, "")
    );
    let proofs = first.split_once('\n').unwrap().1;
    assert!(!checks(&one, &format!("{first}{proofs}")) && !checks(&one, proofs));
    for at in (0..first.len()).step_by(7).filter(|at| first.is_char_boundary(*at)) {
        let mut changed = first.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let Ok(changed) = String::from_utf8(changed) else { continue };
        assert!(!checks(&one, &changed), "byte {at}");
    }
    // Digits of nobody, and digits that are none.
    let nobody = payamgir_text::code::write(1 << 100, 39, 4);
    assert_eq!(prove(&server, &nobody).status, 404);
    assert!(page(&server, &nobody).body.contains("This server has no such receipt"));
    for none in
        ["", "12", "<script>", &one.replace(one.chars().next().unwrap(), "x"), &"1".repeat(5000)]
    {
        assert_eq!(prove(&server, none).status, 422);
        let shown = page(&server, none);
        assert!(shown.status == 422 || none.len() > 4000, "{}", shown.status);
        assert!(!shown.body.contains("<script>"));
    }
    // The server's own disk, read without the codes, does not say what belongs together.
    let (fine, said) = program(&place, &server, &nobody, &[]);
    assert!(!fine && said.contains("no such receipt"), "{said}");
}

#[test]
fn what_is_published_grows_by_the_clock_and_not_by_what_comes() {
    let place = place("1");
    let server = place.serve();
    let mut seen = vec![];
    let until = Instant::now() + Duration::from_secs(60);
    // Nothing for some turns, then more than fits one, then nothing.
    while seen.len() < 9 && Instant::now() < until {
        let note = checkpoint(&server);
        if let Some(note) = note.filter(|note| seen.last() != Some(note)) {
            Verifier::parse(&place.log_key).unwrap().open(note.as_bytes()).unwrap();
            seen.push(note);
            if seen.len() == 3 {
                (0..20).for_each(|_| {
                    Form::text("بسیار").send(server.public, "/fa/").unwrap();
                });
            }
        }
        thread::sleep(Duration::from_millis(50));
    }
    let sizes: Vec<u64> = seen.iter().map(|note| size(note)).collect();
    assert_eq!(sizes.len(), 9, "{sizes:?}");
    // A turn may be missed between two looks.
    let steps: Vec<u64> = sizes.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(steps.iter().all(|step| *step == 8 || *step == 16), "{steps:?}");
    // Over a stop too.
    server.stop();
    let server = place.serve();
    let kept = size(&checkpoint(&server).unwrap());
    assert!(kept >= *sizes.last().unwrap());
    let until = Instant::now() + Duration::from_secs(30);
    let next = loop {
        let now = size(&checkpoint(&server).unwrap());
        if now != kept {
            break now;
        }
        assert!(Instant::now() < until);
        thread::sleep(Duration::from_millis(50));
    };
    assert_eq!((next - kept) % 8, 0);
    place.sync(&server);
    assert_eq!(place.list().len(), 20);
}

#[test]
fn sealed_files_that_were_handed_in_get_a_receipt() {
    let place = place("1");
    let server = place.serve();
    let address = format!("http://{}", server.public);
    let (file, note, sealed) = (place.path("film"), place.path("note"), place.path("sealed"));
    fs::write(&file, vec![7; 100_000]).unwrap();
    fs::write(&note, "نوشته").unwrap();
    let made = place.run(&["seal", &file, "--text", &note, "--server", &address, "--out", &sealed]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let early = place.run(&["--lang", "en", "receipt", "--server", &address, &sealed]);
    assert!(!early.status.success() && text(&early.stderr).contains("not there yet"));
    assert!(place.run(&["carry", &sealed, "--server", &address]).status.success());
    let given = place.run(&["--lang", "en", "receipt", "--server", &address, &sealed]);
    assert!(given.status.success(), "{}", text(&given.stderr));
    let code = text(&given.stdout).trim().to_owned();
    let again = place.run(&["--lang", "en", "receipt", "--server", &address, &sealed]);
    assert_ne!(text(&again.stdout).trim(), code, "nobody can tell two receipts of the same");
    published(&server, &code);
    let (fine, said) = program(&place, &server, &code, &["--log-key", &place.log_key, "--json"]);
    assert!(fine && said.contains("\"records\":["), "{said}");
    // Who has no hash of something that is there learns nothing.
    assert_eq!(ask(&server, "/receipts", "x/x", &[9; 48]).status, 404);
    for odd in [&[][..], &[1; 16], &[1; 32], &vec![1; 16 + 65 * 32]] {
        assert_eq!(ask(&server, "/receipts", "x/x", odd).status, 400);
    }
}

#[test]
fn nobody_is_given_one_who_did_not_ask_and_nobody_where_there_are_none() {
    let place = place("0");
    let server = place.serve();
    let form = browser::get(server.public, "/en/", "").unwrap().body;
    assert!(!form.contains("name=\"receipt\""));
    let sent = Form::text("سلام").field("receipt", "1").send(server.public, "/en/").unwrap();
    assert!(sent.status == 200 && !sent.body.contains("data-receipt"));
    assert_eq!(checkpoint(&server), None);
    server.stop();
    place.configure("limits.receipt_seconds", "3600");
    let server = place.serve();
    let form = browser::get(server.public, "/en/", "").unwrap().body;
    assert!(form.contains("name=\"receipt\""));
    let sent = Form::text("سلام").send(server.public, "/en/").unwrap();
    assert!(!sent.body.contains("data-receipt"));
}
