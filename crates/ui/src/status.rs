//! What the script asks for: how the sync stands, and that somebody is there.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use payamgir_desk::office::Sync;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::door::{Stands, Ui};
use crate::handlers::Room;
use crate::pages::conversation::others;
use crate::say::Say;

/// What the asking page shows already.
#[derive(Deserialize)]
pub(crate) struct Shown {
    #[serde(default)]
    size: u64,
    /// Its language.
    #[serde(default)]
    lang: String,
    /// The conversation that is open.
    c: Option<u64>,
}

/// `GET /status?size=…`: no editor's doing, so it does not keep the desk open.
pub(crate) async fn status(State(ui): State<Arc<Ui>>, Query(shown): Query<Shown>) -> Json<Value> {
    Json(match ui.stands() {
        Stands::Locked(_) => json!({ "state": "idle", "done": 0, "of": 0, "locked": true }),
        Stands::Opening(done, of) => {
            json!({ "state": "working", "done": done, "of": of, "locked": true })
        }
        Stands::Open(office) => {
            let sync = office.sync_state();
            let (done, of) = sync.working.unwrap_or_default();
            let size = office.size();
            let new = if shown.size == 0 { 0 } else { size.saturating_sub(shown.size) };
            let lang = shown.lang.parse().unwrap_or(ui.settings.lang);
            let alarm = sync.said.as_ref().filter(|said| said.alarm);
            let alarm = alarm.map(|said| said.what(lang).to_owned());
            let (state, fetched) = (word(&sync), office.fetched());
            let say = Say { lang, offset: ui.settings.offset };
            let room = Room { ui: ui.clone(), office, say };
            let others = shown.c.map(|number| others(&room, number));
            json!({
                "state": state, "done": done, "of": of, "new": new, "locked": false,
                "alarm": alarm, "others": others, "fetched": fetched,
            })
        }
    })
}

/// One word for how the sync stands.
pub(crate) fn word(sync: &Sync) -> &'static str {
    match (&sync.said, sync.working) {
        (Some(said), _) if said.alarm => "alarm",
        (Some(_), _) => "offline",
        (None, Some((done, of))) if done < of => "working",
        (None, _) => "idle",
    }
}

/// `POST /activity`: somebody moves or types.
pub(crate) async fn activity(State(ui): State<Arc<Ui>>) -> StatusCode {
    ui.touch();
    StatusCode::NO_CONTENT
}

/// Which conversation.
#[derive(Deserialize)]
pub(crate) struct At {
    conversation: u64,
}

/// `POST /presence`: somebody writes there.
pub(crate) async fn presence(State(ui): State<Arc<Ui>>, Form(at): Form<At>) -> StatusCode {
    ui.touch();
    if let Stands::Open(office) = ui.stands() {
        office.attend(at.conversation);
    }
    StatusCode::NO_CONTENT
}
