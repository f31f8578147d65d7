//! What shows anybody that a desk approved an edition.

use payamgir_roster::proof::Proof;
use payamgir_roster::*;
use proptest::prelude::*;

use crate::desk::*;

const EDITION: Hash = [1; 32];

/// A desk of three, two of whom must approve besides the author; and the approvals of some of what the
/// first put together.
fn proof(by: &[Person]) -> (Proof, Hash) {
    let founding = A.says(&founding(2, &[A, B, C]));
    let desk = Roster::found(&founding, 0).unwrap().desk();
    let approval = |person: &Person| {
        Approval::new(desk, Subject::Edition(EDITION), A.key(), person.key(), person.sign())
    };
    let approvals = by.iter().map(approval).collect();
    (Proof { statements: vec![founding.encode()], approvals }, desk)
}

#[test]
fn enough_editors_with_the_author_among_them() {
    let (good, desk) = proof(&[A, B, C]);
    let shown = good.verify(&desk, EDITION, &A.key()).unwrap();
    assert_eq!(shown.approvers.len(), 2);
    assert_eq!(Proof::decode(&good.encode()), Ok(good.clone()));
    let refused = |proof: &Proof, desk: &Hash, edition, author: &Key| {
        proof.verify(desk, edition, author).err()
    };
    assert_eq!(refused(&good, &[9; 32], EDITION, &A.key()), Some(Refusal::OtherDesk));
    assert_eq!(refused(&good, &desk, [2; 32], &A.key()), Some(Refusal::NotAllowed));
    assert_eq!(refused(&good, &desk, EDITION, &B.key()), Some(Refusal::NotAllowed));
    for few in [&[A][..], &[A, B], &[B, C], &[A, B, B], &[A, B, D], &[]] {
        assert_eq!(refused(&proof(few).0, &desk, EDITION, &A.key()), Some(Refusal::NotAllowed));
    }
    let none = Proof { statements: vec![], ..good };
    assert_eq!(refused(&none, &desk, EDITION, &A.key()), Some(Refusal::Founding));
}

#[test]
fn other_texts_are_no_proof() {
    for text in [
        "",
        "payamgir proof 2\n",
        "payamgir proof 1",
        "payamgir proof 1\nword AA==\n",
        "payamgir proof 1\nstatement !\n",
        "payamgir proof 1\nstatement\n",
        "payamgir proof 1\napproval AA==\n",
    ] {
        assert!(Proof::decode(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_proof_follows_one_whose_statements_it_begins_with() {
    let of = |statements: &[u8]| Proof {
        statements: statements.iter().map(|byte| vec![*byte]).collect(),
        approvals: vec![],
    };
    let earlier = of(&[1, 2]);
    for good in [&[1, 2][..], &[1, 2, 3]] {
        assert!(of(good).follows(&earlier), "{good:?}");
    }
    for bad in [&[][..], &[1], &[2], &[1, 3], &[1, 3, 2], &[2, 1, 2], &[0, 1, 2]] {
        assert!(!of(bad).follows(&earlier), "{bad:?}");
    }
    let (few, many) = (proof(&[A, B]).0, proof(&[A, B, C]).0);
    assert!(few.follows(&many) && many.follows(&few), "approvals do not count");
}

proptest! {
    #[test]
    fn a_changed_byte_shows_nothing_else(at in 0usize..4000, byte in 32u8..127) {
        let (good, desk) = proof(&[A, B, C]);
        let mut text = good.encode().into_bytes();
        let at = at % text.len();
        prop_assume!(text[at] != byte);
        text[at] = byte;
        let read = Proof::decode(std::str::from_utf8(&text).unwrap());
        if let Ok(read) = read {
            prop_assert!(read.verify(&desk, EDITION, &A.key()).is_err());
        }
    }
}
