//! Who approved what.

use payamgir_roster::*;

use crate::desk::*;

const THIS: Subject = Subject::Edition([1; 32]);

fn desk() -> Roster {
    let mut desk = found(2, &[A, B]);
    act(&mut desk, &[A, B], Act::Joined(joined(C, Role::Editor))).unwrap();
    act(&mut desk, &[A, B], Act::Joined(joined(D, Role::Reader))).unwrap();
    desk
}

fn by(person: Person) -> Approval {
    Approval::new(desk().desk(), THIS, A.key(), person.key(), person.sign())
}

type Verdict = Result<Vec<Key>, Refusal>;

fn keys(people: &[Person]) -> Verdict {
    let mut keys: Vec<Key> = people.iter().map(|person| person.key()).collect();
    keys.sort();
    Ok(keys)
}

#[test]
fn distinct_editors_of_this_desk_for_this_thing() {
    let other = |change: &dyn Fn(&mut Approval)| {
        let mut approval = by(C);
        change(&mut approval);
        approval
    };
    let elsewhere = Approval::new([9; 32], THIS, A.key(), C.key(), C.sign());
    let erasure = Subject::Erasure { record: 5, leaf: [1; 32] };
    let for_erasure = Approval::new(desk().desk(), erasure, A.key(), C.key(), C.sign());
    let anothers = Approval::new(desk().desk(), THIS, B.key(), C.key(), C.sign());
    let few = || Err(Refusal::NotAllowed);
    let table: [(&str, Vec<Approval>, Verdict); 15] = [
        ("two editors", vec![by(B), by(C)], keys(&[B, C])),
        ("in any order", vec![by(C), by(B)], keys(&[B, C])),
        ("and the author beside them", vec![by(A), by(B), by(C)], keys(&[B, C])),
        ("nobody", vec![], few()),
        ("one", vec![by(B)], few()),
        ("one twice", vec![by(B), by(B)], few()),
        ("the author and one", vec![by(A), by(B)], few()),
        ("a reader", vec![by(B), by(D)], few()),
        ("a stranger", vec![by(B), by(Person(50))], few()),
        ("a changed hash", vec![by(B), other(&|a| a.subject = Subject::Edition([2; 32]))], few()),
        ("a changed name", vec![by(B), other(&|a| a.key = A.key())], few()),
        ("a broken signature", vec![by(B), other(&|a| a.signature[9] ^= 1)], few()),
        ("of another desk", vec![by(B), elsewhere], few()),
        ("for something else", vec![by(B), for_erasure], few()),
        ("for another author", vec![by(B), anothers], few()),
    ];
    for (name, approvals, expected) in table {
        assert_eq!(approved(&desk(), THIS, &A.key(), &approvals), expected, "{name}");
    }
}

#[test]
fn who_was_removed_approves_nothing_any_more() {
    let mut desk = desk();
    assert!(approved(&desk, THIS, &A.key(), &[by(B), by(C)]).is_ok());
    let removed = Act::Removed { member: C.key(), epoch: recipient(201) };
    act(&mut desk, &[A, B], removed).unwrap();
    let late = approved(&desk, THIS, &A.key(), &[by(B), by(C)]);
    assert_eq!(late, Err(Refusal::NotAllowed));
}

#[test]
fn an_author_alone_only_where_the_roster_allows_it() {
    let mut desk = found(1, &[A]);
    let own = Approval::new(desk.desk(), THIS, A.key(), A.key(), A.sign());
    assert_eq!(approved(&desk, THIS, &A.key(), std::slice::from_ref(&own)), keys(&[A]));
    let strict = Policy { author_may_approve: false, ..Policy::DEFAULT };
    act(&mut desk, &[A], Act::PolicyChanged(strict)).unwrap();
    assert_eq!(approved(&desk, THIS, &A.key(), &[own]), Err(Refusal::NotAllowed));
}

#[test]
fn approvals_come_back() {
    for subject in [THIS, Subject::Erasure { record: 5, leaf: [4; 32] }, Subject::Export([5; 32])] {
        let approval = Approval::new([3; 32], subject, A.key(), B.key(), B.sign());
        assert_eq!(Approval::decode(&approval.encode()).as_ref(), Ok(&approval));
        assert_eq!(approval.verify(), Ok(()));
        let bytes = approval.encode();
        assert_eq!(Approval::decode(&bytes[1..]), Err(Refusal::Malformed));
        assert_eq!(Approval::decode(&[&bytes[..], &[0]].concat()), Err(Refusal::Malformed));
    }
}
