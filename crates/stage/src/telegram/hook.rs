//! Webhooks: setting, removing and looking at one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::courier;
use super::methods::Refusal;
use super::params::Params;
use super::poll::allow;
use super::state::{Stage, State};

/// Where updates are carried to.
#[derive(Clone)]
pub(super) struct Hook {
    pub url: String,
    pub secret: String,
    connections: i64,
    /// Unix seconds and text.
    pub last_error: Option<(u64, String)>,
}

/// `setWebhook`; an empty address removes the webhook.
pub(super) fn set(stage: &Arc<Stage>, params: &Params) -> Result<Value, Refusal> {
    let url = params.text("url");
    if url.is_empty() {
        return delete(stage, params);
    }
    let secret = secret(params)?;
    // The real one takes https alone; a stand-in's callers listen on loopback.
    if !url.starts_with("http") {
        return Err(Refusal::bad("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    let connections = params.number("max_connections").unwrap_or(40).clamp(1, 100);
    let mut state = stage.state();
    allow(&mut state, params);
    drop_pending(&mut state, params);
    state.hook = Some(Hook { url, secret, connections, last_error: None });
    state.poll.turn += 1;
    state.poll.by_webhook = true;
    drop(state);
    stage.changed.notify_waiters();
    courier::wake(stage);
    Ok(json!(true))
}

fn secret(params: &Params) -> Result<String, Refusal> {
    let secret = params.text("secret_token");
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if secret.len() > 256 {
        return Err(Refusal::bad("secret token is too long"));
    }
    if !secret.bytes().all(fits) {
        return Err(Refusal::bad("secret token contains unallowed characters"));
    }
    Ok(secret)
}

/// `deleteWebhook`.
pub(super) fn delete(stage: &Stage, params: &Params) -> Result<Value, Refusal> {
    let mut state = stage.state();
    drop_pending(&mut state, params);
    state.hook = None;
    Ok(json!(true))
}

fn drop_pending(state: &mut State, params: &Params) {
    if params.yes("drop_pending_updates") {
        state.queue.drop_all();
    }
}

/// `getWebhookInfo`.
pub(super) fn info(stage: &Stage) -> Value {
    let state = stage.state();
    let hook = state.hook.as_ref();
    let mut info = json!({
        "url": hook.map_or("", |hook| &hook.url),
        "has_custom_certificate": false,
        "pending_update_count": state.queue.len(),
    });
    if let Some(hook) = hook {
        info["max_connections"] = json!(hook.connections);
    }
    if let Some((date, text)) = hook.and_then(|hook| hook.last_error.as_ref()) {
        info["last_error_date"] = json!(date);
        info["last_error_message"] = json!(text);
    }
    if let Some(names) = state.allowed.as_ref().filter(|names| !names.is_empty()) {
        info["allowed_updates"] = json!(names);
    }
    info
}
