//! Statements, receiving keys, grants and approvals from anywhere.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use payamgir_roster::{Approval, Fold, Grant, Receiving, Signed, kind};

/// A desk that was founded and holds one invitation: the first two lines of the vectors.
static DESK: LazyLock<Fold> = LazyLock::new(|| {
    let mut fold = Fold::default();
    for line in include_str!("../../testdata/roster.txt").lines().take(2) {
        let body = line.rsplit(' ').next().expect("a body");
        let body: Vec<u8> = (0..body.len() / 2)
            .map(|at| u8::from_str_radix(&body[at * 2..at * 2 + 2], 16).expect("hex"))
            .collect();
        fold.hear(0, kind::STATEMENT, &body).expect("a vector");
    }
    fold
});

fuzz_target!(|data: &[u8]| {
    let Some((kind, body)) = data.split_first() else { return };
    if let Ok(signed) = Signed::decode(body) {
        assert_eq!(signed.encode(), body);
    }
    if let Ok(receiving) = Receiving::decode(body) {
        assert_eq!(receiving.encode(), body);
    }
    if let Ok(grant) = Grant::decode(body) {
        assert_eq!(grant.encode(), body);
    }
    if let Ok(approval) = Approval::decode(body) {
        assert_eq!(approval.encode(), body);
    }
    let mut desk = DESK.clone();
    let heard = desk.hear(2, kind % 8, body);
    assert_eq!(heard.is_err(), desk.refused().len() == 1);
});
