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

/// A time in which some members neither hear nor are heard; what they said arrives after it.
#[derive(Debug, Clone)]
struct Partition {
    from: usize,
    to: usize,
    away: Vec<bool>,
}

fn deed() -> impl Strategy<Value = Deed> {
    let parts = (0usize..5, 0u8..16, 0u8..9, prop::bool::weighted(0.7), 0usize..4);
    parts.prop_map(|(who, kind, target, hears, delay)| Deed { who, kind, target, hears, delay })
}

fn partition() -> impl Strategy<Value = Partition> {
    let parts = (0usize..30, 0usize..30, prop::collection::vec(any::<bool>(), 5));
    parts.prop_map(|(from, length, away)| Partition { from, to: from + length, away })
}

impl Partition {
    fn cuts(&self, now: usize, who: usize) -> bool {
        (self.from..self.to).contains(&now) && self.away[who]
    }
}

type Body = (u8, Vec<u8>);

/// What one party knows, and how far it heard.
#[derive(Clone)]
struct Desk {
    fold: Fold,
    heard: usize,
}

impl Desk {
    fn new() -> Self {
        let mut fold = Fold::default();
        let founded = PEOPLE[0].says(&founding(2, &PEOPLE)).encode();
        fold.hear(0, kind::STATEMENT, &founded).unwrap();
        Self { fold, heard: 0 }
    }

    fn roster(&self) -> &Roster {
        self.fold.roster().unwrap()
    }

    fn hear(&mut self, log: &[Body]) {
        for (at, (kind, body)) in log.iter().enumerate().skip(self.heard) {
            let before = self.roster().clone();
            if self.fold.hear(1 + at as u64, *kind, body).is_err() {
                assert_eq!(*self.roster(), before, "a refusal changes nothing");
            }
        }
        self.heard = log.len();
    }

    /// Everything it came to.
    fn all(&self) -> impl PartialEq + std::fmt::Debug + use<> {
        let fold = self.fold.clone();
        (
            self.roster().clone(),
            fold.grants().to_vec(),
            fold.approvals().map(|(at, a)| (at, a.clone())).collect::<Vec<_>>(),
            fold.refused().to_vec(),
        )
    }
}

/// The act of a deed; `None` where it is no statement.
fn act_of(deed: &Deed, roster: &Roster, fresh: u8) -> Option<Act> {
    let target = Person(deed.target);
    let invitation = roster.invitations().next().map(|(id, invitation)| (*id, invitation.role));
    Some(match deed.kind {
        0 => Act::EpochStarted(recipient(fresh)),
        1 => Act::Removed { member: target.key(), epoch: recipient(fresh) },
        2 => Act::RoleChanged { member: target.key(), role: Role::Editor },
        3 => Act::RoleChanged { member: target.key(), role: Role::Admin },
        4 => Act::Joined(joined(Person(fresh), Role::Admin)),
        5 => {
            let threshold = deed.target % 3 + 1;
            Act::PolicyChanged(Policy { threshold, author_may_approve: false, ..Policy::DEFAULT })
        }
        6 => invited(fresh, Role::Editor, TODAY),
        7 => {
            let (invitation, role) = invitation?;
            let invitation = Some(invitation);
            Act::Joined(Joining { invitation, ..joined(Person(fresh), role) })
        }
        8 => {
            let replaces = Some((target.key(), recipient(fresh)));
            Act::Joined(Joining { replaces, ..joined(Person(fresh), Role::Admin) })
        }
        9 => Act::RecoveryChanged(Some(Recovery { key: KIT.key(), receiver: recipient(99) })),
        10 if deed.target == 0 => {
            Act::Recovered { member: Person(fresh).member(Role::Admin), epoch: recipient(fresh) }
        }
        _ => return None,
    })
}

/// What a deed says: a new statement, a signature under one that waits, or something else.
fn says(deed: &Deed, desk: &Desk, fresh: u8) -> Body {
    let (person, roster) = (PEOPLE[deed.who], desk.roster());
    let (from, target) = ((roster.desk(), person.key()), Person(deed.target).key());
    if let Some(act) = act_of(deed, roster, fresh) {
        let who = if matches!(act, Act::Recovered { .. }) { KIT } else { person };
        return (kind::STATEMENT, who.says(&next(roster, act)).encode());
    }
    let counter = |key: &Key| roster.receiver(key).map_or(0, |(_, counter)| counter);
    match deed.kind {
        11 => {
            let shown = (counter(&person.key()) + 1, deed.target == 0);
            let receiving = Receiving::new(from, shown, recipient(fresh), person.sign());
            (kind::RECEIVING, receiving.encode())
        }
        12 => {
            let what = (roster.epoch().id, vec![fresh]);
            let grant = Grant::new(from, (target, counter(&target)), what, person.sign());
            (kind::GRANT, grant.encode())
        }
        13 => {
            let (subject, author) = (Subject::Export([deed.target; 32]), PEOPLE[0].key());
            let approval = Approval::new(from.0, subject, author, person.key(), person.sign());
            (kind::APPROVAL, approval.encode())
        }
        _ => match roster.waiting().next() {
            Some((_, statement, _)) => (kind::STATEMENT, person.says(statement).encode()),
            None => (deed.kind, vec![fresh]),
        },
    }
}

/// Plays the deeds. Where the server is honest it keeps only what it takes; otherwise all of it.
fn play(deeds: &[Deed], away: &Partition, honest: bool) -> (Vec<Body>, Vec<Desk>, Desk) {
    let mut desks = vec![Desk::new(); PEOPLE.len()];
    let (mut server, mut log, mut on_the_way) = (Desk::new(), vec![], vec![]);
    for (now, deed) in deeds.iter().enumerate() {
        let cut = away.cuts(now, deed.who);
        if deed.hears && !cut {
            desks[deed.who].hear(&log);
        }
        let said = says(deed, &desks[deed.who], 100 + now as u8);
        on_the_way.push((if cut { away.to } else { now } + deed.delay, said));
        let (due, later) = on_the_way.into_iter().partition(|(due, _)| *due <= now);
        on_the_way = later;
        deliver(due, honest, &mut server, &mut log);
    }
    deliver(on_the_way, honest, &mut server, &mut log);
    desks.iter_mut().for_each(|desk| desk.hear(&log));
    (log, desks, server)
}

/// As a server does it: heard by a copy first, which is thrown away where it refuses.
fn deliver(due: Vec<(usize, Body)>, honest: bool, server: &mut Desk, log: &mut Vec<Body>) {
    for (_, (kind, body)) in due {
        let mut copy = server.fold.clone();
        let taken = copy.hear(1 + log.len() as u64, kind, &body).is_ok();
        if taken || !honest {
            server.fold = copy;
            log.push((kind, body));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    /// Desks that heard the log piece by piece, one that hears it at once, and the server that
    /// decided what is in it.
    #[test]
    fn all_desks_end_with_one_roster(
        deeds in prop::collection::vec(deed(), 1..60),
        away in partition(),
        honest: bool,
    ) {
        let (log, desks, server) = play(&deeds, &away, honest);
        let mut fresh = Desk::new();
        fresh.hear(&log);
        for desk in desks.iter().chain([&server]) {
            prop_assert_eq!(desk.all(), fresh.all());
        }
        prop_assert!(!honest || fresh.fold.refused().is_empty());
        let roster = fresh.roster();
        let admins = roster.members().filter(|(_, role)| *role == Role::Admin).count();
        prop_assert!(admins >= usize::from(roster.policy().threshold));
        prop_assert!(roster.members().all(|(key, _)| roster.receiver(key).is_some()));
    }

    /// A server that shows each desk its own order of the same statements cannot make both
    /// follow: at most one order leads to any given head.
    #[test]
    fn two_orders_of_a_log_are_seen_as_two(
        deeds in prop::collection::vec(deed(), 8..40),
        away in partition(),
        a: usize,
        b: usize,
    ) {
        let (mut log, desks, _) = play(&deeds, &away, true);
        log.retain(|(kind, _)| *kind == kind::STATEMENT);
        if log.len() >= 2 {
            let a = a % log.len();
            let b = (a + 1 + b % (log.len() - 1)) % log.len();
            prop_assert_ne!(a, b);
            log.swap(a, b);
            let mut other = Desk::new();
            other.hear(&log);
            let (one, two) = (desks[0].roster(), other.roster());
            let keys = |roster: &Roster| -> Vec<[u8; 32]> {
                roster.epochs().iter().map(|epoch| epoch.id).collect()
            };
            if one.head() == two.head() {
                prop_assert!(one.members().eq(two.members()));
                prop_assert_eq!(one.policy(), two.policy());
                prop_assert_eq!(one.recovery(), two.recovery());
                prop_assert_eq!(keys(one), keys(two));
            }
        }
    }
}
