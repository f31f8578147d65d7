//! Joining the log's parts into submissions.

use std::collections::BTreeMap;

use payamgir_log::{Error, Reader};
use payamgir_open::Keyring;
use payamgir_wire::{Entry, Group, Part};

use crate::opening::{Opened, Trouble, open_all};
use crate::store::is_messenger;

/// The parts of one submission, in their order.
pub struct Submission {
    /// The index of its first record in the log: its number for the editor.
    pub number: u64,
    /// The parts and the record each is in.
    pub parts: Vec<(u64, Entry)>,
}

/// Everything that was opened, joined.
#[derive(Default)]
pub struct Library {
    /// In the order in which they first appear in the log.
    pub submissions: Vec<Submission>,
    /// Records that cannot be read.
    pub troubles: Vec<(u64, Trouble)>,
}

impl Library {
    /// Opens and joins all records up to `size`.
    pub fn read(
        reader: &mut Reader,
        keys: &Keyring,
        size: u64,
        threads: usize,
    ) -> Result<Self, Error> {
        let mut library = Self::default();
        let mut places: BTreeMap<Group, usize> = BTreeMap::new();
        open_all(reader, keys, (0, size), threads, |item| match item.opened {
            Opened::Part(Entry { part: Part::Outcome(_) | Part::Kept(_), .. }) => {}
            Opened::Part(entry) => library.add(item.index, entry, &mut places),
            Opened::Trouble(trouble) => library.troubles.push((item.index, trouble)),
            Opened::Other => {}
        })?;
        for submission in &mut library.submissions {
            submission.parts.sort_by_key(|(index, entry)| (entry.index, *index));
        }
        Ok(library)
    }

    /// The submission that holds record `index`.
    pub fn find(&self, index: u64) -> Option<&Submission> {
        let holds = |s: &&Submission| s.parts.iter().any(|(record, _)| *record == index);
        self.submissions.iter().find(holds)
    }

    fn add(&mut self, index: u64, entry: Entry, places: &mut BTreeMap<Group, usize>) {
        let place = *places.entry(entry.group).or_insert_with(|| {
            self.submissions.push(Submission { number: index, parts: vec![] });
            self.submissions.len() - 1
        });
        let known = &self.submissions[place].parts;
        if is_messenger(entry.channel) && known.iter().any(|(_, part)| is_again(part, &entry)) {
            return;
        }
        self.submissions[place].parts.push((index, entry));
    }
}

/// Whether a messenger delivered a part twice: the server names the parts of one event the same.
fn is_again(known: &Entry, entry: &Entry) -> bool {
    (known.channel, known.index, known.revises) == (entry.channel, entry.index, entry.revises)
}
