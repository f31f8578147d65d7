//! Instagram's webhooks.

mod contents;
mod shapes;

use payamgir_channels::instagram;

use crate::law::{BARE, Platform, check};

const FROM: &str =
    r#""sender":{"id":"9990001"},"recipient":{"id":"178"},"timestamp":1795300000123"#;

fn body(row: &str) -> String {
    let row = row.replace("$S", FROM);
    match row.strip_prefix('=') {
        Some(whole) => whole.to_owned(),
        None => format!(r#"{{"entry":[{{"id":"178","messaging":[{{{row}}}]}}]}}"#),
    }
}

#[test]
fn every_shape_of_body_is_heard() {
    check(Platform::Instagram, &shapes::ROWS, body);
}

#[test]
fn everything_in_an_item_is_heard() {
    check(Platform::Instagram, &contents::ROWS, body);
}

#[test]
fn accounts_are_told() {
    let account = |row: &str| {
        let said = instagram::read(body(row).as_bytes(), BARE);
        said[0].account.as_deref().cloned().unwrap_or_default()
    };
    let rows = [
        (r#"$S,"message":{"mid":"m"}"#, "178"),
        (r#""message":{"mid":"m"}"#, "178"),
        (r#""sender":{"id":"5"},"recipient":{"id":"6"},"message":{"mid":"m","is_echo":true}"#, "5"),
        (r#"={"entry":[{"id":178}]}"#, "178"),
        (r#"={"entry":[{"id":null}]}"#, ""),
    ];
    rows.iter().for_each(|(row, expected)| assert_eq!(account(row), *expected, "{row}"));
}
