//! Events as bytes: what is written is read, and nothing else.

use ed25519_dalek::{Signer, SigningKey};
use payamgir_wire::hex::Hex;
use payamgir_work::{Act, Check, Event, Ignored, NAME, SPANS, SUBJECTS, Signed, WORDS};
use proptest::prelude::*;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn event(act: Act) -> Event {
    Event { desk: [1; 32], id: Hex([2; 16]), seen: 7, made: 1_763_800_000, act }
}

fn signed(act: Act) -> Result<Signed, Ignored> {
    let key = key();
    Signed::new(&event(act), key.verifying_key().to_bytes(), |m| key.sign(m).to_bytes())
}

/// The bytes of an event whose JSON somebody else wrote.
fn written(json: &str) -> Vec<u8> {
    let length = (96 + json.len()) as u32;
    [&length.to_be_bytes()[..], &[9; 96], json.as_bytes()].concat()
}

const FIXED: &str = r#""v":1,"desk":"0101010101010101010101010101010101010101010101010101010101010101","id":"02020202020202020202020202020202","seen":7,"made":1"#;

#[test]
fn the_bytes_are_those_of_the_format_document() {
    let bytes = signed(Act::Assign { on: vec![4, 9], to: None }).unwrap().encode();
    let json = format!(
        r#"{{{},"act":"assign","on":[4,9],"to":null}}"#,
        FIXED.replace(r#""made":1"#, r#""made":1763800000"#)
    );
    assert_eq!(&bytes[..4], ((96 + json.len()) as u32).to_be_bytes());
    assert_eq!(&bytes[4..36], key().verifying_key().as_bytes());
    assert_eq!(String::from_utf8_lossy(&bytes[100..]), json);
    assert_eq!(Signed::decode(&bytes).unwrap().verify(), Ok(()));
}

#[test]
fn what_no_desk_would_take_is_not_signed() {
    let many = vec![1; SUBJECTS + 1];
    let long = "ن".repeat(NAME + 1);
    let table = [
        Act::Resolve { on: vec![] },
        Act::Resolve { on: many },
        Act::Label { on: vec![1], label: String::new(), off: false },
        Act::Label { on: vec![1], label: " a".into(), off: false },
        Act::Label { on: vec![1], label: "a\nb".into(), off: false },
        Act::Label { on: vec![1], label: "a\u{202e}b".into(), off: false },
        Act::Label { on: vec![1], label: long, off: false },
        Act::Note { on: 1, text: " \n".into() },
        Act::Note { on: 1, text: "x".repeat(WORDS + 1) },
        Act::Redact { record: 1, spans: vec![(2, 2)] },
        Act::Redact { record: 1, spans: vec![(4, 6), (5, 8)] },
        Act::Redact { record: 1, spans: (0..=SPANS as u32).map(|n| (3 * n, 3 * n + 1)).collect() },
        Act::Erase { records: vec![] },
        Act::Canned { id: Hex([1; 16]), lang: "de".into(), title: "x".into(), text: "y".into() },
        Act::Call { name: "\u{200f}".into() },
    ];
    for act in table {
        let told = format!("{act:?}");
        assert_eq!(signed(act).err(), Some(Ignored::Malformed), "{told}");
    }
}

#[test]
fn malformed_events_are_named() {
    let table = [
        (format!("{{{FIXED},\"act\":\"dance\",\"on\":[1]}}"), Ignored::Unknown),
        (
            format!("{{{},\"act\":\"resolve\",\"on\":[1]}}", FIXED.replace("\"v\":1", "\"v\":2")),
            Ignored::Unknown,
        ),
        (format!("{{{FIXED},\"act\":\"resolve\"}}"), Ignored::Malformed),
        (format!("{{{FIXED},\"act\":\"resolve\",\"on\":[-1]}}"), Ignored::Malformed),
        (format!("{{{FIXED},\"act\":\"assign\",\"on\":[1],\"to\":\"xy\"}}"), Ignored::Malformed),
        ("{}".into(), Ignored::Malformed),
        ("[".into(), Ignored::Malformed),
    ];
    for (json, expected) in table {
        assert_eq!(Signed::decode(&written(&json)).unwrap().event(), Err(expected), "{json}");
    }
    for bytes in [&b""[..], b"\0\0\0\x05abcde", b"\xff\xff\xff\xff", b"\0\0\0\x02ab\0\x01"] {
        assert_eq!(Signed::decode(bytes).err(), Some(Ignored::Malformed));
    }
}

#[test]
fn a_signature_is_for_these_bytes_by_this_member() {
    let bytes = signed(Act::Check { on: vec![1], state: Check::Confirmed }).unwrap().encode();
    for at in [5, 40, 120] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let refused = Signed::decode(&changed).map(|signed| signed.verify());
        assert_eq!(refused, Ok(Err(Ignored::Signature)), "{at}");
    }
}

#[test]
fn nothing_of_an_event_is_printed() {
    let act = Act::Note { on: 1, text: "راز".into() };
    assert_eq!(format!("{act:?}"), "note(…)");
    assert!(!format!("{:?}", event(act)).contains("راز"));
}

#[test]
fn every_act_comes_back() {
    let (on, id) = (vec![1, 2], Hex([4; 16]));
    let words = || "words".to_owned();
    let acts = vec![
        Act::Endorse { release: Hex([6; 32]) },
        Act::Recall { release: Hex([6; 32]) },
        Act::Serve { release: Hex([6; 32]) },
        Act::Drop { written: id, off: true },
        Act::Bulletin { base: None, body: Box::default() },
        Act::Assign { on: on.clone(), to: Some(Hex([5; 32])) },
        Act::Note { on: 1, text: words() },
        Act::Label { on: on.clone(), label: words(), off: true },
        Act::Check { on: on.clone(), state: Check::False },
        Act::Resolve { on: on.clone() },
        Act::Reopen { on: on.clone() },
        Act::Snooze { on: on.clone(), until: 9 },
        Act::Quarantine { on, off: false },
        Act::Redact { record: 1, spans: vec![(0, 2), (4, 9)] },
        Act::Draft { reply: id, on: 1, text: words(), file: None },
        Act::Approve { reply: id, text: Hex([6; 32]) },
        Act::Queue { reply: id, text: Hex([6; 32]) },
        Act::Withdraw { reply: id },
        Act::Erase { records: vec![3] },
        Act::Canned { id, lang: "fa".into(), title: words(), text: words() },
        Act::Hide { name: words(), off: false },
        Act::Call { name: "نام‌ها".into() },
    ];
    for act in acts {
        let read = Signed::decode(&signed(act.clone()).unwrap().encode()).unwrap();
        assert_eq!(read.event().map(|event| event.act), Ok(act));
    }
}

proptest! {
    #[test]
    fn events_come_back(text in "\\PC{1,200}", on in any::<u64>(), zeros in 0usize..5000) {
        prop_assume!(!text.trim().is_empty());
        let act = Act::Note { on, text };
        let mut bytes = signed(act.clone()).unwrap().encode();
        bytes.resize(bytes.len() + zeros, 0);
        let read = Signed::decode(&bytes).unwrap();
        prop_assert_eq!(read.verify(), Ok(()));
        prop_assert_eq!(read.event(), Ok(event(act)));
    }

    #[test]
    fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..500), json in "\\PC{0,200}") {
        for bytes in [bytes, written(&json)] {
            if let Ok(signed) = Signed::decode(&bytes) {
                let _ = (signed.event(), signed.verify());
            }
        }
    }
}
