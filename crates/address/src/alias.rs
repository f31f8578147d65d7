//! The made-up name by which a desk knows one source of a messenger.

use zeroize::Zeroizing;

use crate::keys::Keys;
use crate::words::{COLOURS, LIVING};

const PURPOSE: &[u8] = b"payamgir alias 1";
/// Numbers from 10 to 999,999: all of two digits at least, so that none looks like a count.
const NUMBERS: u64 = 999_990;

impl Keys {
    /// Two words and a number for who is meant by `who` (channel, account, person): the same while one
    /// secret is the newest, and unlike that of any other but by accident: for two it is one in two thousand million, for ten thousand
    /// people together about one in forty.
    /// `None` where there is no secret yet.
    pub fn alias(&self, who: &[&[u8]]) -> Option<Zeroizing<String>> {
        let hash = self.newest()?.keyed(PURPOSE, who);
        let mut left = u64::from_be_bytes(std::array::from_fn(|n| hash[n]));
        let mut take = |of: u64| {
            let taken = left % of;
            left /= of;
            taken
        };
        let colour = COLOURS[take(COLOURS.len() as u64) as usize];
        let living = LIVING[take(LIVING.len() as u64) as usize];
        let number = 10 + take(NUMBERS);
        Some(Zeroizing::new(format!("{colour} {living} {number}")))
    }
}
