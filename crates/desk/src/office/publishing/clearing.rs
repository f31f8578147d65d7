//! What was hidden of sources' words is in nothing that is published.

use std::collections::{BTreeMap, BTreeSet};

use payamgir_bulletin::Cleared;
use payamgir_redact::{Hidden, Leak, Span};
use payamgir_wire::edition::{Edition, Item};
use payamgir_work::{Id, Redaction};

use super::state::Issue;
use super::{NotPrepared, Office};
use crate::store::StoreError;

/// Where something hidden stands.
pub type NotClear = Leak;

/// The editions and items of an issue, cleared.
type Clear = (Vec<(Id, Cleared<Edition>)>, BTreeMap<Id, Cleared<Item>>);

impl Office {
    /// What was hidden of the conversations' texts. They are named by their keys.
    pub fn hidden_of<'c>(
        &self,
        keys: impl IntoIterator<Item = &'c u64>,
    ) -> Result<Hidden, StoreError> {
        let mut hidden = Hidden::default();
        let work = self.work();
        for key in keys {
            for record in self.texts_of(*key) {
                let Some(redaction) = work.redaction(record) else { continue };
                if let Some(text) = self.text(record)? {
                    // Spans that do not fit the text hide nothing anywhere.
                    let _ = hidden.add(&text, &spans(redaction));
                }
            }
        }
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

    /// An item as it is being written, if nothing hidden of those conversations stands in it. They are
    /// named by their keys.
    pub fn clear_item(&self, item: Item, on: &[u64]) -> Result<Cleared<Item>, NotPrepared> {
        let hidden = self.hidden_of(on).map_err(NotPrepared::Store)?;
        hidden.clear(item).map_err(|leak| NotPrepared::NotClear(None, leak))
    }

    /// What is to be published, cleared: each item of what was hidden of its own sources and of those of
    /// what it translates, the edition's own words of all of them. What was published before in the
    /// same words is out already.
    pub(super) fn clear(&self, issue: &Issue) -> Result<Clear, NotPrepared> {
        let mut items = BTreeMap::new();
        let mut all: BTreeSet<u64> = BTreeSet::new();
        for (id, entry) in &issue.items {
            let original = entry.body.translates.and_then(|of| issue.items.get(&of));
            let keys = entry.on.iter().chain(original.iter().flat_map(|of| of.on.iter()));
            let keys: BTreeSet<u64> = keys.copied().filter(|_| !entry.old).collect();
            let hidden = self.hidden_of(&keys).map_err(NotPrepared::Store)?;
            let cleared = hidden.clear((*entry.body).clone());
            items.insert(*id, cleared.map_err(|leak| NotPrepared::NotClear(Some(*id), leak))?);
            all.extend(keys);
        }
        let hidden = self.hidden_of(&all).map_err(NotPrepared::Store)?;
        let mut editions = vec![];
        for (id, edition) in &issue.editions {
            let own = if *id == issue.new { &hidden } else { &Hidden::default() };
            let cleared = own.clear((**edition).clone());
            editions.push((*id, cleared.map_err(|leak| NotPrepared::NotClear(None, leak))?));
        }
        Ok((editions, items))
    }
}

fn spans(redaction: &Redaction) -> Vec<Span> {
    redaction.spans.iter().map(|(start, end)| Span { start: *start, end: *end }).collect()
}
