//! Receipts: a code that stands for records, and the proof that they are in the log
//! (C2SP tlog-proof; docs/FORMAT.md §21).

use data_encoding::BASE64;
use sha2::{Digest, Sha256};
use tlog_tiles::Hash;

use crate::{Checkpoint, Error, Reader, Record, Verifier, check_inclusion};

/// The first line of a proof.
const HEAD: &str = "c2sp.org/tlog-proof@v1";
/// What stands before the salt.
const SALT: &str = "payamgir receipt ";
/// Most records one code stands for.
pub const RECEIPT_RECORDS: usize = 64;
/// Longest text of proofs that is read, in bytes.
pub const PROOFS_BYTES: usize = RECEIPT_RECORDS * 8192;

/// What a source keeps: 128 bits of a hash of what its records hold, and of a salt. Only with it can be told which
/// records it stands for: who has the log and not the salt cannot try.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code([u8; 16]);

/// Random bytes of a receipt.
pub type Salt = [u8; 16];

impl Code {
    /// The code of what records hold ([`Record::content`]), in whatever order.
    pub fn of(salt: &Salt, contents: impl IntoIterator<Item = Hash>) -> Self {
        let mut contents: Vec<[u8; 32]> = contents.into_iter().map(|content| content.0).collect();
        contents.sort_unstable();
        contents.dedup();
        let mut hash = Sha256::new().chain_update(b"payamgir receipt 1").chain_update(salt);
        contents.iter().for_each(|content| hash.update(content));
        Self(first(hash))
    }

    /// The code of these bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn bytes(&self) -> [u8; 16] {
        self.0
    }

    /// Under what a server keeps the salt and the records.
    pub fn id(&self) -> [u8; 16] {
        first(Sha256::new().chain_update(b"payamgir receipt id 1").chain_update(self.0))
    }

    /// The key that they are sealed with there.
    pub fn key(&self) -> [u8; 32] {
        Sha256::new().chain_update(b"payamgir receipt key 1").chain_update(self.0).finalize().into()
    }
}

fn first(hash: Sha256) -> [u8; 16] {
    hash.finalize().first_chunk().copied().expect("a hash is longer")
}

/// That a record is in the log of a checkpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The record; it travels as the proof's extra data.
    pub record: Record,
    /// The hashes beside its way to the root.
    pub path: Vec<Hash>,
    /// The checkpoint's signed note.
    pub note: String,
}

impl Proof {
    /// Reads one proof. It is not checked.
    pub fn parse(text: &str) -> Option<Self> {
        let (proof, note) = text.split_once("\n\n")?;
        let mut lines = proof.split('\n');
        let extra = (lines.next()? == HEAD).then(|| lines.next()?.strip_prefix("extra "))??;
        let record = Record::decode(&BASE64.decode(extra.as_bytes()).ok()?)?;
        (lines.next()?.strip_prefix("index ")? == record.index.to_string()).then_some(())?;
        let hash = |line: &str| Some(Hash(BASE64.decode(line.as_bytes()).ok()?.try_into().ok()?));
        let path: Vec<Hash> = lines.map(hash).collect::<Option<_>>()?;
        Some(Self { record, path, note: note.to_owned() })
    }

    /// Checks it: gives the checkpoint in whose tree the record is.
    pub fn check(&self, verifier: &Verifier) -> Result<Checkpoint, Error> {
        let checkpoint = verifier.open(self.note.as_bytes())?;
        let (index, leaf) = (self.record.index, self.record.leaf());
        check_inclusion(&self.path, checkpoint.size, checkpoint.root, index, leaf)?;
        Ok(checkpoint)
    }
}

impl std::fmt::Display for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let extra = BASE64.encode(&self.record.encode());
        writeln!(f, "{HEAD}\nextra {extra}\nindex {}", self.record.index)?;
        for hash in &self.path {
            writeln!(f, "{}", BASE64.encode(&hash.0))?;
        }
        write!(f, "\n{}", self.note)
    }
}

/// Writes the salt before the proofs.
pub fn write_receipt(salt: &Salt, proofs: &[Proof]) -> String {
    let head = format!("{SALT}{}\n", BASE64.encode(salt));
    proofs.iter().fold(head, |text, proof| text + &proof.to_string())
}

/// Reads a salt and proofs that stand one after another, and checks that they are of the records that a code
/// stands for, each of them in the log. Gives them with the checkpoint.
pub fn check_receipt(
    code: Code,
    text: &str,
    verifier: &Verifier,
) -> Result<(Vec<Proof>, Checkpoint), Error> {
    let (salt, proofs) = text.split_once('\n').ok_or(Error::Corrupt)?;
    let salt = salt.strip_prefix(SALT).and_then(|salt| BASE64.decode(salt.as_bytes()).ok());
    let salt: Salt = salt.and_then(|salt| salt.try_into().ok()).ok_or(Error::Corrupt)?;
    let found = split(proofs).ok_or(Error::Corrupt)?;
    let checked: Vec<Checkpoint> =
        found.iter().map(|proof| proof.check(verifier)).collect::<Result<_, _>>()?;
    let in_order = found.windows(2).all(|two| two[0].record.index < two[1].record.index);
    let one = checked.windows(2).all(|two| two[0].note == two[1].note);
    let same = Code::of(&salt, found.iter().map(|proof| proof.record.content())) == code;
    let last = checked.into_iter().next_back().filter(|_| in_order && one && same);
    last.map(|checkpoint| (found, checkpoint)).ok_or(Error::Corrupt)
}

/// The signed note in a text: by itself, in a proof, or in what [`write_receipt`] wrote. `None` where there is none. It
/// is not checked.
pub fn note_in(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let proofs = match text.strip_prefix(SALT) {
        Some(receipt) => receipt.split_once('\n')?.1,
        None => &text,
    };
    let note = match proofs.strip_prefix(HEAD) {
        Some(proof) => proof.split_once("\n\n")?.1.split(HEAD).next()?,
        None => proofs,
    };
    note.contains("\n\n\u{2014} ").then(|| note.to_owned())
}

fn split(proofs: &str) -> Option<Vec<Proof>> {
    let mut starts: Vec<usize> = proofs.match_indices(HEAD).map(|(at, _)| at).collect();
    if proofs.len() > PROOFS_BYTES || starts.first() != Some(&0) || starts.len() > RECEIPT_RECORDS {
        return None;
    }
    starts.push(proofs.len());
    starts.windows(2).map(|ends| Proof::parse(&proofs[ends[0]..ends[1]])).collect()
}

impl Reader {
    /// The record of an index, decoded.
    pub fn record(&self, index: u64) -> Result<Record, Error> {
        Record::decode(&self.row(index)?.record).ok_or(Error::Corrupt)
    }

    /// The proof that a record is in the tree of a checkpoint, whose size is `size`.
    pub fn proof(&self, index: u64, (size, note): (u64, &str)) -> Result<Proof, Error> {
        let path = self.prove_inclusion(index, size)?;
        Ok(Proof { record: self.record(index)?, path, note: note.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_that_is_read_breaks(text in "\\PC{0,300}") {
            let _ = Proof::parse(&text);
            let _ = Proof::parse(&format!("{HEAD}\nextra AAAA\nindex 0\n{text}\n\n{text}"));
            let verifier = Verifier::parse("example.org/log+8f13f9e4+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c");
            prop_assert!(check_receipt(Code([0; 16]), &text, &verifier.unwrap()).is_err());
        }
    }

    #[test]
    fn the_example_of_the_format_document() {
        let code = Code::of(&[3; 16], [Hash([2; 32]), Hash([1; 32]), Hash([1; 32])]);
        let hex = |bytes: &[u8]| data_encoding::HEXLOWER.encode(bytes);
        assert_eq!(hex(&code.bytes()), "bae9a36e91beac90d753539335aa27ee");
        assert_eq!(hex(&code.id()), "323fbd8453b654bbe509a36fbace2d61");
        assert_eq!(
            hex(&code.key()),
            "a59213d86d2e475a80f89aa5477380500980901fffd3e04abd8a82d1bfc5f815"
        );
    }
}
