//! Days and moments in the Gregorian and the Jalali (Solar Hijri) calendar.
//!
//! Jalali leap years follow the vernal equinox at Tehran. Borkowski's breaks (K. M. Borkowski,
//! "The Persian calendar for 3000 years", 1996) describe it without astronomy: between two breaks
//! years come in cycles of 33, and the last cycle before a break has 29 or 37. Every cycle opens
//! with a leap year and has one each fourth year after it, save that its last five years have none
//! but their first. That agrees with the official calendar at least for 1925 to 2100; outside the
//! breaks (−61 to 3177) the 33-year cycle is simply continued.

use crate::digits::localize;
use crate::lang::Lang;

/// A day of some calendar; which, the function that made it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year, with a year 0.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
}

/// The years at which the run of 33-year cycles breaks; each begins a cycle.
const BREAKS: [i64; 20] = [
    -61, 9, 38, 199, 426, 686, 756, 818, 1111, 1181, 1210, 1635, 2060, 2097, 2192, 2262, 2324,
    2394, 2456, 3178,
];

/// The first day of Jalali year −61, in days from 1970-01-01.
const FIRST_DAY: i64 = -514_913;

/// Days in a 33-year cycle, which has 8 leap years.
const CYCLE_DAYS: i64 = 33 * 365 + 8;

/// Days in four years of which the first is leap.
const FOUR_YEARS: i64 = 4 * 365 + 1;

/// The day, counted from 1970-01-01, on which the moment `unix` (seconds) falls where clocks are
/// `offset_seconds` ahead of UTC. Moments too far away are given the last day there is.
pub fn days(unix: u64, offset_seconds: i32) -> i32 {
    let local = i128::from(unix) + i128::from(offset_seconds);
    i32::try_from(local.div_euclid(86_400)).unwrap_or(i32::MAX)
}

/// The proleptic Gregorian date of a day counted from 1970-01-01.
pub fn gregorian(days: i32) -> Date {
    // Years are counted from 1 March so that the leap day is a year's last: 719,468 days from
    // 0000-03-01 to 1970-01-01, 146,097 days in 400 years.
    let day = i64::from(days) + 719_468;
    let era = day.div_euclid(146_097);
    let in_era = day.rem_euclid(146_097);
    let year = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
    let in_year = in_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * in_year + 2) / 153;
    let day = in_year - (153 * from_march + 2) / 5 + 1;
    let (month, carry) = match from_march {
        0..=9 => (from_march + 3, 0),
        _ => (from_march - 9, 1),
    };
    date(era * 400 + year + carry, month, day)
}

/// The Jalali date of a day counted from 1970-01-01.
pub fn jalali(days: i32) -> Date {
    let (first_year, length, in_cycle) = cycle(i64::from(days) - FIRST_DAY);
    // The last group of a cycle has five years, so the days left over in it are its fifth year's.
    let groups = (length - 1) / 4;
    let group = (in_cycle / FOUR_YEARS).min(groups - 1);
    let in_group = in_cycle - group * FOUR_YEARS;
    let (year, in_year) = match in_group {
        0..=365 => (0, in_group),
        _ => (1 + (in_group - 366) / 365, (in_group - 366) % 365),
    };
    let (month, day) = match in_year {
        0..=185 => (in_year / 31, in_year % 31),
        _ => (6 + (in_year - 186) / 30, (in_year - 186) % 30),
    };
    date(first_year + group * 4 + year, month + 1, day + 1)
}

/// The day, counted from 1970-01-01, of a proleptic Gregorian date; None where there is no such
/// date, or it is too far away.
pub fn gregorian_days(year: i32, month: u8, day: u8) -> Option<i32> {
    // As in [`gregorian`], years are counted from 1 March.
    let (from_march, carry) = match month {
        1 | 2 => (i64::from(month) + 9, 1),
        3..=12 => (i64::from(month) - 3, 0),
        _ => return None,
    };
    let year_from_march = i64::from(year) - carry;
    let (era, in_era) = (year_from_march.div_euclid(400), year_from_march.rem_euclid(400));
    let in_year = (153 * from_march + 2) / 5 + i64::from(day) - 1;
    let days = era * 146_097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719_468;
    let days = i32::try_from(days).ok()?;
    // A day past the end of its month is one of the next.
    (gregorian(days) == Date { year, month, day }).then_some(days)
}

/// The day, counted from 1970-01-01, of a Jalali date; None where there is no such date, or it is
/// too far away.
pub fn jalali_days(year: i32, month: u8, day: u8) -> Option<i32> {
    let (first_day, length, in_cycle) = cycle_of_year(i64::from(year));
    // Every fourth year from the cycle's first is leap, but not its last.
    let leap_days = ((in_cycle + 3) / 4).min((length - 1) / 4);
    let month_days = match i64::from(month) {
        month @ 1..=7 => (month - 1) * 31,
        month @ 8..=12 => 186 + (month - 7) * 30,
        _ => return None,
    };
    let in_year = month_days + i64::from(day) - 1;
    let days = first_day + in_cycle * 365 + leap_days + in_year;
    let days = i32::try_from(days + FIRST_DAY).ok()?;
    (jalali(days) == Date { year, month, day }).then_some(days)
}

/// The cycle that holds a Jalali year: its first day counted from [`FIRST_DAY`], its length in
/// years, and the year counted from its first.
fn cycle_of_year(year: i64) -> (i64, i64, i64) {
    let endless = |first_day: i64, years: i64| {
        (first_day + years.div_euclid(33) * CYCLE_DAYS, 33, years.rem_euclid(33))
    };
    let mut first_day = 0;
    for pair in BREAKS.windows(2) {
        let (start, length) = (pair[0], pair[1] - pair[0]);
        let closing = if length % 33 == 4 { 37 } else { 29 };
        let full = (length - closing) / 33;
        if year < start + full * 33 {
            return endless(first_day, year - start);
        }
        first_day += full * CYCLE_DAYS;
        if year < pair[1] {
            return (first_day, closing, year - start - full * 33);
        }
        first_day += closing * 365 + (closing - 1) / 4;
    }
    endless(first_day, year - BREAKS[BREAKS.len() - 1])
}

/// The cycle that holds a day counted from [`FIRST_DAY`]: its first year, its length in years, and
/// the day counted from its first.
fn cycle(mut day: i64) -> (i64, i64, i64) {
    for pair in BREAKS.windows(2) {
        let (start, length) = (pair[0], pair[1] - pair[0]);
        let closing = if length % 33 == 4 { 37 } else { 29 };
        let full = (length - closing) / 33;
        if day < full * CYCLE_DAYS {
            return endless_cycle(start, day);
        }
        day -= full * CYCLE_DAYS;
        let closing_days = closing * 365 + (closing - 1) / 4;
        if day < closing_days {
            return (start + full * 33, closing, day);
        }
        day -= closing_days;
    }
    endless_cycle(BREAKS[BREAKS.len() - 1], day)
}

/// As [`cycle`], for a day counted from the first of `start`, were all cycles of 33 years.
fn endless_cycle(start: i64, day: i64) -> (i64, i64, i64) {
    let before = day.div_euclid(CYCLE_DAYS);
    (start + before * 33, 33, day.rem_euclid(CYCLE_DAYS))
}

/// A date of parts that are in range: the days of an `i32` reach under six million years.
fn date(year: i64, month: i64, day: i64) -> Date {
    Date {
        year: i32::try_from(year).unwrap_or(i32::MAX),
        month: u8::try_from(month).unwrap_or(1),
        day: u8::try_from(day).unwrap_or(1),
    }
}

/// A moment (`unix`, seconds) to the minute, where clocks are `offset_seconds` ahead of UTC:
/// Jalali `۱۴۰۵/۹/۱، ۱۵:۰۴` in Persian, Gregorian `2026-11-22 15:04` in English.
pub fn format_datetime(unix: u64, offset_seconds: i32, lang: Lang) -> String {
    let local = i128::from(unix) + i128::from(offset_seconds);
    let minutes = local.rem_euclid(86_400) / 60;
    let (hour, minute) = (minutes / 60, minutes % 60);
    let date = format_date(unix, offset_seconds, lang);
    let between = if lang == Lang::Fa { "،" } else { "" };
    format!("{date}{between} {}", localize(&format!("{hour:02}:{minute:02}"), lang))
}

/// The day of a moment, as [`format_datetime`] writes it.
pub fn format_date(unix: u64, offset_seconds: i32, lang: Lang) -> String {
    let day = days(unix, offset_seconds);
    match lang {
        Lang::Fa => {
            let Date { year, month, day } = jalali(day);
            localize(&format!("{year}/{month}/{day}"), lang)
        }
        Lang::En => {
            let Date { year, month, day } = gregorian(day);
            format!("{year:04}-{month:02}-{day:02}")
        }
    }
}

#[cfg(test)]
mod tests;
