//! The pages a source sees: plain data in, finished HTML out.
//!
//! Nothing here reads a request, a clock or a file. The pages carry no script, picture, font or foreign
//! address, so that one response is the whole page even in the strictest browser.

#![forbid(unsafe_code)]

mod carrying;
mod form;
mod language;
mod layout;
mod offline;
mod outcome;
mod receipt;
mod returning;
pub(crate) mod script;
mod sealing;
mod spliced;
#[cfg(test)]
mod tests;
mod thanks;
mod ways;
mod words;

use payamgir_dropbox::Codename;
use payamgir_text::lang::Lang;
use zeroize::Zeroizing;

use crate::sealed::Tally;

pub use carrying::carry;
pub use form::{Form, refused};
pub use language::Language;
pub use layout::STYLE;
pub use offline::{offline, offline_policy};
pub use outcome::{message, received};
pub use receipt::{Checked, receipt};
pub use returning::{Door, Reply, Visit, door, visit};
pub use sealing::sealing;
pub use thanks::Thanks;
pub use ways::Way;

/// What the pages say about the assembly and its limits; from configuration.
pub struct Site {
    /// The assembly's name in Persian.
    pub name_fa: String,
    /// The assembly's name in English.
    pub name_en: String,
    /// The languages that are offered, the first to whom asks for none of them. Not empty.
    pub languages: Vec<&'static Language>,
    /// Where "leave this page" goes.
    pub exit_url: String,
    /// The longest text, in characters.
    pub text_chars: u64,
    /// The most files one submission may carry.
    pub files: u64,
    /// The largest file, in bytes.
    pub file_bytes: u64,
    /// The most of one submission, in bytes.
    pub total_bytes: u64,
    /// Whether receipts are given.
    pub receipts: bool,
    /// The log's public key, as C2SP writes it.
    pub log_key: String,
    /// Messengers by which a source can write instead.
    pub ways: Vec<Way>,
}

/// Why a submission, or the rest of one, was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Neither text nor file.
    Empty,
    /// The text is over the limit.
    TextTooLong,
    /// More files than the limit.
    TooManyFiles,
    /// A file is over the limit.
    FileTooLarge,
    /// All of it together is over the limit.
    TooMuch,
    /// The body broke off or is not a form.
    Malformed,
    /// The body is not of the form's media type.
    WrongType,
    /// A sealed block in the text is damaged or not whole.
    DamagedBlock,
    /// A sealed block is for another desk.
    OtherDesk,
    /// The line was too slow.
    TooSlow,
    /// Too much is arriving at once.
    Busy,
    /// More comes than people send: who brings nothing is to come later.
    Flooded,
    /// The same, and the form came back before its turn.
    TooEarly,
    /// The same, and it came back again after its turn.
    Repeated,
    /// The same, and the pass that was brought cannot be read.
    MisreadPass,
    /// The same, and it is none of this server's, or was used.
    WrongPass,
    /// The storage has no room.
    Full,
    /// A fault of the server's own.
    Internal,
    /// No such page.
    NotFound,
    /// The address does not take this method.
    Method,
}

/// What became of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFate {
    /// It arrived whole and is sealed.
    Sealed,
    /// It broke off on the way.
    Cut,
    /// It is over the limit.
    TooLarge,
    /// It was never read.
    NotTaken,
}

/// Whether a submission can be answered.
pub enum Answerable {
    /// Its source did not ask for it.
    No,
    /// By these words.
    By(Codename),
    /// The words could not be read.
    Misread,
    /// It was sealed elsewhere: they are in nothing of it.
    Apart,
    /// Too many waited for their keys.
    Busy,
}

/// Whether a receipt is given.
pub enum Given {
    /// Its source did not ask for it.
    No,
    /// Its digits, only shown, and the minutes after which it can be checked at the earliest.
    Code(String, u64),
    /// It could not be.
    Failed,
}

/// What a form that is given back has in it already. Not printable: it is derived from a source.
#[derive(Default)]
pub struct Kept {
    /// What was written.
    pub text: Zeroizing<String>,
    /// The words that were offered for answers, or that its source came with.
    pub codename: Option<Codename>,
    /// Whether answers are to come by them.
    pub answerable: bool,
    /// Whether its source came with them.
    pub returns: bool,
    /// Whether a receipt is asked for.
    pub receipt: bool,
    /// A pass, as it was typed.
    pub pass: Zeroizing<String>,
    /// The token that joins what is sent to what arrived before.
    pub continues: Option<String>,
    /// By which it is let in a little later, and in how many seconds.
    pub turn: (String, u64),
}

/// What became of what a courier's form brought. Not printable: it is derived from a source.
#[derive(Default)]
pub struct Carried {
    /// Of each piece; nothing where nothing was brought.
    pub tally: Option<Tally>,
    /// A pass, as it was typed.
    pub pass: Zeroizing<String>,
    /// What was pasted, where nothing was taken of it.
    pub text: Zeroizing<String>,
    /// By which it is let in a little later, and in how many seconds.
    pub turn: (String, u64),
}

/// What arrived of one submission. Not printable: it is derived from a source.
pub struct Arrival {
    /// Whether a text arrived.
    pub text: bool,
    /// What became of each file, in the order they were sent.
    pub files: Vec<FileFate>,
    /// ASCII digits in groups, only shown.
    pub reference: String,
    /// Whether it can be answered.
    pub answerable: Answerable,
    /// Its receipt.
    pub given: Given,
    /// Why the rest did not arrive.
    pub problem: Option<Problem>,
    /// What the form had in it, for the rest.
    pub kept: Kept,
}

impl Arrival {
    /// Whether everything that was sent arrived.
    fn is_whole(&self) -> bool {
        self.problem.is_none() && self.sealed() == self.files.len()
    }

    /// How many files arrived.
    fn sealed(&self) -> usize {
        let sealed = |fate: &&FileFate| **fate == FileFate::Sealed;
        self.files.iter().filter(sealed).count()
    }
}

impl Site {
    fn name(&self, lang: &Language) -> &str {
        match lang.near {
            Lang::Fa => &self.name_fa,
            Lang::En => &self.name_en,
        }
    }

    /// `template` with this site's limits filled in.
    fn limits(&self, template: &str, lang: &Language) -> String {
        let values = [
            ("{chars}", &*lang.number(self.text_chars)),
            ("{files}", &*lang.number(self.files)),
            ("{size}", &*lang.size(self.file_bytes)),
            ("{total}", &*lang.size(self.total_bytes)),
        ];
        words::fill(template, &values)
    }
}
