//! Bytes and statements that are not what they seem.

use payamgir_roster::*;
use proptest::prelude::*;

use crate::desk::*;

/// One statement of every kind, after a desk's founding.
pub fn every_kind() -> Vec<Signed> {
    let desk = found(1, &[A, B]);
    let replaced = Joining {
        invitation: Some([1; 16]),
        welcome: vec![8; 40],
        replaces: Some((B.key(), recipient(201))),
        ..joined(C, Role::Admin)
    };
    let recovery = Recovery { key: KIT.key(), receiver: recipient(99) };
    let acts = [
        (A, invited(1, Role::Admin, TODAY + 2)),
        (A, Act::Joined(joined(C, Role::Reader))),
        (A, Act::Joined(replaced)),
        (A, Act::Removed { member: B.key(), epoch: recipient(201) }),
        (A, Act::RoleChanged { member: B.key(), role: Role::Editor }),
        (
            A,
            Act::PolicyChanged(Policy {
                threshold: 2,
                author_may_approve: false,
                ..Policy::DEFAULT
            }),
        ),
        (A, Act::EpochStarted(recipient(201))),
        (A, Act::RecoveryChanged(None)),
        (A, Act::RecoveryChanged(Some(recovery))),
        (KIT, Act::Recovered { member: D.member(Role::Admin), epoch: recipient(201) }),
    ];
    let founding = A.says(&founding(1, &[A, B]));
    let later = acts.map(|(who, act)| who.says(&next(&desk, act)));
    std::iter::once(founding).chain(later).collect()
}

/// Whether some bytes, taken after the founding and one invitation, change anything.
fn refusal(bytes: &[u8]) -> Option<Refusal> {
    let mut desk = found(1, &[A, B]);
    Signed::decode(bytes).and_then(|signed| desk.take(&signed, 1)).err()
}

#[test]
fn lies_and_accidents_have_their_names() {
    let desk = found(1, &[A, B]);
    let epoch = || Act::EpochStarted(recipient(201));
    let honest = A.says(&next(&desk, epoch()));
    let bytes = honest.encode();
    let mut forged = honest.clone();
    forged.signatures[0].bytes[0] ^= 1;
    let stolen = Signed { statement: next(&desk, Act::RecoveryChanged(None)), ..honest.clone() };
    let elsewhere = Statement { desk: [9; 32], ..next(&desk, epoch()) };
    let nowhere = Statement { previous: [9; 32], ..next(&desk, epoch()) };
    let other_domain = |message: &[u8]| A.sign()(&[b"payamgir approval 1", message].concat());
    let wrong_domain = Signed::new(next(&desk, epoch()), A.key(), other_domain);
    let twice = Signed {
        signatures: [honest.signatures.clone(), honest.signatures.clone()].concat(),
        ..honest.clone()
    };
    let unsorted = {
        let mut both = together(&[A, B], &next(&desk, epoch()));
        both.signatures.reverse();
        both
    };
    let many = Signed { signatures: vec![honest.signatures[0]; 255], ..honest.clone() };
    let table: [(&str, Vec<u8>, Refusal); 15] = [
        ("forged", forged.encode(), Refusal::Signature),
        ("another statement's signature", stolen.encode(), Refusal::Signature),
        ("another domain", wrong_domain.encode(), Refusal::Signature),
        ("a stranger's", D.says(&next(&desk, epoch())).encode(), Refusal::NotAllowed),
        ("of another desk", A.says(&elsewhere).encode(), Refusal::OtherDesk),
        ("after nothing known", A.says(&nowhere).encode(), Refusal::UnknownPredecessor),
        ("the founding again", A.says(&founding(1, &[A, B])).encode(), Refusal::Repeated),
        ("another founding", A.says(&founding(1, &[A])).encode(), Refusal::Founding),
        ("truncated", bytes[..bytes.len() - 1].to_vec(), Refusal::Malformed),
        ("longer", [&bytes[..], &[0]].concat(), Refusal::Malformed),
        ("empty", vec![], Refusal::Malformed),
        ("oversize", vec![0; BODY_BYTES + 1], Refusal::TooLarge),
        ("signed twice by one", twice.encode(), Refusal::Malformed),
        ("signatures out of order", unsorted.encode(), Refusal::Malformed),
        ("too many signatures", many.encode(), Refusal::Malformed),
    ];
    for (name, bytes, expected) in table {
        assert_eq!(refusal(&bytes), Some(expected), "{name}");
    }
    assert_eq!(refusal(&bytes), None, "the honest one");
}

#[test]
fn nothing_is_taken_twice_and_nothing_out_of_order() {
    let mut desk = found(1, &[A]);
    let first = A.says(&next(&desk, invited(1, Role::Reader, TODAY)));
    desk.take(&first, 1).unwrap();
    let second = A.says(&next(&desk, invited(2, Role::Reader, TODAY)));
    let mut fresh = found(1, &[A]);
    assert_eq!(fresh.take(&second, 1), Err(Refusal::UnknownPredecessor));
    desk.take(&second, 2).unwrap();
    assert_eq!(desk.take(&first, 3), Err(Refusal::Repeated));
    assert_eq!(desk.take(&second, 3), Err(Refusal::Repeated));
    let aside = Statement {
        previous: first.statement.hash(),
        ..next(&desk, invited(3, Role::Reader, TODAY))
    };
    assert_eq!(desk.take(&A.says(&aside), 3), Err(Refusal::Forked));
}

#[test]
fn every_kind_comes_back_and_is_taken() {
    for signed in every_kind() {
        assert_eq!(Signed::decode(&signed.encode()).as_ref(), Ok(&signed));
        let mut desk = found(1, &[A, B]);
        act(&mut desk, &[A], invited(7, Role::Reader, TODAY)).unwrap();
        let follows = Statement { previous: desk.head(), ..signed.statement.clone() };
        let who = if matches!(follows.act, Act::Recovered { .. }) { KIT } else { A };
        match &follows.act {
            Act::Founded { .. } => assert!(Roster::found(&signed, 0).is_ok()),
            Act::Joined(Joining { invitation: Some(_), .. }) => {
                assert_eq!(desk.take(&who.says(&follows), 2), Err(Refusal::NoInvitation));
            }
            _ => assert_eq!(desk.take(&who.says(&follows), 2), Ok(Outcome::InForce)),
        }
    }
}

#[test]
fn a_desk_has_at_most_fifty_members() {
    let mut desk = found(1, &[A]);
    for person in 0..MEMBERS as u8 - 1 {
        act(&mut desk, &[A], Act::Joined(joined(Person(100 + person), Role::Reader))).unwrap();
    }
    assert_eq!(desk.members().count(), MEMBERS);
    let one_more = Act::Joined(joined(B, Role::Reader));
    assert_eq!(act(&mut desk, &[A], one_more), Err(Refusal::TooLarge));
    let in_place =
        Joining { replaces: Some((Person(100).key(), recipient(250))), ..joined(B, Role::Reader) };
    assert_eq!(act(&mut desk, &[A], Act::Joined(in_place)), Ok(Outcome::InForce));
}

#[test]
fn the_largest_founding_fits_a_body() {
    let all: Vec<Person> = (0..MEMBERS as u8).map(Person).collect();
    let signed = all[0].says(&founding(1, &all));
    assert!(signed.encode().len() <= BODY_BYTES);
    assert_eq!(Signed::decode(&signed.encode()).as_ref(), Ok(&signed));
    assert_eq!(Roster::found(&signed, 0).unwrap().members().count(), MEMBERS);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
        let _ = (Signed::decode(&bytes), Receiving::decode(&bytes));
        let _ = (Grant::decode(&bytes), Approval::decode(&bytes));
    }

    #[test]
    fn there_is_one_encoding(kind in 0usize..11, at in 0.0..1.0, byte: u8, cut: bool) {
        let mut bytes = every_kind()[kind].encode();
        let at = (bytes.len() as f64 * at) as usize;
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(signed) = Signed::decode(&bytes) {
            prop_assert_eq!(signed.encode(), bytes);
        }
    }

    #[test]
    fn an_altered_statement_is_never_taken(kind in 1usize..11, at in 0.0..1.0, bit in 0u8..8) {
        let mut bytes = every_kind()[kind].encode();
        let at = (bytes.len() as f64 * at) as usize;
        bytes[at] ^= 1 << bit;
        prop_assert!(refusal(&bytes).is_some());
    }
}
