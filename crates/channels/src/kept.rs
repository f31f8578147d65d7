//! What is kept of something not understood: as it came, without who it is from.

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::{Came, Heard, Item, Manner, json};

/// What says who somebody is, in what one platform tells.
pub(crate) struct Names {
    /// Keys under which it stands, at any depth.
    pub keys: &'static [&'static str],
    /// Ends of such keys.
    pub ends: &'static [&'static str],
    /// Keys under which the source itself wrote of somebody: kept whole.
    pub own: &'static [&'static str],
    /// Whether a value is such, whatever its key.
    pub is: fn(&Value) -> bool,
}

impl Names {
    fn has(&self, key: &str, value: &Value) -> bool {
        self.keys.contains(&key)
            || self.ends.iter().any(|end| key.ends_with(end))
            || (self.is)(value)
    }

    /// The same without names, at any depth.
    pub fn without(&self, value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let kept = map.iter().filter(|(key, value)| !self.has(key, value));
                let kept = kept.map(|(key, value)| match self.own.contains(&key.as_str()) {
                    true => (key.clone(), value.clone()),
                    false => (key.clone(), self.without(value)),
                });
                Value::Object(kept.collect::<Map<_, _>>())
            }
            Value::Array(all) => {
                let kept = all.iter().filter(|value| !(self.is)(value));
                Value::Array(kept.map(|value| self.without(value)).collect())
            }
            other => other.clone(),
        }
    }
}

/// A value that came as `raw`; those very bytes where names are kept too.
pub(crate) fn kept(raw: &[u8], value: &Value, names: &Names, manner: Manner) -> Item {
    let bytes = match manner.names {
        true => raw.to_vec(),
        false => serde_json::to_vec(&names.without(value)).unwrap_or_default(),
    };
    Item::Unreadable(Zeroizing::new(bytes))
}

/// Something new of which nothing is understood. What is no JSON has no names that could be found.
pub(crate) fn unreadable(raw: &[u8], names: &Names, manner: Manner) -> Came {
    let mut came = Came::unreadable(raw);
    if let Some(value) = json::read(raw) {
        came.items = vec![kept(raw, &value, names, manner)];
    }
    came
}

/// The same, as something heard.
pub(crate) fn unknown(raw: &[u8], names: &Names, manner: Manner) -> Heard {
    Heard::Came(Box::new(unreadable(raw, names, manner)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_taken_out_at_any_depth() {
        let is = |value: &Value| value.get("id").is_some();
        let names = Names { keys: &["from"], ends: &["_user"], own: &["card"], is };
        let value = json!({"from": 1, "a": [{"from": {"b": 2}, "c": 3, "via_user": 4}, {"id": 5}],
            "card": {"from": 6}, "d": {"id": 7}});
        assert_eq!(names.without(&value), json!({"a": [{"c": 3}], "card": {"from": 6}}));
    }
}
