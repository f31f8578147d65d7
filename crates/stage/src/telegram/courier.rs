//! Carries updates to a webhook: in a chat's order, chats beside each other, again until it says 2xx.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;

use super::hook::Hook;
use super::methods::perform;
use super::params::Params;
use super::state::Stage;

const SECRET: &str = "X-Telegram-Bot-Api-Secret-Token";
/// How long a webhook may think.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest wait between two tries, and the longest that a webhook can ask for.
const LONGEST: Duration = Duration::from_secs(120);
const LONGEST_ASKED: u64 = 3600;

/// Starts a thread for each chat that has updates and none.
pub(super) fn wake(stage: &Arc<Stage>) {
    let mut state = stage.state();
    if state.hook.is_none() {
        return;
    }
    for chat in state.queue.chats() {
        if state.couriers.insert(chat) {
            let stage = Arc::clone(stage);
            std::thread::spawn(move || carry(&stage, chat));
        }
    }
}

/// Carries one chat's updates until there are none.
fn carry(stage: &Arc<Stage>, chat: i64) {
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .build()
        .into();
    let mut tries = 0;
    while let Some((hook, id, text)) = next(stage, chat) {
        match post(&agent, &hook, &text) {
            Ok(answer) => {
                tries = 0;
                stage.state().queue.taken(id);
                execute(stage, &answer);
            }
            Err(refused) => {
                let wait = refused.after.unwrap_or_else(|| backoff(stage, tries));
                tries += 1;
                note(stage, refused.text);
                pause(stage, &hook, wait);
            }
        }
    }
}

fn next(stage: &Stage, chat: i64) -> Option<(Hook, i64, String)> {
    let mut state = stage.state();
    let next = state.hook.clone().zip(state.queue.first_of(chat));
    if next.is_none() || stage.stopped.load(Ordering::SeqCst) {
        // Under the same lock as the look: whoever comes next starts another thread.
        state.couriers.remove(&chat);
        return None;
    }
    next.map(|(hook, (id, text))| (hook, id, text))
}

/// Why a webhook did not take an update.
struct Refused {
    text: String,
    after: Option<Duration>,
}

fn post(agent: &Agent, hook: &Hook, text: &str) -> Result<String, Refused> {
    let mut request = agent.post(&hook.url).header("Content-Type", "application/json");
    if !hook.secret.is_empty() {
        request = request.header(SECRET, &hook.secret);
    }
    let failed = |error: ureq::Error| Refused { text: error.to_string(), after: None };
    let mut answer = request.send(text).map_err(failed)?;
    if answer.status().is_success() {
        return Ok(answer.body_mut().read_to_string().unwrap_or_default());
    }
    let after = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let after = after.and_then(|value| value.parse::<u64>().ok());
    let after = after.map(|seconds| Duration::from_secs(seconds.min(LONGEST_ASKED)));
    Err(Refused { text: format!("Wrong response from the webhook: {}", answer.status()), after })
}

/// The wait before the next try.
fn backoff(stage: &Stage, tries: u32) -> Duration {
    stage.state().retry_base.saturating_mul(1 << tries.min(10)).min(LONGEST)
}

fn note(stage: &Stage, text: String) {
    let now = stage.clock.now();
    if let Some(hook) = stage.state().hook.as_mut() {
        hook.last_error = Some((now, text));
    }
}

/// Waits, unless the webhook changes or the server ends.
fn pause(stage: &Stage, hook: &Hook, wait: Duration) {
    let until = Instant::now() + wait;
    let same = || stage.state().hook.as_ref().is_some_and(|now| now.url == hook.url);
    while Instant::now() < until && !stage.stopped.load(Ordering::SeqCst) && same() {
        let left = until.saturating_duration_since(Instant::now());
        std::thread::sleep(left.min(Duration::from_millis(10)));
    }
}

/// An answer that names a method is a call.
fn execute(stage: &Arc<Stage>, answer: &str) {
    let Ok(call) = serde_json::from_str::<Value>(answer) else { return };
    let Some(method) = call["method"].as_str().map(str::to_ascii_lowercase) else { return };
    stage.state().executed.push(call.clone());
    if let Some(params) = Params::of_json(call) {
        let _ = perform(stage, &method, &params);
    }
}
