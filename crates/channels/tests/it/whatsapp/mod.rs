//! WhatsApp's webhooks.

mod contents;
mod senders;
mod shapes;

use payamgir_channels::{Heard, whatsapp};

use crate::law::{BARE, NAMED, Platform, check};

const FROM: &str = r#""from":"9990001","id":"wamid.1","timestamp":"1795300000""#;

fn body(row: &str) -> String {
    let row = row.replace("$F", FROM);
    if let Some(whole) = row.strip_prefix('=') {
        return whole.to_owned();
    }
    let metadata = r#""metadata":{"display_phone_number":"1","phone_number_id":"106"}"#;
    let value = format!(r#"{{"messaging_product":"whatsapp",{metadata},{row}}}"#);
    format!(r#"{{"entry":[{{"id":"1","changes":[{{"field":"messages","value":{value}}}]}}]}}"#)
}

#[test]
fn every_shape_of_body_is_heard() {
    check(Platform::Whatsapp, &shapes::ROWS, body);
}

#[test]
fn it_is_told_who_wrote_and_when() {
    check(Platform::Whatsapp, &senders::ROWS, body);
}

#[test]
fn everything_in_a_message_is_heard() {
    check(Platform::Whatsapp, &contents::ROWS, body);
}

#[test]
fn what_a_source_is_called_is_kept_where_it_is_to_be() {
    let row = r#""messages":[{$F,"text":{"body":"x"}}],"contacts":[{"wa_id":"9990001",
        "user_id":"US.9990001","profile":{"name":"N","username":"u"}}]"#;
    for (manner, expected) in [(BARE, None), (NAMED, Some("N u 9990001 US.9990001"))] {
        let said = whatsapp::read(body(row).as_bytes(), manner);
        let Heard::Came(came) = &said[0].heard else { panic!() };
        assert_eq!(came.sender.as_deref().map(String::as_str), expected);
        assert_eq!(said[0].account.as_deref().map(String::as_str), Some("106"));
    }
}
