//! What was hidden of sources' words is in nothing that is published.
//!
//! An item is held against all that is hidden of its own sources and of those of what it translates
//! and answers; an edition and the bulletin against those of the edition's items; and everything
//! against what tells somebody wherever it stands, of whichever source it was hidden. What was erased
//! is not here any more to be compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use payamgir_bulletin::{Cleared, letters, plain, when};
use payamgir_redact::{Hidden, Leak, Span};
use payamgir_wire::edition::{Bulletin, Day, Edition, Item};
use payamgir_work::{Id, Publishing, Redaction};

use super::state::Issue;
use super::{NotPrepared, Office, lock};
use crate::store::StoreError;

/// Where something hidden stands.
pub type NotClear = Leak;

/// What an issue publishes, cleared.
pub(super) struct Clear {
    pub(super) bulletin: Cleared<Bulletin>,
    pub(super) editions: Vec<(Id, Cleared<Edition>)>,
    pub(super) items: BTreeMap<Id, Cleared<Item>>,
}

/// What of all that is hidden at the desk tells somebody, and of which redactions.
#[derive(Default)]
pub(in crate::office) struct Telling(Option<(u64, Arc<Hidden>)>);

impl Office {
    /// What was hidden of the conversations' texts, which are named by their keys; and of all others.
    fn hidden_of(&self, keys: &BTreeSet<u64>) -> Result<Hidden, StoreError> {
        let mut hidden = Hidden::reading(plain::read).over(self.telling()?);
        let work = self.work();
        let names: Vec<String> = work.names().iter().cloned().collect();
        for key in keys {
            for record in self.texts_of(*key) {
                let Some(text) = self.text(record)? else { continue };
                let spans = work.redaction(record).map(spans).unwrap_or_default();
                // Spans that do not fit the text hide nothing anywhere.
                let _ = hidden.add(&text, &spans, &names);
            }
        }
        Ok(hidden)
    }

    /// What tells somebody of all that is hidden; gathered anew when a redaction changed.
    fn telling(&self) -> Result<Arc<Hidden>, StoreError> {
        let work = self.work();
        let now = work.redactions().map(|(record, redaction)| mark(record, redaction));
        let now = now.fold(0_u64, u64::wrapping_add);
        if let Some((then, known)) = &lock(&self.telling).0
            && *then == now
        {
            return Ok(known.clone());
        }
        let mut hidden = Hidden::reading(plain::read);
        for (record, redaction) in work.redactions() {
            if let Some(text) = self.text(record)? {
                let _ = hidden.add_telling(&text, &spans(redaction));
            }
        }
        let hidden = Arc::new(hidden);
        lock(&self.telling).0 = Some((now, hidden.clone()));
        Ok(hidden)
    }

    /// The records of a conversation's parts, older versions too.
    fn texts_of(&self, key: u64) -> Vec<u64> {
        let store = self.store();
        let catalog = store.catalog();
        let Some(conversation) = catalog.keyed(key) else { return vec![] };
        let submissions = catalog.submissions(conversation);
        submissions.flat_map(|own| catalog.parts(own)).map(|(record, _)| record).collect()
    }

    /// Something held against what is hidden of those conversations.
    fn held<T: payamgir_redact::Texts>(
        &self,
        what: T,
        (keys, days): (&BTreeSet<u64>, &[String]),
        id: Option<Id>,
    ) -> Result<Cleared<T>, NotPrepared> {
        let hidden = self.hidden_of(keys).map_err(NotPrepared::Store)?;
        // A day is no text: it stands behind the last of them.
        if let Some(day) = days.iter().find(|day| hidden.covers_day(day)) {
            let leak = Leak { text: what.texts().len(), at: 0, words: day.clone() };
            return Err(NotPrepared::NotClear(id, leak));
        }
        hidden.clear(what).map_err(|leak| NotPrepared::NotClear(id, leak))
    }

    /// An item as it is being written, if nothing hidden stands in it. Its conversations are named by
    /// their keys.
    pub fn clear_item(&self, item: Item, on: &[u64]) -> Result<Cleared<Item>, NotPrepared> {
        let work = self.work();
        let keys = sources(work.publishing(), &item, on);
        let days = item_days(&item);
        self.held(item, (&keys, &days), None)
    }

    /// An edition as it is being put together, if nothing hidden stands in its own words.
    pub fn clear_edition(&self, edition: Edition) -> Result<Cleared<Edition>, NotPrepared> {
        let work = self.work();
        let written = |id: &Id| work.publishing().written(id)?.now().cloned();
        let items = edition.items.iter().filter_map(written);
        let keys = items.flat_map(|item| sources(work.publishing(), &item.body, &item.on));
        let keys = keys.collect();
        let days = edition_days(&edition);
        self.held(edition, (&keys, &days), None)
    }

    /// A bulletin as it is being written, if nothing hidden that tells somebody stands in it.
    pub fn clear_bulletin(&self, bulletin: Bulletin) -> Result<Cleared<Bulletin>, NotPrepared> {
        self.held(bulletin, (&BTreeSet::new(), &[]), None)
    }

    /// What is to be published, cleared. What was published before in the same words is out already.
    pub(super) fn clear(
        &self,
        publishing: &Publishing,
        issue: &Issue,
    ) -> Result<Clear, NotPrepared> {
        let mut items = BTreeMap::new();
        for (id, entry) in &issue.items {
            let body = (*entry.body).clone();
            let cleared = match entry.old {
                true => open(body),
                false => {
                    let keys = sources(publishing, &entry.body, &entry.on);
                    self.held(body, (&keys, &item_days(&entry.body)), Some(*id))?
                }
            };
            items.insert(*id, cleared);
        }
        let mut editions = vec![];
        let mut own = BTreeSet::new();
        for (id, edition) in &issue.editions {
            let edition = (**edition).clone();
            if *id != issue.new {
                editions.push((*id, open(edition)));
                continue;
            }
            let entries = edition.items.iter().filter_map(|id| issue.items.get(id));
            own.extend(entries.flat_map(|entry| sources(publishing, &entry.body, &entry.on)));
            let days = edition_days(&edition);
            editions.push((*id, self.held(edition, (&own, &days), None)?));
        }
        let bulletin = self.held((*issue.bulletin).clone(), (&own, &[]), None)?;
        Ok(Clear { bulletin, editions, items })
    }
}

/// An item's days as its readers see them.
fn item_days(item: &Item) -> Vec<String> {
    item.days().map(|day| in_words(day, &item.lang)).collect()
}

/// An edition's day as its readers see it.
fn edition_days(edition: &Edition) -> Vec<String> {
    edition.headings.iter().map(|heading| in_words(&edition.day, &heading.lang)).collect()
}

/// A day in both calendars.
fn in_words(day: &Day, lang: &str) -> String {
    let when = when::when(day, letters::frame(lang));
    format!("{} ({})", when.main, when.other)
}

/// What is out already.
fn open<T: payamgir_redact::Texts>(what: T) -> Cleared<T> {
    Hidden::default().clear(what).expect("nothing is hidden")
}

/// The conversations whose words an item is made from: its own, and those of what it translates and
/// answers.
fn sources(publishing: &Publishing, item: &Item, on: &[u64]) -> BTreeSet<u64> {
    let mut keys: BTreeSet<u64> = on.iter().copied().collect();
    let mut seen = BTreeSet::new();
    let mut next: Vec<Id> = item.translates.iter().chain(&item.answers).copied().collect();
    while let Some(id) = next.pop() {
        let written = publishing.written(&id).and_then(|written| written.now());
        let Some(now) = written.filter(|_| seen.insert(id)) else { continue };
        keys.extend(now.on.iter());
        next.extend(now.body.translates.iter().chain(&now.body.answers));
    }
    keys
}

/// A redaction as a number that another has not.
fn mark(record: u64, redaction: &Redaction) -> u64 {
    let mut hasher = DefaultHasher::new();
    (record, &redaction.spans).hash(&mut hasher);
    hasher.finish()
}

fn spans(redaction: &Redaction) -> Vec<Span> {
    redaction.spans.iter().map(|(start, end)| Span { start: *start, end: *end }).collect()
}
