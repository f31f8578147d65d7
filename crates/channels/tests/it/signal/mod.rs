//! What signal-cli tells.

mod contents;
mod shapes;

use payamgir_channels::signal::{self, Line};

use crate::law::{BARE, Platform, check};

const FROM: &str = r#""source":"zq-a","sourceNumber":null,"sourceUuid":"zq-a",
    "sourceName":"zq-name","sourceDevice":1,"timestamp":1795300000123"#;

fn line(row: &str) -> String {
    let row = row.replace("$W", FROM).replace('\n', " ");
    match row.strip_prefix('=') {
        Some(whole) => whole.to_owned(),
        None => format!(r#"{{"method":"receive","params":{{"envelope":{{{row}}}}}}}"#),
    }
}

#[test]
fn every_shape_of_envelope_is_heard() {
    check(Platform::Signal, &shapes::ROWS, line);
}

#[test]
fn everything_in_a_message_is_heard() {
    check(Platform::Signal, &contents::ROWS, line);
}

#[test]
fn answers_find_their_calls() {
    let answer = |line: &str| match signal::read(line.as_bytes(), BARE) {
        Line::Answer(id, answer) => (id, answer.map_err(|refused| refused.code)),
        Line::Heard(_) => panic!("{line}"),
    };
    assert_eq!(answer(r#"{"id":"7","result":{"timestamp":5}}"#).0, 7);
    assert_eq!(answer(r#"{"id":8,"result":null}"#), (8, Ok(serde_json::Value::Null)));
    assert_eq!(answer(r#"{"id":"9","error":{"code":-4,"data":{}}}"#), (9, Err(-4)));
    assert_eq!(answer(r#"{"id":"9","error":"x"}"#), (9, Err(-1)));
    assert_eq!(answer(r#"{"id":"9","result":{"envelope":{}}}"#).0, 9);
}
