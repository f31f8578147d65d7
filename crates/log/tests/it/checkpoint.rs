//! Checkpoints, read as C2SP writes them down and not with our own code.

use data_encoding::BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _};
use payamgir_log::*;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::site::*;

/// Parses and checks a note by <https://c2sp.org/tlog-checkpoint>; gives its size and root.
fn by_hand(note: &[u8]) -> (u64, Vec<u8>) {
    let note = std::str::from_utf8(note).unwrap();
    let (text, signatures) = note.split_at(note.find("\n\n").unwrap() + 1);
    let [origin, size, root] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
    assert_eq!(origin, "example.org/log");
    let key = SigningKey::from_bytes(&[7; 32]).verifying_key();
    let line = signatures.strip_prefix("\n\u{2014} example.org/log ").unwrap();
    let blob = BASE64.decode(line.strip_suffix('\n').unwrap().as_bytes()).unwrap();
    let hashed = [b"example.org/log\n\x01", &key.as_bytes()[..]].concat();
    assert_eq!(blob[..4], Sha256::digest(hashed)[..4]);
    key.verify(text.as_bytes(), &Signature::from_slice(&blob[4..]).unwrap()).unwrap();
    assert!(size == "0" || !size.starts_with('0'));
    (size.parse().unwrap(), BASE64.decode(root.as_bytes()).unwrap())
}

#[test]
fn every_commit_is_signed() {
    let site = Site::new();
    assert_eq!(by_hand(&site.note()), (0, Sha256::digest(b"").to_vec()));
    let log = site.open();
    for n in 1..20 {
        append(&log, &body(n), vec![]).unwrap();
        let (size, root) = by_hand(&site.note());
        assert_eq!((size, &root), (n, &site.reader().root(n).unwrap().0.to_vec()));
        let opened = verifier().open(&site.note()).unwrap();
        assert_eq!((opened.size, opened.root.0.to_vec(), opened.note), (n, root, site.note()));
    }
    log.erase(3).unwrap();
    assert_eq!(by_hand(&site.note()).0, 20);
    log.close();
    assert_eq!(std::fs::read(site.file("checkpoint")).unwrap(), site.note());
}

#[test]
fn the_public_key_is_written_as_c2sp_says() {
    let public = verifier().to_string();
    let [origin, id, bytes] = public.splitn(3, '+').collect::<Vec<_>>()[..] else { panic!() };
    let key = SigningKey::from_bytes(&[7; 32]).verifying_key();
    let bytes = BASE64.decode(bytes.as_bytes()).unwrap();
    assert_eq!(
        (origin, &bytes[..]),
        ("example.org/log", &[&[1], &key.as_bytes()[..]].concat()[..])
    );
    let hashed = Sha256::digest([b"example.org/log\n", &bytes[..]].concat());
    assert_eq!(id, data_encoding::HEXLOWER.encode(&hashed[..4]));
    assert_eq!(Verifier::parse(&public).unwrap(), verifier());
}

/// A text as the log's key would sign it.
fn signed(text: &str) -> Vec<u8> {
    let key = SigningKey::from_bytes(&[7; 32]);
    let hashed = [b"example.org/log\n\x01", &key.verifying_key().as_bytes()[..]].concat();
    let id = &Sha256::digest(hashed)[..4];
    let signature = [id, &key.sign(text.as_bytes()).to_bytes()].concat();
    let signature = BASE64.encode(&signature);
    format!("{text}\n\u{2014} example.org/log {signature}\n").into_bytes()
}

#[test]
fn what_the_key_signed_is_a_checkpoint_only_if_it_says_so() {
    let root = BASE64.encode(&[3; 32]);
    let check = |text: &str, size: Option<u64>| {
        let opened = verifier().open(&signed(text)).ok();
        assert_eq!(opened.map(|checkpoint| checkpoint.size), size, "{text}");
    };
    check(&format!("example.org/log\n5\n{root}\n"), Some(5));
    check(&format!("example.org/log\n{}\n{root}\n", u64::MAX), Some(u64::MAX));
    check(&format!("example.org/other\n5\n{root}\n"), None);
    check(&format!("example.org/log\n05\n{root}\n"), None);
    check(&format!("example.org/log\n-1\n{root}\n"), None);
    check(&format!("example.org/log\n18446744073709551616\n{root}\n"), None);
    check(&format!("example.org/log\n5\n{}\n", BASE64.encode(&[3; 31])), None);
    check("example.org/log\n5\n", None);
    check("example.org/log\n", None);
    let witnessed = |line: usize| format!("example.org/log\n5\n{root}\n{}\n", "x".repeat(line));
    check(&witnessed(100), Some(5));
    check(&witnessed(5000), None);
}

proptest! {
    #[test]
    fn no_bytes_are_a_checkpoint_but_signed_ones(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(verifier().open(&bytes).is_err());
    }

    #[test]
    fn no_bit_of_a_checkpoint_can_be_another(bit in any::<prop::sample::Index>()) {
        let mut note = other_key(7).verifier().open(&NOTE).unwrap().note;
        let bit = bit.index(8 * note.len());
        note[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(verifier().open(&note).is_err());
    }

    #[test]
    fn no_text_is_a_key_by_chance(text in "(PRIVATE\\+KEY\\+)?[a-z./+]{0,9}[0-9a-f+]{0,10}[A-Za-z0-9+/=]{0,60}") {
        prop_assert!(LogKey::parse(&text).is_err() && Verifier::parse(&text).is_err());
    }
}

/// The checkpoint of an empty log.
static NOTE: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| Site::new().note());
