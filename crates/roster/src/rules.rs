//! What may be said, and by whom. Each rule is asked before anything changes.

use std::collections::BTreeSet;

use crate::member::{Key, MEMBERS, Member, Policy, Recipient, Role};
use crate::statement::{Act, Joining, Statement};
use crate::{Refusal, Roster, Signed};

/// A founding names no desk and no predecessor, has members with keys of their own and enough
/// admins, and is signed by its first member, who is one.
pub(crate) fn founding(signed: &Signed, policy: Policy, members: &[Member]) -> Result<(), Refusal> {
    let statement = &signed.statement;
    if statement.desk != [0; 32] || statement.previous != [0; 32] {
        return Err(Refusal::OtherDesk);
    }
    let first = members.first().filter(|first| first.role == Role::Admin);
    let signer = first.map(|first| first.key).ok_or(Refusal::TooFewAdmins)?;
    let keys: BTreeSet<&Key> = members.iter().map(|member| &member.key).collect();
    let receivers: BTreeSet<&Recipient> = members.iter().map(|member| &member.receiver).collect();
    if keys.len() < members.len() {
        return Err(Refusal::KnownMember);
    }
    if receivers.len() < members.len() {
        return Err(Refusal::UsedKey);
    }
    let admins = members.iter().filter(|member| member.role == Role::Admin).count();
    enough(admins, policy.threshold)?;
    let by_the_first = matches!(&signed.signatures[..], [only] if only.key == signer);
    if by_the_first { Ok(()) } else { Err(Refusal::NotAllowed) }
}

/// Who signs is an admin, or the recovery key for the one statement it is there for.
pub(crate) fn signers(roster: &Roster, signed: &Signed) -> Result<(), Refusal> {
    let recovers = matches!(signed.statement.act, Act::Recovered { .. });
    let allowed = |key: &Key| match recovers {
        true => roster.recovery.as_ref().is_some_and(|recovery| recovery.key == *key),
        false => roster.role(key) == Some(Role::Admin),
    };
    // Who goes has no hand in the epoch that shuts it out.
    let goes = match &signed.statement.act {
        Act::Removed { member, .. } => Some(member),
        Act::Joined(joining) => joining.replaces.as_ref().map(|(key, _)| key),
        _ => None,
    };
    let fine = |key: &Key| allowed(key) && Some(key) != goes;
    if signed.signatures.iter().all(|s| fine(&s.key)) { Ok(()) } else { Err(Refusal::NotAllowed) }
}

/// How many must sign.
pub(crate) fn needed(roster: &Roster, act: &Act) -> usize {
    match act {
        Act::Recovered { .. } => 1,
        _ => usize::from(roster.policy.threshold),
    }
}

/// Whether the change makes sense for this roster.
pub(crate) fn act(roster: &Roster, statement: &Statement) -> Result<(), Refusal> {
    if statement.day < roster.day {
        return Err(Refusal::Day);
    }
    match &statement.act {
        Act::Founded { .. } => Err(Refusal::Founding),
        Act::Invited { id, .. } if roster.invited.contains(id) => Err(Refusal::Repeated),
        Act::Invited { .. } | Act::RecoveryChanged(_) => Ok(()),
        Act::Joined(joining) => join(roster, joining, statement.day),
        Act::Removed { member, epoch } => {
            still_enough(roster, member, None)?;
            new_epoch(roster, epoch)
        }
        Act::RoleChanged { member, role } => still_enough(roster, member, Some(*role)),
        Act::PolicyChanged(policy) => enough(roster.admins(), policy.threshold),
        Act::EpochStarted(epoch) => new_epoch(roster, epoch),
        Act::Recovered { member, epoch } => {
            newcomer(roster, member)?;
            new_epoch(roster, epoch)?;
            if member.role == Role::Admin { Ok(()) } else { Err(Refusal::TooFewAdmins) }
        }
    }
}

fn join(roster: &Roster, joining: &Joining, day: u32) -> Result<(), Refusal> {
    let member = &joining.member;
    newcomer(roster, member)?;
    if let Some(id) = &joining.invitation {
        let invitation = roster.invitations.get(id).ok_or(Refusal::NoInvitation)?;
        if invitation.role != member.role {
            return Err(Refusal::NoInvitation);
        }
        if day > invitation.last_day {
            return Err(Refusal::Expired);
        }
    }
    match &joining.replaces {
        None if roster.members.len() >= MEMBERS => Err(Refusal::TooLarge),
        None => Ok(()),
        Some((key, epoch)) => {
            still_enough(roster, key, Some(member.role))?;
            new_epoch(roster, epoch)
        }
    }
}

/// Neither the key nor the receiving key was ever here.
fn newcomer(roster: &Roster, member: &Member) -> Result<(), Refusal> {
    if roster.members.contains_key(&member.key) || roster.former.contains(&member.key) {
        return Err(Refusal::KnownMember);
    }
    let used = roster.received.contains(&member.receiver.id());
    if used { Err(Refusal::UsedKey) } else { Ok(()) }
}

fn new_epoch(roster: &Roster, epoch: &Recipient) -> Result<(), Refusal> {
    let used = roster.epochs.iter().any(|old| old.recipient == *epoch);
    if used { Err(Refusal::UsedKey) } else { Ok(()) }
}

/// Enough admins are left once this member has that role, or is gone.
fn still_enough(roster: &Roster, member: &Key, role: Option<Role>) -> Result<(), Refusal> {
    let old = roster.role(member).ok_or(Refusal::NoSuchMember)?;
    let admin = |role: Role| usize::from(role == Role::Admin);
    let admins = roster.admins() - admin(old) + role.map_or(0, admin);
    enough(admins, roster.policy.threshold)
}

fn enough(admins: usize, threshold: u8) -> Result<(), Refusal> {
    let asked = usize::from(threshold);
    if asked >= 1 && admins >= asked { Ok(()) } else { Err(Refusal::TooFewAdmins) }
}
