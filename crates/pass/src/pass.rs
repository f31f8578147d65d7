//! A pass as people have it.

use payamgir_text::code;
use sha2::{Digest, Sha256};

/// Bytes that its desk drew, and bytes of what the server made of them.
const HALF: usize = 6;

/// What lets one submission in: 48 bits that its desk drew, and 48 of the function's output for them, which only the
/// server can compute. Written in thirty digits. Not printable but by [`Pass::written`].
#[derive(Clone, PartialEq, Eq)]
pub struct Pass {
    pub(crate) drawn: [u8; HALF],
    pub(crate) tag: [u8; HALF],
}

impl Pass {
    pub(crate) fn new(drawn: [u8; HALF], output: &[u8]) -> Self {
        Self { drawn, tag: tag(output) }
    }

    /// Six groups of five digits, with hyphens.
    pub fn written(&self) -> String {
        let bytes = self.drawn.iter().chain(&self.tag);
        let number = bytes.fold(0u128, |number, byte| number << 8 | u128::from(*byte));
        code::PASS.write(number)
    }

    /// Reads what was written, in digits of any kind, however they stand apart.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = code::PASS.read(text)?.to_be_bytes();
        let (none, bytes) = bytes.split_at(bytes.len() - 2 * HALF);
        let (drawn, tag) = bytes.split_first_chunk::<HALF>()?;
        let tag = tag.try_into().ok()?;
        none.iter().all(|byte| *byte == 0).then_some(Self { drawn: *drawn, tag })
    }
}

/// Under what a server remembers that one was used: of the function's output, which nobody has but who has the key.
pub(crate) fn used(output: &[u8]) -> [u8; 16] {
    let hash = Sha256::new().chain_update(b"payamgir pass used 1").chain_update(output);
    hash.finalize().first_chunk().copied().expect("a hash is longer")
}

/// What of the function's output stands in a pass.
pub(crate) fn tag(output: &[u8]) -> [u8; HALF] {
    let hash = Sha256::new().chain_update(b"payamgir pass 1").chain_update(output);
    hash.finalize().first_chunk().copied().expect("a hash is longer")
}
