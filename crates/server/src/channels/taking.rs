//! Taking one event: sealed, committed, and only then noted as taken.
//!
//! The parts of an event are named alike each time it is taken: their submission by a keyed hash of
//! what the platform calls it, their places by a count of which some are put aside before the first is in
//! the log. So a crash between the log and the ledger makes parts that the desk knows to be the same,
//! and a crash before the log makes none; what was told to the platform is in both.

use std::sync::PoisonError;

use payamgir_address::{Address, Mark};
use payamgir_channels::{Came, File, Item, Kind, Words, lost, signal, too_large};
use payamgir_log::{Log, PendingBlob};
use payamgir_text::lang::Lang;
use payamgir_wire::entry::text_parts;
use payamgir_wire::hex::Hex;
use payamgir_wire::piece::{self, Head};
use payamgir_wire::{Attachment, Entry, Origin, Part};
use zeroize::Zeroizing;

use super::fetch::{self, Fetched, Files, NotFetched, NotSealed};
use super::health::Trouble;
use super::jobs::Job;
use super::line::Line;
use super::names::{self, contents, group, known, person, tag_of, under, unique};
use super::outbox::{Greeting, Task};
use crate::desk::Desk;
use crate::sealed;

/// How often an event is asked for again because a file of it does not come.
const TRIES: u32 = 5;
/// Events whose tries are counted at once.
const TRIED: usize = 256;
/// Most bytes that are kept as they came inside an entry; more become a file.
const RAW_BYTES: usize = 36 * 1024;

/// Why an event was not taken: its platform must not be told that it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// The server stops.
    Closed,
    /// The log or the ledger failed.
    Storage,
    /// A file may come when it is asked for again.
    Later,
}

/// How an event's files come.
#[derive(Clone, Copy)]
pub(crate) enum Fetching<'f> {
    /// At once, before the platform is told anything.
    Now(&'f dyn Files),
    /// By a job that outlives the event: the platform does not wait.
    Later,
}

/// Takes an event. `Ok` once it is durable, whether it came for the first time or again; whether all of
/// it is sealed, and nothing of it was too large, lost or cut.
pub(crate) fn take(line: &Line, came: &Came, files: Fetching<'_>) -> Result<bool, NotTaken> {
    let mut turn = line.turn.lock().unwrap_or_else(PoisonError::into_inner);
    let (log, desk) = line.held().ok_or(NotTaken::Closed)?;
    let event = names::event(line, came);
    if line.shared.keeper.ledger.find(&event).map_err(|_| storage(line))?.is_some() {
        return Ok(false);
    }
    let event = event[0];
    let tries = turn.tries.get(&event).copied().unwrap_or(0);
    let mut taking = Taking::new(line, came, (log, desk), event)?;
    taking.last_try = tries + 1 >= TRIES;
    match taking.all(files) {
        Err(NotTaken::Later) => {
            if turn.tries.len() >= TRIED {
                turn.tries.clear();
            }
            turn.tries.insert(event, tries + 1);
            line.wrong(Trouble::File);
            Err(NotTaken::Later)
        }
        Err(error) => Err(error),
        Ok(()) => {
            turn.tries.remove(&event);
            line.health.took(line.now());
            drop(turn);
            taking.welcome();
            Ok(taking.whole)
        }
    }
}

pub(crate) fn storage(line: &Line) -> NotTaken {
    line.wrong(Trouble::Storage);
    NotTaken::Storage
}

/// One event being taken.
struct Taking<'a> {
    line: &'a Line,
    came: &'a Came,
    held: (Log, Desk),
    event: Mark,
    /// Who wrote, as one hash whatever the platform calls them.
    person: Option<Mark>,
    /// What was sent, whatever it is called.
    root: Mark,
    /// What it belongs to.
    album: Mark,
    next: u32,
    /// What was put aside for it, and for what came since, by an earlier try.
    end: Option<u32>,
    closing: Vec<&'a File>,
    origin: Option<Box<Origin>>,
    alias: Option<Words>,
    jobs: Vec<Vec<u8>>,
    noted: Vec<(Mark, u32)>,
    last_try: bool,
    refused: bool,
    whole: bool,
}

impl<'a> Taking<'a> {
    fn new(
        line: &'a Line,
        came: &'a Came,
        held: (Log, Desk),
        event: Mark,
    ) -> Result<Self, NotTaken> {
        let failed = |_| storage(line);
        let ledger = &line.shared.keeper.ledger;
        let message = names::of_source(line, came, "message", &came.message);
        let root = match ledger.root(&message).map_err(failed)? {
            Some(root) => root,
            None => known(line, message)?,
        };
        // An edit of what is not remembered stands alone: in the place of the forgotten it would be
        // taken for it.
        let forgotten = came.kind != Kind::New && ledger.find(&[root]).map_err(failed)?.is_none();
        let root = if forgotten { event } else { root };
        let album = match &came.album {
            Some(album) if !forgotten => known(line, names::of_source(line, came, "album", album))?,
            _ => root,
        };
        // Where an earlier try of the same event began, and else where its album is.
        let begun = ledger.find(&[under(&event, "begun")]).map_err(failed)?;
        let next = ledger.find(&[under(&album, "next")]).map_err(failed)?.map_or(0, |at| at.1);
        let person = person(line, came)?;
        let alias = person
            .and_then(|person| line.shared.keeper.keys().alias(&[line.key.as_bytes(), &person]));
        let origin = Some(Box::new(Origin {
            dropbox: None,
            wrote: came.wrote,
            route: route(line, came),
            sender: came.sender.clone(),
            person: person.map(|person| tag_of(&person)),
        }));
        Ok(Self {
            line,
            came,
            held,
            event,
            person,
            root,
            album,
            next: begun.map_or(next, |at| at.1),
            end: begun.map(|_| next),
            origin,
            alias,
            closing: vec![],
            jobs: vec![],
            noted: vec![],
            last_try: false,
            refused: false,
            whole: true,
        })
    }

    fn all(&mut self, files: Fetching<'_>) -> Result<(), NotTaken> {
        let now = contents(self.line, self.came);
        let before = self.place("now")?;
        let known = before.is_some_and(|before| now.contains(&before));
        let unchanged = self.came.kind == Kind::Edit && known;
        self.begin()?;
        if !unchanged {
            match self.came.kind {
                Kind::Deletion => self.deletion()?,
                _ => self.items(files)?,
            }
            self.note(self.root, "now", now[0]);
        }
        self.finish()?;
        // Only now: a try that failed looks for them again.
        if let Fetching::Now(files) = files {
            self.closing.iter().for_each(|file| files.close(file));
        }
        Ok(())
    }

    /// Puts places aside before the first part is in the log: what comes in between, while this is tried
    /// again, must not take them.
    fn begin(&mut self) -> Result<(), NotTaken> {
        if self.end.is_some() {
            return Ok(());
        }
        let end = self.next + places(self.came);
        self.end = Some(end);
        let keeper = &self.line.shared.keeper;
        let marks = [(under(&self.event, "begun"), self.next), (under(&self.album, "next"), end)];
        let noted = keeper.ledger.note(&marks, keeper.today());
        noted.map_err(|_| storage(self.line))
    }

    /// What was noted of this message under a word.
    fn place(&self, word: &str) -> Result<Option<u32>, NotTaken> {
        let found = self.line.shared.keeper.ledger.find(&[under(&self.root, word)]);
        Ok(found.map_err(|_| storage(self.line))?.map(|found| found.1))
    }

    fn note(&mut self, root: Mark, word: &str, place: u32) {
        self.noted.push((under(&root, word), place));
    }

    fn deletion(&mut self) -> Result<(), NotTaken> {
        let of = match self.came.album {
            Some(_) => self.place("text")?.or(self.place("file")?),
            None => None,
        };
        self.commit(Part::Deletion(of), None, vec![])
    }

    fn items(&mut self, files: Fetching<'_>) -> Result<(), NotTaken> {
        let edit = matches!(self.came.kind, Kind::Edit | Kind::Moved);
        let (text, file) = (self.place("text")?, self.place("file")?);
        let spoken = self.came.items.iter().any(|item| !matches!(item, Item::Note(_)));
        let came = self.came;
        let whole = self.long_text(files);
        for item in &came.items {
            match item {
                Item::File(file) if is_long_text(file) && whole.is_some() => {
                    self.closing.push(file);
                }
                // What stands around an edited text has not changed.
                Item::Note(_) if edit && spoken => {}
                Item::Text(words) | Item::Note(words) => {
                    let is_text = matches!(item, Item::Text(_)) || !spoken;
                    let words = match (&whole, item) {
                        (Some(whole), Item::Text(_)) => signal::whole(words, whole),
                        _ => words,
                    };
                    if is_text && !edit {
                        self.note(self.root, "text", self.next);
                    }
                    self.text(words, text.filter(|_| edit && is_text))?;
                }
                Item::Unreadable(raw) => self.raw(raw)?,
                Item::File(file_) => {
                    if edit && self.is_known(file_)? {
                        continue;
                    }
                    self.closing.push(file_);
                    self.note(self.root, "file", self.next);
                    self.note(self.root, &unique(file_), 0);
                    self.file(file_, file.filter(|_| edit), files)?;
                }
            }
        }
        Ok(())
    }

    /// The whole of a text of which the event holds only the beginning.
    fn long_text(&self, files: Fetching<'_>) -> Option<Zeroizing<String>> {
        let Fetching::Now(files) = files else { return None };
        self.came.text()?;
        self.came.items.iter().find_map(|item| match item {
            Item::File(file) if is_long_text(file) => files.long_text(file),
            _ => None,
        })
    }

    /// Whether an edited message only shows a file again.
    fn is_known(&self, file: &File) -> Result<bool, NotTaken> {
        Ok(self.place(&unique(file))?.is_some())
    }

    fn text(&mut self, words: &str, revises: Option<u32>) -> Result<(), NotTaken> {
        let mut rest = words;
        let mut with_blocks = false;
        while let Some(found) = piece::find(rest) {
            with_blocks = true;
            self.around(found.before, revises)?;
            let from = rest.len() - found.after.len();
            match found.pieces {
                Ok(heads) => self.brought(heads, &rest[found.before.len()..from], revises)?,
                // The desk sees what came.
                Err(_) => self.words(&rest[found.before.len()..from], revises)?,
            }
            rest = found.after;
        }
        if with_blocks { self.around(rest, revises) } else { self.words(words, revises) }
    }

    /// Words beside a block; blanks are none.
    fn around(&mut self, words: &str, revises: Option<u32>) -> Result<(), NotTaken> {
        if payamgir_text::is_blank(words) { Ok(()) } else { self.words(words, revises) }
    }

    /// What somebody sealed and sent by a messenger is kept as it is, once, whoever brings it; where it is
    /// for another desk, as words.
    fn brought(
        &mut self,
        heads: Vec<Head>,
        as_words: &str,
        revises: Option<u32>,
    ) -> Result<(), NotTaken> {
        let (log, desk) = self.held();
        if !heads.iter().all(|head| sealed::is_ours(desk, head)) {
            return self.words(as_words, revises);
        }
        for head in heads {
            let added = self.line.shared.bring(log, head);
            added.map_err(|_| storage(self.line))?;
        }
        Ok(())
    }

    fn words(&mut self, words: &str, revises: Option<u32>) -> Result<(), NotTaken> {
        for piece in text_parts(words) {
            self.commit(Part::Text(Zeroizing::new(piece.to_owned())), revises, vec![])?;
        }
        Ok(())
    }

    /// Bytes as they came; many of them as a file.
    fn raw(&mut self, raw: &Zeroizing<Vec<u8>>) -> Result<(), NotTaken> {
        if raw.len() <= RAW_BYTES {
            return self.commit(Part::Unreadable(raw.clone()), None, vec![]);
        }
        let name = Zeroizing::new("unreadable".to_owned());
        let file = File { name, ..File::default() };
        let bytes = std::io::Cursor::new(raw.clone().to_vec());
        let opened = fetch::Opened { bytes: Box::new(bytes), size: None, sha256: None };
        let fetched = fetch::seal(self.held(), &file, opened, true, &|| false);
        let fetched = fetched.map_err(|_| storage(self.line))?;
        self.attach(&file, None, fetched)
    }

    fn file(
        &mut self,
        file: &File,
        revises: Option<u32>,
        files: Fetching<'_>,
    ) -> Result<(), NotTaken> {
        let Fetching::Now(files) = files else { return self.job(file, revises) };
        let line = self.line;
        let opened = match files.open(file) {
            Ok(opened) => opened,
            Err(NotFetched::Later) if !self.last_try => return Err(NotTaken::Later),
            Err(NotFetched::TooLarge) => {
                (self.refused, self.whole) = (true, false);
                return self
                    .text(&too_large(line.shared.manner.lang, &file.name, file.size), revises);
            }
            Err(_) => return self.lost(file, revises),
        };
        match fetch::seal(self.held(), file, opened, self.last_try, &|| line.is_closed()) {
            Ok(fetched) => self.attach(file, revises, fetched)?,
            Err(NotSealed::Log) => return Err(storage(line)),
            Err(NotSealed::Broken) if line.is_closed() => return Err(NotTaken::Closed),
            Err(NotSealed::Broken) if !self.last_try => return Err(NotTaken::Later),
            Err(NotSealed::Broken) => return self.lost(file, revises),
        }
        Ok(())
    }

    fn lost(&mut self, file: &File, revises: Option<u32>) -> Result<(), NotTaken> {
        self.whole = false;
        self.line.health.note(Trouble::File, self.line.now());
        self.text(&lost(self.line.shared.manner.lang, &file.name), revises)
    }

    fn attach(
        &mut self,
        file: &File,
        revises: Option<u32>,
        fetched: Fetched,
    ) -> Result<(), NotTaken> {
        self.whole &= !fetched.cut;
        let part = attachment(file, &fetched);
        self.commit(part, revises, vec![fetched.blob])
    }

    /// Leaves a file to a job, in the place that it will have.
    fn job(&mut self, file: &File, revises: Option<u32>) -> Result<(), NotTaken> {
        let entry = self.entry(Part::Unknown, revises);
        self.next += 1;
        let job = Job::new(&entry, file, self.line.now());
        let keys = self.line.shared.keeper.keys();
        let random = &self.line.shared.world.random;
        let sealed = keys.seal_job(&job.encode(&self.line.key), |bytes| random(bytes));
        self.jobs.push(sealed.ok_or(NotTaken::Storage)?);
        Ok(())
    }

    fn entry(&self, part: Part, revises: Option<u32>) -> Entry {
        Entry {
            group: group(&self.album),
            index: self.next,
            arrived: self.line.now(),
            channel: self.line.channel,
            language: self.lang().code().to_owned(),
            alias: self.alias.clone(),
            revises,
            origin: self.origin.clone(),
            part,
        }
    }

    fn commit(
        &mut self,
        part: Part,
        revises: Option<u32>,
        blobs: Vec<PendingBlob>,
    ) -> Result<(), NotTaken> {
        let entry = self.entry(part, revises);
        let appended = self.line.shared.append(self.held(), entry, blobs);
        appended.map_err(|_| storage(self.line))?;
        self.next += 1;
        Ok(())
    }

    fn held(&self) -> (&Log, &Desk) {
        (&self.held.0, &self.held.1)
    }

    /// All of it is in the log: from here on it is known when it comes again.
    fn finish(&mut self) -> Result<(), NotTaken> {
        let keeper = &self.line.shared.keeper;
        // Where nothing came in between, what was put aside and not needed is given back.
        let aside = keeper.ledger.find(&[under(&self.album, "next")]);
        let aside = aside.map_err(|_| storage(self.line))?.map_or(0, |at| at.1);
        if Some(aside) == self.end || aside < self.next {
            self.noted.push((under(&self.album, "next"), self.next));
        }
        self.noted.push((self.event, 0));
        self.noted.push((self.root, 0));
        self.noted.push((self.album, 0));
        let day = keeper.today();
        let mut others = vec![];
        if let Some(event) = &self.came.event {
            others.push(names::of_source(self.line, self.came, "message", event)[0]);
        }
        let kept = keeper.ledger.keep(&self.jobs, &self.noted, (&others, &self.root), day);
        kept.map_err(|_| storage(self.line))
    }

    /// The first answer to somebody, once; and word of a file that does not come this way.
    fn welcome(&self) {
        let (Some(to), Some(person)) = (&self.came.who, &self.person) else { return };
        let keeper = &self.line.shared.keeper;
        let lang = self.lang();
        let about = Some(self.came.message.clone());
        let told = || under(person, &format!("too large {}", keeper.today()));
        // Once a day: somebody could otherwise have this account do nothing else.
        if self.refused && keeper.ledger.first(&told(), keeper.today()).unwrap_or(false) {
            let (to, about) = (to.clone(), about.clone());
            self.line.give(Task::Greet(Greeting { to, about, lang, too_large: true }));
        }
        if !self.came.spoken || self.line.shared.greeting(lang).is_none() {
            return;
        }
        let mark = under(person, "greeted");
        if keeper.ledger.first(&mark, keeper.today()).unwrap_or(false) {
            self.line.give(Task::Greet(Greeting { to: to.clone(), about, lang, too_large: false }));
        }
    }

    /// The language a source is spoken to in: of their words, else of their program, else the desk's.
    fn lang(&self) -> Lang {
        let own = self.line.shared.manner.lang;
        self.came.text().and_then(spoken).or(self.came.lang).unwrap_or(own)
    }
}

/// The part that a fetched file is.
pub(crate) fn attachment(file: &File, fetched: &Fetched) -> Part {
    Part::Attachment(Attachment {
        blob: Hex(fetched.blob.blob().hash.0),
        size: fetched.size,
        media_type: file.media_type.clone(),
        name: file.name.clone(),
        cut: fetched.cut,
    })
}

/// The language of words, by their letters.
fn spoken(text: &str) -> Option<Lang> {
    let count = |fits: fn(char) -> bool| text.chars().filter(|c| fits(*c)).count();
    let persian = count(|c| matches!(c, '\u{600}'..='\u{6ff}') && c.is_alphabetic());
    let latin = count(|c| c.is_ascii_alphabetic());
    match (persian, latin) {
        (0, 0) => None,
        (persian, latin) => Some(if persian >= latin { Lang::Fa } else { Lang::En }),
    }
}

fn route(line: &Line, came: &Came) -> Option<Words> {
    // What nobody said just now says nothing of how long they can be answered.
    came.spoken.then_some(())?;
    let address = Address {
        account: Zeroizing::new(line.key.clone()),
        to: came.who.clone()?,
        about: Some(came.message.clone()),
        wrote: came.wrote.unwrap_or_else(|| line.now()),
    };
    let random = &line.shared.world.random;
    line.shared.keeper.keys().seal(&address, |bytes| random(bytes))
}

fn is_long_text(file: &File) -> bool {
    &**file.media_type == signal::LONG_TEXT
}

/// How many places an event takes, as far as that is known before its files are.
fn places(came: &Came) -> u32 {
    let of = |item: &Item| match item {
        Item::Text(words) | Item::Note(words) => text_parts(words).count() as u32,
        // A text of a mebibyte, in pieces.
        Item::File(file) if is_long_text(file) => 32,
        Item::File(_) | Item::Unreadable(_) => 1,
    };
    came.items.iter().map(of).sum::<u32>().max(1)
}
