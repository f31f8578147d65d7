//! What grows from a codename (docs/FORMAT.md §19.2).

use argon2::{Algorithm, Argon2, Block, Params, Version};
use hkdf::Hkdf;
use payamgir_hybrid::file;
use payamgir_hybrid::{PrivateKey, SEED_BYTES};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::codename::Codename;

pub use payamgir_hybrid::PUBLIC_KEY_BYTES;

/// Argon2id: 32 MiB of memory, passed over three times, in one lane.
const MEMORY_KIB: u32 = 32 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;

const SALT: &[u8] = b"payamgir codename 1";
const SEED: &[u8] = b"payamgir dropbox key 1";
const TICKET: &[u8] = b"payamgir dropbox ticket 1";
const ID: &[u8] = b"payamgir dropbox id 1";

/// What a codename opens at one desk.
pub struct Dropbox {
    ticket: Zeroizing<[u8; 32]>,
    key: PrivateKey,
}

/// The memory in which keys are grown; kept, so that it is taken once. 32 MiB.
pub struct Still {
    memory: Vec<Block>,
}

impl Default for Still {
    fn default() -> Self {
        Self { memory: vec![Block::default(); MEMORY_KIB as usize] }
    }
}

impl Still {
    /// Grows what a codename opens at the desk of this founding (its SHA-256). About a tenth of a
    /// second of one core.
    pub fn grow(&mut self, codename: &Codename, founding: &[u8; 32]) -> Dropbox {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).expect("they are in range");
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = Sha256::new().chain_update(SALT).chain_update(founding).finalize();
        let mut secret = Zeroizing::new([0; 32]);
        argon
            .hash_password_into_with_memory(
                codename.text().as_bytes(),
                &salt,
                &mut *secret,
                &mut self.memory,
            )
            .expect("the lengths are in range");
        self.memory.iter_mut().for_each(Zeroize::zeroize);
        Dropbox::new(&secret)
    }
}

impl Dropbox {
    fn new(secret: &[u8; 32]) -> Self {
        let grown = Hkdf::<Sha256>::new(None, secret);
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        let mut ticket = Zeroizing::new([0; 32]);
        grown.expand(SEED, &mut *seed).expect("32 bytes is one block");
        grown.expand(TICKET, &mut *ticket).expect("32 bytes is one block");
        Self { ticket, key: PrivateKey::from_seed(&seed).expect("every seed is a key") }
    }

    /// Under what replies lie at the server. It travels to the desk inside the seal.
    pub fn id(&self) -> [u8; 16] {
        id_of(&self.ticket)
    }

    /// What whoever fetches or removes replies shows: only the codename gives it.
    pub fn ticket(&self) -> &Zeroizing<[u8; 32]> {
        &self.ticket
    }

    /// To what the desk seals replies.
    pub fn public(&self) -> &[u8; PUBLIC_KEY_BYTES] {
        self.key.public()
    }

    /// Opens a reply; `None` where it was sealed to another key, or altered.
    pub fn open(&self, reply: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        file::open(&self.key, reply).ok()
    }
}

/// The id that goes with a ticket.
pub fn id_of(ticket: &[u8; 32]) -> [u8; 16] {
    let hash = Sha256::new().chain_update(ID).chain_update(ticket).finalize();
    hash.first_chunk().copied().expect("a hash is longer")
}

impl std::fmt::Debug for Dropbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dropbox(…)")
    }
}

impl std::fmt::Debug for Still {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Still(…)")
    }
}
