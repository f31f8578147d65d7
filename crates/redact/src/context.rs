//! What stands around a number, which often says what the number is.

/// How far before a number its label is looked for, in bytes; about 24 Persian letters.
const REACH: usize = 48;

/// The folded text before `at`, as far as a label may be, on the same line.
pub(crate) fn before(text: &str, at: usize) -> &str {
    let mut from = at.saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let near = &text[from..at];
    near.rfind('\n').map_or(near, |line| &near[line + 1..])
}

/// Where the last of `labels` begins in `near`.
pub(crate) fn last(near: &str, labels: &[&str]) -> Option<usize> {
    labels.iter().filter_map(|label| near.rfind(label)).max()
}

/// Whether one of `labels` stands shortly before `at`.
pub(crate) fn labelled(text: &str, at: usize, labels: &[&str]) -> bool {
    last(before(text, at), labels).is_some()
}

/// Words after which a long number is a document's or a thing's, not a person's.
const PAPERS: &[&str] = &[
    "پرونده",
    "سفارش",
    "رهگیری",
    "پیگیری",
    "سریال",
    "شابک",
    "دادنامه",
    "قبض",
    "فاکتور",
    "سند",
    "بارنامه",
    "مرسوله",
    "بیمه",
    "isbn",
    "order",
    "invoice",
    "serial",
    "tracking",
    "case",
    "receipt",
    "docket",
    "parcel",
    "policy",
    "ticket",
];

/// Whether the nearest label before `at` is one of a document, and not one of `own`.
pub(crate) fn is_paper(text: &str, at: usize, own: &[&str]) -> bool {
    let near = before(text, at);
    match (last(near, PAPERS), last(near, own)) {
        (Some(paper), Some(own)) => paper > own,
        (paper, None) => paper.is_some(),
        (None, Some(_)) => false,
    }
}

/// Words that make of the number before them an amount.
const UNITS: &[&str] = &[
    "تومان",
    "تومن",
    "ریال",
    "دلار",
    "یورو",
    "درهم",
    "هزار",
    "میلیون",
    "میلیارد",
    "نفر",
    "رای",
    "درصد",
    "کیلو",
    "کیلوگرم",
    "تن",
    "متر",
    "لیتر",
    "نسخه",
    "عدد",
    "دستگاه",
    "امضا",
    "toman",
    "tomans",
    "rial",
    "rials",
    "dollars",
    "euros",
    "usd",
    "eur",
    "irr",
    "percent",
    "people",
    "votes",
    "signatures",
    "copies",
    "tonnes",
    "tons",
    "kg",
    "kilos",
    "metres",
    "litres",
];

/// Whether what ends at `end` and begins at `start` is an amount of something.
pub(crate) fn is_amount(text: &str, start: usize, end: usize) -> bool {
    let after = text[end..].trim_start_matches([' ', crate::plain::ZWNJ]);
    let word = after.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    after.starts_with('%')
        || UNITS.contains(&word)
        || text[..start].trim_end_matches(' ').ends_with(['$', '€', '£', '﷼'])
}
