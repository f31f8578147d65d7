//! A day as it is typed.

use crate::jalali::{gregorian_days, jalali_days};

use super::token::fold_word;

/// Years before this one are Jalali, others Gregorian.
const FIRST_GREGORIAN: i32 = 1_700;

/// The years that are understood, so that a day is not taken for a year.
const YEARS: std::ops::RangeInclusive<i32> = 1_000..=9_999;

/// A day as it is typed, Jalali or Gregorian, in days from 1970-01-01: the first of what is named.
pub fn day(typed: &str) -> Option<i32> {
    day_on(typed, None)
}

/// The day, in days from 1970-01-01, of a year, year and month, or whole date with `/`, `-` or `.`
/// between its parts: the first day of what is named. Today and yesterday are understood where
/// `today` is known.
pub(super) fn day_on(typed: &str, today: Option<i32>) -> Option<i32> {
    let typed = typed.trim();
    if let Some(day) = today.and_then(|today| relative(typed, today)) {
        return Some(day);
    }
    let mut parts = typed.split(is_separator);
    let year = number(parts.next()?)?;
    let month = parts.next().map_or(Some(1), number)?;
    let day = parts.next().map_or(Some(1), number)?;
    if parts.next().is_some() || !YEARS.contains(&year) {
        return None;
    }
    let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    if year < FIRST_GREGORIAN {
        jalali_days(year, month, day)
    } else {
        gregorian_days(year, month, day)
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, '/' | '-' | '.' | '٫' | '\u{2010}'..='\u{2013}' | '−' | '⁄')
}

fn relative(typed: &str, today: i32) -> Option<i32> {
    match fold_word(typed).as_str() {
        "today" | "امروز" => Some(today),
        "yesterday" | "دیروز" => today.checked_sub(1),
        _ => None,
    }
}

/// A number of one to four digits.
fn number(typed: &str) -> Option<i32> {
    let digits = fold_word(typed);
    let short = (1..=4).contains(&digits.len());
    let only = short && digits.bytes().all(|byte| byte.is_ascii_digit());
    only.then(|| digits.parse().ok()).flatten()
}
