//! What is sealed here typage opens, and what typage seals opens here: keys, an entry, a blob of
//! 200 MB, a member's identity file; armoured and binary.

#[path = "../../../tests/node/runner.rs"]
mod runner;

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::Path;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age_core::secrecy::{ExposeSecret, SecretString};
use data_encoding::HEXLOWER;
use payamgir_open::{BlobReader, Identity, Member, open_entry};
use payamgir_seal::{BlobSealer, Recipient, seal_entry};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A last chunk that is not full, in either implementation's chunks.
const BLOB_BYTES: u64 = 200_000_003;
const MADE_CHUNK: usize = 1 << 20;
const BUFFER: usize = 256 * 1024;
const TEXT: &str = "سلام، «می‌خواهم» بگویم: ۱۲۳ 🕊\n\0 and a line in English\r\n";

/// `typage.mjs` with arguments, run to its end; `None` where it cannot run on this machine.
fn typage(args: &[&str]) -> Option<String> {
    let mut script = runner::script("typage.mjs", &["age-encryption"])?;
    Some(runner::output(script.args(args)).trim_end().to_owned())
}

fn ours() -> (Identity, Recipient) {
    let identity = Identity::from_seed(Zeroizing::new([9; 32]));
    let recipient = identity.recipient().parse().unwrap();
    (identity, recipient)
}

/// typage's own identity and its recipient, as it prints them.
fn theirs() -> Option<(String, String)> {
    let keys = typage(&["keys"])?;
    let (identity, recipient) = keys.split_once('\n').unwrap();
    Some((identity.to_owned(), recipient.to_owned()))
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn keys_of_either_are_read_by_the_other() {
    let Some((identity, recipient)) = theirs() else { return };
    let read: Identity = identity.parse().unwrap();
    assert_eq!(read.recipient(), recipient);
    assert_eq!(read.secret().expose_secret(), identity);
    assert!(recipient.parse::<Recipient>().is_ok());
    let (ours, _) = ours();
    let told = typage(&["recipient", ours.secret().expose_secret()]).unwrap();
    assert_eq!(told, ours.recipient());
}

#[test]
fn typage_opens_our_entries_and_their_padding_is_zeros() {
    let Some((identity, recipient)) = theirs() else { return };
    let folder = tempfile::tempdir().unwrap();
    let [sealed, plain] = ["sealed", "plain"].map(|name| path(folder.path(), name));
    let binary = seal_entry(&recipient.parse().unwrap(), TEXT.as_bytes()).unwrap();
    for file in [armored(&binary), binary] {
        fs::write(&sealed, file).unwrap();
        typage(&["open", &identity, &sealed, &plain]);
        let opened = fs::read(&plain).unwrap();
        let (text, padding) = opened.split_at(TEXT.len());
        assert_eq!(text, TEXT.as_bytes());
        assert!(padding.iter().all(|byte| *byte == 0));
    }
}

#[test]
fn we_open_typages_entries() {
    let folder = tempfile::tempdir().unwrap();
    let [plain, sealed] = ["plain", "sealed"].map(|name| path(folder.path(), name));
    let (identity, _) = ours();
    for text in [TEXT, ""] {
        fs::write(&plain, text).unwrap();
        if typage(&["seal", &identity.recipient(), &plain, &sealed]).is_none() {
            return;
        }
        let opened = open_entry(&identity, &fs::read(&sealed).unwrap(), 4096).unwrap();
        assert_eq!(*opened, text.as_bytes());
        typage(&["seal-armored", &identity.recipient(), &plain, &sealed]);
        let armor = fs::read(&sealed).unwrap();
        let mut binary = vec![];
        ArmoredReader::new(&armor[..]).read_to_end(&mut binary).unwrap();
        assert_eq!(*open_entry(&identity, &binary, 4096).unwrap(), text.as_bytes());
    }
}

#[test]
fn typage_opens_our_blobs() {
    let Some((identity, recipient)) = theirs() else { return };
    let folder = tempfile::tempdir().unwrap();
    let recipient: Recipient = recipient.parse().unwrap();
    let sealed = path(folder.path(), "sealed");
    let file = || BufWriter::with_capacity(BUFFER, File::create(&sealed).unwrap());
    let opens_whole = |hash: &str| {
        let size = BLOB_BYTES.to_string();
        let told = typage(&["open-stream", &identity, &sealed, &size]).unwrap();
        let (seen, zeros) = told.split_once(' ').unwrap();
        assert_eq!(seen, hash);
        assert!(zeros.parse::<u64>().unwrap() > 0, "blobs are padded");
    };

    let (hash, mut out) = seal_made(&recipient, file());
    out.flush().unwrap();
    opens_whole(&hash);

    let armor = ArmoredWriter::wrap_output(file(), Format::AsciiArmor).unwrap();
    let (hash, armor) = seal_made(&recipient, armor);
    armor.finish().unwrap().flush().unwrap();
    opens_whole(&hash);
}

#[test]
fn we_open_typages_blobs() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = path(folder.path(), "sealed");
    let (identity, _) = ours();
    let (recipient, size) = (identity.recipient(), BLOB_BYTES.to_string());
    let file = || BufReader::with_capacity(BUFFER, File::open(&sealed).unwrap());

    let Some(hash) = typage(&["seal-made", &recipient, &size, &sealed]) else { return };
    // typage pads nothing: the true size is all there is.
    assert_eq!(open_hashed(BlobReader::new([&identity], file(), BLOB_BYTES).unwrap()), hash);
    assert_eq!(hash, made_hash());

    let hash = typage(&["seal-made-armored", &recipient, &size, &sealed]).unwrap();
    let armor = BufReader::with_capacity(BUFFER, ArmoredReader::new(file()));
    assert_eq!(open_hashed(BlobReader::new([&identity], armor, BLOB_BYTES).unwrap()), hash);

    typage(&["seal-made", &recipient, "0", &sealed]);
    let empty = BlobReader::new([&identity], file(), 0).unwrap();
    assert_eq!(open_hashed(empty), HEXLOWER.encode(&Sha256::digest(b"")));
}

#[test]
fn typage_unlocks_a_members_identity_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(folder.path(), "identity.age");
    let member = Member::from_seed(&Zeroizing::new([3; 64]));
    let passphrase = "گذرواژه‌ای بلند با چند واژه";
    fs::write(&file, member.lock(SecretString::from(passphrase), Some(10)).unwrap()).unwrap();
    let Some(text) = typage(&["unlock", passphrase, &file]) else { return };
    let secret = member.own_identity().unwrap().secret();
    assert_eq!(text.lines().nth(1), Some(&*format!("age {}", secret.expose_secret())));
}

fn armored(binary: &[u8]) -> Vec<u8> {
    let mut armor = ArmoredWriter::wrap_output(vec![], Format::AsciiArmor).unwrap();
    armor.write_all(binary).unwrap();
    armor.finish().unwrap()
}

/// Seals the made-up bytes; gives their SHA-256 and the writer.
fn seal_made<W: Write>(recipient: &Recipient, to: W) -> (String, W) {
    let mut sealer = BlobSealer::new(recipient, to).unwrap();
    let mut hash = Sha256::new();
    made(BLOB_BYTES, |chunk| {
        hash.update(chunk);
        sealer.write_all(chunk).unwrap();
    });
    let (to, size) = sealer.finish().unwrap();
    assert_eq!(size, BLOB_BYTES);
    (HEXLOWER.encode(&hash.finalize()), to)
}

fn open_hashed(mut plain: impl Read) -> String {
    let mut hash = Sha256::new();
    io::copy(&mut plain, &mut hash).unwrap();
    HEXLOWER.encode(&hash.finalize())
}

fn made_hash() -> String {
    let mut hash = Sha256::new();
    made(BLOB_BYTES, |chunk| hash.update(chunk));
    HEXLOWER.encode(&hash.finalize())
}

/// Xorshift numbers in chunks that each begin with their own number.
fn made(total: u64, mut take: impl FnMut(&[u8])) {
    let mut block = vec![0; MADE_CHUNK];
    let mut x = 1u32;
    for four in block.chunks_exact_mut(4) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        four.copy_from_slice(&x.to_le_bytes());
    }
    let (mut number, mut left) = (0u32, total);
    while left > 0 {
        block[..4].copy_from_slice(&number.to_le_bytes());
        let step = left.min(MADE_CHUNK as u64);
        take(&block[..step as usize]);
        (number, left) = (number + 1, left - step);
    }
}
