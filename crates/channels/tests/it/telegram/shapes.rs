//! What comes in every shape.

use crate::law::Row;

pub const ROWS: [Row; 34] = [
    ("only a number", r#"={"update_id":7}"#, r#"new #; `{"update_id":7}`"#),
    ("nothing at all", r#"={}"#, r#"new #; `{}`"#),
    ("a list", r#"=[1,2]"#, r#"new #; `[1,2]`"#),
    (
        "no JSON, but a number in it",
        r#"={"update_id": 12, "message":"#,
        r#"new #; `{"update_id": 12, "message":`"#,
    ),
    (
        "an unknown kind that is an object",
        r#""quantum_message":{$P,"text":"hello","new_chat_members":[{"id":9990002,
            "first_name":"zq"}]}"#,
        r#"new #; `{"quantum_message":{"new_chat_members":[],"text":"hello"},"update_id":7}`"#,
    ),
    (
        "an unknown kind that is a text",
        r#""quantum":"hello""#,
        r#"new #; `{"quantum":"hello","update_id":7}`"#,
    ),
    (
        "an unknown kind that is a list",
        r#""quantum":[1,{"user":{"id":9990001}}]"#,
        r#"new #; `{"quantum":[1,{}],"update_id":7}`"#,
    ),
    (
        "an unknown kind that is null",
        r#""quantum":null"#,
        r#"new #; `{"quantum":null,"update_id":7}`"#,
    ),
    (
        "a message that is a text",
        r#""message":"hello""#,
        r#"new #; `{"message":"hello","update_id":7}`"#,
    ),
    ("a message that is a list", r#""message":[1]"#, r#"new #; `{"message":[1],"update_id":7}`"#),
    ("a message that is null", r#""message":null"#, r#"new #; `{"message":null,"update_id":7}`"#),
    ("a message that is empty", r#""message":{}"#, r#"new #; `{"message":{},"update_id":7}`"#),
    (
        "a text",
        r#""message":{"message_id":5,$P,"date":1795300000,"text":"hello"}"#,
        r#"new 5 by 9990001 at 1795300000: 'hello'"#,
    ),
    (
        "ids as texts",
        r#""message":{"message_id":"5","from":{"id":"9990001"},"chat":{"id":"9990001",
            "type":"private"},"date":"1795300000","text":"hello"}"#,
        r#"new 5 by 9990001 at 1795300000: 'hello'"#,
    ),
    (
        "large ids",
        r#""message":{"message_id":4503599627370496,"chat":{"id":4503599627370495,
            "type":"private"},"text":"hello"}"#,
        r#"new 4503599627370496 by 4503599627370495: 'hello'"#,
    ),
    (
        "no id of its own",
        r#""message":{"message_id":null,$P,"text":"hello"}"#,
        r#"new update 7 by 9990001: 'hello'"#,
    ),
    ("no id of any kind", r#"={"message":{$P,"text":"hello"}}"#, r#"new # by 9990001: 'hello'"#),
    (
        "a chat of no id",
        r#""message":{"message_id":5,"chat":{"id":null,"type":"private"},"text":"hello"}"#,
        r#"new #; `{"message":{"message_id":5,"text":"hello"},"update_id":7}`"#,
    ),
    (
        "a chat by a handle",
        r#""message":{"message_id":5,"chat":{"id":"@zq","type":"channel"},"text":"hello"}"#,
        r#"new #; `{"message":{"message_id":5,"text":"hello"},"update_id":7}`"#,
    ),
    (
        "a chat that is a number",
        r#""message":{"message_id":5,"chat":9990001,"text":"hello"}"#,
        r#"new #; `{"message":{"message_id":5,"text":"hello"},"update_id":7}`"#,
    ),
    (
        "no chat, but a sender",
        r#""message":{"message_id":5,"from":{"id":9990001},"text":"hello"}"#,
        r#"new 5 by 9990001: 'hello'"#,
    ),
    (
        "no sender, date or type",
        r#""message":{"message_id":5,"chat":{"id":9990001},"text":"hello"}"#,
        r#"new 5 by 9990001: 'hello'"#,
    ),
    (
        "a text that is a number",
        r#""message":{"message_id":5,$P,"text":7}"#,
        r#"new 5 by 9990001: `{"message_id":5,"text":7}`"#,
    ),
    (
        "white space",
        r#""message":{"message_id":5,$P,"text":" \n "}"#,
        r#"new 5 by 9990001: ' 
 '"#,
    ),
    (
        "half a pair",
        r#""message":{"message_id":5,$P,"text":"\ud83d x"}"#,
        r#"new 5 by 9990001: '� x'"#,
    ),
    (
        "a channel's post",
        r#""channel_post":{"message_id":5,"sender_chat":{"id":-9990001,"title":"zq"},
            "chat":{"id":-9990001,"title":"zq","type":"channel"},
            "author_signature":"zq","text":"hello"}"#,
        r#"new #; `{"channel_post":{"message_id":5,"text":"hello"},"update_id":7}`"#,
    ),
    (
        "a business message",
        r#""business_message":{"message_id":5,"business_connection_id":"b",$P,
            "contact":{"first_name":"card","phone_number":"+1555"},"text":"hello"}"#,
        r#"new #; `{"business_message":{"business_connection_id":"b","contact":{"first_name":"card","phone_number":"+1555"},"message_id":5,"text":"hello"},"update_id":7}`"#,
    ),
    (
        "what was deleted for a business",
        r#""deleted_business_messages":{"business_connection_id":"b","chat":{"id":9990001,
            "first_name":"zq"},"message_ids":[1]}"#,
        r#"new #; `{"deleted_business_messages":{"business_connection_id":"b","message_ids":[1]},"update_id":7}`"#,
    ),
    (
        "a connection of a business",
        r#""business_connection":{"id":"b","user":{"id":9990001},"user_chat_id":9990001,
            "is_enabled":true}"#,
        r#"new #; `{"business_connection":{"id":"b","is_enabled":true},"update_id":7}`"#,
    ),
    (
        "a vote",
        r#""poll_answer":{"poll_id":"1","voter_chat":{"id":-9990001,"title":"zq"},
            "option_ids":[1]}"#,
        r#"new #; `{"poll_answer":{"option_ids":[1],"poll_id":"1"},"update_id":7}`"#,
    ),
    (
        "a boost",
        r#""chat_boost":{"chat":{"id":-9990001},"boost":{"source":{"booster":{"id":9990001,
            "username":"zq"}}}}"#,
        r#"new #; `{"chat_boost":{"boost":{"source":{}}},"update_id":7}`"#,
    ),
    (
        "a group",
        r#""message":{"message_id":5,"from":{"id":9990001},"chat":{"id":-9990002,
            "type":"supergroup","title":"zq"},"text":"hello"}"#,
        r#"new group -9990002 5; [from a group into which the bot was put, and which it left] 'hello'"#,
    ),
    (
        "a group that moves",
        r#""message":{"message_id":5,"chat":{"id":-9990002,"type":"group"},
            "migrate_to_chat_id":-10099900021}"#,
        r#"new group -9990002 5; [from a group into which the bot was put, and which it left] `{"message_id":5}`"#,
    ),
    (
        "a group's number in a private chat",
        r#""message":{"message_id":5,$P,"migrate_to_chat_id":-10099900021}"#,
        r#"new 5 by 9990001: `{"message_id":5}`"#,
    ),
];
