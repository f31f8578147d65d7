//! What comes in every shape.

use crate::law::Row;

pub const ROWS: [Row; 45] = [
    (
        "wrapped in params",
        r#"={"jsonrpc":"2.0","method":"receive","params":{"envelope":{$W,
            "dataMessage":{"timestamp":1795300000123,"message":"x"}},
            "account":"+9990009"}}"#,
        r#"new 1795300000123 by zq-a at 1795300000: 'x'"#,
    ),
    (
        "wrapped in a subscription's result",
        r#"={"method":"receive","params":{"subscription":0,"result":{"envelope":{$W,
            "dataMessage":{"message":"x"}},"account":"+9990009"}}}"#,
        r#"new 1795300000123 by zq-a at 1795300000: 'x'"#,
    ),
    (
        "not wrapped",
        r#"={"envelope":{$W,"dataMessage":{"message":"x"}},"account":"+9990009"}"#,
        r#"new 1795300000123 by zq-a at 1795300000: 'x'"#,
    ),
    (
        "wrapped in a result of no number",
        r#"={"result":{"envelope":{$W,"dataMessage":{"message":"x"}}}}"#,
        r#"new 1795300000123 by zq-a at 1795300000: 'x'"#,
    ),
    (
        "a call with a number",
        r#"={"id":"9","method":"receive","params":{"envelope":{$W,
            "dataMessage":{"message":"x"}}}}"#,
        r#"new 1795300000123 by zq-a at 1795300000: 'x'"#,
    ),
    (
        "a result beside an envelope",
        r#"={"params":{"result":5,"envelope":{$W,"dataMessage":{"message":"x"}}}}"#,
        r#"new 1795300000123 by zq-a at 1795300000: 'x'"#,
    ),
    ("no JSON", r#"=not json"#, r#"new #; `not json`"#),
    ("a list", r#"=[{"envelope":{}}]"#, r#"new #; `[{"envelope":{}}]`"#),
    (
        "an error of no call",
        r#"={"jsonrpc":"2.0","error":{"code":-32700},"id":null}"#,
        r#"nothing"#,
    ),
    (
        "an unknown method",
        r#"={"method":"hologram","params":{"account":"+9990009","x":1}}"#,
        r#"new #; `{"x":1}`"#,
    ),
    ("no envelope", r#"={"method":"receive","params":{"account":"+9990009"}}"#, r#"new #; `{}`"#),
    (
        "an envelope that is a text",
        r#"={"params":{"envelope":"hello"}}"#,
        r#"new #; `{"envelope":"hello"}`"#,
    ),
    (
        "an envelope that is a list",
        r#"={"params":{"envelope":[1]}}"#,
        r#"new #; `{"envelope":[1]}`"#,
    ),
    ("an envelope of nothing", r#"$W"#, r#"nothing"#),
    (
        "an envelope of nulls",
        r#"$W,"dataMessage":null,"syncMessage":null,"callMessage":null,"isReceipt":true"#,
        r#"nothing"#,
    ),
    (
        "an envelope of an unknown message",
        r#"$W,"hologramMessage":{"authorUuid":"zq","x":1}"#,
        r#"new # by zq-a; `{"envelope":{"hologramMessage":{"x":1},"sourceDevice":1,"timestamp":1795300000123}}`"#,
    ),
    (
        "an envelope of an unknown key",
        r#"$W,"pollVote":{"author":"zq","x":1}"#,
        r#"new # by zq-a; `{"envelope":{"pollVote":{"x":1},"sourceDevice":1,"timestamp":1795300000123}}`"#,
    ),
    (
        "an exception beside the envelope",
        r#"={"params":{"envelope":{$W},"exception":{"type":"UntrustedIdentityException",
            "message":"zq"}}}"#,
        r#"new exception 1795300000123 by zq-a at 1795300000: [something came that could not be decrypted; ask for it once more]"#,
    ),
    (
        "an exception in the envelope",
        r#"$W,"exception":{"type":"X","message":"zq"}"#,
        r#"new exception 1795300000123 by zq-a at 1795300000: [something came that could not be decrypted; ask for it once more]"#,
    ),
    (
        "an exception alone",
        r#"={"params":{"exception":{"type":"X","message":"zq"},"account":"+9990009"}}"#,
        r#"new exception #: [something came that could not be decrypted; ask for it once more]"#,
    ),
    (
        "an exception at no moment",
        r#""source":"zq-a","exception":{"type":"X"}"#,
        r#"new exception # by zq-a: [something came that could not be decrypted; ask for it once more]"#,
    ),
    (
        "an exception and a message",
        r#"$W,"exception":{"type":"X"},"dataMessage":{"message":"x"}"#,
        r#"new 1795300000123 by zq-a at 1795300000: 'x'"#,
    ),
    (
        "a source by its number alone",
        r#""source":"+9990001","sourceNumber":"+9990001","timestamp":5000,
            "dataMessage":{"message":"x"}"#,
        r#"new 5000 by +9990001 at 5: 'x'"#,
    ),
    (
        "a source by its number's key alone",
        r#""sourceNumber":"+9990001","dataMessage":{"timestamp":5000,"message":"x"}"#,
        r#"new 5000 by +9990001 at 5: 'x'"#,
    ),
    ("no source", r#""timestamp":5000,"dataMessage":{"message":"x"}"#, r#"new 5000 at 5: 'x'"#),
    (
        "a source that is an object",
        r#""source":{"uuid":"zq"},"timestamp":5000,"dataMessage":{"message":"x"}"#,
        r#"new 5000 at 5: 'x'"#,
    ),
    (
        "a moment that is a text",
        r#""sourceUuid":"zq-a","timestamp":"5000","dataMessage":{"message":"x"}"#,
        r#"new 5000 by zq-a at 5: 'x'"#,
    ),
    ("no moment", r#""sourceUuid":"zq-a","dataMessage":{"message":"x"}"#, r#"new # by zq-a: 'x'"#),
    (
        "a moment too large",
        r#""sourceUuid":"zq-a","timestamp":18446744073709551615,"dataMessage":{"message":"x"}"#,
        r#"new # by zq-a: 'x'"#,
    ),
    (
        "a data message that is a text",
        r#"$W,"dataMessage":"hello""#,
        r#"new # by zq-a; `{"envelope":{"dataMessage":"hello","sourceDevice":1,"timestamp":1795300000123}}`"#,
    ),
    (
        "several at once",
        r#"$W,"dataMessage":{"message":"x"},"callMessage":{"offerMessage":{"id":1}},
            "typingMessage":{"action":"STARTED"}"#,
        r#"new 1795300000123 by zq-a at 1795300000: 'x' `{"callMessage":{"offerMessage":{"id":1}}}`"#,
    ),
    (
        "nothing and something",
        r#"$W,"dataMessage":{"message":null},"storyMessage":{"x":1}"#,
        r#"new # by zq-a; `{"storyMessage":{"x":1}}`"#,
    ),
    ("typing", r#"$W,"typingMessage":{"action":"STARTED"}"#, r#"nothing"#),
    (
        "typing, with a new mark",
        r#"$W,"serverGuid":"g","typingMessage":{"action":"STARTED"}"#,
        r#"nothing"#,
    ),
    ("typing that is a text", r#"$W,"typingMessage":"x""#, r#"nothing"#),
    (
        "delivered",
        r#"$W,"receiptMessage":{"when":1,"isDelivery":true,"timestamps":[1,2]}"#,
        r#"Delivered 1,2 to zq-a"#,
    ),
    ("seen", r#"$W,"receiptMessage":{"isViewed":true,"timestamps":[1]}"#, r#"Read 1 to zq-a"#),
    ("read, and nothing", r#"$W,"receiptMessage":{"isRead":true,"timestamps":[]}"#, r#"nothing"#),
    (
        "read, and all sorts",
        r#"$W,"receiptMessage":{"isRead":true,"timestamps":[1,"2",
            "x",null,-3,18446744073709551615,{}]}"#,
        r#"Read 1,18446744073709551615 to zq-a"#,
    ),
    ("a receipt of an unknown kind", r#"$W,"receiptMessage":{"timestamps":[1]}"#, r#"nothing"#),
    (
        "a call",
        r#"$W,"callMessage":{"offerMessage":{"id":18446744073709551000,"type":"AUDIO_CALL"}}"#,
        r#"new call 1795300000123 by zq-a at 1795300000: [tried to call]"#,
    ),
    ("the end of a call", r#"$W,"callMessage":{"hangupMessage":{"id":1}}"#, r#"nothing"#),
    (
        "a call of an unknown kind",
        r#"$W,"callMessage":{"hologramMessage":{"id":1}}"#,
        r#"new # by zq-a; `{"envelope":{"callMessage":{"hologramMessage":{"id":1}},"sourceDevice":1,"timestamp":1795300000123}}`"#,
    ),
    (
        "a story",
        r#"$W,"storyMessage":{"allowsReplies":true,"groupId":"zq",
            "textAttachment":{"text":"told"},"fileAttachment":{"id":"s.jpg",
            "contentType":"image/jpeg"}}"#,
        r#"new story 1795300000123 by zq-a at 1795300000; [story] 'told' <s.jpg image/jpeg>"#,
    ),
    (
        "a story that is a text",
        r#"$W,"storyMessage":"x""#,
        r#"new # by zq-a; `{"envelope":{"sourceDevice":1,"storyMessage":"x","timestamp":1795300000123}}`"#,
    ),
];
