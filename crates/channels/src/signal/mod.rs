//! signal-cli's JSON-RPC over a socket: one JSON document a line (its manual, `signal-cli-jsonrpc`).

mod calls;
mod data;
mod envelope;
mod line;

use serde_json::Value;

pub use calls::{accounts, call, judge, message, version};
pub use line::{Line, Refused, read};

use crate::kept::Names;

/// Most bytes of a line: a text that long does not come, attachments are files.
pub const LINE_BYTES: usize = 16 << 20;
/// The media type under which a long text comes as a file.
pub const LONG_TEXT: &str = "text/x-signal-plain";

/// What says who somebody is. A contact card is the source's own words.
const NAMES: Names = Names {
    keys: &[
        "source",
        "author",
        "targetAuthor",
        "destination",
        "destinations",
        "sender",
        "recipient",
        "username",
        "number",
        "uuid",
        "mentions",
        "groupInfo",
        "groupId",
        "groupV2",
        "account",
    ],
    ends: &["Name", "Number", "Uuid", "Uuids", "ServiceId"],
    own: &["contacts"],
    is: |_: &Value| false,
};

/// A long text from its beginning in the event and the file that holds all of it: older daemons cut
/// the event's, newer ones give both whole.
pub fn whole<'t>(beginning: &'t str, file: &'t str) -> &'t str {
    if file.len() > beginning.len() { file } else { beginning }
}
