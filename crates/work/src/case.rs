//! What the desk did with one conversation.

use std::collections::BTreeSet;

use payamgir_roster::Key;

use crate::{Check, Id};

/// What the desk did with one conversation. A conversation nobody touched has the default one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Whose it is.
    pub assignee: Option<Key>,
    /// In their order.
    pub labels: BTreeSet<String>,
    /// How far it was checked.
    pub check: Check,
    /// Out of everybody's sight.
    pub quarantined: bool,
    /// Resolved as far as the log went then: what comes at this record or later opens it again.
    pub resolved: Option<u64>,
    /// Put aside until a moment (unix seconds), or until something comes at this record or later.
    pub snoozed: Option<(u64, u64)>,
    /// In the log's order.
    pub notes: Vec<Note>,
    /// In the order in which they were begun.
    pub replies: Vec<Id>,
    /// The places in [`crate::Work::heard`] of the events that changed it.
    pub trail: Vec<u32>,
}

/// Words for the desk itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// The event's record; `None` while it is on its way.
    pub record: Option<u64>,
    /// Who wrote it.
    pub author: Key,
    /// When, by the author's clock, in unix seconds.
    pub made: u64,
    /// The words.
    pub text: String,
}

/// What is hidden of a part's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// Who hid it.
    pub author: Key,
    /// When, by the author's clock, in unix seconds.
    pub made: u64,
    /// Starts and ends in Unicode scalar values.
    pub spans: Vec<(u32, u32)>,
}

impl Case {
    /// Whether it is resolved, when its newest part is the record `last`.
    pub fn is_resolved(&self, last: u64) -> bool {
        self.resolved.is_some_and(|cover| last < cover)
    }

    /// Whether it is put aside at `now` (unix seconds), when its newest part is the record `last`.
    pub fn is_snoozed(&self, last: u64, now: u64) -> bool {
        self.snoozed.is_some_and(|(until, cover)| last < cover && now < until)
    }
}

impl std::fmt::Debug for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Note(…)")
    }
}
