//! Why a statement is not in force. The same bytes after the same roster give the same refusal
//! everywhere.

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not written the one way.
    Malformed,
    /// The record is there and its body is not.
    Missing,
    /// Longer than a body may be, or more members than a desk may have.
    TooLarge,
    /// Of another desk.
    OtherDesk,
    /// The desk is founded already, or not yet.
    Founding,
    /// Another statement took the place after the same predecessor.
    Forked,
    /// It follows a statement that is not in force.
    UnknownPredecessor,
    /// It is in force already, or signed again by nobody new.
    Repeated,
    /// Nobody signed it who may.
    NotAllowed,
    /// A signature does not fit.
    Signature,
    /// It speaks of a member there is not.
    NoSuchMember,
    /// It admits somebody who is or was a member.
    KnownMember,
    /// Fewer admins would be left than the threshold asks for, or the threshold asks for none.
    TooFewAdmins,
    /// No invitation of that number is open, or for another role.
    NoInvitation,
    /// It names a day before that of the statement it follows.
    Day,
    /// The invitation's last day is over.
    Expired,
    /// An epoch's or a receiving key that was used before.
    UsedKey,
}

impl Refusal {
    /// One word for it, as the desk API says it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Missing => "missing",
            Self::TooLarge => "too-large",
            Self::OtherDesk => "other-desk",
            Self::Founding => "founding",
            Self::Forked => "forked",
            Self::UnknownPredecessor => "unknown-predecessor",
            Self::Repeated => "repeated",
            Self::NotAllowed => "not-allowed",
            Self::Signature => "signature",
            Self::NoSuchMember => "no-such-member",
            Self::KnownMember => "known-member",
            Self::TooFewAdmins => "too-few-admins",
            Self::NoInvitation => "no-invitation",
            Self::Day => "day",
            Self::Expired => "expired",
            Self::UsedKey => "used-key",
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl std::error::Error for Refusal {}
