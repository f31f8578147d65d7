//! `desk members` and the commands that change who the desk is.

use std::collections::BTreeMap;

use payamgir_desk::kit;
use payamgir_desk::roster::{Act, Fold, Hash, Role, Roster, Statement};
use payamgir_text::bytewords;
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use payamgir_text::terminal::isolate;
use payamgir_wire::hex::Hex;
use payamgir_wire::key::key_text;
use serde_json::json;

use super::acts::{act_line, act_word, erasures, policy_line, role_word};
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
            tell_effects(&fold, &session.fold()?, &session, lang);
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

/// Says what a change did beside itself: whether it waits, and what it made void.
fn tell_effects(before: &Fold, after: &Fold, session: &Session<'_>, lang: Lang) {
    let (Some(before), Some(after)) = (before.roster(), after.roster()) else { return };
    let list = |roster: &Roster| -> BTreeMap<Hash, Statement> {
        roster.waiting().map(|(hash, statement, _)| (*hash, statement.clone())).collect()
    };
    let (was, is) = (list(before), list(after));
    let own = session.member.verifying_key();
    let mine = |hash: &&Hash| {
        let mut waiting = after.waiting();
        !was.contains_key(*hash) && waiting.any(|(h, _, by)| h == *hash && by.contains(&own))
    };
    if is.keys().any(|hash| mine(&hash)) {
        eprintln!("{}", waits(lang));
    }
    let void = |hash: &Hash| !is.contains_key(hash) && !after.is_past(hash);
    for (_, statement) in was.iter().filter(|(hash, _)| void(hash)) {
        let word = pick(lang, "باطل شد، دوباره پیش نهید", "void now, to be proposed again");
        eprintln!("{word}: {}", act_line(&statement.act, lang));
    }
}

fn waits(lang: Lang) -> &'static str {
    pick(
        lang,
        "تا سرپرستی دیگر امضا نکند چیزی عوض نمی‌شود: desk members و desk sign.",
        "Nothing changes until another admin has signed: desk members, desk sign.",
    )
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
    let policy = roster.policy();
    let number = |n: usize| digits::number(n as u64, lang);
    let (threshold, epochs) = (number(policy.threshold.into()), number(roster.epochs().len()));
    let word = pick(lang, "دوره", "epoch");
    output::line(format!("{}\n{word}: {epochs}", policy_line(policy, lang)))?;
    let word =
        pick(lang, "کلید، برای چاپ و سنجش با صفحه", "key, to print and to compare with the page");
    output::line(format!("{word}: {}", key_words(&roster.epoch().id, lang)))?;
    for (hash, statement, signers) in roster.waiting() {
        let hash = isolate(&Hex(*hash).to_string());
        let (act, have) = (act_line(&statement.act, lang), number(signers.len()));
        output::line(match lang {
            Lang::Fa => format!("در انتظار امضا ({have} از {threshold}): {act}  {hash}"),
            Lang::En => format!("waits for signatures ({have} of {threshold}): {act}  {hash}"),
        })?;
    }
    for erasure in erasures(fold) {
        let (record, have) = (digits::number(erasure.record, lang), number(erasure.have));
        let author = isolate(&key_text(&erasure.author));
        output::line(match lang {
            Lang::Fa => format!(
                "پاک کردن رکورد {record} در انتظار تأیید است ({have} از {threshold})؛ خواست {author}"
            ),
            Lang::En => format!(
                "erasing record {record} waits for approvals ({have} of {threshold}), asked for by {author}"
            ),
        })?;
    }
    if let Some(recovery) = roster.recovery() {
        let word = pick(lang, "بسته‌ی بازیابی", "recovery kit");
        output::line(format!("{word}: {}", isolate(&kit::name(&recovery.key))))?;
    }
    advise(session, roster, lang);
    Ok(())
}

/// An epoch's key in words, as the source's page shows it (docs/FORMAT.md §20.1).
fn key_words(epoch: &[u8; 32], lang: Lang) -> String {
    let words: Vec<&str> = epoch[..8].iter().map(|byte| bytewords::word(*byte, lang)).collect();
    words.join(" ")
}

/// What is not as it should be, and what would be better.
fn advise(session: &Session<'_>, roster: &Roster, lang: Lang) {
    let kit_comes =
        roster.waiting().any(|(_, s, _)| matches!(s.act, Act::RecoveryChanged(Some(_))));
    let admin = roster.role(&session.member.verifying_key()) == Some(Role::Admin);
    if roster.recovery().is_none() && admin && !kit_comes {
        eprintln!("{}", no_kit(lang));
    }
    if session.keyring.epoch(&*roster.epoch().recipient.0).is_none() {
        eprintln!("{}", unreadable(lang));
    }
    if roster.members().count() >= MANY && roster.policy().threshold < 2 {
        eprintln!("{}", alone(lang));
    }
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
    let erasures: Vec<_> = erasures(fold)
        .iter()
        .map(|erasure| json!({"record": erasure.record, "author": key_text(&erasure.author), "have": erasure.have}))
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
        "key_fa": key_words(&roster.epoch().id, Lang::Fa),
        "key_en": key_words(&roster.epoch().id, Lang::En),
        "epochs": epochs,
        "waiting": waiting,
        "erasures": erasures,
        "refused": refused,
    }))
}

/// The log says nothing of the desk, although it was synced.
pub fn no_roster() -> Problem {
    let what = Say::new("لاگ چیزی از تحریریه نمی‌گوید.", "The log says nothing of the desk.");
    let to_do = Say::new("«payamgir desk verify» را اجرا کنید.", "Run `payamgir desk verify`.");
    Problem::new(what, to_do)
}
