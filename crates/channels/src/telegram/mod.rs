//! Telegram's Bot API (version 10): updates in, calls out.

mod calls;
mod media;
mod names;
mod update;

pub use calls::{Call, answer, answered, delete, file, is_too_large, judge, path, updates};
pub use update::{Update, read, split};

/// The kinds of updates that are asked for.
pub const WANTED: [&str; 4] = ["message", "edited_message", "callback_query", "my_chat_member"];
/// Bytes of the largest file that the company's own server gives out.
pub const LARGEST: u64 = 20 << 20;
/// UTF-16 units of the longest text.
pub const TEXT: usize = 4096;
