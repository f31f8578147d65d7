//! What is published, and what would be, by the proposals that led to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use payamgir_wire::edition::{Bulletin, Edition, Item};
use payamgir_wire::hex::Hash;
use payamgir_work::{Id, Publishing, Release, Version};

use super::NotPrepared;

/// Everything that a release publishes.
pub struct Issue {
    /// What all editions share.
    pub bulletin: Arc<Bulletin>,
    /// The editions, the oldest first.
    pub editions: Vec<(Id, Arc<Edition>)>,
    /// The items.
    pub items: BTreeMap<Id, Entry>,
    /// The edition that is new or anew.
    pub new: Id,
    /// Items that the edition had when it was published last.
    before: Vec<Id>,
}

/// An item in a release.
pub struct Entry {
    /// Its version.
    pub hash: Hash,
    /// What it says.
    pub body: Arc<Item>,
    /// The conversations whose words are in it.
    pub on: Arc<Vec<u64>>,
    /// Whether this version was published before.
    pub old: bool,
}

impl Issue {
    /// What a release would publish after the one it follows; `None` where something of it is not
    /// here.
    pub fn after(publishing: &Publishing, release: &Release) -> Option<Self> {
        let chain = publishing.chain(&release.previous)?;
        let mut this = Self {
            bulletin: publishing.bulletin().version(&release.bulletin)?.body.clone(),
            editions: vec![],
            items: BTreeMap::new(),
            new: release.edition,
            before: vec![],
        };
        for proposal in chain {
            this.take(publishing, &proposal.release)?;
        }
        this.items.values_mut().for_each(|entry| entry.old = true);
        this.before = this.edition(&release.edition).map(|e| e.items.clone()).unwrap_or_default();
        this.take(publishing, release)?;
        Some(this)
    }

    /// What a release publishes, by itself and what it follows.
    pub fn at(publishing: &Publishing, release: &Hash) -> Option<Self> {
        let proposal = publishing.proposal(release)?;
        Self::after(publishing, &proposal.release)
    }

    fn edition(&self, id: &Id) -> Option<&Arc<Edition>> {
        self.editions.iter().find(|(known, _)| known == id).map(|(_, edition)| edition)
    }

    /// Takes in one release's edition, in the place of its earlier version.
    fn take(&mut self, publishing: &Publishing, release: &Release) -> Option<()> {
        let version = publishing.of_edition(&release.edition)?.version(&release.version)?;
        let edition = version.body.clone();
        for (id, hash) in edition.items.iter().zip(&release.items) {
            let Version { body, on, .. } = publishing.written(id)?.version(hash)?;
            let same = self.items.get(id).is_some_and(|known| known.hash == *hash && known.old);
            let entry = Entry { hash: *hash, body: body.clone(), on: on.clone(), old: same };
            self.items.insert(*id, entry);
        }
        match self.editions.iter_mut().find(|(known, _)| *known == release.edition) {
            Some((_, known)) => *known = edition,
            None => self.editions.push((release.edition, edition)),
        }
        Some(())
    }

    /// An item that was published stays, if only as the word that it was withdrawn.
    pub(super) fn check_vanished(&self) -> Result<(), NotPrepared> {
        let now = self.edition(&self.new).ok_or(NotPrepared::NoSuchThing)?;
        match self.before.iter().find(|id| !now.items.contains(id)) {
            Some(gone) => Err(NotPrepared::Vanished(*gone)),
            None => Ok(()),
        }
    }
}
