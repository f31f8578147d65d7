//! The names of conditions and of their values, in both languages.

use super::dates;
use super::query::{FilterKind, Has, Is};
use super::sizes;
use super::token::fold_word;

/// A condition before its value is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Channel,
    Label,
    Is,
    Has,
    Before,
    After,
    From,
    Larger,
    Smaller,
}

/// A name and what it stands for. Names are compared folded, so that a space, ZWNJ or the
/// keyboard's letters in them do not matter.
type Names<T> = &'static [(T, &'static [&'static str])];

const OPERATORS: Names<Operator> = &[
    (Operator::Channel, &["channel", "via", "کانال"]),
    (Operator::Label, &["label", "tag", "برچسب"]),
    (Operator::Is, &["is", "وضعیت"]),
    (Operator::Has, &["has", "دارد"]),
    (Operator::Before, &["before", "پیش‌از", "قبل", "قبل‌از"]),
    (Operator::After, &["after", "پس‌از", "بعد", "بعداز"]),
    (Operator::From, &["from", "sender", "از", "فرستنده"]),
    (Operator::Larger, &["larger", "longer", "بزرگ‌تراز", "بلندتراز"]),
    (Operator::Smaller, &["smaller", "shorter", "کوچک‌تراز", "کوتاه‌تراز"]),
];

const CHANNELS: Names<&str> = &[
    ("web", &["web", "website", "وب", "وبگاه", "وب‌سایت", "سایت"]),
    ("telegram", &["telegram", "تلگرام"]),
    ("signal", &["signal", "سیگنال"]),
    ("whatsapp", &["whatsapp", "واتساپ", "واتس‌اپ"]),
    ("instagram", &["instagram", "insta", "اینستاگرام", "اینستا"]),
    ("carried", &["carried", "دستی", "دست‌به‌دست"]),
];

const STATES: Names<Is> = &[
    (Is::Open, &["open", "باز"]),
    (Is::Resolved, &["resolved", "closed", "done", "بسته", "حل‌شده", "انجام‌شده", "تمام"]),
    (Is::Snoozed, &["snoozed", "later", "به‌بعد", "موکول", "تعویق", "به‌تعویق‌افتاده"]),
    (Is::Quarantined, &["quarantined", "quarantine", "قرنطینه", "قرنطینه‌شده"]),
    (Is::Assigned, &["assigned", "taken", "سپرده", "سپرده‌شده", "واگذارشده"]),
    (Is::Unassigned, &["unassigned", "untaken", "سپرده‌نشده", "واگذارنشده", "بی‌مسئول"]),
    (Is::Mine, &["mine", "me", "من", "مال‌من", "برای‌من"]),
    (Is::Answered, &["answered", "replied", "پاسخ‌داده", "پاسخ‌داده‌شده", "جواب‌داده"]),
    (Is::Unanswered, &["unanswered", "بی‌پاسخ", "بی‌جواب", "پاسخ‌نداده", "پاسخ‌داده‌نشده"]),
    (Is::Duplicate, &["duplicate", "dup", "تکراری"]),
    (Is::Unreadable, &["unreadable", "ناخوانا", "بازنشدنی"]),
    (Is::Cut, &["cut", "truncated", "incomplete", "بریده", "ناقص", "ناتمام"]),
    (Is::Verified, &["verified", "تأییدشده", "تایید", "راستی‌آزموده"]),
    (Is::Doubtful, &["doubtful", "doubted", "مشکوک", "تردید"]),
    (Is::Deleted, &["deleted", "erased", "حذف", "حذف‌شده", "پاک‌شده"]),
];

const THINGS: Names<Has> = &[
    (Has::Text, &["text", "متن", "نوشته"]),
    (Has::File, &["file", "files", "attachment", "پرونده", "فایل", "پیوست"]),
    (Has::Image, &["image", "images", "photo", "picture", "عکس", "تصویر"]),
    (Has::Audio, &["audio", "voice", "sound", "صدا", "صوت"]),
    (Has::Video, &["video", "film", "ویدیو", "ویدئو", "فیلم"]),
    (Has::Document, &["document", "doc", "سند", "مدرک"]),
    (Has::Note, &["note", "notes", "یادداشت"]),
    (Has::Draft, &["draft", "پیش‌نویس"]),
    (Has::Redaction, &["redaction", "redacted", "پوشیده", "پوشاندن", "سیاه‌شده"]),
];

/// The operator of this name.
pub(super) fn operator(name: &str) -> Option<Operator> {
    named(OPERATORS, name)
}

/// The condition with this value, typed as it is; None where it says nothing. Words such as today
/// are understood where `today` is known.
pub(super) fn condition(operator: Operator, value: &str, today: Option<i32>) -> Option<FilterKind> {
    match operator {
        Operator::Channel => named(CHANNELS, value)
            .map(str::to_owned)
            .or_else(|| folded(value))
            .map(FilterKind::Channel),
        Operator::Label => folded(value).map(FilterKind::Label),
        Operator::Is => named(STATES, value).map(FilterKind::Is),
        Operator::Has => named(THINGS, value).map(FilterKind::Has),
        Operator::Before => dates::day_on(value, today).map(FilterKind::Before),
        Operator::After => dates::day_on(value, today).map(FilterKind::After),
        Operator::Larger => sizes::size(value).map(FilterKind::Larger),
        Operator::Smaller => sizes::size(value).map(FilterKind::Smaller),
        Operator::From => folded(value).map(|_| FilterKind::From(value.trim().to_owned())),
    }
}

/// A value as one folded word, if anything is left of it.
fn folded(value: &str) -> Option<String> {
    Some(fold_word(value)).filter(|word| !word.is_empty())
}

fn named<T: Copy>(names: Names<T>, typed: &str) -> Option<T> {
    let typed = fold_word(typed);
    let has = |names: &[&str]| names.iter().any(|name| fold_word(name) == typed);
    names.iter().find(|(_, names)| has(names)).map(|(what, _)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clear<T: Copy + PartialEq>(names: Names<T>) {
        for (what, list) in names {
            for name in *list {
                assert!(!fold_word(name).is_empty());
                assert!(named(names, name) == Some(*what), "{name} stands for two things");
            }
        }
    }

    #[test]
    fn a_name_stands_for_one_thing() {
        clear(OPERATORS);
        clear(CHANNELS);
        clear(STATES);
        clear(THINGS);
    }
}
