//! Who wrote, and when.

use crate::law::Row;

pub const ROWS: [Row; 15] = [
    (
        "a number",
        r#""messages":[{$F,"text":{"body":"x"}}],"contacts":[{"wa_id":"9990001",
            "profile":{"name":"zq"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'x'"#,
    ),
    (
        "a number and an id",
        r#""messages":[{$F,"from_user_id":"US.9990001","text":{"body":"x"}}],
            "contacts":[{"wa_id":"9990001","user_id":"US.9990001"}]"#,
        r#"new wamid.1 by US.9990001+9990001 at 1795300000: 'x'"#,
    ),
    (
        "an id that only the contact tells",
        r#""messages":[{$F,"text":{"body":"x"}}],"contacts":[{"wa_id":"5"},{"wa_id":"9990001",
            "user_id":"US.9990001"}]"#,
        r#"new wamid.1 by US.9990001+9990001 at 1795300000: 'x'"#,
    ),
    (
        "an id alone",
        r#""messages":[{"id":"a","from_user_id":"US.9990001","text":{"body":"x"}}],
            "contacts":[{"user_id":"US.9990001"}]"#,
        r#"new a by US.9990001: 'x'"#,
    ),
    (
        "an id where a number used to be",
        r#""messages":[{"id":"a","from":"US.9990001","text":{"body":"x"}}],
            "contacts":[{"wa_id":"US.9990001","user_id":"US.9990001"}]"#,
        r#"new a by US.9990001: 'x'"#,
    ),
    (
        "no sender, one contact",
        r#""messages":[{"id":"a","text":{"body":"x"}}],"contacts":[{"wa_id":"9990001"}]"#,
        r#"new a by 9990001: 'x'"#,
    ),
    (
        "no sender, two contacts",
        r#""messages":[{"id":"a","text":{"body":"x"}}],"contacts":[{"wa_id":"9990001"},
            {"wa_id":"9990002"}]"#,
        r#"new a: 'x'"#,
    ),
    ("nobody at all", r#""messages":[{"id":"a","text":{"body":"x"}}]"#, r#"new a: 'x'"#),
    (
        "a number that is a number",
        r#""messages":[{"id":"a","from":9990001,"text":{"body":"x"}}]"#,
        r#"new a by 9990001: 'x'"#,
    ),
    (
        "a sender that is an object",
        r#""messages":[{"id":"a","from":{"x":1},"text":{"body":"x"}}]"#,
        r#"new a: 'x'"#,
    ),
    (
        "contacts that are texts",
        r#""messages":[{$F,"text":{"body":"x"}}],"contacts":["zq",null]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'x'"#,
    ),
    (
        "a group's member",
        r#""messages":[{$F,"group_id":"9990004","text":{"body":"x"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'x'"#,
    ),
    (
        "no id",
        r#""messages":[{"from":"9990001","text":{"body":"x"}},{"from":"9990001",
            "text":{"body":"y"}}]"#,
        r#"new # by 9990001: 'x'
new # by 9990001: 'y'"#,
    ),
    (
        "milliseconds",
        r#""messages":[{"from":"9990001","id":"a","timestamp":1795300000123,
            "text":{"body":"x"}}]"#,
        r#"new a by 9990001 at 1795300000: 'x'"#,
    ),
    (
        "no moment",
        r#""messages":[{"from":"9990001","id":"a","timestamp":"asdf","text":{"body":"x"}}]"#,
        r#"new a by 9990001: 'x'"#,
    ),
];
