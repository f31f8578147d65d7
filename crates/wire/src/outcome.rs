//! What became of a reply, as the server tells the desk inside a sealed entry (docs/FORMAT.md §18).

/// What became of a reply that went out by a messenger, as far as its platform says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How far it came.
    pub state: State,
    /// Why it failed or is in doubt: a word of docs/FORMAT.md §18; at most
    /// [`REASON_BYTES`](crate::limits::REASON_BYTES).
    pub reason: Option<String>,
    /// The platform's own number for why.
    pub code: Option<u32>,
}

/// How far a reply came. What a platform says later or out of order counts where it is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It may have been sent: the answer to sending it was not heard.
    Unknown,
    /// The platform took it.
    Accepted,
    /// It was not sent, or was not delivered.
    Failed,
    /// It is on the source's device.
    Delivered,
    /// It was opened.
    Read,
}

impl State {
    /// The word for it in an entry.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }

    /// A word that is not known says that something is not known.
    pub(crate) fn read(word: &str) -> Self {
        let all = [Self::Accepted, Self::Failed, Self::Delivered, Self::Read];
        all.into_iter().find(|state| state.word() == word).unwrap_or(Self::Unknown)
    }
}
