//! A member's identity file: both private keys under one passphrase (docs/FORMAT.md §8).

use std::io::{Read, Write};
use std::iter;

use age::scrypt;
use age_core::secrecy::SecretString;
use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use crate::identity::{Identity, expose, seed};

const FIRST_LINE: &str = "payamgir identity 1";
/// Largest identity file that is read: a real one has about 500 bytes.
const FILE_BYTES: u64 = 64 * 1024;
/// Most scrypt work (log₂ N) accepted from a file: about 16 times the work of a new one.
const MOST_WORK: u8 = 22;

/// An editor's private keys. They cannot be printed.
pub struct Member {
    identity: Identity,
    signing: SigningKey,
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
        Self { identity: Identity::from_seed(half(0)), signing: SigningKey::from_bytes(&half(32)) }
    }

    /// The key that opens.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The age key, where this program has it itself.
    pub fn own_identity(&self) -> Option<&Identity> {
        Some(&self.identity)
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
    /// `None` takes about a second on this machine.
    pub fn lock(&self, passphrase: SecretString, work: Option<u8>) -> std::io::Result<Vec<u8>> {
        let mut recipient = scrypt::Recipient::new(passphrase);
        if let Some(work) = work {
            recipient.set_work_factor(work);
        }
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
        let secret = self.identity.secret();
        Zeroizing::new(format!("{FIRST_LINE}\nage {}\nsign {}\n", expose(&secret), *signing))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next() != Some(FIRST_LINE) {
            return None;
        }
        let identity = lines.next()?.strip_prefix("age ")?.parse().ok()?;
        let signing = SigningKey::from_bytes(&*seed(lines.next()?.strip_prefix("sign ")?)?);
        Some(Self { identity, signing })
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
