//! What each kind of statement does, and what it may not do.

use payamgir_roster::*;

use crate::desk::*;

const WAITING: Result<Outcome, Refusal> = Ok(Outcome::Waiting { have: 1, need: 2 });
const IN_FORCE: Result<Outcome, Refusal> = Ok(Outcome::InForce);

#[test]
fn a_desk_of_one_grows_and_shrinks() {
    let mut desk = found(1, &[A]);
    assert_eq!(act(&mut desk, &[A], Act::Joined(joined(B, Role::Editor))), IN_FORCE);
    assert_eq!(desk.role(&B.key()), Some(Role::Editor));
    assert_eq!(desk.receiver(&B.key()), Some((&recipient(2), 0)));
    let promoted = Act::RoleChanged { member: B.key(), role: Role::Admin };
    assert_eq!(act(&mut desk, &[A], promoted), IN_FORCE);
    let removed = Act::Removed { member: A.key(), epoch: recipient(201) };
    assert_eq!(act(&mut desk, &[B], removed), IN_FORCE);
    assert_eq!(desk.members().collect::<Vec<_>>(), [(&B.key(), Role::Admin)]);
    assert_eq!((desk.epochs().len(), &desk.epoch().recipient), (2, &recipient(201)));
    assert_eq!(desk.epoch().from, 10);
}

#[test]
fn the_first_of_two_waits_and_the_second_decides() {
    let mut desk = found(2, &[A, B, C]);
    let statement = next(&desk, Act::Removed { member: C.key(), epoch: recipient(201) });
    assert_eq!(desk.take(&A.says(&statement), 5), WAITING);
    assert_eq!(desk.take(&A.says(&statement), 6), Err(Refusal::Repeated));
    assert_eq!(desk.waiting().count(), 1);
    assert!(desk.role(&C.key()).is_some(), "nothing changes while it waits");
    assert_eq!(desk.take(&B.says(&statement), 7), IN_FORCE);
    assert_eq!((desk.role(&C.key()), desk.epoch().from), (None, 7));
    assert_eq!(desk.take(&B.says(&statement), 8), Err(Refusal::Repeated));
    assert_eq!(desk.waiting().count(), 0);
}

#[test]
fn what_waits_is_void_once_something_else_is_decided() {
    let mut desk = found(2, &[A, B, C]);
    let one = next(&desk, Act::Joined(joined(D, Role::Reader)));
    let other = next(&desk, Act::EpochStarted(recipient(201)));
    assert_eq!(desk.take(&A.says(&one), 1), WAITING);
    assert_eq!(desk.take(&together(&[B, C], &other), 2), IN_FORCE);
    assert_eq!(desk.take(&B.says(&one), 3), Err(Refusal::Forked));
    assert_eq!(desk.role(&D.key()), None);
}

#[test]
fn an_invitation_is_taken_up_once_by_its_role_and_in_time() {
    let mut desk = found(1, &[A]);
    let by = |role, id| Act::Joined(Joining { invitation: Some([id; 16]), ..joined(B, role) });
    assert_eq!(act(&mut desk, &[A], by(Role::Editor, 1)), Err(Refusal::NoInvitation));
    assert_eq!(act(&mut desk, &[A], invited(1, Role::Editor, TODAY)), IN_FORCE);
    assert_eq!(act(&mut desk, &[A], invited(1, Role::Editor, TODAY)), Err(Refusal::Repeated));
    assert_eq!(desk.invitation(&[1; 16]).unwrap().exchange, [5; 33]);
    assert_eq!(act(&mut desk, &[A], by(Role::Admin, 1)), Err(Refusal::NoInvitation));
    let late = Statement { day: TODAY + 1, ..next(&desk, by(Role::Editor, 1)) };
    assert_eq!(desk.take(&A.says(&late), 1), Err(Refusal::Expired));
    assert_eq!(act(&mut desk, &[A], by(Role::Editor, 1)), IN_FORCE);
    let again = Joining { invitation: Some([1; 16]), ..joined(C, Role::Editor) };
    assert_eq!(act(&mut desk, &[A], Act::Joined(again)), Err(Refusal::NoInvitation));
    assert_eq!(act(&mut desk, &[A], invited(1, Role::Editor, TODAY)), Err(Refusal::Repeated));
}

#[test]
fn inviting_and_admitting_take_as_many_as_the_threshold_asks() {
    let mut desk = found(2, &[A, B]);
    assert_eq!(act(&mut desk, &[B], invited(1, Role::Editor, TODAY)), WAITING);
    assert_eq!(act(&mut desk, &[A], invited(1, Role::Editor, TODAY)), IN_FORCE);
    let joining = Joining { invitation: Some([1; 16]), ..joined(C, Role::Editor) };
    let statement = next(&desk, Act::Joined(joining));
    assert_eq!(desk.take(&B.says(&statement), 1), WAITING);
    assert_eq!(desk.take(&A.says(&statement), 2), IN_FORCE);
}

#[test]
fn enough_admins_are_always_left() {
    let mut desk = found(2, &[A, B]);
    act(&mut desk, &[A, B], Act::Joined(joined(C, Role::Admin))).unwrap();
    let gone = Act::Removed { member: C.key(), epoch: recipient(210) };
    assert_eq!(
        act(&mut desk, &[A, C], gone.clone()),
        Err(Refusal::NotAllowed),
        "C has no hand in it"
    );
    assert_eq!(act(&mut desk, &[A, B], gone), IN_FORCE);
    let both = &[A, B][..];
    let few = Err(Refusal::TooFewAdmins);
    let removed = Act::Removed { member: B.key(), epoch: recipient(201) };
    assert_eq!(act(&mut desk, &[A], removed.clone()), few);
    let lowered = Act::RoleChanged { member: B.key(), role: Role::Editor };
    assert_eq!(act(&mut desk, both, lowered), few);
    let asks = |threshold| {
        Act::PolicyChanged(Policy { threshold, author_may_approve: false, ..Policy::DEFAULT })
    };
    assert_eq!(act(&mut desk, both, asks(3)), few);
    assert_eq!(act(&mut desk, both, asks(0)), few);
    assert_eq!(act(&mut desk, both, asks(1)), IN_FORCE);
    assert_eq!(act(&mut desk, &[A], removed), IN_FORCE);
    let last = Act::RoleChanged { member: A.key(), role: Role::Reader };
    assert_eq!(act(&mut desk, &[A], last), few);
}

#[test]
fn a_person_comes_back_with_new_keys_and_the_old_ones_stay_out() {
    let mut desk = found(1, &[A, B]);
    let back = |epoch| {
        let replaces = Some((B.key(), recipient(epoch)));
        Act::Joined(Joining { replaces, ..joined(C, Role::Admin) })
    };
    assert_eq!(act(&mut desk, &[A], back(200)), Err(Refusal::UsedKey), "a new epoch is needed");
    assert_eq!(act(&mut desk, &[A], back(201)), IN_FORCE);
    assert_eq!((desk.role(&B.key()), desk.role(&C.key())), (None, Some(Role::Admin)));
    assert_eq!(desk.epochs().len(), 2);
    let again = Act::Joined(joined(B, Role::Reader));
    assert_eq!(act(&mut desk, &[A], again), Err(Refusal::KnownMember));
    assert_eq!(act(&mut desk, &[B], invited(1, Role::Reader, TODAY)), Err(Refusal::NotAllowed));
}

#[test]
fn the_kit_makes_a_desk_of_one_and_is_spent() {
    let mut desk = found(2, &[A, B]);
    assert_eq!(act(&mut desk, &[A, B], invited(1, Role::Reader, TODAY)), IN_FORCE);
    let recovered = |person: Person, epoch| Act::Recovered {
        member: person.member(Role::Admin),
        epoch: recipient(epoch),
    };
    assert_eq!(act(&mut desk, &[A, B], recovered(D, 201)), Err(Refusal::NotAllowed));
    assert_eq!(act(&mut desk, &[KIT], Act::EpochStarted(recipient(201))), Err(Refusal::NotAllowed));
    let reader = Act::Recovered { member: D.member(Role::Reader), epoch: recipient(201) };
    assert_eq!(act(&mut desk, &[KIT], reader), Err(Refusal::TooFewAdmins));
    assert_eq!(act(&mut desk, &[KIT], recovered(A, 201)), Err(Refusal::KnownMember));
    assert_eq!(act(&mut desk, &[KIT], recovered(D, 201)), IN_FORCE);
    assert_eq!(desk.members().collect::<Vec<_>>(), [(&D.key(), Role::Admin)]);
    assert_eq!((desk.policy().threshold, desk.recovery()), (1, None));
    assert!(desk.invitation(&[1; 16]).is_none());
    assert_eq!(act(&mut desk, &[KIT], recovered(C, 202)), Err(Refusal::NotAllowed));
    let kit = Act::RecoveryChanged(Some(Recovery { key: KIT.key(), receiver: recipient(99) }));
    assert_eq!(act(&mut desk, &[D], kit), IN_FORCE);
}

#[test]
fn days_do_not_go_back() {
    let mut desk = found(1, &[A]);
    let on = |desk: &Roster, day, epoch| Statement {
        day,
        ..next(desk, Act::EpochStarted(recipient(epoch)))
    };
    let early = on(&desk, TODAY - 1, 201);
    assert_eq!(desk.take(&A.says(&early), 1), Err(Refusal::Day));
    let later = on(&desk, TODAY + 5, 201);
    assert_eq!(desk.take(&A.says(&later), 1), IN_FORCE);
    let again = on(&desk, TODAY + 4, 202);
    assert_eq!(desk.take(&A.says(&again), 2), Err(Refusal::Day));
}

#[test]
fn editors_and_readers_change_nothing() {
    let mut desk = found(1, &[A]);
    act(&mut desk, &[A], Act::Joined(joined(B, Role::Editor))).unwrap();
    act(&mut desk, &[A], Act::Joined(joined(C, Role::Reader))).unwrap();
    for person in [B, C, D] {
        for change in [Act::EpochStarted(recipient(201)), invited(1, Role::Admin, TODAY)] {
            assert_eq!(act(&mut desk, &[person], change), Err(Refusal::NotAllowed));
        }
    }
    let statement = next(&desk, Act::EpochStarted(recipient(201)));
    let mixed = together(&[A, B], &statement);
    assert_eq!(desk.take(&mixed, 1), Err(Refusal::NotAllowed), "also beside an admin");
}

#[test]
fn receiving_keys_go_forward_only_and_are_the_members_own_to_change() {
    let mut desk = found(1, &[A, B]);
    let new = |person: Person, counter, seed| {
        let who = (desk.desk(), person.key());
        Receiving::new(who, (counter, seed == 52), recipient(seed), person.sign())
    };
    let table = [
        (new(A, 1, 50), Ok(())),
        (new(A, 1, 51), Err(Refusal::UsedKey)),
        (new(A, 2, 50), Err(Refusal::UsedKey)),
        (new(A, 2, 2), Err(Refusal::UsedKey)),
        (new(A, 9, 52), Ok(())),
        (new(D, 1, 53), Err(Refusal::NoSuchMember)),
        (Receiving { key: B.key(), ..new(A, 10, 54) }, Err(Refusal::Signature)),
        (Receiving { desk: [1; 32], ..new(B, 1, 55) }, Err(Refusal::OtherDesk)),
    ];
    for (receiving, expected) in table {
        assert_eq!(Receiving::decode(&receiving.encode()).as_ref(), Ok(&receiving));
        assert_eq!(desk.receive(&receiving), expected);
    }
    assert_eq!(desk.receiver(&A.key()), Some((&recipient(52), 9)));
    assert!(desk.can_open(&A.key(), 9) && !desk.can_open(&A.key(), 8), "it lost the keys before");
    assert_eq!(desk.receiver(&B.key()), Some((&recipient(2), 0)));
}

#[test]
fn a_founding_has_an_admin_who_signs_it_and_keys_of_their_own() {
    let with = |change: &dyn Fn(&mut Policy, &mut Vec<Member>)| {
        let mut statement = founding(1, &[A, B]);
        let Act::Founded { policy, members, .. } = &mut statement.act else { unreachable!() };
        change(policy, members);
        statement
    };
    let table = [
        (with(&|_, _| {}), Ok(())),
        (with(&|_, members| members.clear()), Err(Refusal::TooFewAdmins)),
        (with(&|_, members| members[0].role = Role::Editor), Err(Refusal::TooFewAdmins)),
        (with(&|_, members| members[1] = members[0].clone()), Err(Refusal::KnownMember)),
        (with(&|_, members| members[1].receiver = recipient(1)), Err(Refusal::UsedKey)),
        (with(&|policy, _| policy.threshold = 3), Err(Refusal::TooFewAdmins)),
        (with(&|policy, _| policy.threshold = 0), Err(Refusal::TooFewAdmins)),
        (with(&|_, members| members.reverse()), Err(Refusal::NotAllowed)),
        (Statement { desk: [1; 32], ..founding(1, &[A]) }, Err(Refusal::OtherDesk)),
        (next(&found(1, &[A]), Act::EpochStarted(recipient(1))), Err(Refusal::Founding)),
    ];
    for (statement, expected) in table {
        assert_eq!(Roster::found(&A.says(&statement), 0).map(|_| ()), expected);
    }
    let by_two = together(&[A, B], &founding(1, &[A, B]));
    assert_eq!(Roster::found(&by_two, 0), Err(Refusal::NotAllowed));
}

#[test]
fn a_kit_goes_with_whoever_signed_for_it_and_stays_when_others_go() {
    let kit = || Act::RecoveryChanged(Some(Recovery { key: D.key(), receiver: recipient(98) }));
    let mut desk = found(1, &[A, B, C]);
    act(&mut desk, &[B], kit()).unwrap();
    act(&mut desk, &[A], Act::Removed { member: C.key(), epoch: recipient(201) }).unwrap();
    assert!(desk.recovery().is_some());
    act(&mut desk, &[A], Act::Removed { member: B.key(), epoch: recipient(202) }).unwrap();
    assert!(desk.recovery().is_none());
    let mut desk = found(1, &[A, B]);
    act(&mut desk, &[B], kit()).unwrap();
    let replaces = Some((B.key(), recipient(201)));
    act(&mut desk, &[A], Act::Joined(Joining { replaces, ..joined(C, Role::Admin) })).unwrap();
    assert!(desk.recovery().is_none(), "a lost laptop may have had the pages");
    let mut desk = found(1, &[A, B]);
    act(&mut desk, &[B], Act::Removed { member: A.key(), epoch: recipient(201) }).unwrap();
    assert!(desk.recovery().is_none(), "the founder made the founding's");
}
