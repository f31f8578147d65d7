//! What is in a message.

use crate::law::Row;

pub const ROWS: [Row; 41] = [
    (
        "a caption without media",
        r#""message":{"message_id":5,$P,"caption":"hello"}"#,
        r#"new 5 by 9990001: 'hello'"#,
    ),
    (
        "a caption of what is not known",
        r#""message":{"message_id":5,$P,"caption":"hello","hologram":{"x":1}}"#,
        r#"new 5 by 9990001: 'hello' `{"caption":"hello","hologram":{"x":1},"message_id":5}`"#,
    ),
    (
        "a caption of a photo of no size",
        r#""message":{"message_id":5,$P,"caption":"hello","photo":[]}"#,
        r#"new 5 by 9990001: 'hello' `{"caption":"hello","message_id":5,"photo":[]}`"#,
    ),
    (
        "a caption of a document without an id",
        r#""message":{"message_id":5,$P,"caption":"hello","document":{"file_name":"a.pdf"}}"#,
        r#"new 5 by 9990001: 'hello' `{"caption":"hello","document":{"file_name":"a.pdf"},"message_id":5}`"#,
    ),
    (
        "a text and a caption",
        r#""message":{"message_id":5,$P,"text":"one","caption":"two","caption_entities":[]}"#,
        r#"new 5 by 9990001: 'one' 'two'"#,
    ),
    (
        "a photo whose largest is not the last",
        r#""message":{"message_id":5,$P,"photo":[{"file_id":"L","file_unique_id":"UL",
            "file_size":9,"width":90,"height":90},{"file_id":"S",
            "file_unique_id":"US","file_size":3,"width":30,"height":30}]}"#,
        r#"new 5 by 9990001: <L =UL image/jpeg 9>"#,
    ),
    (
        "a photo that is one size",
        r#""message":{"message_id":5,$P,"photo":{"file_id":"L"}}"#,
        r#"new 5 by 9990001: <L image/jpeg>"#,
    ),
    (
        "an animation, which is a document too",
        r#""message":{"message_id":5,$P,"animation":{"file_id":"A"},"document":{"file_id":"D"}}"#,
        r#"new 5 by 9990001: <A video/mp4>"#,
    ),
    (
        "a sticker that moves",
        r#""message":{"message_id":5,$P,"sticker":{"file_id":"S","is_animated":1}}"#,
        r#"new 5 by 9990001: <S application/x-tgsticker>"#,
    ),
    (
        "a voice of a negative size",
        r#""message":{"message_id":5,$P,"voice":{"file_id":"V","file_size":-1,
            "mime_type":"audio/ogg"}}"#,
        r#"new 5 by 9990001: <V audio/ogg>"#,
    ),
    (
        "a document with a bad name",
        r#""message":{"message_id":5,$P,"document":{"file_id":"D","file_name":"../../a.exe"}}"#,
        r#"new 5 by 9990001: <D ../../a.exe>"#,
    ),
    (
        "one of an album",
        r#""message":{"message_id":5,$P,"media_group_id":"g1","video":{"file_id":"V"}}"#,
        r#"new 5 by 9990001 in g1: <V video/mp4>"#,
    ),
    (
        "a place",
        r#""message":{"message_id":5,$P,"venue":{"title":"T","address":"A",
            "location":{"latitude":1,"longitude":2}},"location":{"latitude":1,
            "longitude":2}}"#,
        r#"new 5 by 9990001: [place: T · A · 1.000000, 2.000000]"#,
    ),
    (
        "a location without a place",
        r#""message":{"message_id":5,$P,"location":{"latitude":"x"}}"#,
        r#"new 5 by 9990001: `{"location":{"latitude":"x"},"message_id":5}`"#,
    ),
    (
        "a location that is followed",
        r#""edited_message":{"message_id":5,$P,"date":1,"edit_date":2,"location":{"latitude":1,
            "longitude":2,"live_period":60}}"#,
        r#"moved 5/2 by 9990001 at 2; [live location; renewed every few minutes: 1.000000, 2.000000]"#,
    ),
    (
        "a contact",
        r#""message":{"message_id":5,$P,"contact":{"phone_number":15550100,"first_name":"A",
            "user_id":4}}"#,
        r#"new 5 by 9990001: [contact: A · 15550100]"#,
    ),
    (
        "a contact that is empty",
        r#""message":{"message_id":5,$P,"contact":{}}"#,
        r#"new 5 by 9990001: `{"contact":{},"message_id":5}`"#,
    ),
    (
        "a contact that is a text",
        r#""message":{"message_id":5,$P,"contact":"A"}"#,
        r#"new 5 by 9990001: `{"contact":"A","message_id":5}`"#,
    ),
    (
        "a poll",
        r#""message":{"message_id":5,$P,"poll":{"question":"Q","options":[{"text":"a"},"b",
            {"text":"c"}]}}"#,
        r#"new 5 by 9990001: [poll: Q
• a
• c]"#,
    ),
    (
        "dice that are a number",
        r#""message":{"message_id":5,$P,"dice":3}"#,
        r#"new 5 by 9990001: `{"dice":3,"message_id":5}`"#,
    ),
    (
        "a timer",
        r#""message":{"message_id":5,$P,
            "message_auto_delete_timer_changed":{"message_auto_delete_time":60}}"#,
        r#"new 5 by 9990001: [the source wants it to vanish after this time; here it does not: 60 s]"#,
    ),
    (
        "a list to be done",
        r#""message":{"message_id":5,$P,"checklist":{"title":"T","tasks":[{"id":1,
            "text":"do"}]}}"#,
        r#"new 5 by 9990001: [something this messenger does not show: checklist] `{"checklist":{"tasks":[{"id":1,"text":"do"}],"title":"T"},"message_id":5}`"#,
    ),
    (
        "paid media with a caption",
        r#""message":{"message_id":5,$P,"caption":"c","paid_media":{"star_count":1}}"#,
        r#"new 5 by 9990001: 'c' [something this messenger does not show: paid_media] `{"caption":"c","message_id":5,"paid_media":{"star_count":1}}`"#,
    ),
    (
        "a game",
        r#""message":{"message_id":5,$P,"game":{"title":"T"}}"#,
        r#"new 5 by 9990001: [something this messenger does not show: game]"#,
    ),
    (
        "somebody who came",
        r#""message":{"message_id":5,$P,"new_chat_members":[{"id":9990002,"first_name":"zq"}],
            "left_chat_member":{"id":9990003,"first_name":"zq"}}"#,
        r#"new 5 by 9990001: `{"message_id":5,"new_chat_members":[]}`"#,
    ),
    (
        "forwarded from a person",
        r#""message":{"message_id":5,$P,"forward_origin":{"type":"user",
            "sender_user":{"id":9990002,"first_name":"zq"}},
            "forward_from":{"id":9990002},"forward_date":1,"text":"hello"}"#,
        r#"new 5 by 9990001: [forwarded from somebody else] 'hello'"#,
    ),
    (
        "forwarded from a channel, not understood",
        r#""message":{"message_id":5,$P,"forward_origin":{"type":"channel",
            "chat":{"id":-9990002,"title":"zq"},"author_signature":"zq"},
            "forward_signature":"zq","hologram":1}"#,
        r#"new 5 by 9990001: [forwarded from somebody else] `{"forward_origin":{"type":"channel"},"hologram":1,"message_id":5}`"#,
    ),
    (
        "an answer",
        r#""message":{"message_id":5,$P,"reply_to_message":{"message_id":1,$P,
            "caption":"before"},"text":"hello"}"#,
        r#"new 5 by 9990001: [in answer to: before] 'hello'"#,
    ),
    (
        "an answer to a part of somebody else's",
        r#""message":{"message_id":5,$P,
            "external_reply":{"origin":{"sender_user":{"id":9990002}},
            "chat":{"id":-9990003}},"quote":{"text":"part"},"text":"hello"}"#,
        r#"new 5 by 9990001: [in answer to: part] 'hello'"#,
    ),
    (
        "a link's start",
        r#""message":{"message_id":5,$P,"text":"/start case_7"}"#,
        r#"new 5 by 9990001: [came by a link: case_7]"#,
    ),
    (
        "a start",
        r#""message":{"message_id":5,$P,"text":"/start "}"#,
        r#"new 5 by 9990001: '/start '"#,
    ),
    (
        "an edit",
        r#""edited_message":{"message_id":5,$P,"date":1,"edit_date":2,"text":"newer"}"#,
        r#"edit 5/2 by 9990001 at 2; 'newer'"#,
    ),
    (
        "an edit of no moment",
        r#""edited_message":{"message_id":5,$P,"text":"newer"}"#,
        r#"edit 5 by 9990001; 'newer'"#,
    ),
    (
        "a button",
        r#""callback_query":{"id":"77",$P,"chat_instance":"zq","data":"yes",
            "message":{"date":0}}"#,
        r#"new query 77 by 9990001: [button: yes]"#,
    ),
    (
        "a button without a message",
        r#""callback_query":{"id":77,"from":{"id":9990001},"game_short_name":"g"}"#,
        r#"new query 77 by 9990001: [button: g]"#,
    ),
    (
        "a button of nobody",
        r#""callback_query":{"id":"77","chat_instance":"zq","data":"yes"}"#,
        r#"new #; `{"callback_query":{"data":"yes","id":"77"},"update_id":7}`"#,
    ),
    (
        "a button that is a text",
        r#""callback_query":"77""#,
        r#"new #; `{"callback_query":"77","update_id":7}`"#,
    ),
    (
        "closed to us",
        r#""my_chat_member":{$P,"date":1795300900,"old_chat_member":{"status":"member"},
            "new_chat_member":{"user":{"id":55,"first_name":"Desk"},
            "status":"kicked"}}"#,
        r#"new member 1795300900 kicked by 9990001 at 1795300900; [the source blocked this account; no answer arrives]"#,
    ),
    (
        "opened again, at no moment",
        r#""my_chat_member":{$P,"old_chat_member":{"status":"kicked"},
            "new_chat_member":{"status":"member"}}"#,
        r#"new member # member by 9990001; [the source opened this account again]"#,
    ),
    (
        "changed to something unknown",
        r#""my_chat_member":{$P,"date":1,"old_chat_member":{"status":"member"},
            "new_chat_member":{"status":"restricted"}}"#,
        r#"new #; `{"my_chat_member":{"date":1,"new_chat_member":{"status":"restricted"},"old_chat_member":{"status":"member"}},"update_id":7}`"#,
    ),
    (
        "made a member of a group",
        r#""my_chat_member":{"chat":{"id":-9990002,"type":"group"},
            "new_chat_member":{"status":"member"}}"#,
        r#"nothing"#,
    ),
];
