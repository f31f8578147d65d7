//! Sizes both halves agree on. Changing one is a new format version.

/// Most bytes of JSON in one entry. Sealed, it stays under the log's 64 KiB for inline bodies.
pub const ENTRY_JSON_BYTES: usize = 56 * 1024;
/// Most bytes the text of one text part takes inside JSON; longer texts become several parts.
pub const TEXT_JSON_BYTES: usize = 48 * 1024;
/// Most bytes of a file name kept in an entry; the end of a longer one is kept.
pub const FILE_NAME_BYTES: usize = 1024;
/// Most bytes of a media type kept in an entry.
pub const MEDIA_TYPE_BYTES: usize = 255;
/// Most bytes of an alias; an entry's longer one is passed over.
pub const ALIAS_BYTES: usize = 128;
/// Most bytes of a return address as an entry carries it; an entry's longer one is passed over.
pub const ROUTE_BYTES: usize = 1024;
/// Most bytes of what a platform calls a source; an entry's longer one is passed over.
pub const SENDER_BYTES: usize = 512;
/// Most bytes of the word for why a reply failed; an entry's longer one is passed over.
pub const REASON_BYTES: usize = 64;
/// Most characters of a reply's words.
pub const REPLY_CHARS: usize = 20_000;
/// Most bytes of a reply as it is handed to the server, its file among them.
pub const REPLY_BYTES: usize = 16 << 20;
/// Bytes of one sealed piece of an answer to a codename: all have this size.
pub const DROPBOX_ANSWER_BYTES: usize = 8192;
/// Most bytes the words of one such piece take inside JSON.
pub const DROPBOX_ANSWER_JSON_BYTES: usize = 6000;
/// Most pieces of one reply to a codename.
pub const DROPBOX_ANSWER_PIECES: usize = 24;
/// Most bytes of a sealed block of text as somebody pastes it.
pub const BLOCK_BYTES: usize = 256 * 1024;
/// Most parts in one submission.
pub const PARTS: u32 = 10_000;
/// Most bytes of one record in a sync stream.
pub const RECORD_BYTES: usize = 1024;
/// Most bytes of one body in a sync stream.
pub const BODY_BYTES: usize = 64 * 1024;
/// Most bytes of an armoured block's text.
pub const ARMOR_BYTES: usize = 96 * 1024;
/// Most bytes of records a desk adds to the log in one request.
pub const APPEND_BYTES: usize = 512 * 1024;
/// Bytes of a newcomer's answer to an invitation (docs/FORMAT.md §12).
pub const ANSWER_BYTES: usize = 1448;
/// Most bytes of what a member leaves for the recovery kit.
pub const DEPOSIT_BYTES: usize = 64 * 1024;
/// Most bytes of a member's sealed word about what it is at.
pub const PRESENCE_BYTES: usize = 8 * 1024;
/// Seconds a signed request may differ from the server's clock.
pub const CLOCK_SKEW_SECONDS: u64 = 300;
