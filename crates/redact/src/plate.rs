//! Iranian vehicles' plates: two digits, a letter, three digits, and the two of the province.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::context::labelled;
use crate::find::Candidate;
use crate::what::What;

const LETTER: &str = r"(?P<l>الف|معلولین|تشریفات|ژ|[ابپتثجدزسشصطعفقکگلمنوهیa-z])";
const GAP: &str = r"[ \-_.,،:|/\u{200C}]{0,3}";
const LABELS: &[&str] = &["پلاک", "نمره", "شماره ماشین", "plate", "licence", "license"];

/// The orders a plate is written in, each with and without the country's name.
static ORDERS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let iran = format!("(?P<iran>(?:ایران|iran|ir){GAP})");
    let forward = format!("[0-9]{{2}}{GAP}{LETTER}{GAP}[0-9]{{3}}");
    let backward = format!("[0-9]{{3}}{GAP}{LETTER}{GAP}[0-9]{{2}}");
    [
        format!("{forward}(?:{GAP}{iran}?[0-9]{{2}})?"),
        format!("{iran}[0-9]{{2}}{GAP}(?:{backward}|{})", forward.replace("?P<l>", "?P<m>")),
        format!("{backward}{GAP}{iran}[0-9]{{2}}"),
        format!("[0-9]{{2}}{GAP}{iran}{backward}"),
    ]
    .iter()
    .map(|order| Regex::new(order).expect("a fixed pattern is well formed"))
    .collect()
});

/// Plates in any of their orders.
pub(crate) fn candidates(text: &str) -> Vec<Candidate> {
    let found = ORDERS.iter().flat_map(|order| order.captures_iter(text));
    let plates = found.filter(|plate| is_plate(text, plate)).filter_map(|plate| plate.get(0));
    plates.map(|plate| Candidate { range: plate.range(), what: What::Plate, rank: 80 }).collect()
}

/// The country's name or a label makes it certain. Without them the parts must be written as one,
/// with a Persian letter that is not the word "and".
fn is_plate(text: &str, plate: &Captures) -> bool {
    let Some(all) = plate.get(0) else { return false };
    let digits = all.as_str().chars().filter(char::is_ascii_digit).count();
    let letter = plate.name("l").or_else(|| plate.name("m")).map_or("", |letter| letter.as_str());
    let tight = !all.as_str().contains(' ') && digits == 7;
    let sure = plate.name("iran").is_some() || labelled(text, all.start(), LABELS);
    stands(text, all.start(), all.end()) && (sure || tight && letter != "و" && !letter.is_ascii())
}

fn stands(text: &str, start: usize, end: usize) -> bool {
    let edge = |c: char| c.is_ascii_digit() || c.is_ascii_alphabetic();
    !text[..start].ends_with(edge) && !text[end..].starts_with(edge)
}
