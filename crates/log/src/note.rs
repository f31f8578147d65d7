//! Log keys and checkpoints: C2SP signed notes.

use data_encoding::BASE64;
use ed25519_dalek::SigningKey;
use signed_note::{Note, Signer, StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::Hash;

use crate::Error;

/// Largest checkpoint that is read.
const NOTE_BYTES: usize = 4096;
/// The key type byte of Ed25519 in a signed note's key.
const ED25519: u8 = 1;

/// The key that signs checkpoints. It cannot be printed.
pub struct LogKey {
    signer: StandardSigner,
    public: String,
}

/// The public half: the log's origin and the key, `origin+hash+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier(String);

/// A tree's size and root, as signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Records in the tree.
    pub size: u64,
    /// The tree's root.
    pub root: Hash,
    /// The signed note as it travels.
    pub note: Vec<u8>,
}

impl LogKey {
    /// Makes a key from 32 random bytes; the text is what [`LogKey::parse`] reads.
    ///
    /// `origin` has no spaces and no plus signs.
    pub fn generate(origin: &str, seed: &[u8; 32]) -> Result<String, Error> {
        if !signed_note::is_key_name_valid(origin) {
            return Err(Error::Key);
        }
        let key = SigningKey::from_bytes(seed);
        let public = [&[ED25519][..], key.verifying_key().as_bytes()].concat();
        let id = signed_note::key_id(origin, &public);
        let private = BASE64.encode(&[&[ED25519][..], seed].concat());
        Ok(format!("PRIVATE+KEY+{origin}+{id:08x}+{private}"))
    }

    /// Reads a key.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let signer = StandardSigner::new(text).map_err(|_| Error::Key)?;
        let encoded = text.splitn(5, '+').nth(4).ok_or(Error::Key)?;
        let bytes = BASE64.decode(encoded.as_bytes()).map_err(|_| Error::Key)?;
        let seed = bytes.get(1..).and_then(|seed| seed.try_into().ok()).ok_or(Error::Key)?;
        let key = SigningKey::from_bytes(seed).verifying_key();
        let public = signed_note::new_ed25519_verifier_key(signer.name(), &key);
        Ok(Self { signer, public })
    }

    /// The public half.
    pub fn verifier(&self) -> Verifier {
        Verifier(self.public.clone())
    }

    /// Signs a tree's size and root.
    pub(crate) fn sign(&self, size: u64, root: Hash) -> Result<Checkpoint, Error> {
        let text = tlog_tiles::Checkpoint::new(self.signer.name(), size, root, "")
            .map_err(|_| Error::Key)?
            .to_bytes();
        let mut note = Note::new(&text, &[]).map_err(|_| Error::Key)?;
        note.add_sigs(&[&self.signer]).map_err(|_| Error::Key)?;
        Ok(Checkpoint { size, root, note: note.to_bytes() })
    }
}

impl Verifier {
    /// Reads the public half's text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        StandardVerifier::new(text).map_err(|_| Error::Key)?;
        Ok(Self(text.to_owned()))
    }

    /// The log's origin: the name in its checkpoints.
    pub fn origin(&self) -> &str {
        self.0.split('+').next().unwrap_or_default()
    }

    /// Reads a checkpoint and checks its origin and signature.
    pub fn open(&self, note: &[u8]) -> Result<Checkpoint, Error> {
        if note.len() > NOTE_BYTES {
            return Err(Error::Key);
        }
        let parsed = Note::from_bytes(note).map_err(|_| Error::Key)?;
        let ours = StandardVerifier::new(&self.0).map_err(|_| Error::Key)?;
        parsed.verify(&VerifierList::new(vec![Box::new(ours)])).map_err(|_| Error::Key)?;
        let tree = tlog_tiles::Checkpoint::from_bytes(parsed.text()).map_err(|_| Error::Key)?;
        if tree.origin() != self.origin() {
            return Err(Error::Key);
        }
        Ok(Checkpoint { size: tree.size(), root: *tree.hash(), note: note.to_owned() })
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Debug for LogKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LogKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_by_the_key_and_by_no_other() {
        let text = LogKey::generate("example.org/log", &[1; 32]).unwrap();
        let key = LogKey::parse(&text).unwrap();
        let signed = key.sign(5, Hash([2; 32])).unwrap();
        assert_eq!(key.verifier().open(&signed.note).unwrap(), signed);
        for (origin, seed) in [("example.org/log", [9; 32]), ("example.org/other", [1; 32])] {
            let other = LogKey::parse(&LogKey::generate(origin, &seed).unwrap()).unwrap();
            assert!(other.verifier().open(&signed.note).is_err());
        }
        let altered = String::from_utf8(signed.note).unwrap().replace("\n5\n", "\n6\n");
        assert!(key.verifier().open(altered.as_bytes()).is_err());
        assert_eq!(format!("{key:?}"), "LogKey(…)");
    }

    #[test]
    fn malformed_keys_and_notes_are_refused() {
        for text in ["", "PRIVATE+KEY+a+00000000+", "x", "PRIVATE+KEY+a b+1+AQ=="] {
            assert!(LogKey::parse(text).is_err());
            assert!(Verifier::parse(text).is_err());
        }
        assert!(LogKey::generate("with space", &[0; 32]).is_err());
        let key = LogKey::parse(&LogKey::generate("a", &[1; 32]).unwrap()).unwrap();
        for note in [&b""[..], b"a\n5\n", b"\xff\xff\n\n", &[b'a'; 5000]] {
            assert!(key.verifier().open(note).is_err());
        }
    }
}
