//! Attachments, opened as they stream past.

use std::io::{self, BufRead, Read};

use age::stream::StreamReader;

use crate::{Identity, OpenError};

/// Reads a sealed blob: exactly the true bytes, then checks that only zeros follow and that the
/// age file is whole. A blob that was cut or altered ends in an error, never in a clean end.
/// Holds one 64 KiB chunk whatever the length.
pub struct BlobReader<R: BufRead> {
    stream: StreamReader<R>,
    left: u64,
    padding_checked: bool,
}

impl<R: BufRead> BlobReader<R> {
    /// Reads the header of `from`, with the first key that opens it. `size` is the true length the entry states.
    pub fn new<'k>(
        keys: impl IntoIterator<Item = &'k Identity>,
        from: R,
        size: u64,
    ) -> Result<Self, OpenError> {
        let keys = keys.into_iter().map(|identity| identity as &dyn age::Identity);
        let stream = age::Decryptor::new_buffered(from)?.decrypt(keys)?;
        Ok(Self { stream, left: size, padding_checked: false })
    }

    fn check_padding(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        loop {
            match self.stream.read(&mut buffer)? {
                0 => break,
                n if buffer[..n].iter().any(|byte| *byte != 0) => return Err(damaged()),
                _ => {}
            }
        }
        self.padding_checked = true;
        Ok(())
    }
}

impl<R: BufRead> Read for BlobReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            if !self.padding_checked {
                self.check_padding()?;
            }
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        let read = self.stream.read(&mut out[..most])?;
        if read == 0 {
            return Err(damaged());
        }
        self.left -= read as u64;
        Ok(read)
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, OpenError::Damaged)
}
