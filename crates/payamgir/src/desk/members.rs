//! `desk members` and the commands that change who the desk is.

use std::path::Path;
use std::sync::Arc;

use payamgir_desk::client::Random;
use payamgir_desk::keys::{self, Additions};
use payamgir_desk::roster::{
    Act, Approval, Fold, Joining, Key, Policy, Receiving, Role, Roster, Statement, Subject, kind,
};
use payamgir_log::Record;
use payamgir_text::lang::Lang;
use payamgir_wire::armor::{Label, dearmor};
use payamgir_wire::hex::Hex;
use payamgir_wire::key::key_text;
use serde_json::json;

use super::identity::tell_fingerprint;
use super::session::{Session, not_the_desks};
use super::syncing::withheld;
use crate::cli::RosterCommand;
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::{files, output, world};

/// From so many members on, one admin should not decide alone.
const MANY: usize = 3;

/// Runs one of them: syncs, changes, syncs again and says who the desk is.
pub fn run(mut session: Session<'_>, command: &RosterCommand, lang: Lang) -> Result<(), Problem> {
    let synced = session.sync(|_, _| {})?;
    if !synced.withheld.is_empty() {
        return Err(withheld(&synced.withheld));
    }
    let fold = session.fold()?;
    let json = match command {
        RosterCommand::Members { json } => *json,
        change => {
            let additions = additions(&mut session, &fold, change, lang)?;
            session.add(&additions)?;
            session.sync(|_, _| {})?;
            false
        }
    };
    let fold = session.fold()?;
    if json {
        tell_json(&session, &fold)?
    } else {
        tell(&session, &fold, lang)?
    }
    not_the_desks(&fold)
}

fn additions(
    session: &mut Session<'_>,
    fold: &Fold,
    command: &RosterCommand,
    lang: Lang,
) -> Result<Additions, Problem> {
    let roster = fold.roster().ok_or_else(no_roster)?;
    let random: Random = Arc::new(world::random);
    let member = session.member.clone();
    let mut epoch =
        |without| keys::new_epoch(fold, (&member, without), &mut session.keyring, &random);
    let (act, mut additions) = match command {
        RosterCommand::Members { .. } => return Ok(vec![]),
        RosterCommand::Sign { statement } => {
            let statement = waiting(roster, statement)?;
            let epoch = keys::epoch_of(&statement.act);
            if epoch.is_some_and(|epoch| session.keyring.epoch(&*epoch.0).is_none()) {
                return Err(unreadable_epoch());
            }
            return Ok(vec![(kind::STATEMENT, keys::sign(statement, &member).encode())]);
        }
        RosterCommand::Erase { record } => return erasure(session, fold, *record),
        RosterCommand::Admit { block, role, replaces } => {
            let block = read_block(block)?;
            tell_fingerprint(&block, lang);
            let member = keys::seat(&block, (*role).into()).ok_or_else(not_a_block)?;
            let joining = Joining { member, invitation: None, welcome: vec![], replaces: None };
            match replaces {
                None => (Act::Joined(joining), vec![]),
                Some(old) => {
                    let old = find(roster, old)?;
                    let (epoch, grants) = epoch(Some(&old));
                    (Act::Joined(Joining { replaces: Some((old, epoch)), ..joining }), grants)
                }
            }
        }
        RosterCommand::Remove { member } => {
            let member = find(roster, member)?;
            let (epoch, grants) = epoch(Some(&member));
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
        RosterCommand::Epoch => {
            let (epoch, grants) = epoch(None);
            (Act::EpochStarted(epoch), grants)
        }
    };
    let signed = keys::propose(roster, &member, act, keys::day(world::now()));
    additions.push((kind::STATEMENT, signed.encode()));
    Ok(additions)
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

fn tell(session: &Session<'_>, fold: &Fold, lang: Lang) -> Result<(), Problem> {
    let roster = fold.roster().ok_or_else(no_roster)?;
    for (key, role) in roster.members() {
        let you = if *key == session.member.verifying_key() {
            pick(lang, "  (شما)", "  (you)")
        } else {
            ""
        };
        output::line(format!("{}  {}{you}", key_text(key), role_word(role, lang)))?;
    }
    let (policy, epochs) = (roster.policy(), roster.epochs().len());
    output::line(match lang {
        Lang::Fa => format!("آستانه: {}؛ دوره: {epochs}", policy.threshold),
        Lang::En => format!("threshold: {}; epoch: {epochs}", policy.threshold),
    })?;
    for (hash, statement, signers) in roster.waiting() {
        let hash = Hex(*hash).to_string();
        let (act, have, need) = (act_line(&statement.act, lang), signers.len(), policy.threshold);
        output::line(match lang {
            Lang::Fa => format!("در انتظار امضا ({have} از {need}): {act}  {hash}"),
            Lang::En => format!("waits for signatures ({have} of {need}): {act}  {hash}"),
        })?;
    }
    if roster.members().count() >= MANY && policy.threshold < 2 {
        eprintln!("{}", alone(lang));
    }
    Ok(())
}

/// A statement and all that it says: nobody should sign blind.
fn act_line(act: &Act, lang: Lang) -> String {
    let word = act_word(act, lang);
    let key = |key: &Key| key_text(key);
    let fields = match act {
        Act::Joined(joining) => {
            let member = &joining.member;
            let digits = keys::fingerprint_of(&member.key, &member.receiver);
            let old = joining.replaces.as_ref().map(|(old, _)| format!(" ⟵ {}", key(old)));
            let role = role_word(member.role, lang);
            format!("{} {role} [{digits}]{}", key(&member.key), old.unwrap_or_default())
        }
        Act::Removed { member, .. } => key(member),
        Act::RoleChanged { member, role } => format!("{} {}", key(member), role_word(*role, lang)),
        Act::PolicyChanged(policy) => format!(
            "threshold={} author-may-approve={} epoch-days={} retention-days={}",
            policy.threshold, policy.author_may_approve, policy.epoch_days, policy.retention_days
        ),
        Act::Invited { role, .. } => role_word(*role, lang).to_owned(),
        _ => String::new(),
    };
    format!("{word} {fields}").trim_end().to_owned()
}

/// What the program recommends to a desk that has grown.
fn alone(lang: Lang) -> &'static str {
    pick(
        lang,
        "پیشنهاد: آستانه را ۲ کنید تا یک لپ‌تاپ دزدیده‌شده به‌تنهایی چیزی را عوض نکند: payamgir desk policy --threshold 2",
        "Advice: set the threshold to 2, so that one stolen laptop decides nothing: payamgir desk policy --threshold 2",
    )
}

fn tell_json(session: &Session<'_>, fold: &Fold) -> Result<(), Problem> {
    let roster = fold.roster().ok_or_else(no_roster)?;
    let (policy, own) = (roster.policy(), session.member.verifying_key());
    let members: Vec<_> = roster
        .members()
        .map(|(key, role)| json!({"key": key_text(key), "role": role_word(role, Lang::En), "you": *key == own}))
        .collect();
    let waiting: Vec<_> = roster
        .waiting()
        .map(|(hash, statement, signers)| {
            let signers: Vec<_> = signers.iter().map(key_text).collect();
            json!({"statement": Hex(*hash).to_string(), "act": act_word(&statement.act, Lang::En), "says": act_line(&statement.act, Lang::En), "day": statement.day, "signers": signers})
        })
        .collect();
    let epochs: Vec<_> = roster
        .epochs()
        .iter()
        .map(|epoch| {
            let readable = session.keyring.epoch(&*epoch.recipient.0).is_some();
            json!({"from": epoch.from, "day": epoch.day, "readable": readable})
        })
        .collect();
    let refused: Vec<_> = fold
        .refused()
        .iter()
        .map(|(record, refusal)| json!({"record": record, "refusal": refusal.word()}))
        .collect();
    output::json(&json!({
        "desk": Hex(roster.desk()).to_string(),
        "members": members,
        "threshold": policy.threshold,
        "author_may_approve": policy.author_may_approve,
        "epoch_days": policy.epoch_days,
        "retention_days": policy.retention_days,
        "epochs": epochs,
        "waiting": waiting,
        "refused": refused,
    }))
}

fn role_word(role: Role, lang: Lang) -> &'static str {
    match role {
        Role::Reader => pick(lang, "خواننده", "reader"),
        Role::Editor => pick(lang, "ویراستار", "editor"),
        Role::Admin => pick(lang, "سرپرست", "admin"),
    }
}

fn act_word(act: &Act, lang: Lang) -> &'static str {
    match act {
        Act::Founded { .. } => pick(lang, "بنیاد", "founding"),
        Act::Invited { .. } => pick(lang, "دعوت", "invitation"),
        Act::Joined(_) => pick(lang, "پذیرش عضو", "joining"),
        Act::Removed { .. } => pick(lang, "کنار گذاشتن عضو", "removal"),
        Act::RoleChanged { .. } => pick(lang, "تغییر نقش", "change of role"),
        Act::PolicyChanged(_) => pick(lang, "تغییر قاعده", "change of policy"),
        Act::EpochStarted(_) => pick(lang, "دوره‌ی تازه", "new epoch"),
        Act::RecoveryChanged(_) => pick(lang, "بسته‌ی بازیابی", "recovery kit"),
        Act::Recovered { .. } => pick(lang, "بازیابی", "recovery"),
    }
}

/// The log says nothing of the desk, although it was synced.
fn no_roster() -> Problem {
    let what = Say::new("لاگ چیزی از تحریریه نمی‌گوید.", "The log says nothing of the desk.");
    let to_do = Say::new("«payamgir desk verify» را اجرا کنید.", "Run `payamgir desk verify`.");
    Problem::new(what, to_do)
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
