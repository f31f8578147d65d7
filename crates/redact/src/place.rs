//! Points on the earth.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::context::{is_amount, labelled};
use crate::find::Candidate;
use crate::what::What;

const LABELS: &[&str] = &[
    "مختصات",
    "موقعیت",
    "لوکیشن",
    "نقطه",
    "جی پی اس",
    "gps",
    "coordinates",
    "position",
    "location",
    "pin",
    "lat",
    "عرض",
];

static GEO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"geo:-?[0-9]{1,3}(?:\.[0-9]{1,20})?,-?[0-9]{1,3}(?:\.[0-9]{1,20})?(?:[,;?][a-z0-9=.,;&?%+\-]*[a-z0-9])?",
    )
});
static DECIMAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:(?P<first>lat(?:itude)?|[ns]|عرض(?: جغرافیایی)?)[ :=]{0,3})?",
        r"(?P<a>[+-]?[0-9]{1,3}[.٫/][0-9]{3,15})(?P<sign>(?: {0,2}[°º])?(?: {0,2}(?:[ns]|شمالی|جنوبی)\b)?)",
        r"(?:[ ,،;|]{1,4}|[ ,،;]{0,2}و {0,2}| ?(?:and|,) ?)",
        r"(?P<second>(?:lon(?:gitude|g)?|[ew]|طول(?: جغرافیایی)?)[ :=]{0,3})?",
        r"(?P<b>[+-]?[0-9]{1,3}[.٫/][0-9]{3,15})(?: {0,2}[°º])?(?: {0,2}(?:[ew]|شرقی|غربی)\b)?"
    ))
});
static DEGREES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"[0-9]{1,3}(?:[.٫][0-9]{1,8})? {0,2}(?:°|º|درجه|deg)(?: {0,2}و)? {0,2}",
        r#"(?:[0-9]{1,2}(?:[.٫][0-9]{1,8})? {0,2}(?:'|′|’|دقیقه)(?: {0,2}و)? {0,2})?"#,
        r#"(?:[0-9]{1,2}(?:[.٫][0-9]{1,8})? {0,2}(?:"|″|”|''|′′|ثانیه) {0,2})?"#,
        r"(?:عرض |طول )?(?:[nsew]|north|south|east|west|شمالی|جنوبی|شرقی|غربی)\b"
    ))
});

fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a fixed pattern is well formed")
}

/// Coordinates in decimals, in degrees, and as `geo:` (RFC 5870).
pub(crate) fn candidates(text: &str) -> Vec<Candidate> {
    let geo = GEO.find_iter(text).map(|found| found.range());
    let decimal = DECIMAL.captures_iter(text).filter(|found| is_point(text, found));
    let decimal = decimal.filter_map(|found| found.get(0)).map(|found| found.range());
    let all = geo.chain(decimal).chain(degrees(text));
    all.map(|range| Candidate { range, what: What::Coordinates, rank: 80 }).collect()
}

/// Degrees of latitude and of longitude are one point.
fn degrees(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut points: Vec<std::ops::Range<usize>> = Vec::new();
    for found in DEGREES.find_iter(text) {
        let joins = |c| matches!(c, ' ' | ',' | '،' | 'و' | ';');
        match points.last_mut() {
            Some(last) if text[last.end..found.start()].chars().all(joins) => {
                last.end = found.end()
            }
            _ => points.push(found.range()),
        }
    }
    points
}

/// Two decimal numbers are a point when they are called so, written so, very exact, or lie where
/// those who write live: from Egypt to India.
fn is_point(text: &str, found: &Captures) -> bool {
    let (Some(all), Some(a), Some(b)) = (found.get(0), found.name("a"), found.name("b")) else {
        return false;
    };
    let (Some(x), Some(y)) = (degree(a.as_str()), degree(b.as_str())) else { return false };
    let near = |x: f64, y: f64| (20.0..45.0).contains(&x) && (30.0..75.0).contains(&y);
    let exact = |number: &str| number.rsplit(['.', '٫', '/']).next().is_some_and(|d| d.len() >= 5);
    let written = found.name("first").is_some() && found.name("second").is_some()
        || found.name("sign").is_some_and(|sign| !sign.is_empty());
    let called = written || labelled(text, all.start(), LABELS);
    let exact = exact(a.as_str()) && exact(b.as_str());
    stands(text, all.start(), all.end())
        && !is_amount(text, all.start(), all.end())
        && x.abs() <= 90.0
        && y.abs() <= 180.0
        && (called || exact || near(x, y) || near(y, x))
}

fn degree(number: &str) -> Option<f64> {
    number.replace(['٫', '/'], ".").parse().ok()
}

fn stands(text: &str, start: usize, end: usize) -> bool {
    let digit = |c: char| c.is_ascii_digit() || matches!(c, '.' | '٫' | '/');
    let mut after = text[end..].chars();
    let ends = match after.next() {
        Some('.' | '/' | '٫') => !after.next().is_some_and(|c| c.is_ascii_digit()),
        next => !next.is_some_and(|c| c.is_ascii_digit()),
    };
    ends && !text[..start].ends_with(digit)
}
