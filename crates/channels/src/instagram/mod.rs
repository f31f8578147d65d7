//! Instagram's messaging with Instagram Login: webhooks in, messages out
//! (developers.facebook.com/docs/instagram-platform).

mod hook;
mod message;
mod sending;

use serde_json::Value;

pub use hook::read;
pub use sending::{judge, refreshed, text};

use crate::kept::Names;

/// Bytes of the longest text.
pub const TEXT: usize = 1000;
/// Seconds after a source's last word in which it can be answered.
pub const WINDOW: u64 = 24 * 3600;
/// Seconds in which a person may answer, where the platform allows that to the account.
pub const HUMAN_WINDOW: u64 = 7 * 24 * 3600;

/// What says who somebody is. Names of messages hold the conversation's.
const NAMES: Names = Names {
    keys: &[
        "sender",
        "recipient",
        "from",
        "to",
        "username",
        "name",
        "full_name",
        "profile_pic",
        "user_id",
        "mid",
    ],
    ends: &[],
    own: &[],
    is: |_: &Value| false,
};
