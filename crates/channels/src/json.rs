//! Looking into JSON of which nothing can be relied on.

use serde_json::Value;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::{Words, words};

/// Looks for what may be there.
pub(crate) trait Look {
    /// What is under a key.
    fn at(&self, key: &str) -> Option<&Value>;
    /// A text under a key, not empty.
    fn text(&self, key: &str) -> Option<&str>;
    /// An object under a key.
    fn object(&self, key: &str) -> Option<&Value>;
    /// A whole number under a key, also one in quotation marks.
    fn number(&self, key: &str) -> Option<i64>;
    /// A moment under a key, in unix seconds.
    fn moment(&self, key: &str) -> Option<u64>;
    /// What a platform calls something: a text, or a number as one.
    fn name(&self, key: &str) -> Option<Words>;
    /// Whether a key is there and true, or 1.
    fn is(&self, key: &str) -> bool;
    /// The elements of a list under a key; one thing that should have been a list is one element.
    fn all(&self, key: &str) -> &[Value];
}

impl Look for Value {
    fn at(&self, key: &str) -> Option<&Value> {
        self.get(key).filter(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.at(key)?.as_str().filter(|text| !text.is_empty())
    }

    fn object(&self, key: &str) -> Option<&Value> {
        self.at(key).filter(|value| value.is_object())
    }

    fn number(&self, key: &str) -> Option<i64> {
        match self.at(key)? {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn moment(&self, key: &str) -> Option<u64> {
        let told = self.number(key).or_else(|| iso(self.text(key)?))?;
        u64::try_from(if told > MILLISECONDS { told / 1000 } else { told }).ok()
    }

    fn name(&self, key: &str) -> Option<Words> {
        match self.at(key)? {
            Value::String(text) if !text.is_empty() => Some(words(text)),
            Value::Number(number) => Some(Zeroizing::new(number.to_string())),
            _ => None,
        }
    }

    fn is(&self, key: &str) -> bool {
        match self.at(key) {
            Some(Value::Bool(is)) => *is,
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            Some(Value::String(text)) => matches!(text.as_str(), "true" | "1"),
            _ => false,
        }
    }

    fn all(&self, key: &str) -> &[Value] {
        match self.at(key) {
            Some(Value::Array(all)) => all,
            Some(one) => std::slice::from_ref(one),
            None => &[],
        }
    }
}

/// Seconds of the year 5138: what is greater counts milliseconds.
const MILLISECONDS: i64 = 100_000_000_000;

/// A number with a point that says nothing.
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

/// Unix seconds of `2026-11-30T07:00:00+0000`, also with a colon, a fraction or `Z`.
fn iso(text: &str) -> Option<i64> {
    if text.get(4..5) != Some("-") {
        return None;
    }
    let number = |at: std::ops::Range<usize>| text.get(at)?.parse::<u32>().ok().map(i64::from);
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    // The year begins in March, so that the day that some have not is its last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    let zone = text.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let seconds = (days - 719_469) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(seconds - offset(zone).unwrap_or(0))
}

/// Seconds by which `+0330` or `+03:30` is ahead.
fn offset(zone: &str) -> Option<i64> {
    let number = |at: std::ops::Range<usize>| zone.get(at)?.parse::<u32>().ok().map(i64::from);
    let minutes = number(1..3)? * 60 + number(3..5).or_else(|| number(4..6))?;
    match zone.get(..1)? {
        "+" => Some(minutes * 60),
        "-" => Some(-minutes * 60),
        _ => None,
    }
}

/// Reads one event. Half a UTF-16 pair, which JSON can carry and a text cannot, becomes U+FFFD.
pub(crate) fn read(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok().or_else(|| serde_json::from_slice(&mended(bytes)?).ok())
}

/// The elements of a list as they came, or of one thing that should have been a list.
pub(crate) fn pieces(bytes: &[u8]) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_slice(bytes).ok()
}

/// With escapes of half a UTF-16 pair put as U+FFFD; `None` where there are none.
fn mended(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut out = Zeroizing::new(Vec::with_capacity(bytes.len()));
    let (mut at, mut changed) = (0, false);
    while at < bytes.len() {
        match unit(&bytes[at..]) {
            Some(0xd800..=0xdbff) if matches!(unit(&bytes[at + 6..]), Some(0xdc00..=0xdfff)) => {
                out.extend_from_slice(&bytes[at..at + 12]);
                at += 12;
            }
            Some(0xd800..=0xdfff) => {
                out.extend_from_slice(b"\\ufffd");
                (at, changed) = (at + 6, true);
            }
            _ if bytes[at] == b'\\' && at + 1 < bytes.len() => {
                out.extend_from_slice(&bytes[at..at + 2]);
                at += 2;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    changed.then_some(out)
}

/// The unit that an escape at the beginning stands for.
fn unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_pairs_are_mended_and_nothing_else() {
        let table = [
            (r#"{"a":"\ud83d"}"#, "\u{fffd}"),
            (r#"{"a":"x\ude00y"}"#, "x\u{fffd}y"),
            (r#"{"a":"\ud83d\ude00"}"#, "😀"),
            (r#"{"a":"\\ud83d"}"#, "\\ud83d"),
            (r#"{"a":"\ud83d\ud83d\ude00"}"#, "\u{fffd}😀"),
        ];
        for (json, expected) in table {
            assert_eq!(read(json.as_bytes()).unwrap().text("a"), Some(expected), "{json}");
        }
        assert!(read(b"{\"a\":\"\\ud8").is_none());
    }

    #[test]
    fn moments_are_told_in_many_ways() {
        let table = [
            (r#"1795300000"#, Some(1_795_300_000)),
            (r#""1795300000""#, Some(1_795_300_000)),
            (r#"1795300000123"#, Some(1_795_300_000)),
            (r#"1795300000.0"#, Some(1_795_300_000)),
            (r#""2026-11-21T21:46:40+0000""#, Some(1_795_297_600)),
            (r#""2026-11-21T21:46:40.123Z""#, Some(1_795_297_600)),
            (r#""2026-11-22T01:16:40+03:30""#, Some(1_795_297_600)),
            (r#""2000-02-29T00:00:00-0100""#, Some(951_786_000)),
            (r#""1970-01-01T00:00:00""#, Some(0)),
            (r#""asdf""#, None),
            (r#"-5"#, None),
            (r#"true"#, None),
        ];
        for (told, expected) in table {
            let value = read(format!("{{\"t\":{told}}}").as_bytes()).unwrap();
            assert_eq!(value.moment("t"), expected, "{told}");
        }
    }
}
