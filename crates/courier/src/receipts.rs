//! Asking a server for receipts, and for the proof of one. What it says is checked by who asks.

use crate::Failure;
use crate::hand_in::{Server, network};

use std::io::Read;

/// Longest answer that is read: 64 proofs.
const PROOFS_BYTES: u64 = 64 * 8192;

/// What a server says of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proved {
    /// The proofs, one after another. Not checked.
    Proofs(String),
    /// It is not published yet: to be asked again after so many seconds.
    Waits(u64),
    /// It has no such receipt.
    Unknown,
}

/// Asks for the proofs of a receipt.
pub fn prove(server: &Server, digits: &str) -> Result<Proved, Failure> {
    match post(server, "/receipt", digits.as_bytes())? {
        (200, _, text) => Ok(Proved::Proofs(text)),
        (202, seconds, _) => Ok(Proved::Waits(seconds)),
        (404, ..) => Ok(Proved::Unknown),
        (status, ..) => Err(Failure::Status(status)),
    }
}

/// Asks for a receipt of what was handed in, named by the hashes of its contents: its digits and records, and
/// the seconds until it can be checked. `None` where something of it is not there.
pub fn receipt(server: &Server, contents: &[[u8; 32]]) -> Result<Option<(String, u64)>, Failure> {
    match post(server, "/receipts", contents.as_flattened())? {
        (200, seconds, text) => Ok(Some((text, seconds))),
        (404, ..) => Ok(None),
        (status, ..) => Err(Failure::Status(status)),
    }
}

/// The log's public key, as the server says it.
pub fn log_key(server: &Server) -> Result<String, Failure> {
    match server.get("/log")? {
        (200, text) => Ok(text.trim().to_owned()),
        (status, _) => Err(Failure::Status(status)),
    }
}

fn post(server: &Server, path: &str, body: &[u8]) -> Result<(u16, u64, String), Failure> {
    let answer = server.post(path).send(body).map_err(network)?;
    let seconds =
        answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    let (status, mut text) = (answer.status().as_u16(), String::new());
    answer
        .into_body()
        .into_reader()
        .take(PROOFS_BYTES)
        .read_to_string(&mut text)
        .map_err(network)?;
    Ok((status, seconds.unwrap_or(0), text))
}
