//! Digits and whole numbers as each language writes them.

use crate::lang::Lang;

/// `text` with ASCII digits as `lang` writes them: ۰ to ۹ (U+06F0..) in Persian.
pub fn localize(text: &str, lang: Lang) -> String {
    match lang {
        Lang::Fa => text.chars().map(persian).collect(),
        Lang::En => text.to_owned(),
    }
}

/// A whole number in groups of three: `12,345` or `۱۲٬۳۴۵` (U+066C).
pub fn number(value: u64, lang: Lang) -> String {
    let separator = match lang {
        Lang::Fa => '\u{66C}',
        Lang::En => ',',
    };
    let plain = value.to_string();
    let mut grouped = String::with_capacity(plain.len() * 2);
    for (at, digit) in plain.chars().enumerate() {
        if at > 0 && (plain.len() - at).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    localize(&grouped, lang)
}

/// `text` with Persian (U+06F0..) and Arabic-Indic (U+0660..) digits as ASCII ones.
pub fn to_ascii(text: &str) -> String {
    text.chars().map(ascii).collect()
}

/// The Persian form of an ASCII digit; any other character as it is.
fn persian(c: char) -> char {
    c.to_digit(10).and_then(|value| char::from_u32(0x6F0 + value)).unwrap_or(c)
}

/// The ASCII form of a Persian or Arabic-Indic digit; any other character as it is.
pub(crate) fn ascii(c: char) -> char {
    let value = match c {
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6F0}'..='\u{6F9}' => u32::from(c) - 0x6F0,
        _ => return c,
    };
    char::from_digit(value, 10).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn localizing() {
        let table = [
            ("", ""),
            ("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
            ("کد 42 است", "کد ۴۲ است"),
            ("۴۲", "۴۲"),
            ("٤٢", "٤٢"),
            ("abc", "abc"),
        ];
        for (text, want) in table {
            assert_eq!(localize(text, Lang::Fa), want);
            assert_eq!(localize(text, Lang::En), text);
        }
    }

    #[test]
    fn numbers() {
        let table = [
            (0, "0", "۰"),
            (7, "7", "۷"),
            (999, "999", "۹۹۹"),
            (1_000, "1,000", "۱٬۰۰۰"),
            (12_345, "12,345", "۱۲٬۳۴۵"),
            (100_000, "100,000", "۱۰۰٬۰۰۰"),
            (1_234_567, "1,234,567", "۱٬۲۳۴٬۵۶۷"),
            (u64::MAX, "18,446,744,073,709,551,615", "۱۸٬۴۴۶٬۷۴۴٬۰۷۳٬۷۰۹٬۵۵۱٬۶۱۵"),
        ];
        for (value, en, fa) in table {
            assert_eq!(number(value, Lang::En), en);
            assert_eq!(number(value, Lang::Fa), fa);
        }
    }

    #[test]
    fn folding() {
        let table = [
            ("", ""),
            ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
            ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
            ("1۲٣", "123"),
            ("متن", "متن"),
            ("\u{65F}\u{66A}\u{6EF}\u{6FA}", "\u{65F}\u{66A}\u{6EF}\u{6FA}"),
            ("१२", "१२"),
        ];
        for (text, want) in table {
            assert_eq!(to_ascii(text), want);
        }
    }

    proptest! {
        #[test]
        fn folding_undoes_localizing(text in crate::samples::text()) {
            let local = localize(&text, Lang::Fa);
            prop_assert!(!local.contains(|c: char| c.is_ascii_digit()));
            prop_assert_eq!(to_ascii(&local), to_ascii(&text));
        }

        #[test]
        fn a_number_reads_back(value: u64) {
            let plain = to_ascii(&number(value, Lang::Fa)).replace('\u{66C}', "");
            prop_assert_eq!(plain.parse(), Ok(value));
        }
    }
}
