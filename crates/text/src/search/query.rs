//! What a search asks for.

/// A search as it was understood. All clauses and filters must be met.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What the words of a text must meet.
    pub clauses: Vec<Clause>,
    /// What else must be true of a submission.
    pub filters: Vec<Filter>,
    /// Operators whose value was not understood, as typed.
    pub unknown: Vec<String>,
}

/// A word or phrase asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Clause {
    /// Whether the term must not occur.
    pub negated: bool,
    /// What must occur.
    pub term: Term,
}

/// What may occur in a text.
#[derive(Clone, PartialEq, Eq)]
pub enum Term {
    /// A word by its beginning.
    Word {
        /// The folded beginning.
        start: String,
        /// This word written together with up to three words before it in the query: each, by its
        /// beginning, is as good. Written together with words after it, it already begins so.
        joined: Vec<String>,
    },
    /// Folded words one after another, whole. What stands between them in the text does not
    /// matter; one may be written in pieces, as joined forms are.
    Phrase(Vec<String>),
}

/// A condition on a submission.
#[derive(Clone, PartialEq, Eq)]
pub struct Filter {
    /// Whether the condition must not hold.
    pub negated: bool,
    /// The condition.
    pub kind: FilterKind,
}

/// A condition on a submission.
#[derive(Clone, PartialEq, Eq)]
pub enum FilterKind {
    /// It came by this channel: an English name of one word, or what was typed, folded.
    Channel(String),
    /// It has this label, as [`super::fold_word`] folds it.
    Label(String),
    /// It is in this state.
    Is(Is),
    /// It has this.
    Has(Has),
    /// It came strictly before this day, in local days from 1970-01-01.
    Before(i32),
    /// It came on this day or later, in local days from 1970-01-01.
    After(i32),
    /// Who it is from, as typed.
    From(String),
    /// Its texts' characters and its attachments' bytes are more than this together.
    Larger(u64),
    /// They are fewer than this together.
    Smaller(u64),
}

/// A state of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Is {
    /// Work on it is not done.
    Open,
    /// Work on it is done.
    Resolved,
    /// Put off until a day.
    Snoozed,
    /// Kept apart as possibly harmful.
    Quarantined,
    /// Some editor has taken it.
    Assigned,
    /// No editor has taken it.
    Unassigned,
    /// The editor who asks has taken it.
    Mine,
    /// It was answered.
    Answered,
    /// It was not answered.
    Unanswered,
    /// It is the same as another.
    Duplicate,
    /// It could not be opened.
    Unreadable,
    /// Only a part of it came.
    Cut,
    /// An editor found it to be true.
    Verified,
    /// An editor doubts it.
    Doubtful,
    /// The sender asked for its deletion.
    Deleted,
}

/// What a submission may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Has {
    /// A text.
    Text,
    /// A file of any kind.
    File,
    /// A picture.
    Image,
    /// A recording of sound.
    Audio,
    /// A recording of pictures.
    Video,
    /// A document.
    Document,
    /// A note of an editor.
    Note,
    /// A draft of an answer.
    Draft,
    /// A passage made unreadable.
    Redaction,
}

impl Query {
    /// Whether it asks for nothing, so that everything is found. What was not understood asks for
    /// nothing.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty() && self.filters.is_empty()
    }
}
