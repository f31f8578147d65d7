//! Days in both calendars, as vague as they are.

use payamgir_text::jalali::{Date, gregorian, gregorian_days, jalali, jalali_days};
use payamgir_text::{Lang, digits};
use payamgir_wire::edition::{Calendar, Day};

const JALALI: [(&str, &str); 12] = [
    ("فروردین", "Farvardin"),
    ("اردیبهشت", "Ordibehesht"),
    ("خرداد", "Khordad"),
    ("تیر", "Tir"),
    ("مرداد", "Mordad"),
    ("شهریور", "Shahrivar"),
    ("مهر", "Mehr"),
    ("آبان", "Aban"),
    ("آذر", "Azar"),
    ("دی", "Dey"),
    ("بهمن", "Bahman"),
    ("اسفند", "Esfand"),
];

const GREGORIAN: [(&str, &str); 12] = [
    ("ژانویه", "January"),
    ("فوریه", "February"),
    ("مارس", "March"),
    ("آوریل", "April"),
    ("مه", "May"),
    ("ژوئن", "June"),
    ("ژوئیه", "July"),
    ("اوت", "August"),
    ("سپتامبر", "September"),
    ("اکتبر", "October"),
    ("نوامبر", "November"),
    ("دسامبر", "December"),
];

/// A day in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// In the reader's calendar where the day is known, in the desk's where it is vague.
    pub main: String,
    /// In the other calendar; a span where the two do not agree on what a month or a year is.
    pub other: String,
    /// For machines, where a Gregorian day, month or year was meant.
    pub iso: Option<String>,
}

/// A day in words.
pub fn when(day: &Day, lang: Lang) -> When {
    let Some((first, last)) = span(day) else { return as_written(day, lang) };
    let own = in_words(
        parts(first, day.calendar),
        (day.month.is_some(), day.day.is_some()),
        day.calendar,
        lang,
    );
    let across = other(day.calendar);
    let (from, to) = (parts(first, across), parts(last, across));
    if day.day.is_some() {
        let crossed = in_words(from, (true, true), across, lang);
        let readers = if lang == Lang::Fa { Calendar::Jalali } else { Calendar::Gregorian };
        let (main, other) = if day.calendar == readers { (own, crossed) } else { (crossed, own) };
        let Date { year, month, day } = gregorian(first);
        return When { main, other, iso: Some(format!("{year:04}-{month:02}-{day:02}")) };
    }
    let iso = (day.calendar == Calendar::Gregorian).then(|| day.to_string());
    When { main: own, other: stretch(from, to, (day.month.is_some(), across), lang), iso }
}

/// The Gregorian day, month and year for machines; a vague day is its first.
pub fn iso_day(day: &Day) -> String {
    let Some((first, _)) = span(day) else { return "1970-01-01".into() };
    let Date { year, month, day } = gregorian(first);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Whether there is such a day, month or year.
pub fn exists(day: &Day) -> bool {
    span(day).is_some()
}

/// The first day that is meant, counted from 1970-01-01; nothing where there is none.
pub fn first(day: &Day) -> Option<i32> {
    span(day).map(|(first, _)| first)
}

/// Both calendars in one line.
pub fn line(day: &Day, lang: Lang) -> String {
    let When { main, other, .. } = when(day, lang);
    if other.is_empty() { main } else { format!("{main} ({other})") }
}

/// The first and last day that are meant, counted from 1970-01-01.
fn span(day: &Day) -> Option<(i32, i32)> {
    let to_days = match day.calendar {
        Calendar::Gregorian => gregorian_days,
        Calendar::Jalali => jalali_days,
    };
    let year = i32::from(day.year);
    let first = to_days(year, day.month.unwrap_or(1), day.day.unwrap_or(1))?;
    let next = match (day.month, day.day) {
        (_, Some(_)) => first + 1,
        (Some(12) | None, None) => to_days(year + 1, 1, 1)?,
        (Some(month), None) => to_days(year, month + 1, 1)?,
    };
    Some((first, next - 1))
}

fn other(calendar: Calendar) -> Calendar {
    match calendar {
        Calendar::Gregorian => Calendar::Jalali,
        Calendar::Jalali => Calendar::Gregorian,
    }
}

fn parts(days: i32, calendar: Calendar) -> Date {
    match calendar {
        Calendar::Gregorian => gregorian(days),
        Calendar::Jalali => jalali(days),
    }
}

fn in_words(date: Date, (month, day): (bool, bool), calendar: Calendar, lang: Lang) -> String {
    let named = name(date.month, calendar, lang);
    let Date { year, day: number, .. } = date;
    let text = match (month, day) {
        (false, _) => year.to_string(),
        (true, false) => format!("{named} {year}"),
        (true, true) => format!("{number} {named} {year}"),
    };
    digits::localize(&text, lang)
}

/// From one month or year to another.
fn stretch(from: Date, to: Date, (month, calendar): (bool, Calendar), lang: Lang) -> String {
    let part = |date| in_words(date, (month, false), calendar, lang);
    let same = from.year == to.year && (!month || from.month == to.month);
    match (same, month && from.year == to.year) {
        (true, _) => part(from),
        (false, true) => format!("{}–{}", name(from.month, calendar, lang), part(to)),
        (false, false) => format!("{}–{}", part(from), part(to)),
    }
}

fn name(month: u8, calendar: Calendar, lang: Lang) -> &'static str {
    let table = match calendar {
        Calendar::Gregorian => &GREGORIAN,
        Calendar::Jalali => &JALALI,
    };
    let (fa, en) = table[usize::from(month.clamp(1, 12)) - 1];
    if lang == Lang::Fa { fa } else { en }
}

fn as_written(day: &Day, lang: Lang) -> When {
    When { main: digits::localize(&day.to_string(), lang), other: String::new(), iso: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_both_calendars() {
        for (day, lang, want) in [
            ("2026-11-30", Lang::Fa, "۹ آذر ۱۴۰۵ (۳۰ نوامبر ۲۰۲۶)"),
            ("1405-09-09", Lang::En, "30 November 2026 (9 Azar 1405)"),
            ("1405-08", Lang::Fa, "آبان ۱۴۰۵ (اکتبر–نوامبر ۲۰۲۶)"),
            ("1405-08", Lang::En, "Aban 1405 (October–November 2026)"),
            ("1405-10", Lang::En, "Dey 1405 (December 2026–January 2027)"),
            ("2026", Lang::En, "2026 (1404–1405)"),
            ("1405", Lang::Fa, "۱۴۰۵ (۲۰۲۶–۲۰۲۷)"),
            ("2026-02-30", Lang::En, "2026-02-30"),
        ] {
            assert_eq!(line(&Day::parse(day).unwrap(), lang), want, "{day}");
        }
    }

    #[test]
    fn for_machines() {
        let of = |day: &str| when(&Day::parse(day).unwrap(), Lang::Fa).iso;
        assert_eq!(of("1405-09-09").as_deref(), Some("2026-11-30"));
        assert_eq!(of("2026-11").as_deref(), Some("2026-11"));
        assert_eq!(of("1405-08"), None);
    }
}
