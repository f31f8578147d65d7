//! The work that a flooded server asks for (ALTCHA): a number whose hash with a salt is the one it names.

use data_encoding::{BASE64, HEXLOWER};
use serde_json::Value;
use sha2::{Digest, Sha256};
use ureq::Body;
use ureq::http::Response;

/// More hashes than that no server of ours asks for.
const MOST: u64 = 5_000_000;

/// The proof that an answer asks for; `None` where it asks for none.
pub(crate) fn asked(answer: &Response<Body>) -> Option<String> {
    let challenge = answer.headers().get("challenge").filter(|_| answer.status() == 503)?;
    solve(challenge.as_bytes())
}

fn solve(challenge: &[u8]) -> Option<String> {
    let mut asked: Value = serde_json::from_slice(&BASE64.decode(challenge).ok()?).ok()?;
    let (salt, wanted) = (asked["salt"].as_str()?, asked["challenge"].as_str()?);
    let wanted = HEXLOWER.decode(wanted.as_bytes()).ok()?;
    let most = asked["maxnumber"].as_u64()?.min(MOST);
    let number =
        (0..=most).find(|number| Sha256::digest(format!("{salt}{number}"))[..] == wanted[..])?;
    asked["number"] = number.into();
    Some(BASE64.encode(asked.to_string().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_and_what_is_no_challenge_is_none() {
        let wanted = HEXLOWER.encode(&Sha256::digest("salt777"));
        let json = format!("{{\"salt\":\"salt\",\"challenge\":\"{wanted}\",\"maxnumber\":1000}}");
        let proof = solve(BASE64.encode(json.as_bytes()).as_bytes()).unwrap();
        let proof: Value =
            serde_json::from_slice(&BASE64.decode(proof.as_bytes()).unwrap()).unwrap();
        assert_eq!(proof["number"], 777);
        for odd in ["", "x", "e30=", "bnVsbA=="] {
            assert!(solve(odd.as_bytes()).is_none());
        }
    }
}
