//! What comes in every shape.

use crate::law::Row;

pub const ROWS: [Row; 25] = [
    ("no entry", r#"={"object":"instagram"}"#, r#"new #; `{"object":"instagram"}`"#),
    (
        "no entries",
        r#"={"object":"instagram","entry":[]}"#,
        r#"new #; `{"entry":[],"object":"instagram"}`"#,
    ),
    (
        "entries that are texts",
        r#"={"entry":["hello",null,5]}"#,
        r#"new #; `"hello"`
new #; `null`
new #; `5`"#,
    ),
    ("an entry that is a text", r#"={"entry":"hello"}"#, r#"new #; `"hello"`"#),
    (
        "an entry of nothing",
        r#"={"entry":[{"id":"178","time":1}]}"#,
        r#"new #; `{"id":"178","time":1}`"#,
    ),
    ("no JSON", r#"=<html>"#, r#"new #; `<html>`"#),
    (
        "items that are texts",
        r#"={"entry":[{"id":"178","messaging":["hello"]}]}"#,
        r#"new #; `"hello"`"#,
    ),
    (
        "one item that is no list",
        r#"={"entry":[{"id":178,"messaging":{$S,"message":{"mid":"m","text":"x"}}}]}"#,
        r#"new m by 9990001 at 1795300000: 'x'"#,
    ),
    (
        "all three lists",
        r#"={"entry":[{"id":"178","messaging":[{$S,"message":{"mid":"m1","text":"x"}}],
            "changes":[{"field":"messages","value":{$S,"message":{"mid":"m2",
            "text":"y"}}}],"standby":[{$S,"message":{"mid":"m3","text":"z"}}]}]}"#,
        r#"new m1 by 9990001 at 1795300000: 'x'
new m3 by 9990001 at 1795300000: 'z'
new m2 by 9990001 at 1795300000: 'y'"#,
    ),
    (
        "a change without a sender",
        r#"={"entry":[{"id":"178","changes":[{"field":"messages","value":{"message":{"mid":"m",
            "text":"x"}}}]}]}"#,
        r#"new m: 'x'"#,
    ),
    (
        "a comment",
        r#"={"entry":[{"id":"178","changes":[{"field":"comments",
            "value":{"from":{"id":"9990001","username":"zq"},"media":{"id":"5"},
            "id":"6","text":"hello"}}]}]}"#,
        r#"new #; `{"field":"comments","value":{"id":"6","media":{"id":"5"},"text":"hello"}}`"#,
    ),
    (
        "a change of no value",
        r#"={"entry":[{"id":"178","changes":[{"field":"messages"},"x"]}]}"#,
        r#"new #; `{"field":"messages"}`
new #; `"x"`"#,
    ),
    (
        "an ISO moment",
        r#""sender":{"id":"9990001"},"timestamp":"2026-11-21T21:46:40+0000",
            "message":{"mid":"m","text":"x"}"#,
        r#"new m by 9990001 at 1795297600: 'x'"#,
    ),
    (
        "seconds",
        r#""sender":{"id":"9990001"},"timestamp":1795300000,"message":{"mid":"m","text":"x"}"#,
        r#"new m by 9990001 at 1795300000: 'x'"#,
    ),
    (
        "no moment",
        r#""sender":{"id":"9990001"},"message":{"mid":"m","text":"x"}"#,
        r#"new m by 9990001: 'x'"#,
    ),
    ("nobody", r#""message":{"mid":"m","text":"x"}"#, r#"new m: 'x'"#),
    (
        "a sender that is a text",
        r#""sender":"9990001","recipient":"178","message":{"mid":"m","text":"x"}"#,
        r#"new m: 'x'"#,
    ),
    (
        "a sender by a number",
        r#""sender":{"id":9990001},"message":{"mid":"m","text":"x"}"#,
        r#"new m by 9990001: 'x'"#,
    ),
    (
        "an unknown event",
        r#"$S,"hologram":{"user_id":"9990001","x":1}"#,
        r#"new # by 9990001; `{"hologram":{"x":1},"timestamp":1795300000123}`"#,
    ),
    ("delivered", r#"$S,"delivery":{"mids":["m"],"watermark":1}"#, r#"nothing"#),
    ("read", r#"$S,"read":{"mid":"m"}"#, r#"Read m"#),
    ("read until a moment", r#"$S,"read":{"watermark":1}"#, r#"nothing"#),
    ("handed over", r#"$S,"pass_thread_control":{"new_owner_app_id":1}"#, r#"nothing"#),
    ("opted in", r#"$S,"optin":{}"#, r#"nothing"#),
    (
        "opted in with a word",
        r#"$S,"optin":{"ref":"case7"}"#,
        r#"new optin 1795300000123 by 9990001 at 1795300000: [came by a link: case7]"#,
    ),
];
