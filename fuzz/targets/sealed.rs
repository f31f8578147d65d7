//! Sealed files and identity files from anywhere.
#![no_main]

use std::io::Read;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use payamgir_open::{BlobReader, Identity, Keyring, Member, open_entry};
use zeroize::Zeroizing;

static IDENTITY: LazyLock<Identity> =
    LazyLock::new(|| Identity::from_seed(Zeroizing::new([1; 32])));

fuzz_target!(|data: &[u8]| {
    let _ = open_entry(&IDENTITY, data, 10_000);
    if let Ok(mut reader) = BlobReader::new([&*IDENTITY], data, 100) {
        let _ = reader.read_to_end(&mut vec![]);
    }
    // A work factor a stranger chose may take seconds by design; only its head is of interest.
    if !data.windows(6).any(|w| w == b"scrypt") {
        let _ = Member::unlock(data, "x".to_owned().into());
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = text.parse::<Identity>();
        let _ = Keyring::parse(text);
        let _ = text.parse::<payamgir_seal::Recipient>();
    }
});
