//! Bodies of forms, through the intake itself into a real log.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| payamgir_server::fuzzing::form(data));
