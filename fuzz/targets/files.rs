//! Attachments: what they are, what they say of their makers, pictures drawn anew.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use payamgir_media::{FACTS, facts, repaint, sniff, sniff_zip};

fuzz_target!(|data: &[u8]| {
    let _ = (sniff(data), sniff_zip(Cursor::new(data)));
    let mut input = data;
    if let Ok(said) = facts::read(&mut input) {
        assert!(said.len() <= FACTS);
    }
    let _ = repaint(data, 64);
});
