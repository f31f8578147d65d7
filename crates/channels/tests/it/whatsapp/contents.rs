//! What is in a message.

use crate::law::Row;

pub const ROWS: [Row; 45] = [
    (
        "a text of no type",
        r#""messages":[{$F,"text":{"body":"hello"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'hello'"#,
    ),
    (
        "nothing of no type",
        r#""messages":[{$F,"image":{"id":"i"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"image":{"id":"i"},"timestamp":"1795300000"}`"#,
    ),
    (
        "a text that is a text",
        r#""messages":[{$F,"type":"text","text":"hello"}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"text":"hello","timestamp":"1795300000","type":"text"}`"#,
    ),
    (
        "a type that is a number",
        r#""messages":[{$F,"type":5,"text":{"body":"hello"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'hello'"#,
    ),
    (
        "an image",
        r#""messages":[{$F,"type":"image","image":{"id":"i","mime_type":"image/png",
            "sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","caption":"c",
            "url":"https://x/1"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'c' <i https://x/1 image/png ##>"#,
    ),
    (
        "an image by a number",
        r#""messages":[{$F,"type":"image","image":{"id":55,"sha256":"zz"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: <55 image/jpeg>"#,
    ),
    (
        "an image in the daemon's folder",
        r#""messages":[{$F,"type":"image","image":{"file":"/usr/local/wamedia/a.jpg",
            "caption":"c"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'c' `{"image":{"caption":"c","file":"/usr/local/wamedia/a.jpg"},"timestamp":"1795300000","type":"image"}`"#,
    ),
    (
        "an image that is nothing",
        r#""messages":[{$F,"type":"image"}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"timestamp":"1795300000","type":"image"}`"#,
    ),
    (
        "a document",
        r#""messages":[{$F,"type":"document","document":{"id":"d","filename":"a.pdf",
            "file_size":5}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: <d a.pdf 5>"#,
    ),
    (
        "a voice, as it was",
        r#""messages":[{$F,"type":"voice","voice":{"id":"v"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: <v audio/ogg>"#,
    ),
    (
        "a location",
        r#""messages":[{$F,"type":"location","location":{"latitude":1.5,"longitude":2,
            "name":"N","address":"A"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [location: N · A · 1.500000, 2.000000]"#,
    ),
    (
        "a location of texts",
        r#""messages":[{$F,"type":"location","location":{"latitude":"1.5"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"location":{"latitude":"1.5"},"timestamp":"1795300000","type":"location"}`"#,
    ),
    (
        "cards",
        r#""messages":[{$F,"type":"contacts","contacts":[{"name":{"formatted_name":"A B"},
            "phones":[{"phone":"+1 555","wa_id":"1555"}],"emails":[{"email":"a@b"}],
            "org":{"company":"C"}},{"name":{"formatted_name":"D"}}]}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [contact: A B · +1 555 · a@b · C] [contact: D]"#,
    ),
    (
        "a card that is empty",
        r#""messages":[{$F,"type":"contacts","contacts":[{"hologram":"A B"}]}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"contacts":[{"hologram":"A B"}],"timestamp":"1795300000","type":"contacts"}`"#,
    ),
    (
        "a card that is no list",
        r#""messages":[{$F,"type":"contacts","contacts":{"name":{"formatted_name":"A B"}}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [contact: A B]"#,
    ),
    (
        "no cards",
        r#""messages":[{$F,"type":"contacts"}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"timestamp":"1795300000","type":"contacts"}`"#,
    ),
    (
        "a reaction",
        r#""messages":[{$F,"type":"reaction","reaction":{"message_id":"wamid.zq","emoji":"👍"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [reaction: 👍]"#,
    ),
    (
        "a reaction that is taken back",
        r#""messages":[{$F,"type":"reaction","reaction":{"message_id":"wamid.zq","emoji":""}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [took a reaction back]"#,
    ),
    (
        "a reaction that is gone",
        r#""messages":[{$F,"type":"reaction","reaction":{"message_id":"wamid.zq"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [took a reaction back]"#,
    ),
    (
        "a reaction to nothing",
        r#""messages":[{$F,"type":"reaction"}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"timestamp":"1795300000","type":"reaction"}`"#,
    ),
    (
        "a button",
        r#""messages":[{$F,"type":"button","button":{"payload":"p","text":"Yes"},
            "context":{"from":"9990002","id":"wamid.zq"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [button: Yes]"#,
    ),
    (
        "a button without words",
        r#""messages":[{$F,"type":"button","button":{"payload":"p"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [button: p]"#,
    ),
    (
        "a button of nothing",
        r#""messages":[{$F,"type":"button","button":{}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"button":{},"timestamp":"1795300000","type":"button"}`"#,
    ),
    (
        "a choice",
        r#""messages":[{$F,"type":"interactive","interactive":{"type":"list_reply",
            "list_reply":{"id":"x","title":"T","description":"D"}}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [button: T · D]"#,
    ),
    (
        "a form",
        r#""messages":[{$F,"type":"interactive","interactive":{"nfm_reply":{"body":"Sent",
            "response_json":"{\"k\":1}"}}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [button: Sent · {"k":1}]"#,
    ),
    (
        "a form that is no text",
        r#""messages":[{$F,"type":"interactive",
            "interactive":{"nfm_reply":{"response_json":{"k":1}}}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [button: {"k":1}]"#,
    ),
    (
        "a choice of an unknown kind",
        r#""messages":[{$F,"type":"interactive","interactive":{"type":"call_permission_reply",
            "call_permission_reply":{"response":"accept"}}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"interactive":{"call_permission_reply":{"response":"accept"},"type":"call_permission_reply"},"timestamp":"1795300000","type":"interactive"}`"#,
    ),
    (
        "a choice of nothing",
        r#""messages":[{$F,"type":"interactive"}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"timestamp":"1795300000","type":"interactive"}`"#,
    ),
    (
        "an order",
        r#""messages":[{$F,"type":"order","order":{"catalog_id":"c","text":"two, please"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"order":{"catalog_id":"c","text":"two, please"},"timestamp":"1795300000","type":"order"}`"#,
    ),
    (
        "a changed number",
        r#""messages":[{$F,"type":"system",
            "system":{"body":"zq changed from 9990001 to 9990002","wa_id":"9990002",
            "type":"user_changed_number"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000; [the source's number or id changed]"#,
    ),
    (
        "not supported",
        r#""messages":[{$F,"type":"unsupported","errors":[{"code":131051,"title":"T",
            "error_data":{"details":"D"}}]}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [something this messenger does not show: D]"#,
    ),
    (
        "not supported, with a name",
        r#""messages":[{$F,"type":"unsupported","unsupported":{"type":"poll"},
            "errors":[{"title":"T"}]}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [something this messenger does not show: poll]"#,
    ),
    (
        "not supported, with a text",
        r#""messages":[{$F,"type":"unsupported","text":{"body":"hello"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'hello' [something this messenger does not show]"#,
    ),
    (
        "not supported, with an error that is no list",
        r#""messages":[{$F,"type":"unsupported","errors":{"title":"T"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [something this messenger does not show: T]"#,
    ),
    (
        "an unknown type",
        r#""messages":[{$F,"type":"telepathy","telepathy":{"from":"9990001","thought":"hello"},
            "context":{"from":"9990002","id":"wamid.zq"},
            "from_parent_user_id":"US.9990001"}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: `{"telepathy":{"thought":"hello"},"timestamp":"1795300000","type":"telepathy"}`"#,
    ),
    (
        "an unknown type with a text",
        r#""messages":[{$F,"type":"telepathy","telepathy":{"thought":1},
            "text":{"body":"hello"}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: 'hello' `{"telepathy":{"thought":1},"text":{"body":"hello"},"timestamp":"1795300000","type":"telepathy"}`"#,
    ),
    (
        "forwarded",
        r#""messages":[{$F,"type":"text","text":{"body":"hello"},"context":{"forwarded":1}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [forwarded from somebody else] 'hello'"#,
    ),
    (
        "forwarded often, not understood",
        r#""messages":[{$F,"type":"telepathy","context":{"frequently_forwarded":true}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000: [forwarded from somebody else] `{"timestamp":"1795300000","type":"telepathy"}`"#,
    ),
    (
        "an edited text",
        r#""messages":[{$F,"type":"edit","edit":{"original_message_id":"wamid.0",
            "message":{"type":"text","text":{"body":"newer"}}}}]"#,
        r#"edit wamid.0/wamid.1 by 9990001 at 1795300000; 'newer'"#,
    ),
    (
        "an edited image",
        r#""messages":[{$F,"type":"edit","edit":{"original_message_id":"wamid.0",
            "message":{"type":"image","image":{"id":"i","caption":"newer"}}}}]"#,
        r#"edit wamid.0/wamid.1 by 9990001 at 1795300000; 'newer' <i image/jpeg>"#,
    ),
    (
        "an edit of what is not understood",
        r#""messages":[{$F,"type":"edit","edit":{"original_message_id":"wamid.0",
            "message":{"type":"telepathy","x":1}}}]"#,
        r#"edit wamid.0/wamid.1 by 9990001 at 1795300000; `{"type":"telepathy","x":1}`"#,
    ),
    (
        "an edit of nothing",
        r#""messages":[{$F,"type":"edit","edit":{"message":{"type":"text",
            "text":{"body":"newer"}}}}]"#,
        r#"new wamid.1 by 9990001 at 1795300000; `{"edit":{"message":{"text":{"body":"newer"},"type":"text"}},"timestamp":"1795300000","type":"edit"}`"#,
    ),
    (
        "an edit that is a text",
        r#""messages":[{$F,"type":"edit","edit":"newer"}]"#,
        r#"new wamid.1 by 9990001 at 1795300000; `{"edit":"newer","timestamp":"1795300000","type":"edit"}`"#,
    ),
    (
        "taken back",
        r#""messages":[{$F,"type":"revoke","revoke":{"original_message_id":"wamid.0"}}]"#,
        r#"gone wamid.0/wamid.1 by 9990001 at 1795300000;"#,
    ),
    (
        "nothing taken back",
        r#""messages":[{$F,"type":"revoke"}]"#,
        r#"new wamid.1 by 9990001 at 1795300000; `{"timestamp":"1795300000","type":"revoke"}`"#,
    ),
];
