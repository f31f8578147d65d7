//! Small things sealed at once.

use std::io::{self, Write};

use crate::blob::BlobSealer;
use crate::padding::sealed_size;
use crate::recipient::Recipient;

/// Seals an encoded entry (`wire::Entry::encode`), padded with zeros.
///
/// Fails only where the operating system gives no randomness.
pub fn seal_entry(recipient: &Recipient, body: &[u8]) -> io::Result<Vec<u8>> {
    let size = sealed_size(body.len() as u64) as usize;
    let mut sealer = BlobSealer::new(recipient, Vec::with_capacity(size + 16))?;
    sealer.write_all(body)?;
    Ok(sealer.finish()?.0)
}
