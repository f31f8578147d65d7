//! Sealing as bytes stream past.

use std::io::{self, Write};
use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use age::stream::StreamWriter;

use crate::padding::zeros;
use crate::recipient::Recipient;

const ZEROS: [u8; 4096] = [0; 4096];

/// Seals what is written to it into `W`. Holds one 64 KiB chunk whatever the length.
///
/// Dropped without [`BlobSealer::finish`], what reached `W` does not open: age marks the last
/// chunk.
pub struct BlobSealer<W: Write> {
    stream: StreamWriter<Counted<W>>,
    header: u64,
    written: u64,
}

impl<W: Write> BlobSealer<W> {
    /// Starts a file; writes the age header to `to`.
    pub fn new(recipient: &Recipient, to: W) -> io::Result<Self> {
        let passed = Arc::new(AtomicU64::new(0));
        let encryptor =
            age::Encryptor::with_recipients(iter::once(recipient as &dyn age::Recipient))
                .map_err(|e| io::Error::other(e.to_string()))?;
        let stream = encryptor.wrap_output(Counted { to, passed: passed.clone() })?;
        Ok(Self { stream, header: passed.load(Ordering::Relaxed), written: 0 })
    }

    /// Bytes taken so far, before padding.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Pads, ends the age file and gives back the inner writer and the true length in bytes.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        let mut left = zeros(self.written, self.header);
        while left > 0 {
            let step = left.min(ZEROS.len() as u64);
            self.stream.write_all(&ZEROS[..step as usize])?;
            left -= step;
        }
        Ok((self.stream.finish()?.to, self.written))
    }
}

impl<W: Write> Write for BlobSealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.stream.write(bytes)?;
        self.written += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Counts what passes: age says nowhere how long a header it wrote.
struct Counted<W> {
    to: W,
    passed: Arc<AtomicU64>,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.to.write(bytes)?;
        self.passed.fetch_add(taken as u64, Ordering::Relaxed);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
