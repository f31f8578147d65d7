//! Small things opened at once.

use std::io::Read;
use std::iter;

use payamgir_hybrid::file::{self, Unopened};
use zeroize::Zeroizing;

use crate::{Identity, OpenError};

/// Opens a sealed entry of at most `most` bytes of plaintext, padding included.
///
/// What `seal` writes has one layout, read without the `age` crate's streams; every other file
/// that age allows is left to them.
pub fn open_entry(
    identity: &Identity,
    sealed: &[u8],
    most: usize,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let plain = match file::open(identity.key(), sealed) {
        Ok(plain) => plain,
        Err(Unopened::OtherLayout) => open_streaming(identity, sealed, most)?,
        Err(Unopened::Header) => return Err(OpenError::Header),
        Err(Unopened::NotForUs) => return Err(OpenError::NotForUs),
        Err(Unopened::Damaged) => return Err(OpenError::Damaged),
    };
    if plain.len() > most { Err(OpenError::TooLong) } else { Ok(plain) }
}

/// Stops one byte after `most`.
fn open_streaming(
    identity: &Identity,
    sealed: &[u8],
    most: usize,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let stream = age::Decryptor::new_buffered(sealed)?
        .decrypt(iter::once(identity as &dyn age::Identity))?;
    // One allocation: growing would leave copies of the plaintext behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len().min(most + 1)));
    stream.take(most as u64 + 1).read_to_end(&mut plain).map_err(|_| OpenError::Damaged)?;
    Ok(plain)
}
