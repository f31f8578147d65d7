//! Taking a submission: the form is read field by field, each part sealed and committed before
//! the next is looked at. Text comes first in the form, so it is safe before the first byte of
//! a file is read. Nothing is acknowledged that is not durable.

mod file;

use axum::body::Body;
use multer::{Field, Multipart};
use payamgir_dropbox::Codename;
use payamgir_wire::entry::text_parts;
use payamgir_wire::hex::Hex;
use payamgir_wire::limits::BLOCK_BYTES;
use payamgir_wire::{Channel, Entry, Origin, Part};
use zeroize::Zeroizing;

use crate::fields::{boundary, decode, drain, grow, next_chunk, short, skip_field};
use crate::flood::{Ticket, Typed};
use crate::guard::Watch;
use crate::intake::{Entrance, Intake};
use crate::journal::Event;
use crate::pages::{Answerable, Given, Language, Problem};
use crate::receipts::http::written;
use crate::receipts::{Unread, blocking};
use crate::returning::{self, Lane};
use crate::sealed::Tally;
use crate::submission::{Outcome, Submission};

/// Most bytes of the token that joins a second sending to the first.
const TOKEN_BYTES: usize = 64;
/// Most bytes of what is typed as a codename.
const CODENAME_BYTES: usize = 1024;

/// One request's form being read.
struct Reading<'a> {
    intake: &'a Intake,
    lang: &'static Language,
    watch: Watch,
    submission: Submission,
    /// What was read of the form and is not sealed yet.
    pending: Pending,
    /// Whether it was let in; asked once, before the first thing of it is kept.
    entrance: Entrance,
    /// Whether answers were asked for to what was sealed elsewhere.
    is_apart: bool,
}

/// What was read of a form and is not sealed yet: the text waits for the codename behind it, which
/// stands before the first file.
#[derive(Default)]
struct Pending {
    text: Option<Zeroizing<String>>,
    codename: Zeroizing<String>,
    /// Whether it was looked for where answers go.
    tied: bool,
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
        let (body, watch) = self.guarded(body);
        let submission = Submission::new(Hex(self.world.bytes()));
        let (pending, entrance) = (Pending::default(), Entrance::Waits(Ticket::default()));
        let mut reading =
            Reading { intake: self, lang, watch, submission, pending, entrance, is_apart: false };
        match boundary(content_type) {
            Ok(boundary) => {
                reading.form(Multipart::new(body, boundary)).await;
                reading.settle().await;
                reading.untied();
                reading.give_receipt().await;
            }
            Err(problem) => {
                reading.submission.fail(problem);
                drain(body, &reading.watch).await;
            }
        }
        reading.submission.outcome()
    }
}

impl Reading<'_> {
    /// It is read to its end, also where nothing more of it is taken: a browser that is not heard out shows a
    /// broken connection instead of our answer, and a form that is given back has in it what was in it.
    async fn form(&mut self, mut form: Multipart<'_>) {
        loop {
            let next = form.next_field().await;
            self.watch.parsed();
            match next {
                Ok(Some(field)) => self.field(field).await,
                Ok(None) => return,
                Err(_) => return self.submission.fail(self.problem()),
            }
        }
    }

    /// Whether nothing more can be taken of this request.
    fn is_over(&self) -> bool {
        let over = [Problem::TextTooLong, Problem::TooManyFiles, Problem::Full, Problem::Internal];
        let over = self.submission.problem.is_some_and(|problem| over.contains(&problem));
        over || self.entrance.kept_out().is_some()
    }

    async fn field(&mut self, field: Field<'_>) {
        match (field.name(), field.file_name()) {
            (Some("continues"), None) => self.token(field).await,
            (Some("turn"), None) => self.turn(field).await,
            (Some("codename"), None) => self.codename(field).await,
            (Some("answerable"), None) => self.submission.wants_answers = self.ticked(field).await,
            (Some("returns"), None) => self.submission.kept.returns = self.ticked(field).await,
            (Some("pass"), None) => self.pass(field).await,
            (Some("receipt"), None) => self.submission.receipt = self.ticked(field).await,
            _ if self.is_over() => skip_field(field, &self.watch).await,
            (Some("text"), None) => self.text(field).await,
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
        let most = most.max(BLOCK_BYTES);
        let Ok((bytes, whole)) = self.collect(field, most).await else {
            return self.submission.fail(self.problem());
        };
        let Some(text) = decode(&bytes, whole) else {
            self.submission.kept.text =
                Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
            return self.submission.fail(Problem::Malformed);
        };
        if !whole || around(&text).chars().count() as u64 > limit {
            self.submission.kept.text = text;
            return self.submission.fail(Problem::TextTooLong);
        }
        // Our form has one such field; what another program sends as a second is a part too.
        if !payamgir_text::is_blank(&text) {
            self.settle().await;
            self.pending.text = Some(text);
        }
    }

    async fn codename(&mut self, field: Field<'_>) {
        if let Ok((typed, true)) = self.collect(field, CODENAME_BYTES).await {
            let typed = Zeroizing::new(String::from_utf8_lossy(&typed).into_owned());
            self.submission.kept.codename = Codename::read(&typed).ok();
            self.pending.codename = typed;
        }
    }

    async fn pass(&mut self, field: Field<'_>) {
        let typed = short(field, &self.watch).await;
        self.entrance.bring(|ticket| ticket.pass = Typed::read(&typed));
        self.submission.kept.pass = typed;
    }

    async fn turn(&mut self, field: Field<'_>) {
        let turn = short(field, &self.watch).await;
        self.entrance.bring(|ticket| ticket.turn = Some(turn.to_string()));
    }

    async fn is_let_in(&mut self) -> bool {
        self.entrance.enter(self.intake).await;
        if let Some(kept_out) = self.entrance.kept_out() {
            self.submission.fail(kept_out.why);
            self.submission.kept.turn = (kept_out.turn.clone(), kept_out.wait);
        }
        self.entrance.kept_out().is_none()
    }

    async fn ticked(&self, field: Field<'_>) -> bool {
        let read = self.collect(field, 1).await;
        read.is_ok_and(|(value, whole)| whole && *value == b"1"[..])
    }

    /// Finds where answers go, if its source asked for that: only once there is something to be answered.
    async fn tie(&mut self) {
        if self.submission.wants_answers && !std::mem::replace(&mut self.pending.tied, true) {
            self.pending.dropbox = self.grow().await;
        }
    }

    /// Seals the text that waited.
    async fn settle(&mut self) {
        let Some(text) = self.pending.text.take() else { return };
        if !self.is_let_in().await {
            self.submission.kept.text = text;
            return;
        }
        let Some(admitted) = self.entrance.enter(self.intake).await else { return };
        match self.intake.blocks(&text, admitted).await {
            // One text is what was let in; whoever sends more of them pays for each.
            None if !self.intake.takes_more(admitted).await => {
                self.submission.kept.text = text;
                self.no_more();
            }
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
            self.submission.kept.text = text;
            return match problem {
                Problem::Busy => self.no_more(),
                other => self.submission.fail(other),
            };
        }
        self.submission.text = true;
        self.submission.records.extend(&tally.records);
        if payamgir_text::is_blank(&words) {
            self.is_apart = self.submission.wants_answers;
            return;
        }
        // They are not known as a block is, so they are paid for.
        let paid = match self.entrance.enter(self.intake).await {
            Some(admitted) => self.intake.takes_more(admitted).await,
            None => false,
        };
        if !paid {
            self.submission.kept.text = words;
            return self.no_more();
        }
        self.tie().await;
        self.commit_text(words).await;
    }

    /// No more is taken of who was let in.
    fn no_more(&mut self) {
        let (problem, turn) = self.intake.flood.no_more(self.intake.log.filled());
        self.submission.kept.turn = turn;
        self.submission.fail(problem);
    }

    /// Where answers would go is in nothing that was sealed: then the words are not shown as good.
    fn untied(&mut self) {
        if self.pending.dropbox.is_some() {
            self.submission.answerable = Answerable::No;
        }
        if self.is_apart && !self.pending.tied {
            self.submission.answerable = Answerable::Apart;
        }
    }

    /// Words that cannot be read, or have no turn, hold nothing back: it is said on the page.
    async fn grow(&mut self) -> Option<payamgir_wire::Dropbox> {
        let Ok(codename) = Codename::read(&self.pending.codename) else {
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
                self.submission.kept.text = text;
                self.submission.fail(problem);
            }
        }
    }

    async fn commit_pieces(&mut self, text: &str) -> Result<(), Problem> {
        for piece in text_parts(text) {
            let entry = self.entry_of(Part::Text(Zeroizing::new(piece.to_owned())));
            let record = self.intake.append(entry, vec![]).await?;
            self.submission.records.push(record);
        }
        Ok(())
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

    fn entry_of(&mut self, part: Part) -> Entry {
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

/// A text without what somebody sealed in it.
fn around(text: &str) -> String {
    let (mut words, mut rest) = (String::new(), text);
    while let Some(found) = payamgir_wire::piece::find(rest) {
        words.push_str(found.before);
        rest = found.after;
    }
    words + rest
}
