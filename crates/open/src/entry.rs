//! Small things opened at once.

use std::io::Read;
use std::iter;

use zeroize::Zeroizing;

use crate::{Identity, OpenError};

/// Opens a sealed entry of at most `most` bytes of plaintext, padding included.
pub fn open_entry(
    identity: &Identity,
    sealed: &[u8],
    most: usize,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let stream = age::Decryptor::new_buffered(sealed)?
        .decrypt(iter::once(identity as &dyn age::Identity))?;
    // One allocation: growing would leave copies of the plaintext behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len().min(most + 1)));
    stream.take(most as u64 + 1).read_to_end(&mut plain).map_err(|_| OpenError::Damaged)?;
    if plain.len() > most {
        return Err(OpenError::TooLong);
    }
    Ok(plain)
}
