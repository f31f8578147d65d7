//! Small things sealed at once.

use std::io::{self, Write};

use payamgir_hybrid::TAG_BYTES;
use payamgir_hybrid::file::{self, CHUNK_BYTES, HEADER_BYTES};

use crate::blob::BlobSealer;
use crate::padding::{sealed_size, zeros};
use crate::recipient::Recipient;

/// Seals an encoded entry (`wire::Entry::encode`), padded with zeros.
///
/// Fails only where the operating system gives no randomness.
pub fn seal_entry(recipient: &Recipient, body: &[u8]) -> io::Result<Vec<u8>> {
    let padding = zeros(body.len() as u64, HEADER_BYTES as u64) as usize;
    if body.len() + padding > CHUNK_BYTES {
        return seal_streaming(recipient, body);
    }
    file::seal(recipient.key(), body, padding).map_err(io::Error::other)
}

/// Seals something small into a file of exactly `size` bytes, padded with zeros: an answer to a codename.
///
/// Fails where it does not fit, or where the operating system gives no randomness.
pub fn seal_exact(recipient: &Recipient, body: &[u8], size: usize) -> io::Result<Vec<u8>> {
    let padding = size.checked_sub(HEADER_BYTES + TAG_BYTES + body.len());
    let padding = padding.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    file::seal(recipient.key(), body, padding).map_err(io::Error::other)
}

/// Seals something small into a file of `size` bytes where it fits, else as [`seal_entry`] does.
pub fn seal_within(recipient: &Recipient, body: &[u8], size: usize) -> io::Result<Vec<u8>> {
    let fits = HEADER_BYTES + TAG_BYTES + body.len() <= size;
    if fits { seal_exact(recipient, body, size) } else { seal_entry(recipient, body) }
}

fn seal_streaming(recipient: &Recipient, body: &[u8]) -> io::Result<Vec<u8>> {
    let size = sealed_size(body.len() as u64) as usize;
    let mut sealer = BlobSealer::new(recipient, Vec::with_capacity(size + 16))?;
    sealer.write_all(body)?;
    Ok(sealer.finish()?.0)
}
