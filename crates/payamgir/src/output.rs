//! Standard output is for data. A closed pipe is not a failure.

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use crate::problem::Problem;

/// Writes bytes to standard output.
pub fn bytes(bytes: &[u8]) -> Result<(), Problem> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => Err(Problem::output(e)),
        _ => Ok(()),
    }
}

/// Writes a line.
pub fn line(text: impl std::fmt::Display) -> Result<(), Problem> {
    bytes(format!("{text}\n").as_bytes())
}

/// Writes a value as one line of JSON.
pub fn json(value: &impl Serialize) -> Result<(), Problem> {
    let mut text = serde_json::to_vec(value).map_err(|e| Problem::output(e.into()))?;
    text.push(b'\n');
    bytes(&text)
}

/// Whether a person is looking.
#[cfg(feature = "desk")]
pub fn is_terminal() -> bool {
    io::IsTerminal::is_terminal(&io::stdout())
}
