//! Attachments: which are here, which are wanted, and reading one from any place in it.

use std::fs::File;
use std::io::{self, BufReader, Read};

use payamgir_log::Hash;
use payamgir_open::SealedFile;
use payamgir_wire::Attachment;

use super::view::What;
use super::{Office, Piece, View};
use crate::store::StoreError;

/// A sealed attachment, open.
pub type Blob = SealedFile<BufReader<File>>;

/// A blob as a stream, from its beginning.
pub struct Whole {
    blob: Blob,
    at: u64,
}

impl Whole {
    /// All of it.
    pub fn new(blob: Blob) -> Self {
        Self { blob, at: 0 }
    }
}

impl Read for Whole {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.blob.size().saturating_sub(self.at);
        let much = usize::try_from(left).unwrap_or(usize::MAX).min(out.len());
        self.blob.read_exact_at(self.at, &mut out[..much])?;
        self.at += much as u64;
        Ok(much)
    }
}

impl Office {
    /// Records heard so far.
    pub fn size(&self) -> u64 {
        self.desk().heard
    }

    /// Of a conversation's attachments, the records of those on this machine. The others are wanted
    /// from now on, and fetched when the server is asked next.
    pub fn here(&self, view: &View) -> Vec<u64> {
        let (here, missing): (Vec<_>, Vec<_>) =
            attachments(view).partition(|(_, attachment)| self.has(attachment));
        missing.into_iter().for_each(|(_, attachment)| self.want(attachment.blob));
        here.into_iter().map(|(record, _)| record).collect()
    }

    /// Whether a kept file's bytes are on this machine; they are wanted where they are not.
    pub fn kept_here(&self, record: u64) -> Result<bool, StoreError> {
        let Some(attachment) = self.attachment(record)? else { return Ok(false) };
        let here = self.has(&attachment);
        if !here {
            self.want(attachment.blob);
        }
        Ok(here)
    }

    fn has(&self, attachment: &Attachment) -> bool {
        let reader = payamgir_log::Reader::open(&self.log);
        reader.and_then(|reader| reader.blob(&Hash(attachment.blob.0))).is_ok()
    }

    /// The attachment in a record and its bytes; `None` where it is not here or is none.
    pub fn blob(&self, record: u64) -> Result<Option<(Attachment, Blob)>, StoreError> {
        let Some(attachment) = self.attachment(record)? else { return Ok(None) };
        let reader = payamgir_log::Reader::open(&self.log)?;
        let Ok(file) = reader.blob(&Hash(attachment.blob.0)) else { return Ok(None) };
        let keys = self.keys();
        let newest_first: Vec<_> = keys.epochs().collect();
        let newest_first = newest_first.into_iter().rev();
        let blob = SealedFile::new(newest_first, BufReader::new(file), attachment.size)
            .map_err(StoreError::Sealed)?;
        Ok(Some((attachment, blob)))
    }
}

fn attachments(view: &View) -> impl Iterator<Item = (u64, &Attachment)> {
    let came = view.pieces.iter().filter_map(|piece| match piece {
        Piece::Submission(came) => Some(came),
        _ => None,
    });
    came.flat_map(|came| &came.parts).filter_map(|part| match &part.what {
        What::Attachment(attachment) => Some((part.record, attachment)),
        _ => None,
    })
}
