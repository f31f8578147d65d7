//! A size as it is typed.

use crate::digits::to_ascii;

use super::token::fold_word;

/// Names of units, folded as words are, and how many bytes or characters one is.
const UNITS: &[(u64, &[&str])] = &[
    (1, &["", "b", "byte", "bytes", "character", "characters", "بایت", "نویسه"]),
    (1_000, &["k", "kb", "کیلوبایت", "هزار"]),
    (1_000_000, &["m", "mb", "مگابایت", "مگ", "میلیون"]),
    (1_000_000_000, &["g", "gb", "گیگابایت", "گیگ"]),
];

/// Bytes or characters: a whole number in any digits, with a unit behind it or without one.
pub(super) fn size(typed: &str) -> Option<u64> {
    let typed = to_ascii(typed.trim());
    let end = typed.find(|c: char| !c.is_ascii_digit()).unwrap_or(typed.len());
    let (digits, unit) = typed.split_at(end);
    let number: u64 = digits.parse().ok()?;
    let unit = fold_word(unit);
    let known = |names: &[&str]| names.iter().any(|name| fold_word(name) == unit);
    let (each, _) = UNITS.iter().find(|(_, names)| known(names))?;
    number.checked_mul(*each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let table = [
            ("500", Some(500)),
            ("۵۰۰", Some(500)),
            ("٢kb", Some(2_000)),
            ("2 MB", Some(2_000_000)),
            ("۳مگابایت", Some(3_000_000)),
            ("۲\u{200C}گیگابایت", Some(2_000_000_000)),
            ("", None),
            ("mb", None),
            ("1.5mb", None),
            ("-1", None),
            ("5 apples", None),
            ("99999999999999999999", None),
            ("18446744073709551615gb", None),
        ];
        for (typed, expected) in table {
            assert_eq!(size(typed), expected, "{typed}");
        }
    }
}
