//! Everything of the shared vocabulary that is read from outside: entries, frames, signatures,
//! a desk's public half.
#![no_main]

use libfuzzer_sys::fuzz_target;
use payamgir_wire::desk_public::DeskPublic;
use payamgir_wire::signature::{Params, parse_signature};
use payamgir_wire::{Entry, sync};

fuzz_target!(|data: &[u8]| {
    if let Ok(entry) = Entry::decode(data) {
        if let Ok(again) = entry.clone().encode() {
            assert!(Entry::decode(&again) == Ok(entry));
        }
    }
    let mut stream = data;
    while let Ok(Some(_)) = sync::read_frame(&mut stream) {}
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(params) = Params::parse(text) {
            assert_eq!(params.input(), text);
        }
        let _ = parse_signature(text);
        if let Ok(desk) = DeskPublic::parse(text) {
            assert_eq!(DeskPublic::parse(&desk.to_string()), Ok(desk));
        }
        let _ = payamgir_wire::entry::text_parts(text).count();
    }
});
