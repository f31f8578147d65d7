//! What each command that changes the desk adds to the log.

use std::path::Path;
use std::sync::Arc;

use payamgir_desk::client::Random;
use payamgir_desk::keys::{self, Additions};
use payamgir_desk::roster::{
    Act, Approval, Fold, Joining, Key, Policy, Receiving, Recipient, Roster, Statement, Subject,
    kind,
};
use payamgir_log::Record;
use payamgir_text::lang::Lang;
use payamgir_wire::armor::{Label, dearmor};
use payamgir_wire::hex::Hex;
use payamgir_wire::key::key_text;

use super::identity::tell_fingerprint;
use super::inviting;
use super::kit;
use super::members::no_roster;
use super::session::Session;
use crate::cli::RosterCommand;
use crate::problem::Problem;
use crate::words::Say;
use crate::{files, world};

pub fn additions(
    session: &mut Session<'_>,
    fold: &Fold,
    command: &RosterCommand,
    lang: Lang,
) -> Result<(Additions, Option<Say>), Problem> {
    let mut say = None;
    let roster = fold.roster().ok_or_else(no_roster)?;
    let member = session.member.clone();
    let (act, mut additions) = match command {
        RosterCommand::Members { .. } => return Ok((vec![], None)),
        RosterCommand::Sign { statement } => {
            let statement = waiting(roster, statement)?;
            let epoch = keys::epoch_of(&statement.act);
            if epoch.is_some_and(|epoch| session.keyring.epoch(&*epoch.0).is_none()) {
                return Err(unreadable_epoch());
            }
            let signed = keys::sign(statement, &member).encode();
            return Ok((vec![(kind::STATEMENT, signed)], None));
        }
        RosterCommand::Erase { record } => {
            return Ok((erasure(session, fold, *record)?, None));
        }
        RosterCommand::Invite { role, days } => {
            let (act, code) = inviting::invite(session, roster, (*role).into(), *days);
            say = Some(code);
            (act, vec![])
        }
        RosterCommand::Welcome { number, fingerprint, replaces } => {
            let chosen = (*number, fingerprint.as_deref());
            let candidate = inviting::candidate(session, roster, chosen, lang)?;
            let joining = candidate.joining(session, roster)?;
            replacing(session, fold, joining, replaces.as_deref())?
        }
        RosterCommand::Admit { block, role, replaces } => {
            let block = read_block(block)?;
            tell_fingerprint(&block, lang);
            let member = keys::seat(&block, (*role).into()).ok_or_else(not_a_block)?;
            let joining = Joining { member, invitation: None, welcome: vec![], replaces: None };
            replacing(session, fold, joining, replaces.as_deref())?
        }
        RosterCommand::Remove { member } => {
            let member = find(roster, member)?;
            let (epoch, grants) = next_epoch(session, fold, Some(&member));
            (Act::Removed { member, epoch }, grants)
        }
        RosterCommand::Role { member, role } => {
            (Act::RoleChanged { member: find(roster, member)?, role: (*role).into() }, vec![])
        }
        RosterCommand::Policy { threshold, author_may_approve, epoch_days, retention_days } => {
            let old = roster.policy();
            let policy = Policy {
                threshold: threshold.unwrap_or(old.threshold),
                author_may_approve: author_may_approve.unwrap_or(old.author_may_approve),
                epoch_days: epoch_days.unwrap_or(old.epoch_days),
                retention_days: retention_days.unwrap_or(old.retention_days),
            };
            (Act::PolicyChanged(policy), vec![])
        }
        RosterCommand::Kit { pages, needed, out } => {
            let (act, made) = kit::make(session, roster, (*needed, *pages), out, lang)?;
            say = Some(made);
            (act, vec![])
        }
        RosterCommand::Epoch => {
            let (epoch, grants) = next_epoch(session, fold, None);
            (Act::EpochStarted(epoch), grants)
        }
    };
    let signed = keys::propose(roster, &member, act, keys::day(world::now()));
    additions.push((kind::STATEMENT, signed.encode()));
    Ok((additions, say))
}

/// A joining, in the place of somebody's old keys where that was asked for.
fn replacing(
    session: &mut Session<'_>,
    fold: &Fold,
    joining: Joining,
    replaces: Option<&str>,
) -> Result<(Act, Additions), Problem> {
    let Some(old) = replaces else { return Ok((Act::Joined(joining), vec![])) };
    let old = find(fold.roster().ok_or_else(no_roster)?, old)?;
    let (epoch, grants) = next_epoch(session, fold, Some(&old));
    Ok((Act::Joined(Joining { replaces: Some((old, epoch)), ..joining }), grants))
}

fn next_epoch(
    session: &mut Session<'_>,
    fold: &Fold,
    without: Option<&Key>,
) -> (Recipient, Additions) {
    let random: Random = Arc::new(world::random);
    let member = session.member.clone();
    keys::new_epoch(fold, (&member, without), &mut session.keyring, &random)
}

/// An approval that a record be erased everywhere; the first that approves is the author.
fn erasure(session: &Session<'_>, fold: &Fold, record: u64) -> Result<Additions, Problem> {
    let problem = |error| session.place.problem(error);
    let row = session.mirror.reader().and_then(|reader| reader.row(record)).map_err(problem)?;
    let leaf = Record::decode(&row.record).map(|record| record.leaf().0);
    let subject = Subject::Erasure { record, leaf: leaf.ok_or_else(no_roster)? };
    let own = session.member.verifying_key();
    let first = fold.approvals().iter().find(|(_, approval)| approval.subject == subject);
    let author = first.map_or(own, |(_, approval)| approval.author);
    let desk = fold.roster().ok_or_else(no_roster)?.desk();
    let sign = |message: &[u8]| session.member.sign(message);
    Ok(vec![(kind::APPROVAL, Approval::new(desk, subject, author, own, sign).encode())])
}

/// Reads a member's block.
pub fn read_block(path: &Path) -> Result<Receiving, Problem> {
    let bytes = dearmor(Label::Member, &files::read(path)?).map_err(|_| not_a_block())?;
    Receiving::decode(&bytes).map_err(|_| not_a_block())
}

/// The member whose key begins so.
fn find(roster: &Roster, start: &str) -> Result<Key, Problem> {
    let mut found = roster.members().filter(|(key, _)| key_text(key).starts_with(start));
    match (found.next(), found.next()) {
        (Some((key, _)), None) => Ok(*key),
        _ => Err(not_one(start)),
    }
}

/// The statement that waits whose hash begins so.
fn waiting<'r>(roster: &'r Roster, start: &str) -> Result<&'r Statement, Problem> {
    let mut found =
        roster.waiting().filter(|(hash, ..)| Hex(**hash).to_string().starts_with(start));
    match (found.next(), found.next()) {
        (Some((_, statement, _)), None) => Ok(statement),
        _ => Err(not_one(start)),
    }
}

/// Signing would start an epoch that was not granted to this desk.
fn unreadable_epoch() -> Problem {
    let what = Say::new(
        "این امضا دوره‌ای را آغاز می‌کند که این تحریریه نمی‌تواند بخواند.",
        "This signature would start an epoch that this desk cannot read.",
    );
    let to_do = Say::new(
        "امضا نکنید؛ از کسی که آن را پیش نهاده بخواهید دوباره پیش نهد.",
        "Do not sign: ask whoever proposed it to propose it again.",
    );
    Problem::new(what, to_do)
}

fn not_one(start: &str) -> Problem {
    let what = Say::new(
        format!("هیچ‌یک یا بیش از یکی با «{start}» آغاز می‌شود."),
        format!("None or more than one begins with {start}."),
    );
    let to_do = Say::new(
        "«payamgir desk members» را ببینید و نویسه‌های بیشتری بدهید.",
        "See `payamgir desk members` and give more characters.",
    );
    Problem::new(what, to_do)
}

fn not_a_block() -> Problem {
    let what = Say::new("این بلوک عضویت درست نیست.", "That is not a member's block.");
    let to_do = Say::new(
        "از او بخواهید خروجی «payamgir desk identity» را دوباره بفرستد.",
        "Ask for the output of `payamgir desk identity` again.",
    );
    Problem::new(what, to_do)
}
