//! The server's half: it signs what it does not see, and knows what it signed when it comes.

use subtle::ConstantTimeEq;
use voprf::{BlindedElement, VoprfServer};
use zeroize::Zeroizing;

use crate::pass::{Pass, tag, used};
use crate::random::Random;
use crate::{MOST, POINT, Suite};

/// The server's key. Not printable.
pub struct Issuer(VoprfServer<Suite>);

impl Issuer {
    /// A new key's 32 bytes, to be kept.
    pub fn draw(random: &dyn Fn(&mut [u8])) -> Zeroizing<Vec<u8>> {
        let server = VoprfServer::<Suite>::new(&mut Random(random));
        Zeroizing::new(server.expect("a key is drawn").serialize()[..POINT].to_vec())
    }

    /// The key of these bytes; `None` where they are none.
    pub fn open(key: &[u8]) -> Option<Self> {
        VoprfServer::new_with_key(key).ok().map(Self)
    }

    /// The public half, by which a desk sees that it is the same for all.
    pub fn public(&self) -> [u8; POINT] {
        let point = <Suite as voprf::Group>::serialize_elem(self.0.get_public_key());
        point.into()
    }

    /// Signs blinded passes, one to [`MOST`] points: gives as many points, the proof that all were signed by one
    /// key, and its public half. `None` where they are no points.
    pub fn sign(&self, blinded: &[u8], random: &dyn Fn(&mut [u8])) -> Option<Vec<u8>> {
        let (points, rest) = blinded.as_chunks::<POINT>();
        if points.is_empty() || points.len() > MOST || !rest.is_empty() {
            return None;
        }
        let read = |point: &[u8; POINT]| BlindedElement::<Suite>::deserialize(point).ok();
        let points: Vec<_> = points.iter().map(read).collect::<Option<_>>()?;
        let prepared: Vec<_> = self.0.batch_blind_evaluate_prepare(points.iter()).collect();
        let signed = VoprfServer::batch_blind_evaluate_finish(
            &self.0,
            &mut Random(random),
            points.iter(),
            &prepared,
        );
        let signed = signed.ok()?;
        let mut answer: Vec<u8> = signed.messages.flat_map(|point| point.serialize()).collect();
        answer.extend_from_slice(&signed.proof.serialize());
        answer.extend_from_slice(&self.public());
        Some(answer)
    }

    /// Under what to remember that a pass was used; `None` where it was not signed by this key.
    pub fn used(&self, pass: &Pass) -> Option<[u8; 16]> {
        let output = self.0.evaluate(&pass.drawn).ok()?;
        bool::from(tag(&output).ct_eq(&pass.tag)).then(|| used(&output))
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Issuer(…)")
    }
}
