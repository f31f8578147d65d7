//! Acts and approvals in words, with all that they say: nobody should sign blind.

use std::collections::BTreeSet;

use payamgir_desk::roster::{Act, Approval, Fold, Key, Policy, Role, Roster, Subject, approved};
use payamgir_desk::{invite, keys, kit};
use payamgir_text::digits;
use payamgir_text::lang::Lang;
use payamgir_text::terminal::isolate;
use payamgir_wire::key::key_text;

use crate::words::pick;

/// An erasure that too few have approved.
pub struct Erasure {
    /// The record.
    pub record: u64,
    /// Whose wish it is.
    pub author: Key,
    /// Approvals that count.
    pub have: usize,
}

/// An act and all that it says.
pub fn act_line(act: &Act, lang: Lang) -> String {
    let (word, key) = (act_word(act, lang), |key: &Key| isolate(&key_text(key)));
    let fields = match act {
        Act::Joined(joining) => {
            let member = &joining.member;
            let digits = keys::fingerprint_of(&member.key, &member.receiver);
            let digits = isolate(&digits::localize(&digits, lang));
            let instead = pick(lang, "به جای", "instead of");
            let old = joining.replaces.as_ref().map(|(old, _)| format!(" {instead} {}", key(old)));
            let role = role_word(member.role, lang);
            format!("{} {role} [{digits}]{}", key(&member.key), old.unwrap_or_default())
        }
        Act::Removed { member, .. } => key(member),
        Act::RoleChanged { member, role } => format!("{} {}", key(member), role_word(*role, lang)),
        Act::PolicyChanged(policy) => policy_line(*policy, lang),
        Act::Invited { id, role, .. } => {
            let number = digits::localize(&invite::number(id).to_string(), lang);
            format!("{number} {}", role_word(*role, lang))
        }
        Act::RecoveryChanged(Some(recovery)) => isolate(&kit::name(&recovery.key)),
        Act::RecoveryChanged(None) => pick(lang, "هیچ", "none").to_owned(),
        _ => String::new(),
    };
    format!("{word} {fields}").trim_end().to_owned()
}

/// What the desk asks for, in words.
pub fn policy_line(policy: Policy, lang: Lang) -> String {
    let number = |n: u64| digits::number(n, lang);
    let days = |n: u16, none: &str| match n {
        0 => none.to_owned(),
        n => format!("{} {}", number(n.into()), pick(lang, "روز", "days")),
    };
    let threshold = number(policy.threshold.into());
    let author = match policy.author_may_approve {
        true => pick(lang, "به شمار می‌آید", "counts"),
        false => pick(lang, "به شمار نمی‌آید", "does not count"),
    };
    let epoch = days(policy.epoch_days, pick(lang, "هرگز", "never"));
    let kept = days(policy.retention_days, pick(lang, "همیشه", "always"));
    match lang {
        Lang::Fa => format!(
            "آستانه: {threshold}؛ تأیید خود نویسنده: {author}؛ دوره‌ی تازه پس از: {epoch}؛ خواندنی تا پس از پایان دوره: {kept}"
        ),
        Lang::En => format!(
            "threshold: {threshold}; an author's own approval {author}; next epoch after: {epoch}; readable after an epoch's end: {kept}"
        ),
    }
}

/// Erasures that somebody asked for and too few have approved yet.
pub fn erasures(fold: &Fold) -> Vec<Erasure> {
    let Some(roster) = fold.roster() else { return vec![] };
    let mut open = vec![];
    for (record, about) in fold.erasures() {
        for asked in about.iter().filter(|approval| approval.key == approval.author) {
            let (subject, author) = (asked.subject, asked.author);
            if approved(roster, subject, &author, about.iter().copied()).is_err() {
                open.push(Erasure {
                    record,
                    author,
                    have: count(roster, (subject, author), &about),
                });
            }
        }
    }
    open.sort_by_key(|erasure| erasure.record);
    open
}

/// How many approvals of it count.
fn count(roster: &Roster, (subject, author): (Subject, Key), about: &[&Approval]) -> usize {
    let same = about.iter().filter(|a| a.subject == subject && a.author == author);
    let counts = |key: &Key| *key != author || roster.policy().author_may_approve;
    let editors = same.filter(|a| counts(&a.key) && roster.role(&a.key) >= Some(Role::Editor));
    editors.map(|a| a.key).collect::<BTreeSet<_>>().len()
}

/// A role in words.
pub fn role_word(role: Role, lang: Lang) -> &'static str {
    match role {
        Role::Reader => pick(lang, "خواننده", "reader"),
        Role::Editor => pick(lang, "ویراستار", "editor"),
        Role::Admin => pick(lang, "سرپرست", "admin"),
    }
}

/// What kind of act it is, in words.
pub fn act_word(act: &Act, lang: Lang) -> &'static str {
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
