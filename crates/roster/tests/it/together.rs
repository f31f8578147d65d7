//! Five members act at once, over lines that delay, reorder and break.

use payamgir_roster::*;
use proptest::prelude::*;

use crate::desk::*;

const PEOPLE: [Person; 5] = [Person(1), Person(2), Person(3), Person(4), Person(5)];

/// One thing a member does on what its desk knows at the time.
#[derive(Debug, Clone)]
struct Deed {
    who: usize,
    kind: u8,
    target: u8,
    /// Whether its desk hears the log first.
    hears: bool,
    /// How many later deeds reach the server before this one.
    delay: usize,
}

fn deed() -> impl Strategy<Value = Deed> {
    let parts = (0usize..5, 0u8..8, 0u8..9, prop::bool::weighted(0.7), 0usize..4);
    parts.prop_map(|(who, kind, target, hears, delay)| Deed { who, kind, target, hears, delay })
}

/// A desk: the roster, how far it heard, and what it refused.
#[derive(Clone, PartialEq, Debug)]
struct Desk {
    roster: Roster,
    heard: usize,
    refused: Vec<(usize, Refusal)>,
}

impl Desk {
    fn new() -> Self {
        Self { roster: found(2, &PEOPLE), heard: 0, refused: vec![] }
    }

    fn hear(&mut self, log: &[Signed]) {
        for (at, signed) in log.iter().enumerate().skip(self.heard) {
            let before = self.roster.clone();
            if let Err(refusal) = self.roster.take(signed, at as u64) {
                assert_eq!(self.roster, before, "a refusal changes nothing");
                self.refused.push((at, refusal));
            }
        }
        self.heard = log.len();
    }
}

/// What a deed says: a new statement, or a signature under one that waits.
fn says(deed: &Deed, desk: &Desk, fresh: u8) -> Signed {
    let person = PEOPLE[deed.who];
    let target = Person(deed.target);
    let waiting = desk.roster.waiting().next().map(|(_, statement, _)| statement.clone());
    let act = match deed.kind {
        0 => Act::EpochStarted(recipient(fresh)),
        1 => Act::Removed { member: target.key(), epoch: recipient(fresh) },
        2 => Act::RoleChanged { member: target.key(), role: Role::Editor },
        3 => Act::RoleChanged { member: target.key(), role: Role::Admin },
        4 => Act::Joined(joined(Person(fresh), Role::Admin)),
        5 => {
            let threshold = deed.target % 3 + 1;
            Act::PolicyChanged(Policy { threshold, author_may_approve: false, ..Policy::DEFAULT })
        }
        _ => match waiting {
            Some(statement) => return person.says(&statement),
            None => invited(fresh, Role::Editor, TODAY),
        },
    };
    person.says(&next(&desk.roster, act))
}

/// Plays the deeds. Where the server is honest it keeps only what it takes; otherwise all of it.
fn play(deeds: &[Deed], honest: bool) -> (Vec<Signed>, Vec<Desk>) {
    let mut desks = vec![Desk::new(); PEOPLE.len()];
    let (mut server, mut log, mut on_the_way) = (Desk::new(), vec![], vec![]);
    for (now, deed) in deeds.iter().enumerate() {
        if deed.hears {
            desks[deed.who].hear(&log);
        }
        let said = says(deed, &desks[deed.who], 100 + now as u8);
        on_the_way.push((now + deed.delay, said));
        let (due, later) = on_the_way.into_iter().partition(|(due, _)| *due <= now);
        on_the_way = later;
        deliver(due, honest, &mut server, &mut log);
    }
    deliver(on_the_way, honest, &mut server, &mut log);
    desks.iter_mut().for_each(|desk| desk.hear(&log));
    (log, desks)
}

fn deliver(due: Vec<(usize, Signed)>, honest: bool, server: &mut Desk, log: &mut Vec<Signed>) {
    for (_, said) in due {
        let taken = server.roster.take(&said, log.len() as u64).is_ok();
        if taken || !honest {
            log.push(said);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn all_desks_end_with_one_roster(deeds in prop::collection::vec(deed(), 1..60), honest: bool) {
        let (log, desks) = play(&deeds, honest);
        let mut fresh = Desk::new();
        fresh.hear(&log);
        prop_assert!(desks.iter().all(|desk| *desk == fresh), "the same roster and refusals");
        if honest {
            prop_assert_eq!(&fresh.refused, &vec![]);
        }
        let admins = fresh.roster.members().filter(|(_, role)| *role == Role::Admin).count();
        prop_assert!(admins >= usize::from(fresh.roster.policy().threshold));
    }

    /// A server that shows each desk its own order of the same statements cannot make both
    /// follow: at most one order leads to any given head.
    #[test]
    fn two_orders_of_a_log_are_seen_as_two(deeds in prop::collection::vec(deed(), 8..40), a: usize, b: usize) {
        let (mut log, desks) = play(&deeds, true);
        if log.len() >= 2 {
            let (a, b) = (a % log.len(), b % log.len());
            log.swap(a, b);
            let mut other = Desk::new();
            other.hear(&log);
            let same = other.roster.head() == desks[0].roster.head();
            prop_assert!(!same || other.roster.members().eq(desks[0].roster.members()));
        }
    }
}
