//! What a member does.

use payamgir_wire::edition::{Bulletin, Edition, Item};
use payamgir_wire::hex::{Hash, Hex};
use serde::{Deserialize, Serialize};

use crate::{Ignored, NAME, Release, SPANS, SUBJECTS, WORDS};

/// A random id.
pub type Id = Hex<16>;

/// How far what a conversation says was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// Nobody has looked.
    #[default]
    Unchecked,
    /// Somebody is at it.
    Checking,
    /// It holds.
    Confirmed,
    /// It may not hold.
    Doubtful,
    /// It does not hold.
    False,
}

/// What a member does. A conversation is named by its key (docs/FORMAT.md §14), which stays when its
/// first part is erased; a part by its record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "lowercase")]
pub enum Act {
    /// Gives conversations to a member, or to nobody.
    Assign {
        /// The conversations.
        on: Vec<u64>,
        /// The member.
        to: Option<Hex<32>>,
    },
    /// Writes for the desk itself. There is no way from here to a source.
    Note {
        /// The conversation.
        on: u64,
        /// The words.
        text: String,
    },
    /// Puts a label on, or takes it off.
    Label {
        /// The conversations.
        on: Vec<u64>,
        /// The label.
        label: String,
        /// Whether it is taken off.
        off: bool,
    },
    /// Says how far something was checked.
    Check {
        /// The conversations.
        on: Vec<u64>,
        /// How far.
        state: Check,
    },
    /// Is done with conversations, as far as the event's author saw them.
    Resolve {
        /// The conversations.
        on: Vec<u64>,
    },
    /// Takes up again.
    Reopen {
        /// The conversations.
        on: Vec<u64>,
    },
    /// Puts aside until a moment, or until something new comes.
    Snooze {
        /// The conversations.
        on: Vec<u64>,
        /// Unix seconds.
        until: u64,
    },
    /// Takes out of everybody's sight, or brings back.
    Quarantine {
        /// The conversations.
        on: Vec<u64>,
        /// Whether they are brought back.
        off: bool,
    },
    /// Hides spans of a part's text wherever it is shown to others; no span shows all again.
    Redact {
        /// The part.
        record: u64,
        /// Starts and ends, in Unicode scalar values, in order and apart.
        spans: Vec<(u32, u32)>,
    },
    /// Writes a reply, or one's own anew; earlier approvals of it are void.
    Draft {
        /// The reply.
        reply: Id,
        /// The conversation.
        on: u64,
        /// The words; none only where there is a file.
        text: String,
        /// The record of a voice or picture that goes with them, kept before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<u64>,
    },
    /// Approves a reply's very words.
    Approve {
        /// The reply.
        reply: Id,
        /// The words' hash.
        text: Hex<32>,
    },
    /// Lets a reply go out.
    Queue {
        /// The reply.
        reply: Id,
        /// The words' hash.
        text: Hex<32>,
    },
    /// Takes a reply back that has not gone out.
    Withdraw {
        /// The reply.
        reply: Id,
    },
    /// Says that records are to be erased; the approvals that do it are the roster's.
    Erase {
        /// The records.
        records: Vec<u64>,
    },
    /// Keeps words for replies to come; empty words remove them.
    Canned {
        /// Which; the event has an `id` of its own.
        #[serde(rename = "canned")]
        id: Id,
        /// The language: "fa" or "en".
        lang: String,
        /// What it is called.
        title: String,
        /// The words.
        text: String,
    },
    /// Adds a name to those that redaction looks for, or removes it.
    Hide {
        /// The name.
        name: String,
        /// Whether it is removed.
        off: bool,
    },
    /// Says what its author is called at the desk.
    Call {
        /// The name.
        name: String,
    },
    /// Writes an item, or writes it anew.
    Item {
        /// The item.
        item: Id,
        /// The conversations whose words are in it; there may be none.
        on: Vec<u64>,
        /// The version it was made from; nothing where it is new.
        base: Option<Hash>,
        /// What it says.
        body: Box<Item>,
    },
    /// Puts an edition together, or anew.
    Edition {
        /// The edition.
        edition: Id,
        /// The version it was made from; nothing where it is new.
        base: Option<Hash>,
        /// What it is.
        body: Box<Edition>,
    },
    /// Says what all editions share.
    Bulletin {
        /// The version it was made from; nothing where it is the first.
        base: Option<Hash>,
        /// What they share.
        body: Box<Bulletin>,
    },
    /// Proposes a release; what approves it is the roster's.
    Propose {
        /// What is to be released.
        body: Box<Release>,
    },
    /// Has the assembly's own channel post a text that is published.
    Post {
        /// The hash of the text file.
        file: Hash,
    },
    /// Agrees to a release, having made it anew.
    Endorse {
        /// The hash of its bytes.
        release: Hash,
    },
    /// Takes its author's proposal back: no desk agrees to it or hands it in from here on.
    Recall {
        /// The hash of its bytes.
        release: Hash,
    },
    /// Says that the server was seen to serve a release: it does not go back behind it unseen.
    Serve {
        /// The hash of its bytes.
        release: Hash,
    },
    /// Puts an item or an edition aside, or brings it back.
    Drop {
        /// Which.
        written: Id,
        /// Brings it back.
        #[serde(default)]
        off: bool,
    },
}

impl Act {
    /// The conversations it is about.
    pub fn subjects(&self) -> &[u64] {
        match self {
            Self::Assign { on, .. }
            | Self::Label { on, .. }
            | Self::Check { on, .. }
            | Self::Resolve { on }
            | Self::Reopen { on }
            | Self::Snooze { on, .. }
            | Self::Quarantine { on, .. }
            | Self::Item { on, .. } => on,
            Self::Note { on, .. } | Self::Draft { on, .. } => std::slice::from_ref(on),
            _ => &[],
        }
    }

    /// The same act about other conversations. One that is about a single conversation, or about
    /// none, takes the first of them, or stays as it is.
    #[must_use]
    pub fn with_subjects(&self, subjects: Vec<u64>) -> Self {
        let mut act = self.clone();
        match &mut act {
            Self::Assign { on, .. }
            | Self::Label { on, .. }
            | Self::Check { on, .. }
            | Self::Resolve { on }
            | Self::Reopen { on }
            | Self::Snooze { on, .. }
            | Self::Quarantine { on, .. }
            | Self::Item { on, .. } => *on = subjects,
            Self::Note { on, .. } | Self::Draft { on, .. } => {
                *on = subjects.first().copied().unwrap_or(*on);
            }
            _ => {}
        }
        act
    }

    /// The records it is about beside them.
    pub fn records(&self) -> &[u64] {
        match self {
            Self::Redact { record, .. } => std::slice::from_ref(record),
            Self::Draft { file, .. } => file.as_slice(),
            Self::Erase { records } => records,
            _ => &[],
        }
    }

    /// The word for it in the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Assign { .. } => "assign",
            Self::Note { .. } => "note",
            Self::Label { .. } => "label",
            Self::Check { .. } => "check",
            Self::Resolve { .. } => "resolve",
            Self::Reopen { .. } => "reopen",
            Self::Snooze { .. } => "snooze",
            Self::Quarantine { .. } => "quarantine",
            Self::Redact { .. } => "redact",
            Self::Draft { .. } => "draft",
            Self::Approve { .. } => "approve",
            Self::Queue { .. } => "queue",
            Self::Withdraw { .. } => "withdraw",
            Self::Erase { .. } => "erase",
            Self::Canned { .. } => "canned",
            Self::Hide { .. } => "hide",
            Self::Call { .. } => "call",
            Self::Item { .. } => "item",
            Self::Edition { .. } => "edition",
            Self::Bulletin { .. } => "bulletin",
            Self::Propose { .. } => "propose",
            Self::Endorse { .. } => "endorse",
            Self::Recall { .. } => "recall",
            Self::Serve { .. } => "serve",
            Self::Drop { .. } => "drop",
            Self::Post { .. } => "post",
        }
    }

    /// Whether its sizes are within the limits.
    pub(crate) fn check(&self) -> Result<(), Ignored> {
        let name = |text: &str| is_name(text);
        let words = |text: &str| !text.trim().is_empty() && text.chars().count() <= WORDS;
        let fits = match self {
            Self::Label { label, .. } => name(label),
            Self::Hide { name: hidden, .. } => name(hidden),
            Self::Call { name: own } => name(own),
            Self::Draft { text, file: Some(_), .. } => text.chars().count() <= WORDS,
            Self::Note { text, .. } | Self::Draft { text, .. } => words(text),
            Self::Redact { spans, .. } => are_spans(spans),
            Self::Canned { lang, title, text, .. } => {
                matches!(&**lang, "fa" | "en") && name(title) && text.chars().count() <= WORDS
            }
            Self::Erase { records } => (1..=SUBJECTS).contains(&records.len()),
            _ => true,
        };
        let any = matches!(self, Self::Item { .. });
        let some = any || self.subjects().is_empty() == self.is_about_none();
        let few = self.subjects().len() <= SUBJECTS;
        if fits && some && few { Ok(()) } else { Err(Ignored::Malformed) }
    }

    /// Whether it is of what is written to be published.
    pub(crate) fn is_publishing(&self) -> bool {
        matches!(
            self,
            Self::Item { .. }
                | Self::Edition { .. }
                | Self::Bulletin { .. }
                | Self::Propose { .. }
                | Self::Endorse { .. }
                | Self::Recall { .. }
                | Self::Serve { .. }
                | Self::Drop { .. }
                | Self::Post { .. }
        )
    }

    fn is_about_none(&self) -> bool {
        matches!(
            self,
            Self::Redact { .. }
                | Self::Approve { .. }
                | Self::Queue { .. }
                | Self::Withdraw { .. }
                | Self::Erase { .. }
                | Self::Canned { .. }
                | Self::Hide { .. }
                | Self::Call { .. }
        ) || (self.is_publishing() && !matches!(self, Self::Item { .. }))
    }
}

/// One line of something that can be seen, without spaces around it and without anything that
/// cannot: it could turn around what stands beside it, or make two names look the same. The joiners
/// are spelling.
fn is_name(text: &str) -> bool {
    let plain = text.chars().all(|c| !c.is_control() && !is_unseen(c));
    let seen = text.chars().any(char::is_alphanumeric);
    plain && seen && text.trim() == text && text.chars().count() <= NAME
}

/// Format characters but for ZWNJ and ZWJ.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
    ) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}' | '\u{115f}' | '\u{1160}' | '\u{3164}')
}

fn are_spans(spans: &[(u32, u32)]) -> bool {
    let apart = spans.windows(2).all(|pair| pair[0].1 < pair[1].0);
    apart && spans.len() <= SPANS && spans.iter().all(|(start, end)| start < end)
}

impl std::fmt::Debug for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}(…)", self.word())
    }
}
