//! What an operator may read: a closed vocabulary. There is no variant that could hold a
//! request line, an address, an agent, a name, a size or a text.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, Mutex, PoisonError};

use payamgir_text::lang::Lang;
use payamgir_wire::Channel;

use crate::channels::{Trouble, word};

/// Seconds in which an event of one kind is told once: strangers could otherwise fill the
/// operator's journal, and its times would tell the rhythm of arrivals.
const ONCE_IN: u64 = 60;

/// Something an operator may want to know.
#[derive(Debug, Clone)]
pub enum Event {
    /// Answers to codenames could not be kept, read or removed.
    AnswersFailed,
    /// A receipt could not be given or checked. Act: look at the disk.
    ReceiptsFailed,
    /// The log could not be published. Act: look at the disk; `log verify`.
    PublishFailed,
    /// Passes could not be signed or looked up. Act: look at the disk.
    PassesFailed,
    /// More comes than people send: some are asked to work first, or to come later.
    Flooded,
    /// What comes with nothing has filled its part of the storage. Act: erase old records, or raise the limit.
    ShareFull,
    /// Both listeners are open.
    Started,
    /// Told to stop; uploads in flight may finish.
    Stopping,
    /// Everything acknowledged is on the disk.
    Stopped,
    /// No room: submissions are being refused. Act: free space or raise the limit.
    StorageFull,
    /// A record could not be stored or read. Act: look at the disk.
    StorageFailed(payamgir_log::Error),
    /// A connection could not be accepted. Act: look at file and memory limits.
    AcceptFailed(std::io::ErrorKind),
    /// There are more unfinished uploads than may be; new ones are refused.
    UploadsMany,
    /// An unfinished upload could not be written or read. Act: look at the disk.
    UploadFailed(std::io::ErrorKind),
    /// A desk's request was refused.
    DeskRefused(crate::auth::Refusal),
    /// A task stopped unexpectedly. Act: report it.
    TaskFailed,
    /// Something is wrong with a messenger's account. Act: as it says.
    Channel(Channel, Trouble),
}

/// What is told once in a while.
type Theme = (Discriminant<Event>, Option<(Channel, Trouble)>);

impl Event {
    fn theme(&self) -> Theme {
        let channel = match self {
            Self::Channel(channel, trouble) => Some((*channel, *trouble)),
            _ => None,
        };
        (discriminant(self), channel)
    }
}

/// Where events go.
pub type Journal = Arc<dyn Fn(Event) + Send + Sync>;

/// A journal that tells each kind of event at most once a minute, by the clock `now`.
pub fn calm(
    now: impl Fn() -> u64 + Send + Sync + 'static,
    tell: impl Fn(Event) + Send + Sync + 'static,
) -> Journal {
    let told: Mutex<HashMap<Theme, u64>> = Mutex::default();
    Arc::new(move |event| {
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        let (kind, now) = (event.theme(), now());
        let due = told.get(&kind).is_none_or(|before| now.abs_diff(*before) >= ONCE_IN);
        if due {
            told.insert(kind, now);
            tell(event);
        }
    })
}

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Started => f.write_str("started"),
            Self::Stopping => f.write_str("stopping: finishing uploads in flight"),
            Self::Stopped => f.write_str("stopped"),
            Self::StorageFull => f.write_str("storage full: submissions are refused"),
            Self::StorageFailed(error) => {
                write!(f, "could not store or read a record: {error}")?;
                let mut source = std::error::Error::source(error);
                while let Some(cause) = source {
                    write!(f, ": {cause}")?;
                    source = cause.source();
                }
                Ok(())
            }
            Self::AnswersFailed => f.write_str("could not keep, read or remove an answer"),
            Self::ReceiptsFailed => f.write_str("could not give or check a receipt"),
            Self::PublishFailed => f.write_str("could not publish a checkpoint of the log"),
            Self::PassesFailed => f.write_str("could not sign or look up a pass"),
            Self::Flooded => {
                f.write_str("more comes than people send: some must work first or come later")
            }
            Self::ShareFull => f.write_str(
                "the part of the storage for those who bring nothing is full: others are let in",
            ),
            Self::UploadsMany => f.write_str("too many unfinished uploads: new ones are refused"),
            Self::UploadFailed(kind) => {
                write!(f, "could not write or read an unfinished upload: {kind}")
            }
            Self::AcceptFailed(kind) => write!(f, "could not accept a connection: {kind}"),
            Self::DeskRefused(refusal) => write!(f, "desk request refused: {refusal}"),
            Self::Channel(channel, trouble) => {
                write!(f, "{}: {}", word(*channel), trouble.say(Lang::En))
            }
            Self::TaskFailed => f.write_str("a task stopped unexpectedly"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn a_flood_is_told_once_a_minute_and_kinds_do_not_hide_each_other() {
        let (clock, told) = (Arc::new(AtomicU64::new(1000)), Arc::new(Mutex::new(vec![])));
        let (now, sink) = (clock.clone(), told.clone());
        let journal = calm(
            move || now.load(Ordering::Relaxed),
            move |event| sink.lock().unwrap().push(event.to_string()),
        );
        for _ in 0..1000 {
            journal(Event::StorageFull);
        }
        journal(Event::TaskFailed);
        clock.store(1060, Ordering::Relaxed);
        journal(Event::StorageFull);
        let full = Event::StorageFull.to_string();
        let expected = [full.clone(), Event::TaskFailed.to_string(), full];
        assert_eq!(*told.lock().unwrap(), expected);
    }
}
