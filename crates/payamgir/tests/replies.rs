//! The whole loop: somebody writes by a messenger, an editor answers in the window, the messenger has
//! it, and the window says so.

mod common;

use common::Place;
use common::messenger::{accounts, secret, until};
use common::room::Window;
use payamgir_stage::clock::Clock;
use payamgir_stage::telegram::Telegram;
use serde_json::json;

fn setting() -> (Place, Telegram, common::Server, Window) {
    let (place, stage) = (Place::new(), Telegram::start(Clock::default()));
    secret(&place, "telegram.token", stage.token());
    let account = format!("[[telegram]]\napi = \"{}\"", stage.url());
    accounts(&place, "greeting_fa = \"\"", &account);
    let server = place.serve();
    stage.inject_from(901, json!({ "text": "پرسش از شهر" }));
    until("it is acknowledged", || stage.pending() == 0);
    place.sync(&server);
    let mut window = Window::start(&place, &place.path("desk"));
    window.unlock();
    window.until("/en/?c=1", |said| said.text().contains("پرسش از شهر"));
    (place, stage, server, window)
}

/// The hidden field of a name in a page, the last there is.
fn field(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let at = page.rfind(&mark).unwrap_or_else(|| panic!("no {name} in {page}")) + mark.len();
    page[at..].split('"').next().unwrap().to_owned()
}

/// A picture that says where it was taken, as a telephone's does.
fn picture() -> Vec<u8> {
    include_bytes!("data/dot.png").to_vec()
}

#[test]
fn words_go_out_and_their_fate_is_shown() {
    let (_place, stage, _server, window) = setting();
    let page = window.get("/en/?c=1").text();
    assert!(page.contains("The server sends it and does not keep the address."));
    let once = field(&page, "once");
    let form =
        format!("do=queue&id=1&once={once}&back=%2Fen%2F%3Fc%3D1&text=%D9%BE%D8%A7%D8%B3%D8%AE");
    window.post("/en/do", &form);
    until("it went out", || {
        stage.sent().iter().any(|sent| sent.text == "پاسخ" && sent.chat == 901)
    });
    let shown = window.until("/en/?c=1", |said| said.text().contains("Taken by the messenger"));
    assert!(shown.text().contains("data-fate=\"accepted\""));
    assert_eq!(stage.sent().len(), 1);
    stage.block(901);
    let once = field(&window.get("/en/?c=1").text(), "once");
    window.post("/en/do", &format!("do=queue&id=1&once={once}&text=again"));
    let shown = window.until("/en/?c=1", |said| said.text().contains("data-fate=\"failed\""));
    assert!(shown.text().contains("The source blocked this account or left."));
}

#[test]
fn a_picture_goes_out_without_what_it_says_of_its_maker() {
    let (_place, stage, _server, window) = setting();
    let once = field(&window.get("/en/?c=1").text(), "once");
    let boundary = "----test7MA4YWxk";
    let mut body = vec![];
    for (name, value) in
        [("once", once.as_str()), ("id", "1"), ("back", "/en/?c=1"), ("text", "با عکس")]
    {
        let part = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"IMG_1.png\"\r\nContent-Type: image/png\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(&picture());
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    let origin = format!("http://{}", window.at);
    let kind = format!("multipart/form-data; boundary={boundary}");
    let fields = [("Origin", origin.as_str()), ("Content-Type", kind.as_str())];
    let said = window.try_ask("POST", "/en/attach", &fields, &body).unwrap();
    assert_eq!(said.status, 303, "{}", said.text());
    let page = window.until("/en/?c=1", |said| said.text().contains("/copy/"));
    let page = page.text();
    let record = page.split("/copy/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // Whoever approves it sees it.
    window.until(&format!("/copy/{record}"), |said| said.status == 200);
    let at = page.rfind("value=\"send\"").unwrap_or_else(|| panic!("{page}"));
    let (reply, hash) = (field(&page[..at], "reply"), field(&page[..at], "text"));
    window.post("/en/do", &format!("do=send&id=1&reply={reply}&text={hash}"));
    until("it went out", || stage.sent().iter().any(|sent| sent.method == "sendphoto"));
    let sent = stage.sent().into_iter().find(|sent| sent.method == "sendphoto").unwrap();
    let bytes = sent.bytes.unwrap();
    assert!(bytes.starts_with(b"\x89PNG"));
    assert!(!bytes.windows(9).any(|window| window == b"zq-canary"), "it says where it was made");
    assert!(stage.sent().iter().any(|sent| sent.text == "با عکس"));
    window.until("/en/?c=1", |said| said.text().contains("data-fate=\"accepted\""));
}
