//! Codenames as people type them, and what grows from them.

use data_encoding::HEXLOWER;
use payamgir_dropbox::{Codename, List, Mistake, Still, id_of};
use payamgir_hybrid::{PublicKey, file};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn drawn(list: List, seed: u64) -> Codename {
    let mut state = seed | 1;
    Codename::draw(list, |bytes| {
        for byte in bytes {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 33) as u8;
        }
    })
}

fn list() -> impl Strategy<Value = List> {
    prop_oneof![Just(List::Persian), Just(List::English)]
}

/// As another keyboard, another hand or another program writes it.
fn otherwise(text: &str, way: u8) -> String {
    match way % 6 {
        0 => text.replace('ی', "ي").replace('ک', "ك").replace('ه', "ة"),
        1 => text.to_uppercase(),
        2 => text
            .chars()
            .flat_map(|c| [c, '\u{64E}'])
            .filter(|c| *c != '\u{64E}' || !text.is_ascii())
            .collect(),
        3 => text
            .replace('ص', "س")
            .replace('ط', "ت")
            .replace('ذ', "ز")
            .replace('ح', "ه")
            .replace('غ', "ق"),
        4 => text.replace('آ', "ا"),
        _ => text.to_owned(),
    }
}

const BETWEEN: [&str; 8] = [" ", "  ", "\n", "\r\n", ", ", "، ", " - ", "\u{a0}"];
const DIGITS: [[char; 10]; 3] = [
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    ['۰', '۱', '۲', '۳', '۴', '۵', '۶', '۷', '۸', '۹'],
    ['٠', '١', '٢', '٣', '٤', '٥', '٦', '٧', '٨', '٩'],
];

proptest! {
    #[test]
    fn however_it_is_typed_it_is_the_same(list in list(), seed: u64, way: u8, gap in 0usize..8, digits in 0usize..3, numbered: bool) {
        let codename = drawn(list, seed);
        let words: Vec<String> = (1..).zip(codename.words()).map(|(place, word)| {
            let word = otherwise(word, way);
            if numbered { format!("{}. {word}", DIGITS[digits][place]) } else { word }
        }).collect();
        prop_assert!(Codename::read(&words.join(BETWEEN[gap])) == Ok(codename));
    }

    #[test]
    fn numbers_say_the_order_where_they_are_given(list in list(), seed: u64, turn in 0usize..8) {
        let codename = drawn(list, seed);
        let mut words: Vec<String> = (1..).zip(codename.words()).map(|(place, word)| format!("{place} {word}")).collect();
        words.rotate_left(turn);
        prop_assert!(Codename::read(&words.join(" ")) == Ok(codename));
    }

    #[test]
    fn a_word_that_is_off_is_named_and_the_right_one_offered(list in list(), seed: u64, place in 0usize..8, at in 0usize..3) {
        let codename = drawn(list, seed);
        let mut words = codename.words().map(str::to_owned);
        let mut letters: Vec<char> = words[place].chars().collect();
        let at = at % letters.len();
        letters.insert(at, if list == List::English { 'q' } else { 'ژ' });
        words[place] = letters.into_iter().collect();
        let Err(Mistake::Unknown(unknown)) = Codename::read(&words.join(" ")) else { panic!("it is off") };
        prop_assert_eq!(unknown.len(), 1);
        prop_assert_eq!(unknown[0].place, place + 1);
        prop_assert!(unknown[0].near.contains(&codename.words()[place]));
    }

    #[test]
    fn without_spaces_it_is_read_where_it_can_be_only_one(list in list(), seed: u64) {
        let codename = drawn(list, seed);
        match Codename::read(&codename.words().concat()) {
            Ok(read) => prop_assert!(read == codename),
            Err(mistake) => prop_assert!(mistake == Mistake::Count),
        }
    }

    #[test]
    fn reading_never_panics(typed in "(.|[آ-ی ۰-۹a-z0-9]){0,400}") {
        let _ = Codename::read(&typed);
    }
}

#[test]
fn almost_always_spaces_are_not_needed() {
    for list in List::ALL {
        let read = (0..300)
            .filter(|seed| Codename::read(&drawn(list, *seed).words().concat()).is_ok())
            .count();
        assert!(read > 285, "{list:?} {read}");
    }
}

#[test]
fn what_is_no_codename_is_refused() {
    let many = "آب ".repeat(400);
    let sticky = "a".repeat(900);
    for typed in ["", "   ", "سلام", "1 2 3 4 5 6 7 8", &many, &sticky, "one two three"] {
        assert!(Codename::read(typed).is_err(), "{typed}");
    }
}

#[test]
fn every_word_is_drawn_and_lists_do_not_mix() {
    let mut seen = std::collections::BTreeSet::new();
    (0..4000).for_each(|seed| seen.extend(drawn(List::Persian, seed * 7919).words()));
    assert!(seen.len() > 2040, "{}", seen.len());
    let (fa, en) = (drawn(List::Persian, 1), drawn(List::English, 1));
    let mixed = [&fa.words()[..4], &en.words()[4..]].concat().join(" ");
    assert!(Codename::read(&mixed).is_err());
}

#[test]
fn what_grows_is_that_of_the_format_document() {
    let words = "window garden yellow ladder bottle mountain pencil winter";
    let grown = Still::default().grow(&Codename::read(words).unwrap(), &[1; 32]);
    assert_eq!(HEXLOWER.encode(&grown.id()), "5d57ac1c6643bcf806c90eec59992e74");
    let ticket = "4cfd221e2ae1e721a292cc01303f085d584f1aac8a25463d744c82179ba2ee59";
    assert_eq!(HEXLOWER.encode(&grown.ticket()[..]), ticket);
    let key = "59e1c832ab1181be8a818b510115dcd419a1a95f5d65fb1129328c082af1f101";
    assert_eq!(HEXLOWER.encode(&Sha256::digest(grown.public())), key);
    let codename = Codename::draw(List::English, |bytes| bytes.fill(0));
    let dropbox = Still::default().grow(&codename, &[1; 32]);
    assert_eq!(id_of(dropbox.ticket()), dropbox.id());
    let again = Still::default().grow(&codename, &[1; 32]);
    assert_eq!((again.id(), again.public()), (dropbox.id(), dropbox.public()));
    let elsewhere = Still::default().grow(&codename, &[2; 32]);
    assert_ne!(elsewhere.id(), dropbox.id());
    assert_ne!(elsewhere.public(), dropbox.public());
}

#[test]
fn it_opens_what_was_sealed_to_it_and_nothing_else() {
    let mut still = Still::default();
    let own = still.grow(&drawn(List::Persian, 5), &[1; 32]);
    let other = still.grow(&drawn(List::Persian, 6), &[1; 32]);
    let key = PublicKey::from_bytes(own.public()).unwrap();
    let sealed = file::seal(&key, b"words", 100).unwrap();
    assert_eq!(&own.open(&sealed).unwrap()[..5], b"words");
    assert!(other.open(&sealed).is_none());
    for at in [0, 30, 900, sealed.len() - 1] {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        assert!(own.open(&altered).is_none(), "{at}");
    }
    assert!(own.open(&sealed[..sealed.len() - 1]).is_none());
}

#[test]
fn nothing_is_printed() {
    let codename = drawn(List::English, 9);
    let mistake = Codename::read("x").unwrap_err();
    assert_eq!(format!("{codename:?} {mistake:?}"), "Codename(…) Mistake(…)");
}
