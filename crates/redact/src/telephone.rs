//! Which numbers are telephone numbers.

use phonenumber::country::Id;

use crate::context::{before, is_paper, last};
use crate::numbers::Number;

/// From this rank on, what stands around a number no longer matters.
pub(crate) const CERTAIN: u8 = 75;

/// Labels of a telephone number.
const LABELS: &[&str] = &[
    "تلفن",
    "تماس",
    "زنگ",
    "موبایل",
    "همراه",
    "خط",
    "واتساپ",
    "واتس\u{200C}اپ",
    "سیگنال",
    "phone",
    "mobile",
    "landline",
    "call",
    "ring",
    "whatsapp",
    "signal",
    "tel",
    "dial",
];

/// Whether the last label of a telephone in `near` stands after the last of `others`.
pub(crate) fn is_labelled_after(near: &str, others: &[&str]) -> bool {
    last(near, LABELS).is_some_and(|own| last(near, others).is_none_or(|other| own > other))
}

/// How certain it is that a number is a telephone's; `None` if it is not one.
pub(crate) fn rank(number: &Number) -> Option<u8> {
    let digits = number.digits.as_str();
    match digits.len() {
        8..=15 if number.plus => international(number),
        10..=17 if digits.starts_with("00") => valid(&digits[2..]).then_some(CERTAIN + 1),
        11 if digits.starts_with("09") => iranian(digits).then_some(CERTAIN),
        11 if digits.starts_with('0') => landline(number),
        12 if digits.starts_with("989") => iranian(&digits[2..]).then_some(70),
        10 => ten(number),
        8 => local(number),
        _ => None,
    }
}

fn international(number: &Number) -> Option<u8> {
    if valid(&number.digits) {
        return Some(CERTAIN + 2);
    }
    let without_trunk = number.text[number.range.clone()].replace("(0)", "");
    let digits: String = without_trunk.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < number.digits.len() && valid(&digits) {
        return Some(CERTAIN + 2);
    }
    (number.digits.len() >= 9).then_some(62)
}

fn landline(number: &Number) -> Option<u8> {
    let label = is_labelled(number);
    let paper = is_paper(number.text, number.range.start, LABELS);
    (iranian(&number.digits) && (label || !paper)).then_some(if label { CERTAIN } else { 70 })
}

/// Ten digits: a mobile without its zero, or a number of North America as it is written there.
fn ten(number: &Number) -> Option<u8> {
    let label = is_labelled(number);
    let grouped = matches!(number.groups.as_slice(), [3, 3, 4] | [3, 3, 2, 2] | [3, 7]);
    let paper = is_paper(number.text, number.range.start, LABELS);
    if number.digits.starts_with('9') && (label || grouped && !paper) {
        return iranian(&number.digits).then_some(68);
    }
    let american =
        number.groups == [3, 3, 4] && (label || number.text[number.range.clone()].starts_with('('));
    (american && valid(&format!("1{}", number.digits))).then_some(66)
}

/// Eight digits are a telephone's only when they are called so.
fn local(number: &Number) -> Option<u8> {
    let shape =
        matches!(number.groups.as_slice(), [8] | [4, 4] | [2, 2, 2, 2] | [3, 5] | [4, 2, 2]);
    let near = before(number.text, number.range.start);
    let label = last(near, &["تلفن", "تماس", "زنگ", "phone", "landline", "tel"]).is_some();
    (shape && label && number.digits.starts_with(['2', '3', '4', '5', '6', '7', '8'])).then_some(50)
}

fn is_labelled(number: &Number) -> bool {
    is_labelled_after(before(number.text, number.range.start), &["کد ملی", "کدملی", "شماره ملی"])
}

/// The number within its country of digits that begin with a country's code, after `00` or not.
pub(crate) fn within_country(digits: &str) -> Option<String> {
    let abroad = digits.strip_prefix("00").unwrap_or(digits);
    let coded = abroad.len() < digits.len() || abroad.len() > 10;
    if !coded || abroad.len() > 15 || abroad.starts_with('0') {
        return None;
    }
    // Numbers of Iran are known by their form: a new range is not in the table.
    let iranian = abroad.strip_prefix("98").map(|own| own.trim_start_matches('0'));
    if let Some(own) = iranian.filter(|own| own.len() == 10) {
        return Some(own.to_owned());
    }
    let number = phonenumber::parse(None, format!("+{abroad}")).ok()?;
    number.is_valid().then(|| number.national().value().to_string())
}

/// No country's code begins with a zero.
fn valid(international: &str) -> bool {
    !international.starts_with('0')
        && phonenumber::parse(None, format!("+{international}"))
            .is_ok_and(|number| number.is_valid())
}

fn iranian(national: &str) -> bool {
    phonenumber::parse(Some(Id::IR), national).is_ok_and(|number| number.is_valid())
}

#[cfg(test)]
mod tests {
    use crate::{What, find};

    #[test]
    fn written_in_many_ways() {
        for text in [
            "021/88001234",
            "0912-000-1234",
            "۰ ۹ ۱ ۲ ۰ ۰ ۰ ۱ ۲ ۳ ۴",
            "(021) 88 00 12 34",
            "+44 (0)20 7946 0958",
            "+\u{200E}98 912 000 1234",
            "٠٩١٢\u{200C}٠٠٠١٢٣٤",
        ] {
            let found: Vec<_> = find(text, &[]).iter().map(|one| (one.what, one.end)).collect();
            assert_eq!(found, [(What::Telephone, text.len())], "{text}");
        }
    }
}
