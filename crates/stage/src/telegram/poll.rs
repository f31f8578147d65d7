//! `getUpdates`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::http::Answer;
use super::methods::Refusal;
use super::params::Params;
use super::state::{Stage, State};

/// Seconds that a poll may wait at most.
const LONGEST: i64 = 50;
/// Within this time a short poll with the same offset is slowed down, and a second conflict delayed.
const HASTY: Duration = Duration::from_secs(3);
/// Within this time it also gets one update only.
const VERY_HASTY: Duration = Duration::from_millis(500);

/// What a poll asks for.
struct Ask {
    offset: i64,
    limit: usize,
    wait: Duration,
}

pub(super) async fn answer(stage: &Arc<Stage>, params: &Params) -> Answer {
    let (ask, turn) = match begin(stage, params) {
        Ok(begun) => begun,
        Err(refusal) => return refusal.into(),
    };
    let until = Instant::now() + ask.wait;
    loop {
        let mut changed = std::pin::pin!(stage.changed.notified());
        // Enlisted before the look, so that what comes after the look still wakes it.
        changed.as_mut().enable();
        if let Some(answer) = look(stage, turn, &ask, until).await {
            return answer;
        }
        let _ = tokio::time::timeout_at(until.into(), changed).await;
    }
}

/// What is asked for, and the poll's number.
fn begin(stage: &Stage, params: &Params) -> Result<(Ask, u64), Refusal> {
    let mut state = stage.state();
    if state.hook.is_some() {
        let text = "Conflict: can't use getUpdates method while webhook is active; \
                    use deleteWebhook to delete the webhook first";
        return Err(Refusal::new(409, text));
    }
    allow(&mut state, params);
    let ask = ask(&mut state, params);
    state.queue.pass(ask.offset);
    state.poll.turn += 1;
    state.poll.by_webhook = false;
    let turn = state.poll.turn;
    drop(state);
    stage.changed.notify_waiters();
    Ok((ask, turn))
}

/// Remembers which kinds are wanted, where the call says it.
pub(super) fn allow(state: &mut State, params: &Params) {
    let names = params.json("allowed_updates");
    if let Some(names) = names.as_ref().and_then(|names| names.as_array()) {
        let name = |name: &serde_json::Value| name.as_str().map(str::to_owned);
        state.allowed = Some(names.iter().filter_map(name).collect());
    }
}

fn ask(state: &mut State, params: &Params) -> Ask {
    let offset = params.number("offset").unwrap_or(0);
    let mut limit = params.number("limit").unwrap_or(100).clamp(1, 100) as usize;
    let mut wait = params.number("timeout").unwrap_or(0).clamp(0, LONGEST);
    let again = state.poll.last.filter(|(last, _)| *last == offset && wait < 3);
    let since = again.map(|(_, began)| began.elapsed());
    if since.is_some_and(|since| since < HASTY) {
        wait = 3;
    }
    if since.is_some_and(|since| since < VERY_HASTY) {
        limit = 1;
    }
    state.poll.last = Some((offset, Instant::now()));
    Ask { offset, limit, wait: Duration::from_secs(wait.unsigned_abs()) }
}

/// The answer, where there is one yet.
async fn look(stage: &Stage, turn: u64, ask: &Ask, until: Instant) -> Option<Answer> {
    let (text, delay) = {
        let mut state = stage.state();
        if state.poll.turn == turn {
            return served(&mut state, ask, until);
        }
        conflict(&mut state)
    };
    tokio::time::sleep(delay).await;
    Some(Refusal::new(409, text).into())
}

fn served(state: &mut State, ask: &Ask, until: Instant) -> Option<Answer> {
    if let Some(bytes) = state.malformed.pop_front() {
        return Some(Answer::json(200, bytes));
    }
    let over = Instant::now() >= until;
    (over || state.queue.len() > 0).then(|| Answer::result(&state.queue.serve(ask.limit)))
}

/// What an older poll hears, and after how long.
fn conflict(state: &mut State) -> (&'static str, Duration) {
    if state.poll.by_webhook {
        return ("Conflict: terminated by setWebhook request", Duration::ZERO);
    }
    let again = state.poll.last_conflict.is_some_and(|last| last.elapsed() < HASTY);
    state.poll.last_conflict = Some(Instant::now());
    let text = "Conflict: terminated by other getUpdates request; \
                make sure that only one bot instance is running";
    (text, if again { HASTY } else { Duration::ZERO })
}
