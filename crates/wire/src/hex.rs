//! Fixed-size values written in lowercase hexadecimal.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A fixed number of bytes, in JSON and text always as lowercase hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hex<const N: usize>(pub [u8; N]);

/// A SHA-256 value.
pub type Hash = Hex<32>;
/// The random id that the parts of one submission share.
pub type Group = Hex<16>;

/// The text is not exactly the right number of lowercase hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotHex;

impl<const N: usize> Hex<N> {
    /// Parses exactly `2 × N` lowercase digits.
    pub fn parse(text: &str) -> Result<Self, NotHex> {
        let mut out = [0; N];
        if text.len() != 2 * N {
            return Err(NotHex);
        }
        HEXLOWER.decode_mut(text.as_bytes(), &mut out).map_err(|_| NotHex)?;
        Ok(Self(out))
    }
}

impl<const N: usize> std::fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        HEXLOWER.encode_display(&self.0).fmt(f)
    }
}

impl<const N: usize> std::fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::fmt::Display for NotHex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a value in lowercase hexadecimal of the right length")
    }
}

impl std::error::Error for NotHex {}

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}
