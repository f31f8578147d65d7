//! Account numbers that begin with a country's letters (ISO 13616).

use crate::check;
use crate::find::Candidate;
use crate::plain::ZWNJ;
use crate::what::What;

/// How many characters an account's number has in each country of the registry.
const LENGTHS: &[(usize, &str)] = &[
    (15, "no"),
    (16, "be"),
    (18, "dk fi fo gl nl sd"),
    (19, "mk si"),
    (20, "at ba ee kz lt lu xk"),
    (21, "ch hr li lv"),
    (22, "bg bh cr de gb ge ie me rs va"),
    (23, "ae gi il iq so tl"),
    (24, "ad cz es md pk ro sa se sk tn vg"),
    (25, "ly pt st"),
    (26, "ir is tr"),
    (27, "fr gr it mc mr sm"),
    (28, "al az by cy do gt hu lb pl sv"),
    (29, "br eg ps qa ua"),
    (30, "jo kw mu"),
    (31, "mt sc"),
    (32, "lc"),
    (33, "ru"),
];

/// Account numbers with their letters.
pub(crate) fn candidates(text: &str) -> Vec<Candidate> {
    let bytes = text.as_bytes();
    let starts = |at: &usize| {
        bytes[*at..].iter().take(2).all(u8::is_ascii_lowercase)
            && !at.checked_sub(1).is_some_and(|prior| bytes[prior].is_ascii_alphanumeric())
    };
    (0..bytes.len()).filter(starts).filter_map(|at| account(text, at)).collect()
}

fn account(text: &str, start: usize) -> Option<Candidate> {
    let country = text.get(start..start + 2)?;
    let (length, _) = LENGTHS.iter().find(|(_, all)| all.split(' ').any(|one| one == country))?;
    let mut number = String::with_capacity(*length);
    let mut gap = 0;
    for (at, c) in text[start..].char_indices() {
        match c {
            'a'..='z' | '0'..='9' => (number.push(c), gap = 0).1,
            ' ' | '-' | '.' | ZWNJ if gap < 2 => gap += 1,
            _ => return None,
        }
        if number.len() == *length {
            return whole(text, start, start + at + 1, &number);
        }
    }
    None
}

fn whole(text: &str, start: usize, end: usize, number: &str) -> Option<Candidate> {
    let runs_on = text[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
    (!runs_on && check::iban(number)).then_some(Candidate {
        range: start..end,
        what: What::Iban,
        rank: 92,
    })
}
