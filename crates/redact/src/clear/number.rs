//! Numbers as they are compared.

use crate::telephone;

/// A number of as many digits is found wherever a number ends with it.
pub(super) const LONG: usize = 9;

/// What is looked for of a hidden piece: of a long number only what is the same however it is dialled,
/// without zeros before it and without its country's code.
pub(super) fn sought(piece: Vec<char>) -> Vec<char> {
    if !piece.iter().all(char::is_ascii_digit) {
        return piece;
    }
    let digits: String = piece.iter().collect();
    let own = telephone::within_country(&digits).unwrap_or_else(|| digits.clone());
    let own: Vec<char> = own.trim_start_matches('0').chars().collect();
    if own.len() >= LONG { own } else { piece }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_it_is_dialled() {
        for (piece, want) in [
            ("09121234567", "9121234567"),
            ("00989121234567", "9121234567"),
            ("989121234567", "9121234567"),
            ("9809121234567", "9121234567"),
            ("9121234567", "9121234567"),
            ("02188001234", "2188001234"),
            ("442079460958", "2079460958"),
            ("0012345678", "0012345678"),
            ("98765", "98765"),
            ("6037990000000015", "6037990000000015"),
            ("0a", "0a"),
            ("", ""),
        ] {
            assert_eq!(sought(piece.chars().collect()).iter().collect::<String>(), want);
        }
    }
}
