//! What a platform's answer says of something that was to be sent.

/// What became of sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The platform took it and calls it so.
    Accepted(crate::Words),
    /// It was not sent, and will not be.
    Refused(Reason, Option<u32>),
    /// It was not sent; the platform wants to be asked again after so many seconds.
    Later(u64),
    /// The platform was not reached, so it was not sent.
    NotReached,
    /// It may have been sent.
    Unsure,
}

/// Why a reply did not arrive, or may not have: a word of docs/FORMAT.md §18.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The source closed the account to us, or has left.
    Blocked,
    /// There is no such account any more.
    Gone,
    /// The platform lets nobody answer this late.
    Window,
    /// The key of the return address was destroyed.
    KeyGone,
    /// The return address is not one of this server's.
    Address,
    /// Too long or of a form that the platform does not take.
    Form,
    /// The platform wants less.
    Rate,
    /// The account is not set up, or its token is not taken.
    Account,
    /// The platform could not be reached.
    Unreachable,
    /// The server stopped in the middle, or did not hear the answer.
    Interrupted,
    /// Something else; the platform's number says what.
    Other,
    /// The source's safety number changed.
    Identity,
    /// Some of its pieces went out and the rest did not.
    Partly,
}

impl Reason {
    /// The word in an entry.
    pub fn word(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Gone => "gone",
            Self::Window => "window",
            Self::KeyGone => "key-gone",
            Self::Address => "address",
            Self::Form => "form",
            Self::Rate => "rate",
            Self::Account => "account",
            Self::Unreachable => "unreachable",
            Self::Interrupted => "interrupted",
            Self::Other => "other",
            Self::Identity => "identity",
            Self::Partly => "partly",
        }
    }
}
