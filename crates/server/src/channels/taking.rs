//! Taking one event: sealed, committed, and only then noted as taken.
//!
//! The parts of an event are named alike each time it is taken: their submission by a keyed hash of
//! what the platform calls it, their places by a count that is put forward only once they are all in
//! the log. So a crash between the log and the ledger makes parts that the desk knows to be the same,
//! and a crash before the log makes none; what was told to the platform is in both.

use std::sync::PoisonError;

use payamgir_address::{Address, Mark};
use payamgir_channels::{Came, File, Item, Kind, Words, lost, too_large};
use payamgir_log::{Error, Log, PendingBlob};
use payamgir_text::lang::Lang;
use payamgir_wire::entry::text_parts;
use payamgir_wire::hex::Hex;
use payamgir_wire::{Attachment, Channel, Entry, Group, Origin, Part};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::fetch::{self, Fetched, Files, NotFetched, NotSealed};
use super::health::Trouble;
use super::jobs::Job;
use super::line::Line;
use super::outbox::{Greeting, Task};
use crate::desk::Desk;

/// How often an event is asked for again because a file of it does not come.
const TRIES: u32 = 5;
/// Events whose tries are counted at once.
const TRIED: usize = 256;
/// Most bytes that are kept as they came inside an entry; more become a file.
const RAW_BYTES: usize = 36 * 1024;
/// A location that is followed is kept once in so many seconds.
const MOVED: u64 = 900;

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
    let mut taking = Taking::new(line, came, (log, desk))?;
    if line.shared.keeper.ledger.find(&taking.event).map_err(|_| storage(line))?.is_some() {
        return Ok(false);
    }
    let tries = turn.tries.get(&taking.event[0]).copied().unwrap_or(0);
    taking.last_try = tries + 1 >= TRIES;
    match taking.all(files) {
        Err(NotTaken::Later) => {
            if turn.tries.len() >= TRIED {
                turn.tries.clear();
            }
            turn.tries.insert(taking.event[0], tries + 1);
            line.wrong(Trouble::File);
            Err(NotTaken::Later)
        }
        Err(error) => Err(error),
        Ok(()) => {
            turn.tries.remove(&taking.event[0]);
            line.health.took(line.now());
            drop(turn);
            taking.welcome();
            Ok(taking.whole)
        }
    }
}

fn storage(line: &Line) -> NotTaken {
    line.wrong(Trouble::Storage);
    NotTaken::Storage
}

/// One event being taken.
struct Taking<'a> {
    line: &'a Line,
    came: &'a Came,
    held: (Log, Desk),
    event: Vec<Mark>,
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
    fn new(line: &'a Line, came: &'a Came, held: (Log, Desk)) -> Result<Self, NotTaken> {
        let failed = |_| storage(line);
        let who = came.who.as_deref().map_or("", String::as_str);
        let marks = |what: &str, pieces: &[&str]| marks(line, what, pieces);
        let ledger = &line.shared.keeper.ledger;
        let event = marks("event", &[who, &came.message, tag(came.kind), &moment(came)]);
        // Some platforms' names are their own for all sources, and a source's may change.
        let whose = if line.channel == Channel::Whatsapp { "" } else { who };
        let message = marks("message", &[whose, &came.message]);
        let root = match ledger.root(&message).map_err(failed)? {
            Some(root) => root,
            None => known(line, message)?,
        };
        // An edit of what is not remembered stands alone: in the place of the forgotten it would be
        // taken for it.
        let forgotten = came.kind != Kind::New
            && ledger.find(&[root]).map_err(failed)?.is_none()
            && ledger.find(&event).map_err(failed)?.is_none();
        let root = if forgotten { event[0] } else { root };
        let album = match &came.album {
            Some(_) if forgotten => root,
            Some(album) => known(line, marks("album", &[whose, album]))?,
            None => root,
        };
        // Where an earlier try of the same event began, and else where its album is.
        let begun = ledger.find(&[under(&event[0], "begun")]).map_err(failed)?;
        let next = ledger.find(&[under(&album, "next")]).map_err(failed)?.map_or(0, |at| at.1);
        let first = begun.map_or(next, |at| at.1);
        let again = begun.is_some();
        let person = person(line, came)?;
        let alias = person
            .and_then(|person| line.shared.keeper.keys().alias(&[line.key.as_bytes(), &person]));
        let origin = Some(Box::new(Origin {
            wrote: came.wrote,
            route: route(line, came),
            sender: came.sender.clone(),
            person: person.map(|person| tag_of(&person)),
        }));
        let (jobs, noted) = (vec![], vec![]);
        let (last_try, refused) = (false, false);
        Ok(Self {
            line,
            came,
            held,
            event,
            person,
            root,
            album,
            next: first,
            end: if again { Some(next) } else { None },
            origin,
            alias,
            closing: vec![],
            jobs,
            noted,
            last_try,
            refused,
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
        let marks =
            [(under(&self.event[0], "begun"), self.next), (under(&self.album, "next"), end)];
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
                Item::Text(words) if whole.is_some() => {
                    let words =
                        payamgir_channels::signal::whole(words, whole.as_deref().map_or("", |w| w));
                    if !edit {
                        self.note(self.root, "text", self.next);
                    }
                    self.text(words, text.filter(|_| edit))?;
                }
                Item::File(file) if is_long_text(file) && whole.is_some() => {
                    self.closing.push(file);
                }
                // What stands around an edited text has not changed.
                Item::Note(_) if edit && spoken => {}
                Item::Text(words) | Item::Note(words) => {
                    let is_text = matches!(item, Item::Text(_)) || !spoken;
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
        let held = (&self.held.0, &self.held.1);
        let fetched = fetch::seal(held, &file, opened, true, &|| false);
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
        let held = (&self.held.0, &self.held.1);
        match fetch::seal(held, file, opened, self.last_try, &|| line.is_closed()) {
            Ok(fetched) => self.attach(file, revises, fetched)?,
            Err(NotSealed::Log(error)) => return Err(self.failed(&error)),
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
        let held = (&self.held.0, &self.held.1);
        self.line.shared.append(held, entry, blobs).map_err(|error| self.failed(&error))?;
        self.next += 1;
        Ok(())
    }

    fn failed(&self, _error: &Error) -> NotTaken {
        storage(self.line)
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
        self.noted.push((self.event[0], 0));
        self.noted.push((self.root, 0));
        self.noted.push((self.album, 0));
        let day = keeper.today();
        let mut names = vec![];
        if let Some(event) = &self.came.event {
            let who = self.came.who.as_deref().map_or("", String::as_str);
            let whose = if self.line.channel == Channel::Whatsapp { "" } else { who };
            names.push(marks(self.line, "message", &[whose, event])[0]);
        }
        let kept = keeper.ledger.keep(&self.jobs, &self.noted, (&names, &self.root), day);
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

/// The marks of something of this account's, the newest key's first.
pub(crate) fn marks(line: &Line, what: &str, pieces: &[&str]) -> Vec<Mark> {
    let mut all: Vec<&[u8]> = vec![line.key.as_bytes(), what.as_bytes()];
    all.extend(pieces.iter().map(|piece| piece.as_bytes()));
    line.shared.keeper.keys().marks(&all)
}

/// What tells contents apart, the newest key's first. Under keys: of a short text nobody may find out
/// what it was by trying, once they are destroyed.
fn contents(line: &Line, came: &Came) -> Vec<u32> {
    let marks = marks(line, "contents", &[&Hex(came.digest()).to_string()]);
    marks.iter().map(|mark| u32::from_be_bytes(std::array::from_fn(|at| mark[at]))).collect()
}

/// The mark under which something was noted, or is to be.
fn known(line: &Line, marks: Vec<Mark>) -> Result<Mark, NotTaken> {
    let found = line.shared.keeper.ledger.find(&marks).map_err(|_| storage(line))?;
    Ok(marks[found.map_or(0, |(at, _)| at)])
}

/// Who wrote, as one hash, whichever of their names the platform used.
fn person(line: &Line, came: &Came) -> Result<Option<Mark>, NotTaken> {
    let Some(who) = &came.who else { return Ok(None) };
    let ledger = &line.shared.keeper.ledger;
    let failed = |_| storage(line);
    let mut names = marks(line, "person", &[who]);
    let own = names[0];
    if line.channel != Channel::Whatsapp {
        return Ok(Some(own));
    }
    // It calls one person by a number, by an id, or by both, and by either alone later on.
    let mut all = vec![own];
    if let Some(also) = &came.also {
        let other = marks(line, "person", &[also]);
        all.push(other[0]);
        names.extend(other);
    }
    let root = ledger.root(&names).map_err(failed)?.unwrap_or(own);
    ledger.rename(&all, &root, line.shared.keeper.today()).map_err(failed)?;
    Ok(Some(root))
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

/// A hash that follows from another.
fn under(root: &Mark, word: &str) -> Mark {
    Sha256::new().chain_update(root).chain_update(word).finalize().into()
}

/// What tells one person from another at the desk, where two have one alias by accident.
fn tag_of(person: &Mark) -> Hex<16> {
    let hash = under(person, "payamgir person 1");
    Hex(std::array::from_fn(|at| hash[at]))
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

/// The group of what a platform sent together. It does not follow from what the ledger shows alone:
/// it is a hash of it, and stands inside the seal only.
fn group(album: &Mark) -> Group {
    let hash = under(album, "payamgir group 1");
    Hex(std::array::from_fn(|at| hash[at]))
}

fn is_long_text(file: &File) -> bool {
    &**file.media_type == payamgir_channels::signal::LONG_TEXT
}

fn unique(file: &File) -> String {
    let name = file.unique.as_ref().unwrap_or(&file.id);
    format!("file {}", &**name)
}

fn tag(kind: Kind) -> &'static str {
    match kind {
        Kind::New => "new",
        Kind::Edit => "edit",
        Kind::Moved => "moved",
        Kind::Deletion => "deletion",
    }
}

/// What tells two changes of one message apart.
fn moment(came: &Came) -> String {
    match (came.kind, &came.event) {
        (Kind::Moved, _) => (came.wrote.unwrap_or_default() / MOVED).to_string(),
        (Kind::Edit, event) => {
            let digest = came.digest();
            let event = event.as_deref().map_or("", String::as_str);
            format!("{event} {}", Hex(digest))
        }
        (_, event) => event.as_deref().cloned().unwrap_or_default(),
    }
}
