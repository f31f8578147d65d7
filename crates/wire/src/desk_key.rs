//! What everybody may know of a desk: who it is, and to what is sealed now (docs/FORMAT.md §20.1).
//!
//! ```text
//! payamgir key 1
//! desk <SHA-256 of its founding, hex>
//! epoch <SHA-256 of the recipient's bytes, hex>
//! age1pq1…
//! ```

use crate::hex::{Hash, Hex};

/// Most bytes of the text.
pub const KEY_TEXT_BYTES: usize = 4096;
const FIRST: &str = "payamgir key 1";

/// A desk's present public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskKey {
    /// Which desk.
    pub desk: Hash,
    /// SHA-256 of the recipient's bytes.
    pub epoch: Hash,
    /// `age1pq1…`; whether it is one, and the epoch's, is for who seals to see.
    pub recipient: String,
}

impl DeskKey {
    /// Reads the text; `None` where it is of another form.
    pub fn read(text: &str) -> Option<Self> {
        let mut lines = text.get(..text.len().min(KEY_TEXT_BYTES))?.lines().map(str::trim);
        (lines.next()? == FIRST).then_some(())?;
        let desk = Hex::parse(lines.next()?.strip_prefix("desk ")?).ok()?;
        let epoch = Hex::parse(lines.next()?.strip_prefix("epoch ")?).ok()?;
        Some(Self { desk, epoch, recipient: lines.next()?.to_owned() })
    }
}

impl std::fmt::Display for DeskKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{FIRST}\ndesk {}\nepoch {}\n{}", self.desk, self.epoch, self.recipient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_comes_back() {
        let key = DeskKey { desk: Hex([1; 32]), epoch: Hex([2; 32]), recipient: "age1pq1x".into() };
        assert_eq!(DeskKey::read(&key.to_string()), Some(key.clone()));
        assert_eq!(DeskKey::read(&key.to_string().replace('\n', "\r\n")), Some(key.clone()));
        assert_eq!(DeskKey::read(&key.to_string().replace("epoch", "epochs")), None);
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "(payamgir key 1\n)?.{0,200}") {
            let _ = DeskKey::read(&text);
        }
    }
}
