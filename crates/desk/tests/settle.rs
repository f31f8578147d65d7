//! What desks owe each other, played without a server: a log is a list, and everybody hears it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use payamgir_desk::client::Random;
use payamgir_desk::open::{Keyring, Member};
use payamgir_desk::roster::{Act, Fold, Grant, Joining, Policy, Receiving, Recipient, Role, kind};
use payamgir_desk::{keys, owed};
use proptest::prelude::*;
use zeroize::Zeroizing;

const TODAY: u32 = 20_000;

/// A log and the members who share it.
struct World {
    fold: Fold,
    log: Vec<(u8, Vec<u8>)>,
    people: Vec<(Member, Keyring)>,
    random: Random,
}

impl World {
    fn new(people: u8, policy: Policy) -> Self {
        let rolls = AtomicU64::new(1);
        let random: Random = Arc::new(move |bytes| {
            for byte in bytes {
                let roll = rolls.fetch_add(1, Ordering::Relaxed);
                *byte = (roll.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
            }
        });
        let mut people: Vec<(Member, Keyring)> = (1..=people)
            .map(|seed| (Member::from_seed(&Zeroizing::new([seed; 64])), Keyring::default()))
            .collect();
        let blocks: Vec<_> = people
            .iter_mut()
            .skip(1)
            .map(|(member, keyring)| keys::block(member, keyring, &random))
            .collect();
        let (founder, keyring) = &mut people[0];
        let signed = keys::found(founder, keyring, &blocks, (policy, TODAY), &random).unwrap();
        let mut world = Self { fold: Fold::default(), log: vec![], people, random };
        world.add((kind::STATEMENT, signed.encode()));
        world
    }

    /// As a server does: what is refused is not kept.
    fn add(&mut self, (kind, body): (u8, Vec<u8>)) -> bool {
        let mut fold = self.fold.clone();
        let taken = fold.hear(self.log.len() as u64, kind, &body).is_ok();
        if taken {
            self.fold = fold;
            self.log.push((kind, body));
        }
        taken
    }

    /// One desk syncs on that day.
    fn sync(&mut self, who: usize, today: u32) -> usize {
        let (member, keyring) = &mut self.people[who];
        let additions = owed::settle(&self.fold, member, keyring, today, &self.random);
        additions.into_iter().filter(|addition| self.add(addition.clone())).count()
    }

    /// Everybody syncs until nobody owes anything.
    fn settle(&mut self, today: u32) {
        for _ in 0..20 {
            let owed: usize = (0..self.people.len()).map(|who| self.sync(who, today)).sum();
            if owed == 0 {
                return;
            }
        }
        panic!("the desks do not come to rest");
    }

    /// What `who` says that `to` is granted the first epoch with, and is not.
    fn lie(&self, who: usize, to: usize) -> (u8, Vec<u8>) {
        let (roster, (member, _)) = (self.fold.roster().unwrap(), &self.people[who]);
        let to = self.people[to].0.verifying_key();
        let from = (roster.desk(), member.verifying_key());
        let to = (to, roster.receiver(&to).unwrap().1);
        let what = (roster.epochs()[0].recipient.id(), vec![7; 2000]);
        (kind::GRANT, Grant::new(from, to, what, |message| member.sign(message)).encode())
    }

    fn epochs(&self) -> usize {
        self.fold.roster().unwrap().epochs().len()
    }

    fn reads(&self, who: usize, epoch: usize) -> bool {
        let recipient = &self.fold.roster().unwrap().epochs()[epoch].recipient;
        self.people[who].1.epoch(&*recipient.0).is_some()
    }
}

#[test]
fn everybody_comes_to_hold_every_epoch_and_then_rests() {
    let mut world = World::new(5, Policy::DEFAULT);
    world.settle(TODAY);
    assert!((0..5).all(|who| world.reads(who, 0)));
    let before = world.log.len();
    world.settle(TODAY + 29);
    assert_eq!(world.log.len(), before, "nothing is owed before the next epoch is due");
}

#[test]
fn an_epoch_that_is_due_starts_by_itself() {
    let mut world = World::new(3, Policy::DEFAULT);
    world.settle(TODAY);
    world.settle(TODAY + 30);
    assert_eq!(world.epochs(), 2);
    assert!((0..3).all(|who| world.reads(who, 1)));
    let never = Policy { epoch_days: 0, ..Policy::DEFAULT };
    let mut world = World::new(1, never);
    world.settle(TODAY + 9000);
    assert_eq!(world.epochs(), 1);
}

#[test]
fn two_admins_desks_start_it_together_once_everybody_can_read_it() {
    let policy = Policy { threshold: 2, author_may_approve: false, ..Policy::DEFAULT };
    let mut world = World::new(3, policy);
    world.settle(TODAY);
    world.sync(0, TODAY + 30);
    assert_eq!(world.epochs(), 1, "one alone does not");
    world.sync(1, TODAY + 30);
    assert_eq!(world.epochs(), 2);
    world.settle(TODAY + 30);
    assert!((0..3).all(|who| world.reads(who, 1)));
    assert_eq!(world.epochs(), 2);
}

#[test]
fn a_member_whose_grants_do_not_open_keeps_nobody_out() {
    let mut world = World::new(4, Policy::DEFAULT);
    let mut said = 0;
    for day in 0..3 {
        // The fourth is always first, and lies to the second.
        let liar = world.lie(3, 1);
        said += usize::from(world.add(liar));
        for who in 0..3 {
            world.sync(who, TODAY + day);
        }
    }
    assert_eq!(said, 2, "once, and once more when the second had asked anew");
    assert!(world.reads(1, 0));
    world.settle(TODAY + 3);
}

#[test]
fn an_epoch_that_waits_is_granted_to_who_lost_its_keys_meanwhile() {
    let policy = Policy { threshold: 2, author_may_approve: false, ..Policy::DEFAULT };
    let mut world = World::new(3, policy);
    world.settle(TODAY);
    world.sync(0, TODAY + 30);
    world.people[2].1 = Keyring::default();
    world.sync(2, TODAY + 30);
    world.settle(TODAY + 30);
    assert_eq!(world.epochs(), 2);
    assert!((0..3).all(|who| world.reads(who, 0) && world.reads(who, 1)));
}

#[test]
fn a_member_with_a_key_that_nothing_can_be_sealed_to_holds_up_nobody() {
    let policy = Policy { threshold: 2, author_may_approve: false, ..Policy::DEFAULT };
    let mut world = World::new(3, policy);
    world.settle(TODAY);
    let (bad, _) = &world.people[2];
    let roster = world.fold.roster().unwrap();
    let who = (roster.desk(), bad.verifying_key());
    let counter = roster.receiver(&who.1).unwrap().1 + 1;
    let key = Recipient(Box::new([0xff; 1216]));
    let receiving = Receiving::new(who, (counter, true), key, |message| bad.sign(message));
    assert!(world.add((kind::RECEIVING, receiving.encode())));
    for who in [0, 1, 0, 1] {
        world.sync(who, TODAY + 30);
    }
    assert_eq!(world.epochs(), 2);
}

#[test]
fn an_epoch_that_nobody_signed_in_its_time_is_proposed_anew() {
    let policy = Policy { threshold: 2, author_may_approve: false, ..Policy::DEFAULT };
    let mut world = World::new(3, policy);
    world.settle(TODAY);
    world.sync(0, TODAY + 30);
    for day in (33..100).step_by(3) {
        let before = world.log.len();
        world.sync(0, TODAY + day);
        let kinds: Vec<u8> = world.log[before..].iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, [kind::STATEMENT], "the same key: no further grants");
    }
    world.sync(1, TODAY + 103);
    assert_eq!(world.epochs(), 1, "nobody signs for what was said days ago");
    world.settle(TODAY + 103);
    assert_eq!(world.epochs(), 2);
    assert!((0..3).all(|who| world.reads(who, 1)));
}

#[test]
fn nobody_signs_for_an_epoch_it_was_left_out_of() {
    let policy = Policy { threshold: 2, author_may_approve: false, ..Policy::DEFAULT };
    let mut world = World::new(3, policy);
    world.settle(TODAY);
    let mut hidden = Keyring::default();
    let (member, _) = &world.people[0];
    let (epoch, grants) = keys::new_epoch(&world.fold, (member, None), &mut hidden, &world.random);
    let roster = world.fold.roster().unwrap();
    let signed = keys::propose(roster, member, Act::EpochStarted(epoch), TODAY + 30);
    assert!(world.add((kind::STATEMENT, signed.encode())));
    world.sync(1, TODAY + 30);
    world.sync(2, TODAY + 30);
    assert_eq!(world.epochs(), 1, "granted to nobody");
    // Whoever has it grants it to who was left out, and then signs.
    assert!(world.add(grants[0].clone()));
    world.settle(TODAY + 30);
    assert_eq!(world.epochs(), 2);
    assert!(world.reads(1, 1) && world.reads(2, 1));
}

#[test]
fn what_waits_for_a_signature_is_not_made_void_by_a_routine_epoch() {
    let policy = Policy { threshold: 2, author_may_approve: false, ..Policy::DEFAULT };
    let mut world = World::new(2, policy);
    world.settle(TODAY);
    let newcomer = Member::from_seed(&Zeroizing::new([9; 64]));
    let block = keys::block(&newcomer, &mut Keyring::default(), &world.random);
    let member = keys::seat(&block, Role::Reader).unwrap();
    let joining = Joining { member, invitation: None, welcome: vec![], replaces: None };
    let roster = world.fold.roster().unwrap();
    let signed = keys::propose(roster, &world.people[0].0, Act::Joined(joining), TODAY + 29);
    assert!(world.add((kind::STATEMENT, signed.encode())));
    world.settle(TODAY + 31);
    assert_eq!(world.fold.roster().unwrap().waiting().count(), 1);
    world.settle(TODAY + 37);
    assert_eq!(world.epochs(), 2, "but not for ever");
}

#[test]
fn what_is_over_is_forgotten_by_all_and_does_not_come_back() {
    let policy = Policy { retention_days: 10, ..Policy::DEFAULT };
    let mut world = World::new(3, policy);
    for day in 0..100 {
        world.settle(TODAY + day);
    }
    let epochs = world.epochs();
    assert_eq!(epochs, 4);
    for who in 0..3 {
        let read: Vec<bool> = (0..epochs).map(|epoch| world.reads(who, epoch)).collect();
        assert_eq!(read, [false, false, true, true], "{who}");
        // With all that is left and the whole log.
        let (member, keyring) = &mut world.people[who];
        let again = Keyring::parse(&keyring.text()).unwrap();
        *keyring = again;
        owed::settle(&world.fold, member, keyring, TODAY, &world.random);
        assert!(!world.reads(who, 0) && !world.reads(who, 1));
    }
}

#[test]
fn a_block_that_somebody_changed_founds_nothing() {
    let world = World::new(1, Policy::DEFAULT);
    let other = Member::from_seed(&Zeroizing::new([9; 64]));
    let mut block = keys::block(&other, &mut Keyring::default(), &world.random);
    let before = keys::fingerprint(&block);
    block.receiver.0[7] ^= 1;
    assert!(keys::seat(&block, Role::Admin).is_none());
    assert_ne!(keys::fingerprint(&block), before);
    assert_eq!(before.len(), 23);
    let (founder, _) = &world.people[0];
    let policy = (Policy::DEFAULT, TODAY);
    assert!(
        keys::found(founder, &mut Keyring::default(), &[block], policy, &world.random).is_none()
    );
}

/// What happens to one desk.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// It syncs, and what it owes reaches the server so many events later.
    Sync(usize),
    /// It loses its keyring.
    Lose,
    /// It grants somebody nonsense.
    Lie(usize),
    /// Days pass for all.
    Days(u32),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (0usize..4).prop_map(Event::Sync),
        1 => Just(Event::Lose),
        1 => (0usize..4).prop_map(Event::Lie),
        1 => (1u32..20).prop_map(Event::Days),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    /// Whatever was lost, late or a lie: from the next epoch on everybody reads again.
    #[test]
    fn however_they_sync_they_come_to_read_the_same(
        threshold in 1u8..3,
        events in prop::collection::vec((0usize..4, event()), 0..40),
    ) {
        let policy = Policy { threshold, author_may_approve: threshold == 1, ..Policy::DEFAULT };
        let (mut world, mut today) = (World::new(4, policy), TODAY);
        let mut late: Vec<(usize, (u8, Vec<u8>))> = vec![];
        for (at, (who, event)) in events.into_iter().enumerate() {
            match event {
                Event::Sync(delay) => {
                    let (member, keyring) = &mut world.people[who];
                    let owed = owed::settle(&world.fold, member, keyring, today, &world.random);
                    late.extend(owed.into_iter().map(|addition| (at + delay, addition)));
                }
                Event::Lose => world.people[who].1 = Keyring::default(),
                Event::Lie(to) if to != who => {
                    let lie = world.lie(who, to);
                    world.add(lie);
                }
                Event::Lie(_) => {}
                Event::Days(days) => today += days,
            }
            let due: Vec<_> = late.extract_if(.., |(when, _)| *when <= at).collect();
            for (_, addition) in due {
                world.add(addition);
            }
        }
        world.settle(today);
        world.settle(today + 31);
        let last = world.epochs() - 1;
        for who in 0..4 {
            prop_assert!(world.reads(who, last), "{who} does not read the present epoch");
        }
    }
}
