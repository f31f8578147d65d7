//! `deleteMessage` and `deleteMessages`: a message goes away on both sides.

use serde_json::{Value, json};

use super::methods::Refusal;
use super::params::Params;
use super::state::{Stage, State};

/// Seconds after which a message stays.
const DELETABLE: u64 = 48 * 3600;

/// Why a message is not deleted.
enum Stays {
    Unknown,
    Old,
}

pub(super) fn one(stage: &Stage, params: &Params) -> Result<Value, Refusal> {
    let mut state = stage.state();
    let chat = chat(&state, params)?;
    let id = params.number("message_id").unwrap_or_default();
    match delete(&mut state, stage.clock.now(), chat, id) {
        Ok(()) => Ok(json!(true)),
        Err(Stays::Unknown) => Err(Refusal::bad("message to delete not found")),
        Err(Stays::Old) => Err(Refusal::bad("message can't be deleted")),
    }
}

/// Those that are missing or too old are passed over in silence.
pub(super) fn many(stage: &Stage, params: &Params) -> Result<Value, Refusal> {
    let mut state = stage.state();
    let chat = chat(&state, params)?;
    let ids = params.json("message_ids").unwrap_or_default();
    let ids: Vec<i64> = ids.as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
    match ids.len() {
        0 => return Err(Refusal::bad("message identifiers are not specified")),
        1..=100 => {}
        _ => return Err(Refusal::bad("too many message identifiers specified")),
    }
    for id in ids {
        let _ = delete(&mut state, stage.clock.now(), chat, id);
    }
    Ok(json!(true))
}

fn chat(state: &State, params: &Params) -> Result<i64, Refusal> {
    let id = params.number("chat_id").filter(|id| state.chats.contains_key(id));
    id.ok_or_else(|| Refusal::bad("chat not found"))
}

fn delete(state: &mut State, now: u64, chat: i64, id: i64) -> Result<(), Stays> {
    let messages = &mut state.chats.get_mut(&chat).ok_or(Stays::Unknown)?.messages;
    let date = messages.get(&id).ok_or(Stays::Unknown)?["date"].as_u64().unwrap_or(0);
    if now > date + DELETABLE {
        return Err(Stays::Old);
    }
    messages.remove(&id);
    state.deleted.push((chat, id));
    Ok(())
}
