//! A source leaves eight words, an editor answers in the window, the source comes back: without a script,
//! from another device, with nothing but the words.

mod common;

use common::browser::{self, Answer, Form, connect};
use common::room::Window;
use common::{Place, Server, search};
use std::io::Write;

const ANSWER: &str = "zq-answer-canary-4417 پاسخِ تحریریه";

fn page(answer: &Answer) -> String {
    answer.body.clone()
}

/// The hidden field of a name in a page, the last there is.
fn field(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let at = page.rfind(&mark).unwrap_or_else(|| panic!("no {name} in {page}")) + mark.len();
    page[at..].split('"').next().unwrap().to_owned()
}

/// The words that the form offers.
fn offered(server: &Server, lang: &str) -> String {
    let form = browser::get(server.public, &format!("/{lang}/"), "").unwrap();
    field(&page(&form), "codename")
}

fn write(server: &Server, words: &str, codename: &str) -> String {
    let form = Form::text(words).field("codename", codename).field("answerable", "1");
    let answer = form.send(server.public, "/en/").unwrap();
    assert_eq!(answer.status, 200);
    page(&answer)
}

/// Comes back with words, and with what is to be removed.
fn come_back(server: &Server, codename: &str, remove: &str) -> Answer {
    let encode =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let body = format!("codename={}&remove={}", encode(codename), encode(remove));
    let head = format!(
        "POST /en/answers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = connect(server.public).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    browser::answer(stream).unwrap()
}

fn reply(window: &Window, words: &str) {
    let once = field(&window.get("/en/?c=1").text(), "once");
    let words: String = words.bytes().map(|byte| format!("%{byte:02X}")).collect();
    window.post("/en/do", &format!("do=queue&id=1&once={once}&text={words}"));
}

fn setting(words: &str) -> (Place, Server, Window, String) {
    let place = Place::new();
    let server = place.serve();
    let codename = offered(&server, "en");
    let thanks = write(&server, words, &codename);
    for word in codename.split(' ') {
        assert!(thanks.contains(&format!("<bdi>{word}</bdi>")), "{word} is not shown again");
    }
    place.sync(&server);
    let mut window = Window::start(&place, &place.path("desk"));
    window.unlock();
    window.until("/en/?c=1", |said| said.text().contains(words));
    (place, server, window, codename)
}

#[test]
fn an_answer_is_found_by_its_words_and_removed_by_them() {
    let (place, server, window, codename) = setting("پرسشی با هشت واژه");
    let shown = window.get("/en/?c=1").text();
    assert!(
        shown.contains("The answer is sealed to the source&#39;s eight words")
            || shown.contains("The answer is sealed to the source's eight words")
    );
    assert!(
        page(&come_back(&server, &codename, ""))
            .contains("There is no answer for these eight words")
    );
    reply(&window, ANSWER);
    let shown = window.until("/en/?c=1", |said| said.text().contains("data-fate=\"accepted\""));
    assert!(shown.text().contains("Waits at the server for its source"));
    // On the disk there is nothing of the words or of the answer.
    let words: Vec<&str> = codename.split(' ').collect();
    let pairs: Vec<String> = words.windows(2).map(|pair| pair.join(" ")).collect();
    let canaries: Vec<&str> =
        pairs.iter().map(String::as_str).chain([ANSWER, "zq-answer-canary-4417"]).collect();
    let found = search::below(place.folder.path().join("server").as_path(), &canaries);
    assert!(found.is_empty(), "{found:?}");
    // However they are typed.
    let typed: String = (1..)
        .zip(&words)
        .map(|(place, word)| format!("{place}) {}\r\n", word.to_uppercase()))
        .collect();
    let seen = come_back(&server, &typed, "");
    assert!(page(&seen).contains("zq-answer-canary-4417"));
    let removed = page(&come_back(&server, &codename, &field(&page(&seen), "remove")));
    assert!(removed.contains("The answer was deleted from the server."));
    assert!(!removed.contains("zq-answer-canary-4417"));
    // The desk does not bring it again, and it is gone for good.
    window.until("/en/?c=1", |said| said.text().contains("data-fate=\"accepted\""));
    server.stop();
    let server = place.serve();
    let after = page(&come_back(&server, &codename, ""));
    assert!(after.contains("There is no answer for these eight words"));
}

#[test]
fn who_comes_back_goes_on_with_the_same_conversation() {
    let (_place, server, window, codename) = setting("نخستین نوشته");
    let visit = page(&come_back(&server, &codename, ""));
    assert_eq!(field(&visit, "answerable"), "1");
    write(&server, "نوشته‌ی دوم", &field(&visit, "codename"));
    write(&server, "از دیگری", &offered(&server, "fa"));
    let both = window.until("/en/?c=1", |said| said.text().contains("نوشته‌ی دوم")).text();
    assert!(both.contains("نخستین نوشته"));
    assert!(!both.contains("<p dir=\"auto\">از دیگری"));
}

#[test]
fn a_long_answer_comes_whole_and_survives_a_kill() {
    let (place, server, window, codename) = setting("پرسشی بلند");
    let long: String = (0..2600).map(|n| format!("بند{n} ")).collect();
    reply(&window, long.trim());
    window.until("/en/?c=1", |said| said.text().contains("data-fate=\"accepted\""));
    server.kill();
    let server = place.serve();
    let seen = page(&come_back(&server, &codename, ""));
    assert!(seen.contains("بند0 ") && seen.contains("بند2599"));
}

#[test]
fn words_of_nobody_and_words_without_an_answer_look_alike() {
    let place = Place::new();
    let server = place.serve();
    let (known, unknown) = (offered(&server, "fa"), offered(&server, "fa"));
    write(&server, "پیامی", &known);
    let looks = |codename: &str| {
        let answer = come_back(&server, codename, "");
        let head: Vec<&str> =
            answer.head.lines().filter(|line| !line.starts_with("date:")).collect();
        let head = head.concat().replace(&answer.body.len().to_string(), "…");
        (answer.status, page(&answer).replace(codename, "…"), head)
    };
    assert_eq!(looks(&known), looks(&unknown));
}

#[test]
fn what_is_mistyped_is_said_and_nothing_is_held_back() {
    let place = Place::new();
    let server = place.serve();
    let codename = offered(&server, "en");
    let words: Vec<&str> = codename.split(' ').collect();
    let off = codename.replacen(words[2], &format!("q{}", words[2]), 1);
    let door = come_back(&server, &off, "");
    assert_eq!(door.status, 422);
    assert!(page(&door).contains("Word 3 is not in the list."));
    assert!(page(&door).contains(&format!("<bdi class=\"near\">{}</bdi>", words[2])));
    let short = come_back(&server, "one two", "");
    assert!(page(&short).contains("There should be eight words."));
    // Sent along with words that cannot be read, the message is taken all the same.
    let thanks = write(&server, "نوشته‌ای که می‌ماند", "one two");
    assert!(thanks.contains("the eight words could not be read"));
    place.sync(&server);
    assert!(place.read(1).to_string().contains("نوشته‌ای که می‌ماند"));
    // A pasted block that holds all there is cannot be tied to them.
    let nothing = Form::text("  ").field("codename", &codename).field("answerable", "1");
    assert_eq!(nothing.send(server.public, "/en/").unwrap().status, 422);
    // Without the mark in the form, its words are not used.
    let form = Form::text("بی‌پاسخ").field("codename", &codename);
    let thanks = page(&form.send(server.public, "/en/").unwrap());
    assert!(!thanks.contains("Your eight words"));
}

#[test]
fn the_door_bears_what_is_no_form() {
    let place = Place::new();
    let server = place.serve();
    for (kind, length, status) in [
        ("text/plain", 10usize, 415u16),
        ("application/x-www-form-urlencoded", 10, 422),
        ("application/x-www-form-urlencoded", 9000, 400),
        ("multipart/form-data; boundary=b", 10, 415),
    ] {
        let mut stream = connect(server.public).unwrap();
        let head = format!(
            "POST /fa/answers HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let _ = stream.write_all(&vec![b'a'; length]);
        assert_eq!(browser::answer(stream).unwrap().status, status, "{kind} {length}");
    }
}
