//! Addresses open under their key and under nothing else; keys come and go on schedule.

use std::collections::HashSet;

use payamgir_address::{Address, Keys, Malformed, NotOpened, SEALED_CHARS, Schedule};
use proptest::prelude::*;
use zeroize::Zeroizing;

fn words(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

fn address(to: &str) -> Address {
    Address {
        account: words("bot 7"),
        to: words(to),
        about: Some(words("17")),
        wrote: 1_795_300_000,
    }
}

/// Counting bytes, so that two draws differ.
fn fill(from: u8) -> impl FnOnce(&mut [u8]) {
    move |bytes| {
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = from.wrapping_add(n as u8);
        }
    }
}

fn keys(days: &[u32]) -> Keys {
    let mut keys = Keys::default();
    for (n, day) in days.iter().enumerate() {
        keys.turn(*day, Schedule::DEFAULT, fill(n as u8 * 50));
    }
    keys
}

#[test]
fn what_is_sealed_opens_until_its_key_is_destroyed_and_then_for_nobody() {
    let mut keys = keys(&[100]);
    let old = keys.seal(&address("900000101"), fill(1)).unwrap();
    let copy = Keys::parse(&keys.text()).unwrap();
    assert!(keys.turn(130, Schedule::DEFAULT, fill(90)), "the next is due");
    assert_eq!(keys.open(&old), Ok(address("900000101")), "the older one opens still");
    let new = keys.seal(&address("900000101"), fill(2)).unwrap();
    assert_eq!(copy.open(&new), Err(NotOpened::KeyGone), "an old copy does not open what is new");
    assert!(keys.turn(160, Schedule::DEFAULT, fill(140)));
    assert_eq!(keys.open(&old), Err(NotOpened::KeyGone));
    assert!(!keys.text().contains(&*copy.text().lines().nth(1).unwrap().to_owned()), "gone");
    assert_eq!(keys.open(&new), Ok(address("900000101")));
}

#[test]
fn keys_turn_on_their_days_and_not_between() {
    let mut keys = keys(&[100]);
    for (today, changed, count) in [
        (100, false, 1),
        (129, false, 1),
        // A clock set back neither makes nor destroys.
        (0, false, 1),
        (130, true, 2),
        (159, false, 2),
        (160, true, 2),
        // Long off: all are over, and one is made.
        (1_000, true, 1),
    ] {
        assert_eq!(keys.turn(today, Schedule::DEFAULT, fill(today as u8)), changed, "{today}");
        assert_eq!(keys.count(), count, "{today}");
    }
}

#[test]
fn addresses_have_one_size_whatever_is_in_them() {
    let keys = keys(&[1]);
    let long = "x".repeat(180);
    for to in ["1", "900000101", "CA.13491208655302741918", &long] {
        let sealed = keys.seal(&address(to), fill(3)).unwrap();
        assert_eq!(sealed.len(), SEALED_CHARS);
        assert_eq!(keys.open(&sealed), Ok(address(to)));
    }
    // What is answered is let go where it does not fit; the person never is.
    let about = Some(words(&"m".repeat(200)));
    let sealed = keys.seal(&Address { about, ..address(&long) }, fill(4)).unwrap();
    assert_eq!(keys.open(&sealed), Ok(Address { about: None, ..address(&long) }));
    assert!(keys.seal(&address(&"x".repeat(400)), fill(5)).is_none());
    assert!(Keys::default().seal(&address("1"), fill(6)).is_none(), "no key yet");
}

#[test]
fn nothing_of_a_person_shows_through() {
    let keys = keys(&[1]);
    let one = keys.seal(&address("900000101"), fill(1)).unwrap();
    let again = keys.seal(&address("900000101"), fill(2)).unwrap();
    assert_ne!(one[12..], again[12..], "the same person twice");
    assert_eq!(format!("{:?} {keys:?}", address("900000101")), "Address(…) Keys(1)");
}

#[test]
fn aliases_are_stable_within_a_window_and_join_one_person() {
    let mut keys = keys(&[100]);
    let who = |account: &'static str, person: &'static str| {
        [b"telegram".as_slice(), account.as_bytes(), person.as_bytes()]
    };
    let first = keys.alias(&who("bot 7", "900000101")).unwrap();
    assert_eq!(keys.alias(&who("bot 7", "900000101")).unwrap(), first);
    assert_ne!(
        keys.alias(&who("bot 8", "900000101")).unwrap(),
        first,
        "another bot, another person"
    );
    assert_ne!(keys.alias(&who("bot 7", "900000102")).unwrap(), first);
    assert_ne!(
        keys.alias(&who("bot 79", "00000101")).unwrap(),
        first,
        "pieces do not run together"
    );
    assert_eq!(first.split(' ').count(), 3);
    keys.turn(130, Schedule::DEFAULT, fill(90));
    assert_ne!(keys.alias(&who("bot 7", "900000101")).unwrap(), first, "the next window");
    let persons = (0..2_000u32).map(|n| keys.alias(&[&n.to_be_bytes()]).unwrap().to_string());
    assert_eq!(persons.collect::<HashSet<_>>().len(), 2_000);
}

#[test]
fn a_mark_is_known_under_every_secret_that_is_alive() {
    let mut keys = keys(&[100]);
    let event = [b"telegram".as_slice(), b"bot 7", b"700000001"];
    let noted = keys.marks(&event)[0];
    keys.turn(130, Schedule::DEFAULT, fill(90));
    let marks = keys.marks(&event);
    assert_eq!(marks.len(), 2);
    assert!(marks.contains(&noted) && marks[0] != noted);
    keys.turn(160, Schedule::DEFAULT, fill(140));
    assert!(!keys.marks(&event).contains(&noted), "it expires with its secret");
}

#[test]
fn keys_come_back_from_their_text_and_nothing_else_is_taken() {
    let kept = keys(&[100, 130]);
    assert_eq!(*Keys::parse(&kept.text()).unwrap().text(), *kept.text());
    let line = kept.text().lines().nth(1).unwrap().to_owned();
    for bad in [
        "",
        "payamgir route keys 2\n",
        "payamgir route keys 1\nx",
        &format!("payamgir route keys 1\n{line} more"),
        &format!("payamgir route keys 1\n{}", &line[..line.len() - 2]),
        &format!("payamgir route keys 1\n{}", line.replace(" 100 ", " -1 ")),
    ] {
        assert_eq!(Keys::parse(bad).err(), Some(Malformed), "{bad}");
    }
}

proptest! {
    #[test]
    fn what_was_changed_does_not_open(at in 0..SEALED_CHARS, to in "\\PC{1,40}") {
        let keys = keys(&[1]);
        let sealed = keys.seal(&address(&to), fill(1)).unwrap();
        prop_assert_eq!(keys.open(&sealed), Ok(address(&to)));
        let mut changed = sealed.to_string().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        prop_assert!(keys.open(&changed).is_err());
    }

    #[test]
    fn no_text_stops_it(text in "\\PC{0,600}") {
        let _ = keys(&[1]).open(&text);
        let _ = Keys::parse(&text);
    }
}
