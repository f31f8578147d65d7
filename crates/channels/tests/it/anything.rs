//! Anything at all: arbitrary bytes, arbitrary JSON, and good events of which something is changed.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::law::{ALL, BARE, NAMED, Platform, came, holds};

fn hear(bytes: &[u8]) {
    for platform in ALL {
        for manner in [BARE, NAMED] {
            let heard = platform.hear(bytes, manner);
            assert!(!heard.is_empty() || platform == Platform::Signal, "{platform:?}");
            heard.iter().for_each(|heard| holds("anything", heard));
        }
    }
    let _ = payamgir_channels::telegram::split(bytes);
}

/// Values of every type, under keys that mean something now and then.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        proptest::sample::select(&WORDS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        let key =
            prop_oneof![proptest::sample::select(&WORDS[..]).prop_map(str::to_owned), "[a-z]{1,4}"];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::btree_map(key, inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

const WORDS: [&str; 62] = [
    "update_id",
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "chat",
    "from",
    "id",
    "type",
    "text",
    "caption",
    "photo",
    "document",
    "location",
    "live_period",
    "contact",
    "poll",
    "dice",
    "sticker",
    "file_id",
    "entry",
    "changes",
    "value",
    "messages",
    "statuses",
    "errors",
    "calls",
    "message_echoes",
    "history",
    "threads",
    "contacts",
    "metadata",
    "image",
    "interactive",
    "edit",
    "revoke",
    "reaction",
    "system",
    "timestamp",
    "messaging",
    "sender",
    "recipient",
    "mid",
    "attachments",
    "payload",
    "url",
    "postback",
    "read",
    "is_echo",
    "params",
    "result",
    "envelope",
    "dataMessage",
    "editMessage",
    "syncMessage",
    "sentMessage",
    "receiptMessage",
    "timestamps",
    "targetSentTimestamp",
    "remoteDelete",
    "exception",
    "quote",
];

/// Events that are as they should be.
fn good() -> Vec<Value> {
    let person = json!({"id": 1, "first_name": "n", "type": "private", "username": "u"});
    let file = json!({"file_id": "f", "file_unique_id": "u", "file_size": 5, "width": 3});
    let change =
        |value: Value| json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]});
    let direct = |item: Value| json!({"entry": [{"id": "1", "messaging": [item]}]});
    let line = |envelope: Value| json!({"method": "receive", "params": {"envelope": envelope}});
    let data = json!({"timestamp": 3, "message": "x", "quote": {"text": "y"}, "viewOnce": true,
        "attachments": [{"id": "a.jpg", "size": 3, "contentType": "image/jpeg"}],
        "contacts": [{"name": {"given": "g"}, "phone": [{"value": "1"}]}],
        "reaction": {"emoji": "e", "isRemove": false}, "mentions": [{"name": "m", "start": 1}]});
    vec![
        json!({"update_id": 1, "message": {"message_id": 2, "from": person, "chat": person, "date": 3,
            "text": "x", "reply_to_message": {"text": "y"}, "forward_origin": {"sender_user": person}}}),
        json!({"update_id": 1, "edited_message": {"message_id": 2, "chat": person, "edit_date": 4,
            "photo": [file, file], "caption": "c", "media_group_id": "g"}}),
        json!({"update_id": 1, "message": {"message_id": 2, "chat": person, "venue": {"title": "t",
            "location": {"latitude": 1.5, "longitude": 2.5, "live_period": 9}}}}),
        json!({"update_id": 1, "callback_query": {"id": "q", "from": person, "data": "d"}}),
        json!({"update_id": 1, "my_chat_member": {"chat": person, "date": 3,
            "old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"}}}),
        change(
            json!({"metadata": {"phone_number_id": "1"}, "contacts": [{"wa_id": "1", "user_id": "u",
            "profile": {"name": "n"}}], "errors": [{"code": 1}], "messages": [
            {"id": "a", "from": "1", "timestamp": "3", "type": "text", "text": {"body": "x"}},
            {"id": "b", "from": "1", "type": "image", "image": {"id": "i", "caption": "c", "sha256": "00"}},
            {"id": "c", "type": "edit", "edit": {"original_message_id": "a", "message": {"type": "text",
                "text": {"body": "y"}}}}, {"id": "d", "type": "revoke", "revoke": {"original_message_id": "a"}}]}),
        ),
        change(json!({"statuses": [{"id": "s", "status": "failed", "errors": [{"code": 131047}]}],
            "calls": [{"id": "k", "from": "1", "event": "connect"}],
            "message_echoes": [{"id": "e", "to": "1", "type": "contacts", "contacts": [{"name":
                {"formatted_name": "f"}}]}], "history": [{"threads": [{"id": "1", "messages": [{"id": "h",
                "text": {"body": "x"}}]}]}]})),
        direct(
            json!({"sender": {"id": "2"}, "recipient": {"id": "1"}, "timestamp": 5, "message": {
            "mid": "m", "text": "x", "reply_to": {"story": {"url": "u"}}, "attachments": [{"type": "image",
            "payload": {"url": "u"}}]}}),
        ),
        direct(json!({"sender": {"id": "1"}, "recipient": {"id": "2"}, "message": {"mid": "m",
            "is_echo": true, "is_deleted": true}})),
        direct(
            json!({"sender": {"id": "2"}, "message_edit": {"mid": "m", "text": "y", "num_edit": 1}}),
        ),
        direct(
            json!({"sender": {"id": "2"}, "reaction": {"mid": "m", "action": "react", "emoji": "e"}}),
        ),
        line(json!({"sourceUuid": "u", "timestamp": 3, "dataMessage": data})),
        line(
            json!({"source": "u", "editMessage": {"targetSentTimestamp": 1, "dataMessage": data}}),
        ),
        line(
            json!({"source": "u", "syncMessage": {"sentMessage": {"destination": "d", "message": "x"}}}),
        ),
        line(json!({"source": "u", "receiptMessage": {"isRead": true, "timestamps": [1, 2]}})),
    ]
}

/// How many values there are in a value, itself among them.
fn count(value: &Value) -> usize {
    match value {
        Value::Array(all) => 1 + all.iter().map(count).sum::<usize>(),
        Value::Object(all) => 1 + all.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// Puts `new`, or nothing, in the place of the value that is `at` places on.
fn change(value: &mut Value, at: &mut usize, new: &Option<Value>) {
    let change_one = |one: &mut Value, at: &mut usize| {
        *at = at.wrapping_sub(1);
        let hit = *at == 0;
        change(one, at, new);
        if let (true, Some(new)) = (hit, new) {
            *one = new.clone();
        }
        hit && new.is_none()
    };
    match value {
        Value::Array(all) => all.retain_mut(|one| !change_one(one, at)),
        Value::Object(all) => {
            let gone: Vec<String> = all
                .iter_mut()
                .filter_map(|(key, one)| change_one(one, at).then(|| key.clone()))
                .collect();
            gone.iter().for_each(|key| drop(all.remove(key)));
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn bytes_are_heard(bytes in proptest::collection::vec(any::<u8>(), 1..200)) {
        hear(&bytes);
    }

    #[test]
    fn values_are_heard(value in value()) {
        hear(value.to_string().as_bytes());
    }

    #[test]
    fn changed_events_are_heard(
        one in proptest::sample::select(good()),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), proptest::option::of(value())), 1..4),
    ) {
        let mut event = one;
        for (at, new) in changes {
            let mut at = at.index(count(&event));
            change(&mut event, &mut at, &new);
        }
        hear(event.to_string().as_bytes());
    }

    #[test]
    fn cut_events_are_heard(one in proptest::sample::select(good()), at in any::<proptest::sample::Index>()) {
        let whole = one.to_string();
        hear(&whole.as_bytes()[..=at.index(whole.len())]);
    }
}

#[test]
fn good_events_are_understood() {
    for event in good() {
        let bytes = event.to_string();
        let understood = ALL.iter().filter(|platform| {
            let heard = platform.hear(bytes.as_bytes(), BARE);
            heard.iter().all(|heard| !crate::show::heard(heard).contains('`'))
        });
        assert!(understood.count() > 0, "{bytes}");
    }
}

#[test]
fn what_has_no_name_is_told_apart() {
    let table = [
        (Platform::Telegram, r#"{"message":{"chat":{"id":1},"text":"X"}}"#),
        (Platform::Telegram, r#"{"hologram":"X"}"#),
        (Platform::Whatsapp, r#"{"entry":[{"changes":[{"value":{"messages":[{"from":"X"}]}}]}]}"#),
        (Platform::Whatsapp, r#"{"entry":[{"changes":[{"value":{"calls":[{"from":"X"}]}}]}]}"#),
        (Platform::Whatsapp, r#"{"entry":"X"}"#),
        (Platform::Instagram, r#"{"entry":[{"messaging":[{"message":{"text":"X"}}]}]}"#),
        (Platform::Instagram, r#"{"entry":[{"messaging":[{"postback":{"payload":"X"}}]}]}"#),
        (Platform::Instagram, r#"{"entry":[{"messaging":[{"referral":{"ref":"X"}}]}]}"#),
        (Platform::Signal, r#"{"envelope":{"dataMessage":{"message":"X"}}}"#),
        (Platform::Signal, r#"{"envelope":{"source":"X","exception":{}}}"#),
        (Platform::Signal, r#"{"envelope":{"source":"X","callMessage":{"offerMessage":{}}}}"#),
    ];
    for (platform, event) in table {
        let name = |what: &str| {
            let heard = platform.hear(event.replace('X', what).as_bytes(), BARE);
            came(&heard[0]).unwrap().message.to_string()
        };
        assert_eq!(name("one"), name("one"), "{event}");
        assert_ne!(name("one"), name("two"), "{event}");
    }
}
