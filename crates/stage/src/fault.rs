//! What goes wrong next.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers with this status and body instead of doing what was asked.
    Status(u16, String),
    /// Does what was asked, and answers with this status: nobody can know that it was done.
    DoneButStatus(u16),
    /// Closes the connection without doing anything.
    Close,
    /// Does what was asked, and closes the connection.
    DoneButClose,
    /// Answers only after this long.
    Hang(Duration),
    /// Ends the answer's body after this many bytes, although its length was announced.
    Cut(usize),
}

/// Faults in waiting, each for calls of one method. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<VecDeque<(String, Fault)>>>);

impl Faults {
    /// The next call of `method` goes wrong in this way; asked twice, the next two do. An empty method
    /// is any.
    pub fn next(&self, method: &str, fault: Fault) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back((method.to_ascii_lowercase(), fault));
    }

    /// Takes the fault that is meant for a call of `method`.
    pub fn take(&self, method: &str) -> Option<Fault> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let meant = |for_: &str| for_.is_empty() || for_ == method.to_ascii_lowercase();
        let at = all.iter().position(|(for_, _)| meant(for_))?;
        all.remove(at).map(|(_, fault)| fault)
    }

    /// Forgets what is in waiting.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
