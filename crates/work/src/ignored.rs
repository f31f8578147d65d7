//! Why an event changes nothing. The same bytes at the same place in the log give the same reason
//! at every desk.

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// It does not open with any key of the desk's, or holds no event.
    Unreadable,
    /// Not written the one way, or larger than may be.
    Malformed,
    /// Of a later version of this program.
    Unknown,
    /// Of another desk.
    OtherDesk,
    /// Its author was no member then.
    NoMember,
    /// Its author may only read.
    NotAllowed,
    /// The signature does not fit.
    Signature,
    /// It came before.
    Repeated,
    /// It speaks of what there is not.
    NoSuchThing,
    /// What it speaks of was changed before it came.
    Stale,
    /// Too few approved.
    TooFew,
    /// Its record was erased.
    Erased,
}

impl Ignored {
    /// One word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Malformed => "malformed",
            Self::Unknown => "unknown",
            Self::OtherDesk => "other-desk",
            Self::NoMember => "no-member",
            Self::NotAllowed => "not-allowed",
            Self::Signature => "signature",
            Self::Repeated => "repeated",
            Self::NoSuchThing => "no-such-thing",
            Self::Stale => "stale",
            Self::TooFew => "too-few",
            Self::Erased => "erased",
        }
    }
}

impl std::fmt::Display for Ignored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl std::error::Error for Ignored {}
