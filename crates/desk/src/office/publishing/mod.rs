//! Publishing: what is written becomes an edition, is proposed, made anew by those who agree, and
//! handed to the server once enough have.
//!
//! Every desk makes the same bytes from the same versions, so an approval is of what its giver's own
//! desk made and not of what another says it is. What is published already is known by the chain of
//! proposals that led to it, which is in the log; a release of the server's that no chain leads to is
//! an alarm.

mod clearing;
mod going;
mod latest;
mod state;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use payamgir_bulletin::Engine;
use payamgir_bulletin::{Built, Known, Press, Refused, build};
use payamgir_roster::{Approval, Key, Role, Subject, approved};
use payamgir_wire::edition::Medium;
use payamgir_wire::hex::{Hash, Hex};
use payamgir_wire::release::Release as Files;
use payamgir_work::{Act, Id, Proposal, Publishing, Release};

use super::{NotDone, Office, lock};
use crate::store::StoreError;

pub use clearing::NotClear;
pub(super) use clearing::Telling;
pub use state::{Entry, Issue};

/// What the server serves, as far as this desk knows.
#[derive(Default)]
pub(super) struct Served {
    /// The release; `None` where nothing is published, or nobody has asked yet.
    release: Option<(Hash, Arc<Files>)>,
    /// Whether the server was asked.
    asked: bool,
    /// A release of the server's whose proposal was not here when it was seen first.
    wondered: Option<Hash>,
    /// The release that was seen at the last step.
    seen: Option<Hash>,
    /// When the server was seen to show less than was published, by this machine's clock.
    fell: Option<u64>,
    /// Texts that the server did not take to post when it was asked last.
    unposted: BTreeSet<Hash>,
}

/// An edition as it would be released.
pub struct Prepared {
    /// The files.
    pub built: Built,
    /// Their list.
    pub files: Files,
    /// What names it, and what it was made from.
    pub release: Release,
}

/// Why an edition could not be prepared, proposed or agreed to.
#[derive(Debug)]
pub enum NotPrepared {
    /// The desk has not heard from the server yet what is published.
    NotAsked,
    /// Nothing says what all editions share.
    NoBulletin,
    /// There is no such edition, proposal or version.
    NoSuchThing,
    /// An item that was published is not in it any more: it is withdrawn, and not left out.
    Vanished(Id),
    /// What was published would be elsewhere: an item's address or language is another, or with none
    /// named the edition's address, or a language of the bulletin is left out.
    Moved(Option<Id>),
    /// What an item that was published says is other, or its corrections are, and no new one says so.
    Silent(Id),
    /// An item stands although what it translates was withdrawn.
    Standing(Id),
    /// Something that was hidden of its sources stands in an item, or in the words of the edition or
    /// the bulletin.
    NotClear(Option<Id>, NotClear),
    /// It cannot be made.
    Refused(Refused),
    /// This desk makes other bytes of it than who proposed it.
    Other,
    /// Another release came first: it must be proposed anew.
    Stale,
    /// It is published just so.
    Same,
    /// It could not be done.
    NotDone(NotDone),
    /// The store.
    Store(StoreError),
}

impl Office {
    /// Sets the engine for paper, where this program has one.
    #[must_use]
    pub fn with_engine(mut self, engine: Option<Arc<dyn Engine + Send>>) -> Self {
        self.engine = engine;
        self
    }

    /// Counts changes of what the desk did.
    pub fn version(&self) -> u64 {
        self.work_now().1
    }

    /// What sets paper, where this program has it.
    pub fn engine(&self) -> Option<&dyn Engine> {
        self.engine.as_deref().map(|engine| engine as &dyn Engine)
    }

    /// Whether this program sets paper.
    pub fn sets_paper(&self) -> bool {
        self.engine.is_some()
    }

    /// Makes an edition as it is now written, after what is published; what is unchanged is known and
    /// not made again.
    pub fn prepare(&self, edition: Id) -> Result<Prepared, NotPrepared> {
        self.prepare_from(edition, self.known()?)
    }

    /// The same with every file of the bulletin made, to look at.
    pub fn prepare_whole(&self, edition: Id) -> Result<Prepared, NotPrepared> {
        self.prepare_from(edition, Known::default())
    }

    fn prepare_from(&self, edition: Id, known: Known) -> Result<Prepared, NotPrepared> {
        let work = self.work();
        let release = self.release_of(work.publishing(), edition)?;
        self.make(work.publishing(), release, (self.me(), &known))
    }

    /// What an edition is made from as it is now written, after what is published.
    fn release_of(&self, publishing: &Publishing, edition: Id) -> Result<Release, NotPrepared> {
        let previous = self.tip()?;
        let bulletin = publishing.bulletin().now().ok_or(NotPrepared::NoBulletin)?;
        let written = publishing.of_edition(&edition).and_then(|written| written.now());
        let written = written.ok_or(NotPrepared::NoSuchThing)?;
        let version = |id: &Id| {
            let item = publishing.written(id).and_then(|item| item.now());
            item.map(|item| item.hash).ok_or(NotPrepared::Refused(Refused::NoItem(*id)))
        };
        let items = written.body.items.iter().map(version).collect::<Result<_, _>>()?;
        Ok(Release {
            previous,
            bulletin: bulletin.hash,
            edition,
            version: written.hash,
            items,
            release: Hex([0; 32]),
        })
    }

    /// Makes anew what was proposed; [`NotPrepared::Other`] where it is not the same.
    pub fn remake(&self, proposal: &Proposal) -> Result<Prepared, NotPrepared> {
        self.remake_from(proposal, self.known()?)
    }

    /// The same with every file of the bulletin made.
    pub fn remake_whole(&self, proposal: &Proposal) -> Result<Prepared, NotPrepared> {
        self.remake_from(proposal, Known::default())
    }

    fn remake_from(&self, proposal: &Proposal, known: Known) -> Result<Prepared, NotPrepared> {
        let work = self.work();
        let by = (proposal.author, &known);
        let made = self.make(work.publishing(), proposal.release.clone(), by)?;
        let same = made.release.release == proposal.release.release;
        if same { Ok(made) } else { Err(NotPrepared::Other) }
    }

    /// Makes the files of a release of those versions.
    fn make(
        &self,
        publishing: &Publishing,
        release: Release,
        by: (Key, &Known),
    ) -> Result<Prepared, NotPrepared> {
        let issue = Issue::after(publishing, &release).ok_or(NotPrepared::NoSuchThing)?;
        issue.check()?;
        self.press(publishing, &issue, release, by)
    }

    /// The parts that the server has.
    fn known(&self) -> Result<Known, NotPrepared> {
        Ok(self.served()?.1.map(|files| Known::of(&files)).unwrap_or_default())
    }

    /// Makes the files of what is to be published.
    fn press(
        &self,
        publishing: &Publishing,
        issue: &Issue,
        release: Release,
        (author, known): (Key, &Known),
    ) -> Result<Prepared, NotPrepared> {
        let built = self.with_press((publishing, issue), known, build)?;
        let desk = self.roster().map(|roster| roster.desk()).unwrap_or_default();
        let before = publishing.chain(&release.previous).ok_or(NotPrepared::NoSuchThing)?.len();
        let after = (before as u64, release.previous);
        let files = built.release(Hex(desk), Hex(author), after);
        let release = Release { release: files.hash(), ..release };
        Ok(Prepared { built, files, release })
    }

    /// Does something with what is to be published, cleared.
    fn with_press<T>(
        &self,
        (publishing, issue): (&Publishing, &Issue),
        known: &Known,
        with: impl FnOnce(&Press<'_>) -> Result<T, Refused>,
    ) -> Result<T, NotPrepared> {
        let clear = self.clear(publishing, issue)?;
        let desk = self.roster().map(|roster| roster.desk()).unwrap_or_default();
        let media = |medium: &Medium| self.copy_of(medium);
        let press = Press {
            desk: Hex(desk),
            bulletin: &clear.bulletin,
            editions: &clear.editions,
            items: &clear.items,
            media: &media,
            engine: self.engine(),
            known,
        };
        with(&press).map_err(NotPrepared::Refused)
    }

    /// Does something with an edition as it is now written, after what is published: what is made of
    /// it for the hall, for paper.
    pub fn with_edition<T>(
        &self,
        edition: Id,
        with: impl FnOnce(&Press<'_>) -> Result<T, Refused>,
    ) -> Result<T, NotPrepared> {
        let work = self.work();
        let release = self.release_of(work.publishing(), edition)?;
        let issue = Issue::after(work.publishing(), &release).ok_or(NotPrepared::NoSuchThing)?;
        self.with_press((work.publishing(), &issue), &Known::default(), with)
    }

    /// A cleaned copy's bytes. What a source sent is none: only what the desk kept is.
    pub fn copy_of(&self, medium: &Medium) -> Option<Vec<u8>> {
        let file = self.whole_file(medium.record).ok()??;
        (*file.media_type == *medium.media_type).then(|| file.bytes.to_vec())
    }

    /// Wants what items show and is not on this machine: it is here when somebody agrees to them.
    pub(super) fn want_media(&self) {
        let work = self.work();
        let items = work.publishing().items().filter_map(|(_, item)| item.now());
        for medium in items.flat_map(|item| &item.body.media) {
            let _ = self.kept_here(medium.record);
        }
    }

    /// Proposes an edition as it is now written; gives the release's hash. The author's approval goes
    /// with the next step.
    pub fn propose(&self, edition: Id) -> Result<Hash, NotPrepared> {
        let made = self.prepare(edition)?;
        let hash = made.release.release;
        let (shows, files) = self.served()?;
        let same = |files: Arc<Files>| files.parts == made.files.parts;
        if shows == made.release.previous && files.is_some_and(same) {
            return Err(NotPrepared::Same);
        }
        let known = self.work().publishing().proposal(&hash).is_some();
        if !known {
            let act = Act::Propose { body: Box::new(made.release) };
            self.act(act).map_err(NotPrepared::NotDone)?;
        }
        self.hurry();
        Ok(hash)
    }

    /// Takes this member's own proposal back.
    pub fn recall(&self, release: Hash) -> Result<(), NotPrepared> {
        self.act(Act::Recall { release }).map_err(NotPrepared::NotDone)?;
        self.hurry();
        Ok(())
    }

    /// Agrees to what was proposed, once this desk has made the same of it.
    pub fn endorse(&self, release: Hash) -> Result<(), NotPrepared> {
        let work = self.work();
        let proposal = work.publishing().proposal(&release).ok_or(NotPrepared::NoSuchThing)?;
        let tip = self.tip()?;
        if proposal.release.previous != tip && release != tip {
            return Err(NotPrepared::Stale);
        }
        self.remake(proposal)?;
        self.act(Act::Endorse { release }).map_err(NotPrepared::NotDone)?;
        self.hurry();
        Ok(())
    }

    /// Who approved a proposal in the log, and how many must.
    pub fn approvals_of(&self, proposal: &Proposal) -> (Vec<Key>, usize) {
        let desk = self.desk();
        let Some(roster) = desk.fold.roster() else { return (vec![], 0) };
        let policy = roster.policy();
        let subject = Subject::Edition(proposal.release.release.0);
        let counts = |approval: &Approval| {
            let about = approval.subject == subject && approval.author == proposal.author;
            let own = approval.key == approval.author && !policy.author_may_approve;
            about && !own && roster.role(&approval.key) >= Some(Role::Editor)
        };
        let all = desk.fold.approvals().map(|(_, approval)| approval);
        let mut keys: Vec<Key> = all.filter(|a| counts(a)).map(|a| a.key).collect();
        keys.sort_unstable();
        keys.dedup();
        (keys, usize::from(policy.threshold))
    }

    /// Whether this member's approval of a proposal is in the log.
    pub fn has_approved(&self, proposal: &Proposal) -> bool {
        let subject = Subject::Edition(proposal.release.release.0);
        self.desk().has_approval(&self.me(), subject)
    }

    /// Whether as many as the roster then asked for approved a proposal at some time.
    fn was_approved(&self, proposal: &Proposal) -> bool {
        let release = proposal.release.release.0;
        self.desk().fold.was_approved(&release, &proposal.author)
    }

    /// Whether as many as the roster asks for now approved a proposal.
    fn is_approved(&self, proposal: &Proposal) -> bool {
        let desk = self.desk();
        let Some(roster) = desk.fold.roster() else { return false };
        let subject = Subject::Edition(proposal.release.release.0);
        let all = desk.fold.approvals().map(|(_, approval)| approval);
        approved(roster, subject, &proposal.author, all).is_ok()
    }
}

impl std::fmt::Display for NotPrepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotAsked => "the server has not been asked what is published",
            Self::NoBulletin => "nothing says what all editions share",
            Self::NoSuchThing => "there is no such edition or version",
            Self::Vanished(_) => "an item that was published is left out",
            Self::Moved(_) => "what was published would be elsewhere",
            Self::Silent(_) => "words that were published change without a note",
            Self::Standing(_) => "a translation of what was withdrawn stands",
            Self::NotClear(..) => "words that were hidden stand in it",
            Self::Refused(refused) => return refused.fmt(f),
            Self::Other => "this desk makes other bytes of it",
            Self::Stale => "another release came first",
            Self::Same => "it is published just so",
            Self::NotDone(error) => return error.fmt(f),
            Self::Store(error) => return error.fmt(f),
        })
    }
}

impl std::error::Error for NotPrepared {}
