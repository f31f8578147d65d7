//! Asking a server for receipts, and for the proof of one. What it says is checked by who asks.

use crate::hand_in::{Server, network};
use crate::{Failure, work};

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
    /// It has it, and publishes nothing any more.
    Never,
}

/// Asks for the proofs of a receipt.
pub fn prove(server: &Server, digits: &str) -> Result<Proved, Failure> {
    match post(server, "/receipt", digits.as_bytes())? {
        (200, _, text) => Ok(Proved::Proofs(text)),
        (202, seconds, _) => Ok(Proved::Waits(seconds)),
        (404, ..) => Ok(Proved::Unknown),
        (410, ..) => Ok(Proved::Never),
        (status, ..) => Err(Failure::Status(status)),
    }
}

/// What a server says of a receipt for what was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// It keeps it; to be checked in so many seconds at the earliest.
    Yes(u64),
    /// Something of it was not handed in there.
    Strange,
    /// It gives none, or none any more.
    No,
}

/// Asks for a receipt of what was handed in, by a salt and the hashes of its contents. Who has these knows its
/// digits.
pub fn receipt(server: &Server, salt: &[u8; 16], contents: &[[u8; 32]]) -> Result<Given, Failure> {
    match post(server, "/receipts", &[salt, contents.as_flattened()].concat())? {
        (200, seconds, _) => Ok(Given::Yes(seconds)),
        (404, ..) => Ok(Given::Strange),
        (507, ..) => Ok(Given::No),
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
    let mut answer = server.post(path).send(body).map_err(network)?;
    if let Some(proof) = work::asked(&answer) {
        answer = server.post(path).header("proof", proof).send(body).map_err(network)?;
    }
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
