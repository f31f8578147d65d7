//! From a line to its answer.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::connection::Piece;
use super::daemon::Daemon;
use super::methods::{Caller, perform};
use super::rpc::Refusal;
use crate::fault::Fault;

/// How late every other answer is in a shuffle.
const LATE: Duration = Duration::from_millis(60);

/// One call.
struct Call {
    /// None where no answer is wanted.
    id: Option<Value>,
    method: String,
    params: Value,
}

/// Calls are done beside each other, as the real daemon does them.
pub(super) fn take(daemon: &Arc<Daemon>, connection: u64, line: Vec<u8>) {
    match parse(&line) {
        Ok(call) => {
            let late = remember(daemon, &call);
            let daemon = Arc::clone(daemon);
            thread::spawn(move || {
                if late {
                    thread::sleep(LATE);
                }
                answer(&daemon, connection, &call);
            });
        }
        Err(refusal) => write(daemon, connection, &refusal),
    }
}

/// A call, or the line that refuses it.
fn parse(line: &[u8]) -> Result<Call, Value> {
    let garbage = |_| Refusal::new(-32700, "invalid JSON").answer(&Value::Null);
    let value: Value = serde_json::from_slice(line).map_err(garbage)?;
    let id = value.get("id").cloned();
    let invalid = |message: &str| {
        let id = value.get("id").unwrap_or(&Value::Null);
        Refusal::new(-32600, message).answer(id)
    };
    if !value.is_object() {
        return Err(invalid("Invalid request"));
    }
    if value["jsonrpc"] != "2.0" {
        return Err(invalid("only jsonrpc version 2.0 is supported"));
    }
    let method = value["method"].as_str().ok_or_else(|| invalid("method field must be set"))?;
    Ok(Call { method: method.to_owned(), params: value["params"].clone(), id })
}

/// Whether this call's answer is to be late.
fn remember(daemon: &Daemon, call: &Call) -> bool {
    let mut state = daemon.state();
    state.calls.push((call.method.clone(), call.params.clone()));
    state.shuffle && state.calls.len() % 2 == 1
}

fn answer(daemon: &Daemon, connection: u64, call: &Call) {
    let fault = daemon.faults.take(&call.method);
    if fault == Some(Fault::Close) {
        return close(daemon, connection);
    }
    let outcome = match &fault {
        Some(Fault::Status(_, message)) => Err(Refusal::internal(message)),
        _ => perform(daemon, &Caller { connection }, &call.method, &call.params),
    };
    interleave(daemon);
    let id = call.id.clone().unwrap_or_default();
    let line = match &outcome {
        Ok(result) => json!({"jsonrpc": "2.0", "result": result, "id": id}),
        Err(refusal) => refusal.answer(&id),
    };
    match fault {
        Some(Fault::DoneButClose) => return close(daemon, connection),
        Some(Fault::DoneButStatus(_)) => {
            let failed = Refusal::internal("Internal error (UnexpectedErrorException)");
            write(daemon, connection, &failed.answer(&id));
        }
        Some(Fault::Cut(keep)) => return cut(daemon, connection, &line, keep),
        Some(Fault::Hang(long)) => {
            thread::sleep(long);
            write(daemon, connection, &line);
        }
        _ if call.id.is_none() => {}
        _ => write(daemon, connection, &line),
    }
    after(daemon, call);
}

/// What was to come between the call and its answer.
fn interleave(daemon: &Daemon) {
    let mut state = daemon.state();
    let between = std::mem::take(&mut state.between);
    if !between.is_empty() {
        state.receive(daemon.mode, between);
    }
}

/// A new subscription gets what waited, behind its own answer.
fn after(daemon: &Daemon, call: &Call) {
    if call.method == "subscribeReceive" {
        daemon.state().flush_kept(daemon.mode);
    }
}

fn write(daemon: &Daemon, connection: u64, line: &Value) {
    if let Some(connection) = daemon.state().connections.get(&connection) {
        connection.write(format!("{line}\n").into_bytes());
    }
}

fn close(daemon: &Daemon, connection: u64) {
    if let Some(connection) = daemon.state().connections.get(&connection) {
        connection.shut();
    }
}

fn cut(daemon: &Daemon, connection: u64, line: &Value, keep: usize) {
    if let Some(connection) = daemon.state().connections.get(&connection) {
        let mut bytes = line.to_string().into_bytes();
        bytes.truncate(keep);
        connection.write(bytes);
        let _ = connection.writer.send(Piece::End);
    }
}
