//! Sizes in bytes as a person reads them.

use crate::digits;
use crate::lang::Lang;

/// The English and Persian names of 1024^0, 1024^1, ... bytes.
pub const UNITS: [(&str, &str); 5] =
    [("B", "بایت"), ("KB", "کیلوبایت"), ("MB", "مگابایت"), ("GB", "گیگابایت"), ("TB", "ترابایت")];

/// A size in steps of 1024, rounded half up to one decimal digit, which is not written when it is
/// zero: `2 GB`, `2.5 GB`, `۲٫۵ گیگابایت` (U+066B). From 1024 TB on the number grows, not the unit.
pub fn bytes(count: u64, lang: Lang) -> String {
    let last = UNITS.len() - 1;
    let step = (0..last).find(|step| tenths(count, *step) < 10_240).unwrap_or(last);
    let tenths = tenths(count, step);
    let whole = digits::number(tenths / 10, lang);
    let fraction = match tenths % 10 {
        0 => String::new(),
        digit => digits::localize(&format!("{}{digit}", point(lang)), lang),
    };
    format!("{whole}{fraction} {}", unit(step, lang))
}

/// `count` in tenths of 1024^step bytes, rounded half up; of bytes themselves, at most what fits.
fn tenths(count: u64, step: usize) -> u64 {
    let scale = 1_u128 << (10 * step);
    let tenths = (u128::from(count) * 10 + scale / 2) / scale;
    u64::try_from(tenths).unwrap_or(u64::MAX)
}

/// The decimal separator.
fn point(lang: Lang) -> char {
    match lang {
        Lang::Fa => '\u{66B}',
        Lang::En => '.',
    }
}

/// The name of 1024^step bytes.
fn unit(step: usize, lang: Lang) -> &'static str {
    let (en, fa) = UNITS[step];
    match lang {
        Lang::Fa => fa,
        Lang::En => en,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KB: u64 = 1 << 10;
    const MB: u64 = 1 << 20;
    const GB: u64 = 1 << 30;
    const TB: u64 = 1 << 40;

    #[test]
    fn sizes() {
        let table = [
            (0, "0 B", "۰ بایت"),
            (1, "1 B", "۱ بایت"),
            (1023, "1,023 B", "۱٬۰۲۳ بایت"),
            (KB, "1 KB", "۱ کیلوبایت"),
            (KB + 51, "1 KB", "۱ کیلوبایت"),
            (KB + 52, "1.1 KB", "۱٫۱ کیلوبایت"),
            (KB + 512, "1.5 KB", "۱٫۵ کیلوبایت"),
            (13 * KB, "13 KB", "۱۳ کیلوبایت"),
            (MB - 52, "1,023.9 KB", "۱٬۰۲۳٫۹ کیلوبایت"),
            (MB - 51, "1 MB", "۱ مگابایت"),
            (MB, "1 MB", "۱ مگابایت"),
            (100 * MB, "100 MB", "۱۰۰ مگابایت"),
            (2 * GB + GB / 2, "2.5 GB", "۲٫۵ گیگابایت"),
            (2 * GB, "2 GB", "۲ گیگابایت"),
            (GB - 1, "1 GB", "۱ گیگابایت"),
            (3 * TB + TB / 10, "3.1 TB", "۳٫۱ ترابایت"),
            (1024 * TB, "1,024 TB", "۱٬۰۲۴ ترابایت"),
            (u64::MAX, "16,777,216 TB", "۱۶٬۷۷۷٬۲۱۶ ترابایت"),
        ];
        for (count, en, fa) in table {
            assert_eq!(bytes(count, Lang::En), en, "{count}");
            assert_eq!(bytes(count, Lang::Fa), fa, "{count}");
        }
    }

    proptest! {
        #[test]
        fn within_half_a_tenth(shift in 0..64_u32, noise: u64) {
            let count = noise >> shift;
            let text = bytes(count, Lang::En).replace(',', "");
            let (number, name) = text.split_once(' ').unwrap();
            let step = UNITS.iter().position(|(en, _)| *en == name).unwrap();
            let scale = 1024_f64.powi(step.try_into().unwrap());
            let error = number.parse::<f64>().unwrap() - count as f64 / scale;
            prop_assert!(error.abs() <= 0.0501, "{count} {text}");
        }

        #[test]
        fn both_languages_say_the_same_number(shift in 0..64_u32, noise: u64) {
            let en = bytes(noise >> shift, Lang::En);
            let fa = digits::to_ascii(&bytes(noise >> shift, Lang::Fa));
            let fa = fa.replace('\u{66C}', ",").replace('\u{66B}', ".");
            prop_assert_eq!(en.split(' ').next(), fa.split(' ').next());
        }
    }
}
