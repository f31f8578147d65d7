//! What comes in every shape.

use crate::law::Row;

pub const ROWS: [Row; 31] = [
    ("no entry", r#"={"object":"x"}"#, r#"new #; `{"object":"x"}`"#),
    ("an empty list of entries", r#"={"entry":[]}"#, r#"new #; `{"entry":[]}`"#),
    ("entries that are null", r#"={"entry":null}"#, r#"new #; `{"entry":null}`"#),
    ("an entry that is a text", r#"={"entry":"hello"}"#, r#"new #; `"hello"`"#),
    ("an entry that is empty", r#"={"entry":[{}]}"#, r#"new #; `{}`"#),
    (
        "an entry of no changes",
        r#"={"entry":[{"id":"1","changes":[]}]}"#,
        r#"new #; `{"changes":[],"id":"1"}`"#,
    ),
    ("a list", r#"=[1]"#, r#"new #; `[1]`"#),
    ("no JSON", r#"=<html>"#, r#"new #; `<html>`"#),
    (
        "two entries, one of them a number",
        r#"={"entry":[5,{"changes":[{"value":{"errors":[{"code":1}]}}]}]}"#,
        r#"new #; `5`
trouble 1"#,
    ),
    ("a change that is a text", r#"={"entry":[{"changes":"hello"}]}"#, r#"new #; `"hello"`"#),
    (
        "a change of no value",
        r#"={"entry":[{"changes":[{"field":"messages","wa_id":"9990001","note":"hello"}]}]}"#,
        r#"new #; `{"field":"messages","note":"hello"}`"#,
    ),
    (
        "a change of no field",
        r#"={"entry":[{"changes":[{"value":{"messages":[{$F,"type":"text",
            "text":{"body":"hello"}}]}}]}]}"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'hello'"#,
    ),
    (
        "a value that is a text",
        r#"={"entry":[{"changes":[{"field":"messages","value":"hello"}]}]}"#,
        r#"new #; `{"field":"messages","value":"hello"}`"#,
    ),
    ("a value of what is in every one", r#""contacts":[{"wa_id":"9990001"}]"#, r#"nothing"#),
    (
        "a message that is a text",
        r#""messages":["hello",{$F,"type":"text","text":{"body":"hello"}}]"#,
        r#"new #; `"hello"`
new wamid.1 by 9990001 at 1795300000: 'hello'"#,
    ),
    (
        "one message that is no list",
        r#""messages":{$F,"type":"text","text":{"body":"hello"}}"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'hello'"#,
    ),
    (
        "messages, statuses and errors together",
        r#""messages":[{$F,"text":{"body":"hello"}}],"statuses":[{"id":"s","status":"read"}],
            "errors":[{"code":131000}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'hello'
Read s
trouble 131000"#,
    ),
    (
        "a list that is not known beside one that is",
        r#""messages":[{$F,"text":{"body":"hello"}}],"holograms":[{"from":"9990001",
            "contact":{"full_name":"zq"},"x":1}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'hello'
new #; `{"holograms":[{"x":1}]}`"#,
    ),
    (
        "the same twice",
        r#""messages":[{$F,"text":{"body":"hello"}},{$F,"text":{"body":"hello"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'hello'
new wamid.1 by 9990001 at 1795300000: 'hello'"#,
    ),
    (
        "an account's change",
        r#"={"entry":[{"changes":[{"field":"account_update","value":{"event":"X"}}]}]}"#,
        r#"nothing"#,
    ),
    (
        "a field that is not known",
        r#"={"entry":[{"changes":[{"field":"holograms","value":{"metadata":{},
            "contacts":[{"wa_id":"9990001"}],"x":1,"wamid":"wamid.zq"}}]}]}"#,
        r#"new #; `{"x":1}`"#,
    ),
    (
        "a new address book",
        r#"={"entry":[{"changes":[{"field":"smb_app_state_sync",
            "value":{"state_sync":[{"contact":{"full_name":"zq",
            "phone_number":"9990001"}}]}}]}]}"#,
        r#"nothing"#,
    ),
    (
        "an address book of no field",
        r#""state_sync":[{"type":"contact","contact":{"full_name":"zq",
            "phone_number":"9990001"}}]"#,
        r#"new #; `{"state_sync":[{"type":"contact"}]}`"#,
    ),
    (
        "a group's life",
        r#"={"entry":[{"changes":[{"field":"group_participants_update",
            "value":{"groups":[{"group_id":"9990004",
            "added_participants":[{"input":"9990001","wa_id":"9990001"}]}]}}]}]}"#,
        r#"new #; `{"groups":[{"added_participants":[{}]}]}`"#,
    ),
    (
        "errors alone",
        r#""errors":[{"code":131000},{"code":"190"},{"title":"none"},{"code":-1},
            {"code":99999999999}]"#,
        r#"trouble 131000
trouble 190
trouble 0
trouble 0
trouble 0"#,
    ),
    (
        "statuses",
        r#""statuses":[{"id":"a","status":"sent"},{"id":"b","status":"delivered",
            "recipient_id":"9990001"},{"id":"c","status":"read"},{"id":"d",
            "status":"played"},{"id":"e","status":"deleted"},{"id":"f",
            "status":"hologram"},{"id":"g","status":"failed",
            "errors":[{"code":131047}],"biz_opaque_callback_data":"own-1"},
            {"id":"h","status":"failed"},{"status":"sent"},{"id":7,
            "status":"failed","errors":{"code":"190"}},"text"]"#,
        r#"Accepted a
Delivered b
Read c
Read d
nothing
nothing
Failed g own own-1 window 131047
Failed h other
nothing
Failed 7 account 190
new #; `"text"`"#,
    ),
    (
        "calls",
        r#""calls":[{"id":"k","from":"9990001","event":"connect","timestamp":"1795300000"},
            {"id":"k","from":"9990001","event":"terminate"},{"from":"9990001"},
            {"id":"o","from":"1","direction":"BUSINESS_INITIATED"},{"id":"n"}]"#,
        r#"new call k by 9990001 at 1795300000: [tried to call]
new call k by 9990001: [tried to call]
new call # by 9990001: [tried to call]
nothing
new call n: [tried to call]"#,
    ),
    (
        "echoes",
        r#""message_echoes":[{"from":"1","to":"9990001","id":"wamid.2","type":"text",
            "text":{"body":"ours"}},{"from":"1","to_user_id":"US.9990001",
            "id":"wamid.3","type":"revoke",
            "revoke":{"original_message_id":"wamid.2"}},{"from":"1","to":"9990001",
            "id":"wamid.4","type":"hologram"},{"id":"wamid.5"}]"#,
        r#"echo new wamid.2 by 9990001; [sent from another program] 'ours'
echo gone wamid.2/wamid.3 by US.9990001; [sent from another program]
echo new wamid.4 by 9990001; [sent from another program] `{"type":"hologram"}`
echo new wamid.5; [sent from another program] `{}`"#,
    ),
    (
        "what was said before",
        r#"={"entry":[{"changes":[{"field":"history",
            "value":{"metadata":{"display_phone_number":"1"},
            "history":[{"metadata":{"phase":0},"threads":[{"id":"9990001",
            "messages":[{"id":"h1","from":"9990001","timestamp":"1795300000",
            "type":"text","text":{"body":"theirs"}},{"id":"h2","from":"1",
            "type":"text","text":{"body":"ours"}},{"id":"h3",
            "type":"media_placeholder"},"x"]}]},{"errors":[{"code":2593109}]},
            {"threads":[]}]}}]}]}"#,
        r#"new h1 by 9990001 at 1795300000; 'theirs'
echo new h2 by 9990001; [sent from another program] 'ours'
new h3 by 9990001; `{"id":"h3","type":"media_placeholder"}`
new #; `"x"`
trouble 2593109
new #; `{"threads":[]}`"#,
    ),
    (
        "a word that is not known beside a list that is",
        r#""api_version":"v30","messages":[{$F,"text":{"body":"hello"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'hello'"#,
    ),
    ("a word that is not known alone", r#""hologram":"x""#, r#"new #; `{"hologram":"x"}`"#),
];
