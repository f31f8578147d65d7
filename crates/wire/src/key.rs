//! A member's Ed25519 public key in text: unpadded base64url, 43 characters.

use data_encoding::BASE64URL_NOPAD;

/// The key in text.
pub fn key_text(key: &[u8; 32]) -> String {
    BASE64URL_NOPAD.encode(key)
}

/// The inverse of [`key_text`].
pub fn parse_key(text: &str) -> Option<[u8; 32]> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok()
}
