//! Opened events of desk work, and opened entries with what channels add to them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use payamgir_wire::Entry;
use payamgir_work::Signed;

fuzz_target!(|data: &[u8]| {
    if let Ok(signed) = Signed::decode(data) {
        let again = signed.encode();
        assert!(data.starts_with(&again));
        assert!(Signed::decode(&again) == Ok(signed.clone()));
        let _ = (signed.event(), signed.verify());
    }
    if let Ok(entry) = Entry::decode(data) {
        let _ = entry.encode();
    }
});
