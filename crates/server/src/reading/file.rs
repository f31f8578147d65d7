//! A file of a form, sealed as it comes.

use bytes::Bytes;
use multer::Field;
use payamgir_wire::hex::Hex;
use payamgir_wire::{Attachment, Part};
use zeroize::Zeroizing;

use super::Reading;
use crate::fields::{next_chunk, skip_field};
use crate::intake::Entrance;
use crate::pages::{FileFate, Problem};
use crate::upload::Upload;

/// What the sender's program says a file is.
struct Named {
    name: Zeroizing<String>,
    media_type: Zeroizing<String>,
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
        let Some(_turn) = self.intake.turn().await else {
            self.submission.files.push(FileFate::NotTaken);
            self.submission.fail(Problem::Busy);
            return skip_field(field, &self.watch).await;
        };
        self.tie().await;
        let attachment = Named { name, media_type };
        let fate = self.seal_file(field, first, attachment).await;
        self.submission.files.push(fate);
    }

    async fn seal_file(
        &mut self,
        mut field: Field<'_>,
        first: multer::Result<Option<Bytes>>,
        named: Named,
    ) -> FileFate {
        let upload = Upload::start(self.intake.desk.now(), self.intake.log.clone());
        let (mut chunk, mut size) = (first, 0u64);
        let cut = loop {
            match chunk {
                Ok(Some(bytes)) => {
                    size += bytes.len() as u64;
                    if size > self.intake.settings.site.file_bytes {
                        self.submission.fail(Problem::FileTooLarge);
                        drop(upload);
                        skip_field(field, &self.watch).await;
                        return FileFate::TooLarge;
                    }
                    if !self.has_room() {
                        drop(upload);
                        skip_field(field, &self.watch).await;
                        return self.not_stored(Problem::Full);
                    }
                    if !upload.write(bytes).await {
                        break false;
                    }
                }
                Ok(None) => break false,
                Err(_) => break true,
            }
            chunk = next_chunk(&mut field, &self.watch).await;
        };
        if cut {
            self.submission.fail(self.problem());
        }
        if cut && size == 0 {
            return FileFate::Cut;
        }
        self.commit_file(upload, named, cut).await
    }

    /// Who comes with nothing fills no more of the storage than its part.
    fn has_room(&self) -> bool {
        matches!(&self.entrance, Entrance::In(admitted) if self.intake.has_room_for(admitted))
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
