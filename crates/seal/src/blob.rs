//! Sealing as bytes stream past.

use std::io::{self, Write};
use std::iter;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
        let (passed, fault) = (Arc::new(AtomicU64::new(0)), Arc::default());
        let counted = Counted { to, passed: passed.clone(), fault: Arc::clone(&fault) };
        let encryptor =
            age::Encryptor::with_recipients(iter::once(recipient as &dyn age::Recipient))
                .map_err(|e| io::Error::other(e.to_string()))?;
        let stream = encryptor.wrap_output(counted).map_err(|error| {
            let kept = fault.lock().unwrap_or_else(PoisonError::into_inner).take();
            kept.unwrap_or(error)
        })?;
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

/// Counts what passes: age says nowhere how long a header it wrote. Keeps the last error: around
/// the header age puts one of its own, in which a full disk is no longer told from others.
struct Counted<W> {
    to: W,
    passed: Arc<AtomicU64>,
    fault: Arc<Mutex<Option<io::Error>>>,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // All of it: what writes the header takes a short write for an error.
        self.to.write_all(bytes).map_err(|error| {
            let kind = error.kind();
            *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            io::Error::from(kind)
        })?;
        self.passed.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
