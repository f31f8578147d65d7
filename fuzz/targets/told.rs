//! What strangers and servers tell a desk beside the log, and what people type: answers to an
//! invitation, welcomes, pages of a kit, words, a plugin's identity; and the desk's own keyring.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use payamgir_desk::invite::Secret;
use payamgir_desk::kit::Page;
use payamgir_desk::open::{Hardware, Keyring};
use zeroize::Zeroizing;

static INVITER: LazyLock<Secret> =
    LazyLock::new(|| Secret::invite([3; 16], [1, 2, 3, 4], &Zeroizing::new([5; 64])));

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else { return };
    match kind % 6 {
        0 => drop(INVITER.open_answer(data)),
        1 => {
            let joiner = Secret::join([3; 16], [1, 2, 3, 4], &Zeroizing::new([6; 64]), data);
            drop(joiner.open_welcome(&[7; 32], data));
        }
        2 => {
            if let Ok(page) = Page::decode(data) {
                assert_eq!(page.encode().as_slice(), data);
            }
        }
        3 => {
            if let Some(secret) = Secret::parse(data) {
                assert_eq!(secret.bytes().as_slice(), data);
            }
        }
        4 => {
            if let Ok(keyring) = Keyring::parse(&String::from_utf8_lossy(data)) {
                let again = Keyring::parse(&keyring.text());
                assert!(again.is_ok_and(|again| again.text() == keyring.text()));
            }
        }
        _ => {
            let text = String::from_utf8_lossy(data);
            let _ = (Hardware::parse(&text), payamgir_text::bytewords::byte(&text));
        }
    }
});
