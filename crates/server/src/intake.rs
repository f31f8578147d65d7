//! Taking a submission: the form is read field by field, each part sealed and committed before
//! the next is looked at. Text comes first in the form, so it is safe before the first byte of
//! a file is read. Nothing is acknowledged that is not durable.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use bytes::Bytes;
use multer::{Field, Multipart};
use payamgir_dropbox::Codename;
use payamgir_log::{Error, Kind, Log, PendingBlob};
use payamgir_pass::Pass;
use payamgir_seal::seal_entry;
use payamgir_wire::entry::text_parts;
use payamgir_wire::hex::Hex;
use payamgir_wire::{Attachment, Channel, Entry, Origin, Part};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::desk::Desk;
use crate::fields::{boundary, decode, drain, grow, next_chunk, skip_field, skip_form};
use crate::flood::{Challenge, Flood, Ticket};
use crate::guard::{Guarded, Watch};
use crate::journal::{Event, Journal};
use crate::pages::{Answerable, FileFate, Given, Language, Problem};
use crate::receipts::http::written;
use crate::receipts::{Receipts, Unread, blocking};
use crate::returning::{self, Lane, Returning};
use crate::sealed::Tally;
use crate::settings::Settings;
use crate::submission::{Outcome, Submission};
use crate::upload::Upload;
use crate::uploads::Uploads;
use crate::world::World;

/// Most bytes of the token that joins a second sending to the first.
const TOKEN_BYTES: usize = 64;
/// Most bytes of what is typed as a codename.
const CODENAME_BYTES: usize = 1024;

/// Takes submissions.
pub(crate) struct Intake {
    pub settings: Arc<Settings>,
    pub log: Log,
    pub desk: Desk,
    pub world: World,
    pub journal: Journal,
    pub returning: Arc<Returning>,
    pub receipts: Arc<Receipts>,
    pub flood: Arc<Flood>,
    /// Turns to send a file.
    pub turns: Semaphore,
    pub uploads: Arc<Uploads>,
    /// How many files wait for a turn.
    pub waiting: Arc<AtomicU64>,
    /// Cancelled when the grace of a stop is over.
    pub cut_off: CancellationToken,
}

/// One request's form being read.
struct Reading<'a> {
    intake: &'a Intake,
    lang: &'static Language,
    watch: Watch,
    submission: Submission,
    /// The words of a form, until something is sealed that they belong to.
    pending: Pending,
}

/// What was read of a form and is not sealed yet: the text waits for the codename behind it, which
/// stands before the first file.
#[derive(Default)]
struct Pending {
    text: Option<Zeroizing<String>>,
    typed: Zeroizing<String>,
    answerable: bool,
    /// What it is let in by; `None` once that was looked at.
    ticket: Option<Ticket>,
    /// Nothing of it is taken.
    kept_out: bool,
    /// Goes with the first part that is sealed.
    dropbox: Option<payamgir_wire::Dropbox>,
}

impl Intake {
    /// Reads a form to its end, however it ends.
    pub(crate) async fn receive(
        &self,
        lang: &'static Language,
        content_type: Option<&str>,
        body: Body,
    ) -> Outcome {
        let watch = Watch::beside(&self.waiting);
        let limits = self.settings.limits;
        let stream = body.into_data_stream();
        let guarded = Guarded::new(stream, watch.clone(), limits, self.cut_off.clone());
        let submission = Submission::new(Hex(self.world.bytes()));
        let pending = Pending { ticket: Some(Ticket::default()), ..Pending::default() };
        let mut reading = Reading { intake: self, lang, watch, submission, pending };
        match boundary(content_type) {
            Ok(boundary) => {
                reading.form(Multipart::new(guarded, boundary)).await;
                reading.settle().await;
                reading.untied();
                reading.give_receipt().await;
            }
            Err(problem) => {
                reading.submission.fail(problem);
                drain(guarded, &reading.watch).await;
            }
        }
        reading.submission.outcome()
    }

    /// A turn to send a file; `None` where there was none in time. Who waits makes those who have
    /// one hurry.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(turn) = self.turns.try_acquire() {
            return Some(turn);
        }
        let _counted = Waiting::new(&self.waiting);
        let wait = self.settings.limits.upload_wait;
        tokio::time::timeout(wait, self.turns.acquire()).await.ok()?.ok()
    }

    /// Lets somebody in, or says what is to be solved first.
    pub(crate) async fn let_in(&self, ticket: &Ticket) -> Result<(), Challenge> {
        let passed = self.flood.let_in(ticket, self.log.filled()).await;
        if passed.is_err() && self.flood.is_news() {
            (self.journal)(Event::Flooded);
        }
        passed
    }

    async fn append(&self, entry: Entry, blobs: Vec<PendingBlob>) -> Result<u64, Problem> {
        let body = entry.encode().map_err(|_| Problem::Internal)?;
        let sealed = seal_entry(&self.desk.now().recipient, &body);
        drop(body);
        let appended = match sealed {
            Ok(sealed) => self.log.append(Kind::ENTRY, sealed, blobs).await,
            Err(error) => Err(error.into()),
        };
        appended.map_err(|error| self.storage_problem(error))
    }

    pub(crate) fn storage_problem(&self, error: Error) -> Problem {
        match error {
            Error::Full => {
                (self.journal)(Event::StorageFull);
                Problem::Full
            }
            other => {
                (self.journal)(Event::StorageFailed(other));
                Problem::Internal
            }
        }
    }
}

impl Reading<'_> {
    async fn form(&mut self, mut form: Multipart<'_>) {
        loop {
            let next = form.next_field().await;
            self.watch.parsed();
            match next {
                Ok(Some(field)) => {
                    self.field(field).await;
                    if self.is_over() {
                        // The rest is read and thrown away: a browser that is not heard out
                        // shows a broken connection instead of our answer.
                        return skip_form(form, &self.watch).await;
                    }
                }
                Ok(None) => return,
                Err(_) => return self.submission.fail(self.problem()),
            }
        }
    }

    /// Whether nothing more can be taken of this request.
    fn is_over(&self) -> bool {
        let over = [Problem::TextTooLong, Problem::TooManyFiles, Problem::Full, Problem::Internal];
        let over = self.submission.problem.is_some_and(|problem| over.contains(&problem));
        over || self.pending.kept_out
    }

    async fn field(&mut self, field: Field<'_>) {
        match (field.name(), field.file_name()) {
            (Some("continues"), None) => self.token(field).await,
            (Some("text"), None) => self.text(field).await,
            (Some("codename"), None) => self.codename(field).await,
            (Some("answerable"), None) => self.pending.answerable = self.ticked(field).await,
            (Some("pass"), None) => self.pass(field).await,
            (Some("receipt"), None) => self.submission.receipt = self.ticked(field).await,
            // Whatever name it has, or none that can be read: a file is not dropped for its name.
            (Some("files"), _) => {
                self.settle().await;
                self.file(field).await;
            }
            _ => skip_field(field, &self.watch).await,
        }
    }

    async fn token(&mut self, field: Field<'_>) {
        if let Ok((token, true)) = self.collect(field, TOKEN_BYTES).await {
            self.submission.resume(&token);
        }
    }

    async fn text(&mut self, field: Field<'_>) {
        let limit = self.intake.settings.site.text_chars;
        // Four bytes is the longest character; twice that so that a text which is somewhat too
        // long can be given back whole.
        let most = usize::try_from(limit.saturating_mul(8)).unwrap_or(usize::MAX);
        let Ok((bytes, whole)) = self.collect(field, most).await else {
            return self.submission.fail(self.problem());
        };
        let Some(text) = decode(&bytes, whole) else {
            self.submission.kept = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
            return self.submission.fail(Problem::Malformed);
        };
        if !whole || text.chars().count() as u64 > limit {
            self.submission.kept = text;
            return self.submission.fail(Problem::TextTooLong);
        }
        // Our form has one such field; what another program sends as a second is a part too.
        if !payamgir_text::is_blank(&text) {
            self.settle().await;
            self.pending.text = Some(text);
        }
    }

    async fn codename(&mut self, field: Field<'_>) {
        let read = self.collect(field, CODENAME_BYTES).await;
        if let Ok((typed, true)) = read {
            self.pending.typed = Zeroizing::new(String::from_utf8_lossy(&typed).into_owned());
        }
    }

    async fn pass(&mut self, field: Field<'_>) {
        let read = self.collect(field, TOKEN_BYTES * 2).await;
        let typed = read.ok().and_then(|(typed, whole)| whole.then_some(typed));
        let pass = typed.and_then(|typed| Pass::read(std::str::from_utf8(&typed).ok()?));
        self.pending.ticket.iter_mut().for_each(|ticket| ticket.pass = pass.clone());
    }

    /// Whether it is let in; asked once, before the first thing of it is kept.
    async fn is_let_in(&mut self) -> bool {
        if let Some(ticket) = self.pending.ticket.take()
            && self.intake.let_in(&ticket).await.is_err()
        {
            let given = self.intake.flood.has_given();
            self.submission.fail(if given { Problem::Flooded } else { Problem::Busy });
            self.pending.kept_out = true;
        }
        !self.pending.kept_out
    }

    async fn ticked(&self, field: Field<'_>) -> bool {
        let read = self.collect(field, 1).await;
        read.is_ok_and(|(value, whole)| whole && *value == b"1"[..])
    }

    /// Finds where answers go, if its source asked for that: only once there is something to be answered.
    async fn tie(&mut self) {
        if std::mem::take(&mut self.pending.answerable) {
            self.pending.dropbox = self.grow().await;
        }
    }

    /// Who is not let in finds the words again that answers were to come by.
    fn keep_codename(&mut self) {
        let read = Codename::read(&self.pending.typed).ok().filter(|_| self.pending.answerable);
        self.submission.answerable = read.map_or(Answerable::No, Answerable::By);
    }

    /// Seals the text that waited.
    async fn settle(&mut self) {
        let Some(text) = self.pending.text.take() else { return };
        if !self.is_let_in().await {
            self.submission.kept = text;
            self.keep_codename();
            return;
        }
        match self.intake.blocks(&text).await {
            None => {
                self.tie().await;
                self.commit_text(text).await;
            }
            Some((tally, words)) => self.pasted(&tally, Zeroizing::new(words), text).await,
        }
    }

    /// A text with blocks that somebody sealed: those are kept as they are, and what stands around them
    /// as words.
    async fn pasted(&mut self, tally: &Tally, words: Zeroizing<String>, text: Zeroizing<String>) {
        let problem = match tally {
            Tally { problem: Some(problem), .. } => Some(*problem),
            Tally { damaged: 0, other: 0, .. } => None,
            Tally { damaged: 0, .. } => Some(Problem::OtherDesk),
            _ => Some(Problem::DamagedBlock),
        };
        if let Some(problem) = problem {
            // What of it was taken is known when it comes again.
            self.submission.kept = text;
            return self.submission.fail(problem);
        }
        self.submission.text = true;
        self.submission.records.extend(&tally.records);
        if !payamgir_text::is_blank(&words) {
            self.tie().await;
            self.commit_text(words).await;
        }
    }

    /// Where answers would go is in nothing that was sealed: then the words are not shown as good.
    fn untied(&mut self) {
        if self.pending.dropbox.is_some() {
            self.submission.answerable = Answerable::No;
        }
    }

    /// Words that cannot be read, or have no turn, hold nothing back: it is said on the page.
    async fn grow(&mut self) -> Option<payamgir_wire::Dropbox> {
        let Ok(codename) = Codename::read(&self.pending.typed) else {
            self.submission.answerable = Answerable::Misread;
            return None;
        };
        let Some(dropbox) = self.intake.returning.grow(Lane::Sending, &codename).await else {
            self.submission.answerable = Answerable::Busy;
            return None;
        };
        self.submission.answerable = Answerable::By(codename);
        Some(returning::public(&dropbox))
    }

    async fn commit_text(&mut self, text: Zeroizing<String>) {
        match self.commit_pieces(&text).await {
            Ok(()) => self.submission.text = true,
            Err(problem) => {
                self.submission.kept = text;
                self.submission.fail(problem);
            }
        }
    }

    async fn commit_pieces(&mut self, text: &str) -> Result<(), Problem> {
        for piece in text_parts(text) {
            let entry = self.entry(Part::Text(Zeroizing::new(piece.to_owned())));
            let record = self.intake.append(entry, vec![]).await?;
            self.submission.records.push(record);
        }
        Ok(())
    }

    async fn file(&mut self, mut field: Field<'_>) {
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
        let entry = self.entry(Part::Attachment(attachment));
        match self.intake.append(entry, vec![blob]).await {
            Ok(_) if cut => FileFate::Cut,
            Ok(record) => {
                self.submission.records.push(record);
                FileFate::Sealed
            }
            Err(problem) => self.not_stored(problem),
        }
    }

    /// A receipt for what arrived whole, if its source asked for one.
    async fn give_receipt(&mut self) {
        if !self.submission.receipt || self.submission.records.is_empty() {
            return;
        }
        let records = std::mem::take(&mut self.submission.records);
        let (receipts, log) = (self.intake.receipts.clone(), self.intake.log.clone());
        let salt = self.intake.world.bytes();
        let given = blocking(move || receipts.give(&log, &records, salt)).await;
        self.submission.given = match given {
            Ok(Some(code)) => {
                let minutes = self.intake.receipts.until().div_ceil(60);
                Given::Code(written(code), minutes)
            }
            Ok(None) => Given::Failed,
            Err(Unread) => {
                (self.intake.journal)(Event::ReceiptsFailed);
                Given::Failed
            }
        };
    }

    fn not_stored(&mut self, problem: Problem) -> FileFate {
        self.submission.fail(problem);
        FileFate::NotTaken
    }

    fn entry(&mut self, part: Part) -> Entry {
        Entry {
            group: self.submission.group,
            index: self.submission.index(),
            arrived: (self.intake.world.now)(),
            channel: Channel::Web,
            language: self.lang.code.to_owned(),
            alias: None,
            revises: None,
            origin: self
                .pending
                .dropbox
                .take()
                .map(|dropbox| Box::new(Origin { dropbox: Some(dropbox), ..Origin::default() })),
            part,
        }
    }

    /// Reads a field of at most `most` bytes; `false` where there was more, which is skipped.
    async fn collect(
        &self,
        mut field: Field<'_>,
        most: usize,
    ) -> Result<(Zeroizing<Vec<u8>>, bool), multer::Error> {
        let mut all = Zeroizing::new(Vec::with_capacity(most.min(4096)));
        while let Some(chunk) = next_chunk(&mut field, &self.watch).await? {
            let room = most - all.len();
            grow(&mut all, &chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                skip_field(field, &self.watch).await;
                return Ok((all, false));
            }
        }
        Ok((all, true))
    }

    fn problem(&self) -> Problem {
        self.watch.problem().unwrap_or(Problem::Malformed)
    }
}

/// Counted while it lives.
struct Waiting<'a>(&'a AtomicU64);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicU64) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the sender's program says a file is.
struct Named {
    name: Zeroizing<String>,
    media_type: Zeroizing<String>,
}
