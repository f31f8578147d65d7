//! Joining by a code told over a telephone (docs/FORMAT.md §12).
//!
//! SPAKE2 under the code: who carries the two messages, the server before all, learns nothing of
//! the code and can guess it once for each message that somebody answers. The inviter hears a few
//! answers and no more. What the newcomer sends and what it is told are sealed under the key they
//! came to; neither side goes on before the other has shown that it has the same.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key as SealKey, Nonce};
use hkdf::Hkdf;
use payamgir_roster::{Hash, Key, Receiving};
use payamgir_wire::limits::ANSWER_BYTES;
use rand_core::{CryptoRng, RngCore};
use sha2::{Digest, Sha256};
use spake2::{Ed25519Group, Identity, Password, Spake2};
use zeroize::Zeroizing;

/// Bytes of the code that both sides know and nobody else: four words.
pub const CODE_BYTES: usize = 4;
/// Wrong answers after which an invitation is given up: somebody is guessing.
pub const GUESSES: usize = 16;
/// Bytes of a SPAKE2 message.
const MESSAGE_BYTES: usize = 33;
const SEED_BYTES: usize = 64;
const ID_BYTES: usize = 16;
const VERSION: u8 = 1;
const COMMITMENT_BYTES: usize = 32;
/// Bytes in front of what is sealed in an answer.
const ANSWER_HEAD: usize = 1 + ID_BYTES + MESSAGE_BYTES;

const INVITER: &[u8] = b"payamgir invitation 1 inviter";
const NEWCOMER: &[u8] = b"payamgir invitation 1 newcomer";
const ANSWER: &[u8] = b"payamgir invitation 1 answer";
const WELCOME: &[u8] = b"payamgir invitation 1 welcome";

/// What a side of an invitation keeps until it is over.
#[derive(Clone)]
pub struct Secret {
    /// The invitation.
    pub id: [u8; ID_BYTES],
    /// The words' bytes.
    pub code: [u8; CODE_BYTES],
    /// This side's number of the exchange grows from it.
    seed: Zeroizing<[u8; SEED_BYTES]>,
    /// The inviter's: answers that were wrong, by the beginning of their hashes. The newcomer's:
    /// the inviter's message.
    rest: Vec<u8>,
}

/// Why an answer or a welcome is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotIt {
    /// Not written as one.
    Malformed,
    /// Of another invitation.
    OtherInvitation,
    /// Whoever made it does not have the code, or somebody changed it on the way.
    WrongCode,
}

/// Whom a newcomer is told that it joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcome {
    /// The founding's hash.
    pub desk: Hash,
    /// The public key of the server's log.
    pub log_key: String,
}

/// The five digits by which a server finds an invitation; they are no secret.
pub fn number(id: &[u8; ID_BYTES]) -> u32 {
    payamgir_roster::invitation_number(id)
}

impl Secret {
    /// An inviter's, from fresh random bytes, and the message that the invitation carries.
    pub fn invite(id: [u8; ID_BYTES], code: [u8; CODE_BYTES], seed: &Zeroizing<[u8; 64]>) -> Self {
        Self { id, code, seed: seed.clone(), rest: vec![] }
    }

    /// The inviter's message.
    pub fn exchange(&self) -> Vec<u8> {
        self.start(Side::Inviter).1
    }

    /// A newcomer's, for the message that the server gave it.
    pub fn join(
        id: [u8; ID_BYTES],
        code: [u8; CODE_BYTES],
        seed: &Zeroizing<[u8; 64]>,
        exchange: &[u8],
    ) -> Self {
        Self { id, code, seed: seed.clone(), rest: exchange.to_vec() }
    }

    /// The inviter's message a newcomer was given.
    pub fn given(&self) -> &[u8] {
        &self.rest
    }

    /// The newcomer's answer: its block, which only who has the code can read or change.
    pub fn answer(&self, block: &Receiving) -> Result<Vec<u8>, NotIt> {
        let (state, message) = self.start(Side::Newcomer);
        let shared = finish(state, &self.rest)?;
        let mut answer = [&[VERSION][..], &self.id, &message].concat();
        let sealed = seal(&shared, ANSWER, &answer, &block.encode());
        answer.extend_from_slice(&sealed);
        Ok(answer)
    }

    /// The inviter opens an answer: the newcomer's block.
    pub fn open_answer(&self, answer: &[u8]) -> Result<Receiving, NotIt> {
        let (head, sealed) = answer.split_at_checked(ANSWER_HEAD).ok_or(NotIt::Malformed)?;
        if head[1..=ID_BYTES] != self.id {
            return Err(NotIt::OtherInvitation);
        }
        if head[0] != VERSION || answer.len() != ANSWER_BYTES {
            return Err(NotIt::Malformed);
        }
        let shared = self.shared(answer)?;
        let block = open(&shared, ANSWER, head, sealed)?;
        // Who has the code and sends no block of its own is no newcomer either.
        let block = Receiving::decode(&block).map_err(|_| NotIt::WrongCode)?;
        let shown = block.desk == [0; 32] && block.counter == 0 && block.verify().is_ok();
        if shown { Ok(block) } else { Err(NotIt::WrongCode) }
    }

    /// What the inviter tells the newcomer of that answer, and nobody else.
    pub fn welcome(
        &self,
        answer: &[u8],
        member: &Key,
        welcome: &Welcome,
    ) -> Result<Vec<u8>, NotIt> {
        let told = [&welcome.desk[..], welcome.log_key.as_bytes()].concat();
        Ok(seal(&self.shared(answer)?, WELCOME, member, &told))
    }

    /// The newcomer opens what it was told.
    pub fn open_welcome(&self, member: &Key, sealed: &[u8]) -> Result<Welcome, NotIt> {
        let (state, _) = self.start(Side::Newcomer);
        let told = open(&finish(state, &self.rest)?, WELCOME, member, sealed)?;
        let (desk, log_key) = told.split_first_chunk().ok_or(NotIt::Malformed)?;
        let log_key = String::from_utf8(log_key.to_vec()).map_err(|_| NotIt::Malformed)?;
        Ok(Welcome { desk: *desk, log_key })
    }

    /// The inviter remembers a wrong answer; whether it may hear more.
    pub fn wrong(&mut self, answer: &[u8]) -> bool {
        if !self.is_known_wrong(answer) {
            self.rest.extend_from_slice(&Sha256::digest(answer)[..8]);
        }
        self.rest.len() < GUESSES * 8
    }

    /// Whether this answer was found wrong before: it is no further guess.
    pub fn is_known_wrong(&self, answer: &[u8]) -> bool {
        self.rest.chunks(8).any(|known| *known == Sha256::digest(answer)[..8])
    }

    /// As it is kept in the keyring.
    pub fn bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([&self.id[..], &self.code, &self.seed[..], &self.rest].concat())
    }

    /// Reads what was kept.
    pub fn parse(mut bytes: &[u8]) -> Option<Self> {
        let (id, code) = (take(&mut bytes)?, take(&mut bytes)?);
        Some(Self { id, code, seed: Zeroizing::new(take(&mut bytes)?), rest: bytes.to_vec() })
    }

    /// The key of this inviter and whoever gave that answer.
    fn shared(&self, answer: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotIt> {
        let message = answer.get(1 + ID_BYTES..ANSWER_HEAD).ok_or(NotIt::Malformed)?;
        finish(self.start(Side::Inviter).0, message)
    }

    fn start(&self, side: Side) -> (Spake2<Ed25519Group>, Vec<u8>) {
        let password = Password::new(self.code);
        let named = |role: &[u8]| Identity::new(&[role, &self.id].concat());
        let (inviter, newcomer, seed) = (named(INVITER), named(NEWCOMER), Once(&self.seed));
        match side {
            Side::Inviter => Spake2::start_a_with_rng(&password, &inviter, &newcomer, seed),
            Side::Newcomer => Spake2::start_b_with_rng(&password, &inviter, &newcomer, seed),
        }
    }
}

#[derive(Clone, Copy)]
enum Side {
    Inviter,
    Newcomer,
}

fn finish(state: Spake2<Ed25519Group>, message: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotIt> {
    state.finish(message).map(Zeroizing::new).map_err(|_| NotIt::Malformed)
}

/// Each key seals one thing: the nonce is zero. In front is what commits to the key: the cipher
/// alone would let one text be made that opens under several, and so be several guesses.
fn seal(shared: &[u8], what: &[u8], beside: &[u8], plain: &[u8]) -> Vec<u8> {
    let payload = Payload { msg: plain, aad: beside };
    let (cipher, commitment) = keys_for(shared, what);
    let sealed = cipher.encrypt(&Nonce::default(), payload).expect("it is short");
    [&commitment[..], &sealed].concat()
}

fn open(shared: &[u8], what: &[u8], beside: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotIt> {
    let (cipher, commitment) = keys_for(shared, what);
    let sealed = sealed.strip_prefix(&commitment[..]).ok_or(NotIt::WrongCode)?;
    let payload = Payload { msg: sealed, aad: beside };
    cipher.decrypt(&Nonce::default(), payload).map_err(|_| NotIt::WrongCode)
}

fn keys_for(shared: &[u8], what: &[u8]) -> (ChaCha20Poly1305, [u8; COMMITMENT_BYTES]) {
    let mut both = Zeroizing::new([0; 32 + COMMITMENT_BYTES]);
    Hkdf::<Sha256>::new(None, shared).expand(what, &mut *both).expect("64 bytes");
    let (key, rest) = both.split_at(32);
    let commitment = rest.try_into().expect("the rest");
    (ChaCha20Poly1305::new(SealKey::from_slice(key)), commitment)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}

/// Gives the seed, which SPAKE2 asks for at once: the same exchange can be begun again after the
/// program ended.
struct Once<'a>(&'a [u8; SEED_BYTES]);

impl RngCore for Once<'_> {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, to: &mut [u8]) {
        assert_eq!(to.len(), SEED_BYTES, "one scalar, from 64 bytes");
        to.copy_from_slice(self.0);
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(to);
        Ok(())
    }
}

impl CryptoRng for Once<'_> {}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl std::fmt::Display for NotIt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "malformed",
            Self::OtherInvitation => "of another invitation",
            Self::WrongCode => "made without the code",
        })
    }
}

impl std::error::Error for NotIt {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use payamgir_open::{Keyring, Member};
    use proptest::prelude::*;

    use super::*;
    use crate::client::Random;
    use crate::keys;

    const ID: [u8; 16] = [3; 16];
    const CODE: [u8; 4] = [9, 200, 17, 4];

    fn seed(byte: u8) -> Zeroizing<[u8; 64]> {
        Zeroizing::new([byte; 64])
    }

    fn newcomer(byte: u8) -> Receiving {
        let random: Random = Arc::new(move |bytes| bytes.fill(byte));
        let member = Member::from_seed(&seed(byte));
        keys::block(&member, &mut Keyring::default(), &random)
    }

    fn welcome() -> Welcome {
        Welcome { desk: [5; 32], log_key: "desk.example+1234+key".into() }
    }

    #[test]
    fn two_who_have_the_code_come_to_know_each_other() {
        let inviter = Secret::invite(ID, CODE, &seed(1));
        let joiner = Secret::join(ID, CODE, &seed(2), &inviter.exchange());
        let joiner = Secret::parse(&joiner.bytes()).unwrap();
        let block = newcomer(7);
        let answer = joiner.answer(&block).unwrap();
        assert_eq!(answer, joiner.answer(&block).unwrap(), "it can be sent again");
        assert_eq!(answer.len(), ANSWER_BYTES);
        assert_eq!(inviter.open_answer(&answer), Ok(block.clone()));
        let told = inviter.welcome(&answer, &block.key, &welcome()).unwrap();
        assert_eq!(joiner.open_welcome(&block.key, &told), Ok(welcome()));
        assert_eq!(joiner.open_welcome(&newcomer(8).key, &told), Err(NotIt::WrongCode));
        assert!(told.len() <= 512);
        let block = block.encode();
        assert!(!answer.windows(32).any(|part| block.windows(32).any(|other| other == part)));
    }

    /// A server between the two that does everything a server can do without the code.
    #[test]
    fn who_is_between_them_comes_to_nothing() {
        let inviter = Secret::invite(ID, CODE, &seed(1));
        let block = newcomer(7);
        // It gives the newcomer a message of its own, under a guess.
        let own = Secret::invite(ID, [0; 4], &seed(6));
        let joiner = Secret::join(ID, CODE, &seed(2), &own.exchange());
        let answer = joiner.answer(&block).unwrap();
        assert_eq!(own.open_answer(&answer), Err(NotIt::WrongCode));
        assert_eq!(inviter.open_answer(&answer), Err(NotIt::WrongCode));
        let told = own.welcome(&answer, &block.key, &welcome()).unwrap();
        assert_eq!(joiner.open_welcome(&block.key, &told), Err(NotIt::WrongCode));
        // It answers itself, under a guess, with keys of its own.
        let guess = Secret::join(ID, [0; 4], &seed(2), &inviter.exchange());
        let answer = guess.answer(&newcomer(66)).unwrap();
        assert_eq!(inviter.open_answer(&answer), Err(NotIt::WrongCode));
        // It changes any byte of an honest answer, or cuts it.
        let honest = Secret::join(ID, CODE, &seed(2), &inviter.exchange());
        let answer = honest.answer(&block).unwrap();
        for at in (0..answer.len()).step_by(7).chain(0..60) {
            let mut changed = answer.clone();
            changed[at] ^= 1;
            assert!(inviter.open_answer(&changed).is_err(), "{at}");
            assert!(inviter.open_answer(&answer[..at]).is_err(), "{at}");
        }
        // It uses an answer to one invitation for another with the same code.
        let other = Secret::invite([4; 16], CODE, &seed(1));
        assert_eq!(other.open_answer(&answer), Err(NotIt::OtherInvitation));
        let mut moved = answer.clone();
        moved[1..17].copy_from_slice(&[4; 16]);
        assert_eq!(other.open_answer(&moved), Err(NotIt::WrongCode));
        // It sends messages of small order and nonsense.
        for point in [[0; 32], [1; 32], [0xff; 32]] {
            let mut silly = answer.clone();
            silly[18..50].copy_from_slice(&point);
            assert!(inviter.open_answer(&silly).is_err());
        }
        assert!(Secret::join(ID, CODE, &seed(2), b"x").answer(&block).is_err());
    }

    #[test]
    fn guesses_are_counted_once_each_and_end() {
        let mut inviter = Secret::invite(ID, CODE, &seed(1));
        for guess in 0..GUESSES as u8 {
            assert!(!inviter.is_known_wrong(&[guess]));
            let more = inviter.wrong(&[guess]);
            assert_eq!(more, guess + 1 < GUESSES as u8);
            inviter = Secret::parse(&inviter.bytes()).unwrap();
            inviter.wrong(&[guess]);
        }
        assert_eq!(inviter.rest.len(), GUESSES * 8);
    }

    proptest! {
        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..1400) {
            let inviter = Secret::invite(ID, CODE, &seed(1));
            let joiner = Secret::join(ID, CODE, &seed(2), &inviter.exchange());
            let mut answer = joiner.answer(&newcomer(7)).unwrap();
            answer.splice(at..(at + bytes.len()).min(answer.len()).max(at), bytes.clone());
            let _ = (inviter.open_answer(&answer), inviter.open_answer(&bytes));
            let _ = (joiner.open_welcome(&[1; 32], &bytes), Secret::parse(&bytes));
            let _ = Secret::join(ID, CODE, &seed(2), &bytes).answer(&newcomer(7));
        }
    }
}
