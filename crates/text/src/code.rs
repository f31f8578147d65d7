//! Codes that people write down and type in again: a number in groups of digits, with a check digit.

use crate::digits::ascii;

/// How a kind of code is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Digits before the check digit.
    pub digits: usize,
    /// Digits that stand together.
    pub group: usize,
}

/// A receipt (docs/FORMAT.md §21): ten groups of four.
pub const RECEIPT: Form = Form { digits: 39, group: 4 };
/// A pass (docs/FORMAT.md §22): six groups of five.
pub const PASS: Form = Form { digits: 29, group: 5 };

impl Form {
    /// As [`write`].
    pub fn write(self, number: u128) -> String {
        write(number, self.digits, self.group)
    }

    /// As [`read`].
    pub fn read(self, text: &str) -> Option<u128> {
        read(text, self.digits)
    }
}

/// A number in so many digits, with a check digit after them, in groups of `group` with hyphens between.
pub fn write(number: u128, length: usize, group: usize) -> String {
    let number = format!("{number:0length$}");
    let digits: Vec<u32> = number.bytes().map(|digit| u32::from(digit - b'0')).collect();
    let all = format!("{number}{}", luhn(&digits));
    let grouped: Vec<&str> = all
        .as_bytes()
        .chunks(group.max(1))
        .filter_map(|part| std::str::from_utf8(part).ok())
        .collect();
    grouped.join("-")
}

/// Reads what [`write`] wrote, in Persian, Arabic-Indic or ASCII digits, however they stand apart, also as a numbered
/// list of groups. `None` where
/// there are not `length` and one, where something else is among them, or where the check digit says that one
/// is wrong or that two neighbours are exchanged (but 0 and 9).
pub fn read(text: &str, length: usize) -> Option<u128> {
    read_digits(text, length).or_else(|| read_digits(&unnumbered(text)?, length))
}

/// The groups of a numbered list without their numbers.
fn unnumbered(text: &str) -> Option<String> {
    let text: String = text.chars().map(ascii).collect();
    let runs: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|run| !run.is_empty()).collect();
    let (pairs, rest) = runs.as_chunks::<2>();
    let numbered = |(at, pair): (usize, &[&str; 2])| pair[0] == (at + 1).to_string();
    let all = rest.is_empty() && !pairs.is_empty() && pairs.iter().enumerate().all(numbered);
    all.then(|| pairs.iter().map(|pair| pair[1]).collect())
}

fn read_digits(text: &str, length: usize) -> Option<u128> {
    let digits = text.chars().filter(|c| c.is_alphanumeric()).map(|c| ascii(c).to_digit(10));
    let digits: Vec<u32> = digits.take(length + 2).collect::<Option<_>>()?;
    let (check, number) = digits.split_last()?;
    if number.len() != length || luhn(number) != *check {
        return None;
    }
    let add = |sum: u128, digit: &u32| sum.checked_mul(10)?.checked_add(u128::from(*digit));
    number.iter().try_fold(0, add)
}

/// The digit that goes after these (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u32]) -> u32 {
    let weigh = |(at, digit): (usize, &u32)| match digit * if at % 2 == 0 { 2 } else { 1 } {
        more @ 10.. => more - 9,
        less => less,
    };
    let sum: u32 = digits.iter().rev().enumerate().map(weigh).sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::digits::localize;
    use crate::lang::Lang;

    proptest! {
        #[test]
        fn codes_come_back_however_they_are_typed(number: u128, apart in "[ \n.,/|-]{0,3}", group in 1usize..9) {
            let shown = write(number, 39, group);
            prop_assert_eq!(shown.replace('-', "").len(), 40);
            for typed in [shown.replace('-', &apart), localize(&shown, Lang::Fa)] {
                prop_assert_eq!(read(&typed, 39), Some(number));
            }
        }

        #[test]
        fn one_wrong_digit_is_noticed(number: u128, at in 0usize..40, by in 1u8..10) {
            let mut digits = write(number, 39, 40).into_bytes();
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            prop_assert_eq!(read(std::str::from_utf8(&digits).unwrap(), 39), None);
        }

        #[test]
        fn nothing_that_is_typed_breaks(text in crate::samples::text(), length in 0usize..60) {
            let _ = read(&text, length);
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        let zero = write(0, 39, 4);
        assert_eq!(zero, "0000-0000-0000-0000-0000-0000-0000-0000-0000-0000");
        for text in
            ["", "1", &zero[1..], &format!("{zero}0"), &zero.replace('0', "x"), &"9".repeat(40)]
        {
            assert_eq!(read(text, 39), None, "{text}");
        }
        let list = ["1. 0000", "۲) 0000", "3 0000", "4- 0000"].join("\n");
        assert_eq!((read(&list, 15), read("1. 0000 3. 0000", 7)), (Some(0), None));
        // The example of the standard's annex.
        assert_eq!(write(7_992_739_871, 10, 20), "79927398713");
    }
}
