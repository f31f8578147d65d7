//! Numbers as people write them: groups of digits with spaces, dashes, dots and parentheses.

use std::ops::Range;

use crate::check;
use crate::context::{is_amount, is_paper, labelled, last};
use crate::find::Candidate;
use crate::plain::ZWNJ;
use crate::telephone;
use crate::what::What;

/// The longest number looked at: a Sheba without its letters.
const MOST_DIGITS: usize = 24;
/// The most groups one number is written in.
const MOST_GROUPS: usize = 14;

/// A number that may be one thing or another.
pub(crate) struct Number<'t> {
    /// The whole folded text.
    pub(crate) text: &'t str,
    /// From the first digit, or its plus or parenthesis, to after the last digit.
    pub(crate) range: Range<usize>,
    /// Its digits alone.
    pub(crate) digits: String,
    /// How many digits each group has.
    pub(crate) groups: Vec<usize>,
    /// Whether a plus stands before it.
    pub(crate) plus: bool,
    /// Whether a number is joined to it by no more than one space.
    pub(crate) continued: bool,
}

/// Labels of a national code.
const NATIONAL: &[&str] = &[
    "کد ملی",
    "کدملی",
    "کد\u{200C}ملی",
    "شماره ملی",
    "شناسه ملی",
    "کارت ملی",
    "national code",
    "national id",
    "national number",
];
const CARD: &[&str] = &["کارت", "card"];
const SHEBA: &[&str] = &["شبا", "sheba", "iban"];

/// Telephones, national codes, cards, and Sheba numbers without letters.
pub(crate) fn candidates(text: &str) -> Vec<Candidate> {
    let groups = groups(text);
    let from = |first| (first..groups.len().min(first + MOST_GROUPS)).map(move |end| (first, end));
    let mut found = Vec::new();
    for first in 0..groups.len() {
        if !opens(text, &groups, first) {
            continue;
        }
        for (first, end) in from(first) {
            if end > first && joint(text, &groups, end - 1).is_none() {
                break;
            }
            found.extend(number(text, &groups, first, end).and_then(|one| classify(&one)));
        }
    }
    found
}

/// The maximal runs of digits.
fn groups(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut groups: Vec<Range<usize>> = Vec::new();
    for at in (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()) {
        match groups.last_mut() {
            Some(group) if group.end == at => group.end = at + 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

/// What stands between a group and the next, if the two may be one number.
fn joint<'t>(text: &'t str, groups: &[Range<usize>], group: usize) -> Option<&'t str> {
    let (this, next) = (groups.get(group)?, groups.get(group + 1)?);
    let between = &text[this.end..next.start];
    // An area code is often set off so; a date's parts are shorter.
    if between == "/" && this.len() == 3 && text[this.clone()].starts_with('0') && next.len() >= 4 {
        return Some(between);
    }
    let joins = |c| matches!(c, ' ' | '-' | '.' | '(' | ')' | '_' | ZWNJ);
    (between.chars().count() <= 3 && between.chars().all(joins)).then_some(between)
}

/// Whether a number may begin with this group: it is not the rest of another or of a word.
fn opens(text: &str, groups: &[Range<usize>], first: usize) -> bool {
    let before = text[..groups[first].start].chars().next_back();
    let tight = first > 0
        && joint(text, groups, first - 1)
            .is_some_and(|gap| !gap.contains(' ') && !gap.contains('('));
    !tight
        && !before.is_some_and(|c| c.is_ascii_alphabetic() || binds(c))
        && !follows_sign(text, groups[first].start)
}

/// Characters that make of what stands on both sides one number, date or path.
fn binds(c: char) -> bool {
    matches!(c, '٬' | '٫' | '/' | '_' | '=' | '#' | '\\')
}

/// Whether a digit and one of `,:` stand directly before.
fn follows_sign(text: &str, start: usize) -> bool {
    let mut before = text[..start].chars().rev();
    matches!(before.next(), Some(',' | ':' | '.'))
        && before.next().is_some_and(|c| c.is_ascii_digit())
}

/// Whether nothing that belongs to the number stands after it.
fn closes(text: &str, groups: &[Range<usize>], end: usize) -> bool {
    let rest = &text[groups[end].end..];
    let mut after = rest.chars();
    let (next, then) = (after.next(), after.next());
    let tight = joint(text, groups, end)
        .is_some_and(|gap| !gap.contains([' ', '(', ')']) && gap != "." && gap != "_");
    let digit = then.is_some_and(|c| c.is_ascii_digit());
    let word = next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '٬' | '٫' | '/'));
    let sign = digit && next.is_some_and(|c| matches!(c, ',' | ':' | '.'));
    !(tight || word || sign)
}

fn number<'t>(
    text: &'t str,
    groups: &[Range<usize>],
    first: usize,
    end: usize,
) -> Option<Number<'t>> {
    let parts = &groups[first..=end];
    let count: usize = parts.iter().map(Range::len).sum();
    if !(7..=MOST_DIGITS).contains(&count) || !closes(text, groups, end) {
        return None;
    }
    let (start, plus) = beginning(text, groups[first].start, groups[end].end);
    Some(Number {
        text,
        range: start..groups[end].end,
        digits: parts.iter().map(|part| &text[part.clone()]).collect(),
        groups: parts.iter().map(Range::len).collect(),
        plus,
        continued: is_continued(text, groups, first, end),
    })
}

/// Where the number begins with its plus and parenthesis, and whether it has a plus.
fn beginning(text: &str, first: usize, end: usize) -> (usize, bool) {
    let paired = text[first..end].contains(')');
    let mut start = first;
    let mut plus = false;
    for c in text[..first].chars().rev().take(4) {
        match c {
            '+' if !plus => plus = true,
            '(' if paired => {}
            ' ' if !plus && text[..start].trim_end_matches(' ').ends_with('+') => {}
            _ => break,
        }
        start -= c.len_utf8();
    }
    (start, plus)
}

fn is_continued(text: &str, groups: &[Range<usize>], first: usize, end: usize) -> bool {
    let near = |gap: Option<&str>| gap.is_some_and(|gap| gap.len() <= 1);
    let short = |at: usize| groups.get(at).is_some_and(|group| group.len() == 4);
    (first > 0 && short(first - 1) && near(joint(text, groups, first - 1)))
        || (short(end + 1) && near(joint(text, groups, end)))
}

fn classify(number: &Number) -> Option<Candidate> {
    let (what, rank) = sheba(number)
        .or_else(|| card(number))
        .or_else(|| national(number))
        .or_else(|| telephone::rank(number).map(|rank| (What::Telephone, rank)))?;
    let exempt = rank >= telephone::CERTAIN;
    let amount = is_amount(number.text, number.range.start, number.range.end);
    (exempt || !amount).then(|| Candidate { range: number.range.clone(), what, rank })
}

fn sheba(number: &Number) -> Option<(What, u8)> {
    let valid = number.digits.len() == 24 && check::iban(&format!("ir{}", number.digits));
    (valid && labelled(number.text, number.range.start, SHEBA)).then_some((What::Iban, 90))
}

fn card(number: &Number) -> Option<(What, u8)> {
    let shape = matches!(number.groups.as_slice(), [16] | [4, 4, 4, 4] | [8, 8] | [6, 10]);
    if !shape || !check::luhn(&number.digits) || number.plus || number.continued {
        return None;
    }
    let label = labelled(number.text, number.range.start, CARD);
    let issued = number.digits.starts_with(['2', '3', '4', '5', '6', '9']);
    let paper = is_paper(number.text, number.range.start, CARD);
    (label || issued && !paper).then_some((What::Card, 85))
}

/// A code with a label may lack the zeros it begins with.
fn national(number: &Number) -> Option<(What, u8)> {
    let shape = matches!(number.groups.as_slice(), [10] | [3, 6, 1] | [9, 1] | [3, 7]);
    let near = crate::context::before(number.text, number.range.start);
    let label = last(near, NATIONAL).is_some() && !telephone::is_labelled_after(near, NATIONAL);
    let short = label && matches!(number.groups.as_slice(), [8 | 9]);
    if number.plus || !(shape || short) || !check::national(&format!("{:0>10}", number.digits)) {
        return None;
    }
    if label {
        return Some((What::NationalId, 82));
    }
    let other = is_paper(number.text, number.range.start, NATIONAL)
        || number.digits.starts_with('9')
        || telephone::is_labelled_after(near, &[]);
    (!other).then_some((What::NationalId, 60))
}
