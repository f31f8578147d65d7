//! The append-only log of opaque entries: append, checkpoint, read, prove, verify, erase.
//!
//! It does not know what an entry contains. An append is answered only after the commit that
//! holds it is durable. Nothing here stores a time: order is the only thing the log remembers.
//! Only this crate opens the log's files:
//!
//! ```text
//! log.db        records, inline bodies, full tiles, the last checkpoint (SQLite, WAL)
//! checkpoint    a copy of the last checkpoint, to notice a database that was rolled back
//! blobs/ab/…    sealed attachments, named by the SHA-256 of their bytes
//! tmp/          blobs on their way; swept when a server or a desk opens the log
//! lock          held by the one process that may sweep
//! ```

mod blobs;
mod edge;
mod erase;
mod error;
mod folder;
mod handle;
mod intake;
mod mirror;
mod note;
mod proof;
mod quota;
mod reader;
mod receipt;
mod record;
mod schema;
mod shelf;
mod verify;
mod walk;
mod writer;

pub use blobs::{BlobWriter, PendingBlob};
pub use error::Error;
pub use handle::{Log, Mode};
pub use intake::Intake;
pub use mirror::{Divergence, Fetched, Mirror};
pub use note::{Checkpoint, LogKey, Verifier};
pub use proof::{check_consistency, check_inclusion};
pub use quota::Limits;
pub use reader::{Reader, Row};
pub use receipt::{
    Code, PROOFS_BYTES, Proof, RECEIPT_RECORDS, Salt, check_receipt, note_in, write_receipt,
};
pub use record::{BlobRef, Kind, Record, content};
pub use tlog_tiles::Hash;
pub use verify::{Damage, Finding, Report, verify};
pub use writer::Appended;

/// Largest body kept inline, in bytes.
pub const BODY_BYTES: usize = 64 * 1024;
