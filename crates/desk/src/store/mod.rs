//! What the desk has opened, kept sealed beside its copy of the log.
//!
//! The log is the truth; this is what reading it costs, paid once. Records are kept in *segments*
//! of [`SEGMENT`]: the opened parts and events, a table of what the lists show, and an index of
//! their words. A segment is written once, as an age file to a key that lies in the keyring, and
//! never changed; the newest records, too few for a segment, are opened anew at each unlocking and
//! held in memory in *blocks* of the same form. A segment that is missing, damaged or of another
//! form is made again from the log: nothing here can be lost, and after a crash there is a whole
//! segment or none (docs/adr/0009-desk-store.md).

mod build;
mod bytes;
mod catalog;
mod held;
mod index;
mod search;
mod segment;
mod sketch;
mod vault;
mod whole;

pub(crate) use catalog::is_messenger;
pub use catalog::{Catalog, Conversation, Part, Submission, Twins};
pub(crate) use held::called;
pub use held::{Class, Held, Meta, Spoken};
pub use search::{Found, Hit, Search};
pub use vault::{StoreError, Vault};
pub use whole::{Maker, Progress, Store};

/// Records of one segment.
pub const SEGMENT: u64 = 8192;
/// Records of one block in memory.
pub const BLOCK: u64 = 512;
