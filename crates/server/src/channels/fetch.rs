//! A file from a platform into a sealed blob, without ever resting in the clear.

use std::io::{self, Read, Write};

use payamgir_channels::File;
use payamgir_log::{Log, PendingBlob};
use payamgir_seal::BlobSealer;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::desk::Desk;

const CHUNK: usize = 64 * 1024;

/// Where a platform's files are.
pub(crate) trait Files: Send + Sync {
    /// Begins to fetch a file.
    fn open(&self, file: &File) -> Result<Opened, NotFetched>;

    /// It is sealed, or given up: what lies about of it may go.
    fn close(&self, _file: &File) {}

    /// The whole text where the event holds only its beginning, and this file is its rest.
    fn long_text(&self, _file: &File) -> Option<Zeroizing<String>> {
        None
    }
}

/// A file that is being fetched.
pub(crate) struct Opened {
    pub bytes: Box<dyn Read + Send>,
    /// The size and the hash that the platform tells on the way.
    pub size: Option<u64>,
    pub sha256: Option<[u8; 32]>,
}

/// Why a file is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotFetched {
    /// The platform does not give out files of its size.
    TooLarge,
    /// It is gone for good.
    Gone,
    /// It may be there later.
    Later,
}

/// What was sealed of a file.
pub(crate) struct Fetched {
    pub blob: PendingBlob,
    /// Bytes.
    pub size: u64,
    /// It is not all of it, or not what the platform said it is.
    pub cut: bool,
}

/// Why a file was not sealed.
#[derive(Debug)]
pub(crate) enum NotSealed {
    /// The log failed.
    Log,
    /// The line broke, or the server stops.
    Broken,
}

/// Seals a file as it comes. Where the line breaks, what came is given only if `partly`.
pub(crate) fn seal(
    (log, desk): (&Log, &Desk),
    file: &File,
    opened: Opened,
    partly: bool,
    is_over: &dyn Fn() -> bool,
) -> Result<Fetched, NotSealed> {
    let recipient = desk.now().recipient.clone();
    let mut sealer = BlobSealer::new(&recipient, log.blob().map_err(|_| NotSealed::Log)?)
        .map_err(|_| NotSealed::Log)?;
    let (mut hash, mut bytes) = (Sha256::new(), Zeroizing::new(vec![0; CHUNK]));
    let Opened { bytes: mut source, size: announced, sha256 } = opened;
    let whole = loop {
        if is_over() {
            return Err(NotSealed::Broken);
        }
        match source.read(&mut bytes) {
            Ok(0) => break true,
            Ok(count) => {
                hash.update(&bytes[..count]);
                sealer.write_all(&bytes[..count]).map_err(|_| NotSealed::Log)?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break false,
        }
    };
    let size = sealer.written();
    let expected = file.size.filter(|size| *size > 0).or(announced);
    let fits = expected.is_none_or(|expected| expected == size);
    let digest: [u8; 32] = hash.finalize().into();
    let same = file.sha256.or(sha256).is_none_or(|expected| expected == digest);
    let sound = whole && fits && same;
    let enough = sound || (partly && size > 0);
    if !enough {
        return Err(NotSealed::Broken);
    }
    let (blob, size) = sealer.finish().map_err(|_| NotSealed::Log)?;
    Ok(Fetched { blob: blob.finish().map_err(|_| NotSealed::Log)?, size, cut: !sound })
}
