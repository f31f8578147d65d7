//! The fold: statements in the log's order, one roster.

use std::collections::{BTreeMap, BTreeSet};

use crate::member::{Key, Member, Policy, Recipient, Recovery, Role};
use crate::statement::{Act, Hash, Joining, Statement};
use crate::{Receiving, Refusal, Signed, rules};

/// Who the desk is after the statements it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    pub(crate) desk: Hash,
    pub(crate) head: Hash,
    /// The day of the head: days do not go back.
    pub(crate) day: u32,
    /// Every statement that was ever in force.
    pub(crate) past: BTreeSet<Hash>,
    pub(crate) policy: Policy,
    pub(crate) recovery: Option<Recovery>,
    /// Who signed for it: whoever made the kit had it whole in hand.
    pub(crate) recovery_by: BTreeSet<Key>,
    pub(crate) members: BTreeMap<Key, Seat>,
    /// Who was a member: a key does not come back.
    pub(crate) former: BTreeSet<Key>,
    pub(crate) epochs: Vec<Epoch>,
    pub(crate) invitations: BTreeMap<[u8; 16], Invitation>,
    /// Every invitation there was.
    pub(crate) invited: BTreeSet<[u8; 16]>,
    /// Every receiving key there was, by its hash.
    pub(crate) received: BTreeSet<Hash>,
    /// Statements after the head that too few have signed.
    pub(crate) waiting: BTreeMap<Hash, Waiting>,
}

/// Most new receiving keys a member shows in one epoch, and most that make all grants anew: each
/// makes the others' desks write to the log.
const KEYS_AN_EPOCH: u8 = 16;
const ANEW_AN_EPOCH: u8 = 3;

/// A member and the key that epochs are granted to now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seat {
    pub role: Role,
    pub counter: u32,
    /// Grants to receiving keys before this one cannot be opened any more.
    pub since: u32,
    pub receiver: Recipient,
    /// What the inviter told it.
    pub welcome: Vec<u8>,
    /// How many new keys it showed in the present epoch, and how many of those with `anew`.
    pub shown: Shown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Shown {
    epochs: usize,
    keys: u8,
    anew: u8,
}

impl Shown {
    /// One more in an epoch, or the refusal.
    fn more(self, epochs: usize, anew: bool) -> Result<Self, Refusal> {
        let now = if self.epochs == epochs { self } else { Self { epochs, ..Self::default() } };
        if now.keys >= KEYS_AN_EPOCH || anew && now.anew >= ANEW_AN_EPOCH {
            return Err(Refusal::Repeated);
        }
        Ok(Self { keys: now.keys + 1, anew: now.anew + u8::from(anew), ..now })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub statement: Statement,
    pub signers: BTreeSet<Key>,
}

/// A time in which entries are sealed to one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    /// The key.
    pub recipient: Recipient,
    /// SHA-256 of the key, by which grants name it.
    pub id: Hash,
    /// The record in the log with which it began.
    pub from: u64,
    /// The day its statement names.
    pub day: u32,
}

/// A place that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The role it leads to.
    pub role: Role,
    /// The last day on which it can be taken up.
    pub last_day: u32,
    /// The inviter's half of the key exchange.
    pub exchange: Vec<u8>,
}

/// The five digits by which a server finds an invitation. They are no secret, and two invitations
/// may share them: who invites takes an id whose number is free.
pub fn invitation_number(id: &[u8; 16]) -> u32 {
    let [a, b, c, d, ..] = *id;
    10_000 + u32::from_be_bytes([a, b, c, d]) % 90_000
}

/// What became of a statement that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is in force.
    InForce,
    /// It waits for more admins.
    Waiting {
        /// Who signed so far.
        have: usize,
        /// How many must.
        need: usize,
    },
}

impl Roster {
    /// The roster of a founding, which is the record `index` of its log.
    pub fn found(signed: &Signed, index: u64) -> Result<Self, Refusal> {
        let statement = &signed.statement;
        let Act::Founded { policy, recovery, epoch, members, .. } = &statement.act else {
            return Err(Refusal::Founding);
        };
        rules::founding(signed, *policy, members)?;
        signed.verify()?;
        let desk = statement.hash();
        let mut roster = Self {
            desk,
            head: desk,
            day: statement.day,
            past: BTreeSet::from([desk]),
            policy: *policy,
            recovery: recovery.clone(),
            recovery_by: signed.signatures.iter().map(|s| s.key).collect(),
            members: BTreeMap::new(),
            former: BTreeSet::new(),
            epochs: vec![],
            invitations: BTreeMap::new(),
            invited: BTreeSet::new(),
            received: BTreeSet::new(),
            waiting: BTreeMap::new(),
        };
        members.iter().for_each(|member| roster.seat(member));
        roster.start(epoch, index, statement.day);
        Ok(roster)
    }

    /// Takes the next statement, which is the record `index` of the log. A refusal changes nothing.
    pub fn take(&mut self, signed: &Signed, index: u64) -> Result<Outcome, Refusal> {
        let statement = &signed.statement;
        let hash = statement.hash();
        self.follows(statement, &hash)?;
        rules::signers(self, signed)?;
        rules::act(self, statement)?;
        signed.verify()?;
        let mut signers: BTreeSet<Key> = signed.signatures.iter().map(|s| s.key).collect();
        if let Some(waiting) = self.waiting.get(&hash) {
            if signers.is_subset(&waiting.signers) {
                return Err(Refusal::Repeated);
            }
            signers.extend(&waiting.signers);
        }
        let (have, need) = (signers.len(), rules::needed(self, &statement.act));
        if have < need {
            self.waiting.insert(hash, Waiting { statement: statement.clone(), signers });
            return Ok(Outcome::Waiting { have, need });
        }
        self.apply(statement, index, &signers);
        (self.head, self.day, self.waiting) = (hash, statement.day, BTreeMap::new());
        self.past.insert(hash);
        Ok(Outcome::InForce)
    }

    /// Takes a member's new receiving key. A refusal changes nothing.
    pub fn receive(&mut self, receiving: &Receiving) -> Result<(), Refusal> {
        if receiving.desk != self.desk {
            return Err(Refusal::OtherDesk);
        }
        let seat = self.members.get(&receiving.key).ok_or(Refusal::NoSuchMember)?;
        if receiving.counter <= seat.counter || self.received.contains(&receiving.receiver.id()) {
            return Err(Refusal::UsedKey);
        }
        let shown = seat.shown.more(self.epochs.len(), receiving.anew)?;
        receiving.verify()?;
        let (role, counter) = (seat.role, receiving.counter);
        let since = if receiving.anew { counter } else { seat.since };
        let (receiver, welcome) = (receiving.receiver.clone(), seat.welcome.clone());
        self.received.insert(receiver.id());
        let seat = Seat { role, counter, since, receiver, welcome, shown };
        self.members.insert(receiving.key, seat);
        Ok(())
    }

    fn follows(&self, statement: &Statement, hash: &Hash) -> Result<(), Refusal> {
        if matches!(statement.act, Act::Founded { .. }) {
            let again = *hash == self.desk;
            return Err(if again { Refusal::Repeated } else { Refusal::Founding });
        }
        if statement.desk != self.desk {
            return Err(Refusal::OtherDesk);
        }
        if self.past.contains(hash) {
            return Err(Refusal::Repeated);
        }
        match statement.previous {
            previous if previous == self.head => Ok(()),
            previous if self.past.contains(&previous) => Err(Refusal::Forked),
            _ => Err(Refusal::UnknownPredecessor),
        }
    }

    fn apply(&mut self, statement: &Statement, index: u64, signers: &BTreeSet<Key>) {
        match &statement.act {
            // Refused before.
            Act::Founded { .. } => {}
            Act::Invited { id, role, last_day, exchange } => {
                let (role, last_day, exchange) = (*role, *last_day, exchange.clone());
                self.invited.insert(*id);
                self.invitations.insert(*id, Invitation { role, last_day, exchange });
            }
            Act::Joined(joining) => self.join(joining, index, statement.day),
            Act::Removed { member, epoch } => {
                self.unseat(member);
                self.start(epoch, index, statement.day);
            }
            Act::RoleChanged { member, role } => {
                if let Some(seat) = self.members.get_mut(member) {
                    seat.role = *role;
                }
            }
            Act::PolicyChanged(policy) => self.policy = *policy,
            Act::EpochStarted(epoch) => self.start(epoch, index, statement.day),
            Act::RecoveryChanged(recovery) => {
                self.recovery.clone_from(recovery);
                self.recovery_by.clone_from(signers);
            }
            Act::Recovered { member, epoch } => self.recover(member, epoch, index, statement.day),
        }
    }

    fn join(&mut self, joining: &Joining, index: u64, day: u32) {
        if let Some(id) = &joining.invitation {
            self.invitations.remove(id);
        }
        if let Some((key, epoch)) = &joining.replaces {
            self.unseat(key);
            self.start(epoch, index, day);
        }
        self.seat(&joining.member);
        if let Some(seat) = self.members.get_mut(&joining.member.key) {
            seat.welcome.clone_from(&joining.welcome);
        }
    }

    /// The kit is spent; whoever was a member is none, and what was open is closed.
    fn recover(&mut self, member: &Member, epoch: &Recipient, index: u64, day: u32) {
        let all: Vec<Key> = self.members.keys().copied().collect();
        all.iter().for_each(|key| self.unseat(key));
        self.policy = Policy { threshold: 1, author_may_approve: true, ..self.policy };
        self.recovery = None;
        self.invitations.clear();
        self.start(epoch, index, day);
        self.seat(member);
    }

    fn seat(&mut self, member: &Member) {
        let (role, receiver) = (member.role, member.receiver.clone());
        self.received.insert(receiver.id());
        let (welcome, shown) = (vec![], Shown::default());
        let seat = Seat { role, counter: 0, since: 0, receiver, welcome, shown };
        self.members.insert(member.key, seat);
    }

    /// A kit goes with whoever may have kept it whole.
    fn unseat(&mut self, key: &Key) {
        if self.recovery_by.contains(key) {
            self.recovery = None;
        }
        self.members.remove(key);
        self.former.insert(*key);
    }

    fn start(&mut self, recipient: &Recipient, from: u64, day: u32) {
        self.epochs.push(Epoch { recipient: recipient.clone(), id: recipient.id(), from, day });
    }

    /// The founding's hash, which names the desk.
    pub fn desk(&self) -> Hash {
        self.desk
    }

    /// Whether a statement is or was in force.
    pub fn is_past(&self, hash: &Hash) -> bool {
        self.past.contains(hash)
    }

    /// The statement that the next one must name.
    pub fn head(&self) -> Hash {
        self.head
    }

    /// The day that statement names; the next one names none before it.
    pub fn day(&self) -> u32 {
        self.day
    }

    /// What the desk asks for.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Who can bring the desk back.
    pub fn recovery(&self) -> Option<&Recovery> {
        self.recovery.as_ref()
    }

    /// Whether this member signed for the recovery kit, and so may have kept it whole.
    pub fn signed_for_the_kit(&self, key: &Key) -> bool {
        self.recovery_by.contains(key)
    }

    /// The members and what each may do, in the keys' order.
    pub fn members(&self) -> impl Iterator<Item = (&Key, Role)> {
        self.members.iter().map(|(key, seat)| (key, seat.role))
    }

    /// What `key` may do; `None` for who is no member.
    pub fn role(&self, key: &Key) -> Option<Role> {
        self.members.get(key).map(|seat| seat.role)
    }

    /// Whether this member can open a grant to its receiving key of this number.
    pub fn can_open(&self, key: &Key, counter: u32) -> bool {
        self.members.get(key).is_some_and(|seat| counter >= seat.since)
    }

    /// Whether this member lost what was granted to it once, or was granted what did not open.
    pub fn asked_anew(&self, key: &Key) -> bool {
        self.members.get(key).is_some_and(|seat| seat.since > 0)
    }

    /// Whether this member can ask anew in the present epoch once more.
    pub fn may_ask_anew(&self, key: &Key) -> bool {
        let epochs = self.epochs.len();
        self.members.get(key).is_some_and(|seat| seat.shown.more(epochs, true).is_ok())
    }

    /// The key that epochs are granted to for this member, and its number.
    pub fn receiver(&self, key: &Key) -> Option<(&Recipient, u32)> {
        self.members.get(key).map(|seat| (&seat.receiver, seat.counter))
    }

    /// The epochs, oldest first; there is always one.
    pub fn epochs(&self) -> &[Epoch] {
        &self.epochs
    }

    /// The epoch that entries are sealed to now.
    pub fn epoch(&self) -> &Epoch {
        self.epochs.last().expect("a desk is founded with an epoch")
    }

    /// Invitations that were not taken up, those whose last day is over too.
    pub fn invitations(&self) -> impl Iterator<Item = (&[u8; 16], &Invitation)> {
        self.invitations.iter()
    }

    /// What the inviter told this member when it joined, sealed to it; empty where nothing was.
    pub fn welcome(&self, key: &Key) -> Option<&[u8]> {
        self.members.get(key).map(|seat| &seat.welcome[..])
    }

    /// An open invitation.
    pub fn invitation(&self, id: &[u8; 16]) -> Option<&Invitation> {
        self.invitations.get(id)
    }

    /// Statements that wait for more admins, and who signed each.
    pub fn waiting(&self) -> impl Iterator<Item = (&Hash, &Statement, &BTreeSet<Key>)> {
        self.waiting.iter().map(|(hash, w)| (hash, &w.statement, &w.signers))
    }

    pub(crate) fn admins(&self) -> usize {
        self.members.values().filter(|seat| seat.role == Role::Admin).count()
    }
}
