//! A member's keys at work: founding a desk, the keyring's file, proposals, and what every desk
//! owes the others after each sync.
//!
//! Whatever is sealed to a key is sealed only once that key's private half is on this disk: the
//! caller saves the keyring before it sends what it is given here.

use payamgir_log::{Error, Reader, Record};
use payamgir_open::hardware::NotDone;
use payamgir_open::keyring::NotAKeyring;
use payamgir_open::member::NotOpened;
use payamgir_open::{Identity, Keyring, Member, open_entry};
use payamgir_roster::{
    Act, Epoch, Fold, Grant, Key, Member as Seat, Policy, Receiving, Recipient, Role, Roster,
    Signed, Statement, kind,
};
use payamgir_seal::seal_entry;
use payamgir_wire::limits::BODY_BYTES;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::client::Random;

/// Most bytes of an opened keyring or grant.
const KEYS_BYTES: usize = 1 << 20;

/// For so many days an epoch that is due lets other statements be signed first.
const PATIENCE_DAYS: u32 = 7;

/// How many epochs of its own making a desk keeps that did not begin.
const PROPOSALS: usize = 8;

/// Records to add to the log: kind and body.
pub type Additions = Vec<(u8, Vec<u8>)>;

/// The epoch that a statement would start.
pub fn epoch_of(act: &Act) -> Option<&Recipient> {
    match act {
        Act::Removed { epoch, .. } | Act::EpochStarted(epoch) => Some(epoch),
        Act::Joined(joining) => joining.replaces.as_ref().map(|(_, epoch)| epoch),
        _ => None,
    }
}

/// Who is a member no more by it.
pub fn leaver(act: &Act) -> Option<&Key> {
    match act {
        Act::Removed { member, .. } => Some(member),
        Act::Joined(joining) => joining.replaces.as_ref().map(|(key, _)| key),
        _ => None,
    }
}

/// A day, in days since 1970-01-01.
pub fn day(unix_seconds: u64) -> u32 {
    u32::try_from(unix_seconds / 86_400).unwrap_or(u32::MAX)
}

/// Who the desk is, by the first `size` records of its log.
pub fn fold(reader: &Reader, size: u64) -> Result<Fold, Error> {
    let mut fold = Fold::default();
    reader.others(size, |row| {
        if let Some(record) = Record::decode(&row.record) {
            fold.record(row.index, record.kind.0, row.body.as_deref());
        }
        true
    })?;
    Ok(fold)
}

/// Why a keyring's file does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locked {
    /// Not this member's keyring, or altered.
    NotAKeyring,
    /// The hardware that has the member's key did not open it.
    Hardware(NotDone),
}

/// Seals a keyring to its member's own key.
pub fn lock(keyring: &Keyring, member: &Member) -> std::io::Result<Vec<u8>> {
    let text = keyring.text();
    let Some(own) = member.own_identity() else {
        let sealed = member.seal_to_hardware(text.as_bytes());
        return sealed.unwrap_or(Err(NotDone(String::new()))).map_err(std::io::Error::other);
    };
    seal_entry(&own.recipient().parse().map_err(std::io::Error::other)?, text.as_bytes())
}

/// Opens a keyring's file.
pub fn unlock(file: &[u8], member: &Member) -> Result<Keyring, Locked> {
    let text = member.open_own(file, KEYS_BYTES).map_err(|error| match error {
        NotOpened::Hardware(error) => Locked::Hardware(error),
        NotOpened::Open(_) => Locked::NotAKeyring,
    })?;
    let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let text = std::str::from_utf8(&text[..end]).map_err(|_| Locked::NotAKeyring)?;
    Keyring::parse(text).map_err(|NotAKeyring| Locked::NotAKeyring)
}

impl std::fmt::Display for Locked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotAKeyring => NotAKeyring.fmt(f),
            Self::Hardware(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Locked {}

/// A fresh identity.
pub fn fresh(random: &Random) -> Identity {
    let mut seed = Zeroizing::new([0; 32]);
    random(&mut *seed);
    Identity::from_seed(seed)
}

/// What a member shows to be admitted: both public keys, signed. The private half of the receiving
/// key goes into the keyring.
pub fn block(member: &Member, keyring: &mut Keyring, random: &Random) -> Receiving {
    if keyring.receiving(0).is_none() {
        keyring.add_receiving(0, fresh(random));
    }
    let receiver = keyring.receiving(0).map(recipient).expect("it was put there");
    let who = ([0; 32], member.verifying_key());
    Receiving::new(who, (0, false), receiver, |message| member.sign(message))
}

/// Founds a desk: the member itself and those whose blocks it was given, all as admins. A block
/// that does not verify is no founding's: `None`.
pub fn found(
    member: &Member,
    keyring: &mut Keyring,
    others: &[Receiving],
    (policy, today): (Policy, u32),
    random: &Random,
) -> Option<Signed> {
    let own = block(member, keyring, random);
    let epoch = fresh(random);
    let mut nonce = [0; 16];
    random(&mut nonce);
    let members = std::iter::once(&own).chain(others).map(|block| seat(block, Role::Admin));
    let act = Act::Founded {
        nonce,
        policy,
        recovery: None,
        epoch: recipient(&epoch),
        members: members.collect::<Option<_>>()?,
    };
    keyring.add_epoch(epoch);
    let statement = Statement { desk: [0; 32], previous: [0; 32], day: today, act };
    Some(sign(&statement, member))
}

/// Twenty digits in groups, to compare a block by telephone: 66 bits of its hash.
pub fn fingerprint(block: &Receiving) -> String {
    fingerprint_of(&block.key, &block.receiver)
}

/// The same of the keys themselves, as a statement names them.
pub fn fingerprint_of(key: &Key, receiver: &Recipient) -> String {
    let hash = Sha256::new().chain_update(key).chain_update(*receiver.0).finalize();
    let number = hash.iter().take(16).fold(0u128, |number, byte| number << 8 | u128::from(*byte));
    let digits = format!("{:020}", number % 10u128.pow(20));
    let groups: Vec<&str> = (0..4).map(|at| &digits[at * 5..][..5]).collect();
    groups.join(" ")
}

/// A member's place by its block, if that verifies.
pub fn seat(block: &Receiving, role: Role) -> Option<Seat> {
    let shown = block.desk == [0; 32] && block.counter == 0 && block.verify().is_ok();
    let (key, receiver) = (block.key, block.receiver.clone());
    shown.then_some(Seat { key, role, receiver })
}

/// A statement after what is in force, signed by this member.
pub fn propose(roster: &Roster, member: &Member, act: Act, today: u32) -> Signed {
    let (desk, previous) = (roster.desk(), roster.head());
    // A clock that is behind must not keep a desk from acting.
    let statement = Statement { desk, previous, day: today.max(roster.day()), act };
    sign(&statement, member)
}

/// This member's signature under a statement.
pub fn sign(statement: &Statement, member: &Member) -> Signed {
    Signed::new(statement.clone(), member.verifying_key(), |message| member.sign(message))
}

/// A new epoch's key, and the grants of it to all members but this one and `without`. They are
/// sent before the statement that starts it.
pub fn new_epoch(
    fold: &Fold,
    (member, without): (&Member, Option<&Key>),
    keyring: &mut Keyring,
    random: &Random,
) -> (Recipient, Additions) {
    let identity = fresh(random);
    let granted = others(fold, member).filter(|key| Some(*key) != without);
    let grants = granted.filter_map(|key| grant(fold, member, key, &identity)).collect();
    let epoch = recipient(&identity);
    keyring.add_epoch(identity);
    (epoch, grants)
}

/// What this desk owes after a sync: it takes what was granted to it, forgets what is over, shows a
/// new receiving key where the last was used or lost, and grants the others what they lack. An
/// admin's desk also starts the epoch that is due, or signs for one.
pub fn settle(
    fold: &Fold,
    member: &Member,
    keyring: &mut Keyring,
    today: u32,
    random: &Random,
) -> Additions {
    let Some(roster) = fold.roster().filter(|r| r.role(&member.verifying_key()).is_some()) else {
        return vec![];
    };
    take_grants(fold, member, keyring);
    forget(fold, member, keyring, today);
    let mut additions: Additions =
        next_receiving(fold, member, keyring, (today, random)).into_iter().collect();
    let coming = roster.waiting().filter_map(|(_, statement, _)| epoch_of(&statement.act));
    for epoch in roster.epochs().iter().map(|epoch| &epoch.recipient).chain(coming) {
        let Some(identity) = keyring.epoch(&*epoch.0) else { continue };
        let lacking = others(fold, member).filter(|key| lacks(fold, member, key, &epoch.id()));
        additions.extend(lacking.filter_map(|key| grant(fold, member, key, identity)));
    }
    additions.extend(due_epoch(fold, member, keyring, today, random));
    additions
}

/// Whether this desk owes another member an epoch. One grant is enough; but whoever asked anew may
/// have been granted what does not open, and is granted by everybody, so that no single member can
/// keep it out.
fn lacks(fold: &Fold, member: &Member, other: &Key, epoch: &[u8; 32]) -> bool {
    let anew = fold.roster().is_some_and(|roster| roster.asked_anew(other));
    let own = member.verifying_key();
    !fold.granters(other, epoch).any(|granter| !anew || *granter == own)
}

/// Whether an epoch's time of being read is over.
pub fn is_over(roster: &Roster, epoch: &Epoch, today: u32) -> bool {
    let days = u32::from(roster.policy().retention_days);
    let next = roster.epochs().iter().find(|next| next.from > epoch.from);
    days > 0 && next.is_some_and(|next| today > next.day.saturating_add(days))
}

fn take_grants(fold: &Fold, member: &Member, keyring: &mut Keyring) {
    let own = fold.grants().iter().filter(|(_, grant)| grant.member == member.verifying_key());
    for (_, grant) in own.filter(|(_, grant)| is_wanted(fold, &grant.epoch)) {
        let opened = keyring.receiving(grant.counter).and_then(|receiving| {
            let plain = open_entry(receiving, &grant.sealed, BODY_BYTES).ok()?;
            let mut seed = Zeroizing::new([0; 32]);
            seed.copy_from_slice(plain.get(..32)?);
            Some(Identity::from_seed(seed))
        });
        if let Some(identity) = opened.filter(|epoch| recipient(epoch).id() == grant.epoch) {
            keyring.add_epoch(identity);
        }
    }
}

fn forget(fold: &Fold, member: &Member, keyring: &mut Keyring, today: u32) {
    let Some(roster) = fold.roster() else { return };
    let there = roster.epochs().iter().filter(|epoch| !is_over(roster, epoch, today));
    let own = member.verifying_key();
    let coming = roster.waiting().filter_map(|(_, statement, _)| epoch_of(&statement.act));
    let kept: Vec<[u8; 32]> =
        there.map(|epoch| epoch.id).chain(coming.map(Recipient::id)).collect();
    let current = roster.receiver(&own).map(|(_, counter)| counter);
    let used = |counter: u32| {
        fold.grants().iter().any(|(_, grant)| {
            // Anybody can grant an epoch that there never is: such a grant keeps nothing.
            let wanted = kept.contains(&grant.epoch);
            grant.member == own && grant.counter == counter && wanted
        })
    };
    let kept_too: Vec<[u8; 32]> = coming_yet(roster, keyring);
    keyring.retain(
        |counter| current.is_none_or(|current| counter >= current) || used(counter),
        |epoch| {
            let id = Sha256::digest(epoch).into();
            kept.contains(&id) || kept_too.contains(&id)
        },
    );
}

/// The newest epochs that this desk made and the log does not know: their statements may be on the
/// way, and nobody could read an epoch whose key was dropped before it began.
fn coming_yet(roster: &Roster, keyring: &Keyring) -> Vec<[u8; 32]> {
    let ids = keyring.epochs().map(|epoch| recipient(epoch).id());
    let unknown = |id: &[u8; 32]| roster.epochs().iter().all(|epoch| epoch.id != *id);
    let mut own: Vec<[u8; 32]> = ids.filter(unknown).collect();
    own.drain(..own.len().saturating_sub(PROPOSALS));
    own
}

/// Whether there is such an epoch, or it is proposed. Grants of others mean nothing, or nothing yet.
fn is_wanted(fold: &Fold, epoch: &[u8; 32]) -> bool {
    let Some(roster) = fold.roster() else { return false };
    let mut coming = roster.waiting().filter_map(|(_, statement, _)| epoch_of(&statement.act));
    roster.epochs().iter().any(|known| known.id == *epoch)
        || coming.any(|known| known.id() == *epoch)
}

/// A new receiving key where the present one was used for an epoch, or its private half is lost.
fn next_receiving(
    fold: &Fold,
    member: &Member,
    keyring: &mut Keyring,
    (today, random): (u32, &Random),
) -> Option<(u8, Vec<u8>)> {
    let own = member.verifying_key();
    let (shown, counter) = fold.roster()?.receiver(&own)?;
    let missing = keyring.receiving(counter).is_none_or(|kept| recipient(kept) != *shown);
    // What was granted and does not open is as good as lost; from the first time on all others grant.
    // The roster bounds how often: a member who grants nonsense must not make this desk ask for ever.
    let unopened = unopened(fold, member, keyring, today);
    let lost = missing || unopened && fold.roster()?.may_ask_anew(&own);
    let used = fold
        .grants()
        .iter()
        .any(|(_, g)| g.member == own && g.counter == counter && is_wanted(fold, &g.epoch));
    if !lost && !used {
        return None;
    }
    let next = counter.checked_add(1)?;
    if keyring.receiving(next).is_none() {
        keyring.add_receiving(next, fresh(random));
    }
    let receiver = recipient(keyring.receiving(next)?);
    let who = (fold.roster()?.desk(), own);
    let receiving = Receiving::new(who, (next, lost), receiver, |message| member.sign(message));
    Some((kind::RECEIVING, receiving.encode()))
}

/// Whether an epoch that could be read was granted to this member, and is not in its keyring.
fn unopened(fold: &Fold, member: &Member, keyring: &Keyring, today: u32) -> bool {
    let Some(roster) = fold.roster() else { return false };
    let own = member.verifying_key();
    roster.epochs().iter().filter(|epoch| !is_over(roster, epoch, today)).any(|epoch| {
        let granted = fold.has_grant(&own, &epoch.id);
        granted && keyring.epoch(&*epoch.recipient.0).is_none()
    })
}

fn due_epoch(
    fold: &Fold,
    member: &Member,
    keyring: &mut Keyring,
    today: u32,
    random: &Random,
) -> Additions {
    let Some(roster) = fold.roster() else { return vec![] };
    let days = u32::from(roster.policy().epoch_days);
    let due = days > 0 && today >= roster.epoch().day.saturating_add(days);
    if !due || roster.role(&member.verifying_key()) != Some(Role::Admin) {
        return vec![];
    }
    // One that nobody signed in its time is none: it is proposed anew.
    let fresh = |day: u32| day.abs_diff(today) <= 1;
    let proposed =
        roster.waiting().find(|(_, s, _)| matches!(s.act, Act::EpochStarted(_)) && fresh(s.day));
    let other = roster.waiting().any(|(_, s, _)| !matches!(s.act, Act::EpochStarted(_)));
    let overdue = today >= roster.epoch().day.saturating_add(days + PATIENCE_DAYS);
    match proposed {
        // It would void what waits for a signature.
        None if other && !overdue => vec![],
        None => {
            let (epoch, mut additions) = new_epoch(fold, (member, None), keyring, random);
            let signed = propose(roster, member, Act::EpochStarted(epoch), today);
            additions.push((kind::STATEMENT, signed.encode()));
            additions
        }
        Some((_, statement, signers)) if !signers.contains(&member.verifying_key()) => {
            let Act::EpochStarted(epoch) = &statement.act else { return vec![] };
            // Only an epoch that this desk can read itself, and that nobody is left out of.
            let whole = keyring.epoch(&*epoch.0).is_some()
                && others(fold, member).all(|key| {
                    let granted = signers.contains(key) || fold.has_grant(key, &epoch.id());
                    granted || sealing_key(roster, key).is_none()
                });
            let signed = || (kind::STATEMENT, sign(statement, member).encode());
            if whole { vec![signed()] } else { vec![] }
        }
        Some(_) => vec![],
    }
}

fn others<'f>(fold: &'f Fold, member: &Member) -> impl Iterator<Item = &'f Key> {
    let own = member.verifying_key();
    let members = fold.roster().into_iter().flat_map(Roster::members);
    members.map(|(key, _)| key).filter(move |key| **key != own)
}

fn grant(fold: &Fold, member: &Member, to: &Key, epoch: &Identity) -> Option<(u8, Vec<u8>)> {
    let roster = fold.roster()?;
    let (to_key, counter) = sealing_key(roster, to)?;
    let sealed = seal_entry(&to_key, &epoch.seed()[..]).ok()?;
    let (from, what) = ((roster.desk(), member.verifying_key()), (recipient(epoch).id(), sealed));
    let grant = Grant::new(from, (*to, counter), what, |message| member.sign(message));
    Some((kind::GRANT, grant.encode()))
}

/// The key that a member's grants are sealed to, unless nothing can be sealed to it: an honest
/// server takes no such key.
fn sealing_key(roster: &Roster, member: &Key) -> Option<(payamgir_seal::Recipient, u32)> {
    let (receiver, counter) = roster.receiver(member)?;
    Some((payamgir_seal::Recipient::from_bytes(&*receiver.0).ok()?, counter))
}

/// The public half as the roster writes it.
pub fn recipient(identity: &Identity) -> Recipient {
    Recipient(Box::new(*identity.public()))
}
