//! What is written to be published: items, editions, the bulletin around them, and what was proposed
//! to be released. Every version stays: a proposal names versions, so that what was approved can be
//! made again whatever is written later.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use payamgir_roster::Key;
use payamgir_wire::edition::{Bulletin, Edition, Item};
use payamgir_wire::hex::{Hash, Hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Id, Ignored};

/// What is written to be published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publishing {
    items: BTreeMap<Id, Written<Item>>,
    editions: BTreeMap<Id, Written<Edition>>,
    bulletin: Written<Bulletin>,
    proposals: Vec<Arc<Proposal>>,
    /// The proposals' places by their releases.
    places: BTreeMap<Hash, usize>,
    /// Text files that are to be posted, with who said so.
    posts: BTreeMap<Hash, Key>,
    /// Releases that the server was seen to serve, in the log's order.
    served: Vec<Hash>,
    /// Items and editions that were put aside.
    dropped: BTreeSet<Id>,
}

/// Something written, in its versions.
#[derive(Clone, PartialEq, Eq)]
pub struct Written<T>(Vec<Version<T>>);

/// One version of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Version<T> {
    /// What names it: a hash of what it says.
    pub hash: Hash,
    /// What it says.
    pub body: Arc<T>,
    /// The conversations whose words are in it.
    pub on: Arc<Vec<u64>>,
    /// Who wrote it.
    pub author: Key,
    /// When, by the author's clock, in unix seconds.
    pub made: u64,
}

/// What is to be released: an edition as it is to be, after another release.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The hash of the release that it follows; zeros where it is the first.
    pub previous: Hash,
    /// The bulletin's version.
    pub bulletin: Hash,
    /// The edition, new or anew.
    pub edition: Id,
    /// Its version.
    pub version: Hash,
    /// The versions of its items, in its order.
    pub items: Vec<Hash>,
    /// What is approved: the hash of the release's bytes.
    pub release: Hash,
}

/// A release that was proposed.
#[derive(Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What.
    pub release: Release,
    /// By whom.
    pub author: Key,
    /// When, by the author's clock, in unix seconds.
    pub made: u64,
    /// Who agreed after making it anew; approvals are the roster's.
    pub endorsed: BTreeSet<Key>,
    /// Whether its author took it back.
    pub recalled: bool,
}

/// Where something written comes from.
pub(crate) struct By {
    pub(crate) author: Key,
    pub(crate) made: u64,
    pub(crate) on: Vec<u64>,
}

impl<T> Default for Written<T> {
    fn default() -> Self {
        Self(vec![])
    }
}

impl<T: Serialize> Written<T> {
    /// Writes a version over the one it was made from.
    fn write(&mut self, base: Option<Hash>, body: T, by: By) -> Result<(), Ignored> {
        // Nobody's words are lost to who had not seen them.
        if self.now().map(|now| now.hash) != base {
            return Err(Ignored::Stale);
        }
        let (hash, body) = (version_hash(&body), Arc::new(body));
        let By { author, made, on } = by;
        self.0.push(Version { hash, body, on: Arc::new(on), author, made });
        Ok(())
    }
}

impl<T> Written<T> {
    /// What it says now.
    pub fn now(&self) -> Option<&Version<T>> {
        self.0.last()
    }

    /// A version by its hash.
    pub fn version(&self, hash: &Hash) -> Option<&Version<T>> {
        self.0.iter().rev().find(|version| version.hash == *hash)
    }

    /// All versions, the oldest first.
    pub fn versions(&self) -> &[Version<T>] {
        &self.0
    }
}

/// Writes a version of one of many; nothing is left of one that is refused.
fn write<T: Serialize + Clone>(
    all: &mut BTreeMap<Id, Written<T>>,
    id: Id,
    base: Option<Hash>,
    body: T,
    by: By,
) -> Result<(), Ignored> {
    match all.get_mut(&id) {
        Some(written) => written.write(base, body, by),
        None => {
            let mut written = Written::default();
            written.write(base, body, by)?;
            all.insert(id, written);
            Ok(())
        }
    }
}

/// What names a version.
pub fn version_hash(body: &impl Serialize) -> Hash {
    let json = serde_json::to_vec(body).expect("it has no map with other keys than strings");
    Hex(Sha256::new().chain_update(b"payamgir version 1\0").chain_update(json).finalize().into())
}

impl Publishing {
    pub(crate) fn item(
        &mut self,
        id: Id,
        base: Option<Hash>,
        body: Item,
        mut by: By,
    ) -> Result<(), Ignored> {
        // Whose words were once in it stays known: what is hidden of them is hidden in every version.
        if let Some(before) = self.items.get(&id).and_then(Written::now) {
            by.on.extend(before.on.iter());
            by.on.sort_unstable();
            by.on.dedup();
        }
        write(&mut self.items, id, base, body, by)
    }

    pub(crate) fn edition(
        &mut self,
        id: Id,
        base: Option<Hash>,
        body: Edition,
        by: By,
    ) -> Result<(), Ignored> {
        write(&mut self.editions, id, base, body, by)
    }

    pub(crate) fn set_bulletin(
        &mut self,
        base: Option<Hash>,
        body: Bulletin,
        by: By,
    ) -> Result<(), Ignored> {
        self.bulletin.write(base, body, by)
    }

    pub(crate) fn propose(&mut self, release: Release, by: By) -> Result<(), Ignored> {
        if self.proposal(&release.release).is_some() {
            return Err(Ignored::Repeated);
        }
        let edition = self.editions.get(&release.edition);
        let edition = edition.and_then(|edition| edition.version(&release.version));
        let edition = edition.ok_or(Ignored::NoSuchThing)?;
        let known = |(id, hash): (&Id, &Hash)| {
            self.items.get(id).is_some_and(|item| item.version(hash).is_some())
        };
        let ids = &edition.body.items;
        let all = ids.len() == release.items.len() && ids.iter().zip(&release.items).all(known);
        if !all || self.bulletin.version(&release.bulletin).is_none() {
            return Err(Ignored::NoSuchThing);
        }
        let By { author, made, .. } = by;
        let proposal =
            Proposal { release, author, made, endorsed: BTreeSet::new(), recalled: false };
        self.places.insert(proposal.release.release, self.proposals.len());
        self.proposals.push(Arc::new(proposal));
        Ok(())
    }

    pub(crate) fn endorse(&mut self, release: &Hash, by: Key) -> Result<(), Ignored> {
        let proposal = self.own(release)?;
        if proposal.recalled {
            return Err(Ignored::Stale);
        }
        if proposal.author == by || !proposal.endorsed.insert(by) {
            return Err(Ignored::Repeated);
        }
        Ok(())
    }

    pub(crate) fn recall(&mut self, release: &Hash, by: Key) -> Result<(), Ignored> {
        let proposal = self.own(release)?;
        match (proposal.author == by, proposal.recalled) {
            (false, _) => Err(Ignored::NotAllowed),
            (true, true) => Err(Ignored::Repeated),
            (true, false) => {
                proposal.recalled = true;
                Ok(())
            }
        }
    }

    pub(crate) fn post(&mut self, file: Hash, by: Key) -> Result<(), Ignored> {
        if self.posts.contains_key(&file) {
            return Err(Ignored::Repeated);
        }
        self.posts.insert(file, by);
        Ok(())
    }

    /// Notes that a release was served; it must be one that was proposed.
    pub(crate) fn serve(&mut self, release: &Hash) -> Result<(), Ignored> {
        self.proposal(release).ok_or(Ignored::NoSuchThing)?;
        if self.was_served(release) {
            return Err(Ignored::Repeated);
        }
        self.served.push(*release);
        Ok(())
    }

    /// Puts something written aside, or brings it back.
    pub(crate) fn put_aside(&mut self, written: Id, off: bool) -> Result<(), Ignored> {
        if !self.items.contains_key(&written) && !self.editions.contains_key(&written) {
            return Err(Ignored::NoSuchThing);
        }
        let changed =
            if off { self.dropped.remove(&written) } else { self.dropped.insert(written) };
        if changed { Ok(()) } else { Err(Ignored::Repeated) }
    }

    /// Whether an item or an edition was put aside.
    pub fn is_dropped(&self, written: &Id) -> bool {
        self.dropped.contains(written)
    }

    /// Whether the log says that a release was served.
    pub fn was_served(&self, release: &Hash) -> bool {
        self.served.contains(release)
    }

    /// Releases that the server was seen to serve, in the log's order.
    pub fn served(&self) -> impl Iterator<Item = &Hash> {
        self.served.iter()
    }

    /// Text files that are to be posted, with who said so.
    pub fn posts(&self) -> &BTreeMap<Hash, Key> {
        &self.posts
    }

    /// The items, in no order that means anything.
    pub fn items(&self) -> impl Iterator<Item = (&Id, &Written<Item>)> {
        self.items.iter()
    }

    /// An item.
    pub fn written(&self, id: &Id) -> Option<&Written<Item>> {
        self.items.get(id)
    }

    /// The editions, in no order that means anything.
    pub fn editions(&self) -> impl Iterator<Item = (&Id, &Written<Edition>)> {
        self.editions.iter()
    }

    /// An edition.
    pub fn of_edition(&self, id: &Id) -> Option<&Written<Edition>> {
        self.editions.get(id)
    }

    /// What all editions share.
    pub fn bulletin(&self) -> &Written<Bulletin> {
        &self.bulletin
    }

    /// What was proposed, in the log's order.
    pub fn proposals(&self) -> &[Arc<Proposal>] {
        &self.proposals
    }

    /// A proposal by its release.
    pub fn proposal(&self, release: &Hash) -> Option<&Arc<Proposal>> {
        self.proposals.get(*self.places.get(release)?)
    }

    fn own(&mut self, release: &Hash) -> Result<&mut Proposal, Ignored> {
        let found = self.places.get(release).and_then(|at| self.proposals.get_mut(*at));
        Ok(Arc::make_mut(found.ok_or(Ignored::NoSuchThing)?))
    }

    /// The proposals that led to a release, the oldest first; nothing where one of them is not here.
    pub fn chain(&self, release: &Hash) -> Option<Vec<&Arc<Proposal>>> {
        let (mut chain, mut at, mut before) = (vec![], *release, self.proposals.len());
        while at.0 != [0; 32] {
            // A proposal comes after those it follows: what does not is no chain.
            let place = self.places.get(&at).copied().filter(|place| *place < before)?;
            let proposal = &self.proposals[place];
            chain.push(proposal);
            (at, before) = (proposal.release.previous, place);
        }
        chain.reverse();
        Some(chain)
    }

    /// Whether a release came before another in its chain. Before the first there is none.
    pub fn leads(&self, first: &Hash, last: &Hash) -> bool {
        let chain = self.chain(last);
        chain.is_some_and(|chain| {
            first.0 == [0; 32] || chain.iter().any(|known| known.release.release == *first)
        })
    }
}

impl<T> std::fmt::Debug for Written<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Written({} versions)", self.0.len())
    }
}

impl std::fmt::Debug for Proposal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proposal({})", self.release.release)
    }
}

#[cfg(test)]
mod tests;
