//! The real clock and the operating system's randomness.

use std::time::SystemTime;

/// Unix seconds; 0 on a clock before 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Fills a buffer. Without randomness nothing here is safe, so this does not return then.
pub fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives randomness");
}
