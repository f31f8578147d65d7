//! Reading a row of pieces as it comes.

use std::io;

use bytes::Bytes;
use payamgir_log::{Hash, content};
use payamgir_seal::padding::sealed_size;
use payamgir_wire::piece::{Event, Head, NotAPiece, Reader};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::sync::SemaphorePermit;

use super::{add, is_ours};
use crate::flood::Admitted;
use crate::intake::Intake;
use crate::pages::Problem;
use crate::upload::Upload;

/// What became of pieces.
#[derive(Default, Serialize, Clone, PartialEq, Eq, Debug)]
pub struct Tally {
    /// Taken now.
    pub new: u64,
    /// Taken before.
    pub known: u64,
    /// Sealed for another desk.
    pub other: u64,
    /// Files or blocks that are no pieces, end too early or were damaged.
    pub damaged: u64,
    /// Records of blocks that were pasted, new or known.
    #[serde(skip)]
    pub records: Vec<u64>,
    /// Why the rest was not taken.
    #[serde(skip)]
    pub problem: Option<Problem>,
}

/// A row of pieces being read.
pub(crate) struct HandIn<'a> {
    intake: &'a Intake,
    admitted: &'a mut Admitted,
    reader: Reader,
    piece: Option<Piece<'a>>,
    /// Whether the next that is new is paid for.
    is_paid: bool,
    pub tally: Tally,
}

/// The piece that is being read.
enum Piece<'a> {
    New { head: Head, blob: Option<(Upload, SemaphorePermit<'a>)> },
    Known,
    Other,
}

/// Nothing more is to be read of this row.
pub(crate) struct Over;

impl<'a> HandIn<'a> {
    pub(crate) fn new(intake: &'a Intake, admitted: &'a mut Admitted) -> Self {
        Self {
            intake,
            admitted,
            reader: Reader::default(),
            piece: None,
            is_paid: false,
            tally: Tally::default(),
        }
    }

    /// Takes the next bytes. [`Over`] where the rest of this row is not to be read.
    pub(crate) async fn feed(&mut self, chunk: &Bytes) -> Result<(), Over> {
        let mut rest = &chunk[..];
        loop {
            let event = match self.reader.next(&mut rest) {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(()),
                Err(wrong) => return Err(self.broken(wrong)),
            };
            let done = match event {
                Event::Head(head) => self.begin(head).await,
                Event::Blob(part) => {
                    let part = chunk.slice_ref(part);
                    self.more(part).await
                }
                Event::End => self.end().await,
            };
            if let Err(problem) = done {
                self.piece = None;
                self.tally.problem = Some(problem);
                return Err(Over);
            }
        }
    }

    /// The row ends, or its line broke.
    pub(crate) fn finish(mut self) -> Tally {
        if let Err(wrong) = self.reader.end()
            && self.tally.problem.is_none()
        {
            self.broken(wrong);
        }
        self.tally
    }

    fn broken(&mut self, _: NotAPiece) -> Over {
        self.piece = None;
        self.tally.damaged = 1;
        Over
    }

    async fn begin(&mut self, head: Head) -> Result<(), Problem> {
        if !is_ours(&self.intake.desk, &head) {
            self.piece = Some(Piece::Other);
            return Ok(());
        }
        // With a blob it is known once that is here: somebody may have brought another with the same entry.
        if head.blob == 0 && self.intake.is_known(&head, None).await? {
            self.piece = Some(Piece::Known);
            return Ok(());
        }
        if head.blob > sealed_size(self.intake.settings.site.file_bytes) + 16 {
            return Err(Problem::FileTooLarge);
        }
        // Paid for at its beginning; what turns out to be known leaves that to the next.
        if !self.is_paid && !self.intake.takes_more(self.admitted).await {
            return Err(Problem::Busy);
        }
        self.is_paid = true;
        let blob = if head.blob == 0 {
            None
        } else {
            let turn = self.intake.turn().await.ok_or(Problem::Busy)?;
            Some((Upload::as_it_is(self.intake.log.clone()), turn))
        };
        self.piece = Some(Piece::New { head, blob });
        Ok(())
    }

    async fn more(&mut self, part: Bytes) -> Result<(), Problem> {
        let Some(Piece::New { blob: Some((upload, _)), .. }) = &self.piece else { return Ok(()) };
        if !self.intake.has_room_for(self.admitted).await {
            return Err(Problem::Busy);
        }
        if upload.write(part).await {
            return Ok(());
        }
        // It says why.
        match self.piece.take() {
            Some(Piece::New { blob: Some((upload, _)), .. }) => match upload.finish().await {
                Err(error) => Err(self.intake.storage_problem(error)),
                Ok(_) => Err(Problem::Internal),
            },
            _ => Err(Problem::Internal),
        }
    }

    async fn end(&mut self) -> Result<(), Problem> {
        match self.piece.take() {
            Some(Piece::New { head, blob }) => {
                let blobs = match blob {
                    Some((upload, _)) => {
                        let sealed = upload.finish().await;
                        vec![sealed.map_err(|error| self.intake.storage_problem(error))?.0]
                    }
                    None => vec![],
                };
                let added = add(&self.intake.log, head, blobs).await;
                let added = added.map_err(|error| self.intake.storage_problem(error))?;
                if added.new {
                    self.tally.new += 1
                } else {
                    self.tally.known += 1
                }
                self.is_paid = !added.new;
            }
            Some(Piece::Known) => self.tally.known += 1,
            Some(Piece::Other) | None => self.tally.other += 1,
        }
        Ok(())
    }
}

impl Intake {
    /// Whether a piece was taken before, with this blob or none.
    pub(super) async fn is_known(&self, head: &Head, blob: Option<Hash>) -> Result<bool, Problem> {
        let (log, body) = (self.log.clone(), Hash(Sha256::digest(&head.entry).into()));
        let look = move || log.reader()?.once(&content(&body, &blob));
        let known = tokio::task::spawn_blocking(look).await.map_err(io::Error::other);
        let known = known.map_err(Into::into).and_then(|known| known);
        known.map(|known| known.is_some()).map_err(|error| self.storage_problem(error))
    }
}

impl Tally {
    /// Adds what became of others.
    pub(crate) fn add(&mut self, other: &Self) {
        self.new += other.new;
        self.known += other.known;
        self.other += other.other;
        self.damaged += other.damaged;
        self.records.extend(&other.records);
        self.problem = self.problem.or(other.problem);
    }
}
