//! Proof of work, as ALTCHA does it: a number is found whose hash with a salt is the one that is asked for.
//! Nothing is kept of who asked; a challenge is known again by its signature, and a proof that was used until it
//! expires.

use altcha_lib_rs::{ChallengeOptions, Payload, create_challenge, verify_solution};
use axum::http::HeaderValue;
use data_encoding::{BASE64, HEXLOWER};

use super::spent::Spent;
use crate::world::World;

/// Seconds for which a challenge can be answered: a slow line and a slow telephone among them.
const VALID: u64 = 600;
/// Most bytes of a proof.
const PROOF_BYTES: usize = 1024;

/// Challenges and proofs.
pub(super) struct Work {
    /// Hashes that a proof takes at most.
    most: u64,
    /// Signs challenges; of this process alone.
    key: String,
    spent: Spent,
    world: World,
}

impl Work {
    pub(super) fn new(most: u64, world: World) -> Self {
        let key = HEXLOWER.encode(&world.bytes::<32>());
        Self { most: most.max(1), key, spent: Spent::new(VALID), world }
    }

    /// Something to be solved, so many times as hard as it may be easiest: base64 of ALTCHA's JSON.
    pub(super) fn challenge(&self, times: u64) -> HeaderValue {
        let most = self.most * times;
        let expires = (self.world.now)() + VALID;
        // The mark at the end keeps the number behind it apart from the time.
        let salt = format!("{}?expires={expires}&", HEXLOWER.encode(&self.world.bytes::<12>()));
        let number = u64::from_be_bytes(self.world.bytes()) % most;
        let challenge = create_challenge(ChallengeOptions {
            hmac_key: &self.key,
            salt: Some(salt),
            number: Some(number),
            max_number: Some(most),
            ..ChallengeOptions::default()
        });
        let json = challenge.ok().and_then(|challenge| serde_json::to_vec(&challenge).ok());
        HeaderValue::try_from(BASE64.encode(&json.unwrap_or_default())).expect("base64 is ASCII")
    }

    /// Whether work was done for it, in time, for the first time, and there is room: what finds none is good again.
    pub(super) fn is_done(&self, proof: &HeaderValue, room: impl Fn() -> bool) -> bool {
        let now = (self.world.now)();
        let solved = read(proof.as_bytes()).and_then(|payload| self.solved(&payload, now));
        // Looked at first: who repeats a proof takes nobody's room.
        solved.is_some_and(|asked| !self.spent.has(&asked) && room() && self.spent.first(asked))
    }

    /// What was asked, if this solves it.
    fn solved(&self, payload: &Payload, now: u64) -> Option<[u8; 32]> {
        let (_, time) = payload.salt.rsplit_once("?expires=")?;
        let expires: u64 = time.strip_suffix('&')?.parse().ok()?;
        let in_time = expires > now && verify_solution(payload, &self.key, false).is_ok();
        in_time.then(|| HEXLOWER.decode(payload.challenge.as_bytes()).ok()?.try_into().ok())?
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
        let number = (0..=8000u64)
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
        let proof = header(&solve(&work.challenge(1)));
        assert!(work.is_done(&proof, || true));
        assert!(!work.is_done(&proof, || true), "once");
        let waits = header(&solve(&work.challenge(4)));
        assert!(
            !work.is_done(&waits, || false) && work.is_done(&waits, || true),
            "no room, then room"
        );
        let mut wrong = solve(&work.challenge(1));
        wrong["number"] = (wrong["number"].as_u64().unwrap() + 1).into();
        assert!(!work.is_done(&header(&wrong), || true));
        let mut longer = solve(&work.challenge(1));
        longer["salt"] = longer["salt"].as_str().unwrap().replace("expires=", "expires=9").into();
        assert!(!work.is_done(&header(&longer), || true), "its time is signed");
        // Digits moved from the number to the time, which gives the same hash.
        let moved = solve(&work.challenge(1));
        let (salt, number) = (moved["salt"].as_str().unwrap(), moved["number"].to_string());
        let mut longer = moved.clone();
        longer["salt"] = format!("{}{}&", salt.trim_end_matches('&'), &number[..1]).into();
        longer["number"] = number[1..].parse::<u64>().unwrap_or(0).into();
        assert!(!work.is_done(&header(&longer), || true));
        // The same proof in other letters.
        let again = solve(&work.challenge(1));
        assert!(work.is_done(&header(&again), || true));
        let mut capital = again;
        capital["challenge"] = capital["challenge"].as_str().unwrap().to_uppercase().into();
        assert!(!work.is_done(&header(&capital), || true));
        let late = header(&solve(&work.challenge(1)));
        clock.fetch_add(VALID, Ordering::Relaxed);
        assert!(!work.is_done(&late, || true));
    }

    proptest! {
        #[test]
        fn odd_proofs_are_none(text in "[ -~]{0,2000}", json in "\\PC{0,200}") {
            let work = work(&Arc::new(AtomicU64::new(1000)));
            prop_assert!(!work.is_done(&HeaderValue::try_from(text).unwrap(), || true));
            prop_assert!(!work.is_done(&HeaderValue::try_from(BASE64.encode(json.as_bytes())).unwrap(), || true));
        }
    }
}
