//! What every desk owes the others after each sync: keys granted, forgotten and renewed, and epochs
//! begun in their time.

use payamgir_open::{Identity, Keyring, Member, open_entry};
use payamgir_roster::{Act, Epoch, Fold, Key, Receiving, Recipient, Role, Roster, kind};
use payamgir_wire::limits::BODY_BYTES;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::client::Random;
use crate::keys::{
    Additions, epoch_of, fresh, grant, new_epoch, others, propose, recipient, sealing_key, sign,
};

/// How many epochs of its own making a desk keeps that did not begin.
const PROPOSALS: usize = 8;

/// For so many days an epoch that is due lets other statements be signed first.
const PATIENCE_DAYS: u32 = 7;

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
    for epoch in roster.epochs().iter().map(|epoch| &epoch.recipient).chain(coming(roster)) {
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
    let kept: Vec<[u8; 32]> =
        there.map(|epoch| epoch.id).chain(coming(roster).map(Recipient::id)).collect();
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

/// The epochs that waiting statements would start.
fn coming(roster: &Roster) -> impl Iterator<Item = &Recipient> {
    roster.waiting().filter_map(|(_, statement, _)| epoch_of(&statement.act))
}

/// Whether there is such an epoch, or it is proposed. Grants of others mean nothing, or nothing yet.
fn is_wanted(fold: &Fold, epoch: &[u8; 32]) -> bool {
    let Some(roster) = fold.roster() else { return false };
    roster.epochs().iter().any(|known| known.id == *epoch)
        || coming(roster).any(|known| known.id() == *epoch)
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
            let (epoch, mut additions) = again(roster, keyring)
                .unwrap_or_else(|| new_epoch(fold, (member, None), keyring, random));
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

/// An epoch that was proposed and not signed in its time, if this desk can read it: its key is as good
/// as new, and granted already.
fn again(roster: &Roster, keyring: &Keyring) -> Option<(Recipient, Additions)> {
    let mut proposed = roster.waiting().filter_map(|(_, statement, _)| match &statement.act {
        Act::EpochStarted(epoch) => Some(epoch),
        _ => None,
    });
    let readable = proposed.find(|epoch| keyring.epoch(&*epoch.0).is_some())?;
    Some((readable.clone(), vec![]))
}
