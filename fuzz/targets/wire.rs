//! Everything of the shared vocabulary that is read from outside: entries, frames, signatures,
//! armoured blocks, what desks add.
#![no_main]

use libfuzzer_sys::fuzz_target;
use payamgir_wire::armor::{Label, armor, dearmor};
use payamgir_wire::signature::{Params, parse_digest, parse_signature};
use payamgir_wire::{Entry, sync};

fuzz_target!(|data: &[u8]| {
    if let Ok(entry) = Entry::decode(data) {
        if let Ok(again) = entry.clone().encode() {
            assert!(Entry::decode(&again) == Ok(entry));
        }
    }
    let mut stream = data;
    while let Ok(Some(_)) = sync::read_frame(&mut stream) {}
    let _ = sync::read_additions(data);
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(params) = Params::parse(text) {
            assert_eq!(params.input(), text);
        }
        let _ = parse_signature(text);
        let _ = parse_digest(text);
        for label in [Label::Desk, Label::Member] {
            if let Ok(bytes) = dearmor(label, text) {
                assert_eq!(dearmor(label, &armor(label, &bytes)), Ok(bytes));
            }
        }
        let _ = payamgir_wire::entry::text_parts(text).count();
    }
});
