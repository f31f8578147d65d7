//! The keys a desk keeps on its own disk, beside its identity: the epochs it may read and the
//! receiving keys that epochs are granted to (docs/FORMAT.md §11).
//!
//! What is forgotten here is gone: nothing in the log opens it again.

use std::collections::BTreeMap;
use std::io::BufRead;

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use crate::identity::seed;
use crate::{BlobReader, Identity, OpenError, open_entry};

const FIRST_LINE: &str = "payamgir keyring 1";

/// Keys that come and go. They cannot be printed.
#[derive(Default)]
pub struct Keyring {
    receiving: Vec<(u32, Identity)>,
    /// Oldest first.
    epochs: Vec<Identity>,
    secrets: BTreeMap<String, Zeroizing<Vec<u8>>>,
}

/// The text is not a keyring's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAKeyring;

impl Keyring {
    /// Keeps the private half of a receiving key.
    pub fn add_receiving(&mut self, counter: u32, identity: Identity) {
        if self.receiving(counter).is_none() {
            self.receiving.push((counter, identity));
        }
    }

    /// The private half of a receiving key.
    pub fn receiving(&self, counter: u32) -> Option<&Identity> {
        self.receiving.iter().find(|(known, _)| *known == counter).map(|(_, identity)| identity)
    }

    /// Keeps an epoch's identity.
    pub fn add_epoch(&mut self, identity: Identity) {
        if self.epoch(identity.public()).is_none() {
            self.epochs.push(identity);
        }
    }

    /// The identity of the epoch with this public key.
    pub fn epoch(&self, public: &[u8]) -> Option<&Identity> {
        self.epochs.iter().find(|identity| identity.public()[..] == *public)
    }

    /// Forgets receiving keys and epochs that are not to be kept.
    pub fn retain(&mut self, receiving: impl Fn(u32) -> bool, epoch: impl Fn(&[u8]) -> bool) {
        self.receiving.retain(|(counter, _)| receiving(*counter));
        self.epochs.retain(|identity| epoch(identity.public()));
    }

    /// The identities of all epochs it holds, oldest first.
    pub fn epochs(&self) -> impl Iterator<Item = &Identity> {
        self.epochs.iter()
    }

    /// Keeps something small under a name of `a-z`, `0-9` and `-`, over what was there; `None`
    /// forgets it.
    pub fn set_secret(&mut self, name: &str, bytes: Option<Zeroizing<Vec<u8>>>) {
        match bytes {
            Some(bytes) => drop(self.secrets.insert(name.to_owned(), bytes)),
            None => drop(self.secrets.remove(name)),
        }
    }

    /// What is kept under that name.
    pub fn secret(&self, name: &str) -> Option<&[u8]> {
        self.secrets.get(name).map(|bytes| bytes.as_slice())
    }

    /// The names that something is kept under and that begin so.
    pub fn secrets(&self, start: &str) -> Vec<String> {
        self.secrets.keys().filter(|name| name.starts_with(start)).cloned().collect()
    }

    /// Opens a sealed entry with whichever epoch it was sealed to, the newest first.
    pub fn open_entry(&self, sealed: &[u8], most: usize) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let mut tried = self.epochs.iter().rev().map(|epoch| open_entry(epoch, sealed, most));
        let opened = tried.find(|opened| !matches!(opened, Err(OpenError::NotForUs)));
        opened.unwrap_or(Err(OpenError::NotForUs))
    }

    /// Opens a sealed blob the same way.
    pub fn open_blob<R: BufRead>(&self, from: R, size: u64) -> Result<BlobReader<R>, OpenError> {
        BlobReader::new(self.epochs.iter().rev(), from, size)
    }

    /// The keyring in text. Whoever reads it can open everything it opens.
    pub fn text(&self) -> Zeroizing<String> {
        let line = |name: &str, bytes: &[u8]| {
            let bytes = Zeroizing::new(BASE64URL_NOPAD.encode(bytes));
            Zeroizing::new(format!("{name} {}\n", *bytes))
        };
        let receiving = self
            .receiving
            .iter()
            .map(|(counter, identity)| line(&format!("receiving {counter}"), &identity.seed()[..]));
        let epochs = self.epochs.iter().map(|identity| line("epoch", &identity.seed()[..]));
        let secrets =
            self.secrets.iter().map(|(name, bytes)| line(&format!("secret {name}"), bytes));
        let lines: Vec<_> = receiving.chain(epochs).chain(secrets).collect();
        // One allocation: growing would leave copies of the keys behind.
        let length = lines.iter().map(|line| line.len()).sum::<usize>();
        let mut text = Zeroizing::new(String::with_capacity(FIRST_LINE.len() + 1 + length));
        text.push_str(FIRST_LINE);
        text.push('\n');
        lines.iter().for_each(|line| text.push_str(line));
        text
    }

    /// Reads a keyring's text.
    pub fn parse(text: &str) -> Result<Self, NotAKeyring> {
        let mut lines = text.lines();
        if lines.next() != Some(FIRST_LINE) {
            return Err(NotAKeyring);
        }
        let mut keyring = Self::default();
        for line in lines {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["receiving", counter, seed] => {
                    let counter = counter.parse().map_err(|_| NotAKeyring)?;
                    keyring.add_receiving(counter, identity(seed)?);
                }
                ["epoch", seed] => keyring.add_epoch(identity(seed)?),
                ["secret", name, bytes] => {
                    let bytes =
                        BASE64URL_NOPAD.decode(bytes.as_bytes()).map_err(|_| NotAKeyring)?;
                    keyring.set_secret(name, Some(Zeroizing::new(bytes)));
                }
                _ => return Err(NotAKeyring),
            }
        }
        Ok(keyring)
    }
}

fn identity(text: &str) -> Result<Identity, NotAKeyring> {
    seed(text).map(Identity::from_seed).ok_or(NotAKeyring)
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring(…)")
    }
}

impl std::fmt::Display for NotAKeyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a keyring")
    }
}

impl std::error::Error for NotAKeyring {}
