//! HTTP message signatures (RFC 9421) as the desk's requests carry them: one label, a fixed list
//! of covered components, a fixed order of parameters. Anything else is refused, so there is
//! one way to write a request and nothing to negotiate. Signing and verifying happen elsewhere.

use data_encoding::{BASE64, BASE64URL_NOPAD};
use sfv::{BareItem, Dictionary, ListEntry, Parser};

use crate::key::{key_text, parse_key};

/// The header fields a signed request carries.
pub mod header {
    /// RFC 9530, over the request's body.
    pub const CONTENT_DIGEST: &str = "content-digest";
    /// RFC 9421 §4.1.
    pub const SIGNATURE_INPUT: &str = "signature-input";
    /// RFC 9421 §4.2.
    pub const SIGNATURE: &str = "signature";
}

const COVERED: &str = r#"("@method" "@authority" "@path" "@query" "content-digest")"#;
const TAG: &str = "payamgir-desk-1";
/// Longest field value that is parsed at all.
const FIELD_BYTES: usize = 512;

/// What is covered by a signature.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Upper case, as sent.
    pub method: &'a str,
    /// Host and, where it is not the default, port.
    pub authority: &'a str,
    /// The path, as sent.
    pub path: &'a str,
    /// What follows `?`; empty where there is none.
    pub query: &'a str,
    /// SHA-256 of the body.
    pub body_sha256: &'a [u8; 32],
}

/// A signature's parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Params {
    /// Unix seconds at signing.
    pub created: u64,
    /// Random, used once.
    pub nonce: [u8; 16],
    /// The member's Ed25519 public key.
    pub key: [u8; 32],
}

/// A field is missing, over-long, or not written the one accepted way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl Params {
    /// The `Signature-Input` field's value.
    pub fn input(&self) -> String {
        format!("desk={}", self.inner())
    }

    /// The text that is signed (RFC 9421 §2.5).
    pub fn base(&self, request: &Request<'_>) -> String {
        format!(
            "\"@method\": {}\n\"@authority\": {}\n\"@path\": {}\n\"@query\": ?{}\n\
             \"content-digest\": {}\n\"@signature-params\": {}",
            request.method,
            request.authority.to_ascii_lowercase(),
            request.path,
            request.query,
            digest(request.body_sha256),
            self.inner()
        )
    }

    /// Reads a `Signature-Input` field.
    pub fn parse(field: &str) -> Result<Self, Malformed> {
        let dictionary = dictionary(field)?;
        let Some(ListEntry::InnerList(list)) = dictionary.get("desk") else {
            return Err(Malformed);
        };
        let text = |name| list.params.get(name).and_then(BareItem::as_string);
        let nonce = BASE64URL_NOPAD.decode(text("nonce").ok_or(Malformed)?.as_str().as_bytes());
        let created = list.params.get("created").and_then(BareItem::as_integer);
        let params = Self {
            created: created.and_then(|n| i64::from(n).try_into().ok()).ok_or(Malformed)?,
            nonce: nonce.ok().and_then(|n| n.try_into().ok()).ok_or(Malformed)?,
            key: text("keyid").and_then(|t| parse_key(t.as_str())).ok_or(Malformed)?,
        };
        if params.input() == field { Ok(params) } else { Err(Malformed) }
    }

    fn inner(&self) -> String {
        let (nonce, key) = (BASE64URL_NOPAD.encode(&self.nonce), key_text(&self.key));
        let created = self.created;
        format!(
            r#"{COVERED};created={created};nonce="{nonce}";alg="ed25519";keyid="{key}";tag="{TAG}""#
        )
    }
}

/// The `Content-Digest` field's value for a body with this SHA-256.
pub fn digest(sha256: &[u8; 32]) -> String {
    format!("sha-256=:{}:", BASE64.encode(sha256))
}

/// Reads a `Content-Digest` field.
pub fn parse_digest(field: &str) -> Result<[u8; 32], Malformed> {
    let dictionary = dictionary(field)?;
    let Some(ListEntry::Item(item)) = dictionary.get("sha-256") else { return Err(Malformed) };
    let bytes = item.bare_item.as_byte_sequence().ok_or(Malformed)?;
    let bytes = bytes.try_into().map_err(|_| Malformed)?;
    if digest(&bytes) == field { Ok(bytes) } else { Err(Malformed) }
}

/// The `Signature` field's value.
pub fn signature(bytes: &[u8; 64]) -> String {
    format!("desk=:{}:", BASE64.encode(bytes))
}

/// Reads a `Signature` field.
pub fn parse_signature(field: &str) -> Result<[u8; 64], Malformed> {
    let dictionary = dictionary(field)?;
    let Some(ListEntry::Item(item)) = dictionary.get("desk") else { return Err(Malformed) };
    let bytes = item.bare_item.as_byte_sequence().ok_or(Malformed)?;
    let bytes = bytes.try_into().map_err(|_| Malformed)?;
    if signature(&bytes) == field { Ok(bytes) } else { Err(Malformed) }
}

fn dictionary(field: &str) -> Result<Dictionary, Malformed> {
    if field.len() > FIELD_BYTES {
        return Err(Malformed);
    }
    Parser::new(field).parse().map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn params() -> Params {
        Params { created: 1_763_800_000, nonce: [9; 16], key: [8; 32] }
    }

    #[test]
    fn the_base_is_as_the_rfc_writes_it() {
        let request = Request {
            method: "GET",
            authority: "Desk.Example:8081",
            path: "/desk/1/log",
            query: "from=0",
            body_sha256: &[0; 32],
        };
        let expected = "\"@method\": GET\n\"@authority\": desk.example:8081\n\"@path\": /desk/1/log\n\
            \"@query\": ?from=0\n\"content-digest\": sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\n\
            \"@signature-params\": (\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\");\
            created=1763800000;nonce=\"CQkJCQkJCQkJCQkJCQkJCQ\";alg=\"ed25519\";\
            keyid=\"CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\";tag=\"payamgir-desk-1\"";
        assert_eq!(params().base(&request), expected);
    }

    #[test]
    fn only_the_one_way_of_writing_is_accepted() {
        let good = params().input();
        assert_eq!(Params::parse(&good), Ok(params()));
        let table = [
            good.replace("desk=", "sig1="),
            good.replace("\"@query\" ", ""),
            good.replace("ed25519", "hmac-sha256"),
            good.replace("payamgir-desk-1", "other"),
            good.replace("1763800000", "-1"),
            good.replace("1763800000", "1763800000.0"),
            good.replace(";alg", "; alg"),
            format!("{good}, other=()"),
            format!("{good};expires=9999999999"),
            good.replace("nonce=\"C", "nonce=\""),
            "x".repeat(FIELD_BYTES + 1),
            String::new(),
        ];
        for field in table {
            assert_eq!(Params::parse(&field), Err(Malformed), "{field}");
        }
    }

    #[test]
    fn signatures_come_back_and_others_do_not() {
        assert_eq!(parse_signature(&signature(&[5; 64])), Ok([5; 64]));
        for field in ["desk=:AAAA:", "desk=1", "", "desk=:AAAA", "other=:AAAA:"] {
            assert_eq!(parse_signature(field), Err(Malformed));
        }
    }

    #[test]
    fn digests_come_back_and_others_do_not() {
        assert_eq!(parse_digest(&digest(&[5; 32])), Ok([5; 32]));
        let two = format!("{}, {}", digest(&[5; 32]), digest(&[6; 32]));
        for field in ["", "sha-256=:AAAA:", "sha-512=:AAAA:", "sha-256=1", &two] {
            assert_eq!(parse_digest(field), Err(Malformed));
        }
    }

    proptest! {
        #[test]
        fn any_params_come_back(created in 0..999_999_999_999_999u64, nonce: [u8; 16], key: [u8; 32]) {
            let params = Params { created, nonce, key };
            prop_assert_eq!(Params::parse(&params.input()), Ok(params));
        }

        #[test]
        fn parsing_never_panics(field in ".{0,200}") {
            let _ = (Params::parse(&field), parse_signature(&field));
        }
    }
}
