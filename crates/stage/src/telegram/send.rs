//! Messages of the bot.

use serde_json::{Map, Value, json};

use super::files::file_fields;
use super::methods::{Refusal, me};
use super::params::Params;
use super::people::remember;
use super::state::{Sent, Stage, State};

/// UTF-16 units of a text and of a caption.
const TEXT: usize = 4096;
const CAPTION: usize = 1024;
/// Bytes of an upload, and of a photo.
const UPLOAD: usize = 50 << 20;
const PHOTO: usize = 10 << 20;

/// `sendMessage`.
pub(super) fn text(stage: &Stage, params: &Params) -> Result<Value, Refusal> {
    let mut state = stage.state();
    flooded(&mut state)?;
    let text = params.text("text");
    if text.trim().is_empty() {
        return Err(Refusal::bad("message text is empty"));
    }
    if text.encode_utf16().count() > TEXT {
        return Err(Refusal::bad("message is too long"));
    }
    let content = Map::from_iter([("text".to_owned(), json!(text))]);
    keep(stage, &mut state, "sendmessage", params, Content { text, bytes: None, content })
}

/// `sendVoice`, `sendPhoto`, `sendDocument`, `sendAudio` and `sendVideo`.
pub(super) fn media(stage: &Stage, method: &str, params: &Params) -> Result<Value, Refusal> {
    let mut state = stage.state();
    flooded(&mut state)?;
    let kind = method.trim_start_matches("send");
    let text = params.text("caption");
    if text.encode_utf16().count() > CAPTION {
        return Err(Refusal::bad("message caption is too long"));
    }
    let (id, bytes) = file(&mut state, kind, params)?;
    let mut content = Map::from_iter([(kind.to_owned(), shown(&state, kind, &id))]);
    if !text.is_empty() {
        content.insert("caption".to_owned(), json!(text));
    }
    keep(stage, &mut state, method, params, Content { text, bytes, content })
}

/// What is in a message of the bot.
struct Content {
    text: String,
    bytes: Option<Vec<u8>>,
    content: Map<String, Value>,
}

fn flooded(state: &mut State) -> Result<(), Refusal> {
    let (seconds, times) = state.flood;
    if times == 0 {
        return Ok(());
    }
    state.flood = (seconds, times - 1);
    Err(Refusal::flood(seconds))
}

/// The file of a call: uploaded, attached under another name, known, or somewhere else.
fn file(
    state: &mut State,
    kind: &str,
    params: &Params,
) -> Result<(String, Option<Vec<u8>>), Refusal> {
    let named = params.text(kind);
    let part = named.strip_prefix("attach://").unwrap_or(kind);
    if let Some(bytes) = params.files.get(part) {
        let limit = if kind == "photo" { PHOTO } else { UPLOAD };
        if bytes.len() > limit {
            return Err(Refusal::new(413, "Request Entity Too Large"));
        }
        return Ok((state.files.put(Some(bytes.to_vec()), None), Some(bytes.to_vec())));
    }
    if let Some(known) = state.files.get(&named) {
        return Ok((named, known.bytes.clone()));
    }
    if named.starts_with("http") {
        return Ok((state.files.put(None, None), None));
    }
    Err(Refusal::bad(&format!("there is no {kind} in the request")))
}

fn shown(state: &State, kind: &str, id: &str) -> Value {
    let mut fields = file_fields(&state.files, id);
    match kind {
        "photo" => {
            fields["width"] = json!(816);
            fields["height"] = json!(1023);
            json!([fields])
        }
        "document" => fields,
        _ => {
            fields["duration"] = json!(1);
            fields
        }
    }
}

fn keep(
    stage: &Stage,
    state: &mut State,
    method: &str,
    params: &Params,
    content: Content,
) -> Result<Value, Refusal> {
    let chat = chat(state, params)?;
    let reply_to = reply(state, chat, params)?;
    let message = message(stage, state, chat, content.content, reply_to);
    remember(state, &message);
    state.sent.push(Sent {
        chat,
        method: method.to_owned(),
        text: content.text,
        bytes: content.bytes,
        message_id: message["message_id"].as_i64().unwrap_or_default(),
        reply_to,
        params: Value::Object(params.values.clone()),
    });
    Ok(message)
}

/// The chat of a call, if the bot may write there.
fn chat(state: &State, params: &Params) -> Result<i64, Refusal> {
    let unknown = || Refusal::bad("chat not found");
    let named = || state.channels.get(&params.text("chat_id")).copied();
    let id = params.number("chat_id").or_else(named).ok_or_else(unknown)?;
    match state.chats.get(&id).ok_or_else(unknown)? {
        chat if chat.deactivated => Err(Refusal::new(403, "Forbidden: user is deactivated")),
        chat if chat.blocked => Err(Refusal::new(403, "Forbidden: bot was blocked by the user")),
        _ => Ok(id),
    }
}

/// The message that is answered.
fn reply(state: &State, chat: i64, params: &Params) -> Result<Option<i64>, Refusal> {
    let to = params.json("reply_parameters").unwrap_or_default();
    let id = to["message_id"].as_i64().or_else(|| params.number("reply_to_message_id"));
    let Some(id) = id else { return Ok(None) };
    let without = "allow_sending_without_reply";
    if state.chats.get(&chat).is_some_and(|chat| chat.messages.contains_key(&id)) {
        Ok(Some(id))
    } else if to[without].as_bool().unwrap_or_else(|| params.yes(without)) {
        Ok(None)
    } else {
        Err(Refusal::bad("message to be replied not found"))
    }
}

fn message(
    stage: &Stage,
    state: &State,
    chat: i64,
    content: Map<String, Value>,
    reply_to: Option<i64>,
) -> Value {
    let known = state.chats.get(&chat);
    let mut message = json!({
        "message_id": known.map_or(0, |chat| chat.last_id) + 1,
        "from": me(stage),
        "chat": {"id": chat, "first_name": "ن", "type": "private"},
        "date": stage.clock.now(),
    });
    if let Some(to) = reply_to.and_then(|id| known?.messages.get(&id)) {
        message["reply_to_message"] = to.clone();
    }
    message.as_object_mut().expect("an object").extend(content);
    message
}
