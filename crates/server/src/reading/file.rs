//! A file of a form, sealed as it comes.

use bytes::{Bytes, BytesMut};
use multer::Field;
use payamgir_wire::hex::Hex;
use payamgir_wire::{Attachment, Part};
use zeroize::Zeroizing;

use super::Reading;
use crate::fields::{next_chunk, skip_field};
use crate::pages::{FileFate, Problem};
use crate::upload::Upload;

/// What the sender's program says a file is.
struct Named {
    name: Zeroizing<String>,
    media_type: Zeroizing<String>,
}

/// Bytes of a file for which no turn is needed.
const SMALL: usize = 64 * 1024;

/// The beginning of a file, and how it ended if that was all of it.
struct Start {
    bytes: Option<Bytes>,
    end: Option<Poured>,
}

/// How much of a file came.
#[derive(Clone, Copy)]
enum Poured {
    All,
    /// The line broke in it.
    Part,
    Nothing,
    /// No more of it is taken.
    Over(Problem, FileFate),
}

impl Reading<'_> {
    pub(super) async fn file(&mut self, mut field: Field<'_>) {
        let name = Zeroizing::new(field.file_name().unwrap_or_default().to_owned());
        let media_type = field.content_type().map_or("", |kind| kind.essence_str());
        let media_type = Zeroizing::new(media_type.to_owned());
        let first = next_chunk(&mut field, &self.watch).await;
        // A form without a chosen file sends one empty, nameless part.
        if name.is_empty() && matches!(first, Ok(None)) {
            return;
        }
        if !self.is_let_in().await {
            self.submission.files.push(FileFate::NotTaken);
            return skip_field(field, &self.watch).await;
        }
        if self.submission.files.len() as u64 >= self.intake.settings.site.files {
            self.submission.files.push(FileFate::NotTaken);
            return self.submission.fail(Problem::TooManyFiles);
        }
        let start = self.start(&mut field, first).await;
        let turn = match start.end {
            Some(_) => None,
            None => Some(self.intake.turn().await),
        };
        if matches!(turn, Some(None)) {
            self.submission.files.push(FileFate::NotTaken);
            self.submission.fail(Problem::Busy);
            return skip_field(field, &self.watch).await;
        }
        self.tie().await;
        let attachment = Named { name, media_type };
        let fate = self.seal_file(field, start, attachment).await;
        self.submission.files.push(fate);
    }

    async fn seal_file(&mut self, mut field: Field<'_>, start: Start, named: Named) -> FileFate {
        let upload = Upload::start(self.intake.desk.now(), self.intake.log.clone());
        match self.pour(&mut field, start, &upload).await {
            Poured::All => self.commit_file(upload, named, false).await,
            Poured::Part => {
                self.submission.fail(self.problem());
                self.commit_file(upload, named, true).await
            }
            Poured::Nothing => {
                self.submission.fail(self.problem());
                FileFate::Cut
            }
            Poured::Over(problem, fate) => {
                self.submission.fail(problem);
                upload.discard().await;
                skip_field(field, &self.watch).await;
                fate
            }
        }
    }

    /// The beginning of a file: who holds all turns does not hold back one that is small.
    async fn start(&self, field: &mut Field<'_>, first: multer::Result<Option<Bytes>>) -> Start {
        let (mut bytes, mut chunk) = (BytesMut::new(), first);
        loop {
            let end = match chunk {
                Ok(Some(chunk)) => {
                    bytes.extend_from_slice(&chunk);
                    None
                }
                Ok(None) => Some(Poured::All),
                Err(_) if bytes.is_empty() => Some(Poured::Nothing),
                Err(_) => Some(Poured::Part),
            };
            if end.is_some() || bytes.len() > SMALL {
                return Start { bytes: Some(bytes.freeze()), end };
            }
            chunk = next_chunk(field, &self.watch).await;
        }
    }

    async fn pour(&mut self, field: &mut Field<'_>, start: Start, upload: &Upload) -> Poured {
        let (mut size, Start { mut bytes, end }) = (0u64, start);
        loop {
            let chunk = match (bytes.take(), end) {
                (Some(bytes), _) => Ok(Some(bytes)),
                (None, Some(end)) => return end,
                (None, None) => next_chunk(field, &self.watch).await,
            };
            match chunk {
                Ok(Some(bytes)) => {
                    size += bytes.len() as u64;
                    if size > self.intake.settings.site.file_bytes {
                        return Poured::Over(Problem::FileTooLarge, FileFate::TooLarge);
                    }
                    if !self.has_room().await {
                        return Poured::Over(Problem::Full, FileFate::NotTaken);
                    }
                    // Where sealing has failed, its end says why.
                    if !upload.write(bytes).await {
                        return Poured::All;
                    }
                }
                Ok(None) => return Poured::All,
                Err(_) => return Poured::Part,
            }
        }
    }

    /// Who comes with nothing fills no more of the storage than its part.
    async fn has_room(&mut self) -> bool {
        match self.entrance.enter(self.intake).await {
            Some(admitted) => self.intake.has_room_for(admitted).await,
            None => false,
        }
    }

    async fn commit_file(&mut self, upload: Upload, named: Named, cut: bool) -> FileFate {
        let (blob, size) = match upload.finish().await {
            Ok(sealed) => sealed,
            Err(error) => return self.not_stored(self.intake.storage_problem(error)),
        };
        let attachment = Attachment {
            blob: Hex(blob.blob().hash.0),
            size,
            media_type: named.media_type,
            name: named.name,
            cut,
        };
        let entry = self.entry_of(Part::Attachment(attachment));
        match self.intake.append(entry, vec![blob]).await {
            Ok(_) if cut => FileFate::Cut,
            Ok(record) => {
                self.submission.records.push(record);
                FileFate::Sealed
            }
            Err(problem) => self.not_stored(problem),
        }
    }

    fn not_stored(&mut self, problem: Problem) -> FileFate {
        self.submission.fail(problem);
        FileFate::NotTaken
    }
}
