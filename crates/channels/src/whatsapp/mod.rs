//! WhatsApp's Cloud API: webhooks in, messages out (developers.facebook.com/docs/whatsapp).

mod hook;
mod message;
mod names;
mod sending;

pub use hook::read;
pub use message::hash;
pub use sending::{judge, located, media, text, uploaded};

/// Characters of the longest text.
pub const TEXT: usize = 4096;
/// Seconds after a source's last word in which it can be answered.
pub const WINDOW: u64 = 24 * 3600;
