//! A member's identity file: both private keys under one passphrase (docs/FORMAT.md §8).

use std::io::{Read, Write};
use std::iter;
use std::sync::Arc;

use age::scrypt;
use age_core::secrecy::SecretString;
use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use crate::hardware::{Ask, Hardware, Nobody, NotDone};
use crate::identity::{Identity, expose, seed};
use crate::{OpenError, open_entry};

/// Scrypt's log₂ N for an identity file, as the age tool itself has it: 256 MiB, and about a second on
/// an older laptop, each time a desk is unlocked.
const WORK: u8 = 18;

const FIRST_LINE: &str = "payamgir identity 1";
/// Largest identity file that is read: a real one has about 500 bytes.
const FILE_BYTES: u64 = 64 * 1024;
/// Most scrypt work (log₂ N) accepted from a file: about 16 times the work of a new one.
const MOST_WORK: u8 = 22;

/// An editor's private keys. They cannot be printed.
pub struct Member {
    age: AgeHalf,
    signing: SigningKey,
    ask: Arc<dyn Ask>,
}

/// Where the private half of the age key is.
enum AgeHalf {
    Own(Identity),
    Hardware(Hardware),
}

/// Why something of the member's own does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotOpened {
    /// The program's own key does not open it.
    Open(OpenError),
    /// The hardware, or its plugin, did not do it.
    Hardware(NotDone),
}

/// Why an identity file does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnlockError {
    /// Not an identity file, or altered.
    NotAnIdentityFile,
    /// The passphrase is not the file's.
    WrongPassphrase,
    /// The file asks for more work than is sane.
    TooMuchWork,
}

impl Member {
    /// A new member from 64 random bytes.
    pub fn from_seed(seed: &Zeroizing<[u8; 64]>) -> Self {
        let half = |at| {
            let mut half = Zeroizing::new([0; 32]);
            half.copy_from_slice(&seed[at..at + 32]);
            half
        };
        let age = AgeHalf::Own(Identity::from_seed(half(0)));
        Self { age, signing: SigningKey::from_bytes(&half(32)), ask: Arc::new(Nobody) }
    }

    /// A new member whose age half is in hardware, from 32 random bytes for the other.
    pub fn with_hardware(hardware: Hardware, seed: &Zeroizing<[u8; 32]>) -> Self {
        let age = AgeHalf::Hardware(hardware);
        Self { age, signing: SigningKey::from_bytes(seed), ask: Arc::new(Nobody) }
    }

    /// With somebody whom a plugin may ask for a touch or a PIN.
    pub fn asking(mut self, ask: Arc<dyn Ask>) -> Self {
        self.ask = ask;
        self
    }

    /// The age key, where this program has it itself.
    pub fn own_identity(&self) -> Option<&Identity> {
        match &self.age {
            AgeHalf::Own(identity) => Some(identity),
            AgeHalf::Hardware(_) => None,
        }
    }

    /// The hardware that has it.
    pub fn hardware(&self) -> Option<&Hardware> {
        match &self.age {
            AgeHalf::Own(_) => None,
            AgeHalf::Hardware(hardware) => Some(hardware),
        }
    }

    /// Seals something of the member's own to hardware; `None` where it has none, and its own
    /// recipient is to be sealed to.
    pub fn seal_to_hardware(&self, plain: &[u8]) -> Option<Result<Vec<u8>, NotDone>> {
        self.hardware().map(|hardware| hardware.seal(plain, &self.ask))
    }

    /// Opens something of the member's own, of at most `most` bytes; zeros follow.
    pub fn open_own(&self, sealed: &[u8], most: usize) -> Result<Zeroizing<Vec<u8>>, NotOpened> {
        match &self.age {
            AgeHalf::Own(own) => open_entry(own, sealed, most).map_err(NotOpened::Open),
            AgeHalf::Hardware(hardware) => {
                hardware.open(sealed, most, &self.ask).map_err(NotOpened::Hardware)
            }
        }
    }

    /// The public half of the key that signs.
    pub fn verifying_key(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    /// An Ed25519 signature.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }

    /// The identity file: an armoured age file under the passphrase. `work` is scrypt's log₂ N;
    /// `None` is what the age tool takes: 18.
    pub fn lock(&self, passphrase: SecretString, work: Option<u8>) -> std::io::Result<Vec<u8>> {
        let mut recipient = scrypt::Recipient::new(passphrase);
        // Not as this machine measures itself: twice as fast on a quiet day is twice as long to wait.
        recipient.set_work_factor(work.unwrap_or(WORK));
        let encryptor =
            age::Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient))
                .map_err(|e| std::io::Error::other(e.to_string()))?;
        let armor = age::armor::ArmoredWriter::wrap_output(vec![], age::armor::Format::AsciiArmor)?;
        let mut stream = encryptor.wrap_output(armor)?;
        stream.write_all(self.text().as_bytes())?;
        stream.finish()?.finish()
    }

    /// Opens an identity file.
    pub fn unlock(file: &[u8], passphrase: SecretString) -> Result<Self, UnlockError> {
        let mut identity = scrypt::Identity::new(passphrase);
        identity.set_max_work_factor(MOST_WORK);
        let file = age::armor::ArmoredReader::new(file.take(FILE_BYTES));
        let mut text = Zeroizing::new(String::with_capacity(1024));
        age::Decryptor::new(file)
            .map_err(|_| UnlockError::NotAnIdentityFile)?
            .decrypt(iter::once(&identity as &dyn age::Identity))?
            .take(FILE_BYTES)
            .read_to_string(&mut text)
            .map_err(|_| UnlockError::NotAnIdentityFile)?;
        Self::parse(&text).ok_or(UnlockError::NotAnIdentityFile)
    }

    fn text(&self) -> Zeroizing<String> {
        let signing = Zeroizing::new(BASE64URL_NOPAD.encode(self.signing.as_bytes()));
        let age = match &self.age {
            AgeHalf::Own(identity) => Zeroizing::new(expose(&identity.secret()).to_owned()),
            AgeHalf::Hardware(hardware) => hardware.line(),
        };
        Zeroizing::new(format!("{FIRST_LINE}\nage {}\nsign {}\n", *age, *signing))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next() != Some(FIRST_LINE) {
            return None;
        }
        let age = lines.next()?.strip_prefix("age ")?;
        let age = match age.parse() {
            Ok(identity) => AgeHalf::Own(identity),
            Err(_) => AgeHalf::Hardware(Hardware::from_line(age)?),
        };
        let signing = SigningKey::from_bytes(&*seed(lines.next()?.strip_prefix("sign ")?)?);
        Some(Self { age, signing, ask: Arc::new(Nobody) })
    }
}

impl From<age::DecryptError> for UnlockError {
    fn from(error: age::DecryptError) -> Self {
        match error {
            age::DecryptError::KeyDecryptionFailed | age::DecryptError::DecryptionFailed => {
                Self::WrongPassphrase
            }
            age::DecryptError::ExcessiveWork { .. } => Self::TooMuchWork,
            _ => Self::NotAnIdentityFile,
        }
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Member(…)")
    }
}

impl std::fmt::Display for UnlockError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotAnIdentityFile => "not an identity file, or altered",
            Self::WrongPassphrase => "the passphrase is not this file's",
            Self::TooMuchWork => "the file asks for too much work",
        })
    }
}

impl std::error::Error for UnlockError {}

impl std::fmt::Display for NotOpened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Hardware(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NotOpened {}
