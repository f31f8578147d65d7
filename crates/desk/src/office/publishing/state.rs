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
    /// The edition as it was published last.
    before: Option<Arc<Edition>>,
    /// Its items then, as they were published.
    items_before: BTreeMap<Id, Arc<Item>>,
    /// The languages of the bulletin then.
    spoken_before: Vec<String>,
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
            before: None,
            items_before: BTreeMap::new(),
            spoken_before: vec![],
        };
        for proposal in &chain {
            this.take(publishing, &proposal.release)?;
        }
        this.items.values_mut().for_each(|entry| entry.old = true);
        if let Some(last) = chain.last() {
            let bulletin = publishing.bulletin().version(&last.release.bulletin)?;
            let langs = bulletin.body.spoken.iter().map(|spoken| spoken.lang.clone());
            this.spoken_before = langs.collect();
        }
        this.before = this.edition(&release.edition).cloned();
        let before = this.before.iter().flat_map(|edition| &edition.items);
        let body = |id: &Id| Some((*id, this.items.get(id)?.body.clone()));
        this.items_before = before.filter_map(body).collect();
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

    /// Whether what was published is kept: every item stays where it was, if only as the word that it was
    /// withdrawn; what it says otherwise comes with a note; and no translation outlives its original.
    pub(super) fn check(&self) -> Result<(), NotPrepared> {
        let now = self.edition(&self.new).ok_or(NotPrepared::NoSuchThing)?;
        let moved = self.before.as_ref().is_some_and(|before| before.slug != now.slug);
        let spoken = |lang: &String| self.bulletin.spoken.iter().any(|own| own.lang == *lang);
        if moved || !self.spoken_before.iter().all(spoken) {
            return Err(NotPrepared::Moved(None));
        }
        for (id, before) in &self.items_before {
            match self.items.get(id).filter(|_| now.items.contains(id)) {
                None => return Err(NotPrepared::Vanished(*id)),
                Some(entry) => check_kept(*id, before, &entry.body)?,
            }
        }
        self.check_translations()
    }

    fn check_translations(&self) -> Result<(), NotPrepared> {
        let gone = |id: &Id| self.items.get(id).is_some_and(|item| item.body.withdrawn.is_some());
        let stands = |(id, entry): (&Id, &Entry)| {
            let of_gone = entry.body.translates.as_ref().is_some_and(gone);
            (of_gone && entry.body.withdrawn.is_none()).then_some(*id)
        };
        self.items.iter().find_map(stands).map_or(Ok(()), |id| Err(NotPrepared::Standing(id)))
    }
}

/// Whether an item is where it was, and says what it said or that it says something else.
fn check_kept(id: Id, before: &Item, now: &Item) -> Result<(), NotPrepared> {
    if (&before.slug, &before.lang) != (&now.slug, &now.lang) {
        return Err(NotPrepared::Moved(Some(id)));
    }
    // What was noted once stays as it was noted; of what is withdrawn the reason is the note.
    let kept = now.corrections.starts_with(&before.corrections);
    let noted = kept && now.corrections.len() > before.corrections.len();
    let same = kept && said(before) == said(now);
    let gone = now.withdrawn.is_some() && (before.withdrawn.is_none() || same);
    if same || noted || gone { Ok(()) } else { Err(NotPrepared::Silent(id)) }
}

/// What an item says to a reader, but for its notes and what it is linked to.
fn said(item: &Item) -> Item {
    Item { corrections: vec![], translates: None, answers: vec![], ..item.clone() }
}
