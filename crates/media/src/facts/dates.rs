//! Dates and places as formats write them.

use crate::fact::place;

/// Seconds from the beginning of 1904, as ISO/IEC 14496-12 counts, to that of 1970.
const FROM_1904: u64 = 2_082_844_800;

/// A time of ISO base media files, UTC; `None` for zero, which means unknown.
pub(super) fn since_1904(seconds: u64) -> Option<String> {
    if seconds == 0 {
        return None;
    }
    // Some writers count from 1970 all the same.
    let unix = seconds.checked_sub(FROM_1904).unwrap_or(seconds);
    let (days, second) = (unix / 86_400, unix % 86_400);
    let (year, month, day) = civil(days)?;
    let (hour, minute) = (second / 3600, second / 60 % 60);
    Some(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{:02} UTC", second % 60))
}

/// Year, month and day of a day counted from 1970-01-01; years up to 9999.
fn civil(days: u64) -> Option<(u64, u64, u64)> {
    let leap = |y: u64| y.is_multiple_of(4) && (!y.is_multiple_of(100) || y.is_multiple_of(400));
    let mut left = days;
    let mut year = 1970;
    while left >= 365 + u64::from(leap(year)) {
        left -= 365 + u64::from(leap(year));
        year += 1;
        if year > 9999 {
            return None;
        }
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    Some((year, month, left + 1))
}

/// A place of ISO 6709 in degrees with a fraction, such as `+35.6892+051.3890+1200/`; the text as
/// it is where it is of another form.
pub(super) fn iso6709(text: &str) -> String {
    let text = text.trim();
    let signs: Vec<usize> = text
        .char_indices()
        .filter(|(_, c)| matches!(c, '+' | '-' | '/'))
        .map(|(at, _)| at)
        .collect();
    let number = |from: usize, to: Option<usize>| {
        let from = *signs.get(from)?;
        let to = to.and_then(|to| signs.get(to).copied()).unwrap_or(text.len());
        text.get(from..to)?.parse::<f64>().ok()
    };
    let found = number(0, Some(1)).zip(number(1, Some(2)));
    found.and_then(|(lat, lon)| place(lat, lon)).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let table = [
            (0, None),
            (FROM_1904, Some("1970-01-01 00:00:00 UTC")),
            (FROM_1904 + 951_782_400 + 3661, Some("2000-02-29 01:01:01 UTC")),
            (FROM_1904 + 1_767_225_599, Some("2025-12-31 23:59:59 UTC")),
            (u64::MAX, None),
        ];
        for (seconds, want) in table {
            assert_eq!(since_1904(seconds).as_deref(), want, "{seconds}");
        }
    }

    #[test]
    fn places() {
        let table = [
            ("+35.6892+051.3890/", "35.689200, 51.389000"),
            ("+35.6892+051.3890+1200.5/", "35.689200, 51.389000"),
            ("-33.5-070.25", "-33.500000, -70.250000"),
            ("Tehran", "Tehran"),
            ("+99+000/", "+99+000/"),
            ("+", "+"),
            ("", ""),
        ];
        for (text, want) in table {
            assert_eq!(iso6709(text), want, "{text}");
        }
    }
}
