//! Everything the log says of the desk, in its order.

use payamgir_roster::*;

use crate::desk::*;

fn founded() -> Fold {
    let mut fold = Fold::default();
    fold.hear(0, kind::STATEMENT, &A.says(&founding(1, &[A, B])).encode()).unwrap();
    fold
}

/// What `by` grants to a person.
fn grant(fold: &Fold, by: Person, person: Person, counter: u32) -> Vec<u8> {
    let from = (fold.roster().unwrap().desk(), by.key());
    let what = (recipient(200).id(), vec![1; 80]);
    Grant::new(from, (person.key(), counter), what, by.sign()).encode()
}

#[test]
fn nothing_is_heard_before_the_founding_and_other_kinds_mean_nothing() {
    let mut fold = Fold::default();
    let bytes = grant(&founded(), B, A, 0);
    assert_eq!(fold.hear(0, kind::GRANT, &bytes), Err(Refusal::Founding));
    assert_eq!(fold.hear(1, 1, b"an entry"), Ok(Heard::Other));
    assert_eq!(fold.hear(2, 77, b"of later"), Ok(Heard::Other));
    assert!(fold.roster().is_none());
    assert_eq!(fold.refused(), [(0, Refusal::Founding)]);
}

#[test]
fn an_epoch_is_granted_to_a_member_once_until_it_loses_its_keys() {
    let mut fold = founded();
    let mut hear = |kind, bytes: &[u8]| fold.hear(9, kind, bytes);
    let desk = founded().roster().unwrap().desk();
    let given = |person, counter| grant(&founded(), A, person, counter);
    assert_eq!(hear(kind::GRANT, &given(B, 0)), Ok(Heard::Kept));
    assert_eq!(hear(kind::GRANT, &given(B, 0)), Err(Refusal::Repeated));
    assert_eq!(hear(kind::GRANT, &given(B, 1)), Err(Refusal::UsedKey), "a key there is not yet");
    assert_eq!(hear(kind::GRANT, &given(D, 0)), Err(Refusal::NoSuchMember));
    let (by_a_stranger, to_oneself) = (grant(&founded(), D, B, 0), grant(&founded(), B, B, 0));
    assert_eq!(hear(kind::GRANT, &by_a_stranger), Err(Refusal::NotAllowed));
    assert_eq!(hear(kind::GRANT, &to_oneself), Err(Refusal::NotAllowed));
    let mut forged = grant(&founded(), B, A, 0);
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(hear(kind::GRANT, &forged), Err(Refusal::Signature));
    let next = |counter, anew| {
        let receiver = recipient(60 + counter as u8);
        Receiving::new((desk, B.key()), (counter, anew), receiver, B.sign()).encode()
    };
    assert_eq!(hear(kind::RECEIVING, &next(1, false)), Ok(Heard::Kept));
    assert_eq!(hear(kind::GRANT, &given(B, 0)), Err(Refusal::UsedKey), "one that may be gone");
    assert_eq!(hear(kind::GRANT, &given(B, 1)), Err(Refusal::Repeated), "it still has the old");
    assert_eq!(hear(kind::RECEIVING, &next(2, true)), Ok(Heard::Kept));
    assert_eq!(hear(kind::GRANT, &given(B, 1)), Err(Refusal::UsedKey), "that one is lost");
    assert_eq!(hear(kind::GRANT, &given(B, 2)), Ok(Heard::Kept));
    assert!(fold.has_grant(&B.key(), &recipient(200).id()));
    assert!(!fold.has_grant(&A.key(), &recipient(200).id()));
    assert_eq!(fold.grants().len(), 2);
}

#[test]
fn approvals_are_kept_once_and_only_those_of_editors() {
    let mut fold = founded();
    let reader = A.says(&next(fold.roster().unwrap(), Act::Joined(joined(C, Role::Reader))));
    fold.hear(1, kind::STATEMENT, &reader.encode()).unwrap();
    let desk = fold.roster().unwrap().desk();
    let by = |person: Person| {
        let subject = Subject::Export([1; 32]);
        Approval::new(desk, subject, A.key(), person.key(), person.sign()).encode()
    };
    assert_eq!(fold.hear(2, kind::APPROVAL, &by(B)), Err(Refusal::NotAllowed), "A did not ask");
    assert_eq!(fold.hear(2, kind::APPROVAL, &by(A)), Ok(Heard::Kept));
    assert_eq!(fold.hear(2, kind::APPROVAL, &by(B)), Ok(Heard::Kept));
    assert_eq!(fold.hear(3, kind::APPROVAL, &by(B)), Err(Refusal::Repeated));
    assert_eq!(fold.hear(4, kind::APPROVAL, &by(C)), Err(Refusal::NotAllowed));
    assert_eq!(fold.hear(5, kind::APPROVAL, &by(D)), Err(Refusal::NotAllowed));
    let other = Subject::Export([2; 32]);
    let mut forged = Approval::new(desk, other, A.key(), A.key(), A.sign()).encode();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(fold.hear(6, kind::APPROVAL, &forged), Err(Refusal::Signature));
    assert_eq!(fold.approvals().count(), 2);
}

/// A server that took an edition does not have to take it back when an editor leaves.
#[test]
fn that_an_edition_was_approved_stays_so() {
    let mut fold = Fold::default();
    fold.hear(0, kind::STATEMENT, &A.says(&founding(2, &[A, B, C])).encode()).unwrap();
    let desk = fold.roster().unwrap().desk();
    let by = |person: Person| {
        let subject = Subject::Edition([1; 32]);
        Approval::new(desk, subject, A.key(), person.key(), person.sign()).encode()
    };
    fold.hear(1, kind::APPROVAL, &by(A)).unwrap();
    fold.hear(2, kind::APPROVAL, &by(B)).unwrap();
    assert!(!fold.was_approved(&[1; 32], &A.key()), "its author and one more");
    fold.hear(3, kind::APPROVAL, &by(C)).unwrap();
    assert!(fold.was_approved(&[1; 32], &A.key()));
    assert!(!fold.was_approved(&[1; 32], &B.key()) && !fold.was_approved(&[2; 32], &A.key()));
    let removed = Act::Removed { member: C.key(), epoch: recipient(201) };
    let removed = next(fold.roster().unwrap(), removed);
    fold.hear(4, kind::STATEMENT, &A.says(&removed).encode()).unwrap();
    fold.hear(5, kind::STATEMENT, &B.says(&removed).encode()).unwrap();
    assert!(fold.roster().unwrap().role(&C.key()).is_none());
    assert!(fold.was_approved(&[1; 32], &A.key()));
}

#[test]
fn what_makes_others_write_to_the_log_is_bounded_in_each_epoch() {
    let mut fold = founded();
    let desk = fold.roster().unwrap().desk();
    let mut counter = 0;
    let mut show = |fold: &mut Fold, anew| {
        counter += 1;
        let receiver = recipient(20 + counter as u8);
        let shown = Receiving::new((desk, B.key()), (counter, anew), receiver, B.sign());
        fold.hear(9, kind::RECEIVING, &shown.encode())
    };
    for _ in 0..3 {
        assert!(fold.roster().unwrap().may_ask_anew(&B.key()));
        assert_eq!(show(&mut fold, true), Ok(Heard::Kept));
    }
    assert!(!fold.roster().unwrap().may_ask_anew(&B.key()));
    assert_eq!(show(&mut fold, true), Err(Refusal::Repeated));
    for _ in 3..16 {
        assert_eq!(show(&mut fold, false), Ok(Heard::Kept));
    }
    assert_eq!(show(&mut fold, false), Err(Refusal::Repeated));
    let now = fold.roster().unwrap().receiver(&B.key()).unwrap().1;
    let grant = |epoch: u8| {
        let what = ([epoch; 32], vec![1; 80]);
        Grant::new((desk, A.key()), (B.key(), now), what, A.sign()).encode()
    };
    for epoch in 0..8 {
        assert_eq!(fold.hear(9, kind::GRANT, &grant(epoch)), Ok(Heard::Kept));
    }
    assert_eq!(fold.hear(9, kind::GRANT, &grant(8)), Err(Refusal::NotAllowed));
    let next = A.says(&next(fold.roster().unwrap(), Act::EpochStarted(recipient(201))));
    fold.hear(10, kind::STATEMENT, &next.encode()).unwrap();
    assert_eq!(fold.hear(11, kind::GRANT, &grant(8)), Ok(Heard::Kept));
    assert_eq!(show(&mut fold, true), Ok(Heard::Kept));
}
