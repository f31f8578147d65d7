//! `desk members` and the commands that change who the desk is.

use payamgir_desk::roster::{Act, Fold, Key, Role};
use payamgir_desk::{invite, keys, kit};
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use payamgir_wire::hex::Hex;
use payamgir_wire::key::key_text;
use serde_json::json;

use super::changes;
use super::session::{Session, not_the_desks};
use super::syncing::withheld;
use crate::cli::RosterCommand;
use crate::output;
use crate::problem::Problem;
use crate::words::{Say, pick};

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
            let change = changes::change(&mut session, &fold, change, lang)?;
            if let Err(problem) = session.add(&change.additions) {
                change.files.iter().for_each(|path| drop(std::fs::remove_file(path)));
                return Err(problem);
            }
            session.sync(|_, _| {})?;
            if let Some(say) = change.say {
                eprintln!("{}\n", say.in_(lang));
            }
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
    let number = |n: usize| digits::number(n as u64, lang);
    let (threshold, epochs) = (number(policy.threshold.into()), number(epochs));
    output::line(match lang {
        Lang::Fa => format!("آستانه: {threshold}؛ دوره: {epochs}"),
        Lang::En => format!("threshold: {threshold}; epoch: {epochs}"),
    })?;
    for (hash, statement, signers) in roster.waiting() {
        let hash = Hex(*hash).to_string();
        let (act, have, need) = (act_line(&statement.act, lang), number(signers.len()), &threshold);
        output::line(match lang {
            Lang::Fa => format!("در انتظار امضا ({have} از {need}): {act}  {hash}"),
            Lang::En => format!("waits for signatures ({have} of {need}): {act}  {hash}"),
        })?;
    }
    match roster.recovery() {
        None => eprintln!("{}", no_kit(lang)),
        Some(recovery) => {
            let word = pick(lang, "بسته‌ی بازیابی", "recovery kit");
            output::line(format!("{word}: {}", kit::name(&recovery.key)))?;
        }
    }
    if session.keyring.epoch(&*roster.epoch().recipient.0).is_none() {
        eprintln!("{}", unreadable(lang));
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
        Act::Invited { id, role, .. } => {
            format!("{} {}", invite::number(id), role_word(*role, lang))
        }
        Act::RecoveryChanged(Some(recovery)) => kit::name(&recovery.key),
        Act::RecoveryChanged(None) => pick(lang, "هیچ", "none").to_owned(),
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

/// The present epoch was not granted to this desk, or what was granted does not open.
fn unreadable(lang: Lang) -> &'static str {
    pick(
        lang,
        "کلید دوره‌ی کنونی هنوز به این تحریریه نرسیده است: از عضوی دیگر بخواهید desk sync را اجرا کند، سپس شما.",
        "This desk does not have the present epoch's key yet: let another member run desk sync, then run it here.",
    )
}

/// What the program recommends to a desk that nothing brings back.
fn no_kit(lang: Lang) -> &'static str {
    pick(
        lang,
        "پیشنهاد: بسته‌ی بازیابی بسازید تا اگر همه‌ی اعضا کلیدهایشان را گم کردند تحریریه بازگردد: payamgir desk kit --pages 5 --needed 3 --out پوشه",
        "Advice: make a recovery kit, so that the desk comes back should all members lose their keys: payamgir desk kit --pages 5 --needed 3 --out FOLDER",
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
        "kit": roster.recovery().map(|recovery| kit::name(&recovery.key)),
        "epochs": epochs,
        "waiting": waiting,
        "refused": refused,
    }))
}

pub fn role_word(role: Role, lang: Lang) -> &'static str {
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
pub fn no_roster() -> Problem {
    let what = Say::new("لاگ چیزی از تحریریه نمی‌گوید.", "The log says nothing of the desk.");
    let to_do = Say::new("«payamgir desk verify» را اجرا کنید.", "Run `payamgir desk verify`.");
    Problem::new(what, to_do)
}
