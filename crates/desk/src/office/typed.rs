//! What was typed and not kept: it is there again when the desk is unlocked. Sealed as all of the
//! store is, and on this machine only.

use std::collections::BTreeMap;

use super::Office;
use crate::store::StoreError;

/// The file it is in.
const FILE: &str = "typed.age";
/// Most forms of it; of more the first by name goes.
const FORMS: usize = 12;

impl Office {
    /// Keeps what stands in a form, by the form's name; durable when this returns.
    pub fn keep_typed(&self, form: &str, words: &str) -> Result<(), StoreError> {
        let mut all = self.typed();
        all.insert(form.to_owned(), words.to_owned());
        while all.len() > FORMS {
            let first = all.keys().find(|known| *known != form).cloned();
            all.remove(&first.unwrap_or_default());
        }
        self.write_typed(&all)
    }

    /// All that was typed and not kept, by the forms' names.
    pub fn typed(&self) -> BTreeMap<String, String> {
        let kept = self.store().vault().read_whole(FILE).ok().flatten();
        kept.and_then(|kept| serde_json::from_slice(&kept).ok()).unwrap_or_default()
    }

    /// A form was kept, or is not wanted any more.
    pub fn forget_typed(&self, form: &str) -> Result<(), StoreError> {
        let mut all = self.typed();
        if all.remove(form).is_some() { self.write_typed(&all) } else { Ok(()) }
    }

    fn write_typed(&self, all: &BTreeMap<String, String>) -> Result<(), StoreError> {
        let store = self.store();
        if all.is_empty() {
            return store.vault().remove(FILE);
        }
        let bytes = serde_json::to_vec(all).map_err(|_| StoreError::Form)?;
        store.vault().write(FILE, &bytes)
    }
}
