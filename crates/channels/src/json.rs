//! Looking into JSON of which nothing can be relied on.

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::{Words, words};

/// Looks for what may be there.
pub(crate) trait Look {
    /// What is under a key.
    fn at(&self, key: &str) -> Option<&Value>;
    /// A text under a key, not empty.
    fn text(&self, key: &str) -> Option<&str>;
    /// A whole number under a key, also one in quotation marks.
    fn number(&self, key: &str) -> Option<i64>;
    /// What a platform calls something: a text, or a number as one.
    fn name(&self, key: &str) -> Option<Words>;
    /// Whether a key is there and true.
    fn is(&self, key: &str) -> bool;
    /// The elements of a list under a key.
    fn all(&self, key: &str) -> &[Value];
}

impl Look for Value {
    fn at(&self, key: &str) -> Option<&Value> {
        self.get(key).filter(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.at(key)?.as_str().filter(|text| !text.is_empty())
    }

    fn number(&self, key: &str) -> Option<i64> {
        match self.at(key)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn name(&self, key: &str) -> Option<Words> {
        match self.at(key)? {
            Value::String(text) if !text.is_empty() => Some(words(text)),
            Value::Number(number) => Some(Zeroizing::new(number.to_string())),
            _ => None,
        }
    }

    fn is(&self, key: &str) -> bool {
        self.at(key).and_then(Value::as_bool).unwrap_or(false)
    }

    fn all(&self, key: &str) -> &[Value] {
        self.at(key).and_then(Value::as_array).map_or(&[], |all| &all[..])
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

/// The same without what says who somebody is, at any depth.
pub(crate) fn without(value: &Value, keys: &[&str]) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| !keys.contains(&key.as_str()));
            let kept = kept.map(|(key, value)| (key.clone(), without(value, keys)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(all) => Value::Array(all.iter().map(|value| without(value, keys)).collect()),
        other => other.clone(),
    }
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
    fn names_are_taken_out_at_any_depth() {
        let value = serde_json::json!({"from": 1, "a": [{"from": {"b": 2}, "c": 3}]});
        assert_eq!(without(&value, &["from"]), serde_json::json!({"a": [{"c": 3}]}));
    }
}
