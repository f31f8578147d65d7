//! What is read of publishing: a release, a proof, an item, a body in Markdown. What is read as a release
//! is written alike; a body is answered whatever it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use payamgir_bulletin::{markdown, plain};
use payamgir_roster::proof::Proof;
use payamgir_wire::edition::{Edition, Item};
use payamgir_wire::release::Release;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(release) = Release::decode(bytes) {
        assert_eq!(release.encode(), bytes);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(proof) = Proof::decode(text) {
        let _ = proof.verify(&[0; 32], [0; 32], &[0; 32]);
    }
    if let Ok(item) = serde_json::from_str::<Item>(text) {
        let _ = item.check();
    }
    if let Ok(edition) = serde_json::from_str::<Edition>(text) {
        let _ = edition.check();
    }
    for lang in ["fa", "en"] {
        let body = markdown::read(text, lang);
        let _ = plain::excerpt(&body, 80);
    }
});
