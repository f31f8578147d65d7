//! Keys of Telegram's that are about a message and not in it, and those that say who somebody is.

use serde_json::Value;

use crate::json::Look;
use crate::kept::Names;

/// What says who somebody is. A contact card is the source's own words.
pub(super) const NAMES: Names = Names {
    keys: &[
        "from",
        "chat",
        "user",
        "sender_user",
        "sender_user_name",
        "first_name",
        "last_name",
        "username",
        "phone_number",
        "forward_from",
        "forward_sender_name",
        "via_bot",
        "author_signature",
        "forward_signature",
        "reply_to_message",
        "chat_instance",
        "user_id",
        "traveler",
        "watcher",
    ],
    ends: &["_chat", "chat_id", "_user"],
    own: &["contact"],
    is: is_somebody,
};

/// Whether it is a user or a chat, by what only they have beside a number.
fn is_somebody(value: &Value) -> bool {
    let all = ["first_name", "last_name", "username", "is_bot", "title"];
    value.at("id").is_some() && all.iter().any(|key| value.at(key).is_some())
}

/// Keys of a message that are about it and not in it.
pub(super) const ABOUT: [&str; 39] = [
    "message_id",
    "from",
    "sender_chat",
    "chat",
    "date",
    "edit_date",
    "message_thread_id",
    "direct_messages_topic",
    "forward_origin",
    "forward_from",
    "forward_from_chat",
    "forward_from_message_id",
    "forward_signature",
    "forward_sender_name",
    "forward_date",
    "is_topic_message",
    "is_automatic_forward",
    "reply_to_message",
    "external_reply",
    "quote",
    "reply_to_story",
    "via_bot",
    "has_protected_content",
    "is_from_offline",
    "media_group_id",
    "author_signature",
    "entities",
    "link_preview_options",
    "reply_markup",
    "effect_id",
    "sender_boost_count",
    "sender_business_bot",
    "business_connection_id",
    "text",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    "paid_star_count",
];
