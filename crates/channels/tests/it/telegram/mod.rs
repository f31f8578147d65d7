//! Telegram's updates.

mod contents;
mod shapes;

use payamgir_channels::telegram;

use crate::law::{BARE, Platform, check};

const PERSON: &str = r#""from":{"id":9990001,"is_bot":false,"first_name":"zq-name",
    "last_name":"zq-last","username":"zq_handle","language_code":"fa"},
    "chat":{"id":9990001,"first_name":"zq-name","username":"zq_handle","type":"private"}"#;

fn update(row: &str) -> String {
    let row = row.replace("$P", PERSON);
    match row.strip_prefix('=') {
        Some(whole) => whole.to_owned(),
        None => format!("{{\"update_id\":7,{row}}}"),
    }
}

#[test]
fn every_shape_of_update_is_heard() {
    check(Platform::Telegram, &shapes::ROWS, update);
}

#[test]
fn everything_in_a_message_is_heard() {
    check(Platform::Telegram, &contents::ROWS, update);
}

#[test]
fn updates_say_what_is_to_be_done() {
    let read = |row: &str| telegram::read(update(row).as_bytes(), BARE);
    let group = read(r#""message":{"message_id":5,"chat":{"id":-4,"type":"group"},"text":"x"}"#);
    assert_eq!((group.id, group.leave, group.at), (Some(7), Some(-4), None));
    let left =
        r#""my_chat_member":{"chat":{"id":-4,"type":"group"},"new_chat_member":{"status":"left"}}"#;
    assert_eq!(read(left).leave, None);
    let text = read(r#""message":{"message_id":5,"chat":{"id":4},"text":"x"}"#);
    assert_eq!((text.leave, text.at), (None, Some((4, 5))));
    let odd = read(r#""message":{"message_id":5,"chat":{"id":4},"hologram":{"file_id":"x"}}"#);
    assert_eq!((odd.leave, odd.at), (None, None));
    let query = read(r#""callback_query":{"id":77}"#);
    assert_eq!(query.query.as_deref().map(String::as_str), Some("77"));
}

#[test]
fn numbers_are_found_that_can_be_told_back() {
    let table = [
        (r#"={"update_id":4503599627370496}"#, Some(4_503_599_627_370_496)),
        (r#"={"update_id":"12"}"#, Some(12)),
        (r#"={"update_id":12.0}"#, Some(12)),
        (r#"={"update_id":null}"#, None),
        (r#"={"update_id":-3}"#, None),
        (r#"={"update_id":9223372036854775807}"#, None),
        ("={\"update_id\"\n:\t12,", Some(12)),
        (r#"={"ok":true,"result":{"update_id":12}}"#, Some(12)),
        (r#"=[{"update_id":12}]"#, Some(12)),
        (r#"={"text":"\"update_id\":12"}"#, None),
        ("=", None),
    ];
    for (row, expected) in table {
        assert_eq!(telegram::read(update(row).as_bytes(), BARE).id, expected, "{row}");
    }
}

#[test]
fn answers_are_split_into_updates() {
    let count = |body: &str| telegram::split(body.as_bytes()).map(|all| all.len());
    assert_eq!(count(r#"{"ok":true,"result":[{"update_id":1}, 2,"\ud83d",null]}"#), Some(4));
    assert_eq!(count(r#"{"ok":true,"result":[]}"#), Some(0));
    let none =
        [r#"{"ok":false,"result":[]}"#, r#"{"ok":true,"result":{}}"#, r#"{"ok":true}"#, "", "[]"];
    none.iter().for_each(|body| assert_eq!(count(body), None, "{body}"));
}
