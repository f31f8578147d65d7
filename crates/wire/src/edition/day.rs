//! A day, or as much of it as may be known.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{Flaw, check};

/// Whose years and months are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Calendar {
    /// The Gregorian.
    Gregorian,
    /// The Solar Hijri, Iran's.
    Jalali,
}

/// A year, a month or a day, as vague as a desk chose. A month of one calendar is none of the other,
/// so the calendar is kept. Written `1405-08-12` (Jalali years end below 1700) or `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// Whose.
    pub calendar: Calendar,
    /// The year.
    pub year: u16,
    /// The month, from 1.
    pub month: Option<u8>,
    /// The day of the month, from 1; only where there is a month.
    pub day: Option<u8>,
}

/// The first year that is read as a Gregorian one.
const GREGORIAN: u16 = 1700;

impl Day {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; digits of Persian and Arabic, and slashes, are taken.
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        let mut parts = text.trim().split(['-', '/', '.']).map(number);
        let mut next = || parts.next().map(|part| part.ok_or(Flaw::Day)).transpose();
        let (year, month, day) = (next()?.ok_or(Flaw::Day)?, next()?, next()?);
        let short = |value: Option<u16>| value.map(u8::try_from).transpose().map_err(|_| Flaw::Day);
        let calendar = if year < GREGORIAN { Calendar::Jalali } else { Calendar::Gregorian };
        let this = Self { calendar, year, month: short(month)?, day: short(day)? };
        this.check()?;
        check(next()?.is_none(), Flaw::Day).map(|()| this)
    }

    /// Whether its parts are in range; whether a month has such a day is told by who knows calendars.
    pub fn check(&self) -> Result<(), Flaw> {
        let year = match self.calendar {
            Calendar::Jalali => (1000..GREGORIAN).contains(&self.year),
            Calendar::Gregorian => (GREGORIAN..3000).contains(&self.year),
        };
        let month = self.month.is_none_or(|month| (1..=12).contains(&month));
        let day = self.day.is_none_or(|day| self.month.is_some() && (1..=31).contains(&day));
        check(year && month && day, Flaw::Day)
    }
}

fn number(text: &str) -> Option<u16> {
    let ascii = |c: char| match c {
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(c) - 0x660, 10),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(c) - 0x6f0, 10),
        _ => c.is_ascii_digit().then_some(c),
    };
    let digits: String = text.trim().chars().map(ascii).collect::<Option<_>>()?;
    if digits.len() > 4 { None } else { digits.parse().ok() }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}", self.year)?;
        self.month.map_or(Ok(()), |month| write!(f, "-{month:02}"))?;
        self.day.map_or(Ok(()), |day| write!(f, "-{day:02}"))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(|_| D::Error::custom("no day"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading() {
        for (text, want) in [
            ("2026-11-30", Some("2026-11-30")),
            ("2026-11", Some("2026-11")),
            ("2026", Some("2026")),
            ("۱۴۰۵/۹/۹", Some("1405-09-09")),
            ("1405-08", Some("1405-08")),
            ("٢٠٢٦.١", Some("2026-01")),
            ("", None),
            ("26", None),
            ("2026-13", None),
            ("2026-00", None),
            ("2026-11-32", None),
            ("2026-11-30-1", None),
            ("20261", None),
            ("2026-", None),
            ("+026", None),
        ] {
            let read = Day::parse(text).ok().map(|day| day.to_string());
            assert_eq!(read.as_deref(), want, "{text}");
        }
        assert_eq!(Day::parse("1405").unwrap().calendar, Calendar::Jalali);
    }
}
