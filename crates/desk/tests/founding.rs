//! `testdata/desk.txt`: a desk of one as `desk.pub` holds it, from keys that anybody can make
//! again: the member's seed is 64 times `07`, the receiving key's 32 times `01`, the epoch's 32
//! times `02`, the nonce 16 times `03`. Written anew with `UPDATE=1`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use payamgir_desk::client::Random;
use payamgir_desk::keys;
use payamgir_desk::open::{Identity, Keyring, Member};
use payamgir_desk::roster::{Fold, Policy, Role, kind};
use payamgir_wire::armor::{Label, armor, dearmor};
use zeroize::Zeroizing;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/desk.txt");

fn member() -> Member {
    Member::from_seed(&Zeroizing::new([7; 64]))
}

fn counting() -> Random {
    let next = AtomicU8::new(1);
    Arc::new(move |bytes| bytes.fill(next.fetch_add(1, Ordering::Relaxed)))
}

#[test]
fn the_desk_of_the_vectors_is_founded_and_read() {
    let (member, mut keyring) = (member(), Keyring::default());
    let policy = (Policy::DEFAULT, 20_000);
    let founding = keys::found(&member, &mut keyring, &[], policy, &counting()).unwrap();
    let text = armor(Label::Desk, &founding.encode());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(PATH, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(PATH).unwrap(), text);
    let mut fold = Fold::default();
    fold.hear(0, kind::STATEMENT, &dearmor(Label::Desk, &text).unwrap()).unwrap();
    let roster = fold.roster().unwrap();
    assert_eq!(roster.role(&member.verifying_key()), Some(Role::Admin));
    let epoch = Identity::from_seed(Zeroizing::new([2; 32]));
    assert_eq!(roster.epoch().recipient.0[..], epoch.public()[..]);
    assert!(keyring.epoch(epoch.public()).is_some());
}

#[test]
fn a_keyring_comes_back_for_its_member_alone() {
    let (member, mut keyring) = (member(), Keyring::default());
    keys::found(&member, &mut keyring, &[], (Policy::DEFAULT, 1), &counting()).unwrap();
    let file = keys::lock(&keyring, &member).unwrap();
    assert_eq!(*keys::unlock(&file, &member).unwrap().text(), *keyring.text());
    let stranger = Member::from_seed(&Zeroizing::new([8; 64]));
    assert!(keys::unlock(&file, &stranger).is_err());
    for cut in [0, 10, file.len() - 1] {
        assert!(keys::unlock(&file[..cut], &member).is_err());
    }
    for text in ["", "payamgir keyring 1\nepoch AAAA\n", "payamgir keyring 1\nother\n"] {
        assert!(Keyring::parse(text).is_err(), "{text}");
    }
    assert_eq!(format!("{keyring:?}"), "Keyring(…)");
}
