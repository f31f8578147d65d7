//! What is in a message.

use crate::law::Row;

pub const ROWS: [Row; 42] = [
    (
        "a text",
        r#"$S,"message":{"mid":"m","text":"hello"}"#,
        r#"new m by 9990001 at 1795300000: 'hello'"#,
    ),
    (
        "white space",
        r#"$S,"message":{"mid":"m","text":" "}"#,
        r#"new m by 9990001 at 1795300000: ' '"#,
    ),
    (
        "a text without a name",
        r#"$S,"message":{"text":"hello"}"#,
        r#"new # by 9990001 at 1795300000: 'hello'"#,
    ),
    (
        "only a name",
        r#"$S,"message":{"mid":"m"}"#,
        r#"new m by 9990001 at 1795300000: [deleted before or no longer there]"#,
    ),
    (
        "nothing",
        r#"$S,"message":{}"#,
        r#"new # by 9990001 at 1795300000: `{"message":{},"timestamp":1795300000123}`"#,
    ),
    (
        "a message that is a text",
        r#"$S,"message":"hello""#,
        r#"new # by 9990001; `{"message":"hello","timestamp":1795300000123}`"#,
    ),
    (
        "no text",
        r#"$S,"message":{"mid":"m","text":""}"#,
        r#"new m by 9990001 at 1795300000: `{"message":{"text":""},"timestamp":1795300000123}`"#,
    ),
    (
        "a text that is a number",
        r#"$S,"message":{"mid":"m","text":5}"#,
        r#"new m by 9990001 at 1795300000: `{"message":{"text":5},"timestamp":1795300000123}`"#,
    ),
    (
        "unsent",
        r#"$S,"message":{"mid":"m","is_deleted":true}"#,
        r#"gone m/m deleted by 9990001 at 1795300000;"#,
    ),
    (
        "unsent, by a number",
        r#"$S,"message":{"mid":"m","is_deleted":1}"#,
        r#"gone m/m deleted by 9990001 at 1795300000;"#,
    ),
    (
        "unsent, and it is not told what",
        r#"$S,"message":{"is_deleted":true}"#,
        r#"new # by 9990001; `{"message":{"is_deleted":true},"timestamp":1795300000123}`"#,
    ),
    (
        "not supported",
        r#"$S,"message":{"mid":"m","is_unsupported":true}"#,
        r#"new m by 9990001 at 1795300000: [something this messenger does not show]"#,
    ),
    (
        "not supported, with a text",
        r#"$S,"message":{"mid":"m","is_unsupported":true,"text":"hello"}"#,
        r#"new m by 9990001 at 1795300000: 'hello' [something this messenger does not show]"#,
    ),
    (
        "an image",
        r#"$S,"message":{"mid":"m","attachments":[{"type":"image",
            "payload":{"url":"https://x/1"}}]}"#,
        r#"new m by 9990001 at 1795300000: < https://x/1 image/jpeg>"#,
    ),
    (
        "an image of nothing",
        r#"$S,"message":{"mid":"m","attachments":[{"type":"image"}]}"#,
        r#"new m by 9990001 at 1795300000: [deleted before or no longer there: image]"#,
    ),
    (
        "all kinds",
        r#"$S,"message":{"mid":"m","attachments":[{"type":"video","payload":{"url":"u"}},
            {"type":"audio","payload":{"url":"u"}},{"type":"file",
            "payload":{"url":"u"}},{"type":"ephemeral"},{"type":"like_heart"},
            {"type":"unsupported_type"},{"type":"story_mention",
            "payload":{"url":"u"}},{"type":"ig_reel","payload":{"title":"T",
            "url":"u"}},{"type":"fallback","title":"T","url":"u"},{"type":"share"}]}"#,
        r#"new m by 9990001 at 1795300000: < u video/mp4> < u audio/mp4> < u application/octet-stream> [sent to be seen once] [reaction: ❤️] [something this messenger does not show] [story: u] [an Instagram post or video: T u] [an Instagram post or video: T u] [an Instagram post or video]"#,
    ),
    (
        "an unknown kind",
        r#"$S,"message":{"mid":"m","attachments":[{"type":"hologram","payload":{"x":1}}]}"#,
        r#"new m by 9990001 at 1795300000: `{"message":{"attachments":[{"payload":{"x":1},"type":"hologram"}]},"timestamp":1795300000123}`"#,
    ),
    (
        "an attachment that is a text",
        r#"$S,"message":{"mid":"m","text":"hello","attachments":["x"]}"#,
        r#"new m by 9990001 at 1795300000: 'hello' `{"message":{"attachments":["x"],"text":"hello"},"timestamp":1795300000123}`"#,
    ),
    (
        "one attachment that is no list",
        r#"$S,"message":{"mid":"m","text":"hello","attachments":{"type":"image",
            "payload":{"url":"u"}}}"#,
        r#"new m by 9990001 at 1795300000: 'hello' < u image/jpeg>"#,
    ),
    (
        "an answer to a story",
        r#"$S,"message":{"mid":"m","text":"hello","reply_to":{"story":{"id":"1","url":"u"}}}"#,
        r#"new m by 9990001 at 1795300000: [in answer to: u] 'hello'"#,
    ),
    (
        "an answer to a story of no address",
        r#"$S,"message":{"mid":"m","text":"hello","reply_to":{"story":{"id":"1"}}}"#,
        r#"new m by 9990001 at 1795300000: [in answer to: story] 'hello'"#,
    ),
    (
        "an answer",
        r#"$S,"message":{"mid":"m","text":"hello","reply_to":{"mid":"m0"}}"#,
        r#"new m by 9990001 at 1795300000: [in answer to] 'hello'"#,
    ),
    (
        "an answer of an unknown kind",
        r#"$S,"message":{"mid":"m","reply_to":{"mid":"m0"},"hologram":1}"#,
        r#"new m by 9990001 at 1795300000: [in answer to] `{"message":{"hologram":1,"reply_to":{}},"timestamp":1795300000123}`"#,
    ),
    (
        "by an advertisement",
        r#"$S,"message":{"mid":"m","text":"hello","referral":{"ref":"case7"}}"#,
        r#"new m by 9990001 at 1795300000: [came by a link: case7] 'hello'"#,
    ),
    (
        "a quick answer",
        r#"$S,"message":{"mid":"m","text":"Yes","quick_reply":{"payload":"P"}}"#,
        r#"new m by 9990001 at 1795300000: 'Yes'"#,
    ),
    (
        "our own",
        r#""sender":{"id":"178"},"recipient":{"id":"9990001"},"message":{"mid":"m",
            "text":"ours","is_echo":true}"#,
        r#"echo new m by 9990001; [sent from another program] 'ours'"#,
    ),
    (
        "our own, by a number",
        r#""sender":{"id":"17"},"recipient":{"id":"9990001"},"message":{"mid":"m",
            "text":"ours","is_echo":1}"#,
        r#"echo new m by 9990001; [sent from another program] 'ours'"#,
    ),
    (
        "our own, by who sent it",
        r#""sender":{"id":"178"},"recipient":{"id":"9990001"},"message":{"mid":"m",
            "text":"ours"}"#,
        r#"echo new m by 9990001; [sent from another program] 'ours'"#,
    ),
    (
        "our own, unsent",
        r#""sender":{"id":"178"},"recipient":{"id":"9990001"},"message":{"mid":"m",
            "is_echo":true,"is_deleted":true}"#,
        r#"echo gone m/m deleted by 9990001; [sent from another program]"#,
    ),
    (
        "our own, of an unknown kind",
        r#""sender":{"id":"178"},"recipient":{"id":"9990001"},"hologram":{"x":1}"#,
        r#"echo new # by 9990001; [sent from another program] `{"hologram":{"x":1}}`"#,
    ),
    (
        "an edit",
        r#"$S,"message_edit":{"mid":"m","text":"newer","num_edit":2}"#,
        r#"edit m/m edit 2 by 9990001 at 1795300000; 'newer'"#,
    ),
    (
        "an edit without a count",
        r#"$S,"message_edit":{"mid":"m","text":"newer"}"#,
        r#"edit m/m edit 1795300000123 by 9990001 at 1795300000; 'newer'"#,
    ),
    (
        "an edit without a text",
        r#"$S,"message_edit":{"mid":"m","num_edit":2}"#,
        r#"new # by 9990001; `{"message_edit":{"num_edit":2},"timestamp":1795300000123}`"#,
    ),
    (
        "a reaction",
        r#"$S,"reaction":{"mid":"m","action":"react","reaction":"love","emoji":"❤️"}"#,
        r#"new reaction 1795300000123 m react ❤️ by 9990001 at 1795300000: [reaction: ❤️]"#,
    ),
    (
        "a reaction by a word",
        r#"$S,"reaction":{"mid":"m","action":"react","reaction":"love"}"#,
        r#"new reaction 1795300000123 m react love by 9990001 at 1795300000: [reaction: love]"#,
    ),
    (
        "a reaction taken back",
        r#"$S,"reaction":{"mid":"m","action":"unreact"}"#,
        r#"new reaction 1795300000123 m unreact  by 9990001 at 1795300000: [took a reaction back]"#,
    ),
    (
        "a reaction at no moment",
        r#""sender":{"id":"9990001"},"reaction":{"mid":"m","action":"unreact"}"#,
        r#"new reaction # m unreact  by 9990001: [took a reaction back]"#,
    ),
    (
        "a reaction that is a text",
        r#"$S,"reaction":"love""#,
        r#"new # by 9990001; `{"reaction":"love","timestamp":1795300000123}`"#,
    ),
    (
        "a button",
        r#"$S,"postback":{"mid":"p","title":"Start","payload":"x","referral":{"ref":"case7"}}"#,
        r#"new p by 9990001 at 1795300000: [button: Start] [came by a link: case7]"#,
    ),
    (
        "a button without a name",
        r#"$S,"postback":{"payload":"x"}"#,
        r#"new postback 1795300000123 by 9990001 at 1795300000: [button: x]"#,
    ),
    (
        "a button at no moment",
        r#""sender":{"id":"9990001"},"postback":{"payload":"x"}"#,
        r#"new postback # by 9990001: [button: x]"#,
    ),
    (
        "a link",
        r#"$S,"referral":{"ref":"case7"}"#,
        r#"new referral 1795300000123 by 9990001 at 1795300000: [came by a link: case7]"#,
    ),
];
