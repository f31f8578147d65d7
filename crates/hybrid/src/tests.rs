use crate::file::{self, CHUNK_BYTES, Unopened};
use crate::{PrivateKey, PublicKey, Rejected, SHARE_BYTES};

fn pair() -> (PrivateKey, PublicKey) {
    let private = PrivateKey::from_seed(&[7; 32]).unwrap();
    let public = PublicKey::from_bytes(private.public()).unwrap();
    (private, public)
}

#[test]
fn what_is_wrapped_comes_back() {
    let (private, public) = pair();
    let wrapped = public.wrap(b"sixteen byte key").unwrap();
    let secret = private.unwrap::<16>(&wrapped.share, &wrapped.body).unwrap().unwrap();
    assert_eq!(&*secret, b"sixteen byte key");
}

#[test]
fn nothing_altered_opens() {
    let (private, public) = pair();
    let wrapped = public.wrap(b"sixteen byte key").unwrap();
    for at in [0, 500, 1087, 1088, 1110] {
        let mut share = wrapped.share;
        share[at] ^= 1;
        assert!(private.unwrap::<16>(&share, &wrapped.body).unwrap().is_none());
    }
    for at in 0..wrapped.body.len() {
        let mut body = wrapped.body.clone();
        body[at] ^= 1;
        assert!(private.unwrap::<16>(&wrapped.share, &body).unwrap().is_none());
    }
}

#[test]
fn low_order_and_identity_shares_are_rejected_in_both_directions() {
    let (private, public) = pair();
    let (good, _) = public.encapsulate().unwrap();
    let mut one = [0; 32];
    one[0] = 1;
    for point in [[0; 32], one] {
        let mut share = good;
        share[SHARE_BYTES - 32..].copy_from_slice(&point);
        assert_eq!(private.decapsulate(&share).unwrap_err(), Rejected);
        let mut key = *private.public();
        key[1184..].copy_from_slice(&point);
        assert_eq!(PublicKey::from_bytes(&key).unwrap_err(), Rejected);
    }
}

#[test]
fn wrong_lengths_are_rejected() {
    let (private, public) = pair();
    let wrapped = public.wrap(b"sixteen byte key").unwrap();
    assert!(private.unwrap::<16>(&wrapped.share[1..], &wrapped.body).is_err());
    assert!(private.unwrap::<15>(&wrapped.share, &wrapped.body).is_err());
    assert!(PublicKey::from_bytes(&private.public()[1..]).is_err());
    assert!(PublicKey::from_bytes(&[0xff; crate::PUBLIC_KEY_BYTES]).is_err());
}

#[test]
fn a_small_file_has_one_layout_and_one_chunk() {
    let (private, public) = pair();
    for (plain, zeros) in [(&b"x"[..], 0), (b"", 1), (b"words", 4000), (b"", CHUNK_BYTES)] {
        let sealed = file::seal(&public, plain, zeros).unwrap();
        assert_eq!(sealed.len(), 1643 + plain.len() + zeros + 16);
        let opened = file::open(&private, &sealed).unwrap();
        assert_eq!(opened[..], [plain, &vec![0; zeros]].concat());
    }
    for (plain, zeros) in [(&b""[..], 0), (b"x", CHUNK_BYTES), (b"x", usize::MAX)] {
        assert!(file::seal(&public, plain, zeros).is_err());
    }
}

#[test]
fn a_small_file_that_was_altered_says_how_far_it_was_right() {
    let (private, public) = pair();
    let good = file::seal(&public, b"words", 20).unwrap();
    let altered = |at: usize, byte: u8| {
        let mut file = good.clone();
        file[at] = byte;
        file::open(&private, &file).unwrap_err()
    };
    let other = |at: usize| if good[at] == b'A' { b'B' } else { b'A' };
    let table = [
        (0, Unopened::OtherLayout),
        (41, Unopened::NotForUs),
        (1540, Unopened::NotForUs),
        (1578, Unopened::OtherLayout),
        (1590, Unopened::Damaged),
        (1630, Unopened::Damaged),
        (1650, Unopened::Damaged),
    ];
    for (at, expected) in table {
        assert_eq!(altered(at, other(at)), expected, "{at}");
    }
    assert_eq!(file::open(&private, &good[..1643 + 16]).unwrap_err(), Unopened::OtherLayout);
}

/// The first vector of draft-connolly-cfrg-xwing-kem's appendix: seed to public key.
#[test]
fn the_drafts_seed_gives_the_drafts_key() {
    let seed = unhex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
    let private = PrivateKey::from_seed(&seed.try_into().unwrap()).unwrap();
    let start = unhex("e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5");
    assert_eq!(&private.public()[..32], &start[..]);
}

#[test]
fn keys_print_nothing() {
    let (private, public) = pair();
    assert_eq!(format!("{private:?}{public:?}"), "hybrid::PrivateKey(…)hybrid::PublicKey");
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}
