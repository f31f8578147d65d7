//! A member's keys at work: founding a desk, the keyring's file, proposals, grants.
//!
//! Whatever is sealed to a key is sealed only once that key's private half is on this disk: the
//! caller saves the keyring before it sends what it is given here.

use payamgir_log::{Error, Reader, Record};
use payamgir_open::hardware::NotDone;
use payamgir_open::keyring::NotAKeyring;
use payamgir_open::member::NotOpened;
use payamgir_open::{Identity, Keyring, Member};
use payamgir_roster::{
    Act, Fold, Grant, Key, Member as Seat, Policy, Receiving, Recipient, Role, Roster, Signed,
    Statement, kind,
};
use payamgir_seal::seal_entry;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::client::Random;

/// Most bytes of an opened keyring or grant.
const KEYS_BYTES: usize = 1 << 20;

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
    fold_on(&mut fold, reader, (0, size))?;
    Ok(fold)
}

/// Tells the fold what records `from..to` say.
pub fn fold_on(fold: &mut Fold, reader: &Reader, span: (u64, u64)) -> Result<(), Error> {
    reader.others(kind::ALL, span, |row| {
        if let Some(record) = Record::decode(&row.record) {
            fold.record(row.index, record.kind.0, row.body.as_deref());
        }
        true
    })
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

pub(crate) fn others<'f>(fold: &'f Fold, member: &Member) -> impl Iterator<Item = &'f Key> {
    let own = member.verifying_key();
    let members = fold.roster().into_iter().flat_map(Roster::members);
    members.map(|(key, _)| key).filter(move |key| **key != own)
}

pub(crate) fn grant(
    fold: &Fold,
    member: &Member,
    to: &Key,
    epoch: &Identity,
) -> Option<(u8, Vec<u8>)> {
    let roster = fold.roster()?;
    let (to_key, counter) = sealing_key(roster, to)?;
    let sealed = seal_entry(&to_key, &epoch.seed()[..]).ok()?;
    let (from, what) = ((roster.desk(), member.verifying_key()), (recipient(epoch).id(), sealed));
    let grant = Grant::new(from, (*to, counter), what, |message| member.sign(message));
    Some((kind::GRANT, grant.encode()))
}

/// The key that a member's grants are sealed to, unless nothing can be sealed to it: an honest
/// server takes no such key.
pub(crate) fn sealing_key(
    roster: &Roster,
    member: &Key,
) -> Option<(payamgir_seal::Recipient, u32)> {
    let (receiver, counter) = roster.receiver(member)?;
    Some((payamgir_seal::Recipient::from_bytes(&*receiver.0).ok()?, counter))
}

/// The public half as the roster writes it.
pub fn recipient(identity: &Identity) -> Recipient {
    Recipient(Box::new(*identity.public()))
}
