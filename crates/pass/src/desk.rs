//! The desk's half: it draws passes, and has them signed without showing them.

use voprf::{EvaluationElement, Group, Proof, VoprfClient};

use crate::random::Random;
use crate::{MOST, POINT, PROOF, Pass, Suite};

/// Passes that wait for the server's signature. Not printable.
pub struct Blinded {
    drawn: Vec<[u8; 6]>,
    clients: Vec<VoprfClient<Suite>>,
    points: Vec<u8>,
}

/// The server's answer is not what it should be: of another form, or not signed by the key that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

impl Blinded {
    /// Draws passes, at most [`MOST`].
    pub fn draw(count: usize, random: &dyn Fn(&mut [u8])) -> Self {
        let mut blinded = Self { drawn: vec![], clients: vec![], points: vec![] };
        for _ in 0..count.min(MOST) {
            let mut drawn = [0; 6];
            random(&mut drawn);
            let one = VoprfClient::<Suite>::blind(&drawn, &mut Random(random));
            let one = one.expect("six bytes are hashed to a point");
            blinded.points.extend_from_slice(&one.message.serialize());
            blinded.clients.push(one.state);
            blinded.drawn.push(drawn);
        }
        blinded
    }

    /// What the server is asked to sign.
    pub fn points(&self) -> &[u8] {
        &self.points
    }

    /// The passes, and the public key that all of them were signed by.
    pub fn finish(self, answer: &[u8]) -> Result<(Vec<Pass>, [u8; POINT]), Refused> {
        let (points, rest) = answer.split_at_checked(self.points.len()).ok_or(Refused)?;
        let (proof, public) = rest.split_at_checked(PROOF).ok_or(Refused)?;
        let public: [u8; POINT] = public.try_into().map_err(|_| Refused)?;
        let key = Suite::deserialize_elem(&public).map_err(|_| Refused)?;
        let proof = Proof::deserialize(proof).map_err(|_| Refused)?;
        let read = |point: &[u8; POINT]| EvaluationElement::<Suite>::deserialize(point);
        let points: Vec<_> = points
            .as_chunks::<POINT>()
            .0
            .iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(|_| Refused)?;
        let inputs: Vec<&[u8]> = self.drawn.iter().map(|drawn| &drawn[..]).collect();
        let outputs = VoprfClient::batch_finalize(&inputs, &self.clients, &points, &proof, key);
        let outputs = outputs.map_err(|_| Refused)?;
        let passes = outputs.zip(&self.drawn).map(|(output, drawn)| {
            output.map(|output| Pass::new(*drawn, &output)).map_err(|_| Refused)
        });
        Ok((passes.collect::<Result<_, _>>()?, public))
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the server's answer is not one to blinded passes")
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use proptest::prelude::*;

    use super::*;
    use crate::Issuer;

    /// Numbers that do not repeat; tests need no more.
    fn dice() -> impl Fn(&mut [u8]) {
        let state = AtomicU64::new(1);
        move |bytes| {
            for byte in bytes {
                let next = state
                    .load(Ordering::Relaxed)
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                state.store(next, Ordering::Relaxed);
                *byte = (next >> 56) as u8;
            }
        }
    }

    fn issuer() -> Issuer {
        Issuer::open(&Issuer::draw(&dice())).unwrap()
    }

    #[test]
    fn what_was_signed_blindly_is_known_and_nothing_else() {
        let (random, server) = (dice(), issuer());
        let blinded = Blinded::draw(5, &random);
        let drawn = blinded.drawn.clone();
        assert!(drawn.iter().all(|drawn| !blinded.points().windows(6).any(|bytes| bytes == drawn)));
        let answer = server.sign(blinded.points(), &random).unwrap();
        let (passes, key) = blinded.finish(&answer).unwrap();
        assert_eq!((passes.len(), key), (5, server.public()));
        for pass in &passes {
            assert!(server.used(pass).is_some());
            assert!(Pass::read(&pass.written()) == Some(pass.clone()));
            let mut forged = pass.clone();
            forged.tag[5] ^= 1;
            assert!(server.used(&forged).is_none());
        }
        let other = Issuer::open(&[7; 32]).unwrap();
        assert!(!passes.iter().any(|pass| other.used(pass).is_some()));
    }

    #[test]
    fn an_answer_that_was_changed_is_refused() {
        let (random, server) = (dice(), issuer());
        let answer = |blinded: &Blinded| server.sign(blinded.points(), &dice()).unwrap();
        let length = answer(&Blinded::draw(3, &random)).len();
        for at in 0..length {
            let blinded = Blinded::draw(3, &random);
            let mut changed = answer(&blinded);
            changed[at] ^= 1;
            assert!(blinded.finish(&changed).is_err(), "{at}");
        }
        // Signed by another key than the one that is named, so that a batch could be told.
        let blinded = Blinded::draw(3, &random);
        let other = Issuer::open(&[7; 32]).unwrap();
        let mut answer = other.sign(blinded.points(), &random).unwrap();
        let named = answer.len() - 32;
        answer[named..].copy_from_slice(&server.public());
        assert!(blinded.finish(&answer).is_err());
    }

    #[test]
    fn what_is_no_point_is_not_signed() {
        let (random, server) = (dice(), issuer());
        for odd in [&[][..], &[0; 31], &[0; 32], &[0xff; 32], &vec![1; 32 * 101]] {
            assert!(server.sign(odd, &random).is_none());
        }
        assert!(Issuer::open(&[0; 32]).is_none() && Issuer::open(&[1; 5]).is_none());
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_or_answered_breaks(text in "\\PC{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Pass::read(&text);
            prop_assert!(Blinded::draw(2, &dice()).finish(&bytes).is_err());
            let _ = issuer().sign(&bytes, &dice());
        }
    }
}
