//! What each command that changes the desk adds to the log.

use std::path::{Path, PathBuf};

use payamgir_desk::keys::{self, Additions};
use payamgir_desk::roster::{
    Act, Fold, Joining, Key, Policy, Receiving, Recipient, Role, Roster, Statement, kind,
};
use payamgir_text::lang::Lang;
use payamgir_wire::armor::{Label, dearmor};
use payamgir_wire::hex::Hex;
use payamgir_wire::key::key_text;

use super::erasing;
use super::identity::tell_fingerprint;
use super::inviting;
use super::kit;
use super::members::no_roster;
use super::session::{Session, random};
use crate::cli::{PolicyArgs, RosterCommand};
use crate::problem::Problem;
use crate::words::Say;
use crate::{files, world};

/// What a command adds to the log, and what is said once that is done.
#[derive(Default)]
pub struct Change {
    pub additions: Additions,
    pub say: Option<Say>,
    /// Files that are nothing where the log does not take it.
    pub files: Vec<PathBuf>,
}

/// An act to propose, what goes to the log before it, and what is said once it is there.
struct Proposal {
    act: Act,
    before: Additions,
    say: Option<Say>,
    files: Vec<PathBuf>,
}

impl From<(Act, Additions)> for Proposal {
    fn from((act, before): (Act, Additions)) -> Self {
        Self { act, before, say: None, files: vec![] }
    }
}

impl From<(Act, Say)> for Proposal {
    fn from((act, say): (Act, Say)) -> Self {
        (act, vec![], say).into()
    }
}

impl From<(Act, Vec<PathBuf>, Say)> for Proposal {
    fn from((act, files, say): (Act, Vec<PathBuf>, Say)) -> Self {
        Self { act, before: vec![], say: Some(say), files }
    }
}

/// What a command changes.
pub fn change(
    session: &mut Session<'_>,
    fold: &Fold,
    command: &RosterCommand,
    lang: Lang,
) -> Result<Change, Problem> {
    let only = |additions| Ok(Change { additions, ..Change::default() });
    match command {
        RosterCommand::Members { .. } => Ok(Change::default()),
        RosterCommand::Sign { statement } => only(signature(session, fold, statement)?),
        RosterCommand::Erase { record: Some(record), .. } => {
            only(erasing::one(session, fold, *record)?)
        }
        RosterCommand::Erase { before, confirm, .. } => {
            only(erasing::older(session, fold, (*before, *confirm), lang)?)
        }
        command => {
            let proposal = proposal(session, fold, command, lang)?;
            let roster = fold.roster().ok_or_else(no_roster)?;
            let today = keys::day(world::now());
            let signed = keys::propose(roster, &session.member, proposal.act, today);
            let mut additions = proposal.before;
            additions.push((kind::STATEMENT, signed.encode()));
            Ok(Change { additions, say: proposal.say, files: proposal.files })
        }
    }
}

fn proposal(
    session: &mut Session<'_>,
    fold: &Fold,
    command: &RosterCommand,
    lang: Lang,
) -> Result<Proposal, Problem> {
    let roster = fold.roster().ok_or_else(no_roster)?;
    Ok(match command {
        RosterCommand::Members { .. }
        | RosterCommand::Sign { .. }
        | RosterCommand::Erase { .. } => unreachable!("they propose nothing"),
        RosterCommand::Invite { role, days } => {
            inviting::invite(session, roster, (*role).into(), *days).into()
        }
        RosterCommand::Welcome { number, fingerprint, replaces } => {
            let chosen = (*number, fingerprint.as_deref());
            let candidate = inviting::candidate(session, roster, chosen, lang)?;
            let joining = candidate.joining(session, roster)?;
            replacing(session, fold, joining, replaces.as_deref())?.into()
        }
        RosterCommand::Admit { block, role, replaces } => {
            let joining = admission(block, (*role).into(), lang)?;
            let change = replacing(session, fold, joining, replaces.as_deref())?;
            Proposal { say: Some(admitted(session)), ..change.into() }
        }
        RosterCommand::Remove { member } => {
            let member = find(roster, member)?;
            let (epoch, grants) = next_epoch(session, fold, Some(&member));
            (Act::Removed { member, epoch }, grants).into()
        }
        RosterCommand::Role { member, role } => {
            let (member, role) = (find(roster, member)?, (*role).into());
            (Act::RoleChanged { member, role }, vec![]).into()
        }
        RosterCommand::Policy(args) => (Act::PolicyChanged(args.over(roster)), vec![]).into(),
        RosterCommand::Kit { pages, needed, out } => {
            kit::make(session, roster, (*needed, *pages), out, lang)?.into()
        }
        RosterCommand::Epoch => {
            let (epoch, grants) = next_epoch(session, fold, None);
            (Act::EpochStarted(epoch), grants).into()
        }
    })
}

/// This member's signature under what waits.
fn signature(session: &Session<'_>, fold: &Fold, hash: &str) -> Result<Additions, Problem> {
    let statement = waiting(fold.roster().ok_or_else(no_roster)?, hash)?;
    if statement.day > keys::day(world::now()) + 1 {
        return Err(of_a_day_to_come());
    }
    let epoch = keys::epoch_of(&statement.act);
    if epoch.is_some_and(|epoch| session.keyring.epoch(&*epoch.0).is_none()) {
        return Err(unreadable_epoch());
    }
    Ok(vec![(kind::STATEMENT, keys::sign(statement, &session.member).encode())])
}

/// A joining by a block that was handed over.
fn admission(block: &Path, role: Role, lang: Lang) -> Result<Joining, Problem> {
    let block = read_block(block)?;
    tell_fingerprint(&block, lang);
    let member = keys::seat(&block, role).ok_or_else(not_a_block)?;
    Ok(Joining { member, invitation: None, welcome: vec![], replaces: None })
}

/// What somebody who was admitted by a block needs besides.
fn admitted(session: &Session<'_>) -> Say {
    let (server, key) = (&session.link.server, &session.link.log_key);
    let (public, sync) =
        (session.place.public(), format!("payamgir desk sync --server {server} --log-key '{key}'"));
    let public = public.display();
    Say::new(
        format!("تازه‌وارد فایل {public} را در پوشه‌ی خود می‌گذارد و اجرا می‌کند:\n  {sync}"),
        format!("The newcomer puts the file {public} into their folder and runs:\n  {sync}"),
    )
}

impl PolicyArgs {
    /// The roster's policy with what was asked for.
    fn over(&self, roster: &Roster) -> Policy {
        let old = roster.policy();
        Policy {
            threshold: self.threshold.unwrap_or(old.threshold),
            author_may_approve: self.author_may_approve.unwrap_or(old.author_may_approve),
            epoch_days: self.epoch_days.unwrap_or(old.epoch_days),
            retention_days: self.retention_days.unwrap_or(old.retention_days),
        }
    }
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
    let member = session.member.clone();
    keys::new_epoch(fold, (&member, without), &mut session.keyring, &random())
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

/// In force, it would keep the desk from acting until that day.
fn of_a_day_to_come() -> Problem {
    let what = Say::new("تاریخ این تغییر هنوز نرسیده است.", "This change is dated in the future.");
    let to_do = Say::new(
        "امضا نکنید؛ ساعت این رایانه و رایانه‌ی پیشنهاددهنده را ببینید.",
        "Do not sign: look at this machine's clock and at that of whoever proposed it.",
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
