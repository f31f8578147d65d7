//! The methods.

use std::fs;

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::daemon::Daemon;
use super::outbox;
use super::rpc::{Refusal, text};

/// Who calls.
pub(super) struct Caller {
    pub connection: u64,
}

/// Does one call.
pub(super) fn perform(
    daemon: &Daemon,
    caller: &Caller,
    method: &str,
    params: &Value,
) -> Result<Value, Refusal> {
    match method {
        "version" => return Ok(json!({"version": daemon.state().version})),
        "listAccounts" => return Ok(accounts(daemon)),
        _ => {}
    }
    let of_account: fn(&Daemon, &Caller, &Value) -> Result<Value, Refusal> = match method {
        "send" => |daemon, _, params| outbox::send(daemon, params),
        "remoteDelete" => |daemon, _, params| outbox::remove(daemon, params),
        "sendReceipt" | "sendTyping" | "sendMessageRequestResponse" => {
            |daemon, _, params| outbox::signal(daemon, params)
        }
        "subscribeReceive" => |daemon, caller, _| subscribe(daemon, caller),
        "unsubscribeReceive" => unsubscribe,
        "getAttachment" => |daemon, _, params| attachment(daemon, params),
        "listContacts" | "listIdentities" | "listGroups" | "listDevices" | "getUserStatus" => {
            |_, _, _| Ok(json!([]))
        }
        "updateAccount"
        | "updateConfiguration"
        | "updateProfile"
        | "trust"
        | "block"
        | "unblock"
        | "removeContact"
        | "submitRateLimitChallenge" => |_, _, _| Ok(json!({})),
        _ => return Err(Refusal::new(-32601, "Method not implemented")),
    };
    check_account(daemon, params)?;
    of_account(daemon, caller, params)
}

fn accounts(daemon: &Daemon) -> Value {
    let account = daemon.state().account.clone();
    account.into_iter().map(|number| json!({"number": number})).collect()
}

fn check_account(daemon: &Daemon, params: &Value) -> Result<(), Refusal> {
    let state = daemon.state();
    match (state.account.as_deref(), text(params, "account")) {
        (None, _) => Err(Refusal::params("Method requires valid account parameter")),
        (Some(_), "") => Ok(()),
        (Some(ours), asked) if ours == asked => Ok(()),
        _ => Err(Refusal::params("Specified account does not exist")),
    }
}

fn subscribe(daemon: &Daemon, caller: &Caller) -> Result<Value, Refusal> {
    let mut state = daemon.state();
    let number = state.number();
    if let Some(connection) = state.connections.get_mut(&caller.connection) {
        connection.subscriptions.push(number);
    }
    Ok(json!(number))
}

fn unsubscribe(daemon: &Daemon, caller: &Caller, params: &Value) -> Result<Value, Refusal> {
    let number = params["subscription"].as_u64();
    let number = number.ok_or_else(|| Refusal::params("subscription is required"))?;
    let mut state = daemon.state();
    let connection = state.connections.get_mut(&caller.connection);
    let known = connection.map(|connection| &mut connection.subscriptions);
    let at = known.as_ref().and_then(|all| all.iter().position(|other| *other == number));
    match (known, at) {
        (Some(all), Some(at)) => {
            all.remove(at);
            Ok(Value::Null)
        }
        _ => Err(Refusal::params("Unknown subscription id")),
    }
}

fn attachment(daemon: &Daemon, params: &Value) -> Result<Value, Refusal> {
    let id = text(params, "id");
    let inside = !id.is_empty() && !id.contains('/') && id != "..";
    let bytes = fs::read(daemon.attachments.join(id)).ok().filter(|_| inside);
    match bytes {
        Some(bytes) => Ok(json!({"data": BASE64.encode(&bytes)})),
        None => Err(Refusal::user(&format!("Could not find attachment with ID: {id}"))),
    }
}
