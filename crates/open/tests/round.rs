//! What `seal` seals, `open` opens; nothing else does.

use std::io::{self, Read, Write};
use std::iter;

use payamgir_open::member::UnlockError;
use payamgir_open::{BlobReader, Identity, Member, OpenError, open_entry};
use payamgir_seal::{BlobSealer, Recipient, padding, seal_entry};
use proptest::prelude::*;
use zeroize::Zeroizing;

fn pair() -> (Identity, Recipient) {
    let identity = Identity::from_seed(Zeroizing::new([5; 32]));
    let recipient = identity.recipient().parse().unwrap();
    (identity, recipient)
}

fn seal_blob(recipient: &Recipient, bytes: &[u8]) -> Vec<u8> {
    let mut sealer = BlobSealer::new(recipient, vec![]).unwrap();
    sealer.write_all(bytes).unwrap();
    sealer.finish().unwrap().0
}

fn open_blob(identity: &Identity, sealed: &[u8], size: u64) -> io::Result<Vec<u8>> {
    let mut plain = vec![];
    BlobReader::new([identity], sealed, size).map_err(io::Error::other)?.read_to_end(&mut plain)?;
    Ok(plain)
}

/// What the `age` crate alone makes of a file.
fn open_by_age(identity: &Identity, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
    let mut plain = vec![];
    age::Decryptor::new_buffered(sealed)?
        .decrypt(iter::once(identity as &dyn age::Identity))?
        .read_to_end(&mut plain)
        .map_err(|_| OpenError::Damaged)?;
    Ok(plain)
}

/// A file written without the `age` crate, damaged in one of many ways.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let (_, recipient) = pair();
    let sealed = (0usize..5000).prop_map(move |n| seal_entry(&recipient, &vec![7; n]).unwrap());
    let at = prop_oneof![0.0..1.0, 0.0..0.3, 0.0..0.01];
    (sealed, at, any::<u8>(), 0..5).prop_map(|(mut sealed, at, byte, way)| {
        let at = (sealed.len() as f64 * at) as usize;
        match way {
            0 => sealed[at] = byte,
            1 => sealed[at] ^= 1 << (byte % 8),
            2 => sealed.truncate(at),
            3 => sealed.insert(at, byte),
            _ => drop(sealed.remove(at)),
        }
        sealed
    })
}

/// A disk with room for so many bytes.
struct Disk(usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_called_so_wherever_it_is_met() {
    let (_, recipient) = pair();
    for room in [0, 1, 500, 1600, 2000, 70_000] {
        let sealed = BlobSealer::new(&recipient, Disk(room)).and_then(|mut sealer| {
            sealer.write_all(&[1; 200_000])?;
            sealer.finish().map(|_| ())
        });
        assert_eq!(sealed.unwrap_err().kind(), io::ErrorKind::StorageFull, "{room}");
    }
}

#[test]
fn the_age_crate_reads_what_is_sealed_without_it() {
    let (identity, recipient) = pair();
    for length in [0, 1, 4096, 4097, 61_000, 63_000, 64_000, 70_000, 200_000] {
        let body = vec![9; length];
        let sealed = seal_entry(&recipient, &body).unwrap();
        let plain = open_by_age(&identity, &sealed).unwrap();
        assert!(plain.starts_with(&body) && plain[length..].iter().all(|b| *b == 0));
        assert_eq!(&*open_entry(&identity, &sealed, 1 << 20).unwrap(), &plain);
    }
}

#[test]
fn an_entry_sealed_by_the_age_crate_opens_as_one_of_ours() {
    let (identity, recipient) = pair();
    for length in [0, 1, 5000, 60_000, 200_000] {
        let body = vec![9; length];
        let sealed = seal_blob(&recipient, &body);
        assert!(open_entry(&identity, &sealed, 1 << 20).unwrap().starts_with(&body));
        assert_eq!(open_entry(&identity, &sealed, 0).unwrap_err(), OpenError::TooLong);
    }
}

#[test]
fn both_halves_print_as_age_does() {
    let (identity, _) = pair();
    assert!(identity.recipient().starts_with("age1pq1"));
    assert_eq!(identity.recipient().len(), 1959);
    let again: Identity =
        age_core::secrecy::ExposeSecret::expose_secret(&identity.secret()).parse().unwrap();
    assert_eq!(again.recipient(), identity.recipient());
    assert_eq!(format!("{identity:?}"), "Identity(…)");
}

#[test]
fn other_texts_are_not_recipients_or_identities() {
    let (identity, _) = pair();
    let good = identity.recipient();
    for bad in ["", "age1pq1", "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"] {
        assert!(bad.parse::<Recipient>().is_err());
        assert!(bad.parse::<Identity>().is_err());
    }
    let swapped = format!("{}q{}", &good[..100], &good[101..]);
    assert!(swapped == good || swapped.parse::<Recipient>().is_err());
    assert!(good.parse::<Identity>().is_err());
}

#[test]
fn an_entry_for_another_key_says_so() {
    let (_, recipient) = pair();
    let other = Identity::from_seed(Zeroizing::new([6; 32]));
    let sealed = seal_entry(&recipient, b"x").unwrap();
    assert_eq!(open_entry(&other, &sealed, 9000).unwrap_err(), OpenError::NotForUs);
}

#[test]
fn an_entry_over_the_limit_is_refused() {
    let (identity, recipient) = pair();
    let sealed = seal_entry(&recipient, &[1; 5000]).unwrap();
    assert_eq!(open_entry(&identity, &sealed, 4999).unwrap_err(), OpenError::TooLong);
}

#[test]
fn a_blob_cut_anywhere_never_ends_cleanly() {
    let (identity, recipient) = pair();
    let plain: Vec<u8> = (0..200_000u32).map(|i| i as u8).collect();
    let sealed = seal_blob(&recipient, &plain);
    for cut in [0, 10, 1500, 1700, 1800, 65_536, 67_353, 131_000, sealed.len() - 1] {
        assert!(open_blob(&identity, &sealed[..cut], 200_000).is_err(), "cut at {cut}");
    }
    assert!(open_blob(&identity, &sealed, 210_000).is_err(), "a longer true size");
    assert!(open_blob(&identity, &sealed, 199_999).is_err(), "a shorter true size");
    assert_eq!(open_blob(&identity, &sealed, 200_000).unwrap(), plain);
}

#[test]
fn identity_files_open_with_their_passphrase_only() {
    let member = Member::from_seed(&Zeroizing::new([3; 64]));
    let file = member.lock("چهار واژهٔ بلند".into(), Some(4)).unwrap();
    assert!(file.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"));
    let again = Member::unlock(&file, "چهار واژهٔ بلند".into()).unwrap();
    assert_eq!(
        again.own_identity().unwrap().recipient(),
        member.own_identity().unwrap().recipient()
    );
    assert_eq!(again.verifying_key(), member.verifying_key());
    let wrong = Member::unlock(&file, "other".into()).unwrap_err();
    assert_eq!(wrong, UnlockError::WrongPassphrase);
    for cut in [0, 30, 200, file.len() - 60] {
        assert!(Member::unlock(&file[..cut], "x".into()).is_err());
    }
    assert_eq!(format!("{member:?}"), "Member(…)");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn entries_come_back_padded(body in prop::collection::vec(any::<u8>(), 0..10_000)) {
        let (identity, recipient) = pair();
        let sealed = seal_entry(&recipient, &body).unwrap();
        let plain = open_entry(&identity, &sealed, 30_000).unwrap();
        prop_assert_eq!(sealed.len() as u64, padding::sealed_size(body.len() as u64));
        prop_assert!(plain.starts_with(&body) && plain[body.len()..].iter().all(|b| *b == 0));
    }

    /// Persian and Latin letters, spaces, ZWNJ and line ends as people type them: whatever the
    /// length up to 1,500 characters, the sealed file has one size.
    #[test]
    fn one_and_fifteen_hundred_characters_look_the_same(
        text in "([آ-یپچژگک]{1,9}(\u{200c}[آ-ی]{1,3})? |[a-z0-9]{1,8}[.،] |\n){1,300}",
        length in 1usize..=1500,
    ) {
        let (_, recipient) = pair();
        let text: String = text.chars().take(length).collect();
        let sealed = seal_entry(&recipient, text.as_bytes()).unwrap();
        prop_assert_eq!(sealed.len(), seal_entry(&recipient, b"a").unwrap().len());
    }

    #[test]
    fn no_blob_grows_over_twelve_percent_plus_the_floor(size in 0usize..3_000_000) {
        let (identity, recipient) = pair();
        let plain = vec![0x5a; size];
        let sealed = seal_blob(&recipient, &plain);
        let floor = padding::SMALLEST;
        prop_assert!(sealed.len() as f64 <= size as f64 * 1.12 + floor as f64);
        prop_assert_eq!(open_blob(&identity, &sealed, size as u64).unwrap(), plain);
    }

    #[test]
    fn a_flipped_bit_anywhere_is_noticed(at in 0usize..5700, bit in 0u8..8) {
        let (identity, recipient) = pair();
        let mut sealed = seal_entry(&recipient, b"words").unwrap();
        let at = at % sealed.len();
        sealed[at] ^= 1 << bit;
        prop_assert!(open_entry(&identity, &sealed, 9000).is_err());
    }

    #[test]
    fn a_damaged_file_has_the_verdict_that_the_age_crate_gives(sealed in damaged()) {
        let (identity, _) = pair();
        for identity in [identity, Identity::from_seed(Zeroizing::new([6; 32]))] {
            let ours = open_entry(&identity, &sealed, 1 << 20).map(|plain| plain.to_vec());
            prop_assert_eq!(ours, open_by_age(&identity, &sealed));
        }
    }

    #[test]
    fn opening_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        let (identity, _) = pair();
        let _ = open_entry(&identity, &bytes, 9000);
        let _ = open_blob(&identity, &bytes, 100);
        let _ = Member::unlock(&bytes, "x".into());
    }
}
