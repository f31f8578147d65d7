//! The server's secrets for return addresses: one for each window of time, made and destroyed on a
//! schedule.

use data_encoding::HEXLOWER;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

pub(crate) const ID_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;
const HEAD: &str = "payamgir route keys 1";
/// What marks are made under.
const MARK: &[u8] = b"payamgir mark 1";

/// A window's secret.
pub(crate) struct Secret {
    pub(crate) id: [u8; ID_BYTES],
    /// The day it was made, from 1970-01-01.
    made: u32,
    secret: Zeroizing<[u8; SECRET_BYTES]>,
}

/// The secrets that are alive, the newest last.
#[derive(Default)]
pub struct Keys(Vec<Secret>);

/// When secrets are made and destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Days after which the next is made; 1 at least.
    pub rotate: u32,
    /// Days after its making at which one is destroyed; more than `rotate`.
    pub destroy: u32,
}

/// A keyed hash of what a platform calls something: says that it was seen, and not what it is.
pub type Mark = [u8; 32];

/// Why a text is none of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl Schedule {
    /// A new one each month, each for two.
    pub const DEFAULT: Self = Self { rotate: 30, destroy: 60 };
}

impl Keys {
    /// Destroys the secrets that are over on that day, and makes one where it is due. Whether anything
    /// changed: then the text must be kept before anything is sealed, and the old one be gone.
    pub fn turn(&mut self, today: u32, schedule: Schedule, fill: impl FnOnce(&mut [u8])) -> bool {
        let before = self.0.len();
        // A clock that was set back makes none younger than it is.
        self.0.retain(|secret| today.saturating_sub(secret.made) < schedule.destroy);
        let due = self
            .newest()
            .is_none_or(|newest| today.saturating_sub(newest.made) >= schedule.rotate.max(1));
        if due {
            let mut fresh = Zeroizing::new([0; ID_BYTES + SECRET_BYTES]);
            fill(&mut fresh[..]);
            self.0.push(Secret::new(&fresh, today));
        }
        due || self.0.len() != before
    }

    /// As it is kept, a line each.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64 + 128 * self.0.len()));
        text.push_str(HEAD);
        for Secret { id, made, secret } in &self.0 {
            let secret = Zeroizing::new(HEXLOWER.encode(&secret[..]));
            text.push_str(&format!("\n{} {made} ", HEXLOWER.encode(id)));
            text.push_str(&secret);
        }
        text.push('\n');
        text
    }

    /// Reads what [`Keys::text`] wrote.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut lines = text.lines();
        if lines.next() != Some(HEAD) {
            return Err(Malformed);
        }
        lines.map(line).collect::<Option<_>>().map(Self).ok_or(Malformed)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The marks by which something may have been noted before: one for each secret alive, the newest
    /// first. Something new is noted under the first.
    pub fn marks(&self, what: &[&[u8]]) -> Vec<Mark> {
        self.0.iter().rev().map(|secret| secret.keyed(MARK, what)).collect()
    }

    pub(crate) fn newest(&self) -> Option<&Secret> {
        self.0.last()
    }

    pub(crate) fn of(&self, id: &[u8]) -> Option<&Secret> {
        self.0.iter().find(|secret| secret.id == id)
    }
}

impl Secret {
    fn new(bytes: &[u8; ID_BYTES + SECRET_BYTES], made: u32) -> Self {
        let (mut id, mut secret) = ([0; ID_BYTES], Zeroizing::new([0; SECRET_BYTES]));
        id.copy_from_slice(&bytes[..ID_BYTES]);
        secret.copy_from_slice(&bytes[ID_BYTES..]);
        Self { id, made, secret }
    }

    /// The key for one purpose (HKDF-SHA256, RFC 5869, no salt).
    pub(crate) fn derive(&self, purpose: &[u8]) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        let hkdf = Hkdf::<Sha256>::new(None, &self.secret[..]);
        hkdf.expand(purpose, &mut key[..]).expect("32 bytes are few enough");
        key
    }

    /// HMAC-SHA256 under the key for a purpose, of pieces that cannot run into one another.
    pub(crate) fn keyed(&self, purpose: &[u8], pieces: &[&[u8]]) -> [u8; 32] {
        let key = self.derive(purpose);
        let mut mac = Hmac::<Sha256>::new_from_slice(&key[..]).expect("any length is a key");
        for piece in pieces {
            mac.update(&(piece.len() as u64).to_be_bytes());
            mac.update(piece);
        }
        mac.finalize().into_bytes().into()
    }
}

fn line(text: &str) -> Option<Secret> {
    let mut words = text.split(' ');
    let id = HEXLOWER.decode(words.next()?.as_bytes()).ok()?.try_into().ok()?;
    let made = words.next()?.parse().ok()?;
    let bytes = Zeroizing::new(HEXLOWER.decode(words.next()?.as_bytes()).ok()?);
    let mut secret = Zeroizing::new([0; SECRET_BYTES]);
    if bytes.len() != SECRET_BYTES || words.next().is_some() {
        return None;
    }
    secret.copy_from_slice(&bytes);
    Some(Secret { id, made, secret })
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.0.len())
    }
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the keys of return addresses are malformed")
    }
}

impl std::error::Error for Malformed {}
