//! What four messengers' platforms say, read into parts, and what is said to them.
//!
//! Pure: bytes in, plain data out. Nothing here knows of network, log, keys or clock; every reader
//! takes any bytes, none of them panics, and what is not understood comes back as bytes to be sealed,
//! never as an error that would be asked for again. Values that a source wrote cannot be printed and
//! are wiped when dropped.

pub mod instagram;
mod json;
mod kept;
pub mod meta;
pub mod pieces;
pub mod signal;
pub mod telegram;
mod things;
pub mod verdict;
pub mod whatsapp;

use payamgir_text::lang::Lang;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub use things::{lost, too_large};
pub use verdict::{Reason, Verdict};

/// Words, wiped when dropped.
pub type Words = Zeroizing<String>;

/// How things are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// The language in which what is no text is put into words.
    pub lang: Lang,
    /// Whether what the platform calls a source is kept, inside the seal.
    pub names: bool,
}

/// One thing that a platform said.
pub enum Heard {
    /// A source sent, changed or took back something.
    Came(Box<Came>),
    /// What became of something that was sent to a source.
    Status(Status),
    /// The platform tells of what went out, by whatever program.
    Echo(Came),
    /// Something is wrong with the account, by the platform's number.
    Trouble(u32),
    /// It concerns nobody: somebody is typing, has read.
    Nothing,
}

/// What a source sent, changed or took back.
pub struct Came {
    /// The platform's name for the source; none where that cannot be told.
    pub who: Option<Words>,
    /// Another name of the platform's for the same source.
    pub also: Option<Words>,
    /// The platform's name for what was sent: unique for its source and the account.
    pub message: Words,
    /// The platform's name for the event, where that is another: of a newer version, say. What is
    /// said later may mean it by either.
    pub event: Option<Words>,
    /// What it was sent together with.
    pub album: Option<Words>,
    /// When the source wrote it, in unix seconds.
    pub wrote: Option<u64>,
    /// The language of the source's program.
    pub lang: Option<Lang>,
    /// What the platform calls the source, where it is to be kept.
    pub sender: Option<Words>,
    /// Whether it is new.
    pub kind: Kind,
    /// What is in it, in order.
    pub items: Vec<Item>,
    /// Whether somebody waits for an answer to it: not so for what the platform alone says.
    pub spoken: bool,
}

/// Whether something is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is.
    New,
    /// It is a newer version of what has the same name.
    Edit,
    /// It is a newer place of a location that is followed: one in a while is kept.
    Moved,
    /// What has that name is taken back.
    Deletion,
}

/// One part.
#[derive(Clone, PartialEq, Eq)]
pub enum Item {
    /// Words of the source.
    Text(Words),
    /// Words for what is none: in brackets, so that nobody takes them for the source's own.
    Note(Words),
    /// A file that is fetched.
    File(File),
    /// What was not understood.
    Unreadable(Zeroizing<Vec<u8>>),
}

/// A file at the platform.
#[derive(Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct File {
    /// The platform's name for it, by which it is fetched; empty where there is only an address.
    pub id: Words,
    /// Its address, where the platform told that.
    pub url: Option<Words>,
    /// The same for the same bytes, where the platform says so.
    pub unique: Option<Words>,
    /// Bytes, as the platform says; 0 is not believed.
    pub size: Option<u64>,
    /// The media type.
    pub media_type: Words,
    /// The name its sender gave it.
    pub name: Words,
    /// Its hash, as the platform says.
    pub sha256: Option<[u8; 32]>,
}

/// What became of something that was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Status {
    /// The platform's name for it.
    pub message: Words,
    /// Whom it was sent to, where the platform's names are unique only for one source.
    pub who: Option<Words>,
    /// Our own name for it, where the platform gives that back.
    pub own: Option<Words>,
    /// How far it came.
    pub state: payamgir_wire::State,
    /// Why it failed.
    pub reason: Option<Reason>,
    /// The platform's number for why.
    pub code: Option<u32>,
}

impl Came {
    /// Something new of a source.
    pub(crate) fn new(who: Option<&str>, message: &str) -> Self {
        Self {
            who: who.map(words),
            also: None,
            message: words(message),
            event: None,
            album: None,
            wrote: None,
            lang: None,
            sender: None,
            kind: Kind::New,
            items: vec![],
            spoken: true,
        }
    }

    /// Bytes that say nothing, named by their hash: come again, they are known.
    pub fn unreadable(bytes: &[u8]) -> Self {
        let mut came = Self::new(None, &hashed(bytes));
        came.items = vec![Item::Unreadable(Zeroizing::new(bytes.to_vec()))];
        came.spoken = false;
        came
    }

    /// The same for the same contents: platforms also tell of changes that nobody sees.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for item in &self.items {
            let (tag, bytes) = match item {
                Item::Text(text) => (0u8, text.as_bytes()),
                Item::File(file) => (1, file.unique.as_ref().unwrap_or(&file.id).as_bytes()),
                Item::Unreadable(raw) => (2, &raw[..]),
                Item::Note(text) => (3, text.as_bytes()),
            };
            hash.update([tag]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        hash.finalize().into()
    }
}

/// The source's own words in it, where there are some.
impl Came {
    /// The first of its texts.
    pub fn text(&self) -> Option<&str> {
        self.items.iter().find_map(|item| match item {
            Item::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }
}

/// A name for what the platform gave none, or none that tells it apart.
pub(crate) fn hashed(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

pub(crate) fn words(text: &str) -> Words {
    Zeroizing::new(text.to_owned())
}

macro_rules! unprinted {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
unprinted!(Heard, Came, Item, File, Status);
