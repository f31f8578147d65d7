//! What WhatsApp's and Instagram's webhooks share.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, Mac};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::Sha256;

use crate::json::{self, Look};
use crate::{Heard, Reason, Verdict, Words};

/// Most bytes of a webhook's body: three megabytes is what platforms send at most.
pub const BODY_BYTES: usize = 4 << 20;

/// One thing a webhook said, and of which of our accounts.
pub struct Said {
    /// The platform's name for the account; none where it is not told.
    pub account: Option<Words>,
    /// What.
    pub heard: Heard,
}

/// Whether `header` (`X-Hub-Signature-256`) signs these very bytes; compared in constant time.
pub fn is_signed(secret: &[u8], body: &[u8], header: Option<&str>) -> bool {
    let hex = header.and_then(|header| header.strip_prefix("sha256="));
    let Some(told) = hex.and_then(|hex| HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()) else {
        return false;
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length is a key");
    mac.update(body);
    mac.verify_slice(&told).is_ok()
}

/// The members of an object, each as it came.
pub(crate) fn members(raw: &[u8]) -> Option<BTreeMap<String, Box<RawValue>>> {
    serde_json::from_slice(raw).ok()
}

/// The elements under a key; one thing that should have been a list is one element.
pub(crate) fn under(object: &BTreeMap<String, Box<RawValue>>, key: &str) -> Vec<Box<RawValue>> {
    let Some(raw) = object.get(key).filter(|raw| raw.get() != "null") else { return vec![] };
    json::pieces(raw.get().as_bytes()).unwrap_or_else(|| vec![raw.clone()])
}

/// What an answer to sending says where it is an error (developers.facebook.com, "Error handling").
pub(crate) fn refused(status: u16, body: &[u8], reason: fn(u32, u32) -> Reason) -> Verdict {
    let value = json::read(body);
    let error = value.as_ref().and_then(|value| value.at("error"));
    let number = |key: &str| u32::try_from(error?.number(key)?).ok();
    let code = number("code").filter(|_| error.is_some_and(Value::is_object));
    match (code, status) {
        (Some(1 | 2), _) | (None, 500..) => Verdict::Unsure,
        (Some(code), _) if is_rate(code) => Verdict::Later(30),
        (None, 429) => Verdict::Later(30),
        (Some(code), 500..) if is_service(code) => Verdict::Unsure,
        (Some(code), _) => {
            Verdict::Refused(reason(code, number("error_subcode").unwrap_or(0)), Some(code))
        }
        (None, 401 | 403) => Verdict::Refused(Reason::Account, Some(status.into())),
        (None, 400..=499) => Verdict::Refused(Reason::Other, Some(status.into())),
        // Something that is no answer of the platform's: a page of somebody in between.
        (None, _) => Verdict::Unsure,
    }
}

fn is_rate(code: u32) -> bool {
    matches!(code, 4 | 17 | 32 | 613 | 80002 | 80007 | 130_429 | 131_056 | 2_534_040)
}

/// Codes by which the platform says that it does not know what went wrong.
fn is_service(code: u32) -> bool {
    matches!(code, 131_000 | 131_016 | 133_000..=133_999)
}

/// Whether a code says that the account's token is not taken.
pub fn is_token(code: u32) -> bool {
    matches!(code, 190 | 102 | 10 | 200..=299 | 3 | 368)
}

/// The number in an error's answer, for the operator.
pub fn code(body: &[u8]) -> Option<u32> {
    let value = json::read(body)?;
    u32::try_from(value.at("error")?.number("code")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_of_the_bytes_as_they_came() {
        let escaped = br#"{"a":"\u0633\u0644\u0627\u0645"}"#;
        let good = "sha256=eebc0427f0c33ba8e4f7234541aaedf88d26082b683c681ecd8fa428e2781b71";
        let decoded = "sha256=cf2225bf773fa428bb68782dfd43954a1fd7c978882590c792b7c0115fdcc145";
        assert!(is_signed(b"s3cr3t", escaped, Some(good)));
        assert!(is_signed(
            b"s3cr3t",
            escaped,
            Some(&good.to_uppercase().replace("SHA256", "sha256"))
        ));
        assert!(is_signed(b"s3cr3t", "{\"a\":\"سلام\"}".as_bytes(), Some(decoded)));
        let bad = [
            Some(decoded),
            None,
            Some(""),
            Some("sha256="),
            Some("sha1=00"),
            Some("sha256=zz"),
            Some(&good[..70]),
        ];
        for header in bad {
            assert!(!is_signed(b"s3cr3t", escaped, header), "{header:?}");
        }
        assert!(!is_signed(b"other", escaped, Some(good)));
    }
}
