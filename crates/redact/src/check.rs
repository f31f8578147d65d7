//! Check digits. All take ASCII digits (or letters) and answer no for anything else.

/// Whether ten digits are an Iranian national code: the last is the weighted sum of the others
/// modulo 11, or its complement. Ten times the same digit is nobody's.
pub(crate) fn national(digits: &str) -> bool {
    let all: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let [weighed @ .., check] = all.as_slice() else { return false };
    if weighed.len() != 9 || digits.len() != 10 || weighed.iter().all(|digit| digit == check) {
        return false;
    }
    let sum: u32 = weighed.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    *check == if sum % 11 < 2 { sum % 11 } else { 11 - sum % 11 }
}

/// Luhn's rule (ISO/IEC 7812-1, annex B).
pub(crate) fn luhn(digits: &str) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(at, digit)| if at % 2 == 1 { doubled(digit) } else { digit })
        .sum();
    sum > 0 && sum.is_multiple_of(10)
}

/// Whether an account's number, country first, in lower case, leaves 1 modulo 97 (ISO 13616).
pub(crate) fn iban(number: &str) -> bool {
    let Some((head, body)) = number.split_at_checked(4) else { return false };
    let step = |rest: u32, c: char| {
        let value = c.to_digit(36)?;
        Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
    };
    body.chars().chain(head.chars()).try_fold(0, step) == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks() {
        for (digits, want) in [
            ("0012345679", true),
            ("0012345678", false),
            ("1111111111", false),
            ("001234567", false),
            ("", false),
        ] {
            assert_eq!(national(digits), want, "{digits}");
        }
        for (digits, want) in
            [("4111111111111111", true), ("4111111111111112", false), ("0000", false), ("", false)]
        {
            assert_eq!(luhn(digits), want, "{digits}");
        }
        for (number, want) in [
            ("gb82west12345698765432", true),
            ("de89370400440532013000", true),
            ("de89370400440532013001", false),
            ("de8-", false),
            ("ش", false),
        ] {
            assert_eq!(iban(number), want, "{number}");
        }
    }
}
