//! Proof of work, as ALTCHA does it: a number is found whose hash with a salt is the one that is asked for.
//! Nothing is kept of who asked; a challenge is known again by its signature, and a proof that was used until it
//! expires.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use altcha_lib_rs::{ChallengeOptions, Payload, create_challenge, verify_solution};
use axum::http::HeaderValue;
use data_encoding::{BASE64, HEXLOWER};

use crate::world::World;

/// Seconds for which a challenge can be answered: a slow line and a slow telephone among them.
const VALID: u64 = 1800;
/// Proofs remembered as used.
const SPENT: usize = 100_000;
/// Most bytes of a proof.
const PROOF_BYTES: usize = 1024;

/// Challenges and proofs.
pub(super) struct Work {
    /// Hashes that a proof takes at most.
    most: u64,
    /// Signs challenges; of this process alone.
    key: String,
    /// Proofs that were used, and when they expire.
    spent: Mutex<HashMap<[u8; 32], u64>>,
    world: World,
}

impl Work {
    pub(super) fn new(most: u64, world: World) -> Self {
        let key = HEXLOWER.encode(&world.bytes::<32>());
        Self { most: most.max(1), key, spent: Mutex::default(), world }
    }

    /// Something to be solved: base64 of ALTCHA's JSON.
    pub(super) fn challenge(&self) -> HeaderValue {
        let expires = (self.world.now)() + VALID;
        // The mark at the end keeps the number behind it apart from the time.
        let salt = format!("{}?expires={expires}&", HEXLOWER.encode(&self.world.bytes::<12>()));
        let number = u64::from_be_bytes(self.world.bytes()) % self.most;
        let challenge = create_challenge(ChallengeOptions {
            hmac_key: &self.key,
            salt: Some(salt),
            number: Some(number),
            max_number: Some(self.most),
            ..ChallengeOptions::default()
        });
        let json = challenge.ok().and_then(|challenge| serde_json::to_vec(&challenge).ok());
        HeaderValue::try_from(BASE64.encode(&json.unwrap_or_default())).expect("base64 is ASCII")
    }

    /// Whether work was done for it, in time, and for the first time.
    pub(super) fn is_done(&self, proof: &HeaderValue) -> bool {
        let Some(payload) = read(proof.as_bytes()) else { return false };
        let now = (self.world.now)();
        let time = payload.salt.rsplit_once("?expires=").and_then(|(_, at)| at.strip_suffix('&'));
        let expires = time.and_then(|at| at.parse::<u64>().ok());
        let in_time = expires.filter(|expires| *expires > now);
        let (Some(expires), Ok(())) = (in_time, verify_solution(&payload, &self.key, false)) else {
            return false;
        };
        let Some(asked) = HEXLOWER
            .decode(payload.challenge.as_bytes())
            .ok()
            .and_then(|asked| asked.try_into().ok())
        else {
            return false;
        };
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.len() >= SPENT {
            spent.retain(|_, expires| *expires > now);
        }
        spent.len() < SPENT && spent.insert(asked, expires).is_none()
    }
}

fn read(proof: &[u8]) -> Option<Payload> {
    let proof = Some(proof).filter(|proof| proof.len() <= PROOF_BYTES)?;
    serde_json::from_slice(&BASE64.decode(proof).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use proptest::prelude::*;
    use serde_json::Value;
    use sha2::{Digest, Sha256};

    use super::*;

    fn work(clock: &Arc<AtomicU64>) -> Work {
        let clock = clock.clone();
        let now = Arc::new(move || clock.load(Ordering::Relaxed));
        let dice = AtomicU64::new(7);
        let random = Arc::new(move |bytes: &mut [u8]| {
            bytes.fill(dice.fetch_add(1, Ordering::Relaxed) as u8);
        });
        Work::new(2000, World { now, random })
    }

    /// What a browser makes of a challenge.
    fn solve(challenge: &HeaderValue) -> Value {
        let mut told: Value =
            serde_json::from_slice(&BASE64.decode(challenge.as_bytes()).unwrap()).unwrap();
        let (salt, wanted) = (told["salt"].as_str().unwrap(), told["challenge"].as_str().unwrap());
        let number = (0..=2000u64)
            .find(|n| HEXLOWER.encode(&Sha256::digest(format!("{salt}{n}"))) == wanted);
        told["number"] = number.unwrap().into();
        told
    }

    fn header(proof: &Value) -> HeaderValue {
        HeaderValue::try_from(BASE64.encode(proof.to_string().as_bytes())).unwrap()
    }

    #[test]
    fn a_proof_is_taken_once_in_time_and_as_it_was_asked_for() {
        let clock = Arc::new(AtomicU64::new(1000));
        let work = work(&clock);
        let proof = header(&solve(&work.challenge()));
        assert!(work.is_done(&proof));
        assert!(!work.is_done(&proof), "once");
        let mut wrong = solve(&work.challenge());
        wrong["number"] = (wrong["number"].as_u64().unwrap() + 1).into();
        assert!(!work.is_done(&header(&wrong)));
        let mut longer = solve(&work.challenge());
        longer["salt"] = longer["salt"].as_str().unwrap().replace("expires=", "expires=9").into();
        assert!(!work.is_done(&header(&longer)), "its time is signed");
        // Digits moved from the number to the time, which gives the same hash.
        let moved = solve(&work.challenge());
        let (salt, number) = (moved["salt"].as_str().unwrap(), moved["number"].to_string());
        let mut longer = moved.clone();
        longer["salt"] = format!("{}{}&", salt.trim_end_matches('&'), &number[..1]).into();
        longer["number"] = number[1..].parse::<u64>().unwrap_or(0).into();
        assert!(!work.is_done(&header(&longer)));
        // The same proof in other letters.
        let again = solve(&work.challenge());
        assert!(work.is_done(&header(&again)));
        let mut capital = again;
        capital["challenge"] = capital["challenge"].as_str().unwrap().to_uppercase().into();
        assert!(!work.is_done(&header(&capital)));
        let late = header(&solve(&work.challenge()));
        clock.fetch_add(VALID, Ordering::Relaxed);
        assert!(!work.is_done(&late));
    }

    proptest! {
        #[test]
        fn odd_proofs_are_none(text in "[ -~]{0,2000}", json in "\\PC{0,200}") {
            let work = work(&Arc::new(AtomicU64::new(1000)));
            prop_assert!(!work.is_done(&HeaderValue::try_from(text).unwrap()));
            prop_assert!(!work.is_done(&HeaderValue::try_from(BASE64.encode(json.as_bytes())).unwrap()));
        }
    }
}
