//! Signatures, and the bytes they are made over.

use std::fmt::Write;

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha1::Sha1;
use sha2::Sha256;

/// How a raw POST is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureKind {
    /// Both headers, as the platform does it.
    Good,
    /// No header at all.
    Missing,
    /// Both headers, one byte of each wrong.
    Wrong,
    /// The legacy header alone, and right.
    Sha1Only,
    /// Right for the text that the escapes stand for, and so wrong for the bytes.
    OverDecoded,
}

/// Headers of one POST: names and values.
pub(crate) type Headers = Vec<(&'static str, String)>;

const MODERN: &str = "X-Hub-Signature-256";
const LEGACY: &str = "X-Hub-Signature";

/// `sha256=` and the code of `body` under `secret`.
pub(crate) fn sha256(secret: &str, body: &[u8]) -> String {
    let mut code = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
    code.update(body);
    format!("sha256={}", HEXLOWER.encode(&code.finalize().into_bytes()))
}

fn sha1(secret: &str, body: &[u8]) -> String {
    let mut code = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("any key will do");
    code.update(body);
    format!("sha1={}", HEXLOWER.encode(&code.finalize().into_bytes()))
}

/// The signature headers of `body`.
pub(crate) fn headers(kind: SignatureKind, secret: &str, body: &[u8]) -> Headers {
    let (modern, legacy) = (sha256(secret, body), sha1(secret, body));
    match kind {
        SignatureKind::Good => vec![(MODERN, modern), (LEGACY, legacy)],
        SignatureKind::Missing => Vec::new(),
        SignatureKind::Wrong => vec![(MODERN, spoilt(modern)), (LEGACY, spoilt(legacy))],
        SignatureKind::Sha1Only => vec![(LEGACY, legacy)],
        SignatureKind::OverDecoded => vec![(MODERN, sha256(secret, &decoded(body)))],
    }
}

/// With another last digit.
fn spoilt(mut signature: String) -> String {
    let last = signature.pop();
    signature.push(if last == Some('0') { '1' } else { '0' });
    signature
}

fn decoded(body: &[u8]) -> Vec<u8> {
    let value = serde_json::from_slice::<Value>(body);
    value.map_or_else(|_| body.to_vec(), |value| value.to_string().into_bytes())
}

/// JSON as the platform writes it: ASCII alone, in lower-case escapes, and `\/` where asked.
pub(crate) fn escaped(value: &Value, slashes: bool) -> Vec<u8> {
    let mut out = String::new();
    for letter in value.to_string().chars() {
        match letter {
            '/' if slashes => out.push_str("\\/"),
            letter if letter.is_ascii() => out.push(letter),
            letter => escape(&mut out, letter),
        }
    }
    out.into_bytes()
}

fn escape(out: &mut String, letter: char) {
    for unit in letter.encode_utf16(&mut [0; 2]) {
        let _ = write!(out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_vector_of_the_channels_notes_holds() {
        let body = escaped(&json!({"a": "سلام"}), false);
        assert_eq!(body, br#"{"a":"\u0633\u0644\u0627\u0645"}"#);
        let right = "sha256=eebc0427f0c33ba8e4f7234541aaedf88d26082b683c681ecd8fa428e2781b71";
        let other = "sha256=cf2225bf773fa428bb68782dfd43954a1fd7c978882590c792b7c0115fdcc145";
        assert_eq!(sha256("s3cr3t", &body), right);
        assert_eq!(headers(SignatureKind::OverDecoded, "s3cr3t", &body), [(MODERN, other.into())]);
    }

    #[test]
    fn pairs_and_slashes_are_escaped() {
        assert_eq!(escaped(&json!("a/😀"), true), br#""a\/\ud83d\ude00""#);
    }
}
