//! What people do with sealed files on their own machines: a source seals one, anybody hands it in.
//!
//! Holds a desk's public key and nothing that opens: who carries a file learns no more of it than its
//! length. Clock and randomness are arguments.

mod hand_in;
mod key;
mod receipts;
mod seal;
mod work;

pub use hand_in::{Failure, Pieces, Server, Told, fetch, fetch_key, hand_in};
pub use key::{Key, NotAKey, fingerprint};
pub use receipts::{Given, Proved, log_key, prove, receipt};
pub use seal::{NotSealed, Submission, seal, seal_block};
