//! In which list a conversation stands.

use payamgir_roster::Key;
use payamgir_work::{Case, Stage, Work};

use crate::store::Conversation;

/// What is to be done with a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Something of it waits for an answer.
    Waiting,
    /// Nothing of it does, and it is not done with.
    Open,
    /// Put aside.
    Snoozed,
    /// Done with.
    Resolved,
    /// Out of everybody's sight.
    Quarantined,
}

/// Which conversations a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// Those that wait for an answer, the oldest first.
    #[default]
    Waiting,
    /// The asking member's open ones.
    Mine,
    /// Open ones that nobody has.
    Unassigned,
    /// Open ones.
    Open,
    /// Those put aside.
    Snoozed,
    /// Those done with.
    Resolved,
    /// Those out of sight.
    Quarantine,
    /// All.
    All,
}

impl State {
    /// Of a conversation at `now` (unix seconds).
    pub fn of(conversation: &Conversation, case: Option<&Case>, work: &Work, now: u64) -> Self {
        let Some(case) = case else { return Self::Waiting };
        if case.quarantined {
            return Self::Quarantined;
        }
        if case.is_resolved(conversation.last) {
            return Self::Resolved;
        }
        if case.is_snoozed(conversation.last, now) {
            return Self::Snoozed;
        }
        let answered = case.replies.iter().filter_map(|id| work.reply(id)).any(
            |reply| matches!(reply.stage, Stage::Queued { seen, .. } if conversation.last < seen),
        );
        if answered { Self::Open } else { Self::Waiting }
    }

    /// Whether it is neither put aside nor done with nor out of sight.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Open)
    }
}

impl Wanted {
    /// All there are, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Mine,
        Self::Unassigned,
        Self::Open,
        Self::Snoozed,
        Self::Resolved,
        Self::Quarantine,
        Self::All,
    ];

    /// The word for it in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Mine => "mine",
            Self::Unassigned => "unassigned",
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
            Self::Quarantine => "quarantine",
            Self::All => "all",
        }
    }

    /// The list of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wanted| wanted.word() == word)
    }

    /// Whether the oldest stand first.
    pub fn oldest_first(self) -> bool {
        self == Self::Waiting
    }

    /// Whether a conversation in that state, given to that member, is on this list of `me`.
    pub fn holds(self, state: State, assignee: Option<&Key>, me: &Key) -> bool {
        match self {
            Self::Waiting => state == State::Waiting,
            Self::Mine => state.is_open() && assignee == Some(me),
            Self::Unassigned => state.is_open() && assignee.is_none(),
            Self::Open => state.is_open(),
            Self::Snoozed => state == State::Snoozed,
            Self::Resolved => state == State::Resolved,
            Self::Quarantine => state == State::Quarantined,
            Self::All => true,
        }
    }
}
