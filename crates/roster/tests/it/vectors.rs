//! `testdata/roster.txt`: one body of every kind, for a second implementation to read.
//!
//! Keys are Ed25519 of seeds of one byte repeated; recipients are one byte repeated. Written anew
//! with `UPDATE=1`.

use std::fs;

use data_encoding::HEXLOWER;
use payamgir_roster::*;

use crate::desk::*;
use crate::refusals::every_kind;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/roster.txt");
const NAMES: [&str; 11] = [
    "founded",
    "invited",
    "joined",
    "joined-replacing",
    "removed",
    "role-changed",
    "policy-changed",
    "epoch-started",
    "recovery-changed-none",
    "recovery-changed",
    "recovered",
];

fn lines() -> String {
    let desk = found(1, &[A, B]);
    let receiving = Receiving::new((desk.desk(), A.key()), (3, true), recipient(50), A.sign());
    let (from, what) = ((desk.desk(), B.key()), ([8; 32], b"age file".to_vec()));
    let grant = Grant::new(from, (A.key(), 3), what, B.sign());
    let subject = Subject::Erasure { record: 5, leaf: [6; 32] };
    let approval = Approval::new(desk.desk(), subject, A.key(), B.key(), B.sign());
    let subject = |subject| Approval::new(desk.desk(), subject, A.key(), A.key(), A.sign());
    let both = together(&[A, B], &next(&desk, Act::EpochStarted(recipient(201))));
    let block = Receiving::new(([0; 32], C.key()), (0, false), recipient(3), C.sign());
    let mut out = String::new();
    for (name, signed) in NAMES.iter().zip(every_kind()) {
        let hash = HEXLOWER.encode(&signed.statement.hash());
        out += &format!("{name} {hash} {}\n", HEXLOWER.encode(&signed.encode()));
    }
    let hash = HEXLOWER.encode(&both.statement.hash());
    out += &format!("signed-by-two {hash} {}\n", HEXLOWER.encode(&both.encode()));
    for (name, body) in [
        ("block", block.encode()),
        ("receiving", receiving.encode()),
        ("grant", grant.encode()),
        ("approval", approval.encode()),
        ("approval-edition", subject(Subject::Edition([7; 32])).encode()),
        ("approval-export", subject(Subject::Export([8; 32])).encode()),
    ] {
        out += &format!("{name} - {}\n", HEXLOWER.encode(&body));
    }
    out
}

#[test]
fn the_vectors_are_what_is_written_and_what_is_read() {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(PATH, lines()).unwrap();
    }
    let stored = fs::read_to_string(PATH).unwrap();
    assert_eq!(stored, lines());
    for line in stored.lines() {
        let [name, hash, body] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let body = HEXLOWER.decode(body.as_bytes()).unwrap();
        let again = match name {
            "receiving" | "block" => Receiving::decode(&body).unwrap().encode(),
            "grant" => Grant::decode(&body).unwrap().encode(),
            "approval" | "approval-edition" | "approval-export" => {
                Approval::decode(&body).unwrap().encode()
            }
            _ => {
                let signed = Signed::decode(&body).unwrap();
                assert_eq!(HEXLOWER.encode(&signed.statement.hash()), hash);
                signed.encode()
            }
        };
        assert_eq!(again, body, "{name}");
    }
}
