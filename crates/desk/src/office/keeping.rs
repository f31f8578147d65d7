//! Files that are kept in the log to go with a reply, so that those who approve it see and hear what
//! goes out. Nothing of them is on this machine's disk before the server has them, sealed.

use std::io::Write;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use payamgir_seal::{BlobSealer, seal_entry};
use payamgir_wire::hex::Hex;
use payamgir_wire::{Attachment, Channel, Entry, Part};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::post::{Post, Said};
use super::{Office, lock};

/// How long somebody waits for the server to have a file.
const PATIENCE: Duration = Duration::from_secs(90);

/// A file on its way.
pub(super) struct Keeping {
    entry: Vec<u8>,
    blob: Vec<u8>,
    told: SyncSender<Result<u64, Said>>,
}

/// Why a file was not kept.
#[derive(Debug)]
pub enum NotKept {
    /// It could not be sealed.
    Sealed,
    /// What the server, or the way to it, says.
    Said(Said),
    /// The server did not take it in time.
    Late,
}

impl Office {
    /// Keeps a file to go with a reply; blocks until the server has it. Gives its record.
    pub fn keep_file(&self, media_type: &str, bytes: &[u8]) -> Result<u64, NotKept> {
        let told = self.begin_keeping(media_type, bytes).ok_or(NotKept::Sealed)?;
        self.hurry();
        match told.recv_timeout(PATIENCE) {
            Ok(kept) => kept.map_err(NotKept::Said),
            Err(_) => Err(NotKept::Late),
        }
    }

    fn begin_keeping(&self, media_type: &str, bytes: &[u8]) -> Option<Receiver<Result<u64, Said>>> {
        let epoch = self.epoch()?;
        let mut sealer = BlobSealer::new(&epoch, vec![]).ok()?;
        sealer.write_all(bytes).ok()?;
        let (blob, size) = sealer.finish().ok()?;
        let entry = Entry {
            group: Hex(self.id().0),
            index: 0,
            arrived: self.now(),
            channel: Channel::Unknown,
            language: String::new(),
            alias: None,
            revises: None,
            origin: None,
            part: Part::Kept(Attachment {
                blob: Hex(Sha256::digest(&blob).into()),
                size,
                media_type: Zeroizing::new(media_type.to_owned()),
                name: Zeroizing::default(),
                cut: false,
            }),
        };
        let entry = seal_entry(&epoch, &entry.encode().ok()?).ok()?;
        let (told, waits) = sync_channel(1);
        lock(&self.keeping).push(Keeping { entry, blob, told });
        Some(waits)
    }

    /// Hands over the files that wait. Who waits for one is told what became of it.
    pub(super) fn keep_files(&self, post: &mut impl Post) -> Result<(), Said> {
        let waiting = std::mem::take(&mut *lock(&self.keeping));
        for file in waiting {
            let kept = post.keep(&file.entry, &file.blob);
            let failed = kept.as_ref().err().cloned();
            let _ = file.told.try_send(kept);
            failed.map_or(Ok(()), Err)?;
        }
        Ok(())
    }
}
